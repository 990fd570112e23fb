"""Take a withdrawn report out of the versions that were published with it.

In: the data folder, and a report on its list of withdrawn ones. Out: for each version that holds it, or a copy of it, a
version of the same day without it, under the next suffix; index, feed and `latest` lead to these. The older versions
stay as they are, and are no longer offered. Killed, it goes on from there when it is run again.

>>> withdraw_everywhere(Path("data"), "r_0123456789abcdef")
[('v2026.03.02', 'v2026.03.02.1')]
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from flows.catalogue import read_entries, write_catalogue
from flows.diff import read_release
from flows.errors import ExitCode, FazhiError
from flows.release_documents import read_datapackage, write_documents
from flows.release_reading import read_whole_release
from flows.release_store import ReleaseStore, version_day
from flows.release_tables import content_digest, keep_aside, scan_segments, segment_files, write_tables
from flows.withdrawals import read_withdrawn
from flows.writers.facts import ReleaseFacts
from flows.writers.index import Entry, Withdrawn
from transforms.columns import Table
from transforms.combine import newest_tables
from transforms.release_schema import WITHDRAWN
from transforms.schema import SCHEMA_VERSION
from transforms.withdrawal import Subject, copies, earlier_ids, repeats, without_reports

Quality = Callable[[Mapping[str, pl.LazyFrame], Path], Mapping[str, Any]]
"""Takes tables and a folder for the report on them; returns what was checked and how it went, in a few lines."""


@dataclass(frozen=True)
class Plan:
    """What is taken out of which versions, oldest first; `ids` are those of the report and its copies."""

    withdrawn: pl.DataFrame
    subject: Subject
    ids: frozenset[str]
    versions: tuple[str, ...]


def withdraw_everywhere(
    data_dir: Path, report_id: str, quality: Quality | None = None, advance: Callable[[str], None] = lambda _: None
) -> list[tuple[str, str]]:
    """Rebuild every version that is offered and holds the report; return which versions replace which."""
    listed = read_withdrawn(data_dir).filter(pl.col("report_id") == report_id)
    if listed.is_empty():
        raise FazhiError(f"{report_id} is not withdrawn; run `fazhi withdraw` first", ExitCode.USAGE)
    rebuilt = []
    with ReleaseStore(data_dir / "releases") as store:
        plan = make_plan(data_dir, store.root, listed)
        for version in plan.versions:
            building = store.building_folder()
            try:
                rebuilt.append((version, _rebuild(store, building, version, plan, quality)))
            except OSError as error:
                why = f"{version} cannot be rebuilt ({error.strerror or error}); check space and rights, run it again"
                store.try_status("failed", why)
                raise FazhiError(why) from error
            finally:
                shutil.rmtree(building, ignore_errors=True)
            advance(version)
        write_catalogue(store.root)
        if rebuilt:
            told = ", ".join(f"{old} by {new}" for old, new in rebuilt)
            store.try_status("withdrawn", f"withdrew {report_id} everywhere; superseded {told}", store.versions()[-1])
    return rebuilt


def make_plan(data_dir: Path, root: Path, withdrawn: pl.DataFrame) -> Plan:
    """Find the report, its copies, and the versions that hold any of them.

    From the first version of a day that does, all of that day are rebuilt, so that the newest keeps the last suffix.
    """
    offered = [entry.version for entry in reversed(read_entries(root)) if entry.superseded_by is None]
    subject = _subject(data_dir, root, offered, withdrawn["report_id"][0])
    holding, ids = set(), set(subject.ids)
    for version in offered:
        found = copies(read_release(root / version), subject)
        ids.update(found["report_id"])
        if not found.is_empty():
            holding.add(version)
    holding.update(version for version in offered if repeats(pl.scan_parquet(root / version / "changes.parquet"), ids))
    chosen: list[str] = []
    for _, of_day in groupby(offered, key=version_day):
        versions = list(of_day)
        first = next((place for place, version in enumerate(versions) if version in holding), len(versions))
        chosen += versions[first:]
    return Plan(withdrawn, subject, frozenset(ids), tuple(chosen))


def _subject(data_dir: Path, root: Path, versions: Sequence[str], report_id: str) -> Subject:
    """Gather the ids and texts that the report and its copies ever had, and the addresses that it was read at."""
    segments, whole = scan_segments(segment_files(data_dir)[0]), [read_release(root / version) for version in versions]
    ids = frozenset({report_id})
    for version in reversed(versions):
        moved = root / version / "id_changes.parquet"
        ids |= earlier_ids(pl.scan_parquet(moved), ids) if moved.exists() else frozenset()
    rows = pl.concat([
        reports.filter(pl.col("report_id").is_in(list(ids))).select("text_digest", "source_url")
        for reports in [segments["reports"], *(tables["reports"] for tables in whole)]
    ]).collect()
    subject = Subject(ids, frozenset(rows["text_digest"]), frozenset(rows["source_url"]))
    texts = set(subject.texts)
    for tables in [newest_tables(segments), *whole]:
        texts.update(copies(tables, subject)["text_digest"])
    return replace(subject, texts=frozenset(texts))


def _rebuild(store: ReleaseStore, building: Path, version: str, plan: Plan, quality: Quality | None) -> str:
    """Build a version without the report, verify it, and take it in."""
    old = store.root / version
    tables, frames = read_whole_release(old)
    listed = pl.concat([frames[WITHDRAWN.name].collect(), plan.withdrawn], how="diagonal_relaxed")
    withdrawn = listed.select(tables[WITHDRAWN.name].column_names).unique("report_id", keep="first").sort("report_id")
    gone = plan.subject.ids.union(copies(frames, plan.subject)["report_id"])
    work = building / ".work"
    work.mkdir()
    left = without_reports(frames, withdrawn, gone)
    left["changes"] = left["changes"].filter(~pl.col("report_id").is_in(list(plan.ids)).fill_null(False))
    left = {name: keep_aside(frame, work / f"{name}.parquet") for name, frame in left.items()}
    package, entries = read_datapackage(old), {entry.version: entry for entry in read_entries(store.root)}
    schema_version = package["processing"]["schema_version"]
    summary = quality(left, building / "quality") if quality and schema_version == SCHEMA_VERSION else {}
    previous = _offered(package.get("previousVersion"), entries)
    without = [asdict(Withdrawn(row["report_id"], f"{row['withdrawn_on']}", row["reason"]))
               for row in plan.withdrawn.iter_rows(named=True)]
    years = _years(left["reports"], frames["reports"])
    facts = ReleaseFacts(
        version=store.free_version(version_day(version)), released=version_day(version),
        content_digest=content_digest(left, {name: under_new_names(table) for name, table in tables.items()}),
        processing=package["processing"],
        tables=write_tables(building, tables, left, schema_version),
        first_year=years[0], last_year=years[1], changes=left["changes"].collect(), previous=previous,
        validation=dict(summary), accuracy=package.get("accuracy", {}),
        notes=(*package.get("notes", ()), f"Made from {version}, without what was withdrawn: "
               + "; ".join(f"{one['report_id']} ({one['reason']})" for one in without)),
        rebuild={"of": version, "digest": entries[version].digest, "without": without},
    )
    shutil.rmtree(work)
    last = store.root / previous if previous else None
    write_documents(building, facts, last if last and last.is_dir() else None)
    store.take(building, facts.version)
    return facts.version


def under_new_names(table: Table) -> Table:
    """Return a table without the columns that it had under an old name too; these are no content of their own."""
    return replace(table, columns=tuple(column for column in table.columns if column.renamed_to is None))


def _offered(version: str | None, entries: Mapping[str, Entry]) -> str | None:
    """Return the version that stands for one: itself, or what superseded it."""
    entry = entries.get(version or "")
    return entry.superseded_by or version if entry else version


def _years(left: pl.LazyFrame, before: pl.LazyFrame) -> tuple[int, int]:
    """Return the first and last year reported on; those of before where no report is left."""
    span = before if left.head(1).collect().is_empty() else left
    first, last = span.select(pl.col("report_year").min(), last=pl.col("report_year").max()).collect().row(0)
    return first, last
