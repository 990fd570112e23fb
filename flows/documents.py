"""From the snapshots of a segment to the documents that transforms read.

In: a WARC segment. Out: a frame with a row per snapshot: its text where it has one, else why not.
Plain text is decoded here and now; pages, PDF and Word files in processes with limits (`flows.decode_pool`). The text
of a page's further pages and of documents attached to it becomes a part of the page's; a harvest stores them together.

>>> read_documents(Path("data/raw/import-0123456789abcdef.warc.gz")).frame["outcome"].to_list()
['imported']
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from flows.decode_pool import TIME_LIMIT, Task, decode_apart
from flows.seeds import read_seed
from flows.urls import canonical_url
from flows.warc_store import DamagedSegment, Snapshot, read_snapshots
from transforms.decode import Decoded, decode
from transforms.decode.joined import Linked, join
from transforms.decode.media import kind_of

SCHEMA = pl.Schema([
    ("url", pl.String), ("canonical_url", pl.String), ("retrieved_at", pl.Datetime("us", "UTC")),
    ("media_type", pl.String),
    ("payload_digest", pl.String), ("n_bytes", pl.Int64), ("text", pl.String), ("page_title", pl.String),
    ("page_date", pl.Date), ("outcome", pl.String), ("error", pl.String), ("source_id", pl.String),
    ("http_status", pl.Int16),
])
_USABLE = (None, 200, 203)
_GONE = (404, 410)
_NOT_MODIFIED = 304
_DECODED_APART = ("html", "pdf", "docx")
_LINKS = ("attachments", "further_pages")
_MOST_CHARACTERS = 3_000_000


@dataclass(frozen=True)
class Documents:
    """The documents of a segment; `damage` says what of the file could not be read."""

    frame: pl.DataFrame
    damage: str | None


def read_documents(segment: Path, time_limit: float = TIME_LIMIT) -> Documents:
    """Decode every snapshot of a segment; of a damaged one, those that are whole."""
    rows: list[dict[str, Any]] = []
    apart: list[int] = []
    damage: list[str] = []

    def tasks() -> Iterator[Task]:
        """Fill in the rows of what needs no process of its own, and hand on the rest."""
        for snapshot in _whole_snapshots(segment, damage):
            rows.append(_row(snapshot))
            if rows[-1]["outcome"] is not None:
                continue
            if kind_of(snapshot.payload, snapshot.media_type, snapshot.url) in _DECODED_APART:
                apart.append(len(rows) - 1)
                yield snapshot.payload, snapshot.media_type, snapshot.url
            else:
                rows[-1] |= _text(decode(snapshot.payload, snapshot.media_type, snapshot.url), rows[-1])

    for number, decoded in enumerate(decode_apart(tasks(), time_limit)):
        rows[apart[number]] |= _text(decoded, rows[apart[number]])
    _join_attachments(rows)
    return Documents(pl.DataFrame(rows, schema=SCHEMA), damage[0] if damage else None)


def _whole_snapshots(segment: Path, damage: list[str]) -> Iterator[Snapshot]:
    """Yield what a document may be made of: no redirections, and nothing that speaks to robots only."""
    try:
        for snapshot in read_snapshots(segment):
            is_redirection = snapshot.http_status is not None and 300 <= snapshot.http_status < 400
            if (is_redirection and snapshot.http_status != _NOT_MODIFIED) or _is_for_robots(snapshot.url):
                continue
            yield snapshot
    except DamagedSegment as error:
        damage.append(str(error))


def _is_for_robots(url: str) -> bool:
    return url.partition("?")[0].endswith("/robots.txt")


def _row(snapshot: Snapshot) -> dict[str, Any]:
    outcome, error = _refusal(snapshot)
    address = canonical_url(snapshot.url)
    return {
        "url": snapshot.url,
        "canonical_url": address,
        "retrieved_at": snapshot.retrieved_at,
        "media_type": (snapshot.media_type or "application/octet-stream").split(";")[0].strip().lower(),
        "payload_digest": snapshot.payload_digest,
        "n_bytes": len(snapshot.payload),
        "text": None,
        "outcome": outcome,
        "error": error,
        "source_id": source_ids().get(address),
        "http_status": snapshot.http_status,
    }


def _refusal(snapshot: Snapshot) -> tuple[str | None, str | None]:
    """Say why a snapshot has no text to read: what the server answered, or how the transfer ended."""
    if snapshot.kind == "revisit" or snapshot.http_status == _NOT_MODIFIED:
        return "not_modified" if snapshot.not_modified or snapshot.http_status == _NOT_MODIFIED else "revisit", None
    if snapshot.http_status in _GONE:
        return "not_found", f"the server answered {snapshot.http_status}; look for the page's new address"
    if snapshot.http_status not in _USABLE:
        return "http_error", f"the server answered {snapshot.http_status}; the next harvest asks again"
    if snapshot.truncated:
        outcome = "too_large" if snapshot.truncated == "length" else "truncated"
        return outcome, f"only {len(snapshot.payload)} bytes are there ({snapshot.truncated}); fetch or import it again"
    return None, None


@cache
def source_ids() -> Mapping[str, str]:
    """Return the ids of the curated sources by canonical URL."""
    sources = read_seed("sources")
    return {canonical_url(url): source for source, url in sources.select("source_id", "url").iter_rows()}


def _text(decoded: Decoded, row: Mapping[str, Any]) -> dict[str, Any]:
    if decoded.text is not None and len(decoded.text) > _MOST_CHARACTERS:
        why = f"it has {len(decoded.text):,} characters and no report has; import the report alone"
        decoded = Decoded(outcome="too_large", error=why)
    return {
        "text": decoded.text,
        "page_title": decoded.title,
        "page_date": decoded.page_date,
        "outcome": decoded.outcome or ("imported" if row["http_status"] is None else "fetched"),
        "error": decoded.error,
        "attachments": decoded.attachments,
        "further_pages": decoded.further_pages,
    }


def _join_attachments(rows: list[dict[str, Any]]) -> None:
    """Put pages, their further pages and attached documents together; take the lists of links off the rows."""
    newest = {row["canonical_url"]: row for row in sorted(rows, key=lambda row: row["retrieved_at"])
              if row["text"] is not None or row.get("attachments")}
    linked = [
        Linked(address, row["text"] or "", *(tuple(map(canonical_url, row[name])) for name in _LINKS))
        for address, row in newest.items()
    ]
    grown, owners = join(linked)
    for address, text in grown.items():
        row = newest[address]
        row |= {"text": text, "error": None,
                "outcome": "imported" if row["http_status"] is None else "fetched"}
    for address, owner in owners.items():
        newest[address] |= {"text": None, "outcome": "not_a_report", "error": f"it is read as a part of {owner}"}
    for row in rows:
        for name in _LINKS:
            row.pop(name, None)
