"""The deployment in `prefect.yaml`, on a Prefect server and worker of its own on loopback."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.locks import only_run
from flows.ports import held_port
from flows.release_seeds import read_accuracy
from flows.settings import ROOT
from tests.flows.receiver import receiving

START_SECONDS = 180


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a Prefect server; give the environment that talks to it."""
    with held_port() as port:
        yield from serve(tmp_path_factory.mktemp("prefect"), port)


def serve(home: Path, port: int) -> Iterator[dict[str, str]]:
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


def ask(environment: dict[str, str], path: str, body: Any = None, method: str | None = None) -> Any:
    """Ask the server's API."""
    request = urllib.request.Request(
        f"{environment['PREFECT_API_URL']}{path}", method=method, headers={"content-type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            # A server with SQLite on a busy machine says "try again", as Prefect's own clients do.
            if error.code != 503 or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """Run a worker of the pool, which looks for work every second."""
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", "fazhi"], cwd=ROOT,
        env=environment | {"PREFECT_WORKER_QUERY_SECONDS": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_until(environment: dict[str, str], run: str, states: Collection[str]) -> dict[str, Any]:
    """Wait until a run is in one of the states."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        told: dict[str, Any] = ask(environment, f"/flow_runs/{run}")
        if told["state_type"] in states:
            return told
        time.sleep(0.3)
    raise TimeoutError(f"{run} is {told['state_type']}: {told['state']['message']}")


def run_by_schedule(environment: dict[str, str], deployment: str) -> str:
    """Give the deployment a schedule, and return the run that is due soon; a busy server misses a time too near."""
    path = f"/deployments/{deployment}/schedules"
    for seconds in (8, 60, 120):
        soon = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        [made] = ask(environment, path, [{"schedule": {"interval": 86_400, "anchor_date": soon}, "active": True}])
        found = first_scheduled(environment, deployment)
        if datetime.fromisoformat(found["expected_start_time"]) < datetime.now(UTC) + timedelta(hours=1):
            return str(found["id"])
        ask(environment, f"{path}/{made['id']}", method="DELETE")
    raise TimeoutError("the scheduler made no run in time")


def first_scheduled(environment: dict[str, str], deployment: str) -> dict[str, Any]:
    """Wait until the scheduler has made a run of the deployment."""
    deadline = time.monotonic() + START_SECONDS
    body = {"deployments": {"id": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_ASC", "limit": 1}
    while time.monotonic() < deadline:
        if found := ask(environment, "/flow_runs/filter", body):
            assert found[0]["auto_scheduled"]
            return dict(found[0])
        time.sleep(0.3)
    raise TimeoutError("the scheduler made no run")


@pytest.mark.slow
def test_the_deployment_runs_by_itself_one_at_a_time_and_tells_of_failure(api: dict[str, str], tmp_path: Path) -> None:
    prefect(api, "work-pool", "create", "fazhi", "--type", "process")
    prefect(api, "deploy", "--all")
    deployment = ask(api, "/deployments/name/fazhi/daily")
    [daily] = deployment["schedules"]
    assert (daily["schedule"]["cron"], daily["schedule"]["timezone"]) == ("30 6 * * *", "Asia/Shanghai")

    data, here = tmp_path / "data", f"/deployments/{deployment['id']}"
    ask(api, here, {"parameters": {"data_dir": str(data), "harvest": False}}, "PATCH")
    ask(api, f"{here}/schedules/{daily['id']}", method="DELETE")
    with receiving() as receiver, worker(api | {"FAZHI_WEBHOOK": receiver.address}):
        scheduled = run_by_schedule(api, deployment["id"])
        assert wait_until(api, scheduled, ["COMPLETED", "FAILED", "CRASHED"])["state_type"] == "COMPLETED"
        assert (data / "releases" / "latest" / "SHA256SUMS").exists()

        with only_run(data):
            second = ask(api, f"{here}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]
            collided = wait_until(api, second, ["CANCELLED", "COMPLETED", "FAILED"])
        assert collided["state_type"] == "CANCELLED"
        assert collided["state"]["message"] == f"{data}: another run is under way; wait for its end"

        (data / "withdrawn.csv").write_text("torn", encoding="utf-8")
        third = ask(api, f"{here}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]
        assert wait_until(api, third, ["COMPLETED", "FAILED"])["state_type"] == "FAILED"
        receiver.wait_for(1)
        assert receiver.events == ["failed"]
        assert "withdrawn.csv cannot be read" in receiver.heard[0]["text"]
        assert receiver.heard[0]["link"].endswith(f"/runs/flow-run/{third}")

    shown = {artifact["key"]: artifact for artifact in ask(api, "/artifacts/latest/filter", {})}
    assert {"run", "validation", "rows", "release"} <= set(shown)
    assert ("accuracy" in shown) == bool(read_accuracy())
    rows = {row["table"]: row["rows"] for row in json.loads(shown["rows"]["data"])}
    assert rows["reports"] == 1
    assert rows["observations"] > 100
