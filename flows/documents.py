"""From the snapshots of a segment to the documents that transforms read.

In: a WARC segment. Out: a frame with a row per snapshot: its text where it has one, else why not.

>>> read_documents(Path("data/raw/import-0123456789abcdef.warc.gz")).frame["outcome"].to_list()
['imported']
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.urls import canonical_url
from flows.warc_store import DamagedSegment, Snapshot, read_snapshots
from transforms.decode.document import decode

SCHEMA = pl.Schema({
    "url": pl.String, "canonical_url": pl.String, "retrieved_at": pl.Datetime("us", "UTC"), "media_type": pl.String,
    "payload_digest": pl.String, "n_bytes": pl.Int64, "text": pl.String, "page_title": pl.String,
    "page_date": pl.Date, "outcome": pl.String, "error": pl.String, "source_id": pl.String, "http_status": pl.Int16,
})
_USABLE = (None, 200, 203)
_GONE = (404, 410)


@dataclass(frozen=True)
class Documents:
    """The documents of a segment; `damage` says what of the file could not be read."""

    frame: pl.DataFrame
    damage: str | None


def read_documents(segment: Path) -> Documents:
    """Decode every snapshot of a segment; of a damaged one, those that are whole."""
    rows: list[dict[str, Any]] = []
    damage = None
    try:
        rows.extend(_row(snapshot) for snapshot in read_snapshots(segment))
    except DamagedSegment as error:
        damage = str(error)
    return Documents(pl.DataFrame(rows, schema=SCHEMA), damage)


def _row(snapshot: Snapshot) -> dict[str, Any]:
    row: dict[str, Any] = {
        "url": snapshot.url,
        "canonical_url": canonical_url(snapshot.url),
        "retrieved_at": snapshot.retrieved_at,
        "media_type": (snapshot.media_type or "application/octet-stream").split(";")[0].strip().lower(),
        "payload_digest": snapshot.payload_digest,
        "n_bytes": len(snapshot.payload),
        "http_status": snapshot.http_status,
    }
    refusal = _refusal(snapshot)
    if refusal is not None:
        return row | {"outcome": refusal[0], "error": refusal[1]}
    return row | _decoded(snapshot)


def _refusal(snapshot: Snapshot) -> tuple[str, str | None] | None:
    """Say why a snapshot has no text to read: what the server answered, or how the transfer ended."""
    if snapshot.kind == "revisit":
        return "not_modified" if snapshot.not_modified else "revisit", None
    if snapshot.http_status in _GONE:
        return "not_found", f"the server answered {snapshot.http_status}; look for the page's new address"
    if snapshot.http_status not in _USABLE:
        return "http_error", f"the server answered {snapshot.http_status}; the next harvest asks again"
    if snapshot.truncated:
        outcome = "too_large" if snapshot.truncated == "length" else "truncated"
        return outcome, f"only {len(snapshot.payload)} bytes are there ({snapshot.truncated}); fetch or import it again"
    return None


def _decoded(snapshot: Snapshot) -> dict[str, Any]:
    """Decode a payload; whatever a decoder stumbles over is the fate of this document alone."""
    try:
        decoded = decode(snapshot.payload, snapshot.media_type, snapshot.url)
    except Exception as error:  # noqa: BLE001 - it is recorded in the log of attempts
        return {"outcome": "unreadable", "error": f"it cannot be decoded ({type(error).__name__}: {error})"}
    usable = "imported" if snapshot.http_status is None else "fetched"
    return {
        "text": decoded.text,
        "page_title": decoded.title,
        "page_date": decoded.page_date,
        "outcome": decoded.outcome or usable,
        "error": decoded.error,
    }
