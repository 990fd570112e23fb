"""Faults of servers: each costs its own page only, is told in the log, and nothing is asked that may not be."""

import gzip
import socket
from pathlib import Path

import pytest

from flows.http_network import is_public
from tests.flows.sites.server import Answer, Page, Pages, Request, Server
from tests.flows.sites.systems import report
from tests.flows.test_harvest import harvest, log_of, outcome_of, settings_for

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
    "/file.html": (Answer(b"", 302, {"Location": "file:///etc/passwd"}), "redirect_refused"),
    "/loopback.html": (Answer(b"", 302, {"Location": "http://127.0.0.1/"}), "redirect_refused"),
    "/inner.html": (Answer(b"", 302, {"Location": "http://inner.gov.cn/"}), "address_refused"),
    "/challenge.html": (Answer(b"<html><script>document.cookie='a';location.reload()</script></html>", 412, HTML),
                        "javascript_challenge"),
    "/blank.html": (Answer(b"", 200, HTML), "empty"),
}


@pytest.mark.parametrize("path", sorted(FAULTS))
def test_a_fault_costs_its_own_page_and_is_in_the_log(path: str, tmp_path: Path) -> None:
    answer, outcome = FAULTS[path]
    with Server({"www.a.gov.cn": Pages({path: answer, "/good.html": GOOD})}) as server:
        settings = settings_for(server, attempts=2)
        settings.hosts["inner.gov.cn"] = "127.0.0.9:1"  # type: ignore[index]
        harvest(tmp_path, [f"{SITE}{path}", f"{SITE}/good.html"], settings)
    assert outcome_of(tmp_path, f"{SITE}{path}") == outcome
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
