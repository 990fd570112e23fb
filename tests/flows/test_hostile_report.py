"""A hostile report, taken in as anyone would send it, does no harm in any file that is published."""

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from flows.build import build
from flows.importer import import_paths
from flows.release import ReleaseInputs, make_release
from flows.validate import read_codebook, release_validator
from flows.writers.checksums import files_under
from tests.sample_tables import sample_divisions

FORMULA = '=HYPERLINK("http://evil.test","点")'
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
NAME = "../../逃逸/报告\u202etxt.exe"
TELEPHONE = "13812345678"
CONTROLS = "\u2028\u2029\x07\u202e\u200f\ufeff"
ESCAPED = SCRIPT.replace("<", "&lt;").replace(">", "&gt;")
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>{FORMULA}临江镇人民政府2024年法治政府建设情况报告</title></head><body>
<h1>{FORMULA}临江镇人民政府关于2024年度法治政府建设情况的报告</h1>
<p>一、{ESCAPED}主要举措</p>
<p>2024年,临江镇{CONTROLS}开展法治宣传活动12场,发放`资料`|[点](javascript:alert(3))|300份。</p>
<p>二、@SUM(A1:A9)依法行政</p>
<table><tr><th>项目</th><th>数量</th></tr><tr><td>-2+3|cmd</td><td>45</td></tr><tr><td>联系电话</td><td>{TELEPHONE}</td></tr></table>
</body></html>"""
ACTIVE = {"script", "img", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "base", "video", "audio"}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "new").mkdir()
    file = "报告\u202etxt.exe;rm -rf .html"
    (folder / "new" / file).write_text(PAGE, encoding="utf-8")
    with (folder / "new" / "index.csv").open("w", encoding="utf-8", newline="") as index:
        csv.writer(index).writerows([("file", "url", "retrieved_at"),
                                     (file, f"https://a.example.gov.cn/{NAME}", "2025-03-02T08:00:00Z")])
    assert import_paths(folder / "data", [folder / "new"]).n_new == 1
    assert build(folder / "data")[0].n_reports == 1
    inputs = ReleaseInputs(read_codebook(), release_validator(folder / "data"), divisions=sample_divisions())
    return make_release(folder / "data", inputs).path


def test_the_report_is_there_with_its_numbers(release: Path) -> None:
    quotes = pl.read_parquet(release / "observations.parquet")["quote"].to_list()
    assert {"12场", "300份", "45"} <= set(quotes)
    assert TELEPHONE not in quotes


def test_no_cell_of_a_csv_is_a_formula_or_breaks_its_line(release: Path) -> None:
    number = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    for file in release.glob("*.csv"):
        raw = file.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(raw.splitlines()))
        assert len(raw.splitlines()) == raw.count("\r\n") == len(rows)
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@") and not number.fullmatch(cell)] == []
        assert [cell for cell in cells if re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", cell)] == []
    titles = [row["title"] for row in csv.DictReader((release / "reports.csv").open(encoding="utf-8-sig", newline=""))]
    assert not titles[0].startswith("=")


def test_no_private_number_is_published(release: Path) -> None:
    for name in files_under(release):
        if not name.endswith(".parquet"):
            assert TELEPHONE not in (release / name).read_text(encoding="utf-8-sig"), name
    for file in release.glob("*.parquet"):
        assert TELEPHONE not in pl.read_parquet(file).write_json(), file.name


def test_no_file_is_written_outside_or_under_a_name_of_theirs(release: Path) -> None:
    names = [path.name for path in release.parents[1].rglob("*")]
    assert all(re.fullmatch(r"[\w.+-]+", name, re.ASCII) for name in names)
    assert list(release.parents[2].glob("逃逸*")) == []


def test_documents_hold_nothing_of_the_report(release: Path) -> None:
    for name in files_under(release):
        if not name.endswith((".parquet", ".csv")):
            text = (release / name).read_text(encoding="utf-8")
            assert not any(word in text for word in ("alert(", "evil.test", "逃逸", "\u202e")), name


def test_a_browser_finds_no_script_in_the_quality_report(release: Path) -> None:
    pages = [*(release / "quality").glob("*.html")]
    assert pages
    for page in pages:
        for tag, attributes in elements(page.read_text(encoding="utf-8")):
            assert tag not in ACTIVE, f"{page.name}: {tag}"
            assert not any(name.startswith("on") or "javascript:" in (value or "") for name, value in attributes)


def elements(page: str) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    found: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

    Parser().feed(page)
    yield from found
