"""Prefect's server as a process of its own: started, waited for, ended.

In: a folder for its database and logs. Out: the address of its API, for as long as the block runs.

>>> with own_api(Path("data/prefect")) as api: flow_that_reports_to(api)
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from flows.errors import FazhiError

START_SECONDS, STOP_SECONDS = 300, 5


@contextmanager
def own_api(home: Path) -> Iterator[str]:
    """Run Prefect's API on loopback, as Prefect does for a flow that is given none.

    Prefect's class for it loads the whole server in this process first, which takes as long as the server's own start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = ["--app-dir", str(home), "--factory", "prefect.server.api.server:create_app", "--lifespan", "on"]
    server = subprocess.Popen(  # noqa: S603 - a command of our own
        [sys.executable, "-m", "uvicorn", *app, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
        env={**os.environ, "PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"},
    )
    try:
        api = f"http://127.0.0.1:{port}/api"
        wait_for(server, api, f"see {home / 'prefect.log'}, or remove {home} and run again")
        yield api
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server: subprocess.Popen[bytes], api: str, remedy: str) -> None:
    """Wait until a server that was started answers; raise FazhiError where it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(api):
        if server.poll() is not None or time.monotonic() > deadline:
            raise FazhiError(f"Prefect's server did not start; {remedy}")
        time.sleep(0.1)


def answers(api: str) -> bool:
    """Tell whether a Prefect server answers at an address."""
    try:
        return httpx.get(f"{api}/health", timeout=5).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
