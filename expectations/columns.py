"""The rules that follow from `transforms.schema`: nullability, closed sets, bounds, patterns, keys.

In: a table. Out: its rules, in the order of its columns.

>>> [rule.name for rule in column_rules(TABLES["texts"])][:2]
['key.unique', 'report_id.not_null']
"""

from collections.abc import Mapping

import polars as pl

from expectations.results import Severity
from expectations.rules import Rule, between, in_set, is_true, matches, not_null, unique
from transforms.columns import Column, Table

SCHEMA_KEY = ("table", "column")


def column_rules(table: Table) -> list[Rule]:
    """Return what the schema says of each column.

    A key that is missing or stands twice breaks every join and stops a release; so does the codebook, which is ours.
    """
    key = ", ".join(table.key)
    rules = [unique("key.unique", "critical", f"no two rows have the same {key}", columns=table.key)]
    for column in table.columns:
        is_ours = table.name == "indicators"
        rules += _rules_of(column, "critical" if is_ours else "row", column.name in table.key)
    for name, target in table.foreign_keys.items():
        message = f"{name} is null or names a row of {target.partition('.')[0]}"
        rules.append(is_true(f"{name}.known", "row", message, column=f"{name}_known"))
    return rules


def schema_frame(tables: Mapping[str, Table], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row a column, with the type that the schema gives and the one that the frame has."""
    rows = []
    for name, table in tables.items():
        there = {column: str(kind) for column, kind in frames[name].schema.items()} if name in frames else {}
        expected = {column.name: str(pl.Series(dtype=column.dtype).dtype) for column in table.columns}
        rows += [
            (name, column, expected.get(column, "absent"), there.get(column, "absent"))
            for column in dict.fromkeys([*expected, *there])
        ]
    return pl.DataFrame(rows, schema=["table", "column", "expected_type", "type"], orient="row")


def _rules_of(column: Column, severity: Severity, in_key: bool) -> list[Rule]:
    name = column.name
    rules: list[Rule] = []
    if not column.nullable:
        rules.append(not_null(f"{name}.not_null", "critical" if in_key else severity, f"{name} is given", column=name))
    if column.allowed:
        message = f"{name} is one of {', '.join(column.allowed)}"
        rules.append(in_set(f"{name}.in_set", severity, message, column=name, allowed=column.allowed))
    if column.minimum is not None or column.maximum is not None:
        bounds = f"from {_number(column.minimum)} to {_number(column.maximum)}"
        rules.append(between(f"{name}.between", severity, f"{name} is {bounds}", column=name, low=column.minimum,
                             high=column.maximum))
    if column.pattern:
        message = f"{name} matches {column.pattern}"
        rules.append(matches(f"{name}.pattern", severity, message, column=name, pattern=column.pattern))
    return rules


def _number(bound: float | None) -> str:
    return "any" if bound is None else f"{bound:g}"
