"""Coverage tells what is published, what is not found, and what was set aside, of every body and year."""

from dataclasses import replace
from datetime import date

import polars as pl

from tests.sample_tables import MORNING, Page, segment_tables
from transforms.coverage import bodies, coverage
from transforms.release_schema import COVERAGE

DIVISIONS = pl.DataFrame({
    "code": ["010000", "010100", "010101", "010101001", "010101002", "010101002", None],
    "name": ["示例省", "示例市", "临江区", "东街道", "西镇", "西乡", "开发区"],
    "parent": [None, "010000", "010100", "010101", "010101", "010101", "010100"],
    "is_group": [False] * 7,
})
NONE_QUARANTINED = segment_tables([])["reports"].lazy()
NONE_WITHDRAWN = pl.LazyFrame(schema={
    "division_code": pl.String, "report_year": pl.Int16, "body_level": pl.String, "department": pl.String,
})
DUTY = pl.DataFrame({"level": ["province", "prefecture", "county", "township"], "first_year": [2015, 2015, 2015, 2019]})


def page(number: int, code: str, published: date | None, **more: object) -> Page:
    return Page(f"https://a.test/{number}.html", MORNING, extra={"division_code": code, "published_date": published, **more})


def rows(*pages: Page, quarantined: pl.LazyFrame = NONE_QUARANTINED, withdrawn: pl.LazyFrame = NONE_WITHDRAWN) -> pl.DataFrame:
    found = coverage(segment_tables(list(pages))["reports"].lazy(), DIVISIONS, quarantined, withdrawn, DUTY).collect()
    assert found.schema == COVERAGE.polars_schema
    assert found.select(COVERAGE.key).is_unique().all()
    return found


def test_every_body_has_a_row_for_every_year() -> None:
    found = rows(page(1, "010101002", date(2026, 3, 31)), replace(page(2, "010101", None), year=2024))
    assert found.group_by("report_year").len().sort("report_year").rows() == [(2024, 5), (2025, 5)]
    assert found.filter(pl.col("outcome") == "published").select("division_code", "report_year", "in_time").rows() == \
        [("010101", 2024, None), ("010101002", 2025, True)]
    assert found.filter(pl.col("outcome") == "not_found").height == 8


def test_the_first_of_april_is_late() -> None:
    late = rows(page(1, "010101002", date(2026, 4, 1)))
    assert late.filter(pl.col("outcome") == "published")["in_time"].to_list() == [False]


def test_a_department_does_not_report_for_its_government() -> None:
    found = rows(page(1, "010101", date(2026, 3, 1), body_level="department", department="司法局"))
    assert set(found["outcome"]) == {"not_found"}


def test_a_year_between_two_others_is_not_left_out() -> None:
    found = rows(replace(page(1, "010101", None), year=2022), replace(page(2, "010101", None), year=2025))
    county = found.filter(pl.col("division_code") == "010101").select("report_year", "outcome").rows()
    assert county == [(2022, "published"), (2023, "not_found"), (2024, "not_found"), (2025, "published")]


def test_nothing_is_missing_where_nothing_was_due() -> None:
    found = rows(replace(page(1, "010101002", date(2019, 2, 1)), year=2018), replace(page(2, "010101", None), year=2014))
    told = found.group_by("report_year").agg("division_code", "in_time").sort("report_year").rows()
    above_township = ["010000", "010100", "010101"]
    assert told[0] == (2014, ["010101"], [None])
    assert [(year, codes) for year, codes, _ in told[1:4]] == [(year, above_township) for year in (2015, 2016, 2017)]
    assert told[4] == (2018, [*above_township, "010101002"], [None] * 4)


def test_a_zone_reports_for_itself_if_it_has_a_code() -> None:
    zones = pl.concat([DIVISIONS, pl.DataFrame({
        "code": ["010171", "010101401", "010101402"], "name": ["示例高新区", "一农场", "二农场"],
        "parent": ["010100", "010101", "010101"], "is_group": [False] * 3,
    })])
    pages = [page(number, code, None, body_level="other", department=None)
             for number, code in enumerate(["010171", "010101", "010101401"])]
    found = coverage(segment_tables(pages)["reports"].lazy(), zones, NONE_QUARANTINED, NONE_WITHDRAWN, DUTY).collect()
    outcomes = dict(found.select("division_code", "outcome").iter_rows())
    assert (outcomes["010171"], outcomes["010101"], outcomes["010101401"]) == ("published", "not_found", "published")
    assert "010101402" not in outcomes


def test_the_first_of_several_reports_is_named() -> None:
    found = rows(page(1, "010101", date(2026, 3, 9)), page(2, "010101", date(2026, 3, 2)))
    assert found.filter(pl.col("n_reports") > 0).select("n_reports", "published_date").rows() == [(2, date(2026, 3, 2))]


def test_what_is_set_aside_or_taken_out_is_not_called_missing() -> None:
    aside = segment_tables([page(5, "010101001", None)])["reports"].lazy()
    out = pl.LazyFrame([("010101", 2025, None, None), (None, 2025, None, None), ("010100", 2025, "department", "司法局")],
                       schema=NONE_WITHDRAWN.collect_schema(), orient="row")
    found = rows(page(1, "010101002", None), quarantined=aside, withdrawn=out)
    assert dict(found.select("division_code", "outcome").iter_rows()) == {
        "010000": "not_found", "010100": "not_found", "010101": "withdrawn", "010101001": "quarantined",
        "010101002": "published",
    }


def test_bodies_know_what_they_are_in() -> None:
    town = bodies(DIVISIONS).filter(pl.col("division_code") == "010101002").row(0, named=True)
    assert (town["province"], town["city"], town["county"], town["level"]) == ("示例省", "示例市", "临江区", "township")


def test_a_group_in_the_list_of_codes_is_no_place() -> None:
    grouped = DIVISIONS.with_columns(is_group=pl.col("code") == "010100")
    county = bodies(grouped).filter(pl.col("division_code") == "010101").row(0, named=True)
    assert (county["province"], county["city"]) == ("示例省", None)
    assert "010100" not in bodies(grouped)["division_code"]
