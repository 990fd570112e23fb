"""A report leaves every table of a release, and so do its copies, under whatever id and address they are."""

import polars as pl

from tests.sample_tables import FACTS, MORNING, Page, digest, segment_tables
from transforms.release_schema import ID_CHANGES, RELEASE_TABLES
from transforms.withdrawal import Subject, copies, earlier_ids, repeats, without_reports

PAGE = Page("https://a.test/1.html", MORNING)
OTHER = Page("https://b.test/2.html", MORNING, FACTS[:1], "临河镇2025年报告")
MERGED = Page("https://c.test/3.html", MORNING, FACTS[:1], "临溪镇2025年报告", extra={"other_source_urls": f"https://x.test {PAGE.url}"})
REPORT = digest("r", PAGE.url)


def tables(*pages: Page) -> dict[str, pl.LazyFrame]:
    found = {name: frame.lazy() for name, frame in segment_tables(list(pages)).items()}
    return {name: found.get(name, table.empty().lazy()) for name, table in RELEASE_TABLES.items()}


def of(page: Page) -> str:
    return digest("r", page.url)


def test_a_report_is_known_by_id_text_and_address() -> None:
    held = tables(PAGE, OTHER, MERGED)
    assert copies(held, Subject(frozenset({REPORT})))["report_id"].to_list() == [REPORT]
    text = held["reports"].filter(pl.col("report_id") == of(OTHER)).collect()["text_digest"][0]
    assert copies(held, Subject(frozenset(), frozenset({text})))["report_id"].to_list() == [of(OTHER)]
    assert copies(held, Subject(frozenset(), frozenset(), frozenset({PAGE.url})))["report_id"].to_list() == [of(MERGED)]


def test_a_report_that_states_the_same_in_another_frame_is_a_copy() -> None:
    framed = Page("https://d.test/4.html", MORNING, (*FACTS,), f"{PAGE.title}(转载)")
    assert set(copies(tables(PAGE, framed, OTHER), Subject(frozenset({REPORT})))["report_id"]) == {REPORT, of(framed)}


def test_ids_of_before_a_change_of_scheme_are_followed() -> None:
    rows = [("reports", "r_old", REPORT, "why"), ("reports", "r_x", "r_y", "why"), ("sections", "s_old", REPORT, "why")]
    moved = pl.DataFrame(rows, schema=ID_CHANGES.polars_schema, orient="row")
    assert earlier_ids(moved.lazy(), {REPORT}) == {"r_old"}


def test_changes_that_only_say_that_it_is_gone_repeat_nothing() -> None:
    row = {"table": "reports", "key": REPORT, "report_id": REPORT, "change": "gone", "column": "title", "cause": "withdrawal"}
    changes = RELEASE_TABLES["changes"]
    silent = pl.DataFrame([row], schema=changes.polars_schema).lazy()
    telling = silent.with_columns(old_value=pl.lit(PAGE.title))
    assert not repeats(silent, {REPORT})
    assert repeats(telling, {REPORT})
    assert not repeats(telling, {of(OTHER)})


def test_no_table_keeps_a_row_of_it() -> None:
    held = tables(PAGE, OTHER)
    correction = {"correction_id": "k_0", "report_id": REPORT, "field": "text", "find": "赵某某", "reason": "typo",
                  "corrected_on": MORNING.date()}
    held["corrections"] = pl.DataFrame([correction], schema=RELEASE_TABLES["corrections"].polars_schema).lazy()
    left = {name: frame.collect() for name, frame in
            without_reports(held, RELEASE_TABLES["withdrawn"].empty(), {REPORT}).items()}
    for name, frame in left.items():
        assert frame.columns == RELEASE_TABLES[name].column_names
        assert "report_id" not in frame.columns or REPORT not in frame["report_id"]
    assert left["corrections"].is_empty()
    assert left["harvest_log"].height == 2
    assert left["reports"]["report_id"].to_list() == [of(OTHER)]
