"""Combining segments keeps the newest snapshot of each report and its history."""

from datetime import timedelta

import polars as pl

from tests.sample_tables import FACTS, MORNING, Fact, Page, sample_indicators, segment_tables
from transforms.combine import SEGMENT, combine, count_coverage
from transforms.schema import TABLES

ADDRESS = "https://a.test/1.html"
MENDED = (*FACTS[:2], Fact("群众满意度达", "99%", 99, "%", "percent", "public_satisfaction", "exact", "ratio"))


def combined(*segments: list[Page]) -> dict[str, pl.DataFrame]:
    """Combine one segment per list of pages."""
    built = [
        {name: frame.with_columns(pl.lit(f"segment-{number}").alias(SEGMENT)) for name, frame in tables.items()}
        for number, tables in enumerate(map(segment_tables, segments))
    ]
    frames = {name: pl.concat([tables[name] for tables in built]).lazy() for name in built[0]}
    return {name: frame.collect() for name, frame in combine(frames).items()}


def test_the_newest_snapshot_wins_whatever_the_order_of_segments() -> None:
    old, new = Page(ADDRESS, MORNING), Page(ADDRESS, MORNING + timedelta(days=3), MENDED)
    forward, backward = combined([old], [new]), combined([new], [old])
    assert forward["observations"]["quote"].to_list() == ["12件", "145万余元", "99%"]
    for name, frame in forward.items():
        assert frame.equals(backward[name]), name


def test_a_report_knows_its_history() -> None:
    days = [MORNING + timedelta(days=n) for n in range(4)]
    pages = [Page(ADDRESS, days[0]), Page(ADDRESS, days[1], MENDED), Page(ADDRESS, days[2], MENDED)]
    report = combined(*([page] for page in pages))["reports"].row(0, named=True)
    assert (report["first_seen"], report["last_changed"]) == (days[0], days[1])
    assert (report["last_checked"], report["retrieved_at"], report["revision"]) == (days[2], days[2], 2)


def test_an_attempt_without_a_new_snapshot_is_a_check() -> None:
    tables = segment_tables([Page(ADDRESS, MORNING)])
    later = MORNING + timedelta(days=9)
    unmodified = tables["harvest_log"].with_columns(
        attempt_id=pl.lit("a_0000000000000000"), attempted_at=pl.lit(later), outcome=pl.lit("not_modified"),
        report_id=pl.lit(None, pl.String),
    )
    tables["harvest_log"] = pl.concat([tables["harvest_log"], unmodified])
    marked = {name: frame.lazy().with_columns(pl.lit("s").alias(SEGMENT)) for name, frame in tables.items()}
    assert combine(marked)["reports"].collect()["last_checked"].to_list() == [later]


def test_the_same_text_at_two_addresses_is_one_report() -> None:
    mirror = "https://b.test/copy.html"
    tables = combined([Page(mirror, MORNING + timedelta(hours=1))], [Page(ADDRESS, MORNING)])
    report = tables["reports"].row(0, named=True)
    assert (tables["reports"].height, report["source_url"]) == (1, ADDRESS)
    assert report["other_source_urls"] == mirror
    assert tables["observations"].height == len(FACTS)
    assert tables["harvest_log"]["report_id"].to_list() == [report["report_id"]] * 2


def test_every_table_has_its_published_columns() -> None:
    for name, frame in combined([Page(ADDRESS, MORNING)]).items():
        assert frame.schema == TABLES[name].polars_schema, name


def test_coverage_counts_reports_and_observations_of_each_code() -> None:
    pages = [Page(ADDRESS, MORNING), Page("https://b.test/2.html", MORNING, FACTS[:1], "临河镇2025年报告")]
    tables = combined(pages)
    covered = count_coverage(sample_indicators().lazy(), tables["observations"].lazy()).collect()
    assert covered.select("indicator", "n_reports", "n_observations").rows() == [
        ("public_satisfaction", 1, 1), ("reconsideration_cases", 2, 2),
    ]


def test_a_withdrawn_report_leaves_no_copy_behind() -> None:
    pages = [Page(ADDRESS, MORNING), Page("https://b.test/copy.html", MORNING), Page("https://b.test/2.html", MORNING, MENDED)]
    built = segment_tables(pages)
    marked = {name: frame.lazy().with_columns(pl.lit("s").alias(SEGMENT)) for name, frame in built.items()}
    withdrawn = frozenset(built["reports"].filter(pl.col("source_url") == ADDRESS)["report_id"])
    tables = {name: frame.collect() for name, frame in combine(marked, withdrawn).items()}
    assert tables["reports"]["source_url"].to_list() == ["https://b.test/2.html"]
    assert tables["texts"].height == 1
    assert tables["harvest_log"]["report_id"].null_count() == 2


def test_a_page_was_first_seen_at_its_first_fetch() -> None:
    """A segment keeps one snapshot of a page in its tables, but logs all of them."""
    tables = segment_tables([Page(ADDRESS, MORNING)])
    earlier = MORNING - timedelta(days=2)
    first = tables["harvest_log"].with_columns(attempt_id=pl.lit("a_1111111111111111"), attempted_at=pl.lit(earlier))
    tables["harvest_log"] = pl.concat([tables["harvest_log"], first])
    marked = {name: frame.lazy().with_columns(pl.lit("s").alias(SEGMENT)) for name, frame in tables.items()}
    assert combine(marked)["reports"].collect()["first_seen"].to_list() == [earlier]
