"""Importing: what can be read goes in once, what cannot is recorded, and nothing stops at a bad file."""

import gzip
import os
import random
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from fastwarc.warc import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.cli_import import command
from flows.documents import read_documents
from flows.importer import ImportResult, import_paths
from flows.warc_store import read_snapshots, segments
from tests.transforms.pdf_writer import pdf
from transforms.schema import HARVEST_LOG

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REPORT = "某镇2023年法治政府建设情况报告\n全年召开专题会议4次,办理行政复议案件12件。\n"
SEEDS = Path(__file__).parents[2] / "seeds" / "reports"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def held(data: Path) -> dict[str, bytes]:
    return {snapshot.url: snapshot.payload for segment in segments(data) for snapshot in read_snapshots(segment)}


def outcomes(result: ImportResult) -> dict[str, str]:
    return {refusal.url.removeprefix("urn:fazhi:file:"): refusal.outcome for refusal in result.refused}


def test_the_seed_report_has_its_own_address_and_time(data: Path) -> None:
    import_paths(data, [SEEDS], NOW)
    (snapshot,) = read_snapshots(segments(data)[0])
    assert (snapshot.url, snapshot.retrieved_at) == (
        "urn:fazhi:seed:chongqing-yubei-lianglu-2023", datetime(2026, 11, 23, tzinfo=UTC))


def test_importing_twice_writes_nothing(data: Path, reports: Path) -> None:
    (reports / "a.txt").write_text(REPORT, encoding="utf-8")
    (reports / "bad.txt").write_bytes(b"")
    first = import_paths(data, [reports], NOW)
    before = {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}
    second = import_paths(data, [reports], datetime(2026, 2, 1, tzinfo=UTC))
    assert (first.n_new, second.n_new, second.n_held, second.segments) == (1, 0, 1, ())
    after = {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file() and ".index" not in path.parts}
    assert after == {path: content for path, content in before.items() if ".index" not in path.parts}


def test_the_same_files_give_the_same_segment(tmp_path: Path, reports: Path) -> None:
    for name in "cab":
        (reports / f"{name}.txt").write_text(f"{name} {REPORT}", encoding="utf-8")
    results = [import_paths(tmp_path / name, [reports], NOW).segments[0] for name in ("one", "two")]
    assert results[0].name == results[1].name
    assert results[0].read_bytes() == results[1].read_bytes()


def test_a_changed_file_goes_in_as_a_new_snapshot(data: Path, reports: Path) -> None:
    for text in (REPORT, REPORT + "更正。"):
        (reports / "a.txt").write_text(text, encoding="utf-8")
        assert import_paths(data, [reports], NOW).n_new == 1
    assert len(segments(data)) == 2


def test_files_of_all_kinds_are_read(data: Path, reports: Path) -> None:
    (reports / "sub").mkdir()
    (reports / "utf8.txt").write_text(REPORT, encoding="utf-8")
    (reports / "gb.txt").write_text("gb" + REPORT, encoding="gb18030")
    (reports / "wide.txt").write_text("16" + REPORT, encoding="utf-16")
    (reports / "mixed.txt").write_bytes("一\r\n二\r三\n".encode())
    (reports / "sub" / "page.html").write_text(f"<p>{REPORT}</p>", encoding="utf-8")
    (reports / "print.pdf").write_bytes(pdf([[(72, 700, "全年召开专题会议4次,办理案件12件。")]]))
    (reports / ".hidden.txt").write_text("x", encoding="utf-8")
    result = import_paths(data, [reports], NOW)
    assert (result.n_new, result.refused) == (6, ())
    frame = read_documents(result.segments[0]).frame
    texts = dict(zip(frame["url"].str.strip_prefix("urn:fazhi:file:"), frame["text"], strict=True))
    assert texts == {
        "utf8.txt": REPORT, "gb.txt": "gb" + REPORT, "wide.txt": "16" + REPORT, "mixed.txt": "一\n二\n三\n",
        "sub/page.html": REPORT.replace("\n", ""), "print.pdf": "全年召开专题会议4次,办理案件12件。",
    }
    assert frame["retrieved_at"].unique().to_list() == [NOW]


def test_bad_files_are_recorded_and_the_others_unharmed(data: Path, reports: Path) -> None:
    (reports / "good.txt").write_text(REPORT, encoding="utf-8")
    (reports / "empty.txt").write_bytes(b"")
    (reports / "random.txt").write_bytes(b"\x90" + random.Random(1).randbytes(4000))
    (reports / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (reports / "program.py").write_text("print(1)", encoding="utf-8")
    (reports / "lost.txt").symlink_to(reports / "nowhere")
    with (reports / "huge.txt").open("wb") as file:
        file.write("全年办理案件12件,".encode() * 2_000_000)
    result = import_paths(data, [reports, reports / "missing.txt"], NOW)
    assert outcomes(result) == {
        "empty.txt": "empty", "random.txt": "unreadable", "old.doc": "unsupported", "program.py": "unsupported",
        "lost.txt": "error", "huge.txt": "too_large", "missing.txt": "error",
    }
    assert list(held(data)) == ["urn:fazhi:file:good.txt"]
    (log,) = (data / "tables" / "harvest_log").iterdir()
    frame = pl.read_parquet(log)
    assert frame.schema == HARVEST_LOG.polars_schema
    assert frame["attempt_id"].n_unique() == 7
    assert frame["error"].null_count() == 0
    assert not frame["error"].str.contains(str(reports), literal=True).any()


def test_a_file_without_rights_is_recorded(data: Path, reports: Path) -> None:
    (reports / "a.txt").write_text(REPORT, encoding="utf-8")
    (reports / "b.txt").write_text(REPORT, encoding="utf-8")
    (reports / "b.txt").chmod(0)
    if os.access(reports / "b.txt", os.R_OK):  # the superuser reads everything; have the system refuse it otherwise
        (reports / "b.txt").unlink()
        (reports / "b.txt").symlink_to("b.txt")
    result = import_paths(data, [reports], NOW)
    assert (result.n_new, outcomes(result)) == (1, {"b.txt": "error"})


def test_an_index_gives_address_and_time(data: Path, reports: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (reports / name).write_text(name + REPORT, encoding="utf-8")
    (reports / "index.csv").write_text(
        "file,url,retrieved_at\na.txt,http://www.example.gov.cn/a.html,2024-03-15T08:00:00+08:00\n"
        "b.txt,https://example.gov.cn/b.html,yesterday\nlost.txt,https://example.gov.cn/l.html,\n", encoding="utf-8-sig")
    result = import_paths(data, [reports], NOW)
    (segment,) = result.segments
    assert {(s.url, s.retrieved_at) for s in read_snapshots(segment)} == {
        ("http://www.example.gov.cn/a.html", datetime(2024, 3, 15, tzinfo=UTC)), ("https://example.gov.cn/b.html", NOW),
        ("urn:fazhi:file:c.txt", NOW)}
    assert [refusal.error for refusal in result.refused] == [
        "reports/index.csv: b.txt has the time 'yesterday'; write it like 2024-03-15T08:00:00Z",
        "reports/index.csv: names lost.txt, which is not there; add the file or take the row out"]


def test_a_single_file_keeps_the_address_that_its_folder_gives(data: Path) -> None:
    import_paths(data, [SEEDS / "chongqing-yubei-lianglu-2023.txt"], NOW)
    assert list(held(data)) == ["urn:fazhi:seed:chongqing-yubei-lianglu-2023"]


def test_a_torn_index_is_told_and_files_go_by_their_names(data: Path, reports: Path) -> None:
    (reports / "a.txt").write_text(REPORT, encoding="utf-8")
    (reports / "index.csv").write_bytes(b"\xff\xfe\x00nothing")
    result = import_paths(data, [reports], NOW)
    assert list(held(data)) == ["urn:fazhi:file:a.txt"]
    assert result.refused[0].error.startswith("reports/index.csv: cannot be read")


SOURCE = "https://www.geermu.gov.cn/details?id=ff8080819a957ad8019ae86d9b7f0314"


def crawl(path: Path, records: list[tuple[str, str, list[tuple[str, str]], bytes, dict[str, str]]]) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
        for url, kind, headers, body, more in records:
            writer.write_record(writer.create_warc_record(
                url, kind, payload=BytesIO(body), http_headers=StatusAndHeaders("200 OK", headers, "HTTP/1.1"),
                warc_headers_dict={"WARC-Date": "2024-03-15T08:30:00Z"} | more))
    return path


def test_a_foreign_archive_gives_its_reports(data: Path, tmp_path: Path) -> None:
    html = [("Content-Type", "text/html; charset=gbk"), ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
    report = f"<title>某镇</title><h1>某镇2023年法治政府建设情况报告</h1><p>{REPORT}</p>".encode("gbk")
    packed = gzip.compress(report)
    chunked = f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    plain = [("Content-Type", "text/html")]
    news = "<p>某镇召开法治政府建设推进会</p>".encode()
    path = crawl(tmp_path / "CC-MAIN-1.warc.gz", [
        ("http://www.example.gov.cn/report.html", "response", html, chunked, {}),
        ("http://www.example.gov.cn/news.html", "response", plain, news, {}),
        ("http://www.example.gov.cn/other.html", "response", plain, b"<p>hello", {}),
        (SOURCE, "response", plain, "<p>西城区召开会议4次。</p>".encode(), {}),
        (SOURCE + "&isMobile=true", "response", plain, "<p>西城区召开会议4次。</p>".encode(), {}),
        ("http://www.example.gov.cn/cut.html", "response", plain, report, {"WARC-Truncated": "length"}),
        ("http://www.example.gov.cn/report.html", "revisit", plain, b"", {}),
    ])
    result = import_paths(data, [path], NOW)
    assert held(data) == {
        "http://www.example.gov.cn/report.html": report, SOURCE: "<p>西城区召开会议4次。</p>".encode()}
    assert (result.n_new, result.n_held) == (2, 1)
    assert [(one.url, one.outcome) for one in result.refused] == [("http://www.example.gov.cn/cut.html", "truncated")]
    frame = read_documents(result.segments[0]).frame
    assert frame["outcome"].to_list() == ["fetched", "fetched"]
    assert frame["retrieved_at"].unique().to_list() == [datetime(2024, 3, 15, 8, 30, tzinfo=UTC)]
    assert import_paths(data, [path], NOW).n_new == 0


def test_a_revisit_of_a_source_without_its_page_is_recorded(data: Path, tmp_path: Path) -> None:
    result = import_paths(data, [crawl(tmp_path / "a.warc.gz", [(SOURCE, "revisit", [], b"", {})])], NOW)
    assert [(one.url, one.outcome) for one in result.refused] == [(SOURCE, "revisit")]


def test_a_torn_archive_gives_its_whole_records_and_one_line(data: Path, tmp_path: Path) -> None:
    page = f"<h1>某镇2023年法治政府建设情况报告</h1>{REPORT}".encode()
    path = crawl(tmp_path / "a.warc.gz", [(f"http://a.gov.cn/{i}", "response", [], page, {}) for i in range(3)])
    path.write_bytes(path.read_bytes()[:-40])
    result = import_paths(data, [path], NOW)
    assert result.n_new == 2
    assert result.refused[0].error.startswith("a.warc.gz: damaged at or after byte")


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_behind_a_damaged_place_reading_goes_on(name: str, data: Path, tmp_path: Path) -> None:
    page = f"<h1>某镇2023年法治政府建设情况报告</h1>{REPORT}".encode()
    path = crawl(tmp_path / name, [(f"http://a.gov.cn/{i}", "response", [], page, {}) for i in range(5)])
    offsets = [record.stream_pos for record in ArchiveIterator(str(path), parse_http=False)]
    content = bytearray(path.read_bytes())
    content[offsets[3]:offsets[3] + 30] = b"\x55" * 30
    path.write_bytes(content)
    result = import_paths(data, [path], NOW)
    assert sorted(held(data)) == [f"http://a.gov.cn/{i}" for i in (0, 1, 3, 4)]
    assert [one.outcome for one in result.refused] == ["truncated"]


def test_the_choice_can_be_given(data: Path, tmp_path: Path) -> None:
    path = crawl(tmp_path / "a.warc", [("http://a.gov.cn/1", "response", [], b"x", {})])
    assert import_paths(data, [path], NOW, choose=lambda snapshot: snapshot.payload == b"x").n_new == 1


def test_an_import_that_is_broken_off_leaves_nothing_half_made(data: Path, reports: Path) -> None:
    for name in "ab":
        (reports / f"{name}.txt").write_text(name + REPORT, encoding="utf-8")

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_paths(data, [reports], NOW, advance=stop)
    assert [path.name for path in (data / "raw").iterdir()] == []
    assert import_paths(data, [reports], NOW).n_new == 2


def test_the_command_tells_what_it_did(data: Path, reports: Path) -> None:
    (reports / "a.txt").write_text(REPORT, encoding="utf-8")
    (reports / "b.txt").write_bytes(b"")
    result = CliRunner().invoke(command, [str(reports), "--data", str(data)], standalone_mode=False)
    assert result.return_value == 3
    assert result.stdout == "imported 1 new documents into 1 segments; 0 were there\n"
    assert result.stderr == "  empty: b.txt: is empty; look at where it comes from\n"
