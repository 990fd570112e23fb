"""Run the suites: over the schema, over every table, and over what the quarantine leaves.

In: tables, their evidence (`transforms.evidence`) and the limits from the seeds. Out: a `Validation` each, which add
up to one.

>>> validate_tables(views, Limits(limits)).passed
True
"""

from collections.abc import Mapping

import polars as pl

from expectations.columns import SCHEMA_KEY, column_rules, schema_frame
from expectations.engine import SuiteRun, run_suite
from expectations.limits import Limits
from expectations.meaning import meaning_rules
from expectations.results import REASON, Validation
from expectations.rules import Rule, at_least, between, same
from transforms.schema import TABLES

# A share says little of a table with fewer rows than this.
ROWS_FOR_A_SHARE = 20

SCHEMA_RULES = (
    same("types", "critical", "every column is there, with the type that transforms/schema.py gives, and no other",
         left="expected_type", right="type"),
)
QUARANTINE_RULES = (
    between("something_left", "critical", "rows are left to publish", column="kept", low=1),
    at_least("share_quarantined", "critical", "no more rows are set aside than seeds/limits.csv allows",
             larger="highest_share", smaller="share"),
)


def validate_tables(views: Mapping[str, pl.DataFrame], limits: Limits) -> Validation:
    """Return what the suites of all tables found; `views` are tables with the columns of their evidence."""
    runs = {
        name: run_suite(name, suite_rules(name, limits, views[name].height), views[name], TABLES[name].key)
        for name in TABLES
    }
    failing = {name: _one_row_each(run.failing_rows, TABLES[name].key) for name, run in runs.items()}
    return _validation(runs, {name: frame for name, frame in failing.items() if frame.height})


def validate_schema(tables: Mapping[str, pl.DataFrame]) -> Validation:
    """Return whether every table is there with the columns of the schema; nothing else can be asked before."""
    return _validation({"schema": run_suite("schema", SCHEMA_RULES, schema_frame(TABLES, tables), SCHEMA_KEY)}, {})


def validate_quarantine(before: Mapping[str, int], after: Mapping[str, int], limits: Limits) -> Validation:
    """Return whether the quarantine takes so much that the build, and not the pages, must be at fault."""
    rows = []
    for name in limits.names("quarantine_share"):
        highest = limits.bound("quarantine_share", name)[1] if before[name] >= ROWS_FOR_A_SHARE else None
        share = 1 - after[name] / before[name] if before[name] else 0.0
        rows.append((name, after[name], share, highest))
    columns = {"table": pl.String, "kept": pl.Int64, "share": pl.Float64, "highest_share": pl.Float64}
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return _validation({"quarantine": run_suite("quarantine", QUARANTINE_RULES, frame, ("table",))}, {})


def suite_rules(table: str, limits: Limits, n_rows: int = 1) -> list[Rule]:
    """Return the rules of a table; shares of rows are no rules of a table without rows."""
    rules = [*column_rules(TABLES[table]), *meaning_rules(table, limits)]
    return [rule for rule in rules if n_rows or not rule.name.endswith(".filled")]


def _one_row_each(failing: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return one row a failing row, with all its reasons."""
    return failing.group_by(key).agg(pl.col(REASON).unique(maintain_order=True).str.join("; ")).sort(key)


def _validation(runs: Mapping[str, SuiteRun], failing: Mapping[str, pl.DataFrame]) -> Validation:
    results = tuple(result for run in runs.values() for result in run.results)
    return Validation(results, failing, {name: run.document for name, run in runs.items()})
