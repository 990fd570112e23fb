"""How servers are spoken to: HTTP/2 where they can, TLS of the past where they must, plain HTTP where nothing else is."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from flows.harvest import HarvestResult
from tests.flows.sites.certificates import Authority, of_the_past
from tests.flows.sites.harvesting import harvest, outcome_of, settings_for
from tests.flows.sites.server import Page, Pages, Server
from tests.flows.sites.systems import report

NAME = "www.a.gov.cn"
URLS = [f"https://{NAME}/{number}.html" for number in range(4)]
SITE = {NAME: Pages({f"/{number}.html": Page(report(f"第{number}镇2024年法治政府建设年度报告")) for number in range(4)})}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that the harvest trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def protocols(result: HarvestResult) -> set[str]:
    """Return how the pages were fetched, as the segment has it."""
    found = set()
    for record in ArchiveIterator(str(result.segments[-1]), record_types=WarcRecordType.metadata, parse_http=False):
        fields = dict(line.split(": ", 1) for line in record.reader.read().decode().splitlines() if line)
        found |= {fields["protocol"]} if fields.get("kind") == "report" and "httpStatus" in fields else set()
    return found


@pytest.mark.parametrize(("offered", "protocol"), [(["h2", "http/1.1"], "HTTP/2"), (["http/1.1"], "HTTP/1.1")])
def test_http_2_is_spoken_where_the_server_can_and_one_connection_serves_all_pages(
    offered: list[str], protocol: str, authority: Authority, tmp_path: Path
) -> None:
    context = authority.context(NAME)
    context.set_alpn_protocols(offered)
    with Server(SITE, tls=context) as server:
        result = harvest(tmp_path, URLS, settings_for(server))
        again = harvest(tmp_path, URLS, settings_for(server))
        assert len({one.connection for one in server.requests}) == 2, "one connection a run"
    assert result.outcomes == {"fetched": 4}
    assert again.outcomes == {"not_modified": 4}
    assert protocols(result) == protocols(again) == {protocol}


def test_tls_of_the_past_is_spoken_where_there_is_no_other(authority: Authority, tmp_path: Path) -> None:
    with Server(SITE, tls=of_the_past(authority.context(NAME))) as server:
        result = harvest(tmp_path, URLS, settings_for(server))
    assert result.outcomes == {"fetched": 4}
    assert protocols(result) == {"HTTP/1.1 unverified"}
    assert outcome_of(tmp_path, f"https://{NAME}/robots.txt") in ("tls_error", "not_found")


@pytest.mark.parametrize("fault", ["expired", "for another host", "signed by nobody known"])
def test_a_certificate_that_does_not_verify_is_taken_and_told_of(
    fault: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.context("www.other.gov.cn" if fault == "for another host" else NAME, days=-1 if fault == "expired" else 1)
    if fault == "signed by nobody known":
        monkeypatch.delenv("SSL_CERT_FILE")
    with Server(SITE, tls=context) as server:
        result = harvest(tmp_path, URLS, settings_for(server))
        (tmp_path / "strict").mkdir()
        strict = harvest(tmp_path / "strict", URLS, settings_for(server, old_tls=False, plain_http=False))
    assert result.outcomes == {"fetched": 4}
    assert protocols(result) == {"HTTP/1.1 unverified"}
    assert strict.outcomes == {"tls_error": 4}


def test_where_nobody_listens_for_tls_plain_http_is_asked(tmp_path: Path) -> None:
    with socket.socket() as closed, Server(SITE) as server:
        closed.bind(("127.0.0.1", 0))
        settings = settings_for(server)
        settings.hosts[f"{NAME}:443"] = f"127.0.0.1:{closed.getsockname()[1]}"  # type: ignore[index]
        result = harvest(tmp_path, URLS, settings)
        assert harvest(tmp_path, URLS, settings).outcomes == {"not_modified": 4}
    assert result.outcomes == {"fetched": 4}
    assert protocols(result) == {"HTTP/1.1"}


def test_where_the_port_for_tls_is_silent_plain_http_is_asked(silent_port: int, tmp_path: Path) -> None:
    with Server(SITE) as server:
        settings = settings_for(server, attempts=1, connect_seconds=0.5)
        settings.hosts[f"{NAME}:443"] = f"127.0.0.1:{silent_port}"  # type: ignore[index]
        result = harvest(tmp_path, URLS, settings)
    assert result.outcomes == {"fetched": 4}
