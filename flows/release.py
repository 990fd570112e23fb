"""Make a release: every table of all segments, checked, described, and published in one step.

In: the data folder, with the tables of its segments. Out: `data/releases/<version>/`, or the reason why there is no
new one. The same inputs give the same bytes; nothing new gives no new release; whatever fails leaves the published
releases untouched and says so in `status.json`.

>>> make_release(Path("data")).reason
'released v2026.03.02'
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from flows.diff import changes_since
from flows.errors import ExitCode, FazhiError
from flows.processing import processing
from flows.release_documents import read_datapackage, write_documents
from flows.release_store import ReleaseStore
from flows.release_tables import combine_segments, content_digest, keep_aside, write_table
from flows.writers.facts import ReleaseFacts
from transforms.combine import count_coverage
from transforms.release_schema import CHANGES, RELEASE_TABLES


class Validation(Protocol):
    """What the expectations say: the rows that passed, and a summary for the card."""

    @property
    def tables(self) -> Mapping[str, pl.LazyFrame]:
        """The tables without the rows that were quarantined."""

    @property
    def summary(self) -> Mapping[str, Any]:
        """What was checked and how it went, in a few lines."""


Validate = Callable[[Mapping[str, pl.LazyFrame], Path], Validation]
"""Takes the tables and a folder for the quality report; raises FazhiError where a critical expectation fails."""


@dataclass(frozen=True)
class ReleaseResult:
    """How an attempt ended: the newest version and its folder, whether it is new, and why."""

    version: str
    path: Path
    created: bool
    reason: str


@dataclass(frozen=True)
class ReleaseInputs:
    """What a release is made from, besides the tables of the segments."""

    codebook: pl.DataFrame
    validate: Validate | None = None
    accuracy: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def make_release(data_dir: Path, inputs: ReleaseInputs) -> ReleaseResult:
    """Make a release of what is in `data_dir`, unless it says the same as the last one."""
    with ReleaseStore(data_dir / "releases") as store:
        building = store.building_folder()
        try:
            result = _attempt(data_dir, inputs, store, building)
        except FazhiError as error:
            store.try_status("held" if error.exit_code == ExitCode.HELD else "failed", str(error))
            raise
        except OSError as error:
            failure = _say_os_error(error)
            store.try_status("failed", str(failure))
            raise failure from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        store.try_status("released" if result.created else "unchanged", result.reason, result.version)
        return result


def _attempt(data_dir: Path, inputs: ReleaseInputs, store: ReleaseStore, building: Path) -> ReleaseResult:
    work = building / ".work"
    work.mkdir()
    tables, left_out = combine_segments(data_dir, work)
    tables["indicators"] = keep_aside(count_coverage(inputs.codebook.lazy(), tables["observations"]),
                                      work / "indicators.parquet")
    summary: Mapping[str, Any] = {}
    if inputs.validate is not None:
        validation = inputs.validate(tables, building / "quality")
        tables, summary = dict(validation.tables), validation.summary
    digest, last = content_digest(tables), store.latest()
    if last is not None and read_datapackage(last).get("contentDigest") == digest:
        return ReleaseResult(last.name, last, False, f"nothing new since {last.name}")
    facts = _write_tables(building, tables, store, digest, summary, inputs)
    shutil.rmtree(work)
    write_documents(building, facts, last)
    path = store.take(building, facts.version)
    without = f"; left out as not whole: {', '.join(left_out)}" if left_out else ""
    return ReleaseResult(facts.version, path, True, f"released {facts.version}{without}")


def _write_tables(
    building: Path, tables: dict[str, pl.LazyFrame], store: ReleaseStore, digest: str, summary: Mapping[str, Any],
    inputs: ReleaseInputs,
) -> ReleaseFacts:
    """Write and verify every table, the changes against the last release with them."""
    last, made_with = store.latest(), processing()
    changes = changes_since(last, tables, made_with) if last else CHANGES.empty()
    tables = {**tables, CHANGES.name: changes.lazy()}
    newest, first_year, last_year = _span(tables["reports"])
    return ReleaseFacts(
        version=store.next_version(newest), released=newest, content_digest=digest, processing=made_with,
        tables={name: write_table(building, table, tables[name]) for name, table in RELEASE_TABLES.items()},
        first_year=first_year, last_year=last_year, changes=changes, previous=last.name if last else None,
        validation=dict(summary), accuracy=dict(inputs.accuracy), notes=inputs.notes,
    )


def _span(reports: pl.LazyFrame) -> tuple[date, int, int]:
    """Return the day of the newest snapshot, and the first and last year reported on."""
    newest, first, last = reports.select(
        pl.col("retrieved_at").max().dt.date(), first=pl.col("report_year").min(), last=pl.col("report_year").max()
    ).collect().row(0)
    if newest is None:
        raise FazhiError("no report is left to release; `fazhi validate` says what was quarantined and why")
    return newest, first, last


def _say_os_error(error: OSError) -> FazhiError:
    where = f" at {error.filename}" if error.filename else ""
    return FazhiError(f"the release failed{where} ({error.strerror or error}); the published releases are untouched: "
                      "check space and rights, then run it again")
