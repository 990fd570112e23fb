"""Index and feed are read by those who never saw this code: valid, stable, and harmless whatever a report or reason says."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from flows import catalogue
from flows.catalogue import write_catalogue
from flows.errors import FazhiError
from flows.release_documents import read_datapackage
from flows.withdraw_everywhere import withdraw_everywhere
from flows.withdrawals import withdraw
from flows.writers.feed import ATOM, render_feed
from flows.writers.index import Entry, Withdrawn, read_index, render_index
from tests.flows.published import Made
from tests.flows.test_release import FIRST, SECOND, release
from tests.sample_tables import MORNING, Page, digest
from transforms.schema import SCHEMA_VERSION

HOSTILE = '=HYPERLINK("http://x.test")</title><script>alert(1)</script>../../etc/passwd\u2028&amp;]]>'
HOSTILE_PAGE = Page("https://b.test/2.html", MORNING, title=f"{HOSTILE}2025年报告")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_feed_reader_reads_the_versions_newest_first(made: Made) -> None:
    feed = feedparser.parse((made.two / "releases" / "feed.xml").read_bytes())
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert [entry.title for entry in feed.entries] == ["v2026.03.03", "v2026.03.02"]
    assert feed.entries[0].link == "v2026.03.03/README.md"
    assert feed.entries[0].summary == f"reports: 2, observations: 5; schema: {SCHEMA_VERSION}."
    assert feed.feed.updated == feed.entries[0].updated == "2026-03-03T00:00:00Z"


def test_the_feed_has_all_that_rfc_4287_asks_for(made: Made) -> None:
    feed = ET.fromstring((made.two / "releases" / "feed.xml").read_bytes())
    atom = {"a": ATOM}
    for element in [feed, *feed.findall("a:entry", atom)]:
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", atom)) == 1
        assert MOMENT.fullmatch(element.findtext("a:updated", "", atom))
        assert element.findtext("a:id", "", atom).startswith("urn:uuid:")
    assert feed.findtext("a:author/a:name", "", atom)
    assert [link.get("href") for link in feed.findall("a:link[@rel='self']", atom)] == ["feed.xml"]
    ids = [element.text for element in feed.iter(f"{{{ATOM}}}id")]
    assert len(ids) == len(set(ids))


def test_an_entry_keeps_its_id_when_more_are_published_or_it_is_superseded() -> None:
    first, second = (Entry(f"v2026.03.0{day}", f"2026-03-0{day}", f"sha256:{day}", "1.0.0") for day in (2, 3))
    gone = first.superseded("v2026.03.02.1", [Withdrawn("r_1", "2026-05-01", "wrong")])

    def told(*entries: Entry) -> dict[str, str]:
        return {entry.id: entry.title for entry in feedparser.parse(render_feed(entries)).entries}

    [(its_id, _)] = told(first).items()
    assert told(second, first)[its_id] == "v2026.03.02"
    assert told(second, gone)[its_id] == "v2026.03.02: superseded by v2026.03.02.1"
    feed = feedparser.parse(render_feed([second, gone]))
    assert (feed.entries[0].id, feed.entries[0].updated) == (its_id, "2026-05-01T00:00:00Z")
    assert (feed.entries[0].link, feed.entries[0].summary) == \
        ("v2026.03.02.1/README.md", "Use v2026.03.02.1 instead. Withdrawn: r_1 (wrong).")


def test_a_feed_without_versions_is_a_feed() -> None:
    assert feedparser.parse(render_feed([])).version == "atom10"


def test_an_index_is_read_as_it_was_written() -> None:
    entry = Entry("v2026.03.02", "2026-03-02", "sha256:1", "1.0.0", "abc", 12, {"reports": 1}, "v2026.03.01", "v2026.03.01.1",
                  (Withdrawn("r_1", "2026-05-01", "wrong"),))
    old = entry.superseded("v2026.03.02.1", [Withdrawn("r_2", "2026-05-02", "also")])
    assert read_index(render_index([old, entry]), "index.json") == [old, entry]


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"versions": [{}]}', b'{"versions": [1]}'])
def test_an_index_that_is_none_is_named(content: bytes) -> None:
    with pytest.raises(FazhiError, match="place/index.json is no index of releases"):
        read_index(content, "place/index.json")


def test_a_hostile_report_and_reason_do_no_harm(tmp_path: Path) -> None:
    release(tmp_path, one=[FIRST, HOSTILE_PAGE])
    withdraw(tmp_path, digest("r", HOSTILE_PAGE.url), f"{HOSTILE}\x08\x00", date(2026, 5, 1))
    withdraw_everywhere(tmp_path, digest("r", HOSTILE_PAGE.url))
    root = tmp_path / "releases"
    content = (root / "feed.xml").read_bytes()
    assert {element.tag.partition("}")[2] for element in ET.fromstring(content).iter()} == \
        {"feed", "id", "title", "subtitle", "updated", "author", "name", "link", "entry", "published", "summary"}
    assert b"<script" not in content
    assert feedparser.parse(content).entries[0].title.startswith("v2026.03.02")
    latest = json.loads((root / "latest.json").read_bytes())
    assert [file["path"] for file in latest["files"] if ".." in file["path"] or "<" in file["path"]] == []
    assert "<script" not in (root / "latest" / "README.md").read_text(encoding="utf-8")
    assert "<script" not in (root / "latest" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [entry.version for entry in write_catalogue(root)] == ["v2026.03.02.1", "v2026.03.02"]


def test_a_release_reads_each_version_once_and_lists_them_as_if_all_were_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(tmp_path, one=[FIRST])
    root, read = tmp_path / "releases", list[str]()

    def read_and_note(version: Path) -> dict[str, Any]:
        read.append(version.name)
        return read_datapackage(version)

    monkeypatch.setattr(catalogue, "read_datapackage", read_and_note)
    release(tmp_path, two=[SECOND])
    assert read == ["v2026.03.02", "v2026.03.03"]
    listed = {name: (root / name).read_bytes() for name in ("index.json", "latest.json", "feed.xml")}
    assert [entry.version for entry in write_catalogue(root)] == ["v2026.03.03", "v2026.03.02"]
    assert {name: (root / name).read_bytes() for name in listed} == listed
