"""Write `feed.xml`: the versions as an Atom feed (RFC 4287), for readers who want to be told of new ones.

In: one `Entry` a version. Out: the bytes of the feed. An entry's id comes from its version's digest and never changes;
its moments are days of the data, no clock. Addresses are relative to the feed.

>>> render_feed([Entry("v2026.03.02", "2026-03-02", "sha256:…", "1.0.0")])
"""

import re
from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from flows.writers.facts import DESCRIPTION, PUBLISHER, TITLE
from flows.writers.index import Entry, Withdrawn

ATOM = "http://www.w3.org/2005/Atom"
NEWEST_TOLD = 100
NOTHING_YET = "1970-01-01"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_feed(entries: Sequence[Entry]) -> bytes:
    """Return the feed of the entries last updated, those first."""
    told = sorted(entries, key=lambda entry: entry.updated, reverse=True)[:NEWEST_TOLD]
    feed = ET.Element("feed", xmlns=ATOM)
    _add(feed, "id", _id("releases of fazhi"))
    _add(feed, "title", TITLE)
    _add(feed, "subtitle", DESCRIPTION)
    _add(feed, "updated", _moment(told[0].updated if told else NOTHING_YET))
    _add(_add(feed, "author"), "name", PUBLISHER)
    _add(feed, "link", rel="self", type="application/atom+xml", href="feed.xml")
    _add(feed, "link", rel="related", type="application/json", href="index.json")
    for entry in told:
        _add_entry(feed, entry)
    ET.indent(feed)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, "unicode").encode() + b"\n"


def _add_entry(feed: ET.Element, entry: Entry) -> None:
    offered = entry.superseded_by or entry.version
    element = _add(feed, "entry")
    _add(element, "id", _id(entry.digest))
    _add(element, "title", entry.version + (f": superseded by {offered}" if entry.superseded_by else ""))
    _add(element, "published", _moment(entry.date))
    _add(element, "updated", _moment(entry.updated))
    _add(element, "link", rel="alternate", href=f"{offered}/README.md")
    _add(element, "summary", _say(entry), type="text")


def _say(entry: Entry) -> str:
    if entry.superseded_by:
        return f"Use {entry.superseded_by} instead. {_say_withdrawn(entry.withdrawn)}"
    counts = ", ".join(f"{name}: {entry.rows[name]:,}" for name in ("reports", "observations") if name in entry.rows)
    rebuilt = f" Instead of {entry.rebuild_of}. {_say_withdrawn(entry.without)}" if entry.rebuild_of else ""
    return f"{counts}; schema: {entry.schema_version}.{rebuilt}"


def _say_withdrawn(withdrawn: Sequence[Withdrawn]) -> str:
    return "Withdrawn: " + "; ".join(f"{one.report_id} ({one.reason})" for one in withdrawn) + "."


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = None if text is None else NOT_IN_XML.sub(" ", text)
    return element


def _id(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"fazhi:{name}").urn


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"
