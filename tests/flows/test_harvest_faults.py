"""Faults of servers: each costs its own page only, is told in the log, and nothing is asked that may not be."""

import gzip
import os
import socket
from pathlib import Path

import polars as pl
import pytest

from flows import harvest_content
from flows.documents import read_documents
from flows.errors import ExitCode
from flows.http_network import is_public
from flows.urls import canonical_url
from flows.warc_index import newest
from flows.warc_store import digest, read_snapshots, segments
from tests.flows.sites.harvesting import harvest, keeps_pace, log_of, outcome_of, settings_for
from tests.flows.sites.server import Answer, Page, Pages, Request, Server
from tests.flows.sites.systems import PDF, report

GOOD = Page(report("甲县2024年法治政府建设年度报告"))
SITE = "http://www.a.gov.cn"
HTML = {"Content-Type": "text/html"}
FAULTS = {
    "/404.html": (Answer(b"", 404), "not_found"),
    "/500.html": (Answer(b"", 500), "http_error"),
    "/slow-head.html": (Answer(b"late", head_delay=3.0), "timeout"),
    "/slow-body.html": (Answer(b"x" * 1000, sends=10, hangs=True), "timeout"),
    "/cut.html": (Answer(b"x" * 1000, sends=10), "truncated"),
    "/loop.html": (Answer(b"", 302, {"Location": "/loop.html"}), "redirect_loop"),
    "/damaged.html": (Answer(gzip.compress(os.urandom(50_000))[:-3000] + bytes(3000), 200, HTML | {"Content-Encoding": "gzip"}),
                      "truncated"),
    "/half.html": (Answer(gzip.compress(os.urandom(9000))[:5000], 200, HTML | {"Content-Encoding": "gzip"}), "truncated"),
    "/chunk.html": (Answer(b"x" * 1000, 200, HTML, sends=400, is_chunked=True), "truncated"),
    "/429.html": (Answer(b"", 429), "http_error"),
    "/file.html": (Answer(b"", 302, {"Location": "file:///etc/passwd"}), "redirect_refused"),
    "/loopback.html": (Answer(b"", 302, {"Location": "http://127.0.0.1/"}), "redirect_refused"),
    "/inner.html": (Answer(b"", 302, {"Location": "http://inner.gov.cn/"}), "address_refused"),
    "/challenge.html": (Answer(b"<html><script>document.cookie='a';location.reload()</script></html>", 412, HTML),
                        "javascript_challenge"),
    "/blank.html": (Answer(b"", 200, HTML), "empty"),
}


@pytest.mark.parametrize("path", sorted(FAULTS))
def test_a_fault_costs_its_own_page_is_in_the_log_and_is_repaired_by_the_next_run(path: str, tmp_path: Path) -> None:
    answer, outcome = FAULTS[path]
    site = Pages({path: answer, "/good.html": GOOD})
    urls = [f"{SITE}{path}", f"{SITE}/good.html"]
    with Server({"www.a.gov.cn": site}) as server:
        patience = {"read_seconds": 1.0} if outcome == "timeout" else {}
        settings = settings_for(server, attempts=2, **patience)
        settings.hosts["inner.gov.cn"] = "127.0.0.9:1"  # type: ignore[index]
        harvest(tmp_path, urls, settings)
        assert [outcome_of(tmp_path, url) for url in urls] == [outcome, "fetched"]
        assert log_of(tmp_path).filter(pl.col("outcome") == outcome)["error"].null_count() == 0

        site.pages[path] = Page(report("乙县2024年法治政府建设年度报告"))
        harvest(tmp_path, urls, settings_for(server))
        assert [outcome_of(tmp_path, url) for url in urls] == ["fetched", "not_modified"]


def test_with_all_faults_on_one_host_its_pace_holds_and_the_run_ends(tmp_path: Path) -> None:
    site = Pages({path: answer for path, (answer, outcome) in FAULTS.items() if outcome != "timeout"} | {"/good.html": GOOD})
    with Server({"www.a.gov.cn": site}) as server:
        urls = [f"{SITE}{path}" for path in site.pages]
        result = harvest(tmp_path, urls, settings_for(server, attempts=2, seconds_between_requests=0.2))
        assert keeps_pace(server.requests, 0.2)
    assert result.outcomes.total() == len(urls)
    assert outcome_of(tmp_path, f"{SITE}/good.html") == "fetched"


def test_a_gigabyte_of_zeros_costs_the_limit_and_no_more(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 << 20)) * 16
    pages: dict[str, Page | Answer] = {"/bomb.html": Answer(bomb, 200, HTML | {"Content-Encoding": "gzip"}), "/good.html": GOOD}
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        result = harvest(tmp_path, [f"{SITE}/bomb.html", f"{SITE}/good.html"], settings_for(server, most_bytes=1 << 20))
    assert result.outcomes == {"too_large": 1, "fetched": 1}
    assert result.segments[0].stat().st_size < 20_000


@pytest.mark.parametrize(("first", "headers", "least"), [(500, {}, 0.0), (429, {"Retry-After": "1"}, 0.95)])
def test_what_passes_is_asked_again_and_not_before_the_server_says(
    first: int, headers: dict[str, str], least: float, tmp_path: Path
) -> None:
    def passing(request: Request) -> Answer:
        is_first = len(server.asked("www.a.gov.cn")) == 1
        return Answer(b"", first, headers) if is_first and request.path != "/robots.txt" else GOOD.answer(request)

    with Server({"www.a.gov.cn": passing}) as server:
        result = harvest(tmp_path, [f"{SITE}/1.html"], settings_for(server))
        asked = server.asked("www.a.gov.cn")
    assert result.outcomes == {"fetched": 1}
    assert len(asked) == 2
    assert asked[1].at - asked[0].at >= least
    assert [one for one in log_of(tmp_path)["http_status"] if one == first] == [first]


def test_a_refused_connection_ends_with_its_host(tmp_path: Path) -> None:
    with socket.socket() as closed, Server({"www.a.gov.cn": Pages({"/good.html": GOOD})}) as server:
        closed.bind(("127.0.0.1", 0))
        settings = settings_for(server)
        settings.hosts["gone.gov.cn"] = f"127.0.0.1:{closed.getsockname()[1]}"  # type: ignore[index]
        result = harvest(tmp_path, ["http://gone.gov.cn/1.html", f"{SITE}/good.html"], settings)
    assert result.outcomes == {"refused": 1, "fetched": 1}


def test_without_leave_nothing_private_is_asked(tmp_path: Path) -> None:
    with Server({"www.a.gov.cn": Pages({"/good.html": GOOD})}) as server:
        result = harvest(tmp_path, [f"{SITE}/good.html"], settings_for(server, private_networks=()))
        assert server.requests == []
    assert result.outcomes == {"address_refused": 1}


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "::ffff:127.0.0.1", "fe80::1", "224.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "100.64.0.1", "0.0.0.0",
])
def test_an_address_that_is_not_public_is_known_in_any_wrapping(address: str) -> None:
    assert not is_public(address)


def test_a_host_that_asks_to_be_left_alone_for_long_is_asked_nothing_more(tmp_path: Path) -> None:
    site = Pages({"/1.html": Answer(b"", 429, {"Retry-After": "3600"}), "/2.html": GOOD, "/3.html": GOOD})
    with Server({"www.a.gov.cn": site}) as server:
        result = harvest(tmp_path, [f"{SITE}/{number}.html" for number in (1, 2, 3)], settings_for(server))
        assert [one.path for one in server.asked("www.a.gov.cn")] == ["/1.html"]
    assert result.outcomes == {"http_error": 3}
    assert "left alone for 3600 s" in log_of(tmp_path)["error"].to_list()[-1]


def test_a_body_longer_than_declared_is_cut_there_and_the_next_page_is_whole(tmp_path: Path) -> None:
    page = report("甲县2024年法治政府建设年度报告").encode()
    site = Pages({"/long.html": Answer(page + b"<p>more</p>" * 50, 200, HTML, length=len(page), sends=len(page) + 550),
                  "/good.html": GOOD})
    with Server({"www.a.gov.cn": site}) as server:
        result = harvest(tmp_path, [f"{SITE}/long.html", f"{SITE}/good.html"], settings_for(server))
    assert result.outcomes == {"fetched": 2}
    held = {one.url: one.payload for one in read_snapshots(result.segments[0])}
    assert held[f"{SITE}/long.html"] == page
    assert held[f"{SITE}/good.html"] == GOOD.payload


@pytest.mark.parametrize("media_type", ["text/html; charset=utf-8", "application/octet-stream", "text/plain", "", "image/png"])
def test_a_page_declared_as_something_else_is_read_as_what_it_is(media_type: str, tmp_path: Path) -> None:
    page = report("甲县2024年法治政府建设年度报告", '<p>附件:<a href="/a.pdf">附件.pdf</a></p>').encode("gbk")
    site = Pages({"/1.html": Answer(page, 200, {"Content-Type": media_type}), "/a.pdf": Page(PDF, "application/pdf")})
    with Server({"www.a.gov.cn": site}) as server:
        result = harvest(tmp_path, [f"{SITE}/1.html"], settings_for(server))
    assert result.outcomes == {"fetched": 2}
    documents = read_documents(result.segments[0]).frame.filter(pl.col("url") == f"{SITE}/1.html")
    assert "甲县2024年法治政府建设年度报告" in documents["text"].to_list()[0]


def test_a_page_that_sends_its_readers_on_is_followed(tmp_path: Path) -> None:
    onward = Answer(b'<html><meta http-equiv="refresh" content="0; url=new.html"></html>', 200, HTML)
    with Server({"www.a.gov.cn": Pages({"/old.html": onward, "/new.html": GOOD})}) as server:
        result = harvest(tmp_path, [f"{SITE}/old.html"], settings_for(server))
    assert result.outcomes == {"fetched": 1}
    held = {one.url: one.payload for one in read_snapshots(result.segments[0])}
    assert held[f"{SITE}/old.html"] == onward.body, "what led on is kept too"
    assert held[f"{SITE}/new.html"] == GOOD.payload


def test_pages_that_send_their_readers_in_circles_are_left(tmp_path: Path) -> None:
    pages = {f"/{here}.html": Answer(f'<meta http-equiv="refresh" content="0;url=/{there}.html">'.encode(), 200, HTML)
             for here, there in ("ab", "ba")}
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        result = harvest(tmp_path, [f"{SITE}/a.html"], settings_for(server))
        assert [one.path for one in server.asked("www.a.gov.cn")] == ["/a.html", "/b.html"]
    assert result.outcomes == {"redirect_loop": 1}


def test_a_page_that_no_reader_comes_to_the_end_of_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest_content, "READING_SECONDS", 1.0)
    site = Pages({"/deep.html": Page("<html>" + "<div>" * 200_000 + "x"), "/good.html": GOOD})
    with Server({"www.a.gov.cn": site}) as server:
        result = harvest(tmp_path, [f"{SITE}/deep.html", f"{SITE}/good.html"], settings_for(server))
    assert result.outcomes == {"unreadable": 1, "fetched": 1}


def test_a_page_that_is_gone_or_broken_later_takes_nothing_away(tmp_path: Path) -> None:
    site = Pages({"/1.html": GOOD, "/2.html": GOOD, "/3.html": GOOD})
    urls = [f"{SITE}/{number}.html" for number in (1, 2, 3)]
    with Server({"www.a.gov.cn": site}) as server:
        harvest(tmp_path, urls, settings_for(server, attempts=1))
        site.pages |= {"/1.html": Answer(b"", 404), "/2.html": Answer(b"", 500), "/3.html": FAULTS["/challenge.html"][0]}
        gone = harvest(tmp_path, urls, settings_for(server, attempts=1))
        assert gone.outcomes == {"not_found": 1, "http_error": 1, "javascript_challenge": 1}
        assert gone.exit_code == ExitCode.NOTHING_FETCHED
        held = newest(tmp_path / "data")
        assert {held[canonical_url(url)].payload_digest for url in urls} == {digest(GOOD.payload)}

        site.pages = {"/1.html": GOOD, "/2.html": GOOD, "/3.html": GOOD}
        server.requests.clear()
        assert harvest(tmp_path, urls, settings_for(server)).outcomes == {"not_modified": 3}
    assert len(segments(tmp_path / "data")) == 3
