"""One HTTP exchange at a time, whatever the server does.

In: an address and headers. Out: an `Exchange` with heads and body as they went over the wire and an outcome in the
words of `schema.OUTCOMES`; faults of servers are results, never exceptions.
Old servers: with `old_tls` a client that speaks TLS 1.0 and takes certificates that do not verify is at hand; it is
used only for hosts where the strict one failed, and the exchange says so (`protocol` ends in `unverified`).

>>> (await client.get("https://example.gov.cn/a.html")).outcome
'fetched'
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.client import responses
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpcore
import httpx

from flows.harvest_settings import HarvestSettings
from flows.http_body import ACCEPT_ENCODING, Body, TooLarge
from flows.http_network import AddressRefused, GuardedBackend, NameNotResolved
from flows.http_transport import Transport, old_tls, strict_tls, tracer

FAULTS = (
    NameNotResolved, AddressRefused, OSError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError,
    httpcore.UnsupportedProtocol, RuntimeError, ValueError,
)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,application/json;q=0.9,*/*;q=0.8"


@dataclass(frozen=True)
class Exchange:
    """A request and what came of it. `body` is as sent but without chunks, `payload` without content encoding.

    `went_out` tells whether a connection was there to send the request on.
    """

    url: str
    started_at: datetime
    outcome: str
    error: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    request_head: bytes = b""
    response_head: bytes = b""
    body: bytes = b""
    payload: bytes = b""
    truncated: str | None = None
    ip_address: str | None = None
    protocol: str | None = None
    went_out: bool = False


class Client:
    """Makes requests; `async with` opens and closes its connections."""

    def __init__(self, settings: HarvestSettings) -> None:
        self._settings = settings
        self._network = GuardedBackend(settings.hosts, settings.private_networks, settings.resolve_seconds)
        self._strict = self._open(strict_tls())
        self._old = self._open(old_tls())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._strict.aclose()
        await self._old.aclose()
        self._network.close()

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, verify: bool = True,
        sent: Callable[[], None] = lambda: None,
    ) -> Exchange:
        """Ask for an address, once; `sent` is called when the request goes out."""
        exchange = Exchange(url, datetime.now(UTC), "error")
        client = self._strict if verify else self._old
        went_out = False

        def note_sent() -> None:
            nonlocal went_out
            went_out = True
            sent()

        try:
            request = client.build_request("GET", url, headers=headers, extensions={"trace": tracer(note_sent)})
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            return replace(exchange, error=f"the address is malformed ({error}); correct it")
        exchange = replace(exchange, request_head=_request_head(request))
        deadline = asyncio.get_running_loop().time() + self._settings.whole_seconds
        try:
            async with asyncio.timeout_at(deadline):
                response = await client.send(request, stream=True)
        except FAULTS as error:
            outcome, why = self._fault(error)
            return replace(exchange, outcome=outcome, error=why, went_out=went_out)
        try:
            return await self._receive(response, _with_head(exchange, response, verify), deadline)
        finally:
            await response.aclose()

    async def _receive(self, response: httpx.Response, exchange: Exchange, deadline: float) -> Exchange:
        """Read the body; what came before a fault is kept, but for a body that is too large."""
        body = Body(exchange.headers.get("content-encoding", ""), self._settings.most_bytes)
        outcome, why = outcome_of_status(response.status_code)
        truncated = None
        try:
            async with asyncio.timeout_at(deadline):
                async for piece in response.aiter_raw():
                    body.add(piece)
            if body.is_cut:
                outcome, why, truncated = "truncated", "the encoded body ends before its own end", "disconnect"
        except TooLarge:
            why = f"more than {self._settings.most_bytes} bytes; raise most_bytes if it is wanted"
            return replace(exchange, outcome="too_large", error=why, truncated="length")
        except FAULTS as error:
            outcome, why = self._fault(error)
            outcome = "timeout" if outcome == "timeout" else "truncated"
            truncated = "time" if outcome == "timeout" else "disconnect"
        return replace(
            exchange, outcome=outcome, error=why, truncated=truncated, body=bytes(body.raw), payload=body.payload
        )

    def _fault(self, error: Exception) -> tuple[str, str]:
        """Name a fault of the network in the words of the log."""
        detail = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, NameNotResolved):
            return "dns_error", f"{detail}; check the name, or whether this machine has DNS"
        if isinstance(error, AddressRefused):
            return "address_refused", f"{detail}; it is not asked"
        if isinstance(error, TimeoutError):
            return "timeout", f"not done after {self._settings.whole_seconds:g} s; the next harvest asks again"
        if isinstance(error, httpcore.TimeoutException):
            what = "connection" if isinstance(error, httpcore.ConnectTimeout) else "answer"
            return "timeout", f"no {what} in time; the next harvest asks again"
        if isinstance(error, httpcore.ConnectError):
            if _is_tls(error):
                return "tls_error", f"{detail}; the server's TLS or certificate is at fault"
            return "refused", f"{detail}; the next harvest asks again"
        if isinstance(error, (httpcore.NetworkError, httpcore.ProtocolError)):
            return "refused", f"the connection broke ({detail}); the next harvest asks again"
        return "error", f"{type(error).__name__}: {detail}"

    def _open(self, context: ssl.SSLContext) -> httpx.AsyncClient:
        settings = self._settings
        timeout = httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        headers = {"User-Agent": settings.user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING,
                   "Accept-Language": "zh-CN,zh;q=0.9"}
        no_cookies: Any = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return httpx.AsyncClient(
            transport=Transport(self._network, context), timeout=timeout, headers=headers, cookies=no_cookies,
            trust_env=False,
        )


def outcome_of_status(status: int) -> tuple[str, str | None]:
    """Return the outcome that a status means before its body is looked at, and why it is no success."""
    if status == 304:
        return "not_modified", None
    if status in (200, 203):
        return "fetched", None
    words = f"the server answered {status} {responses.get(status, '')}".rstrip()
    if status in (404, 410):
        return "not_found", f"{words}; look for the page's new address"
    return "http_error", f"{words}; the next harvest asks again"


def _is_tls(error: BaseException) -> bool:
    """Tell whether TLS failed: the cause says so, or the server hung up during the handshake."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) or type(cause).__name__ in ("EndOfStream", "BrokenResourceError"):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _with_head(exchange: Exchange, response: httpx.Response, verify: bool) -> Exchange:
    unverified = " unverified" if not verify and exchange.url.lower().startswith("https") else ""
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return replace(
        exchange, status=response.status_code, response_head=_response_head(response),
        headers={name.lower(): value for name, value in response.headers.items()},
        ip_address=str(peer[0]) if peer else None, went_out=True, protocol=f"{response.http_version}{unverified}",
    )


def _request_head(request: httpx.Request) -> bytes:
    lines = [b"GET " + request.url.raw_path + b" HTTP/1.1"]
    return b"\r\n".join([*lines, *(name + b": " + value for name, value in request.headers.raw)])


def _response_head(response: httpx.Response) -> bytes:
    """Write the head as HTTP/1.1 has it. Chunks are undone, so the header that speaks of them is renamed."""
    reason = response.extensions.get("reason_phrase") or responses.get(response.status_code, "").encode()
    lines = [f"HTTP/1.1 {response.status_code} ".encode() + reason]
    for name, value in response.headers.raw:
        renamed = b"X-Archive-Orig-" + name if name.lower() == b"transfer-encoding" else name
        lines.append(renamed + b": " + value)
    return b"\r\n".join(lines)
