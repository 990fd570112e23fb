"""A real S3 server on loopback, and a gate before it that does what networks and stores do at their worst.

In: nothing. Out: `Store`, a moto server in a process of its own, which can be killed and started again; and `Gate`, an
HTTP server that hands requests on to it, each through the fault that is set, and that gives a store which was started
again what it had confirmed to hold, as a disk would.

>>> with Store(folder) as store, Gate(store) as gate: gate.fault = denied
"""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flows.ports import held_port

BUCKET = "published"
START_SECONDS = 180
READ_BY_ALL = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}


class Store:
    """A moto server with a bucket that all may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self._port = held_port()
        self.port = self._port.__enter__()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        self._port.__exit__(kind, error, at)

    def address_of(self, target: str) -> str:
        """Return the address that a target is read at."""
        return target.replace("s3:/", self.address, 1)

    def start(self) -> None:
        """Start it, with an empty bucket."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            assert self.process.poll() is None, "the store ended"
            assert time.monotonic() < deadline, "the store does not start"
            time.sleep(0.05)
        ask("PUT", f"{self.address}/{BUCKET}")
        ask("PUT", f"{self.address}/{BUCKET}?policy", json.dumps(READ_BY_ALL).encode())

    def kill(self) -> None:
        """Kill it as a machine that fails does."""
        self.process.kill()
        self.process.wait()


@dataclass
class Request:
    """A request on its way to the store."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_upload(self) -> bool:
        """Whether it sends a file of a version."""
        return self.method == "PUT" and "/v20" in self.path and "x-amz-copy-source" not in self.headers


@dataclass
class Answer:
    """An answer on its way back."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Fault = Callable[[Request, Callable[[Request], Answer]], Answer]


def none(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
    """Hand the request on."""
    return ask_store(request)


def denied(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
    """Allow reading only, as the policy of a bucket may."""
    return ask_store(request) if request.method in ("GET", "HEAD") else refusal(403, "AccessDenied")


def without_conditions(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
    """Know of no conditional writes, as older stores do."""
    conditional = request.method == "PUT" and {"if-match", "if-none-match"} & request.headers.keys()
    return refusal(501, "NotImplemented") if conditional else ask_store(request)


def corrupting(word: str) -> Fault:
    """Flip a bit of every upload whose path has the word."""
    def fault(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        if request.is_upload and word in request.path:
            request = replace(request, body=bytes([request.body[0] ^ 1]) + request.body[1:])
        return ask_store(request)

    return fault


def lying(word: str) -> Fault:
    """Flip a bit of an upload, and tell its sender the digests of what was sent."""
    corrupt = corrupting(word)

    def fault(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        answer = corrupt(request, ask_store)
        if request.is_upload:
            answer.headers["x-amz-checksum-sha256"] = request.headers["x-amz-checksum-sha256"]
        return answer

    return fault


def slow(seconds: float) -> Fault:
    """Answer an upload late."""
    def fault(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        if request.is_upload:
            time.sleep(seconds)
        return ask_store(request)

    return fault


def after_uploads(number: int, act: Callable[[], None]) -> Fault:
    """Do something when so many files were stored; others may be on their way by then."""
    stored = count(1)

    def fault(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        answer = ask_store(request)
        if request.is_upload and next(stored) == number:
            act()
        return answer

    return fault


class Gate:
    """An HTTP server before the store; it remembers what passed."""

    def __init__(self, store: Store) -> None:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                gate.passed.append(request)
                try:
                    answer = gate.fault(request, lambda asked: pass_to(store, asked))
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                if request.method in ("PUT", "DELETE") and answer.status < 300:
                    gate.confirmed.append(request)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = pass_on  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.fault: Fault = none
        self.passed: list[Request] = []
        self.confirmed: list[Request] = []
        self._store = store
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def start_store_again(self) -> None:
        """Start the store that was killed, with what it had confirmed."""
        self._store.start()
        for request in self.confirmed:
            conditional = {"if-match", "if-none-match"}
            headers = {name: value for name, value in request.headers.items() if name not in conditional}
            assert pass_to(self._store, replace(request, headers=headers)).status < 300

    @property
    def uploads(self) -> list[str]:
        """The paths of the files of versions that were sent."""
        return [request.path for request in self.passed if request.is_upload]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def pass_to(store: Store, request: Request) -> Answer:
    """Ask the store."""
    connection = http.client.HTTPConnection("127.0.0.1", store.port, timeout=60)
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "transfer-encoding"}
        headers = {**headers, "connection": "keep-alive"}
        return Answer(answer.status, headers if request.method == "HEAD" else {**headers, "content-length": str(len(body))}, body)
    finally:
        connection.close()


def refusal(status: int, code: str) -> Answer:
    """Return an error as S3 words it."""
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return Answer(status, {"content-type": "application/xml", "content-length": str(len(body))}, body)


def ask(method: str, address: str, body: bytes | None = None) -> bytes:
    """Ask for an address; an error is an error."""
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: bytes = answer.read()
        return found


def read_json(address: str) -> Any:
    """Read a JSON document."""
    return json.loads(ask("GET", address))


def answers(port: int) -> bool:
    """Tell whether someone listens on a port."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
