"""The way of requests to servers: httpcore's connections over the guarded network, with strict TLS or that of the past.

In: a network and a TLS context. Out: a transport for httpx, which itself takes no network of one's own.
Each origin has a pool of its own: httpcore's pool looks at all its connections twice a request, so that one pool for
hundreds of hosts spends its time counting them (make bench-harvest).

>>> httpx.AsyncClient(transport=Transport(network, strict_tls()))
"""

import ssl
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpcore
import httpx

from flows.http_network import GuardedBackend

# ssl.OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on.
_LEGACY_SERVER_CONNECT = 0x4
_KEPT_SECONDS = 15.0
_SECONDS_BETWEEN_LOOKS = 1.0


class Transport(httpx.AsyncBaseTransport):
    """Connections by origin, over the guarded network; those that nobody used for a while are closed."""

    def __init__(self, network: GuardedBackend, context: ssl.SSLContext) -> None:
        self._network = network
        self._context = context
        self._origins: dict[str, _Origin] = {}
        self._next_look = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; faults come as httpcore's own exceptions."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
            target=request.url.raw_path,
        )
        origin = self._origin(str(url.origin))
        origin.take()
        try:
            await self._close_unused()
            answer = await origin.pool.handle_async_request(
                httpcore.Request("GET", url, headers=request.headers.raw, extensions=request.extensions)
            )
        except BaseException:
            origin.give_back()
            raise
        stream = _Stream(answer, origin)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        while self._origins:
            await self._origins.popitem()[1].pool.aclose()

    def _origin(self, name: str) -> "_Origin":
        if name not in self._origins:
            self._origins[name] = _Origin(httpcore.AsyncConnectionPool(
                ssl_context=self._context, max_connections=None, keepalive_expiry=_KEPT_SECONDS, http1=True, http2=True,
                network_backend=self._network,
            ))
        return self._origins[name]

    async def _close_unused(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _SECONDS_BETWEEN_LOOKS
        unused = [name for name, origin in self._origins.items() if origin.is_unused_since(now - _KEPT_SECONDS)]
        for origin in [self._origins.pop(name) for name in unused]:
            await origin.pool.aclose()


class _Origin:
    """The connections to one origin, and how many requests are using them."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self.pool = pool
        self._n_under_way = 0
        self._last_use = 0.0

    def take(self) -> None:
        """Count a request that begins."""
        self._n_under_way += 1

    def give_back(self) -> None:
        """Count a request that is done with."""
        self._n_under_way -= 1
        self._last_use = time.monotonic()

    def is_unused_since(self, moment: float) -> bool:
        """Tell whether no request is under way, nor was one after a moment."""
        return self._n_under_way == 0 and self._last_use <= moment


class _Stream(httpx.AsyncByteStream):
    """The pieces of an answer's body."""

    def __init__(self, answer: httpcore.Response, origin: _Origin) -> None:
        self._answer = answer
        self._origin: _Origin | None = origin

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        """Let go of the connection."""
        try:
            await self._answer.aclose()
        finally:
            if self._origin is not None:
                self._origin.give_back()
                self._origin = None


def strict_tls() -> ssl.SSLContext:
    """TLS as it should be: current protocols, certificates that verify."""
    return ssl.create_default_context()


def old_tls() -> ssl.SSLContext:
    """TLS as servers of the past have it: from 1.0 on, weak ciphers, no renegotiation rule, any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def tracer(sent: Callable[[], None]) -> Callable[[str, Any], Awaitable[None]]:
    """Return the observer of a request that calls `sent` when it goes out."""

    async def trace(event: str, _: Any) -> None:
        if event.endswith("send_request_headers.started"):
            sent()

    return trace
