"""The way of requests to servers: httpcore's connections over the guarded network, with strict TLS or that of the past.

In: a network and a TLS context. Out: a transport for httpx, which itself takes no network of one's own.

>>> httpx.AsyncClient(transport=Transport(network, strict_tls()))
"""

import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpcore
import httpx

from flows.http_network import GuardedBackend

# ssl.OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on.
_LEGACY_SERVER_CONNECT = 0x4


class Transport(httpx.AsyncBaseTransport):
    """httpcore's pool over the guarded network: httpx's own transport takes no network of one's own."""

    def __init__(self, network: GuardedBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=None, max_keepalive_connections=512, keepalive_expiry=15.0,
            http1=True, http2=True, network_backend=network,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; faults come as httpcore's own exceptions."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
            target=request.url.raw_path,
        )
        answer = await self._pool.handle_async_request(
            httpcore.Request("GET", url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    """The pieces of an answer's body."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._answer.aclose()


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
