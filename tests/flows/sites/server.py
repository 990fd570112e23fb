"""The server: virtual hosts on one loopback port, in a thread of its own; it notes every request with its time.

In: sites by host name, each a function from a request to an answer. Out: a running server.

>>> with Server({"www.a.gov.cn": Pages({"/": Page("hello")})}) as server:
...     settings = HarvestSettings(hosts=server.hosts, private_networks=("127.0.0.1/32",))
"""

import asyncio
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from tests.flows.sites import http2
from tests.flows.sites.message import Answer, Request

__all__ = ["Answer", "Page", "Pages", "Request", "Server"]


@dataclass(frozen=True)
class Page:
    """A page that knows whether it has changed."""

    body: str | bytes
    media_type: str = "text/html; charset=utf-8"
    has_etag: bool = True
    modified: str | None = None
    is_chunked: bool = False

    @property
    def payload(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body

    def answer(self, request: Request) -> Answer:
        etag = f'"{hashlib.sha256(self.payload).hexdigest()[:12]}"'
        headers = {"Content-Type": self.media_type}
        headers |= {"ETag": etag} if self.has_etag else {}
        headers |= {"Last-Modified": self.modified} if self.modified else {}
        is_same = self.has_etag and request.headers.get("if-none-match") == etag
        is_same |= self.modified is not None and request.headers.get("if-modified-since") == self.modified
        return Answer(b"", 304, headers) if is_same else Answer(self.payload, 200, headers, is_chunked=self.is_chunked)


Site = Callable[[Request], Answer]


class Pages:
    """A site of pages, which a test may change while the server runs."""

    def __init__(self, pages: Mapping[str, Page | Answer]) -> None:
        self.pages = dict(pages)

    def __call__(self, request: Request) -> Answer:
        page = self.pages.get(request.target, self.pages.get(request.path))
        if page is None:
            return Answer(b"<html><body>404</body></html>", 404, {"Content-Type": "text/html"})
        return page.answer(request) if isinstance(page, Page) else page


class Server:
    """Runs until the `with` block ends; `requests` holds what was asked, in order."""

    def __init__(self, sites: Mapping[str, Site], address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.sites = dict(sites)
        self.requests: list[Request] = []
        self.port = 0
        self._address = address
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._n_connections = 0

    @property
    def hosts(self) -> dict[str, str]:
        """The sites' names, as the harvest's setting `hosts` maps them."""
        return dict.fromkeys(self.sites, f"{self._address}:{self.port}")

    def asked(self, host: str, *, robots: bool = False) -> list[Request]:
        """Return the requests to a host; those for robots.txt only if wanted."""
        return [one for one in self.requests if one.host == host and (robots or one.path != "/robots.txt")]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        starting = asyncio.start_server(self._serve, self._address, 0, ssl=self._tls, backlog=512)
        server = self._loop.run_until_complete(starting)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._n_connections += 1
        connection = self._n_connections
        tls = writer.get_extra_info("ssl_object")
        try:
            if tls is not None and tls.selected_alpn_protocol() == "h2":
                await http2.serve(reader, writer, lambda *of: self._ask(*of, connection=connection))
            while await self._exchange(reader, writer, connection):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Answer one request; tell whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        target = head[0].split(" ")[1]
        return await self._send(writer, self._ask(headers.get("host", ""), target, headers, connection=connection))

    def _ask(self, authority: str, target: str, headers: Mapping[str, str], *, connection: int) -> Answer:
        request = Request(time.monotonic(), authority.partition(":")[0], target, headers, connection)
        self.requests.append(request)
        site = self.sites.get(request.host)
        return site(request) if site else Answer(b"", 421)

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        await asyncio.sleep(answer.head_delay)
        length = len(answer.body) if answer.length is None else answer.length
        head = [f"HTTP/1.1 {answer.status} Said", *(f"{name}: {value}" for name, value in answer.headers.items())]
        if answer.status != 304:
            head.append("Transfer-Encoding: chunked" if answer.is_chunked else f"Content-Length: {length}")
        writer.write("\r\n".join([*head, "", ""]).encode("latin-1"))
        body = answer.body if answer.sends is None else answer.body[: answer.sends]
        if answer.status != 304:
            last = b"0\r\n\r\n" if answer.sends is None else b""
            writer.write(b"%x\r\n%s\r\n%s" % (len(body), body, last) if answer.is_chunked and body else body)
        await writer.drain()
        if answer.hangs:
            await asyncio.sleep(3600)
        return length == len(body) == len(answer.body)
