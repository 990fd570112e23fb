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


@pytest.mark.parametrize("column", ["unit_code", "indicator"])
def test_a_column_that_runs_empty_is_held(column: str) -> None:
    emptied = OLD["observations"].with_columns(pl.lit(None, pl.String).alias(column))
    assert failing({**OLD, "observations": emptied}) == {f"filled_{column}", f"kept_{column}"}


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


def test_few_rows_say_nothing() -> None:
    few = tables(PAGES[:3])
    assert measure_guards(few, tables(PAGES[:1]), BANDS, frozenset()).is_empty()
