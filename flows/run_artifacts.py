"""What a person reads of a run in Prefect: tables of what was harvested, validated, changed and measured, and links.

In: what the steps of a run returned, within that run. Out: Prefect artifacts, whose keys stay the same from run to run,
so that Prefect shows their history. Text from reports and servers is escaped: Prefect's pages render Markdown.

>>> tell_validation(Path("data"))
"""

import json
import logging
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import polars as pl
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.harvest import HarvestResult
from flows.redaction import without_secrets
from flows.release import ReleaseResult
from flows.release_seeds import read_accuracy
from flows.run_result import RunResult
from flows.writers.card import plain_cell
from transforms.release_schema import RELEASE_TABLES

LOGGER = logging.getLogger("prefect.fazhi")
MOST_ROWS = 200
LONGEST_CELL = 300
ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+")
Told = ParamSpec("Told")


def harmless(tell: Callable[Told, None]) -> Callable[Told, None]:
    """Let a run go on where it cannot be shown what it did."""
    @wraps(tell)
    def told(*arguments: Told.args, **named: Told.kwargs) -> None:
        try:
            tell(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - an artifact is for reading; the release is what counts
            LOGGER.warning("%s: nothing to be seen in Prefect (%s)", tell.__name__, error)

    return told


@harmless
def tell_harvest(result: HarvestResult) -> None:
    """Tell how many addresses were asked with which outcome."""
    rows = [{"outcome": outcome, "addresses": count} for outcome, count in result.outcomes.most_common()]
    told = f"Harvest: {len(result.segments)} new segments, {result.n_found} new addresses"
    _table("harvest", rows, told)


@harmless
def tell_validation(data_dir: Path) -> None:
    """Tell how many expectations of each suite hold, then what fails, the worst first."""
    file = data_dir / "quality" / "validation.json"
    if not file.exists():
        return
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    suites = list(dict.fromkeys(result["suite"] for result in results))
    _table("validation", [_suite(suite, [one for one in results if one["suite"] == suite]) for suite in suites],
           f"Validation: {len(results)} expectations, {sum(not one['success'] for one in results)} fail")
    failed = sorted((one for one in results if not one["success"]), key=lambda one: one["severity"] != "critical")
    columns = ("severity", "suite", "expectation", "message", "n_failed", "n_checked")
    if failed:
        _table("validation-failures", [
            {**{column: one[column] for column in columns}, "first row": next(iter(one["sample"]), "")}
            for one in failed
        ], "Expectations that fail; critical ones stop the release, rows of others are set aside or published")


@harmless
def tell_release(result: ReleaseResult) -> None:
    """Tell the rows of each table, and what changed in them against the last release; link to the release."""
    if result.created:
        _table("rows", _rows(result.path), f"Rows of {result.version}, and rows that differ from the last release")
    create_link_artifact(result.path.as_uri(), link_text=result.version, key="release", description=result.reason)


@harmless
def tell_accuracy() -> None:
    """Tell the accuracy on texts annotated by hand, as it is published on the card."""
    rows = [{"measure": measure, "value": value} for measure, value in read_accuracy().items()]
    if rows:
        _table("accuracy", rows, "Accuracy on texts annotated by hand")


@harmless
def tell_run(result: RunResult) -> None:
    """Tell what a run did, and name every input that gave no report."""
    lines = [
        f"# {_cell(result.release.reason)}",
        f"- imported: {result.imported.n_new} documents; {result.imported.n_held} were there",
        f"- built: {sum(one.built for one in result.built)} of {len(result.built)} segments",
        f"- reports: {sum(one.n_reports for one in result.built)}",
    ]
    if done := result.published:
        versions = ", ".join(done.versions) or "nothing new"
        lines.append(f"- published to {_cell(done.target)}: {versions}; latest is {done.latest}")
    create_markdown_artifact("\n".join(lines), key="run", description="What this run did")
    refused = [_refusal(one.url, one.outcome, one.error) for built in result.built for one in built.refused]
    refused += [_refusal(one.url, one.outcome, one.error) for one in result.imported.refused]
    refused += [_refusal(one.segment, "damaged", one.damage) for one in result.built if one.damage]
    refused += [_refusal(error.partition(":")[0], "not_built", error) for error in result.failed]
    if refused:
        _table("not-read", refused, f"{len(refused)} inputs gave no report")


def _suite(suite: str, results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    failed = [one["severity"] for one in results if not one["success"]]
    counts = {f"{severity} fail": failed.count(severity) for severity in ("critical", "row", "warning")}
    return {"suite": suite, "expectations": len(results), "hold": len(results) - len(failed), **counts}


def _rows(release: Path) -> list[dict[str, Any]]:
    changes = pl.scan_parquet(release / "changes.parquet").select(pl.col("table", "change", "cause").cast(pl.String),
                                                                  "key")
    counted = changes.unique().group_by("table", "change", "cause").len().sort("change", "cause").collect()
    differ: dict[str, list[str]] = {}
    for table, change, cause, count in counted.iter_rows():
        differ.setdefault(table, []).append(f"{count:,} {change} ({cause})")
    return [
        {"table": name, "rows": pl.scan_parquet(release / f"{name}.parquet").select(pl.len()).collect().item(),
         "changes": ", ".join(differ.get(name, []))}
        for name in RELEASE_TABLES
    ]


def _refusal(url: str, outcome: str, error: str | None) -> dict[str, Any]:
    return {"input": url, "outcome": outcome, "why": error or ""}


def _table(key: str, rows: Sequence[dict[str, Any]], description: str) -> None:
    """Make a table artifact, of which a browser can show the first rows."""
    more = f"; the first {MOST_ROWS} of {len(rows):,}" if len(rows) > MOST_ROWS else ""
    shown = [{name: _cell(value) for name, value in row.items()} for row in rows[:MOST_ROWS]]
    create_table_artifact(shown, key=key, description=description + more)


def _cell(value: Any) -> Any:
    """Return a value as a cell in which Markdown is nothing but text; an address stays one that can be followed."""
    if not isinstance(value, str):
        return value
    text = without_secrets(value)[:LONGEST_CELL]
    return f"<{text}>" if ADDRESS.fullmatch(text) else plain_cell(text)
