"""The rules that the schema cannot say: what must hold between columns, between tables, and of the world.

In: the name of a table and the limits of `seeds/limits.csv`. Out: its rules, over the frames of
`transforms.evidence`.

>>> [rule.name for rule in meaning_rules("texts", limits)]
['no_private_number', 'text_digest_true']
"""

from collections.abc import Callable
from datetime import date

from expectations.limits import Limits
from expectations.meaning_observations import observation_rules
from expectations.results import Severity
from expectations.rules import Rule, at_least, between, filled, in_set, is_null, is_true, same
from transforms.schema import CHECKS, REPORT_YEAR, TABLES

FIRST_DAY = date(int(REPORT_YEAR.minimum or 0), 1, 1)


def meaning_rules(table: str, limits: Limits) -> list[Rule]:
    """Return the rules of a table that need more than its schema."""
    return [*_of_every_table(table), *OF_TABLE[table](limits), *_fill_rates(table, limits)]


def _of_every_table(table: str) -> list[Rule]:
    severity: Severity = "critical" if table == "indicators" else "row"
    rules = [is_null("no_private_number", severity, "no text column holds a telephone or identity number",
                     column="private_in")]
    if any(column.dtype.is_float() for column in TABLES[table].columns):
        rules.append(is_null("finite_numbers", severity, "every number is finite", column="not_finite_in"))
    return rules


def _reports(limits: Limits) -> list[Rule]:
    return [
        between("published_from_first_year", "row", f"published in {FIRST_DAY.year} or later", column="published_date",
                low=FIRST_DAY),
        between("signed_from_first_year", "row", f"signed in {FIRST_DAY.year} or later", column="signed_date",
                low=FIRST_DAY),
        *_days_after_year("published", limits),
        *_days_after_year("signed", limits),
        in_set("published_before_fetch", "warning", "published no later than it was fetched",
               column="published_after_fetch", allowed=[False]),
        at_least("changed_after_first_seen", "row", "last changed no earlier than first seen", larger="last_changed",
                 smaller="first_seen"),
        at_least("checked_after_changed", "row", "last checked no earlier than last changed", larger="last_checked",
                 smaller="last_changed"),
        between("text_there", "row", "the report's text is in texts", column="rows_texts", low=1, high=1),
        same("n_characters_true", "row", "n_characters is the length of the text", left="n_characters",
             right="text_length"),
        same("text_digest_same", "row", "text_digest is that of texts", left="text_digest", right="digest_in_texts"),
        same("n_observations_true", "row", "n_observations counts the rows of observations", left="n_observations",
             right="rows_observations"),
        *(_rows_per_report(name, limits) for name in limits.names("rows_per_report")),
    ]


def _days_after_year(what: str, limits: Limits) -> list[Rule]:
    """The start of the year is a bound that nothing real crosses; the end of the time after it is not."""
    low, high = limits.bound("days_after_year", f"reports.{what}_date")
    return [
        between(f"{what}_after_year_began", "row", f"{what} after the year reported on began", column=f"days_{what}",
                low=low),
        between(f"{what}_soon_after_year", "warning", f"{what} within {high:g} days of the start of that year",
                column=f"days_{what}", high=high),
    ]


def _rows_per_report(name: str, limits: Limits) -> Rule:
    low, high = limits.bound("rows_per_report", name)
    column = "n_characters" if name == "characters" else f"rows_{name}"
    return between(f"{name}_per_report", "row", f"a report has {low:g} to {high:g} {name}", column=column, low=low,
                   high=high)


def _sections(_: Limits) -> list[Rule]:
    return [
        at_least("offsets_ordered", "row", "char_end is not before char_start", larger="char_end",
                 smaller="char_start"),
        at_least("offsets_in_text", "row", "char_end is in the text", larger="text_length", smaller="char_end"),
    ]


def _panel(_: Limits) -> list[Rule]:
    return [
        same("observation_of_report", "row", "the observation is of the same report", left="report_id",
             right="chosen_report"),
        same("observation_of_indicator", "row", "the observation has the same code", left="indicator",
             right="chosen_indicator"),
        same("observation_has_value", "row", "the observation has the same value", left="value", right="chosen_value"),
        in_set("observation_reported", "row", "the observation is neither planned nor of an earlier year",
               column="chosen_status", allowed=["reported"]),
        same("year_of_observation", "row", "report_year is that of the observation", left="report_year",
             right="chosen_year"),
        same("n_candidates_true", "row", "n_candidates counts candidate_ids", left="n_candidates",
             right="number_of_ids"),
        is_true("chosen_is_candidate", "row", "the observation is one of the candidates", column="chosen_is_candidate"),
        at_least("bounds_ordered", "row", "value_low is not above value_high", larger="value_high",
                 smaller="value_low"),
    ]


def _checks(_: Limits) -> list[Rule]:
    return [
        in_set(f"{check}_holds", "warning", f"{check.replace('_', ' ')}: both sides agree", column=f"{check}_outcome",
               allowed=["holds", "undecided"])
        for check in CHECKS
    ]


def _indicators(_: Limits) -> list[Rule]:
    return [
        is_null("units_known", "critical", "every unit is in seeds/units.csv", column="unknown_units"),
        is_true("parent_known", "critical", "parent is null or a code of the codebook", column="parent_known"),
        at_least("bounds_ordered", "critical", "minimum is not above maximum", larger="maximum", smaller="minimum"),
    ]


def _texts(_: Limits) -> list[Rule]:
    return [same("text_digest_true", "row", "text_digest is that of the text", left="text_digest",
                 right="digest_of_text")]


def _harvest_log(_: Limits) -> list[Rule]:
    return [between("http_status_valid", "row", "an HTTP status is from 100 to 599", column="http_status", low=100,
                    high=599)]


def _fill_rates(table: str, limits: Limits) -> list[Rule]:
    """Floors on how much of a column is filled: the build may break without any row being wrong."""
    rules = []
    for name in limits.names("fill_rate"):
        of_table, _, column = name.partition(".")
        if of_table == table:
            low, _high = limits.bound("fill_rate", name)
            rules.append(filled(f"{column}.filled", "warning", f"{column} is given in {low:.0%} of rows or more",
                                column=column, low=low))
    return rules


OF_TABLE: dict[str, Callable[[Limits], list[Rule]]] = {
    "reports": _reports, "sections": _sections, "observations": observation_rules, "panel": _panel,
    "checks": _checks, "indicators": _indicators, "texts": _texts, "harvest_log": _harvest_log,
}
