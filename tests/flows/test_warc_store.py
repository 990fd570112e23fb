"""The store of snapshots: what goes in comes out, whole or with a word on what is missing."""

import gzip
import multiprocessing
import os
import random
import resource
import signal
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.errors import FazhiError
from flows.warc_index import holdings, newest
from flows.warc_store import (
    DamagedSegment,
    SegmentWriter,
    digest,
    read_snapshots,
    recover_segments,
    segment_digest,
    segments,
)

DATE = datetime(2024, 3, 15, 8, 30, tzinfo=UTC)
URL = "http://www.example.gov.cn/t20240315_1.html"
BODY = "<p>全年办结行政复议案件12件。</p>".encode()
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "a1"\r\nLast-Modified: x\r\n'


def write_three(data_dir: Path, name: str = "harvest-1") -> Path:
    """Write a segment of a resource, a response and a revisit."""
    with SegmentWriter(data_dir, name) as writer:
        writer.resource("urn:fazhi:file:a.txt", "会议4次".encode(), "text/plain", DATE)
        writer.response(URL, DATE, request_head=b"GET / HTTP/1.1\r\n", response_head=HEAD, body=BODY,
                        ip_address="192.0.2.1", metadata={"source_id": "x", "via": "http://a/\r\nb"})
        writer.revisit(URL, DATE + timedelta(days=1), payload_digest=digest(BODY), warc_payload_digest=None,
                       refers_to_url=URL, refers_to_date=DATE, not_modified=True,
                       response_head=b"HTTP/1.1 304 Not Modified\r\n")
    assert writer.path is not None
    return writer.path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    resource, response, revisit = read_snapshots(write_three(tmp_path))
    assert (resource.kind, resource.url, resource.payload, resource.media_type, resource.retrieved_at) == (
        "resource", "urn:fazhi:file:a.txt", "会议4次".encode(), "text/plain", DATE)
    assert (response.http_status, response.payload, response.etag, response.last_modified) == (200, BODY, '"a1"', "x")
    assert response.payload_digest == digest(BODY)
    assert response.media_type == "text/html; charset=utf-8"
    assert (revisit.kind, revisit.not_modified, revisit.payload_digest, revisit.refers_to_url) == (
        "revisit", True, digest(BODY), URL)
    assert revisit.payload == b""


def test_other_tools_read_and_verify_it(tmp_path: Path) -> None:
    segment = write_three(tmp_path)
    with segment.open("rb") as file:
        kinds = [record.rec_type for record in WarcioIterator(file, check_digests="raise")]
    assert kinds == ["warcinfo", "resource", "response", "request", "metadata", "revisit"]
    checker = Checker(type("Arguments", (), {"verbose": False, "inputs": [str(segment)]})())
    checker.process_all()
    assert checker.exit_value == 0


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    assert segment_digest(write_three(tmp_path / "a")) == segment_digest(write_three(tmp_path / "b"))


def test_a_segment_without_records_leaves_no_file(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        pass
    assert writer.path is None
    assert list((tmp_path / "raw").iterdir()) == []


def test_no_segment_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, "harvest-1")
    writer.resource("urn:x", b"1", "text/plain", DATE)
    assert segments(tmp_path) == []
    with pytest.raises(FazhiError, match="is being written by another run"):
        SegmentWriter(tmp_path, "harvest-1")
    assert recover_segments(tmp_path) == []
    path = writer.close()
    assert segments(tmp_path) == [path]


def _write_until_killed(data_dir: Path) -> None:
    writer = SegmentWriter(data_dir, "harvest-1")
    for i in range(10):
        writer.resource(f"urn:x:{i}", os.urandom(2000), "text/plain", DATE)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_run_loses_no_whole_record(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_write_until_killed, args=(tmp_path,))
    process.start()
    process.join()
    (part,) = (tmp_path / "raw").glob(".*.part")
    part.write_bytes(part.read_bytes()[:-100])
    (recovered,) = recover_segments(tmp_path)
    assert recovered == tmp_path / "raw" / "harvest-1.warc.gz"
    assert [snapshot.url for snapshot in read_snapshots(recovered)] == [f"urn:x:{i}" for i in range(9)]
    assert not list((tmp_path / "raw").glob(".*.part"))


@pytest.mark.parametrize("left", [b"", b"\x1f\x8b", b"no gzip at all"])
def test_what_holds_no_whole_record_is_removed(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / ".harvest-1.warc.gz.part").write_bytes(left)
    assert recover_segments(tmp_path) == []
    assert list((tmp_path / "raw").iterdir()) == []


def test_a_full_disk_is_told_and_leaves_whole_records(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
    try:
        with SegmentWriter(tmp_path, "harvest-1") as writer:
            writer.resource("urn:x:1", random.Random(1).randbytes(2000), "text/plain", DATE)
            with pytest.raises(FazhiError, match=r"harvest-1\.warc\.gz\.part: cannot be written .*; free the disk"):
                writer.resource("urn:x:2", random.Random(2).randbytes(4000), "text/plain", DATE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    (segment,) = segments(tmp_path)
    assert [snapshot.url for snapshot in read_snapshots(segment)] == ["urn:x:1"]


@pytest.mark.parametrize("keep", [*range(1, 18), *range(20, 380, 23)])
def test_a_torn_file_gives_its_whole_records_and_then_one_error(tmp_path: Path, keep: int) -> None:
    segment = write_three(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-keep])
    got: list[str] = []
    with pytest.raises(DamagedSegment, match=r"harvest-1\.warc\.gz: damaged at or after byte \d+"):
        for snapshot in read_snapshots(segment):
            got.append(snapshot.kind)
    assert got[:2] == ["resource", "response"]


@pytest.mark.parametrize("content", [b"", b"\0" * 100, random.Random(1).randbytes(5000), gzip.compress(b"no WARC"), b"WARC/1.1\r\n"],
                         ids=["empty", "zeros", "random", "other gzip", "torn head"])
def test_what_is_no_warc_gives_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(DamagedSegment, match="x.warc.gz: holds no whole record"):
        list(read_snapshots(path))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_are_seen(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    segment = write_three(folder)
    content = bytearray(segment.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    whole = {snapshot.record_id: snapshot for snapshot in read_snapshots(segment)}
    segment.write_bytes(content)
    try:
        for snapshot in read_snapshots(segment):
            assert snapshot == whole[snapshot.record_id]
    except DamagedSegment:
        pass


def foreign(path: Path, *records: tuple[str, list[tuple[str, str]], bytes, dict[str, str]]) -> Path:
    """Write a WARC as a crawler does: (record type, HTTP headers, body, WARC headers)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for kind, headers, body, warc_headers in records:
            writer.write_record(writer.create_warc_record(
                URL, kind, payload=BytesIO(body), http_headers=StatusAndHeaders("200 OK", headers, "HTTP/1.1"),
                warc_headers_dict={"WARC-Date": "2024-03-15T08:30:00Z"} | warc_headers))
    return path



BROTLI = bytes.fromhex("0b16803c703ee585a8e5b9b4e58a9ee7bb93e8a18ce694bfe5a48de8aeaee6a188e4bbb63132e4bbb6e380823c2f703e03")
CHUNKED = b"5\r\n" + BODY[:5] + b"\r\n" + f"{len(BODY) - 5:x}\r\n".encode() + BODY[5:] + b"\r\n0\r\n\r\n"
QUIRKS = [
    ([("Transfer-Encoding", "chunked")], CHUNKED),
    ([("Transfer-Encoding", "chunked")], BODY),
    ([("Content-Encoding", "gzip")], gzip.compress(BODY)),
    ([("Content-Encoding", "gzip")], BODY),
    ([("Content-Encoding", "deflate")], zlib.compress(BODY)),
    ([("Content-Encoding", "br")], BROTLI),
    ([("Content-Encoding", "br")], BODY),
    ([("Content-Encoding", "x-unknown")], BODY),
    ([("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"), ("Content-Length", "9999999")],
     gzip.compress(BODY)),
]


@pytest.mark.parametrize(("headers", "body"), QUIRKS, ids=range(len(QUIRKS)))
def test_payloads_come_without_chunks_and_encodings(
    tmp_path: Path, headers: list[tuple[str, str]], body: bytes
) -> None:
    (snapshot,) = read_snapshots(foreign(tmp_path / "a.warc.gz", ("response", headers, body, {})))
    assert (snapshot.payload, snapshot.payload_digest, snapshot.truncated) == (BODY, digest(BODY), None)


def test_truncated_payloads_are_marked(tmp_path: Path) -> None:
    path = foreign(
        tmp_path / "a.warc.gz",
        ("response", [("Content-Length", "20")], BODY[:20], {"WARC-Truncated": "length"}),
        ("response", [("Content-Length", "9999")], BODY, {}),
        ("response", [("Content-Length", str(len(BODY)))], BODY, {}),
    )
    assert [snapshot.truncated for snapshot in read_snapshots(path)] == ["length", "disconnect", None]


def test_a_gzip_bomb_costs_no_more_than_the_limit(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(300_000_000), compresslevel=1)
    path = foreign(tmp_path / "a.warc.gz", ("response", [("Content-Encoding", "gzip")], bomb, {}),
                   ("response", [], BODY, {}))
    bombed, good = read_snapshots(path, max_payload=2_000_000)
    assert (len(bombed.payload), bombed.truncated, good.payload) == (2_000_000, "length", BODY)


def test_a_file_compressed_as_a_whole_is_read(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert len(list(read_snapshots(path))) == 3
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert len(list(read_snapshots(path))) == 3


def test_the_index_knows_the_newest_content_of_a_page(tmp_path: Path) -> None:
    write_three(tmp_path)
    held = newest(tmp_path)["https://example.gov.cn/t20240315_1.html"]
    assert (held.payload_digest, held.etag, held.retrieved_at, held.segment) == (
        digest(BODY), '"a1"', DATE, "harvest-1.warc.gz")
    assert held.last_checked == DATE + timedelta(days=1)
    with SegmentWriter(tmp_path, "harvest-2") as writer:
        writer.response(URL, DATE + timedelta(days=2), response_head=HEAD, body=b"new")
        writer.response(URL, DATE + timedelta(days=3), response_head=b"HTTP/1.1 500 Oops\r\n", body=b"x")
    assert newest(tmp_path)["https://example.gov.cn/t20240315_1.html"].payload_digest == digest(b"new")


def test_the_index_is_made_again_where_it_is_missing_or_broken(tmp_path: Path) -> None:
    write_three(tmp_path)
    first = holdings(tmp_path)
    (cache,) = (tmp_path / "raw" / ".index").iterdir()
    assert holdings(tmp_path).equals(first)
    cache.write_bytes(b"broken")
    assert holdings(tmp_path).equals(first)
    cache.unlink()
    assert holdings(tmp_path).equals(first)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20),
                          st.binary(max_size=300)), min_size=1, max_size=4))
def test_any_payload_survives(tmp_path_factory: pytest.TempPathFactory, pages: list[tuple[str, bytes]]) -> None:
    with SegmentWriter(tmp_path_factory.mktemp("any"), "harvest-1") as writer:
        for name, payload in pages:
            writer.resource(f"urn:x:{name}", payload, "application/octet-stream", DATE)
    assert writer.path is not None
    assert [(s.url, s.payload) for s in read_snapshots(writer.path)] == [(f"urn:x:{n}", p) for n, p in pages]
