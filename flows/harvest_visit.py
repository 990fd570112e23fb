"""Visit one target: fetch it, store what came, and see where it leads.

In: a target. Out: a `Visit`: how it ended, and the targets it led to. What a listing led to is written down before
the listing itself is stored. A page's further pages and attachments are fetched with it and stand in the same segment,
where the build puts them together: if one of them is new, those that did not change are fetched whole with it.

>>> (await visitor.visit(target, claim)).outcomes
Counter({'fetched': 1})
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.decode_pool import start_apart
from flows.errors import FazhiError
from flows.harvest_content import READING_SECONDS, Content, look
from flows.harvest_fetch import Fetcher
from flows.harvest_found import Found, FoundFile, found
from flows.harvest_segments import Segment, Segments
from flows.harvest_settings import HarvestSettings
from flows.harvest_targets import Target, key_of
from flows.http_client import Exchange
from flows.urls import canonical_url
from flows.warc_index import Held
from transforms.decode.links import links
from transforms.discovery import DiscoveryRules, Find, discover

Claim = Callable[[Target], bool]
_KEPT = ("not_modified", "revisit")
_FOR_READERS_ONLY = ("empty", "javascript_challenge")


@dataclass
class Visit:
    """How a target and its attachments ended, and where it led."""

    outcomes: Counter[str] = field(default_factory=Counter)
    targets: list[Target] = field(default_factory=list)


class Visitor:
    """Visits targets; all that it uses belongs to the run."""

    def __init__(
        self, fetcher: Fetcher, segments: Segments, found_file: FoundFile, rules: DiscoveryRules,
        settings: HarvestSettings, held: Mapping[str, Held], attachments: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._fetcher = fetcher
        self._segments = segments
        self._found = found_file
        self._rules = rules
        self._settings = settings
        self._held = held
        self._attachments = attachments
        self._named: set[int] = set()

    async def visit(self, target: Target, claim: Claim) -> Visit:
        """Visit a target; whatever goes wrong with it is its own fate, but for a store that cannot be written."""
        visit = Visit()
        async with self._segments.lease() as segment:
            content = await self._fetch(target, segment, visit)
            got = [(target, content.exchange.outcome)]
            for url in self._parts_of(target, content):
                part = Target(url, "attachment", target.source_id, target.url)
                if claim(part):
                    got.append((part, (await self._fetch(part, segment, visit)).exchange.outcome))
            kept = [one for one, outcome in got if outcome in _KEPT]
            if any(outcome == "fetched" for _, outcome in got):
                for one in kept:
                    await self._fetch(replace(one, whole=True), segment, Visit())
            visit.outcomes.update(outcome for _, outcome in got)
        return visit

    async def _fetch(self, target: Target, segment: Segment, visit: Visit) -> Content:
        def record(of: Target, exchange: Exchange, is_hop: bool) -> None:
            segment.record(of, exchange, is_hop=is_hop)

        try:
            exchange = await self._fetcher.fetch(target, record)
            held = None if target.whole else self._held.get(canonical_url(exchange.url))
            content = await look(exchange, held)
            content, further = await self._note(target, content)
            visit.targets += further
        except FazhiError:
            raise
        except Exception as error:  # noqa: BLE001 - a page that no one foresaw stops no other
            why = f"not foreseen ({type(error).__name__}: {error}); report it"
            content = Content(Exchange(target.url, datetime.now(UTC), "error", why))
        segment.record(target, content.exchange, is_hop=False)
        return content

    async def _note(self, target: Target, content: Content) -> tuple[Content, list[Target]]:
        """Write down where a page leads; return what is to be asked next."""
        if target.kind == "listing":
            is_known = content.exchange.outcome in _KEPT and not self._fetcher.rereads_listings
            return (content, []) if is_known else await self._note_finds(target, content)
        if target.kind == "report" and content.parts:
            self._found.add(self._part_row(target, url) for url in content.parts)
        return content, []

    async def _note_finds(self, target: Target, content: Content) -> tuple[Content, list[Target]]:
        """A listing that leads somewhere is a good one, even where scripts write all that a reader sees of it."""
        fragment = target.url.partition("#")[2]
        url = f"{content.exchange.url}#{fragment}" if fragment else content.exchange.url
        leads = start_apart(_leads, url, content.text, self._rules, time_limit=READING_SECONDS)
        linked, finds = await asyncio.wrap_future(leads)
        if finds and content.exchange.outcome in _FOR_READERS_ONLY:
            content = replace(content, exchange=replace(content.exchange, outcome="fetched", error=None))
        if self._is_stale(target, linked, finds):
            finds = [find for find in finds if find.verdict != "page"]
        fresh = self._found.add(row for find in finds if (row := self._row(target, find)) is not None)
        return content, [
            Target(row.url, row.kind, row.source_id, row.via, row.depth, row.page)
            for row in fresh if row.verdict == "candidate"
        ]

    def _is_stale(self, target: Target, linked: set[str], finds: list[Find]) -> bool:
        """Tell whether a further page of a listing names nothing that earlier ones did not: it goes in circles."""
        pages = {find.url for find in finds if find.verdict == "page"}
        named = {hash(url) for url in linked | {find.url for find in finds}} - {hash(url) for url in pages}
        is_stale = target.page > 1 and named <= self._named
        self._named |= named
        return is_stale

    def _part_row(self, target: Target, url: str) -> Found:
        verdict, reason = ("candidate", "") if self._fetcher.may_ask(url) else ("false_hit", "host_refused")
        return found("attachment", verdict, url, canonical_url(url), target.url, reason=reason)

    def _row(self, target: Target, find: Find) -> Found | None:
        """Make a row of a find; None for pages and columns beyond the limits."""
        kind = "listing" if find.verdict in ("page", "listing") else "report"
        depth = target.depth + (find.verdict == "listing")
        page = target.page + 1 if find.verdict == "page" else 1
        if depth > self._settings.most_listing_depth or page > self._settings.most_pages_per_listing:
            return None
        verdict, reason = ("false_hit", find.reason) if find.verdict == "false_hit" else ("candidate", None)
        if not self._fetcher.may_ask(find.url):
            verdict, reason = "false_hit", "host_refused"
        return found(
            kind, verdict, find.url, key_of(find.url), target.url, reason=reason, title=find.title,
            publish_date=find.publish_date, depth=depth, page=page,
        )

    def _parts_of(self, target: Target, content: Content) -> list[str]:
        if target.kind != "report":
            return []
        known = self._attachments.get(target.key, ()) if content.exchange.outcome in _KEPT else ()
        urls = dict.fromkeys([*content.parts, *known])
        return [url for url in urls if self._fetcher.may_ask(url)][: self._settings.most_attachments]


def _leads(url: str, text: str, rules: DiscoveryRules) -> tuple[set[str], list[Find]]:
    """Return where the links of a page lead, and which of them matter; called in a process with limits."""
    linked = links(text, url) if text else ()
    return {link.url for link in linked}, discover(url, text, linked, rules)
