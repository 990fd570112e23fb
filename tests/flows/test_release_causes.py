"""Each cause of a change is named, by real runs: the page, the program, the codebook, a correction, a withdrawal."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.diff import diff_releases
from flows.errors import FazhiError
from flows.withdrawals import withdraw
from tests.flows.checkouts import copy_program, edit, make_release_with
from tests.written_reports import write_reports
from transforms.identity import identifier

URL = "https://town1.example.gov.cn/1.txt"
REPORT = identifier("r", URL)
Act = Callable[[Path], None]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the program, reports in `new`, and a first release of them in `data`."""
    folder = tmp_path_factory.mktemp("causes")
    copy_program(folder / "program")
    write_reports(folder / "new", [1])
    assert make_release_with(folder / "program", folder / "data", folder / "new").startswith("released v2025.03.02")
    return folder


@pytest.fixture
def work(released: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return shutil.copytree(released, tmp_path / "work", symlinks=True)


def the_page_changes(work: Path) -> None:
    edit(work / "new" / "1-1.txt", "法治宣传活动14场", "法治宣传活动15场")
    edit(work / "new" / "index.csv", "2025-03-02T08:00:00Z", "2025-03-09T08:00:00Z")


def the_program_learns(work: Path) -> None:
    edit(work / "program" / "seeds" / "units.csv", "\n场,event,", "\n场,show,")


def the_codebook_grows(work: Path) -> None:
    for name in ("phrases", "weights"):
        table = work / "program" / "seeds" / f"{name}.csv"
        kept = [line for line in table.read_text(encoding="utf-8").splitlines(keepends=True)
                if "legal_publicity_events" not in line.split(",")]
        table.write_text("".join(kept), encoding="utf-8")


def a_text_is_corrected(work: Path) -> None:
    correct(work, f"{URL},,法治宣传活动14场,法治宣传活动41场,the scan has 41,2025-04-01")


def a_field_is_corrected(work: Path) -> None:
    correct(work, f"{REPORT},published_date,,2025-02-28,the page's date is in an image,2025-04-01")


def a_report_is_withdrawn(work: Path) -> None:
    withdraw(work / "data", REPORT, "names a private person", date(2025, 4, 1))


def correct(work: Path, row: str) -> None:
    with (work / "program" / "seeds" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")


@pytest.mark.slow
@pytest.mark.parametrize(("act", "version", "cause", "change"), [
    (the_page_changes, "v2025.03.09", "source", ("panel", "value", "14.0", "15.0")),
    (the_program_learns, "v2025.03.02.1", "extractor", ("observations", "unit_code", "event", "show")),
    (the_codebook_grows, "v2025.03.02.1", "codebook", ("observations", "indicator", "legal_publicity_events", None)),
    (a_text_is_corrected, "v2025.04.01", "correction", ("panel", "value", "14.0", "41.0")),
    (a_field_is_corrected, "v2025.04.01", "correction", ("reports", "published_date", None, "2025-02-28")),
    (a_report_is_withdrawn, "v2025.04.01", "withdrawal", ("reports", "title", None, None)),
], ids=lambda value: value.__name__ if callable(value) else "")
def test_the_cause_is_named(work: Path, act: Act, version: str, cause: str, change: tuple[str | None, ...]) -> None:
    act(work)
    assert make_release_with(work / "program", work / "data", work / "new") == f"released {version}"
    latest = work / "data" / "releases" / "latest"
    changes = pl.read_parquet(latest / "changes.parquet")
    of_report = changes.filter(pl.col("report_id") == REPORT)
    assert of_report["cause"].unique().to_list() == [cause]
    assert change in of_report.select("table", "column", "old_value", "new_value").rows()
    assert set(changes.drop_nulls("report_id")["report_id"]) == {REPORT} or cause in ("extractor", "codebook")
    assert diff_releases(work / "data" / "releases" / "v2025.03.02", latest).equals(changes.cast(pl.String))
    assert f"| {cause} |" in (latest / "CHANGELOG.md").read_text(encoding="utf-8")
    if cause == "correction":
        assert make_release_with(work / "program", work / "data", work / "new") == f"nothing new since {version}"
        the_correction_is_published_and_holds(latest)


def the_correction_is_published_and_holds(latest: Path) -> None:
    listed = pl.read_parquet(latest / "corrections.parquet").row(0, named=True)
    reports = pl.read_parquet(latest / "reports.parquet")
    assert (listed["report_id"], listed["corrected_on"]) == (REPORT, date(2025, 4, 1))
    assert reports.filter(pl.col("correction_ids") == listed["correction_id"])["report_id"].to_list() == [REPORT]
    observations = pl.read_parquet(latest / "observations.parquet").join(pl.read_parquet(latest / "texts.parquet"), on="report_id")
    assert observations.filter(
        pl.col("text").str.slice(pl.col("char_start"), pl.col("char_end") - pl.col("char_start")) != pl.col("quote")
    ).is_empty()


@pytest.mark.slow
def test_a_correction_that_no_longer_matches_holds_the_release_until_someone_has_looked(work: Path) -> None:
    a_text_is_corrected(work)
    make_release_with(work / "program", work / "data", work / "new")
    the_page_changes(work)
    with pytest.raises(FazhiError, match=rf"corrections no longer match: text of {REPORT}, '法治宣传活动14场'.*corrections.csv"):
        make_release_with(work / "program", work / "data", work / "new")
    assert (work / "data" / "releases" / "latest").resolve().name == "v2025.04.01"
    assert "v2025.04.01.1" in make_release_with(work / "program", work / "data", work / "new", accept="corrections")
    latest = work / "data" / "releases" / "latest"
    assert "let pass, because seen" in (latest / "CHANGELOG.md").read_text(encoding="utf-8")
    assert pl.read_parquet(latest / "corrections.parquet").is_empty()
