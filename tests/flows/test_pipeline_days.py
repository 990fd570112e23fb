"""Runs on successive days: what `status.json`, `latest`, `fazhi status` and the webhook say after each.

In: a store that changes from day to day, and runs of the real flow on Prefect's own API. Out: releases, status, messages.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli import fazhi
from flows.errors import ExitCode, FazhiError
from flows.importer import import_paths
from tests.flows.receiver import Receiver, receiving

REPORT = """重庆市渝北区人民政府
关于2023年度法治政府建设情况的报告
发布时间:2024-03-01

一、主要举措和成效
2023年,渝北区开展法治宣传活动{number}场,发放宣传资料3000余份,调解矛盾纠纷45件,调解成功率98%。
"""
ABSURD = REPORT.replace("3000", "99999999999999").replace("45", "99999999999999").replace("98%", "99999%")
DRIVER = """
import sys
from pathlib import Path
from flows.prefect_setup import prefect_api

data = Path(sys.argv[1])
with prefect_api(data):
    from flows.pipeline import fazhi_run
    for day in sys.stdin:
        try:
            print(fazhi_run(data).release.reason, flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)
"""


@dataclass
class Pipeline:
    """A pipeline that runs when it is told so."""

    data: Path
    process: subprocess.Popen[str]
    receiver: Receiver

    def run(self) -> str:
        """Run once; return how it ended."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def status(self) -> tuple[str, str]:
        """Return the outcome of the last attempt, and the version that `latest` is."""
        told: dict[str, Any] = json.loads((self.data / "releases" / "status.json").read_text(encoding="utf-8"))
        return told["outcome"], (self.data / "releases" / "latest").resolve().name


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    data = tmp_path / "data"
    with receiving() as receiver:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=kept | {"FAZHI_WEBHOOK": receiver.address},
        )
        with process:
            yield Pipeline(data, process, receiver)
            assert process.stdin
            process.stdin.close()


def import_on(data: Path, day: datetime, folder: Path, report: str = REPORT) -> Path:
    """Import sixty reports that were fetched on a day; return their segment."""
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.txt").write_text(report.format(number=number), encoding="utf-8")
    [segment] = import_paths(data, [folder], now=day).segments
    return segment


@pytest.mark.slow
def test_each_day_is_told_as_it_was(pipeline: Pipeline, tmp_path: Path) -> None:
    data = pipeline.data
    assert pipeline.run() == "released v2026.11.23"
    assert pipeline.status() == ("released", "v2026.11.23")

    assert pipeline.run() == "nothing new since v2026.11.23"
    assert pipeline.status() == ("unchanged", "v2026.11.23")

    many = import_on(data, datetime(2026, 11, 25, 8, tzinfo=UTC), tmp_path / "many")
    assert pipeline.run() == "released v2026.11.25"
    assert pipeline.receiver.events == []

    aside = tmp_path / many.name
    shutil.move(many, aside)
    assert "held back against v2026.11.25: reports" in pipeline.run()
    assert pipeline.status() == ("held", "v2026.11.25")
    shutil.move(aside, many)

    torn = data / "withdrawn.csv"
    torn.write_text("torn", encoding="utf-8")
    assert "withdrawn.csv cannot be read" in pipeline.run()
    assert pipeline.status() == ("failed", "v2026.11.25")
    torn.unlink()

    absurd = import_on(data, datetime(2026, 11, 26, 8, tzinfo=UTC), tmp_path / "absurd", ABSURD)
    assert "critical expectations failed: quarantine.share_quarantined" in pipeline.run()
    assert pipeline.status() == ("failed", "v2026.11.25")
    absurd.unlink()

    assert pipeline.run() == "nothing new since v2026.11.25"
    assert pipeline.status() == ("unchanged", "v2026.11.25")
    assert pipeline.receiver.events == ["held", "failed", "critical", "recovered"]
    assert len({message["run_id"] for message in pipeline.receiver.heard}) == 4
    assert {message["latest"] for message in pipeline.receiver.heard} == {"v2026.11.25"}


@pytest.mark.parametrize(("outcome", "succeeded_at", "options", "code"), [
    ("released", "2026-11-25T06:31:00+00:00", [], ExitCode.OK),
    ("failed", "2026-11-25T06:31:00+00:00", [], ExitCode.OK),
    ("released", "2099-11-25T06:31:00+00:00", ["--max-age", "36h"], ExitCode.OK),
    ("failed", "2026-01-25T06:31:00+00:00", ["--max-age", "2d"], ExitCode.STALE),
    ("held", None, ["--max-age", "2d"], ExitCode.STALE),
])
def test_a_stalled_pipeline_is_seen(
    tmp_path: Path, outcome: str, succeeded_at: str | None, options: list[str], code: ExitCode
) -> None:
    root = tmp_path / "releases"
    (root / "v2026.11.25").mkdir(parents=True)
    (root / "latest").symlink_to("v2026.11.25")
    told = {"attempted_at": "2026-11-27T06:31:00+00:00", "outcome": outcome, "version": None, "why": "because",
            "succeeded_at": succeeded_at}
    (root / "status.json").write_text(json.dumps(told), encoding="utf-8")
    ran = CliRunner().invoke(fazhi, ["--data", str(tmp_path), "status", *options])
    assert "2026-11-27T06:31:00+00:00" in ran.output
    assert f"{outcome}, because" in ran.output
    assert "v2026.11.25" in ran.output
    assert (ran.exception.exit_code if isinstance(ran.exception, FazhiError) else ran.exit_code) == code
