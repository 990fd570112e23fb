"""Every expectation holds on good tables and fails on the fault that it is for: none is a check that cannot fail."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from expectations.engine import run_suite
from expectations.limits import Limits
from expectations.results import Severity
from expectations.rules import Rule
from expectations.runner import suite_rules, validate_schema, validate_tables
from tests.expectations.good_tables import Tables, changed, good_tables, row_of, seed, views_of
from transforms.schema import CHECKS, TABLES

Fault = Callable[[Tables], Tables]
LIMITS = Limits(seed("limits"))
ELSEWHERE = "r_ffffffffffffffff"


def sets(table: str, column: str, value: object, row: int = 0) -> Fault:
    return lambda tables: changed(tables, table, column, value, row)


def fills(table: str, column: str, value: object) -> Fault:
    return lambda tables: {**tables, table: tables[table].with_columns(pl.lit(value, tables[table].schema[column]).alias(column))}


def without(table: str) -> Fault:
    return lambda tables: {**tables, table: tables[table].clear()}


def repeated(table: str, times: int) -> Fault:
    return lambda tables: {**tables, table: pl.concat([tables[table]] * times)}


def observed(column: str, value: object, quote: str = "12件") -> Fault:
    return lambda tables: changed(tables, "observations", column, value, row_of(quote))


def observed_number(value: float | None, quote: str) -> Fault:
    def fault(tables: Tables) -> Tables:
        for column in ("value", "value_low", "value_high"):
            tables = changed(tables, "observations", column, value, row_of(quote))
        return tables
    return fault


def column_fault(table: str, rule: Rule) -> Fault:
    """The fault that a rule of the schema is for, from what the schema says."""
    name, _, what = rule.name.rpartition(".")
    if rule.name == "key.unique":
        return repeated(table, 2)
    if what == "known":
        return sets(table, name, "nothing_known")
    column = TABLES[table].column(name)
    faulty = {"not_null": None, "in_set": "bogus", "pattern": "no such form",
              "between": None if column.minimum is None else column.minimum - 1}
    return sets(table, name, faulty[what])


MEANING: list[tuple[str, str, Severity, Fault]] = [
    ("reports", "no_private_number", "row", sets("reports", "title", "联系13912345678")),
    ("reports", "published_from_first_year", "row", sets("reports", "published_date", date(2003, 12, 31))),
    ("reports", "signed_from_first_year", "row", sets("reports", "signed_date", date(2003, 12, 31))),
    ("reports", "published_after_year_began", "row", sets("reports", "published_date", date(2017, 8, 20))),
    ("reports", "signed_after_year_began", "row", sets("reports", "signed_date", date(2023, 12, 31))),
    ("reports", "published_soon_after_year", "warning", sets("reports", "published_date", date(2029, 6, 1))),
    ("reports", "signed_soon_after_year", "warning", sets("reports", "signed_date", date(2029, 6, 1))),
    ("reports", "published_before_fetch", "warning", sets("reports", "published_date", date(2026, 3, 9))),
    ("reports", "changed_after_first_seen", "row", sets("reports", "last_changed", datetime(2025, 1, 1, tzinfo=UTC))),
    ("reports", "checked_after_changed", "row", sets("reports", "last_checked", datetime(2025, 1, 1, tzinfo=UTC))),
    ("reports", "text_there", "row", without("texts")),
    ("reports", "n_characters_true", "row", sets("reports", "n_characters", 77)),
    ("reports", "text_digest_same", "row", sets("reports", "text_digest", "sha256:" + "0" * 64)),
    ("reports", "n_observations_true", "row", sets("reports", "n_observations", 99)),
    ("reports", "observations_per_report", "row", without("observations")),
    ("reports", "sections_per_report", "row", repeated("sections", 2001)),
    ("reports", "panel_per_report", "row", repeated("panel", 501)),
    ("reports", "checks_per_report", "row", repeated("checks", 1001)),
    ("reports", "characters_per_report", "row", sets("reports", "n_characters", 3)),
    ("reports", "body.filled", "warning", fills("reports", "body", None)),
    ("reports", "published_date.filled", "warning", fills("reports", "published_date", None)),
    ("reports", "division_code.filled", "warning", fills("reports", "division_code", None)),
    ("sections", "no_private_number", "row", sets("sections", "heading", "拨打0571-87654321")),
    ("sections", "offsets_ordered", "row", sets("sections", "char_end", 1)),
    ("sections", "offsets_in_text", "row", sets("sections", "char_end", 100_000)),
    ("observations", "no_private_number", "row", observed("sentence", "身份证330106199001011234")),
    ("observations", "finite_numbers", "row", observed("value", float("nan"))),
    ("observations", "offsets_ordered", "row", observed("char_end", 3)),
    ("observations", "offsets_in_text", "row", observed("char_end", 100_000)),
    ("observations", "quote_place_found", "row", observed("char_start", 99_999)),
    ("observations", "quote_at_offsets", "row", observed("quote", "13件")),
    ("observations", "sentence_holds_quote", "warning", observed("sentence", "全年办理行政复议案件。")),
    ("observations", "section_of_report", "row", sets("sections", "report_id", ELSEWHERE)),
    ("observations", "starts_in_section", "warning", sets("sections", "char_start", 60)),
    ("observations", "ends_in_section", "warning", sets("sections", "char_end", 40)),
    ("observations", "year_of_report", "row", observed("report_year", 2024)),
    ("observations", "states_a_number", "row", observed_number(None, "3至5名")),
    ("observations", "low_below_value", "row", observed("value_low", 12.5)),
    ("observations", "value_below_high", "row", observed("value_high", 11.5)),
    ("observations", "low_below_high", "row", observed("value_low", 6.0, "3至5名")),
    ("observations", "exact_is_bounds", "row", observed("value_low", None)),
    ("observations", "range_without_value", "row", observed("value", 4.0, "3至5名")),
    ("observations", "share_0_to_100", "warning", observed("value", 165.0, "65%")),
    ("observations", "rate_0_to_100", "warning", observed("value", 120.0, "98.6%")),
    ("observations", "change_ratio_plausible", "warning", observed("value", -120.0, "12.5%")),
    ("observations", "level_above_floor", "row", observed("value", -12.0)),
    ("observations", "level_below_ceiling", "row", observed("value", 1e16, "145万余元")),
    ("observations", "change_below_ceiling", "row", observed("value", -1e14, "3件")),
    ("observations", "unit_code.known", "row", observed("unit_code", "bogus")),
    ("observations", "coded_above_minimum", "row", observed("value", -1.0)),
    ("observations", "coded_below_maximum", "row", observed("value", 982.0, "98.6%")),
    ("observations", "unit_fits_code", "warning", observed("unit_code", "CNY")),
    ("observations", "period_ordered", "row", observed("period_end", date(2024, 12, 31))),
    ("observations", "period_start.plausible", "row", observed("period_start", date(1900, 1, 1))),
    ("observations", "period_end.plausible", "row", observed("period_end", date(2205, 1, 1))),
    ("observations", "unit_code.filled", "warning", fills("observations", "unit_code", None)),
    ("observations", "indicator.filled", "warning", fills("observations", "indicator", None)),
    ("panel", "no_private_number", "row", sets("panel", "body", "张某 139 1234 5678")),
    ("panel", "finite_numbers", "row", sets("panel", "value_low", float("inf"))),
    ("panel", "observation_of_report", "row", sets("panel", "report_id", ELSEWHERE)),
    ("panel", "observation_of_indicator", "row", sets("panel", "indicator", "public_satisfaction")),
    ("panel", "observation_has_value", "row", sets("panel", "value", 13.0)),
    ("panel", "observation_reported", "row", observed("status", "planned")),
    ("panel", "year_of_observation", "row", sets("panel", "report_year", 2024)),
    ("panel", "n_candidates_true", "row", sets("panel", "n_candidates", 2)),
    ("panel", "chosen_is_candidate", "row", sets("panel", "candidate_ids", "o_ffffffffffffffff")),
    ("panel", "bounds_ordered", "row", sets("panel", "value_low", 13.0)),
    ("checks", "no_private_number", "row", sets("checks", "statement", "电话：87654321")),
    ("checks", "finite_numbers", "row", sets("checks", "left_value", float("nan"))),
    *[("checks", f"{check}_holds", "warning", sets("checks", "outcome", "fails", row)) for row, check in enumerate(CHECKS)],
    ("indicators", "no_private_number", "critical", sets("indicators", "definition", "13912345678")),
    ("indicators", "finite_numbers", "critical", sets("indicators", "maximum", float("nan"))),
    ("indicators", "units_known", "critical", sets("indicators", "unit_codes", "item bogus")),
    ("indicators", "parent_known", "critical", sets("indicators", "parent", "bogus")),
    ("indicators", "bounds_ordered", "critical", sets("indicators", "maximum", -1.0)),
    ("texts", "no_private_number", "row", sets("texts", "text", "联系电话:13912345678")),
    ("texts", "text_digest_true", "row", sets("texts", "text_digest", "sha256:" + "0" * 64)),
    ("harvest_log", "no_private_number", "row", sets("harvest_log", "error", "打13912345678问")),
    ("harvest_log", "http_status_valid", "row", sets("harvest_log", "http_status", 999)),
]
RULES = {(table, rule.name): rule for table in TABLES for rule in suite_rules(table, LIMITS)}
FAULTS = {(table, name): fault for table, name, _, fault in MEANING}
SCHEMA_RULES = [(table, name) for table, name in RULES if (table, name) not in FAULTS]


def is_met(tables: Tables, table: str, name: str) -> bool:
    rule = RULES[table, name]
    there = set(rule.columns) <= set(TABLES[table].column_names)
    frame = tables[table] if there else views_of(tables)[table]
    found = run_suite(table, [rule], frame, TABLES[table].key)
    assert found.results[0].severity == rule.severity, found.results[0].message
    return found.results[0].success


@pytest.mark.parametrize(("quote", "value", "reason"), [
    ("65%", 109.0, None),
    ("65%", -1.0, "level_above_floor"),
    ("65%", 6500.0, "level_below_ceiling"),
    ("98.6%", 986.0, "coded_below_maximum"),
])
def test_a_target_passed_is_published_and_an_impossible_rate_is_not(quote: str, value: float, reason: str | None) -> None:
    failing = validate_tables(views_of(observed_number(value, quote)(good_tables())), LIMITS).failing_rows
    found = failing["observations"]["reason"].to_list() if "observations" in failing else []
    assert [words.partition(":")[0] for words in found] == ([reason] if reason else [])


def test_good_tables_meet_every_expectation() -> None:
    validation = validate_schema(good_tables()) + validate_tables(views_of(good_tables()), LIMITS)
    assert [result for result in validation.results if not result.success] == []
    assert validation.passed
    assert not validation.failing_rows
    assert len(validation.results) == len(RULES) + 1


@pytest.mark.parametrize(("table", "name", "severity", "fault"), MEANING, ids=[f"{row[0]}-{row[1]}" for row in MEANING])
def test_a_rule_of_meaning_fails_on_its_fault(table: str, name: str, severity: Severity, fault: Fault) -> None:
    assert RULES[table, name].severity == severity
    assert not is_met(fault(good_tables()), table, name)


@pytest.mark.parametrize(("table", "name"), SCHEMA_RULES, ids=[f"{table}-{name}" for table, name in SCHEMA_RULES])
def test_a_rule_of_the_schema_fails_on_its_fault(table: str, name: str) -> None:
    assert not is_met(column_fault(table, RULES[table, name])(good_tables()), table, name)


@pytest.mark.parametrize("fault", [
    lambda tables: {name: frame for name, frame in tables.items() if name != "texts"},
    lambda tables: {**tables, "panel": tables["panel"].drop("value")},
    lambda tables: {**tables, "panel": tables["panel"].with_columns(more=1)},
    lambda tables: {**tables, "panel": tables["panel"].with_columns(pl.col("report_year").cast(pl.Int64))},
], ids=["a table is missing", "a column is missing", "a column too many", "another type"])
def test_tables_that_do_not_fit_the_schema_stop_everything(fault: Fault) -> None:
    assert [result.suite for result in validate_schema(fault(good_tables())).critical] == ["schema"]


@pytest.mark.parametrize("fault", [
    observed_number(-80.0, "12.5%"),
    observed_number(-30_000.0, "3件"),
    observed_number(0.0, "12件"),
    observed_number(100.0, "65%"),
    observed("value_low", None, "145万余元"),
    observed("value_high", None, "145万余元"),
    observed("unit_code", None),
    observed("period_start", date(2021, 1, 1)),
    sets("reports", "published_date", date(2025, 11, 11)),
    sets("reports", "published_date", None),
])
def test_what_is_allowed_passes(fault: Fault) -> None:
    views = views_of(fault(good_tables()))
    for table in ("observations", "reports"):
        found = run_suite(table, suite_rules(table, LIMITS), views[table], TABLES[table].key)
        assert [result for result in found.results if not result.success] == []


def test_empty_tables_can_be_validated() -> None:
    empty = {name: TABLES[name].empty() for name in TABLES}
    validation = validate_tables(views_of(empty), LIMITS)
    assert [result for result in validation.results if not result.success] == []


def test_a_rule_that_cannot_be_evaluated_is_critical() -> None:
    rule = Rule("broken", "warning", "compares words with numbers", "ExpectColumnPairValuesAToBeGreaterThanB",
                {"column_A": "title", "column_B": "n_characters", "or_equal": True, "ignore_row_if": "either_value_is_missing"})
    found = run_suite("reports", [rule], good_tables()["reports"], ("report_id",)).results[0]
    assert (found.success, found.severity) == (False, "critical")
    assert "cannot be evaluated" in found.message


