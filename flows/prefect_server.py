"""Prefect's server as a process of its own: started, waited for, ended.

In: a command and where it answers, or a folder for a database and logs. Out: the address of its API, for as long as the
block runs.

>>> with own_api(Path("data/prefect")) as api: flow_that_reports_to(api)
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import httpx

from flows.errors import FazhiError
from flows.ports import held_port

START_SECONDS, STOP_SECONDS = 300, 20


@contextmanager
def own_api(home: Path) -> Iterator[str]:
    """Run Prefect's API on loopback, as Prefect does for a flow that is given none.

    Prefect's class for it loads the whole server in this process first, which takes as long as the server's own start.
    """
    app = ["--app-dir", str(home), "--factory", "prefect.server.api.server:create_app", "--lifespan", "on"]
    more = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    remedy = f"see {home / 'prefect.log'}, or remove {home} and run again"
    with held_port() as port:
        command = ["uvicorn", *app, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
        with running(command, api := f"http://127.0.0.1:{port}/api", remedy, more):
            yield api


@contextmanager
def running(
    command: Sequence[str], api: str, remedy: str, more: Mapping[str, str] | None = None, output: BinaryIO | None = None
) -> Iterator[None]:
    """Run a server, which is a module and its arguments, until the block ends, however it ends.

    It is in a session of its own: a Ctrl-C or SIGTERM to all of a terminal's processes must not take away what a run
    tells its end to. `more` goes into its environment.
    """
    server = subprocess.Popen(  # noqa: S603 - a command of our own
        [sys.executable, "-m", *command], env={**os.environ, **(more or {})}, stdin=subprocess.DEVNULL, stdout=output,
        stderr=output, start_new_session=True,
    )
    try:
        wait_for(server, api, remedy)
        yield
    finally:
        end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """End a server and what it started; at once where the wait for it is interrupted."""
    try:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
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
