"""Reading snapshots from WARC files, our own and those from elsewhere.

In: a WARC file (gzip per record, gzip as a whole, or plain). Out: its snapshots in file order, payloads without
chunks and content encoding. Archives come with quirks: chunk headers that were taken off although the head still
promises them, a content encoding that was undone, payloads cut short. What can be read is read.

>>> [snapshot.url for snapshot in read_snapshots(Path("data/raw/import-0123456789abcdef.warc.gz"))]
['urn:fazhi:seed:chongqing-yubei-lianglu-2023']
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ChunkedReader, GzipReader, WarcReader, ZstdReader
from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecord, WarcRecordType

from flows.errors import FazhiError

MAX_PAYLOAD = 64 * 1024 * 1024
CONTENT_DIGEST = "Fazhi-Content-Digest"
_GZIP = b"\x1f\x8b"
_RECORD_START = re.compile(rb"\x1f\x8b\x08|WARC/1\.[01]\r\n")
_LONGEST_START = 9
_SEARCHED = 1 << 20
_KEPT = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
_SERVER_NOT_MODIFIED = "server-not-modified"
_DECODERS: dict[str, Callable[[BytesIO], WarcReader]] = {
    "gzip": GzipReader,
    "x-gzip": GzipReader,
    "deflate": lambda stream: GzipReader(stream, zlib=True),
    "br": BrotliReader,
    "zstd": ZstdReader,
}


class DamagedSegment(FazhiError):
    """A WARC file that cannot be read to its end."""


@dataclass(frozen=True)
class Snapshot:
    """What one address gave at one moment.

    `payload_digest` is that of the decoded payload; of a revisit it is its target's, as far as the record tells.
    `warc_payload_digest` is the header of that name, as it stands. `truncated` says why a payload is not whole.
    """

    url: str
    retrieved_at: datetime
    kind: str
    payload: bytes
    payload_digest: str
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    truncated: str | None = None
    warc_payload_digest: str | None = None
    refers_to_url: str | None = None
    not_modified: bool = False
    record_id: str = ""
    offset: int = 0

    @property
    def etag(self) -> str | None:
        """The entity tag that the server gave."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The date of last change that the server gave, as it wrote it."""
        return self.headers.get("last-modified")


def read_snapshots(segment: Path, max_payload: int = MAX_PAYLOAD) -> Iterator[Snapshot]:
    """Yield the snapshots of a WARC file; after all that are whole, raise DamagedSegment if the file is torn.

    Behind a damaged place, reading goes on at the next record: an archive is large, and a bad sector is small.
    """
    reading = _Reading(segment)
    while reading.start is not None:
        try:
            yield from reading.snapshots(max_payload)
            reading.start = None
        except (OSError, EOFError) as error:
            reading.skip(error)
    if reading.damage is not None:
        raise DamagedSegment(reading.damage)


class _Reading:
    """How far a file is read: `start` is where to go on, None at its end; `damage` tells of the first damaged place."""

    def __init__(self, segment: Path) -> None:
        self.start: int | None = 0
        self.damage: str | None = None
        self._segment = segment
        self._offset = 0
        self._n_whole = 0

    def snapshots(self, max_payload: int) -> Iterator[Snapshot]:
        """Yield from `start` on until the end, or an error."""
        if self._segment.stat().st_size == 0:
            raise EOFError("it is empty")
        with self._segment.open("rb") as file:
            file.seek(self.start or 0)
            # A path is read quicker than a file of Python.
            for record in ArchiveIterator(file if self.start else str(self._segment), parse_http=False):
                self._offset = record.stream_pos
                snapshot = _snapshot(record, max_payload)
                self._n_whole += 1
                if snapshot is not None:
                    yield snapshot
        _check_end(self._segment, self._offset)

    def skip(self, error: Exception) -> None:
        """Note the damage, and go to the next record behind it."""
        if self.damage is None and self._n_whole == 0 and self._offset == 0:
            self.damage = f"{self._segment}: holds no whole record at its start ({error}); get another copy"
        elif self.damage is None:
            self.damage = (f"{self._segment}: damaged at or after byte {self._offset}, behind {self._n_whole} whole "
                           f"records ({error}); the whole records were read, fetch or import the others again")
        self.start = _next_record(self._segment, max(self._offset, self.start or 0) + 1)


def _next_record(segment: Path, start: int) -> int | None:
    """Return where the next record begins at or behind `start`: a gzip member or a line with WARC's version."""
    with segment.open("rb") as file:
        file.seek(start)
        before = b""
        while piece := file.read(_SEARCHED):
            window = before + piece
            first = file.tell() - len(window)
            for found in _RECORD_START.finditer(window):
                at = first + found.start()
                if at >= start and _begins_record(file, at):
                    return at
            file.seek(first + len(window))
            before = window[-_LONGEST_START:]
    return None


def _begins_record(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    head = file.read(512)
    if not head.startswith(_GZIP):
        return True
    try:
        return zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(head, 5) == b"WARC/"
    except zlib.error:
        return False


def end_of_whole_records(file: BinaryIO, start: int = 0) -> int:
    """Return where the last whole gzip member behind `start` ends."""
    end, unread = start, b""
    file.seek(start)
    while unread or (unread := file.read(1 << 20)):
        member, size = zlib.decompressobj(zlib.MAX_WBITS + 16), 0
        try:
            while not member.eof:
                if not unread and not (unread := file.read(1 << 20)):
                    return end
                member.decompress(unread, 1 << 24)
                rest = member.unused_data if member.eof else member.unconsumed_tail
                size += len(unread) - len(rest)
                unread = rest
        except zlib.error:
            return end
        end += size
    return end


def digest(payload: bytes) -> str:
    """Return the digest of a payload as the tables have it.

    >>> digest(b"")[:15]
    'sha256:e3b0c442'
    """
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def _snapshot(record: WarcRecord, max_payload: int) -> Snapshot | None:
    """Read a record to its end (only so is a torn one known) and make a snapshot of it if it holds one."""
    if "Content-Length" not in record.headers:
        raise EOFError("the head of a record is cut short")
    url = (record.headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    if not (record.record_type & _KEPT) or not url:
        _read_rest(record, 0)
        return None
    block = record.reader.read(max_payload + 1)
    too_long = len(block) > max_payload
    _read_rest(record, len(block))
    truncated = record.headers.get("WARC-Truncated") or ("length" if too_long else None)
    return _from_block(record, url, block[:max_payload], truncated, max_payload)


def _read_rest(record: WarcRecord, n_read: int) -> None:
    n_read += record.reader.consume()
    if n_read < record.content_length:
        raise EOFError(f"a record has {n_read} of {record.content_length} bytes")


def _check_end(segment: Path, last_record: int) -> None:
    """Tell of a last gzip member that is torn: the reader takes a torn one for the end of the file."""
    with segment.open("rb") as file:
        file.seek(last_record)
        if file.read(2) == _GZIP and end_of_whole_records(file, last_record) < segment.stat().st_size:
            raise EOFError("the last record is cut short")


def _from_block(record: WarcRecord, url: str, block: bytes, truncated: str | None, limit: int) -> Snapshot:
    headers = record.headers
    status, http, payload = None, HeaderMap(), block
    if record.record_type != WarcRecordType.resource and block.startswith(b"HTTP/"):
        status, http, payload = _split_http(block)
    http_fields = {name.lower(): value for name, value in http.items()}
    payload, cut = _decoded(payload, http_fields, limit)
    kind = str(record.record_type)
    named = headers.get(CONTENT_DIGEST) or headers.get("WARC-Payload-Digest")
    return Snapshot(
        url=url,
        retrieved_at=record.record_date.astimezone(UTC),
        kind=kind,
        payload=payload,
        payload_digest=named or digest(payload) if kind == "revisit" else digest(payload),
        http_status=status,
        headers=http_fields,
        media_type=http_fields.get("content-type") if status is not None else headers.get("Content-Type"),
        truncated=truncated or cut or _short_of_promise(payload, http_fields, kind),
        warc_payload_digest=headers.get("WARC-Payload-Digest"),
        refers_to_url=headers.get("WARC-Refers-To-Target-URI"),
        not_modified=kind == "revisit" and _SERVER_NOT_MODIFIED in (headers.get("WARC-Profile") or ""),
        record_id=record.record_id or "",
        offset=record.stream_pos,
    )


def _split_http(block: bytes) -> tuple[int | None, HeaderMap, bytes]:
    headers = HeaderMap("latin1")
    try:
        length = headers.parse(BytesIO(block))
    except OSError:
        return None, HeaderMap(), block
    return headers.status_code, headers, block[length:]


def _decoded(payload: bytes, headers: Mapping[str, str], limit: int) -> tuple[bytes, str | None]:
    """Undo chunks and content encoding where they are really there; say if the size limit cut the result."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        payload = _read(ChunkedReader, payload, limit) or payload
    for name in reversed(headers.get("content-encoding", "").lower().split(",")):
        decoder = _DECODERS.get(name.strip())
        if decoder is not None and payload:
            payload = _read(decoder, payload, limit) or payload
    return payload[:limit], "length" if len(payload) > limit else None


def _read(decoder: Callable[[BytesIO], WarcReader], payload: bytes, limit: int) -> bytes | None:
    """Decode up to the limit; return what came before the first error, or None if that is nothing."""
    pieces: list[bytes] = []
    size = 0
    try:
        with decoder(BytesIO(payload)) as reader:
            while size <= limit and (piece := reader.read(min(1 << 20, limit + 1 - size))):
                pieces.append(piece)
                size += len(piece)
    except (OSError, EOFError):
        pass
    return b"".join(pieces) or None


def _short_of_promise(payload: bytes, headers: Mapping[str, str], kind: str) -> str | None:
    """Tell of a body shorter than its own Content-Length, where no encoding explains the difference."""
    length = headers.get("content-length", "")
    if kind != "response" or not length.isdecimal() or "content-encoding" in headers:
        return None
    return "disconnect" if 0 < len(payload) < int(length) else None
