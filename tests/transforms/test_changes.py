"""The changes between two releases name every value and its cause."""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from tests.sample_tables import FACTS, MORNING, Page, sample_indicators, segment_tables
from transforms.changes import Evidence, find_changes, summarise, summarise_indicators
from transforms.release_schema import CHANGES

PAGE = Page("https://a.test/1.html", MORNING)
OTHER = Page("https://b.test/2.html", MORNING, FACTS[:2], "临河镇2025年报告")


def release(*pages: Page) -> dict[str, pl.LazyFrame]:
    """Return the tables of a release with these pages."""
    return {name: frame.lazy() for name, frame in
            {**segment_tables(list(pages)), "indicators": sample_indicators()}.items()}


def told(
    old: dict[str, pl.LazyFrame], new: dict[str, pl.LazyFrame], evidence: Evidence, table: str
) -> list[tuple[str | None, ...]]:
    """Return change, column, old and new value, cause for one table."""
    changes = find_changes(old, new, evidence)
    assert changes.schema == CHANGES.polars_schema
    assert changes.select(CHANGES.key).is_unique().all()
    return changes.filter(pl.col("table") == table).select("change", "column", "old_value", "new_value", "cause").rows()


def test_nothing_changed_is_an_empty_table() -> None:
    later = replace(PAGE, retrieved_at=MORNING + timedelta(days=1))
    assert find_changes(release(PAGE), release(later), Evidence(True, True)).is_empty()


def test_a_new_page_is_added_because_of_the_source() -> None:
    rows = told(release(PAGE), release(PAGE, OTHER), Evidence(extractor_changed=True), "observations")
    assert set(rows) == {("added", "quote", None, quote, "source") for quote in ("12件", "145万余元")}


def test_a_page_known_before_but_only_now_read_is_the_extractor_s_doing() -> None:
    old = release(PAGE)
    old["harvest_log"] = release(PAGE, OTHER)["harvest_log"]
    rows = told(old, release(PAGE, OTHER), Evidence(extractor_changed=True), "reports")
    assert rows == [("added", "title", None, "临河镇2025年报告", "extractor")]


def test_a_value_that_a_better_extractor_reads() -> None:
    better = replace(PAGE, facts=(replace(FACTS[0], value=12.0, qualifier="over"), *FACTS[1:]))
    rows = told(release(PAGE), release(better), Evidence(extractor_changed=True), "observations")
    assert ("changed", "qualifier", "exact", "over", "extractor") in rows


def test_a_code_that_the_codebook_gives() -> None:
    coded = replace(PAGE, facts=(FACTS[0], replace(FACTS[1], indicator="relief_paid"), FACTS[2]))
    rows = told(release(PAGE), release(coded), Evidence(True, True), "observations")
    assert rows == [("changed", "indicator", None, "relief_paid", "codebook")]
    panel = told(release(PAGE), release(coded), Evidence(True, True), "panel")
    assert panel == [("added", "value", None, "1450000.0", "codebook")]


def test_a_page_that_changed() -> None:
    mended = replace(PAGE, facts=(replace(FACTS[0], quote="13件", value=13.0), *FACTS[1:]))
    rows = told(release(PAGE), release(mended), Evidence(True, True), "observations")
    assert ("changed", "value", "12.0", "13.0", "source") in rows


def test_a_report_withdrawn_or_lost() -> None:
    report_id = release(OTHER)["reports"].collect()["report_id"][0]
    withdrawn = told(release(PAGE, OTHER), release(PAGE), Evidence(withdrawn=frozenset({report_id})), "reports")
    lost = told(release(PAGE, OTHER), release(PAGE), Evidence(extractor_changed=True), "reports")
    assert withdrawn == [("gone", "title", None, None, "withdrawal")]
    assert lost == [("gone", "title", "临河镇2025年报告", None, "extractor")]


def test_a_correction_is_named() -> None:
    better = replace(PAGE, facts=(replace(FACTS[0], qualifier="over"), *FACTS[1:]),
                     extra={"correction_ids": "k_0123456789abcdef"})
    rows = told(release(PAGE), release(better), Evidence(True, True), "observations")
    assert {row[-1] for row in rows} == {"correction"}
    assert told(release(better), release(better), Evidence(True, True), "observations") == []


def test_summaries_count_rows_and_not_columns() -> None:
    better = replace(PAGE, facts=(replace(FACTS[0], qualifier="over"), *FACTS[1:]))
    changes = find_changes(release(PAGE), release(better), Evidence(extractor_changed=True))
    assert changes.filter(pl.col("table") == "observations").height > 1
    assert ("observations", "changed", "extractor", 1) in summarise(changes).rows()
    assert summarise_indicators(changes).rows() == [("reconsideration_cases", 0, 1, 0)]


def test_a_column_that_only_one_release_has_is_not_compared() -> None:
    old = release(PAGE)
    old["observations"] = old["observations"].drop("label")
    assert find_changes(old, release(PAGE), Evidence()).is_empty()
