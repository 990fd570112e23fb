"""Stopped by SIGTERM in the middle of a run: it ends soon, says so, and leaves nothing behind but what it has done.

In: a real process, with Prefect's API beside it. Out: exit code, status, message, files, locks, and what still runs.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from flows.locks import only_run
from flows.stopping import Stopped, end_on_sigterm, raising_signals
from tests.flows.killing import left_of_data
from tests.flows.receiver import receiving

SECONDS = 180
WHY = "Execution was aborted by a termination signal."


@pytest.mark.slow
def test_a_run_that_is_stopped_counts_as_cancelled_and_leaves_no_process(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    with receiving() as receiver, subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"FAZHI_DATA": str(tmp_path), "FAZHI_WEBHOOK": receiver.address},
    ) as process:
        deadline = time.monotonic() + SECONDS
        while not list(releases.glob(".building-*")) and time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, output) == (128 + signal.SIGTERM, ""), errors
    assert errors.splitlines()[-1] == "fazhi: stopped; run it again to go on from here"
    assert left_of_data(tmp_path) == []
    assert sorted(path.name for path in releases.iterdir()) == [".lock", "status.json"]
    status = json.loads((releases / "status.json").read_text(encoding="utf-8"))
    assert (status["outcome"], status["why"]) == ("failed", WHY)
    assert [(message["event"], message["why"]) for message in receiver.heard] == [("cancelled", WHY)]
    with only_run(tmp_path):
        pass


def test_a_signal_that_comes_while_polars_works_is_raised_as_itself() -> None:
    """Where one is pending, polars panics as it calls a function back, and says what was raised in words only."""
    def send_soon(frame: pl.DataFrame) -> pl.DataFrame:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        return frame

    numbers = pl.LazyFrame({"number": pl.arange(3_000_000, eager=True).shuffle(1)})
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        end_on_sigterm()
        with pytest.raises(Stopped) as stopped, raising_signals():
            numbers.map_batches(send_soon).sort("number").map_batches(lambda frame: frame).collect(engine="streaming")
            time.sleep(SECONDS)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert stopped.value.code == 128 + signal.SIGTERM
