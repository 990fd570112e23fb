"""Take files, folders and foreign WARCs into the store of snapshots.

In: paths. Out: new segments named after their content, and an `ImportResult`. What the store holds already (same
address, same content) is skipped, so importing twice writes nothing. What cannot be taken in is recorded in the table
`harvest_log`, each with its reason, and stops nothing else.

>>> import_paths(Path("data"), [Path("seeds/reports")]).n_new
1
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.import_files import Found, Refusal, file_urn, find_files
from flows.import_log import write_refusals
from flows.import_warc import Chooser, chosen_snapshots, default_chooser, is_warc
from flows.urls import canonical_url
from flows.warc_index import holdings
from flows.warc_store import IMPORT_PREFIX, DamagedSegment, SegmentWriter, Snapshot, digest, recover_segments
from transforms.decode.encoding import decode_bytes
from transforms.decode.media import kind_of

LARGEST_FILE = 32 * 1024 * 1024
SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_RECORDS = 5_000
_MEDIA_TYPES = {
    "html": "text/html", "text": "text/plain", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_TEXT_NAMES = (".txt", ".text", ".html", ".htm", ".shtml", ".jhtml", ".xhtml")


@dataclass(frozen=True)
class ImportResult:
    """What an import did: segments written, documents new and held before, and what was refused, each with why."""

    segments: tuple[Path, ...]
    n_new: int
    n_held: int
    refused: tuple[Refusal, ...]


@dataclass
class _Import:
    """An import under way."""

    data_dir: Path
    held: set[tuple[str, str]]
    writer: SegmentWriter | None = None
    keys: list[str] = field(default_factory=list)
    segments: list[Path] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    n_new: int = 0
    n_held: int = 0


def import_paths(
    data_dir: Path, paths: Sequence[Path], now: datetime | None = None, choose: Chooser | None = None,
    advance: Callable[[str], None] = lambda _: None,
) -> ImportResult:
    """Take in the files at and below `paths`; of foreign WARCs, the records that `choose` accepts.

    `now` is the time of retrieval of files without one.
    """
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    recover_segments(data_dir)
    state = _Import(data_dir, set(holdings(data_dir).select("canonical_url", "payload_digest").iter_rows()))
    found, refused = find_files(paths, now)
    state.refused += refused
    try:
        for entry in found:
            _take_file(state, entry, choose)
            advance(entry.file.name)
        _close(state)
    finally:
        if state.writer is not None:
            state.writer.discard()
    write_refusals(data_dir, state.refused, now)
    return ImportResult(tuple(state.segments), state.n_new, state.n_held, tuple(state.refused))


def _take_file(state: _Import, entry: Found, choose: Chooser | None) -> None:
    try:
        if is_warc(entry.file):
            _take_warc(state, entry.file, choose or default_chooser())
            return
        size = entry.file.stat().st_size
        if size > LARGEST_FILE:
            why = f"{entry.file.name}: has {size:,} bytes, more than {LARGEST_FILE:,}; import the report alone"
            state.refused.append(Refusal(entry.url, "too_large", why, size))
            return
        payload = entry.file.read_bytes()
    except OSError as error:
        state.refused.append(
            Refusal(entry.url, "error", f"{entry.file.name}: cannot be read ({error.strerror}); check the file"))
        return
    kind = kind_of(payload, None, entry.file.name)
    refusal = _why_not(entry, payload, kind)
    if refusal is not None:
        state.refused.append(refusal)
    elif _is_new(state, entry.url, digest(payload)):
        _writer(state).resource(entry.url, payload, _MEDIA_TYPES[kind], entry.retrieved_at)


def _why_not(entry: Found, payload: bytes, kind: str) -> Refusal | None:
    """Say why a file holds no document, as far as a glance tells."""
    if kind == "empty":
        reason = "empty", "is empty; look at where it comes from"
    elif kind not in _MEDIA_TYPES:
        reason = "unsupported", f"is of a kind that is not read ({kind}); save it as PDF, DOCX, HTML or text"
    elif kind == "text" and not entry.file.name.lower().endswith(_TEXT_NAMES):
        reason = "unsupported", "is of a kind that is not read; name it .txt if it is a report in plain text"
    elif kind in ("text", "html") and decode_bytes(payload, None, kind == "html") is None:
        reason = "unreadable", "is text in no known encoding (UTF-8, UTF-16, GB18030, Big5); convert it"
    else:
        return None
    return Refusal(entry.url, reason[0], f"{entry.file.name}: {reason[1]}", len(payload), digest(payload))


def _take_warc(state: _Import, file: Path, choose: Chooser) -> None:
    try:
        for snapshot in chosen_snapshots(file, choose):
            if isinstance(snapshot, Refusal):
                state.refused.append(snapshot)
            elif _is_new(state, snapshot.url, snapshot.payload_digest):
                _copy(_writer(state), snapshot, file)
    except DamagedSegment as error:
        state.refused.append(Refusal(file_urn(Path(file.name)), "truncated", str(error).replace(str(file), file.name)))


def _copy(writer: SegmentWriter, snapshot: Snapshot, file: Path) -> None:
    """Store a foreign snapshot, with its own address and time, and where it was taken from."""
    if snapshot.http_status is None:
        writer.resource(snapshot.url, snapshot.payload, snapshot.media_type or "text/plain", snapshot.retrieved_at)
        return
    writer.response(
        snapshot.url, snapshot.retrieved_at, response_head=_head_of(snapshot), body=snapshot.payload,
        metadata={"imported-from": file.name, "imported-record": snapshot.record_id},
    )


def _head_of(snapshot: Snapshot) -> bytes:
    """Write the headers of a payload that has neither chunks nor content encoding any more."""
    gone = ("transfer-encoding", "content-encoding", "content-length")
    lines = [f"HTTP/1.1 {snapshot.http_status} Imported"]
    lines += [f"{name}: {value}" for name, value in snapshot.headers.items() if name not in gone]
    return "\r\n".join([*lines, f"content-length: {len(snapshot.payload)}"]).encode("utf-8", "replace")


def _is_new(state: _Import, url: str, payload_digest: str) -> bool:
    key = (canonical_url(url), payload_digest)
    if key in state.held:
        state.n_held += 1
        return False
    state.held.add(key)
    state.keys.append(" ".join(key))
    state.n_new += 1
    return True


def _writer(state: _Import) -> SegmentWriter:
    """Return the segment to write to: the one begun, or the next where that one is full."""
    writer = state.writer
    if writer is not None and (writer.n_bytes > SEGMENT_BYTES or writer.n_records > SEGMENT_RECORDS):
        *before, newest = state.keys
        state.keys = before
        _close(state)
        state.keys = [newest]
    if state.writer is None:
        state.writer = SegmentWriter(state.data_dir, f"{IMPORT_PREFIX}{os.getpid()}")
    return state.writer


def _close(state: _Import) -> None:
    """Put the segment into place under the name that its content gives it."""
    if state.writer is None:
        return
    content = hashlib.sha256("\n".join(sorted(state.keys)).encode()).hexdigest()
    path = state.writer.close(f"{IMPORT_PREFIX}{content[:16]}")
    state.writer, state.keys = None, []
    if path is not None:
        state.segments.append(path)
