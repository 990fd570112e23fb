"""The store of snapshots: WARC 1.1 files under `data/raw`, gzip per record.

In: what was fetched or imported. Out: one file per segment, whole or not there at all.
Written and read with fastwarc: it reads several times quicker than warcio and takes files that were compressed as a
whole (benchmarks/decode). It ends silently on a torn file, so the reader checks lengths itself.
Record ids come from the content and dates from the caller, so the same input gives the same bytes.

>>> with SegmentWriter(data_dir, "harvest-20240101T000000Z") as writer:
...     writer.resource("urn:fazhi:file:a.txt", b"...", "text/plain", datetime(2024, 1, 1, tzinfo=UTC))
"""

import base64
import fcntl
import gzip
import hashlib
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fastwarc.warc import WarcRecord, WarcRecordType

from flows.errors import FazhiError
from flows.warc_reader import CONTENT_DIGEST, DamagedSegment, Snapshot, digest, end_of_whole_records, read_snapshots
from flows.whole_files import sync

__all__ = [
    "DamagedSegment", "SegmentWriter", "Snapshot", "digest", "raw_folder", "read_snapshots", "recover_segments",
    "segment_digest", "segments",
]

SUFFIX = ".warc.gz"
IMPORT_PREFIX = "import-"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NAMESPACE = uuid.UUID("5f0b1f4e-6d5c-5b8e-9c56-0d3c0f6f7a11")


class SegmentWriter:
    """Writes one segment, aside, and puts it into place when it is closed.

    Each record reaches the file whole, so a killed run leaves a file whose whole records `recover_segments` keeps.
    Left by an exception, the segment keeps what it has. A segment without records leaves no file.
    """

    def __init__(self, data_dir: Path, name: str) -> None:
        folder = raw_folder(data_dir)
        self.name = name
        self.n_records = 0
        self.n_bytes = 0
        self.path: Path | None = None
        self._folder = folder
        self._part = folder / f".{name}{SUFFIX}.part"
        self._file = _locked(self._part)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def resource(self, url: str, payload: bytes, media_type: str, retrieved_at: datetime) -> str:
        """Store a file that came by no protocol; return the record's id."""
        headers = {"Content-Type": media_type, "WARC-Payload-Digest": _labelled(payload)}
        return self._write(WarcRecordType.resource, url, retrieved_at, payload, headers)

    def response(
        self, url: str, retrieved_at: datetime, *, response_head: bytes, body: bytes, request_head: bytes | None = None,
        truncated: str | None = None, ip_address: str | None = None, metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Store an exchange: `response_head` is status line and headers, `body` what followed, as it came.

        `truncated` is one of WARC's words (length, time, disconnect, unspecified). Returns the response's record id.
        """
        headers = {"Content-Type": "application/http; msgtype=response", "WARC-Payload-Digest": _labelled(body)}
        headers |= {"WARC-Truncated": truncated} if truncated else {}
        headers |= {"WARC-IP-Address": ip_address} if ip_address else {}
        record_id = self._write(WarcRecordType.response, url, retrieved_at, _head(response_head) + body, headers)
        self._concurrent(url, retrieved_at, record_id, request_head, metadata)
        return record_id

    def revisit(
        self, url: str, retrieved_at: datetime, *, payload_digest: str, warc_payload_digest: str | None,
        refers_to_url: str, refers_to_date: datetime, not_modified: bool, response_head: bytes,
        request_head: bytes | None = None, metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Store that a page is what the store already holds: the server said so (304), or the payload is the same."""
        headers = {
            "Content-Type": "application/http; msgtype=response",
            "WARC-Profile": _NOT_MODIFIED if not_modified else _IDENTICAL,
            "WARC-Refers-To-Target-URI": refers_to_url,
            "WARC-Refers-To-Date": _timestamp(refers_to_date),
            CONTENT_DIGEST: payload_digest,
        }
        headers |= {"WARC-Payload-Digest": warc_payload_digest} if warc_payload_digest else {}
        record_id = self._write(WarcRecordType.revisit, url, retrieved_at, _head(response_head), headers)
        self._concurrent(url, retrieved_at, record_id, request_head, metadata)
        return record_id

    def metadata(self, url: str, date: datetime, fields: Mapping[str, str]) -> str:
        """Store what is to be said of an address that gave no answer; return the record's id."""
        kind = {"Content-Type": "application/warc-fields"}
        return self._write(WarcRecordType.metadata, url, date, _fields(fields), kind)

    def close(self, name: str | None = None) -> Path | None:
        """Put the segment into place, under `name` if one is given; return its path, or None if it held nothing."""
        if self._file.closed:
            return self.path
        if self.n_records:
            self.path = _put_in_place(self._file, self._part, self._folder / f"{name or self.name}{SUFFIX}")
        else:
            self._part.unlink()
        self._file.close()
        return self.path

    def discard(self) -> None:
        """Leave nothing behind."""
        if not self._file.closed:
            self._part.unlink()
            self._file.close()

    def _concurrent(
        self, url: str, date: datetime, record_id: str, request_head: bytes | None, metadata: Mapping[str, str] | None
    ) -> None:
        beside = {"WARC-Concurrent-To": f"<{record_id}>"}
        if request_head is not None:
            kind = {"Content-Type": "application/http; msgtype=request"}
            self._write(WarcRecordType.request, url, date, _head(request_head), kind | beside)
        if metadata:
            kind = {"Content-Type": "application/warc-fields"}
            self._write(WarcRecordType.metadata, url, date, _fields(metadata), kind | beside)

    def _write(
        self, kind: WarcRecordType, url: str, date: datetime, block: bytes, headers: Mapping[str, str]
    ) -> str:
        if not self.n_records and kind != WarcRecordType.warcinfo:
            about = b"software: fazhi\r\nformat: WARC File Format 1.1\r\n"
            self._write(WarcRecordType.warcinfo, "", date, about, {"Content-Type": "application/warc-fields"})
        seed = f"{kind} {self.n_records} {url} {_timestamp(date)} {hashlib.sha256(block).hexdigest()}"
        record_uuid = uuid.uuid5(_NAMESPACE, seed)
        record = WarcRecord()
        record.init_headers(kind, f"uuid:{record_uuid}".encode())
        record.headers["WARC-Date"] = _timestamp(date)
        if url:
            record.headers["WARC-Target-URI"] = _one_line(url)
        for name, value in headers.items():
            record.headers[name] = _one_line(value)
        record.set_bytes_content(block)
        buffer = BytesIO()
        record.write(buffer, checksum_data=True)
        _write_all(self._file, gzip.compress(buffer.getvalue(), compresslevel=6, mtime=0), self._part)
        self.n_records += 1
        self.n_bytes = self._file.tell()
        return f"urn:uuid:{record_uuid}"


def _locked(part: Path) -> BinaryIO:
    """Open a file to write, empty, that no other run writes."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        file: BinaryIO = part.open("ab", buffering=0)
    except OSError as error:
        why = f"{part.parent}: cannot be written ({error.strerror}); check its rights and the space left"
        raise FazhiError(why) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise FazhiError(f"{part}: is being written by another run; wait for its end") from None
    file.truncate(0)
    return file


def raw_folder(data_dir: Path) -> Path:
    """Return the folder of segments."""
    return data_dir / "raw"


def segments(data_dir: Path) -> list[Path]:
    """Return the whole segments, sorted by name."""
    return sorted(path for path in raw_folder(data_dir).glob(f"*{SUFFIX}") if not path.name.startswith("."))


def segment_digest(segment: Path) -> str:
    """Return the SHA-256 of a segment's file, in hexadecimal."""
    with segment.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recover_segments(data_dir: Path) -> list[Path]:
    """Put into place what killed runs left: the whole records of each `.part` file; return the segments made.

    A file that a running process still writes is left alone. One without a whole record is removed, and so is what
    an import left, since its files are still where they were and an import's name tells all that is in it.
    """
    recovered = []
    for part in sorted(raw_folder(data_dir).glob(f".*{SUFFIX}.part")):
        with part.open("rb+", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            target = part.with_name(part.name.removeprefix(".").removesuffix(".part"))
            end = 0 if target.name.startswith(IMPORT_PREFIX) else end_of_whole_records(file)
            if end == 0 or target.exists():
                part.unlink()
                continue
            file.truncate(end)
            recovered.append(_put_in_place(file, part, target))
    return recovered


def _put_in_place(file: BinaryIO, part: Path, target: Path) -> Path:
    try:
        os.fsync(file.fileno())
        part.replace(target)
        sync(target.parent)
    except OSError as error:
        raise FazhiError(f"{target}: cannot be written ({error.strerror}); free the disk or the folder") from None
    return target


def _write_all(file: BinaryIO, data: bytes, part: Path) -> None:
    """Write all of it or, on a full disk, take the torn end off again and say so."""
    start = file.seek(0, os.SEEK_END)
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view):]
    except OSError as error:
        file.truncate(start)
        raise FazhiError(f"{part}: cannot be written ({error.strerror}); free the disk or the folder") from None


def _fields(fields: Mapping[str, str]) -> bytes:
    """Write fields as WARC has them, a line each."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in sorted(fields.items())).encode()


def _head(head: bytes) -> bytes:
    """End a block of HTTP headers as they end on the wire."""
    return head.rstrip(b"\r\n") + b"\r\n\r\n"


def _labelled(payload: bytes) -> str:
    """Return a digest as WARC tools write it."""
    return f"sha256:{base64.b32encode(hashlib.sha256(payload).digest()).decode()}"


def _timestamp(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="microseconds" if date.microsecond else "seconds")[:-6] + "Z"


def _one_line(text: str) -> str:
    return " ".join(text.split())
