"""What the store holds of each page, to ask servers only for what changed and to import nothing twice.

In: the segments. Out: a frame with a row per snapshot, cached a segment a file under `data/raw/.index` and made again
where it is missing, and `newest`, the last known content of each page.

>>> newest(Path("data"))["https://example.gov.cn/a.html"].etag
'"5f3c"'
"""

import contextlib
import fcntl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.urls import canonical_url
from flows.warc_store import DamagedSegment, Snapshot, raw_folder, read_snapshots, segments
from flows.whole_files import part_of

SCHEMA = pl.Schema([
    ("canonical_url", pl.String), ("url", pl.String), ("retrieved_at", pl.Datetime("us", "UTC")), ("kind", pl.String),
    ("http_status", pl.Int16), ("payload_digest", pl.String), ("warc_payload_digest", pl.String), ("etag", pl.String),
    ("last_modified", pl.String), ("truncated", pl.String), ("segment", pl.String),
])


@dataclass(frozen=True, slots=True)
class Held:
    """The newest content of a page that the store holds, and when the page was last looked at."""

    canonical_url: str
    url: str
    retrieved_at: datetime
    payload_digest: str
    warc_payload_digest: str | None
    etag: str | None
    last_modified: str | None
    segment: str
    last_checked: datetime


def holdings(data_dir: Path) -> pl.DataFrame:
    """Return a row for each snapshot in the store, oldest first; of a damaged segment, for those that are whole."""
    frames = [_of_segment(segment) for segment in segments(data_dir)]
    return pl.concat([SCHEMA.to_frame(eager=True), *frames]).sort("retrieved_at", "segment", maintain_order=True)


def newest(data_dir: Path) -> dict[str, Held]:
    """Return, by canonical URL, the newest usable content of each page."""
    rows = holdings(data_dir).filter(pl.col("http_status").is_null() | pl.col("http_status").is_in([200, 203, 304]))
    checked = rows.group_by("canonical_url").agg(pl.col("retrieved_at").max().alias("last_checked"))
    content = rows.filter((pl.col("kind") != "revisit") & pl.col("truncated").is_null())
    latest = content.group_by("canonical_url", maintain_order=True).last().join(checked, on="canonical_url")
    names = Held.__dataclass_fields__
    return {row["canonical_url"]: Held(**{name: row[name] for name in names}) for row in latest.iter_rows(named=True)}


def _of_segment(segment: Path) -> pl.DataFrame:
    """Read the cached rows of a segment, or make them; a segment never changes once it is in place."""
    cache = raw_folder(segment.parent.parent) / ".index" / f"{segment.name}-{segment.stat().st_size}.parquet"
    try:
        cached = pl.read_parquet(cache)
        if cached.schema == SCHEMA:
            return cached
    except (OSError, pl.exceptions.PolarsError):
        pass
    rows: list[dict[str, object]] = []
    try:
        rows.extend(_rows(segment.name, read_snapshots(segment)))
        whole = True
    except DamagedSegment:
        whole = False
    frame = pl.DataFrame(rows, schema=SCHEMA)
    if whole:
        _keep(frame, cache)
    return frame


def _rows(segment: str, snapshots: Iterable[Snapshot]) -> Iterable[dict[str, object]]:
    for snapshot in snapshots:
        yield {
            "canonical_url": canonical_url(snapshot.url),
            "url": snapshot.url,
            "retrieved_at": snapshot.retrieved_at,
            "kind": snapshot.kind,
            "http_status": snapshot.http_status,
            "payload_digest": snapshot.payload_digest,
            "warc_payload_digest": snapshot.warc_payload_digest,
            "etag": snapshot.etag,
            "last_modified": snapshot.last_modified,
            "truncated": snapshot.truncated,
            "segment": segment,
        }


def _keep(frame: pl.DataFrame, cache: Path) -> None:
    """Write the cache whole or not at all; a store that cannot be written to is read without one.

    What a killed run left under the part's name is written over; while another run writes it, it is left to that one.
    """
    part = part_of(cache)
    with contextlib.suppress(OSError):
        cache.parent.mkdir(exist_ok=True)
        with part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                file.truncate(0)
                frame.write_parquet(file, statistics=False)
                part.replace(cache)
            except (OSError, pl.exceptions.PolarsError):
                part.unlink()
