"""`make bench-harvest`: how many requests a second a harvest keeps going, for how much of a core, in how much memory.

In: nothing; a server in a process of its own, with 200 virtual hosts on loopback. Out: figures on standard output.
At the pace of politeness (a request in two seconds a host) and without any, and with four times as many pages.

>>> python -m benchmarks.harvest --hosts 200 --pages 20
"""

import argparse
import asyncio
import csv
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_PARAGRAPH = "<p>一年来,共办理行政复议案件31件,开展普法宣传12场次,培训执法人员260人次,化解矛盾纠纷145起。</p>\n"
_MENU = "".join(f'<li><a href="/column{number}/index.html">栏目之{number}</a></li>' for number in range(120))
PAGE = (
    "<html><head><meta charset='utf-8'><title>{path}法治政府建设年度报告</title></head><body>"
    f"<ul class='menu'>{_MENU}</ul><h1>{{path}}2024年法治政府建设年度报告</h1><div>{_PARAGRAPH * 110}</div>"
)


class _Lean(asyncio.Protocol):
    """Answers every request with a page of thirty kilobytes, and robots.txt with nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._head = b""

    def data_received(self, data: bytes) -> None:
        self._head += data
        while (end := self._head.find(b"\r\n\r\n")) >= 0:
            path = self._head[:self._head.find(b"\r\n")].split(b" ")[1]
            self._head = self._head[end + 4:]
            status, body = ("404 Not Found", b"") if path == b"/robots.txt" else ("200 OK", _page(path))
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
            self._transport.write(f'{head}ETag: "{len(path)}"\r\n\r\n'.encode() + body)


def _page(path: bytes) -> bytes:
    return PAGE.replace("{path}", path.decode()).encode()


def _serve(ready: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Lean, "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def lean_server() -> Iterator[int]:
    """Run the server in another process; give its port."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


@dataclass(frozen=True)
class Figures:
    """What a harvest took: seconds from start to end, of CPU of the client and of all its processes; memory in MiB."""

    n_requests: int
    seconds: float
    cpu_seconds: float
    cpu_of_all: float
    start_mib: float
    peak_mib: float
    outcomes: dict[str, int]

    @property
    def rate(self) -> float:
        return self.n_requests / self.seconds

    def milliseconds(self, cpu_seconds: float) -> float:
        return 1000 * cpu_seconds / self.n_requests


def measure(port: int, n_hosts: int, n_pages: int, interval: float) -> Figures:
    """Harvest so many pages of so many hosts in a process of its own."""
    order = json.dumps({"port": port, "hosts": n_hosts, "pages": n_pages, "interval": interval})
    done = subprocess.run([sys.executable, "-m", "benchmarks.harvest", "--client", order], check=True,
                          capture_output=True, text=True, cwd=Path(__file__).parents[1], start_new_session=True)
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _client(order: dict[str, Any]) -> None:
    from flows.harvest import harvest_sources
    from flows.harvest_settings import HarvestSettings

    names = [f"www.county{number:03}.gov.cn" for number in range(order["hosts"])]
    settings = HarvestSettings(
        seconds_between_requests=order["interval"], hosts=dict.fromkeys(names, f"127.0.0.1:{order['port']}"),
        private_networks=("127.0.0.1/32",), contact="mailto:bench@example.org", most_requests_per_host=1_000_000,
        segment_bytes=1024 * 1024,
    )
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, "sources.csv")
        with sources.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["source_id", "url"])
            rows.writerows(
                (f"s{page}", f"http://{name}/202503/t20250314_{page}.html") for name in names
                for page in range(order["pages"])
            )
        start, cpu, started = _peak_mib(), time.process_time(), time.monotonic()
        result = harvest_sources(Path(folder, "data"), settings, sources=sources, listings=None)
        seconds = time.monotonic() - started
    n_requests = sum(result.outcomes.values()) + order["hosts"]
    figures = Figures(n_requests, seconds, time.process_time() - cpu, _cpu_of_session() - cpu, start, _peak_mib(),
                      dict(result.outcomes))
    print(json.dumps(figures.__dict__))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu_of_session() -> float:
    """Return the seconds of CPU of this process and of those that it started, which read pages."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == os.getsid(0):
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--client", type=json.loads, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.client:
        _client(chosen.client)
        return
    with lean_server() as port:
        for name, interval, n_pages in (
            ("polite, 2 s a host", 2.0, chosen.pages), ("no pause", 0.0, chosen.pages),
            ("no pause, four times the pages", 0.0, 4 * chosen.pages),
        ):
            took = measure(port, chosen.hosts, n_pages, interval)
            client, everything = took.milliseconds(took.cpu_seconds), took.milliseconds(took.cpu_of_all)
            print(
                f"{name:32} {took.n_requests:6} requests, {took.rate:6.1f}/s; CPU {client:4.1f} ms a request, "
                f"with the readers of pages {everything:4.1f} ms; "
                f"peak {took.peak_mib:4.0f} MiB, at the start {took.start_mib:.0f}; {took.outcomes}", flush=True,
            )


if __name__ == "__main__":
    main()
