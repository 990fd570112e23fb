"""What happens when a run ends, however it ends: `status.json` says so, and the webhook is told.

In: how Prefect says that a run ended. Out: the file, a message, and a line in the log. A hook fails no run.

>>> @flow(on_failure=[tell_end], on_crashed=[tell_end], on_cancellation=[tell_end], on_completion=[tell_end])
... def fazhi_run(data_dir: Path) -> RunResult: ...
"""

import logging
import os
from pathlib import Path
from typing import Any

from prefect import Flow, State
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import TerminationSignal
from prefect.settings import PREFECT_UI_URL

from flows.errors import ExitCode, FazhiError
from flows.notify import SUCCEEDED, Ending, notify
from flows.release_store import ReleaseStore, read_status
from flows.run_result import RunResult

LOGGER = logging.getLogger("prefect.fazhi")
BY_EXIT_CODE = {ExitCode.CRITICAL: "critical", ExitCode.HELD: "held"}


def tell_end(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Note and tell how a run ended; Prefect names these parameters."""
    data_dir, ending = Path(flow_run.parameters["data_dir"]), ending_of(flow_run, state)
    if ending.event != SUCCEEDED:
        note_in_status(data_dir, flow_run, ending)
    try:
        if notify(data_dir, ending):
            LOGGER.info("%s: the webhook was told how run %s ended", flow.name, flow_run.id)
    except FazhiError as error:
        LOGGER.warning("%s", error)


def ending_of(run: FlowRun, state: State[Any]) -> Ending:
    """Say of a state what it means for whoever waits for releases; for Prefect a run that is stopped crashes."""
    has_pages = "PREFECT_API_URL" in os.environ
    link = f"{PREFECT_UI_URL.value()}/runs/flow-run/{run.id}" if has_pages else None
    if state.is_completed():
        result = state.result(raise_on_failure=False)
        if isinstance(result, RunResult):
            is_fetched = result.exit_code != ExitCode.NOTHING_FETCHED
            return Ending(SUCCEEDED if is_fetched else "nothing_fetched", result.release.reason, str(run.id), link)
        return Ending(SUCCEEDED, state.message or "", str(run.id), link)
    if state.is_failed():
        error = state.result(raise_on_failure=False)
        code = error.exit_code if isinstance(error, FazhiError) else ExitCode.UNEXPECTED
        why = str(error) if isinstance(error, FazhiError) else f"{type(error).__name__}: {error}"
        return Ending(BY_EXIT_CODE.get(ExitCode(code), "failed"), why, str(run.id), link)
    is_stopped = not state.is_crashed() or isinstance(state.data, KeyboardInterrupt | TerminationSignal)
    event = "cancelled" if is_stopped else "crashed"
    return Ending(event, state.message or "no more is known", str(run.id), link)


def note_in_status(data_dir: Path, run: FlowRun, ending: Ending) -> None:
    """Write that the run failed, unless the release, which knows more, has done so."""
    root = data_dir / "releases"
    started = run.start_time or run.created
    if started and read_status(root).get("attempted_at", "") < started.isoformat(timespec="seconds"):
        ReleaseStore(root).try_status("failed", ending.why)
