"""Turn segments into tables, one Parquet file per table and segment, and only what is new.

In: `data/raw/*.warc.gz`. Out: `data/tables/<table>/<segment>.parquet`, whose metadata names the segment's digest and
the version of the transforms; a segment whose files carry the current ones is skipped.

>>> [result.built for result in build(Path("data"))]
[True]
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.chunks import in_chunks
from flows.corrections import corrections_digest
from flows.documents import read_documents
from flows.harvest_log import with_attempts
from flows.seeds import read_corrections, read_knowledge
from flows.stopping import signal_in
from flows.table_files import is_current, metadata_of, only_writer, remove_tables_but, table_file, write_tables
from flows.version import transform_version
from flows.warc_store import segment_digest, segments
from transforms.attempts import attempts
from transforms.combine import in_published_order
from transforms.knowledge import Knowledge
from transforms.pipeline import build_tables

BUILT = ("reports", "sections", "observations", "panel", "checks", "texts", "harvest_log")
NO_TEXT_BY_NATURE = ("imported", "fetched", "not_modified", "revisit")


@dataclass(frozen=True)
class Refused:
    """A document that gave no report, and why."""

    url: str
    outcome: str
    error: str


@dataclass(frozen=True)
class SegmentResult:
    """What became of a segment: whether it was built now, its reports, what gave none, and damage to the file."""

    segment: str
    built: bool
    n_reports: int
    refused: tuple[Refused, ...] = ()
    damage: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether all that is in it was read."""
        return not self.refused and self.damage is None


def build(data_dir: Path, advance: Callable[[str], None] = lambda _: None) -> list[SegmentResult]:
    """Build every segment that is not built yet, and drop the tables of segments that are gone."""
    knowledge = read_knowledge()
    results = []
    with only_writer(data_dir):
        for segment in segments_to_build(data_dir):
            results.append(build_segment(data_dir, segment, knowledge))
            advance(results[-1].segment)
    return results


def segments_to_build(data_dir: Path) -> list[Path]:
    """Return the segments in the store, and drop the tables of those that are no longer there."""
    found = segments(data_dir)
    remove_tables_but(data_dir, {segment_name(segment) for segment in found})
    return found


def build_segment(data_dir: Path, segment: Path, knowledge: Knowledge | None = None) -> SegmentResult:
    """Build one segment, or find it built."""
    name, wanted = segment_name(segment), {
        "segment_digest": segment_digest(segment), "transform_version": transform_version()
    }
    if is_current(data_dir, name, BUILT, wanted) and _is_corrected(data_dir, name):
        told = metadata_of(data_dir, name, "reports")
        return SegmentResult(name, False, int(told.get("n_reports", 0)), damage=told.get("damage") or None)
    documents = read_documents(segment)
    tables = _tables(documents.frame, knowledge or read_knowledge(), name)
    tables["harvest_log"] = with_attempts(tables["harvest_log"], segment)
    height = tables["reports"].height
    wanted["corrections"] = corrections_digest(read_corrections(), tables["harvest_log"]["canonical_url"])
    write_tables(data_dir, name, tables, wanted | {"n_reports": str(height), "damage": documents.damage or ""})
    return SegmentResult(name, True, height, _refused(tables["harvest_log"]), documents.damage)


def _is_corrected(data_dir: Path, segment: str) -> bool:
    """Tell whether a built segment's tables rest on the corrections of its pages as they are now."""
    addresses = pl.read_parquet(table_file(data_dir, "harvest_log", segment), columns=["canonical_url"])
    wanted = corrections_digest(read_corrections(), addresses["canonical_url"])
    return metadata_of(data_dir, segment, "harvest_log").get("corrections") == wanted


def segment_name(segment: Path) -> str:
    """Return the name that a segment's tables go by.

    >>> segment_name(Path("data/raw/import-0123456789abcdef.warc.gz"))
    'import-0123456789abcdef'
    """
    return segment.name.removesuffix(".gz").removesuffix(".warc")


def _tables(documents: pl.DataFrame, knowledge: Knowledge, segment: str) -> dict[str, pl.DataFrame]:
    """Build all tables of a segment, the log of attempts with them; the same segment gives the same bytes."""
    readable = (
        documents.filter(pl.col("text").is_not_null())
        .sort("canonical_url", "retrieved_at", "payload_digest")
        .unique("canonical_url", keep="last", maintain_order=True)
    )
    built = in_chunks(readable.drop("http_status"), lambda chunk: _build_apart(chunk, knowledge))
    tables = {name: pl.concat([part[name] for part in built], rechunk=True) for name in built[0]}
    log = attempts(documents.lazy(), tables.pop("rejected").lazy(), tables["reports"].lazy(), segment)
    tables["harvest_log"] = log.collect()
    return {name: in_published_order(name, frame.lazy()).collect() for name, frame in tables.items()}


def _build_apart(documents: pl.DataFrame, knowledge: Knowledge) -> dict[str, pl.DataFrame]:
    """Build the documents; where that fails, halve them until the one at fault is alone, which is rejected."""
    try:
        frames = build_tables(documents.lazy(), knowledge)
        return dict(zip(frames, pl.collect_all(list(frames.values())), strict=True))
    except (Exception, pl.exceptions.PanicException) as error:
        if documents.height == 0 or signal_in(error):
            raise
        if documents.height == 1:
            return _rejected(documents, error, knowledge)
    half = documents.height // 2
    first, second = _build_apart(documents[:half], knowledge), _build_apart(documents[half:], knowledge)
    return {name: pl.concat([first[name], second[name]]) for name in first}


def _rejected(document: pl.DataFrame, error: BaseException, knowledge: Knowledge) -> dict[str, pl.DataFrame]:
    """Return tables without rows, but for the one that says what the document failed on."""
    empty = _build_apart(document.clear(), knowledge)
    why = " ".join(f"it cannot be read ({type(error).__name__}: {error})".split())[:300]
    row = document.with_columns(outcome=pl.lit("error"), error=pl.lit(why)).select(empty["rejected"].columns)
    return empty | {"rejected": row.cast(pl.Schema(empty["rejected"].schema))}


def _refused(log: pl.DataFrame) -> tuple[Refused, ...]:
    rows = log.filter(~pl.col("outcome").is_in(NO_TEXT_BY_NATURE)).select("url", "outcome", "error").sort("url")
    return tuple(Refused(url, outcome, error or "") for url, outcome, error in rows.iter_rows())
