"""From snapshots to documents: each has its text or the reason why not, and a hostile one costs only itself."""

import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from flows import decode_pool
from flows.decode_pool import Task, decode_apart
from flows.documents import SCHEMA, read_documents
from flows.warc_store import SegmentWriter, digest
from tests.transforms.pdf_writer import pdf, set_lines
from transforms.decode import Decoded

DATE = datetime(2024, 3, 15, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html"
DEEP = b"<html><table><tr><td>" * 20_000


def response(writer: SegmentWriter, name: str, body: bytes, head: bytes = HEAD, **more: Any) -> None:
    writer.response(f"http://www.example.gov.cn/{name}", DATE, response_head=head, body=body, **more)


def rows_of(data_dir: Path) -> dict[str, dict[str, Any]]:
    (segment,) = (data_dir / "raw").glob("*.warc.gz")
    documents = read_documents(segment)
    assert documents.frame.schema == SCHEMA
    return {row["url"].rsplit("/", 1)[-1]: row for row in documents.frame.iter_rows(named=True)}


def test_every_kind_of_answer_has_its_outcome(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        response(writer, "page", "<title>年报</title><meta name=PubDate content=2024-02-03><p>会议4次。</p>".encode())
        response(writer, "gone", b"x", b"HTTP/1.1 404 Not Found")
        response(writer, "broken", b"x", b"HTTP/1.1 502 Bad Gateway")
        response(writer, "moved", b"x", b"HTTP/1.1 301 Moved\r\nLocation: /page")
        response(writer, "robots.txt", b"User-agent: *", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain")
        response(writer, "short", b"<p>x", truncated="disconnect")
        response(writer, "long", b"<p>x", truncated="length")
        response(writer, "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
        response(writer, "nothing", b"")
        response(writer, "script", b"<script>document.cookie='a'</script>")
        writer.revisit("http://www.example.gov.cn/same", DATE, payload_digest=digest(b"x"), warc_payload_digest=None,
                       refers_to_url="http://www.example.gov.cn/same", refers_to_date=DATE, not_modified=True,
                       response_head=b"HTTP/1.1 304 Not Modified")
        writer.resource("urn:fazhi:file:local.txt", "培训2期".encode("gb18030"), "text/plain", DATE)
    rows = rows_of(tmp_path)
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "page": "fetched", "gone": "not_found", "broken": "http_error", "short": "truncated", "long": "too_large",
        "old.doc": "unsupported", "nothing": "empty", "script": "javascript_challenge", "same": "not_modified",
        "urn:fazhi:file:local.txt": "imported",
    }
    page = rows["page"]
    assert (page["text"], page["page_title"], str(page["page_date"])) == ("会议4次。", "年报", "2024-02-03")
    assert page["canonical_url"] == "https://example.gov.cn/page"
    assert page["payload_digest"].startswith("sha256:")
    assert all(row["error"] for row in rows.values() if row["outcome"] not in ("fetched", "imported", "not_modified"))
    assert rows["urn:fazhi:file:local.txt"]["text"] == "培训2期"


def test_a_curated_source_is_named(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        writer.response("https://www.geermu.gov.cn/details?id=ff8080819a957ad8019ae86d9b7f0314&isMobile=true", DATE,
                        response_head=HEAD, body=b"<p>x")
    (row,) = rows_of(tmp_path).values()
    assert row["source_id"] == "qinghai-geermu-xichengqu-2025"


def test_a_hostile_document_costs_only_itself() -> None:
    good = ("<p>会议4次。</p>".encode(), "text/html", "https://example.gov.cn/1")
    results = list(decode_apart([good, (DEEP, "text/html", "https://example.gov.cn/2"), good], time_limit=4))
    assert [result.text for result in results] == ["会议4次。", None, "会议4次。"]
    assert results[1].outcome == "unreadable"
    assert results[1].error == "decoding takes more than 4 seconds; import it as text"


@pytest.mark.slow
def test_a_word_file_that_unpacks_to_gigabytes_costs_only_itself() -> None:
    """A real one of 7 MB; the limit of memory stops it."""
    plain, bomb = BytesIO(), BytesIO()
    docx.Document().save(plain)
    paragraphs = b"<w:p><w:r><w:t>" + b"0" * 1000 + b"</w:t></w:r></w:p>"
    with ZipFile(plain) as source, ZipFile(bomb, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            with target.open(name, "w", force_zip64=True) as file:
                head, body, tail = source.read(name).partition(b"<w:body>")
                file.write(head + body)
                for _ in range(2500 if name == "word/document.xml" else 0):
                    file.write(paragraphs * 1000)
                file.write(tail)
    good = ("<p>会议4次。</p>".encode(), "text/html", "https://example.gov.cn/1")
    results = list(decode_apart([(bomb.getvalue(), None, "https://example.gov.cn/a.docx"), good], time_limit=120))
    assert results[0].error == "decoding takes more than 2048 MiB of memory; import it as text"
    assert results[1].text == "会议4次。"


def test_a_document_that_takes_the_process_with_it_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_pool, "_decode_all", _die_on_second)
    results = list(decode_apart([(b"1", None, ""), (b"2", None, ""), (b"3", None, "")], time_limit=20))
    assert [result.text for result in results] == ["1", None, "3"]
    assert "the decoder broke down on it" in (results[1].error or "")


def test_a_document_that_takes_too_much_memory_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_pool, "_decode_all", _take_memory)
    (result,) = decode_apart([(b"1", None, "")], time_limit=20)
    assert result.error == "decoding takes more than 2048 MiB of memory; import it as text"


def _die_on_second(batch: list[Task]) -> list[Decoded]:
    import os
    if any(payload == b"2" for payload, _, _ in batch):
        os.abort()
    return [Decoded(text=payload.decode()) for payload, _, _ in batch]


def _take_memory(batch: list[Task]) -> list[Decoded]:
    return [Decoded(text=str(len(bytes(3 * 1024**3)) + len(batch)))]


def _decode_slowly() -> None:
    list(decode_apart([(DEEP, "text/html", "https://example.gov.cn/")] * 2, time_limit=1))


def test_nothing_stays_behind_when_a_run_is_killed() -> None:
    run = multiprocessing.get_context("spawn").Process(target=_decode_slowly)
    run.start()
    deadline = time.monotonic() + 60
    while len(family := _descendants(run.pid or 0)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    run.kill()
    run.join()
    while any(map(_is_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in family if _is_alive(pid)] == []


def _descendants(pid: int) -> list[int]:
    found = [int(child) for task in Path(f"/proc/{pid}/task").glob("*")
             for child in (task / "children").read_text(encoding="ascii").split()]
    return found + [below for child in found for below in _descendants(child)]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_torn_segment_gives_its_whole_documents(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        for name in "ab":
            response(writer, name, f"<p>{name}案件12件。</p>".encode())
    assert writer.path is not None
    writer.path.write_bytes(writer.path.read_bytes()[:-30])
    documents = read_documents(writer.path)
    assert documents.frame["text"].to_list() == ["a案件12件。"]
    assert "harvest-1.warc.gz: damaged" in (documents.damage or "")


REPORT = ["一、工作开展情况", "全年办理行政许可307件,按期办结率100%。", "查处非法采砂案件11件,罚款46.8万元,移送公安机关1件。"]


def test_an_attached_report_is_read_as_part_of_its_page(tmp_path: Path) -> None:
    page = "<h1>某局2023年法治政府建设报告</h1><p>附件:<a href='a.pdf'>报告</a> <a href='b.docx'>报告(可编辑)</a></p>"
    document = docx.Document()
    for paragraph in REPORT:
        document.add_paragraph(paragraph)
    buffer = BytesIO()
    document.save(buffer)
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        response(writer, "page.html", page.encode())
        response(writer, "a.pdf", pdf([set_lines(REPORT)]))
        response(writer, "b.docx", buffer.getvalue())
    rows = rows_of(tmp_path)
    text = rows["page.html"]["text"].split("\n")
    assert text[0] == "某局2023年法治政府建设报告"
    assert text[-3:] == REPORT
    assert [(rows[name]["text"], rows[name]["outcome"]) for name in ("a.pdf", "b.docx")] == [(None, "not_a_report")] * 2
    assert rows["a.pdf"]["error"] == "it is read as a part of https://example.gov.cn/page.html"


def test_documents_of_a_list_stay_on_their_own(tmp_path: Path) -> None:
    links = "".join(f"<li><a href='{name}.pdf'>{name}</a></li>" for name in "abcd")
    with SegmentWriter(tmp_path, "harvest-1") as writer:
        response(writer, "list.html", f"<p>法治政府建设年度报告</p><ul>{links}</ul>".encode())
        for name in "abcd":
            response(writer, f"{name}.pdf", pdf([set_lines([f"第{name}份报告,办理案件12件,没有败诉案件。"])]))
    assert all(row["outcome"] == "fetched" for row in rows_of(tmp_path).values())


def test_small_text_documents_are_cheap(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, "import-1") as writer:
        for number in range(2000):
            writer.resource(f"urn:x:{number}", f"{number}全年办理案件12件。\n".encode() * 300, "text/plain", DATE + timedelta(seconds=number))
    start = time.monotonic()
    assert len(rows_of(tmp_path)) == 2000
    assert time.monotonic() - start < 10
