"""Fetch an address as a polite reader does: robots.txt, pace, retries, redirects, and nothing that is already held.

In: a target. Out: the last `Exchange`, not yet recorded; those on the way (retries, redirects) go to `record`.

>>> exchange = await fetcher.fetch(target, record)
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urldefrag, urljoin, urlsplit

import stamina
from protego import Protego

from flows.harvest_hosts import Host, Hosts, retry_after
from flows.harvest_settings import HarvestSettings
from flows.harvest_targets import Target, host_of
from flows.http_client import Client, Exchange
from flows.urls import canonical_url
from flows.warc_index import Held
from transforms.decode.links import meta_refresh

Record = Callable[[Target, Exchange, bool], None]
AGENT = "fazhi"
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING_STATUSES = (429, 500, 502, 503, 504)
_PASSING_OUTCOMES = ("timeout", "refused", "truncated")
_MOST_ROBOTS = 512 * 1024
_SMALL_PAGE = 16384

# stamina tells of retries on this logger; without a handler each would go to standard error.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class _Again(Exception):
    """The exchange failed in a way that may pass."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange.outcome)
        self.exchange = exchange


class Fetcher:
    """Fetches targets; `allowed_hosts` are asked besides those under the allowed suffixes."""

    def __init__(
        self, client: Client, settings: HarvestSettings, held: Mapping[str, Held], allowed_hosts: Collection[str],
        *, rereads_listings: bool = False,
    ) -> None:
        self.hosts = Hosts(settings)
        self.rereads_listings = rereads_listings or settings.ask_unconditionally
        self._client = client
        self._settings = settings
        self._held = held
        self._allowed_hosts = allowed_hosts

    def may_ask(self, url: str) -> bool:
        """Tell whether an address is on a host that may be asked: by suffix, never by substring."""
        host = host_of(url)
        return host in self._allowed_hosts or any(host.endswith(suffix) for suffix in self._settings.allowed_suffixes)

    async def fetch(self, target: Target, record: Record) -> Exchange:
        """Return what a target gave in the end."""
        url, seen = urldefrag(target.url).url, set[str]()
        if not self.may_ask(url):
            suffixes = " ".join(self._settings.allowed_suffixes)
            return _unasked(url, "host_refused", f"{host_of(url)} is not under {suffixes}; list it in sources.csv")
        while True:
            refusal = await self._forbidden(target, url, record)
            if refusal is not None:
                return refusal
            exchange = await self._ask(target, url, record)
            onward = _onward(exchange)
            if onward is None:
                return exchange
            record(target, exchange, True)
            seen.add(exchange.url)
            refusal = self._refused_redirect(exchange, onward, seen)
            if refusal is not None:
                return refusal
            url = onward

    def _refused_redirect(self, exchange: Exchange, onward: str, seen: set[str]) -> Exchange | None:
        if onward in seen or len(seen) > self._settings.most_redirects:
            why = f"redirected {len(seen)} times, in the end to {onward}; look at the address"
            return replace(_unasked(exchange.url, "redirect_loop", why), status=exchange.status)
        if urlsplit(onward).scheme.lower() not in ("http", "https") or not self.may_ask(onward):
            why = f"redirected to {onward}, which is not asked; look at the address"
            return replace(_unasked(exchange.url, "redirect_refused", why), status=exchange.status)
        return None

    async def _forbidden(self, target: Target, url: str, record: Record) -> Exchange | None:
        """Return why an address is not asked: the host was given up, or its robots.txt forbids it or cannot be had."""
        host = self.hosts.of(url)
        authority = _authority(host, url)
        async with host.robots_lock:
            given_up = host.given_up()
            if given_up is not None:
                return _unasked(url, *given_up)
            if authority not in host.robots:
                robots = await self._robots(host, authority, record)
                # Asking may have shown that the host speaks plain HTTP only, which is another authority.
                host.robots[authority] = host.robots[_authority(host, url)] = robots
        robots = host.robots[authority]
        if isinstance(robots, Exchange):
            if robots.status is None:
                return _unasked(url, robots.outcome, f"robots.txt: {robots.error}")
            return _unasked(url, "robots_disallowed", f"robots.txt: {robots.error}; until then nothing is asked")
        if not robots.can_fetch(url, AGENT):
            return _unasked(url, "robots_disallowed", "robots.txt asks not to; ask the site, or save the page by hand")
        return None

    async def _robots(self, host: Host, authority: str, record: Record) -> Protego | Exchange:
        """Read robots.txt as RFC 9309 has it: none (4xx) allows all, an unreachable one (5xx, network) nothing."""
        url, hops = f"{authority}/robots.txt", 0
        while True:
            target = Target(url, "robots")
            exchange = await self._ask(target, url, record)
            onward = _onward(exchange)
            is_last = onward is None or hops >= self._settings.most_redirects or not self.may_ask(onward)
            record(target, exchange, not is_last)
            if is_last or onward is None:
                break
            url, hops = onward, hops + 1
        if exchange.status is None or exchange.status >= 500 or exchange.status == 429:
            return exchange
        if exchange.outcome == "too_large":
            return exchange
        body = exchange.payload[:_MOST_ROBOTS] if exchange.status == 200 else b""
        robots = Protego.parse(body.decode("utf-8-sig", "replace"))
        delay = robots.crawl_delay(AGENT)
        if delay is not None:
            host.pace.interval = max(host.pace.interval, min(float(delay), self._settings.most_crawl_delay))
        return robots

    async def _ask(self, target: Target, url: str, record: Record) -> Exchange:
        """Ask with retries, and again with older TLS or by plain HTTP where the host has no better."""
        host = self.hosts.of(url)
        while True:
            exchange = await self._retried(target, host, host.address(url), record)
            if not host.step_down(exchange):
                host.reached(exchange)
                return exchange
            record(target, exchange, False)

    async def _retried(self, target: Target, host: Host, url: str, record: Record) -> Exchange:
        settings, last = self._settings, None
        retries = stamina.retry_context(
            on=self._wait, attempts=settings.attempts, timeout=None, wait_initial=settings.wait_initial,
            wait_max=settings.wait_max, wait_jitter=settings.wait_initial / 2,
        )
        try:
            async for attempt in retries:
                with attempt:
                    if last is not None:
                        record(target, last, False)
                    last = await self._once(target, host, url)
                    self._raise_if_passing(host, last)
        except _Again as again:
            last = again.exchange
        if last is None:
            raise RuntimeError(f"{url}: no attempt was made")
        return last

    def _raise_if_passing(self, host: Host, exchange: Exchange) -> None:
        if exchange.status not in _PASSING_STATUSES and exchange.outcome not in _PASSING_OUTCOMES:
            return
        pause = retry_after(exchange.headers, time.time())
        if pause is not None:
            if pause > self._settings.most_retry_after:
                host.leave_alone(pause)
                return
            host.pace.hold(pause)
        raise _Again(exchange)

    def _wait(self, error: Exception) -> bool | float:
        """Say whether to try again, and after how many seconds if the server said so."""
        if not isinstance(error, _Again):
            return False
        pause = retry_after(error.exchange.headers, time.time())
        return True if pause is None else pause

    async def _once(self, target: Target, host: Host, url: str) -> Exchange:
        async with host.gate:
            await host.pace.turn()
            host.n_requests += 1
            headers = self._conditions(target, url)
            return await self._client.get(url, headers, verify=host.verify, sent=host.pace.sent)

    def _conditions(self, target: Target, url: str) -> dict[str, str]:
        """Return headers that let a server answer that a page has not changed."""
        held = self._held.get(canonical_url(url))
        is_read_anew = target.whole or target.kind == "robots" or (target.kind == "listing" and self.rereads_listings)
        if held is None or is_read_anew or self._settings.ask_unconditionally:
            return {}
        conditions = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
        return {name: value for name, value in conditions.items() if value}


def _unasked(url: str, outcome: str, why: str) -> Exchange:
    return Exchange(url, datetime.now(UTC), outcome, why)


def _authority(host: Host, url: str) -> str:
    return "/".join(host.address(url).split("/", 3)[:3]).lower()


def _onward(exchange: Exchange) -> str | None:
    """Return where an answer sends its reader, by its status or by its page."""
    if exchange.status in _REDIRECTS and exchange.headers.get("location"):
        try:
            return urldefrag(urljoin(exchange.url, exchange.headers["location"].strip())).url
        except ValueError:
            return None
    if exchange.outcome != "fetched" or not 0 < len(exchange.payload) <= _SMALL_PAGE:
        return None
    onward = meta_refresh(exchange.payload.decode("latin-1"), exchange.url)
    return onward if onward != exchange.url else None
