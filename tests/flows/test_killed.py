"""Killed at any moment, nothing is lost, nothing half-made stays, and the next run ends well.

`make kill` kills two hundred times; the suite a few times. FAZHI_KILLS says how often, FAZHI_KILL_SEED where chance
begins.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.urls import canonical_url
from flows.warc_index import holdings
from flows.writers.checksums import NAME as CHECKSUMS
from flows.writers.checksums import broken_files
from tests.flows.killing import Ended, Runner
from tests.written_reports import write_reports

KILLS = int(os.environ.get("FAZHI_KILLS", "10"))
SEED = int(os.environ.get("FAZHI_KILL_SEED", "20260302"))
STEPS = ("import", "build", "release")
VALIDATED_EVERY, ANEW_EVERY = 6, 15
HALF_MADE = (".part", ".building-", ".validating-", "-new-", "-old-", ".tmp")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as warm:
        yield warm


@pytest.mark.slow
def test_killed_at_any_moment_of_any_step(runner: Runner, tmp_path: Path) -> None:
    """Each round takes in three more reports; each of its steps is killed, looked at, and run to its end.

    Half of the kills come at a moment drawn evenly from the step's time, half before a change of a file, drawn evenly
    from all that it makes. The first round of a data folder only measures.
    """
    chance, killed, late = random.Random(SEED), Counter[str](), 0
    rounds = 0
    while sum(killed.values()) < KILLS:
        if rounds % ANEW_EVERY == 0:
            data, expected, usual = tmp_path / f"{rounds}" / "data", set[str](), dict[str, Ended]()
        written = write_reports(data.parent / "new" / f"{rounds}", [rounds % ANEW_EVERY])
        expected |= {canonical_url(url) for url in written}
        for step in STEPS:
            command = "validated release" if step == "release" and rounds % VALIDATED_EVERY == VALIDATED_EVERY - 1 else step
            if command in usual:
                before = held(data)
                ended = kill(runner, command, data, usual[command], chance)
                killed[command] += ended.code == -signal.SIGKILL
                late += ended.code == 0
                assert ended.code in (0, -signal.SIGKILL), ended.told
                assert ended.outlived_by == []
                assert before <= held(data)
                everything_published_is_whole(data)
            ended = runner.run(command, data)
            assert ended.code == 0, ended.told
            # A step that was killed at its very end leaves the next run nothing to do, which is no measure.
            usual[command] = max(ended, usual.get(command, ended), key=lambda run: run.changes)
        nothing_is_lost(data, expected)
        nothing_half_made_is_left(data)
        rounds += 1
    print(f"{sum(killed.values())} kills in {rounds} rounds: {dict(killed)}; {late} came after the end")  # noqa: T201


def kill(runner: Runner, command: str, data: Path, usual: Ended, chance: random.Random) -> Ended:
    if chance.random() < 0.5:
        return runner.run(command, data, seconds=chance.uniform(0, usual.seconds))
    return runner.run(command, data, change=chance.randint(1, usual.changes))


def held(data: Path) -> set[tuple[str, str]]:
    return set(holdings(data).select("canonical_url", "payload_digest").iter_rows()) if data.exists() else set()


def everything_published_is_whole(data: Path) -> None:
    for version in (data / "releases").glob("v*"):
        assert (version / CHECKSUMS).exists()
        assert broken_files(version) == []
    latest = data / "releases" / "latest"
    assert latest.exists() or not list((data / "releases").glob("v*/"))


def nothing_is_lost(data: Path, expected: set[str]) -> None:
    latest = data / "releases" / "latest"
    assert {url for url, _ in held(data)} == expected
    assert set(pl.read_parquet(latest / "reports.parquet")["canonical_url"]) == expected
    everything_published_is_whole(data)


def nothing_half_made_is_left(data: Path) -> None:
    left = [path for path in data.rglob("*") if any(mark in path.name for mark in HALF_MADE)]
    assert left == []
