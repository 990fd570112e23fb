"""The harvest as a flow on a real Prefect API: a task a batch, and one that fails takes nothing from the others."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.errors import ExitCode
from tests.flows.sites.harvesting import QUICK, harvest, outcome_of, settings_for, write_sources
from tests.flows.sites.server import Page, Pages, Server
from tests.flows.sites.systems import report

NAMES = [f"www.county{number}.gov.cn" for number in range(6)]
RUN = """
import json, sys, time
from pathlib import Path
from flows.prefect_setup import prefect_api

data, sources, broken, settings = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
with prefect_api(data):
    from prefect.client.orchestration import get_client
    from flows.harvest import Harvest
    from flows.harvest_flow import harvest_flow
    from flows.harvest_settings import HarvestSettings

    ask = Harvest.ask

    async def ask_or_break(self, targets, advance):
        if any(target.host == broken for target in targets):
            raise RuntimeError("broken on purpose")
        return await ask(self, targets, advance)

    Harvest.ask = ask_or_break
    result = harvest_flow(data, HarvestSettings(**settings), sources, None)
    states, deadline = [], time.monotonic() + 120
    with get_client(sync_client=True) as client:
        while sorted(state for _, state in states) != ["Completed", "Completed", "Failed"] and time.monotonic() < deadline:
            time.sleep(0.5)
            states = sorted((run.name, run.state_name) for run in client.read_task_runs())
print(json.dumps({"states": states, "outcomes": result.outcomes, "failed": result.failed, "code": result.exit_code}))
"""


def run(folder: Path, sources: Path, server: Server, broken: str) -> dict[str, Any]:
    """Run the flow in a process of its own, with `broken` as a host whose batch fails."""
    settings = json.dumps(QUICK | {"hosts": server.hosts, "hosts_per_batch": 2})
    command = [sys.executable, "-c", RUN, str(folder / "data"), str(sources), broken, settings]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_each_batch_is_a_task_and_one_that_fails_is_told_of_and_asked_by_the_next_run(tmp_path: Path) -> None:
    page = Page(report("甲县2024年法治政府建设年度报告"))
    urls = [f"http://{name}/{number}.html" for name in NAMES for number in range(2)]
    sources = write_sources(tmp_path, urls)
    with Server({name: Pages({"/0.html": page, "/1.html": page}) for name in NAMES}) as server:
        first = run(tmp_path, sources, server, broken=NAMES[3])
        assert first["states"] == [
            [f"2 hosts from {NAMES[0]}", "Completed"], [f"2 hosts from {NAMES[2]}", "Failed"],
            [f"2 hosts from {NAMES[4]}", "Completed"],
        ]
        assert first["outcomes"] == {"fetched": 8}
        assert first["code"] == ExitCode.SOME_FAILED
        assert "broken on purpose" in first["failed"][0]

        second = harvest(tmp_path, urls, settings_for(server))
    assert second.outcomes == {"not_modified": 8, "fetched": 4}
    assert {outcome_of(tmp_path, url) for url in urls} == {"fetched", "not_modified"}
