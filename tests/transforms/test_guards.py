"""The guards let growth and withdrawal pass and hold back what has no cause but our own."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.sample_tables import FACTS, MORNING, Page, sample_indicators, segment_tables
from transforms.combine import count_coverage
from transforms.guards import MEASURED, measure_guards

BANDS = pl.read_csv(Path(__file__).resolve().parents[2] / "seeds" / "release" / "guards.csv")
PAGES = [Page(f"https://a.test/{n}.html", MORNING, FACTS, f"第{n}镇2025年报告") for n in range(200)]


def tables(pages: list[Page]) -> dict[str, pl.LazyFrame]:
    frames = {name: frame.lazy() for name, frame in segment_tables(pages).items()}
    return {**frames, "indicators": count_coverage(sample_indicators().lazy(), frames["observations"])}


OLD = tables(PAGES)


def failing(new: dict[str, pl.LazyFrame], withdrawn: frozenset[str] = frozenset()) -> set[str]:
    measured = measure_guards(OLD, new, BANDS, withdrawn)
    assert measured.schema == MEASURED
    return set(measured.filter(~pl.col("holds"))["guard"])


def test_the_same_release_holds_every_guard() -> None:
    assert failing(OLD) == set()
    assert measure_guards(OLD, OLD, BANDS, frozenset()).height >= 10


def test_growth_is_no_harm() -> None:
    assert failing(tables([*PAGES, *(replace(page, url=page.url + "?2") for page in PAGES)])) == set()


def test_reports_that_vanish_are_named() -> None:
    new = tables(PAGES[5:])
    gone = OLD["reports"].join(new["reports"], on="report_id", how="anti").collect()["report_id"].to_list()
    assert failing(new) == {"reports", "reports_kept"}
    measured = measure_guards(OLD, new, BANDS, frozenset())
    assert measured.filter(pl.col("guard") == "reports_kept")["sample"].item().split() == sorted(gone)
    assert failing(new, frozenset(gone)) == set()


def test_ids_that_move_on_unchanged_pages_are_held() -> None:
    moved = OLD["observations"].with_columns(
        observation_id=pl.when(pl.int_range(pl.len()) % 100 == 0)
        .then(pl.col("observation_id").str.replace("o_.", "o_x")).otherwise("observation_id")
    )
    assert failing({**OLD, "observations": moved}) == {"ids_kept"}


@pytest.mark.parametrize(("table", "column", "held"), [
    ("observations", "unit_code", {"filled_unit_code", "kept_unit_code"}),
    ("observations", "period_start", {"filled_period_start", "kept_period_start"}),
    ("observations", "indicator", {"filled_indicator", "kept_indicator"}),
    ("reports", "division_code", {"filled_division_code", "kept_division_code"}),
])
def test_a_column_that_runs_empty_is_held_and_its_rows_are_named(table: str, column: str, held: set[str]) -> None:
    emptied = OLD[table].with_columns(pl.when(pl.lit(False)).then(column).alias(column))
    new = {**OLD, table: emptied}
    assert failing(new) - {"divisions_covered"} == held
    told = measure_guards(OLD, new, BANDS, frozenset()).filter(pl.col("guard").is_in(list(held)))["sample"][0]
    assert told.split() == OLD[table].collect()[f"{table[:-1]}_id"].sort().head(5).to_list()


def test_fewer_divisions_are_held() -> None:
    codes = pl.format("0110{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(5))
    old = {**OLD, "reports": OLD["reports"].with_columns(division_code=codes)}
    new = {**old, "reports": old["reports"].with_columns(division_code=pl.col("division_code").str.replace(r"\d$", "0"))}
    measured = measure_guards(old, new, BANDS, frozenset()).filter(~pl.col("holds"))
    assert measured.select("guard", "observed").rows() == [("divisions_covered", 0.1)]


def test_values_that_shift_without_cause_are_held() -> None:
    shifted = OLD["panel"].with_columns(value=pl.when(pl.col("indicator") == "public_satisfaction")
                                        .then(pl.col("value") * 100).otherwise("value"))
    assert failing({**OLD, "panel": shifted}) == {"median:public_satisfaction", "upper_decile:public_satisfaction"}


def test_values_that_shift_because_the_pages_did_are_not() -> None:
    changed = tables([replace(page, facts=(replace(FACTS[0], quote="99件", value=99.0), *FACTS[1:])) for page in PAGES])
    assert failing(changed) == set()


def test_rows_lost_on_unchanged_pages_are_held() -> None:
    lost = OLD["sections"].gather_every(2)
    assert failing({**OLD, "sections": lost}) == {"rows_sections"}
    measured = measure_guards(OLD, {**OLD, "sections": lost}, BANDS, frozenset()).filter(pl.col("guard") == "rows_sections")
    gone = OLD["sections"].join(lost, on="section_id", how="anti").collect()["report_id"].sort().head(5)
    assert measured["sample"].item().split() == gone.to_list()


def test_few_rows_say_nothing() -> None:
    few = tables(PAGES[:3])
    assert measure_guards(few, tables(PAGES[:1]), BANDS, frozenset()).is_empty()
