"""The segments that a harvest writes: one after the other, a new one when the last is large enough.

In: targets and exchanges. Out: `data/raw/harvest-<time>-<number>.warc.gz` and, for each, its rows of the log.
A lease holds a segment open for a page and its attachments, so that they stand in one file.

>>> async with segments.lease() as segment:
...     segment.record(target, exchange, is_hop=False)
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from flows.harvest_log import write_log
from flows.harvest_targets import Target
from flows.http_client import Exchange
from flows.urls import canonical_url
from flows.warc_index import Held
from flows.warc_store import SegmentWriter, digest, raw_folder

PREFIX = "harvest-"


class Segment:
    """A segment in the making."""

    def __init__(self, writer: SegmentWriter, held: Mapping[str, Held]) -> None:
        self.writer = writer
        self.n_leases = 0
        self._held = held

    def record(self, target: Target, exchange: Exchange, *, is_hop: bool) -> None:
        """Store an exchange and what it was for; a hop is a redirect on the way, and no attempt of its own."""
        writer, held = self.writer, self._held.get(canonical_url(exchange.url))
        fields = _fields(target, exchange, held, is_hop)
        if not exchange.response_head:
            writer.metadata(exchange.url, exchange.started_at, fields)
        elif exchange.outcome in ("not_modified", "revisit") and held is not None:
            writer.revisit(
                exchange.url, exchange.started_at, payload_digest=held.payload_digest,
                warc_payload_digest=held.warc_payload_digest, refers_to_url=held.url,
                refers_to_date=held.retrieved_at, not_modified=exchange.outcome == "not_modified",
                response_head=exchange.response_head, request_head=exchange.request_head, metadata=fields,
            )
        else:
            writer.response(
                exchange.url, exchange.started_at, response_head=exchange.response_head, body=exchange.body,
                request_head=exchange.request_head, truncated=exchange.truncated, ip_address=exchange.ip_address,
                metadata=fields,
            )


class Segments:
    """The segments of a run; `written` are those in place."""

    def __init__(self, data_dir: Path, started_at: datetime, most_bytes: int, held: Mapping[str, Held]) -> None:
        self.written: list[Path] = []
        self._data_dir = data_dir
        self._stamp = started_at.strftime("%Y%m%dT%H%M%SZ")
        self._most_bytes = most_bytes
        self._held = held
        self._number = 0
        self._open: list[Segment] = []

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Segment]:
        """Give the current segment, which is not closed before the lease ends."""
        if not self._open or self._open[-1].writer.n_bytes >= self._most_bytes:
            self._open.append(Segment(SegmentWriter(self._data_dir, self._next_name()), self._held))
        segment = self._open[-1]
        segment.n_leases += 1
        try:
            yield segment
        finally:
            segment.n_leases -= 1
            if segment.n_leases == 0 and segment.writer.n_bytes >= self._most_bytes:
                await asyncio.to_thread(self._close, segment)

    def close(self) -> None:
        """Put what is open into place."""
        for segment in list(self._open):
            self._close(segment)

    def _close(self, segment: Segment) -> None:
        if segment not in self._open:
            return
        self._open.remove(segment)
        path = segment.writer.close()
        if path is not None:
            self.written.append(path)
            write_log(self._data_dir, path)

    def _next_name(self) -> str:
        while True:
            self._number += 1
            name = f"{PREFIX}{self._stamp}-{self._number:03}"
            folder = raw_folder(self._data_dir)
            if not any((folder / file).exists() for file in (f"{name}.warc.gz", f".{name}.warc.gz.part")):
                return name


def _fields(target: Target, exchange: Exchange, held: Held | None, is_hop: bool) -> dict[str, str]:
    """Say what an exchange was for and what came of it, as `harvest_log` reads it."""
    is_held = exchange.outcome in ("not_modified", "revisit") and held is not None
    is_answer = bool(exchange.response_head)
    values = {
        "outcome": None if is_hop else exchange.outcome,
        "error": exchange.error,
        "httpStatus": exchange.status,
        "askedFor": target.url,
        "kind": target.kind,
        "sourceId": target.source_id,
        "via": target.via,
        "protocol": exchange.protocol,
        "redirect": "yes" if is_hop else None,
        "nBytes": len(exchange.payload) if is_answer else None,
        "payloadDigest": (held.payload_digest if is_held and held else digest(exchange.payload)) if is_answer else None,
    }
    return {name: str(value) for name, value in values.items() if value not in (None, "")}
