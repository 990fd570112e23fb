"""The deployment in `prefect.yaml`, on a Prefect server and worker of its own on loopback."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.settings import ROOT

START_SECONDS = 180


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a Prefect server; give the environment that talks to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("prefect")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = kept | {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env=environment, stdout=log, stderr=log,
        )
    address = f"http://127.0.0.1:{port}/api"
    try:
        wait_for(f"{address}/health", server)
        yield environment | {"PREFECT_API_URL": address}
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)


def prefect(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of Prefect's; return what it says."""
    ran = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments], env=environment, cwd=ROOT, capture_output=True,
        text=True, check=False, timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def ask(environment: dict[str, str], path: str) -> Any:
    """Ask the server's API."""
    with urllib.request.urlopen(f"{environment['PREFECT_API_URL']}{path}") as answer:
        return json.load(answer)


@pytest.mark.slow
def test_the_deployment_runs_daily_one_at_a_time_and_makes_a_release(api: dict[str, str], tmp_path: Path) -> None:
    prefect(api, "work-pool", "create", "fazhi", "--type", "process")
    prefect(api, "deploy", "--all")
    deployment = ask(api, "/deployments/name/fazhi/daily")
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    [schedule] = [one["schedule"] for one in deployment["schedules"]]
    assert (schedule["cron"], schedule["timezone"]) == ("30 6 * * *", "Asia/Shanghai")
    parameters = ["-p", "harvest=false", "-p", f"data_dir={tmp_path / 'data'}"]
    prefect(api, "deployment", "run", "fazhi/daily", *parameters)
    prefect(api, "worker", "start", "--pool", "fazhi", "--run-once")
    assert (tmp_path / "data" / "releases" / "latest" / "SHA256SUMS").exists()
