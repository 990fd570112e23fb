"""Make a release: every table of all segments, checked, described, and published in one step.

In: the data folder, with the tables of its segments. Out: `data/releases/<version>/`, or the reason why there is no
new one. The same inputs give the same bytes; nothing new gives no new release; whatever fails leaves the published
releases untouched and says so in `status.json`.

>>> make_release(Path("data")).reason
'released v2026.03.02'
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from flows.catalogue import Version, read_versions, write_catalogue
from flows.corrections import published, refuse_unmatched
from flows.csv_parts import SPREADSHEET_ROWS
from flows.diff import changes_since
from flows.errors import ExitCode, FazhiError
from flows.processing import processing
from flows.release_documents import write_documents
from flows.release_guards import (
    fields_of,
    hold_or_pass,
    id_changes_since,
    refuse_broken_promises,
    refuse_damaged_release,
    refuse_damaged_segments,
)
from flows.release_seeds import phrases_of, read_accuracy, read_bodies, read_duty, weights_of
from flows.release_store import ReleaseStore
from flows.release_tables import combine_segments, content_digest, keep_aside, write_tables
from flows.seeds import read_corrections
from flows.withdrawals import read_withdrawn, with_bodies
from flows.writers.facts import ReleaseFacts
from transforms.combine import count_coverage, in_published_order
from transforms.corrections import applied
from transforms.coverage import coverage
from transforms.release_schema import (
    CHANGES,
    CORRECTIONS,
    COVERAGE,
    ID_CHANGES,
    PHRASES,
    RELEASE_TABLES,
    WEIGHTS,
    WITHDRAWN,
)
from transforms.renames import under_old_names, with_old_names


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
    """What a release is made from, besides the tables of the segments.

    `accept` has a reason for each guard to let pass. `divisions` are the bodies that must report (columns code, name,
    parent, is_group); those of the seeds where none are given. A table of more than `spreadsheet_rows` is also cut.
    """

    codebook: pl.DataFrame
    validate: Validate | None = None
    accept: Mapping[str, str] = field(default_factory=dict)
    divisions: pl.DataFrame | None = None
    spreadsheet_rows: int = SPREADSHEET_ROWS


@dataclass(frozen=True, eq=False)
class Content:
    """What a release would say: its tables, their digest, and what was left out of them."""

    tables: Mapping[str, pl.LazyFrame]
    digest: str
    summary: Mapping[str, Any]
    withdrawn: pl.DataFrame
    left_out: list[str]
    notes: tuple[str, ...] = ()
    spreadsheet_rows: int = SPREADSHEET_ROWS

    @property
    def withdrawn_ids(self) -> frozenset[str]:
        """The ids of the reports taken out."""
        return frozenset(self.withdrawn["report_id"])


def make_release(data_dir: Path, inputs: ReleaseInputs) -> ReleaseResult:
    """Make a release of what is in `data_dir`, unless it says the same as the last one."""
    with ReleaseStore(data_dir / "releases") as store:
        building = store.building_folder()
        try:
            versions = _sound_versions(store)
            result = _attempt(data_dir, inputs, store, building, versions)
            write_catalogue(store.root, versions)
        except FazhiError as error:
            store.try_status("held" if error.exit_code == ExitCode.HELD else "failed", str(error))
            raise
        except OSError as error:
            failure = _say_os_error(error, store.root)
            store.try_status("failed", str(failure))
            raise failure from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        store.try_status("released" if result.created else "unchanged", result.reason, result.version)
        return result


def _sound_versions(store: ReleaseStore) -> dict[str, Version]:
    """Return all versions, before there is a new one; raise FazhiError where one could not be listed beside it."""
    last = store.latest()
    if last is not None:
        refuse_damaged_release(last)
    return read_versions(store.root)


def _attempt(
    data_dir: Path, inputs: ReleaseInputs, store: ReleaseStore, building: Path, versions: Mapping[str, Version]
) -> ReleaseResult:
    work, quality = building / ".work", building / "quality"
    work.mkdir()
    last = store.latest()
    content = _gather(data_dir, inputs, work, quality)
    if last is not None and versions[last.name].entry.content_digest == content.digest:
        return ReleaseResult(last.name, last, False, f"nothing new since {last.name}")
    notes = content.notes
    id_changes = ID_CHANGES.empty()
    if last is not None:
        refuse_broken_promises(last)
        id_changes = id_changes_since(last, content.tables)
        explained = content.withdrawn_ids.union(id_changes["old_id"])
        notes += hold_or_pass(last, content.tables, inputs.accept, explained, quality)
    facts = _write_tables(building, replace(content, notes=notes), store, id_changes)
    shutil.rmtree(work)
    write_documents(building, facts, last)
    path = store.take(building, facts.version)
    without = f"; left out as not whole: {', '.join(content.left_out)}" if content.left_out else ""
    return ReleaseResult(facts.version, path, True, f"released {facts.version}{without}")


def _gather(data_dir: Path, inputs: ReleaseInputs, work: Path, quality: Path) -> Content:
    """Combine all segments, count the codebook's coverage, and set aside what the expectations find wrong."""
    withdrawn = read_withdrawn(data_dir)
    tables, left_out = combine_segments(data_dir, work, frozenset(withdrawn["report_id"]))
    tables["indicators"] = count_coverage(inputs.codebook.lazy(), tables["observations"])
    summary: Mapping[str, Any] = {}
    reports, corrections = tables["reports"], read_corrections()
    notes = refuse_unmatched(corrections, reports, inputs.accept)
    notes += refuse_damaged_segments(data_dir, inputs.accept)
    if inputs.validate is not None:
        validation = inputs.validate(tables, quality)
        # Tables are read piece by piece from here on, and a join gives its rows in another order each time.
        tables = {name: keep_aside(in_published_order(name, frame), work / f"{name}-kept.parquet")
                  for name, frame in validation.tables.items()}
        summary = validation.summary
        tables["indicators"] = count_coverage(inputs.codebook.lazy(), tables["observations"])
    quarantined = reports.join(tables["reports"], on="report_id", how="anti")
    divisions = read_bodies() if inputs.divisions is None else inputs.divisions
    tables[CORRECTIONS.name] = published(applied(corrections.lazy(), tables["reports"]).collect()).lazy()
    tables[WITHDRAWN.name] = withdrawn.lazy()
    tables[PHRASES.name] = phrases_of(inputs.codebook).lazy()
    tables[WEIGHTS.name] = weights_of(inputs.codebook).lazy()
    tables[COVERAGE.name] = keep_aside(
        coverage(tables["reports"], divisions, quarantined, with_bodies(data_dir, withdrawn).lazy(), read_duty()),
        work / "coverage.parquet",
    )
    return Content(tables, content_digest(tables), summary, withdrawn, left_out, notes, inputs.spreadsheet_rows)


def _write_tables(
    building: Path, content: Content, store: ReleaseStore, id_changes: pl.DataFrame
) -> ReleaseFacts:
    """Write and verify every table, the changes against the last release with them."""
    last, made_with = store.latest(), processing()
    changes = changes_since(last, content.tables, made_with, content.withdrawn_ids) if last else CHANGES.empty()
    tables = {**content.tables, CHANGES.name: changes.lazy(), ID_CHANGES.name: id_changes.lazy()}
    promised = with_old_names(RELEASE_TABLES, fields_of(last) if last else {})
    frames = {name: under_old_names(table, tables[name]) for name, table in promised.items()}
    day, first_year, last_year = _span(content)
    return ReleaseFacts(
        version=store.next_version(day), released=day, content_digest=content.digest, processing=made_with,
        tables=write_tables(building, promised, frames, spreadsheet_rows=content.spreadsheet_rows),
        first_year=first_year, last_year=last_year, changes=changes, previous=last.name if last else None,
        validation=dict(content.summary), accuracy=read_accuracy(), notes=content.notes,
    )


def _span(content: Content) -> tuple[date, int, int]:
    """Return the day of the newest snapshot, withdrawal or correction, and the first and last year reported on."""
    newest, first, last = content.tables["reports"].select(
        pl.col("retrieved_at").max().dt.date(), first=pl.col("report_year").min(), last=pl.col("report_year").max()
    ).collect().row(0)
    if newest is None:
        raise FazhiError("no report is left to release; `fazhi validate` says what was quarantined and why")
    corrected = content.tables[CORRECTIONS.name].select("corrected_on").collect()["corrected_on"]
    return max([newest, *content.withdrawn["withdrawn_on"], *corrected]), first, last


def _say_os_error(error: OSError, folder: Path) -> FazhiError:
    return FazhiError(f"the release failed at {error.filename or folder} ({error.strerror or error}); the published "
                      "releases are untouched: check space and rights, then run it again")
