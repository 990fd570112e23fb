"""`fazhi harvest`: what came of it, in words and in the exit code. Nothing but this machine is asked."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from flows.errors import ExitCode
from flows.harvest_log import attempts
from flows.warc_store import read_snapshots, segments
from tests.flows.killing import left_of_data
from tests.flows.sites.server import Page, Pages, Server
from tests.flows.sites.systems import report

N_PAGES, N_HOSTS, N_LISTINGS = 369, 275, 84


def harvest(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    command = [sys.executable, "-m", "flows.cli", "--data", data, "harvest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


def write_sources(folder: Path, *rows: tuple[str, str]) -> Path:
    """Write a list of sources."""
    path = folder / "sources.csv"
    lines = [f"s{number},{url},{kind}" for number, (url, kind) in enumerate(rows)]
    path.write_text("\n".join(["source_id,url,kind", *lines]) + "\n")
    return path


@pytest.mark.slow
def test_no_source_is_nothing_due(tmp_path: Path) -> None:
    done = harvest(tmp_path / "data", "--sources", write_sources(tmp_path))
    assert done.returncode == ExitCode.OK, done.stderr
    assert "nothing was due" in done.stdout


@pytest.mark.slow
def test_where_no_name_resolves_every_page_fails_by_itself_and_soon_and_the_exit_code_is_6(tmp_path: Path) -> None:
    pages = [(f"https://www.county{number % N_HOSTS}.invalid/{number}.html", "report") for number in range(N_PAGES)]
    listings = [(f"https://www.county{number}.invalid/fzbg/", "listing") for number in range(N_LISTINGS)]
    began = time.monotonic()
    done = harvest(tmp_path / "data", "--sources", write_sources(tmp_path, *pages, *listings))
    assert done.returncode == ExitCode.NOTHING_FETCHED, done.stderr
    assert time.monotonic() - began < 400
    assert f"{N_PAGES + N_LISTINGS} dns_error" in done.stdout
    assert "Traceback" not in done.stderr
    log = pl.read_parquet(tmp_path / "data" / "tables" / "harvest_log" / "*.parquet")
    assert {url for url, _ in (*pages, *listings)} <= set(log["url"])
    assert set(log["outcome"]) == {"dns_error"}
    assert log["error"].null_count() == 0


@pytest.mark.slow
def test_stopped_by_its_user_it_ends_soon_and_keeps_what_it_has(tmp_path: Path) -> None:
    pages = {f"/{number}.html": Page(report(f"第{number}镇2024年法治政府建设年度报告")) for number in range(200)}
    sources = write_sources(tmp_path, *((f"http://www.a.gov.cn{path}", "report") for path in pages))
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        settings = tmp_path / "settings.toml"
        places = "".join(f'"{name}" = "{place}"\n' for name, place in server.hosts.items())
        settings.write_text(f'seconds_between_requests = 0.5\nprivate_networks = ["127.0.0.1/32"]\n[hosts]\n{places}')
        command = [sys.executable, "-m", "flows.cli", "--data", str(tmp_path), "harvest"]
        command += ["--sources", str(sources), "--settings", str(settings)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
            deadline = time.monotonic() + 120
            while len(server.requests) < 5 and time.monotonic() < deadline:
                time.sleep(0.05)
            run.send_signal(signal.SIGINT)
            _, told = run.communicate(timeout=180)
        n_asked = len(server.requests)
    assert run.returncode == 130
    assert "stopped; run it again to go on from here" in told
    assert left_of_data(Path(os.environ["FAZHI_DATA"])) == []
    assert 5 <= n_asked < 100
    (segment,) = segments(tmp_path)
    assert len(list(read_snapshots(segment))) >= n_asked - 1
    assert attempts(segment).height >= n_asked - 1


def test_a_setting_that_is_none_is_named(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("speed = 9\n")
    done = harvest(tmp_path / "data", "--sources", write_sources(tmp_path), "--settings", settings)
    assert done.returncode == ExitCode.USAGE
    assert "speed is no harvest setting" in done.stderr


@pytest.mark.parametrize(("content", "told"), [
    (b"address\nhttp://www.a.gov.cn/1.html\n", "has no column 'url'; lay it out like seeds/sources.csv"),
    ("source_id,url,kind\n县,http://www.a.gov.cn/1.html,report\n".encode("gb18030"), "give a CSV file in UTF-8"),
    (None, "does not exist"),
])
def test_sources_that_cannot_be_read_are_told_of_before_anything_is_started(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    sources = tmp_path / "mine.csv"
    if content is not None:
        sources.write_bytes(content)
    done = harvest(tmp_path / "data", "--sources", sources)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    [line] = [line for line in done.stderr.splitlines() if "mine.csv" in line]
    assert told in line
    assert not (tmp_path / "data").exists()
