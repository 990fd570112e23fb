"""The log of a harvest, read from its segments: each attempt left a metadata record beside its answer, or alone.

In: a segment. Out: a row per attempt, as the table `harvest_log` has them and with what the attempt was for; written
to `data/tables/harvest_log/<segment>.parquet`. Since the segment itself is the journal, a killed run's log is made
from what its segment kept.

>>> attempts(Path("data/raw/harvest-20240101T000000Z-001.warc.gz"))["outcome"].to_list()
['fetched', 'timeout']
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.http_client import outcome_of_status
from flows.table_files import write_table_file
from flows.urls import canonical_url
from flows.warc_store import DamagedSegment, read_snapshots, segment_digest, segments
from transforms.identity import identifier
from transforms.schema import HARVEST_LOG

_PURPOSE = pl.Schema({"kind": pl.String, "source_id": pl.String, "via": pl.String, "record_id": pl.String})
ATTEMPTS = pl.Schema({**HARVEST_LOG.polars_schema, **_PURPOSE})
_KINDS = WarcRecordType.metadata | WarcRecordType.response | WarcRecordType.revisit
_PREFIX = "harvest-"
_ROWS_AT_ONCE = 1000


def attempts(segment: Path) -> pl.DataFrame:
    """Return the attempts that a segment tells of, oldest first, with the record that holds the answer."""
    rows = _rows(segment) if segment.name.startswith(_PREFIX) else iter(())
    frames = [ATTEMPTS.to_frame(eager=True)]
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        frames.append(pl.DataFrame(batch, schema=ATTEMPTS))
    return pl.concat(frames).unique("attempt_id", keep="last").sort(HARVEST_LOG.sort)


def write_log(data_dir: Path, segment: Path) -> Path:
    """Write the log of a segment."""
    target = log_file(data_dir, segment)
    rows = attempts(segment).select(HARVEST_LOG.column_names)
    write_table_file(target, rows, {"segment_digest": segment_digest(segment)})
    return target


def write_missing_logs(data_dir: Path) -> list[Path]:
    """Write the logs of segments that have none, as killed runs leave them."""
    harvested = [segment for segment in segments(data_dir) if segment.name.startswith(_PREFIX)]
    return [write_log(data_dir, segment) for segment in harvested if not log_file(data_dir, segment).exists()]


def log_file(data_dir: Path, segment: Path) -> Path:
    """Return where the log of a segment is."""
    return data_dir / "tables" / HARVEST_LOG.name / f"{segment.name.removesuffix('.warc.gz')}.parquet"


def with_attempts(built: pl.DataFrame, segment: Path) -> pl.DataFrame:
    """Return a built log with the harvest's own attempts: those that gave no snapshot, and why.

    Of a page that was fetched the build knows more (whether it is a report); of all else the harvest does.
    """
    made = attempts(segment)
    if made.is_empty():
        return built
    fetched = made.filter((pl.col("outcome") == "fetched") & ~pl.col("kind").is_in(["robots", "listing"]))
    known = built.filter(pl.col("attempt_id").is_in(fetched["attempt_id"].implode()))
    others = made.filter(~pl.col("attempt_id").is_in(known["attempt_id"].implode()))
    return pl.concat([known, others.select(built.columns)]).sort(HARVEST_LOG.sort)


def _rows(segment: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for each metadata record, and for the answers that a killed run left without one."""
    name = segment.name.removesuffix(".warc.gz")
    answers: set[str] = set()
    for record in ArchiveIterator(str(segment), record_types=_KINDS, parse_http=False):
        if record.record_type != WarcRecordType.metadata:
            answers.add(_bare(record.record_id))
            continue
        of_answer = _bare(record.headers.get("WARC-Concurrent-To"))
        answers.discard(of_answer)
        fields = _fields(record.reader.read())
        if fields.get("outcome"):
            yield _row(record, fields, of_answer, name)
    if answers:
        yield from _left_alone(segment, answers, name)


def _fields(block: bytes) -> dict[str, str]:
    pairs = (line.partition(": ") for line in block.decode("utf-8", "replace").split("\r\n") if line)
    return {name: value for name, _, value in pairs}


def _row(record: WarcRecord, fields: Mapping[str, str], of_answer: str, segment: str) -> dict[str, Any]:
    url = record.headers["WARC-Target-URI"]
    at = record.record_date.astimezone(UTC)
    digest = fields.get("payloadDigest")
    return {
        "attempt_id": _attempt_id(url, at.strftime("%Y-%m-%dT%H:%M:%S.%f"), digest),
        "url": fields.get("askedFor", url),
        "canonical_url": canonical_url(url),
        "attempted_at": at,
        "outcome": fields["outcome"],
        "http_status": _number(fields.get("httpStatus")),
        "n_bytes": _number(fields.get("nBytes")),
        "payload_digest": digest,
        "segment": segment,
        "error": fields.get("error"),
        "kind": fields.get("kind"),
        "source_id": fields.get("sourceId"),
        "via": fields.get("via"),
        "record_id": f"<{of_answer}>" if of_answer else None,
    }


def _left_alone(segment: Path, answers: set[str], name: str) -> Iterator[dict[str, Any]]:
    try:
        for snapshot in read_snapshots(segment):
            if _bare(snapshot.record_id) in answers and snapshot.http_status is not None:
                outcome, error = outcome_of_status(snapshot.http_status)
                moment = snapshot.retrieved_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
                yield {
                    "attempt_id": _attempt_id(snapshot.url, moment, snapshot.payload_digest), "url": snapshot.url,
                    "canonical_url": canonical_url(snapshot.url), "attempted_at": snapshot.retrieved_at,
                    "outcome": outcome, "http_status": snapshot.http_status, "n_bytes": len(snapshot.payload),
                    "payload_digest": snapshot.payload_digest, "segment": name, "error": error,
                    "record_id": snapshot.record_id,
                }
    except DamagedSegment:
        return


def _attempt_id(url: str, moment: str, digest: str | None) -> str:
    """Return the id that the build gives the same exchange."""
    return identifier("a", canonical_url(url), moment, digest or "")


def _bare(record_id: str | None) -> str:
    return (record_id or "").strip("<>")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
