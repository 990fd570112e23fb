"""A receiver of webhooks on loopback, which answers as it is told and keeps what it heard."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What it heard, and how it answers: with each status in turn and then with 200, after `seconds`."""

    address: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    body: bytes = b"ok"
    seconds: float = 0.0

    @property
    def events(self) -> list[str]:
        """The events heard, in their order."""
        return [message["event"] for message in self.heard]

    def wait_for(self, messages: int, within: float = 60.0) -> None:
        """Wait until so many messages were heard, for a run is in its last state before its hooks are called."""
        deadline = time.monotonic() + within
        while len(self.heard) < messages and time.monotonic() < deadline:
            time.sleep(0.1)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(receiver.seconds)
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status == 200:
                receiver.heard.append(message)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        receiver.address = f"http://127.0.0.1:{server.server_address[1]}/hook/4711"
        try:
            yield receiver
        finally:
            server.shutdown()
