"""The harvest as a whole, against real sites on loopback: finding, fetching once, asking politely, starting again."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.errors import ExitCode, FazhiError
from flows.harvest_log import attempts, with_attempts
from flows.harvest_settings import HarvestSettings
from flows.urls import canonical_url
from flows.warc_store import read_snapshots, segments
from tests.flows.sites.harvesting import QUICK, found_rows, harvest, keeps_pace, log_of, settings_for, write_sources
from tests.flows.sites.server import Answer, Page, Pages, Request, Server
from tests.flows.sites.systems import FALSE_HITS, TRS, Systems, four_systems, listing, report, row


@pytest.fixture
def systems() -> Systems:
    return four_systems()


@pytest.fixture
def server(systems: Systems) -> Iterator[Server]:
    with Server(systems.sites) as running:
        yield running


def test_all_good_reports_are_found_from_their_listings_and_fetched_once(
    systems: Systems, server: Server, tmp_path: Path
) -> None:
    result = harvest(tmp_path, list(systems.listings), settings_for(server), "listing")

    assert result.exit_code == ExitCode.OK
    asked = Counter(f"http://{one.host}{one.target}" for one in server.requests if one.path != "/robots.txt")
    assert {url for url in systems.reports if asked[url] != 1} == set()
    assert asked[systems.attachments[0]] == 1
    assert set(asked.values()) == {1}
    held = {snapshot.url for segment in segments(tmp_path / "data") for snapshot in read_snapshots(segment)}
    assert set(systems.reports) | set(systems.attachments) <= held


def test_false_hits_are_recorded_with_their_reason_and_not_fetched(
    systems: Systems, server: Server, tmp_path: Path
) -> None:
    harvest(tmp_path, list(systems.listings), settings_for(server), "listing")

    rows = {row["title"]: row for row in found_rows(tmp_path) if row["verdict"] == "false_hit"}
    assert {rows[title]["reason"] for title in FALSE_HITS} == {
        "disclosure_report", "explanation", "work_plan", "news", "accountability_speech"
    }
    clone = [row for row in found_rows(tmp_path) if "clone-farm" in row["url"]]
    assert [(row["verdict"], row["reason"]) for row in clone] == [("false_hit", "host_refused")]
    assert not [one for one in server.requests if "t20250101_700" in one.target]


def test_a_second_run_fetches_nothing_but_304s(systems: Systems, server: Server, tmp_path: Path) -> None:
    settings = settings_for(server)
    harvest(tmp_path, list(systems.listings), settings, "listing")
    n_pages = len([one for one in server.requests if one.path != "/robots.txt"])
    before = found_rows(tmp_path)
    server.requests.clear()

    result = harvest(tmp_path, list(systems.listings), settings, "listing")

    assert result.outcomes == {"not_modified": n_pages}
    assert result.n_found == 0
    assert found_rows(tmp_path) == before
    newest_segment = segments(tmp_path / "data")[-1]
    kinds = Counter(snapshot.kind for snapshot in read_snapshots(newest_segment) if "robots" not in snapshot.url)
    assert kinds == {"revisit": n_pages}


def test_a_third_run_fetches_exactly_the_page_that_changed_and_the_one_that_was_added(
    systems: Systems, server: Server, tmp_path: Path
) -> None:
    settings = settings_for(server)
    harvest(tmp_path, list(systems.listings), settings, "listing")
    harvest(tmp_path, list(systems.listings), settings, "listing")
    site = systems.sites[TRS]
    rows = [row("./202503/t20250301_1003.html", "甲县第9镇2024年法治政府建设年度报告"),
            row("./202502/t20250214_1000.html", "甲县第0镇2024年法治政府建设年度报告")]
    site.pages["/fzbg/"] = Page(listing(rows, '<script>createPageHTML(3, 0, "index", "html");</script>'))
    site.pages["/fzbg/202503/t20250301_1003.html"] = Page(report("甲县第9镇2024年法治政府建设年度报告"))
    site.pages["/fzbg/202502/t20250214_1001.html"] = Page(report("甲县第1镇2024年法治政府建设年度报告", "<p>更正。</p>"))

    result = harvest(tmp_path, list(systems.listings), settings, "listing")

    log = attempts(result.segments[0])
    fetched = log.filter((pl.col("outcome") == "fetched") & (pl.col("kind") == "report"))["url"]
    assert set(fetched) == {
        f"http://{TRS}/fzbg/202503/t20250301_1003.html", f"http://{TRS}/fzbg/202502/t20250214_1001.html"
    }
    assert log.filter((pl.col("outcome") == "fetched") & (pl.col("kind") == "listing")).height == 1


def test_a_page_that_did_not_change_is_a_revisit_even_where_the_server_has_no_validators(tmp_path: Path) -> None:
    with Server({"www.a.gov.cn": Pages({"/1.html": Page(report("甲县2024年法治政府建设年度报告"), has_etag=False)})}) as server:
        urls = ["http://www.a.gov.cn/1.html"]
        harvest(tmp_path, urls, settings_for(server))
        result = harvest(tmp_path, urls, settings_for(server))
    assert result.outcomes == {"revisit": 1}


def test_the_limits_of_politeness_hold_at_the_server(tmp_path: Path) -> None:
    names = [f"www.town{number}.gov.cn" for number in range(4)]
    pages = {f"/{number}.html": Page(report("甲县2024年法治政府建设年度报告")) for number in range(5)}
    with Server({name: Pages(pages) for name in names}) as server:
        urls = [f"http://{name}{path}" for name in names for path in pages]
        harvest(tmp_path, urls, settings_for(server, seconds_between_requests=0.3))
        times = [[one.at for one in server.asked(name, robots=True)] for name in names]
        assert all(keeps_pace(server.asked(name, robots=True), 0.3) for name in names)
        assert len(server.requests) == 4 * 6
        assert max(map(min, times)) < min(map(max, times)), "hosts are not asked side by side"
        assert len({one.connection for one in server.asked(names[0], robots=True)}) == 1, "connections are not reused"
        agents = {one.headers["user-agent"] for one in server.requests}
        assert agents == {"fazhi/1.0 (dataset of government reports; mailto:test@example.org)"}


def test_robots_txt_is_honoured_and_its_delay_too(tmp_path: Path) -> None:
    pages = {
        "/robots.txt": Page("User-agent: *\nDisallow: /private/\nCrawl-delay: 0.4\n", "text/plain"),
        "/private/1.html": Page(report("甲县2024年法治政府建设年度报告")),
        "/1.html": Page(report("乙县2024年法治政府建设年度报告")),
        "/2.html": Page(report("丙县2024年法治政府建设年度报告")),
    }
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        urls = [f"http://www.a.gov.cn{path}" for path in ("/private/1.html", "/1.html", "/2.html")]
        result = harvest(tmp_path, urls, settings_for(server))
        asked = server.asked("www.a.gov.cn")
    assert result.outcomes == {"robots_disallowed": 1, "fetched": 2}
    assert [one.path for one in asked] == ["/1.html", "/2.html"]
    assert keeps_pace(asked, 0.4)
    assert result.exit_code == ExitCode.OK


def test_where_robots_txt_cannot_be_had_nothing_is_asked(tmp_path: Path) -> None:
    pages: dict[str, Page | Answer] = {"/robots.txt": Answer(b"", 503), "/1.html": Page(report("甲县2024年法治政府建设年度报告"))}
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        result = harvest(tmp_path, ["http://www.a.gov.cn/1.html"], settings_for(server))
        assert server.asked("www.a.gov.cn") == []
    assert result.outcomes == {"robots_disallowed": 1}


def test_an_endless_listing_ends(tmp_path: Path) -> None:
    def endless(request: Request) -> Answer:
        if request.path == "/robots.txt":
            return Answer(b"", 404)
        number = int(request.path.strip("/").partition(".")[0] or 0)
        rows = [row(f"/x/t20250101_{number:05}.html", f"第{number}镇召开法治政府建设推进会")]
        return Answer(listing(rows, f'<a href="/{number + 1}.html">下一页</a>').encode())

    with Server({"www.endless.gov.cn": endless}) as server:
        result = harvest(tmp_path, ["http://www.endless.gov.cn/0.html"], settings_for(server), "listing")
        assert len(server.asked("www.endless.gov.cn")) == 20
        assert result.outcomes == {"fetched": 20}
        harvest(tmp_path, ["http://www.endless.gov.cn/0.html"], settings_for(server), "listing")
        assert len(server.asked("www.endless.gov.cn")) == 40, "a second run goes further than the first"


def test_a_listing_that_goes_in_circles_is_left(tmp_path: Path) -> None:
    def circles(request: Request) -> Answer:
        number = int(request.path.strip("/").partition(".")[0] or 0) if request.path != "/robots.txt" else 0
        body = listing([row("/x/1.html", "乙镇召开法治政府建设推进会")], f'<a href="/{number + 1}.html">下一页</a>')
        return Answer(body.encode())

    with Server({"www.circle.gov.cn": circles}) as server:
        harvest(tmp_path, ["http://www.circle.gov.cn/0.html"], settings_for(server), "listing")
        assert len(server.asked("www.circle.gov.cn")) == 2


def test_names_that_do_not_resolve_fail_page_by_page_in_bounded_time(tmp_path: Path) -> None:
    urls = [f"https://www.county{number}.invalid/{page}.html" for number in range(20) for page in range(3)]
    started = time.monotonic()
    result = harvest(tmp_path, urls, HarvestSettings(**(QUICK | {"resolve_seconds": 5.0})))
    assert time.monotonic() - started < 60
    assert result.exit_code == ExitCode.NOTHING_FETCHED
    log = log_of(tmp_path)
    assert sorted(log["url"].unique()) == sorted([*urls, *(f"https://www.county{n}.invalid/robots.txt" for n in range(20))])
    assert set(log["outcome"]) == {"dns_error"}
    assert log["error"].null_count() == 0


def test_segments_are_rotated_by_size_and_a_page_stands_with_its_attachment(tmp_path: Path) -> None:
    pages: dict[str, Page | Answer] = {}
    for number in range(6):
        extra = f'<a href="/{number}.pdf">附件</a>'
        pages[f"/{number}.html"] = Page(report(f"第{number}镇2024年法治政府建设年度报告", extra))
        pages[f"/{number}.pdf"] = Page(b"%PDF-1.4\n" + os.urandom(30_000), "application/pdf")
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        urls = [f"http://www.a.gov.cn/{number}.html" for number in range(6)]
        result = harvest(tmp_path, urls, settings_for(server, segment_bytes=40_000))
    assert len(result.segments) == 3
    for segment in result.segments:
        urls_in = {snapshot.url for snapshot in read_snapshots(segment)}
        assert {url.replace(".html", ".pdf") for url in urls_in if url.endswith(".html")} <= urls_in
    assert not list((tmp_path / "data" / "raw").glob(".*.part"))
    assert log_of(tmp_path).height == 13
    via = pl.concat([attempts(segment) for segment in result.segments]).filter(pl.col("kind") == "attachment")["via"]
    assert sorted(via) == urls


def test_the_log_of_the_build_is_completed_with_what_gave_no_snapshot(tmp_path: Path) -> None:
    from flows.documents import read_documents
    from transforms.attempts import attempts as built_attempts
    from transforms.schema import REPORTS

    with Server({"www.a.gov.cn": Pages({"/1.html": Page(report("甲县2024年法治政府建设年度报告"))})}) as server:
        urls = ["http://www.a.gov.cn/1.html", "http://gone.invalid/2.html"]
        result = harvest(tmp_path, urls, settings_for(server))
    segment = result.segments[0]
    documents = read_documents(segment).frame.lazy()
    nothing = documents.filter(pl.col("url") == "").select("canonical_url", "payload_digest", "retrieved_at", "outcome", "error")
    built = built_attempts(documents, nothing, REPORTS.empty().lazy(), segment.name.removesuffix(".warc.gz")).collect()
    log = with_attempts(built, segment)
    assert dict(log.select("url", "outcome").iter_rows()) == {
        "http://www.a.gov.cn/robots.txt": "not_found", "http://www.a.gov.cn/1.html": "fetched",
        "http://gone.invalid/robots.txt": "dns_error", "http://gone.invalid/2.html": "dns_error",
    }
    assert log["attempt_id"].n_unique() == log.height


def test_killed_in_the_middle_of_a_segment_nothing_fetched_is_lost_and_the_next_run_repairs_it(tmp_path: Path) -> None:
    pages = {f"/{number}.html": Page(report(f"第{number}镇2024年法治政府建设年度报告")) for number in range(40)}
    with Server({"www.a.gov.cn": Pages(pages)}) as server:
        urls = [f"http://www.a.gov.cn{path}" for path in pages]
        sources = write_sources(tmp_path, urls)
        script = (
            "import sys; from pathlib import Path; from flows.harvest import harvest_sources;"
            "from flows.harvest_settings import HarvestSettings;"
            f"harvest_sources(Path({str(tmp_path / 'data')!r}), HarvestSettings(**{QUICK | {'hosts': server.hosts, 'seconds_between_requests': 0.1}!r}),"
            f" sources=Path({str(sources)!r}), listings=None)"
        )
        process = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
        deadline = time.monotonic() + 120
        while len(server.asked("www.a.gov.cn")) < 5 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        answered = len(server.asked("www.a.gov.cn"))
        assert 5 <= answered < 40
        assert segments(tmp_path / "data") == []
        part = next((tmp_path / "data" / "raw").glob(".harvest-*.part"))
        with part.open("ab") as file:
            file.write(part.read_bytes()[:40])
        server.requests.clear()

        result = harvest(tmp_path, urls, settings_for(server))

        assert len(result.recovered) == 1
        assert result.outcomes["not_modified"] >= answered - 1
        assert result.outcomes["fetched"] + result.outcomes["not_modified"] == 40
    held = [
        canonical_url(snapshot.url) for segment in segments(tmp_path / "data") for snapshot in read_snapshots(segment)
        if snapshot.kind == "response" and snapshot.http_status == 200
    ]
    assert Counter(held) == Counter({canonical_url(url): 1 for url in urls})
    assert set(log_of(tmp_path)["segment"]) == {path.name.removesuffix(".warc.gz") for path in segments(tmp_path / "data")}
    assert not list((tmp_path / "data" / "raw").glob(".*.part"))


def test_only_one_harvest_at_a_time(tmp_path: Path) -> None:
    import fcntl

    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    with (raw / ".harvest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FazhiError, match="another harvest is under way") as caught:
            harvest(tmp_path, ["http://www.a.gov.cn/1.html"], HarvestSettings())
    assert caught.value.exit_code == ExitCode.HELD


def test_hosts_are_allowed_by_suffix_or_by_a_source_row_of_their_own(tmp_path: Path) -> None:
    rows = [row("http://sub.teda.example/1.html", "一区2024年法治政府建设年度报告"),
            row("http://www.a.gov.cn.evil.example/2.html", "二区2024年法治政府建设年度报告"),
            row("http://www.teda.example/3.html", "三区2024年法治政府建设年度报告")]
    site = Pages({"/": Page(listing(rows)), "/3.html": Page(report("三区2024年法治政府建设年度报告"))})
    with Server(dict.fromkeys(("www.teda.example", "sub.teda.example", "www.a.gov.cn.evil.example"), site)) as server:
        harvest(tmp_path, ["http://www.teda.example/"], settings_for(server), "listing")
        assert {one.host for one in server.requests} == {"www.teda.example"}
    assert {row["url"]: row["verdict"] for row in found_rows(tmp_path)} == {
        "http://sub.teda.example/1.html": "false_hit", "http://www.a.gov.cn.evil.example/2.html": "false_hit",
        "http://www.teda.example/3.html": "candidate",
    }
