"""Every example in docs/using.md runs, in its real tool, on a real release."""

import os
import random
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.release import ReleaseInputs, make_release
from flows.writers.parquet_file import write_parquet
from tests.sample_tables import FACTS, MORNING, Page, sample_divisions, sample_indicators, segment_tables, write_segment
from transforms.schema import TABLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "using.md"
EXAMPLES = re.findall(r"```(python|r)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
SERVED = "https://example.org/fazhi"


class PartsHandler(SimpleHTTPRequestHandler):
    """A file server that gives parts of files, as object stores do, and remembers what it sent."""

    sent: list[tuple[str, int]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            super().do_GET()
            return
        whole = Path(self.translate_path(self.path)).read_bytes()
        first = int(wanted[1]) if wanted[1] else max(0, len(whole) - int(wanted[2]))
        last = min(int(wanted[2]), len(whole) - 1) if wanted[1] and wanted[2] else len(whole) - 1
        part = whole[first: last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
        self.sent.append((self.path, len(part)))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in data/releases/latest."""
    folder = tmp_path_factory.mktemp("project")
    for number in range(3):
        page = Page(f"https://a.test/{number}.html", MORNING, FACTS, f"第{number}镇2025年报告", extra={"township": f"第{number}镇"})
        write_segment(folder / "data", f"s{number}", [page])
    make_release(folder / "data", ReleaseInputs(sample_indicators(), divisions=sample_divisions()))
    return folder


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """Serve the releases on loopback."""
    handler = partial(PartsHandler, directory=str(project / "data" / "releases"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("language", "code"), EXAMPLES, ids=[f"{n}-{language}" for n, (language, _) in enumerate(EXAMPLES)])
def test_the_example_runs(project: Path, address: str, language: str, code: str) -> None:
    if language == "r" and shutil.which("Rscript") is None:
        pytest.skip("R (Rscript) is not installed")
    if "load httpfs" in code and not has_httpfs():
        pytest.skip("DuckDB's extension httpfs is not installed")
    command = ["Rscript", "-e", code] if language == "r" else [sys.executable, "-c", code.replace(SERVED, address)]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120,
                           env={**os.environ, "POLARS_FMT_STR_LEN": "100", "LC_ALL": "C.UTF-8"})
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()
    assert "Error" not in ended.stderr


def test_the_examples_say_what_is_in_the_release(project: Path) -> None:
    said = {code: subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True).stdout
            for language, code in EXAMPLES
            if language == "python" and ("all quotes" in code or "reconsideration_cases" in code)}
    answers = "".join(said.values())
    assert "all quotes stand in their texts: True" in answers
    assert re.search(r"2025\s+┆ township\s+┆ 3\s+┆ 12.0", answers)


def test_a_part_of_a_file_is_enough(project: Path, address: str) -> None:
    """One year of one column costs a small part of a file with twenty years."""
    few = segment_tables([Page("https://a.test/1.html", MORNING)])["observations"]
    chance = random.Random(7)
    years = [pl.concat([few] * 3000).with_columns(
        report_year=pl.lit(2005 + n, pl.Int16), sentence=pl.Series([f"{chance.random()}" for _ in range(9000)])
    ) for n in range(20)]
    file = project / "data" / "releases" / "large.parquet"
    write_parquet(file, TABLES["observations"], iter(years))
    PartsHandler.sent.clear()
    lazy = pl.scan_parquet(f"{address}/large.parquet")
    assert lazy.filter(pl.col("report_year") == 2009).select(pl.col("value").count()).collect().item() == 9000
    assert sum(n_bytes for _, n_bytes in PartsHandler.sent) < file.stat().st_size / 3


def has_httpfs() -> bool:
    try:
        duckdb.connect().execute("load httpfs")
    except duckdb.Error:
        return False
    return True
