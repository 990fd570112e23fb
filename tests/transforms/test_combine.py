"""Combining segments keeps the newest snapshot of each report and its history."""

from datetime import timedelta

import polars as pl
import pytest

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


def copies(*pages: Page) -> list[str]:
    """Combine each page in a segment of its own; return the addresses that are left as reports."""
    return combined(*([page] for page in pages))["reports"]["source_url"].sort().to_list()


OWN, GUEST, LATER = "https://lin.gov.cn/1.html", "https://far.gov.cn/copy.html", MORNING + timedelta(hours=1)


def test_the_issuers_own_site_comes_before_one_that_was_seen_earlier() -> None:
    """A site with reports of other places only hosts this one."""
    others = [Page(f"https://far.gov.cn/{n}.html", MORNING, FACTS[:1], f"远县第{n}镇2025年报告", extra={"division_code": "990000"})
              for n in range(3)]
    report = combined([Page(GUEST, MORNING)], [Page(OWN, LATER)], others)["reports"].filter(pl.col("source_url") == OWN)
    assert report["other_source_urls"].to_list() == [GUEST]


def test_the_main_site_of_a_government_and_the_own_site_of_a_department_come_first() -> None:
    bureau, main = "https://sw.lin.gov.cn/1.html", "https://lin.gov.cn/1.html"
    assert copies(Page(bureau, MORNING), Page(main, LATER)) == [main]
    department = {"body_level": "department", "department": "水务局"}
    assert copies(Page(main, MORNING, extra=department), Page(bureau, LATER, extra=department)) == [bureau]


def test_a_local_file_gives_way_to_the_page() -> None:
    assert copies(Page("urn:fazhi:file:a.txt", MORNING), Page(OWN, LATER)) == [OWN]


def test_a_text_that_differs_in_its_frame_only_is_the_same_report() -> None:
    """The title is told in another way; all sentences with numbers are the same."""
    tables = combined([Page(OWN, MORNING)], [Page(GUEST, LATER, title="临江镇2025年法治政府建设年度报告(主办:某办公室)")])
    assert tables["reports"].select("source_url", "other_source_urls").rows() == [(OWN, GUEST)]
    assert tables["observations"].height == len(FACTS)
    assert tables["harvest_log"]["report_id"].unique().to_list() == tables["reports"]["report_id"].to_list()


@pytest.mark.parametrize("extra", [
    {"division_code": "011000102"}, {"body_level": "department", "department": "水务局"}, {"report_year": 2024},
])
def test_the_same_sentences_of_another_body_or_year_are_another_report(extra: dict[str, object]) -> None:
    title = "另一镇2025年法治政府建设年度报告"
    assert len(copies(Page(OWN, MORNING), Page(GUEST, LATER, title=title, extra=extra))) == 2


def test_a_text_that_a_town_copied_from_another_is_a_report_of_its_own() -> None:
    towns = [{"township": "临江镇"}, {"township": "青山镇"}]
    assert len(copies(*(Page(url, MORNING, extra=town) for url, town in zip((OWN, GUEST), towns, strict=True)))) == 2


def test_a_text_with_other_numbers_is_another_report() -> None:
    assert len(copies(Page(OWN, MORNING), Page(GUEST, LATER, MENDED, "临江镇2025年工作报告"))) == 2


def test_a_withdrawn_report_leaves_no_copy_in_another_frame_behind() -> None:
    pages = [Page(OWN, MORNING), Page(GUEST, LATER, title="临江镇2025年法治政府建设年度报告(主办:某办公室)")]
    built = segment_tables(pages)
    marked = {name: frame.lazy().with_columns(pl.lit("s").alias(SEGMENT)) for name, frame in built.items()}
    withdrawn = frozenset(built["reports"].filter(pl.col("source_url") == OWN)["report_id"])
    assert combine(marked, withdrawn)["reports"].collect().is_empty()


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
