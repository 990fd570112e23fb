"""What a maintainer does to a release: withdraw a report, let a guard pass; both are published with their reasons."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.errors import ExitCode, FazhiError
from flows.release import make_release
from flows.withdrawals import read_withdrawn, withdraw
from flows.writers.checksums import broken_files
from tests.flows.test_release import FIRST, INPUTS, SECOND, release, status
from tests.sample_tables import FACTS, MORNING, Page, digest, write_segment

PAGES = [Page(f"https://a.test/{n}.html", MORNING, FACTS, f"第{n}镇2025年报告") for n in range(200)]


def test_a_withdrawn_report_is_gone_and_listed(tmp_path: Path) -> None:
    first = release(tmp_path, one=[FIRST, SECOND])
    withdraw(tmp_path, digest("r", SECOND.url), "=names a\nprivate person", date(2026, 5, 1))
    second = make_release(tmp_path, INPUTS)
    changes = pl.read_parquet(second.path / "changes.parquet")
    assert second.version == "v2026.05.01"
    assert pl.read_parquet(second.path / "reports.parquet")["source_url"].to_list() == [FIRST.url]
    listed = pl.read_parquet(second.path / "withdrawn.parquet").row(0, named=True)
    assert (listed["reason"], listed["withdrawn_on"]) == ("=names a private person", date(2026, 5, 1))
    assert "'=names a private person" in (second.path / "withdrawn.csv").read_text(encoding="utf-8")
    assert set(changes.select("change", "cause").unique().rows()) == {("gone", "withdrawal")}
    assert SECOND.title not in "".join(
        file.read_text(encoding="utf-8") for file in second.path.glob("*.csv") if file.name != "changes.csv")
    assert broken_files(first.path) == []
    assert not make_release(tmp_path, INPUTS).created


def test_what_a_withdrawn_report_said_does_not_stand_in_the_changes(tmp_path: Path) -> None:
    release(tmp_path, one=[FIRST, SECOND])
    withdraw(tmp_path, digest("r", SECOND.url), "names a private person", date(2026, 5, 1))
    second = make_release(tmp_path, INPUTS)
    assert SECOND.title not in (second.path / "changes.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(("report", "why", "message"), [
    ("r_0000000000000000", "x", "no table or release in .* has this report"), (digest("r", FIRST.url), "  ", "give a reason"),
])
def test_a_withdrawal_that_makes_no_sense_is_refused(tmp_path: Path, report: str, why: str, message: str) -> None:
    write_segment(tmp_path, "one", [FIRST])
    with pytest.raises(FazhiError, match=message) as caught:
        withdraw(tmp_path, report, why, date(2026, 5, 1))
    assert caught.value.exit_code == ExitCode.USAGE
    assert read_withdrawn(tmp_path).is_empty()


def test_a_guard_holds_a_release_until_someone_has_looked(tmp_path: Path) -> None:
    first = release(tmp_path, one=PAGES)
    fewer = [Page(page.url, MORNING + timedelta(days=1), page.facts, page.title) for page in PAGES[:150]]
    for file in (tmp_path / "tables").glob("*/one.parquet"):
        file.unlink()
    write_segment(tmp_path, "two", fewer)
    with pytest.raises(FazhiError, match=r"held back against v2026.03.02: reports is 0.75, not at least 0.98.* --why") as held:
        make_release(tmp_path, INPUTS)
    assert held.value.exit_code == ExitCode.HELD
    assert (status(tmp_path)["outcome"], (tmp_path / "releases" / "latest").resolve()) == ("held", first.path)
    why = "the pages were <b>listed</b> twice"
    accepted = make_release(tmp_path, replace(INPUTS, accept={"reports": why, "reports_kept": why}))
    for name in ("README.md", "CHANGELOG.md"):
        text = (accepted.path / name).read_text(encoding="utf-8")
        assert "let pass, because the pages were &lt;b&gt;listed" in text
    assert (accepted.path / "quality" / "guards.json").exists()
