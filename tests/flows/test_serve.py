"""`fazhi serve` on a server of its own: it runs the flow, stops well in the middle of a run, and refuses what cannot be.

In: a real process. Out: what Prefect's API, the webhook and the exit code say.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flows.errors import ExitCode
from tests.flows.receiver import receiving

SECONDS = 180


@contextmanager
def serve(data: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Serve, until the test has seen enough or fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "--data", str(data), "serve", "--no-harvest", *arguments],
        env=kept | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def soon(ask: Callable[[], Any]) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if answer := ask():
                return answer
        except urllib.error.HTTPError as error:
            if error.code not in (404, 503):
                raise
        time.sleep(0.3)
    raise TimeoutError


@pytest.mark.slow
def test_a_run_under_way_is_cancelled_when_the_process_is_stopped(tmp_path: Path, port: int) -> None:
    api = f"http://127.0.0.1:{port}/api"

    def ask(path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(api + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    with receiving() as receiver, serve(tmp_path, "--port", str(port), FAZHI_WEBHOOK=receiver.address) as process:
        assert process.stdout
        told = process.stdout.readline()
        assert re.search(rf"next run \d{{4}}-\d\d-\d\d 06:30:00\+08:00; see http://127.0.0.1:{port}$", told), told
        deployment = soon(lambda: ask("/deployments/name/fazhi/served"))
        run = soon(lambda: ask(f"/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}}))
        soon(lambda: ask(f"/flow_runs/{run['id']}")["state_type"] == "RUNNING")
        soon(lambda: list(tmp_path.glob("raw/*.warc.gz")))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=SECONDS)
        assert process.returncode == ExitCode.OK, errors
        assert "never awaited" not in errors
        assert receiver.events == ["cancelled"]
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    status = json.loads((tmp_path / "releases" / "status.json").read_text(encoding="utf-8"))
    assert (status["outcome"], status["why"]) == ("failed", "Runner is shutting down.")
    assert list((tmp_path / "releases").glob(".building-*")) == []


@pytest.mark.parametrize(("arguments", "environment", "code", "message"), [
    (["--cron", "61 6 * * *"], {}, ExitCode.USAGE, "--cron '61 6 * * *': there is no such time"),
    (["--timezone", "Asia/Nowhere"], {}, ExitCode.USAGE, "--timezone 'Asia/Nowhere': there is no such time"),
    (["--publish", "ftp://example.org/"], {}, ExitCode.USAGE, "ftp://… is no place to publish to"),
    ([], {"PREFECT_API_URL": "http://127.0.0.1:9/api"}, ExitCode.UNEXPECTED, "no Prefect server answers at"),
])
def test_what_cannot_be_served_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], code: ExitCode, message: str
) -> None:
    with serve(tmp_path, *arguments, **environment) as process:
        output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, output, len(errors.splitlines())) == (code, "", 1), errors
    assert message in errors


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serve(tmp_path, "--port", str(taken.getsockname()[1])) as process:
            _, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, len(errors.splitlines())) == (ExitCode.UNEXPECTED, 1), errors
    assert "is not free" in errors
