"""The rules of observations: words at their offsets, bounds in order, numbers that the world allows.

In: the limits of `seeds/limits.csv`. Out: the rules, over the frame of `transforms.evidence_observations`.

>>> [rule.name for rule in observation_rules(limits)][:2]
['offsets_ordered', 'offsets_in_text']
"""

from datetime import date

from expectations.limits import Limits
from expectations.rules import Rule, at_least, between, is_null, is_true, not_null, same


def observation_rules(limits: Limits) -> list[Rule]:
    """Return the rules of observations that need more than the schema."""
    return [*_places(), *_bounds(), *_percentages(limits), *_sizes(), *_codes(), *_dates(limits)]


def _places() -> list[Rule]:
    return [
        at_least("offsets_ordered", "row", "char_end is after char_start", larger="char_end", smaller="char_start",
                 equal=False),
        at_least("offsets_in_text", "row", "char_end is in the text", larger="text_length", smaller="char_end"),
        not_null("quote_place_found", "row", "the offsets name characters of the text", column="quote_in_text"),
        same("quote_at_offsets", "row", "quote is the text at its offsets", left="quote", right="quote_in_text"),
        is_true("sentence_holds_quote", "warning", "the sentence holds the quote", column="sentence_holds_quote"),
        same("section_of_report", "row", "the section is of the same report", left="report_id",
             right="report_of_section"),
        at_least("starts_in_section", "warning", "the quote starts in its section", larger="char_start",
                 smaller="section_start"),
        at_least("ends_in_section", "warning", "the quote ends in its section", larger="section_end",
                 smaller="char_end"),
        same("year_of_report", "row", "report_year is that of the report", left="report_year", right="year_of_report"),
    ]


def _bounds() -> list[Rule]:
    return [
        not_null("states_a_number", "row", "a value or a bound is given", column="stated_number"),
        at_least("low_below_value", "row", "value_low is not above value", larger="value", smaller="value_low"),
        at_least("value_below_high", "row", "value is not above value_high", larger="value_high", smaller="value"),
        at_least("low_below_high", "row", "value_low is not above value_high", larger="value_high",
                 smaller="value_low"),
        is_true("exact_is_bounds", "row", "an exact number is both of its bounds", column="exact_is_bounds"),
        is_null("range_without_value", "row", "a range has no single value", column="range_value"),
    ]


def _percentages(limits: Limits) -> list[Rule]:
    """Reports state 109 percent of a target or of a budget: told, not set aside; the unit's ceiling sets aside."""
    low, high = limits.bound("change_ratio", "percent")
    return [
        between("share_0_to_100", "warning", "a share is 0 to 100 percent, but for one of a target", column="share",
                low=0, high=100),
        between("rate_0_to_100", "warning", "a rate is 0 to 100 percent; a target may be passed", column="rate", low=0,
                high=100),
        between("change_ratio_plausible", "warning", f"a change is {low:g} to {high:g} percent", column="change_ratio",
                low=low, high=high),
    ]


def _sizes() -> list[Rule]:
    return [
        at_least("level_above_floor", "row", "a level or share is not below what its unit allows (mostly 0)",
                 larger="level_smallest", smaller="floor"),
        at_least("level_below_ceiling", "row", "a level or share is below the plausible ceiling of its unit",
                 larger="ceiling", smaller="level_largest"),
        at_least("change_below_ceiling", "row", "a change is below the plausible ceiling of its unit",
                 larger="ceiling_of_change", smaller="size_of_change"),
    ]


def _codes() -> list[Rule]:
    return [
        is_true("unit_code.known", "row", "unit_code is null or in seeds/units.csv", column="unit_code_known"),
        at_least("coded_above_minimum", "row", "a coded level is not below the minimum of its code",
                 larger="coded_smallest", smaller="code_minimum"),
        at_least("coded_below_maximum", "row", "a coded level is not above the maximum of its code",
                 larger="code_maximum", smaller="coded_value"),
        is_true("unit_fits_code", "warning", "a coded level has a unit of its code", column="unit_fits_code"),
    ]


def _dates(limits: Limits) -> list[Rule]:
    rules = [at_least("period_ordered", "row", "the period does not end before it starts", larger="period_end",
                      smaller="period_start")]
    for column in ("period_start", "period_end"):
        first, last = (int(year) for year in limits.bound("year", f"observations.{column}"))
        rules.append(between(f"{column}.plausible", "row", f"{column} is in {first} to {last}", column=column,
                             low=date(first, 1, 1), high=date(last, 12, 31)))
    return rules
