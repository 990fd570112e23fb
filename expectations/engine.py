"""Run rules with great-expectations, quietly: no progress bars, no logs, no files, no network.

In: rules and a frame. Out: one `Result` a rule, the failing rows' keys with reasons, and what great-expectations
returned. Importing it takes seconds: only validation does.

>>> run_suite("texts", rules, frame, key=("report_id",)).results[0].success
True
"""

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.results import REASON, SAMPLE, Result, Severity
from expectations.rules import Rule

ROW = "row_number"
ROWS_OF_A_WIDE_BATCH = 20_000
SAMPLED_FROM = 1_000
# What great-expectations calls the three severities in its own pages.
ITS_SEVERITY = {"critical": "critical", "row": "warning", "warning": "info"}

SAFE_KEY = re.compile(r"[a-z]_[0-9a-f]{16}|[a-z][a-z_]*(?:\d{1,4}[a-z_]*)*")


@dataclass(frozen=True, eq=False)
class SuiteRun:
    """What one suite found: `failing_rows` holds the table's key and a `reason`, one row a failing row and rule."""

    results: tuple[Result, ...]
    failing_rows: pl.DataFrame
    document: Any


def run_suite(name: str, rules: Sequence[Rule], frame: pl.DataFrame, key: tuple[str, ...]) -> SuiteRun:
    """Evaluate the rules over the frame; a rule that cannot be evaluated is a critical failure."""
    numbered = frame.with_row_index(ROW)
    documents = [_validate(name, batch, numbered) for batch in _batches(rules, frame.height)]
    by_name = {found.expectation_config.meta["name"]: found for document in documents for found in document.results}
    evaluated = [(rule, by_name[rule.name], _failing_rows(by_name[rule.name])) for rule in rules]
    keys = frame.select(key)
    results = tuple(_result(name, rule, found, keys, rows) for rule, found, rows in evaluated)
    reasons = [
        keys[rows].with_columns(pl.lit(f"{rule.name}: {rule.message}").alias(REASON))
        for rule, _, rows in evaluated if rule.severity == "row"
    ]
    empty = keys.clear().with_columns(pl.lit(None, pl.String).alias(REASON))
    return SuiteRun(results, pl.concat([empty, *reasons]), _joined(documents[0], [found for _, found, _ in evaluated]))


def _batches(rules: Sequence[Rule], n_rows: int) -> list[list[Rule]]:
    """Return the rules in the groups that are evaluated together.

    Each expectation copies its frame several times: a frame of many rows has only the columns of one rule.
    """
    if n_rows <= ROWS_OF_A_WIDE_BATCH:
        return [list(rules)]
    by_columns: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        by_columns.setdefault(tuple(rule.columns), []).append(rule)
    return list(by_columns.values())


def _validate(name: str, rules: Sequence[Rule], frame: pl.DataFrame) -> Any:
    columns = list(dict.fromkeys([ROW, *(column for rule in rules for column in rule.columns)]))
    pandas_frame = frame.select(columns).to_pandas(use_pyarrow_extension_array=True)
    with quiet():
        source = _context().data_sources.add_or_update_pandas(name)
        suite = gx.ExpectationSuite(name=name, expectations=[_expectation(rule) for rule in rules])
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        return batch.get_batch({"dataframe": pandas_frame}).validate(
            suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [ROW]}
        )


def _joined(document: Any, results: Sequence[Any]) -> Any:
    """Return one document with the results of all batches, without their lists of failing values."""
    for found in results:
        found.result = {name: value for name, value in found.result.items() if not name.endswith(("_list", "_counts"))}
    met = sum(bool(found.success) for found in results)
    document.results = list(results)
    document.success = met == len(results)
    document.statistics = {
        "evaluated_expectations": len(results), "successful_expectations": met,
        "unsuccessful_expectations": len(results) - met, "success_percent": 100 * met / len(results),
    }
    return document


def _expectation(rule: Rule) -> Any:
    """Make the expectation; its sentence goes into the pages as text, never as markup."""
    description = escape(f"[{rule.severity}] {rule.name}: {rule.message}")
    return getattr(gxe, rule.type)(
        **rule.arguments, description=description, severity=ITS_SEVERITY[rule.severity],
        meta={"name": rule.name, "severity": rule.severity},
    )


def _result(suite: str, rule: Rule, found: Any, keys: pl.DataFrame, rows: list[int]) -> Result:
    error = _exception(found)
    severity: Severity = "critical" if error else rule.severity
    failed = found.result.get("unexpected_count")
    sample = sorted({" ".join(map(_shown, key)) for key in keys[rows].head(SAMPLED_FROM).rows()})[:SAMPLE]
    observed = found.result.get("observed_value")
    return Result(
        suite, rule.name, rule.type, severity, bool(found.success),
        int(found.result.get("element_count") or keys.height),
        int(failed) if failed is not None else int(not found.success), tuple(sample),
        f"cannot be evaluated: {error}" if error else rule.message,
        float(observed) if isinstance(observed, int | float) else None,
    )


def _exception(found: Any) -> str | None:
    """Return the first line of what went wrong inside, whichever of two shapes it is told in."""
    told = found.exception_info or {}
    for info in [told, *told.values()]:
        if isinstance(info, dict) and info.get("raised_exception"):
            return str(info.get("exception_message")).splitlines()[0]
    return None


def _failing_rows(found: Any) -> list[int]:
    """Return the numbers of the failing rows, in the order of the table."""
    return sorted({int(row[ROW]) for row in found.result.get("unexpected_index_list") or []})


def _shown(key: Any) -> str:
    """Return a key as it may be published: one that is no id or code could be anybody's words."""
    return str(key) if SAFE_KEY.fullmatch(str(key)) else "(no id)"


@cache
def _context() -> Any:
    """Return a context in memory that keeps nothing and shows nothing."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


@contextmanager
def quiet() -> Iterator[None]:
    """Keep logs and warnings of great-expectations off the terminal; what it finds is in its results."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
