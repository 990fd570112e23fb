"""One rule: a great-expectations expectation with a name, a severity and a sentence.

In: columns and bounds. Out: `Rule`, which a suite is made of. great-expectations takes seconds to import, so a rule
names the class and the engine makes it.

>>> between("value", "row", "a share is 0 to 100", column="share", low=0, high=100)
Rule(name='value', severity='row', ...)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from expectations.results import Severity


@dataclass(frozen=True)
class Rule:
    """An expectation to be made: `type` is the class in `great_expectations.expectations`."""

    name: str
    severity: Severity
    message: str
    type: str
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Columns that the expectation reads."""
        named = [self.arguments.get(name) for name in ("column", "column_A", "column_B")]
        return [*(name for name in named if name), *self.arguments.get("column_list", ())]


def not_null(name: str, severity: Severity, message: str, *, column: str) -> Rule:
    """Every row has a value."""
    return Rule(name, severity, message, "ExpectColumnValuesToNotBeNull", {"column": column})


def is_null(name: str, severity: Severity, message: str, *, column: str) -> Rule:
    """No row has a value: the column names what is wrong with the row."""
    return Rule(name, severity, message, "ExpectColumnValuesToBeNull", {"column": column})


def is_true(name: str, severity: Severity, message: str, *, column: str) -> Rule:
    """No row has false; null says that the rule does not apply."""
    return in_set(name, severity, message, column=column, allowed=[True])


def in_set(name: str, severity: Severity, message: str, *, column: str, allowed: Sequence[Any]) -> Rule:
    """Every value is one of `allowed`."""
    arguments = {"column": column, "value_set": list(allowed)}
    return Rule(name, severity, message, "ExpectColumnValuesToBeInSet", arguments)


def between(
    name: str, severity: Severity, message: str, *, column: str, low: Any = None, high: Any = None
) -> Rule:
    """Every value is from `low` to `high`, both included."""
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Rule(name, severity, message, "ExpectColumnValuesToBeBetween", arguments)


def matches(name: str, severity: Severity, message: str, *, column: str, pattern: str) -> Rule:
    """Every text matches the regular expression."""
    return Rule(name, severity, message, "ExpectColumnValuesToMatchRegex", {"column": column, "regex": pattern})


def unique(name: str, severity: Severity, message: str, *, columns: Sequence[str]) -> Rule:
    """No two rows have the same values in `columns`."""
    if len(columns) == 1:
        return Rule(name, severity, message, "ExpectColumnValuesToBeUnique", {"column": columns[0]})
    return Rule(name, severity, message, "ExpectCompoundColumnsToBeUnique", {"column_list": list(columns)})


def at_least(name: str, severity: Severity, message: str, *, larger: str, smaller: str, equal: bool = True) -> Rule:
    """One column is at least the other; with `equal` false, more than it."""
    arguments = {"column_A": larger, "column_B": smaller, "or_equal": equal,
                 "ignore_row_if": "either_value_is_missing"}
    return Rule(name, severity, message, "ExpectColumnPairValuesAToBeGreaterThanB", arguments)


def same(name: str, severity: Severity, message: str, *, left: str, right: str) -> Rule:
    """Both columns hold the same value, where both have one."""
    arguments = {"column_A": left, "column_B": right, "ignore_row_if": "either_value_is_missing"}
    return Rule(name, severity, message, "ExpectColumnPairValuesToBeEqual", arguments)


def filled(name: str, severity: Severity, message: str, *, column: str, low: float) -> Rule:
    """At least this share of the rows has a value."""
    arguments = {"column": column, "min_value": low, "max_value": 1.0}
    return Rule(name, severity, message, "ExpectColumnProportionOfNonNullValuesToBeBetween", arguments)
