"""Validation of real segments: rows go to quarantine with a reason, a critical fault leaves the last release alone."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.cli import _exit_code
from flows.errors import ExitCode, FazhiError
from flows.release import ReleaseInputs, make_release
from flows.validate import read_codebook, release_validator, validate_segments
from tests.sample_tables import FACTS, MORNING, Page, write_segment
from transforms.quarantine import REASON

CODES = {"reconsideration_cases": "reconsiderations_accepted", "public_satisfaction": "rule_of_law_satisfaction", None: None}
CODED = tuple(replace(fact, indicator=CODES[fact.indicator]) for fact in FACTS)


def page(number: int, title: str) -> Page:
    return Page(f"https://a.test/{number}.html", MORNING, CODED, f"{title}2025年法治政府建设年度报告", extra={"township": title})


FIRST, SECOND = page(1, "临江镇"), page(2, "青山镇")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def change(data: Path, table: str, segment: str, **columns: pl.Expr) -> None:
    path = data / "tables" / table / f"{segment}.parquet"
    pl.read_parquet(path).with_columns(**columns).write_parquet(path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_segment(tmp_path, "one", [FIRST])
    write_segment(tmp_path, "two", [SECOND])
    return tmp_path


def release(data: Path) -> Path:
    return make_release(data, ReleaseInputs(read_codebook(), release_validator(data))).path


def test_good_segments_pass_and_nothing_is_set_aside(data: Path) -> None:
    validated = validate_segments(data)
    assert validated.validation.passed
    assert files_of(data / "quarantine") == {}
    assert validated.tables["observations"].collect().height == 6
    assert json.loads((data / "quality" / "validation.json").read_text())["passed"] is True
    assert not list(data.glob(".validating-*"))


def test_a_failing_row_is_set_aside_with_its_reason_and_the_rest_is_released(data: Path) -> None:
    change(data, "observations", "one", quote=pl.when(pl.col("quote") == "12件").then(pl.lit("13件")).otherwise("quote"))
    path = release(data)
    aside = pl.read_parquet(data / "quarantine" / "observations" / "one.parquet")
    assert aside["quote"].to_list() == ["13件"]
    assert aside[REASON].to_list() == ["quote_at_offsets: quote is the text at its offsets"]
    assert sorted(files_of(data / "quarantine")) == ["checks/one.parquet", "observations/one.parquet", "panel/one.parquet"]
    assert pl.read_parquet(path / "observations.parquet").height == 5
    assert pl.read_parquet(path / "reports.parquet")["n_observations"].sort().to_list() == [2, 3]
    assert (path / "quality" / "observations.html").exists()
    assert json.loads((path / "quality" / "validation.json").read_text())["rows_set_aside"]["observations"] == 1


def test_a_report_takes_its_rows_with_it_and_the_other_stays(data: Path) -> None:
    change(data, "reports", "two", published_date=pl.lit("2017-08-20").str.to_date())
    path = release(data)
    assert pl.read_parquet(path / "texts.parquet").height == 1
    assert pl.read_parquet(data / "quarantine" / "observations" / "two.parquet").height == 3


def test_a_private_number_that_masking_missed_is_not_published(data: Path) -> None:
    write_segment(data, "three", [page(3, "联系13912345678,")])
    path = release(data)
    published = b"".join(files_of(path).values())
    assert b"13912345678" not in published
    assert pl.read_parquet(path / "reports.parquet").height == 2
    assert (data / "quarantine" / "texts" / "three.parquet").exists()


def test_a_critical_fault_stops_the_release_and_leaves_the_last_one(data: Path) -> None:
    last = release(data)
    before = files_of(last)
    change(data, "observations", "one", observation_id=pl.lit("o_ffffffffffffffff"))
    with pytest.raises(FazhiError, match="observations.key.unique") as stopped:
        release(data)
    assert stopped.value.exit_code == ExitCode.CRITICAL
    assert files_of(last) == before
    assert (data / "releases" / "latest").resolve() == last
    status = json.loads((data / "releases" / "status.json").read_text())
    assert (status["outcome"], "critical" in status["why"]) == ("failed", True)
    assert "key.unique" in (data / "quality" / "observations.html").read_text()


def test_when_every_row_fails_nothing_is_released(data: Path) -> None:
    for segment in ("one", "two"):
        change(data, "observations", segment, value_low=pl.lit(1e6), value_high=pl.lit(0.0))
    with pytest.raises(FazhiError, match="quarantine.something_left"):
        release(data)


def test_a_quarter_of_many_rows_is_too_much_to_set_aside(tmp_path: Path) -> None:
    write_segment(tmp_path, "many", [page(n, f"第{n}镇") for n in range(10)])
    change(tmp_path, "observations", "many", quote=pl.when(pl.col("quote") == "12件").then(pl.lit("13件")).otherwise("quote"))
    critical = [result.expectation for result in validate_segments(tmp_path).validation.critical]
    assert critical == ["share_quarantined"]


def test_a_mended_table_empties_the_quarantine(data: Path) -> None:
    change(data, "observations", "one", unit_code=pl.lit("bogus"))
    validate_segments(data)
    assert files_of(data / "quarantine")
    write_segment(data, "one", [FIRST])
    validate_segments(data)
    assert files_of(data / "quarantine") == {}


def test_two_validations_of_the_same_tables_write_the_same_bytes(data: Path) -> None:
    change(data, "sections", "one", heading=pl.lit("<script>alert(1)</script>"), theme=pl.lit("<b>"))
    written = []
    for _ in range(2):
        validate_segments(data)
        written.append(files_of(data / "quality") | files_of(data / "quarantine"))
    assert written[0] == written[1]


@pytest.mark.parametrize(("columns", "code", "words"), [
    ({}, ExitCode.OK, "failed: 0 critical, 0 row, 0 warning; 0 rows set aside"),
    ({"unit_code": pl.lit("bogus")}, ExitCode.SOME_FAILED, "row: observations.unit_code.known"),
    ({"observation_id": pl.lit("o_ffffffffffffffff")}, ExitCode.CRITICAL, "critical: observations.key.unique"),
])
def test_the_command_says_what_failed(
    data: Path, capfd: pytest.CaptureFixture[str], columns: dict[str, pl.Expr], code: ExitCode, words: str
) -> None:
    from flows.cli_validate import command

    change(data, "observations", "one", **columns)
    assert command.main(["--data", str(data)], standalone_mode=False) == code
    out, err = capfd.readouterr()
    assert words in out + err
    assert not any(noise in out + err for noise in ("Calculating Metrics", "Traceback", "Warning"))


def test_without_tables_the_error_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FazhiError, match="fazhi"):
        validate_segments(tmp_path)
    with pytest.raises(FazhiError, match="no such folder"):
        validate_segments(tmp_path / "nowhere")
    assert _exit_code(["validate", "--help"]) == 0
