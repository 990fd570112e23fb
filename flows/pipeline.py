"""The flow: take in reports, harvest what is due, build what is new, validate and release.

In: the data folder. Out: a `RunResult`. Each step is a Prefect task with a state, retries and a time limit of its own;
segments are built side by side, and one that fails stops none of the others.

>>> with prefect_api(Path("data")): fazhi_run(Path("data")).release.version
'v2026.11.23'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from prefect import State, Task, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.build import SegmentResult, build_segment, segment_name, segments_to_build
from flows.errors import ExitCode, FazhiError
from flows.harvest import HarvestResult, harvest_sources
from flows.importer import ImportResult, import_paths
from flows.progress import stage
from flows.release import ReleaseInputs, ReleaseResult, make_release
from flows.settings import seed_reports, worker_count
from flows.table_files import only_writer
from flows.validate import read_codebook, release_validator
from flows.warc_store import recover_segments

HOUR = 3600
SIDE_BY_SIDE = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=worker_count()))


@dataclass(frozen=True)
class RunResult:
    """What a run did, step by step; `failed` names the segments that could not be built, each with the reason."""

    imported: ImportResult
    harvested: HarvestResult | None
    built: tuple[SegmentResult, ...]
    failed: tuple[str, ...]
    release: ReleaseResult

    @property
    def exit_code(self) -> ExitCode:
        """Tell the worst that happened, short of no release at all."""
        harvest = self.harvested.exit_code if self.harvested else ExitCode.OK
        if harvest == ExitCode.NOTHING_FETCHED:
            return harvest
        is_clean = not (self.failed or self.imported.refused or harvest) and all(one.is_clean for one in self.built)
        return ExitCode.OK if is_clean else ExitCode.SOME_FAILED


def is_worth_a_retry(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether to try a task again: a busy disk or network may recover, bad input stays bad."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError | TimeoutError) and not isinstance(error, FazhiError)


@task(name="recover", timeout_seconds=HOUR)
def recover(data_dir: Path) -> list[Path]:
    """Put into place what killed runs left in the store."""
    return recover_segments(data_dir)


@task(name="import", timeout_seconds=HOUR, retries=2, retry_delay_seconds=5, retry_condition_fn=is_worth_a_retry)
def import_reports(data_dir: Path, paths: Sequence[Path]) -> ImportResult:
    """Take reports into the store; those that are there stay as they are."""
    with stage("import") as advance:
        return import_paths(data_dir, paths, advance=advance)


@task(name="harvest", timeout_seconds=20 * HOUR)
def harvest_due(data_dir: Path) -> HarvestResult:
    """Ask for every source and listing; its requests have retries of their own."""
    with stage("harvest") as advance:
        return harvest_sources(data_dir, advance=advance)


@task(name="build", task_run_name="build {segment.name}", timeout_seconds=2 * HOUR, retries=2, retry_delay_seconds=5,
      retry_condition_fn=is_worth_a_retry)
def build_one(data_dir: Path, segment: Path) -> SegmentResult:
    """Build one segment, or find it built."""
    return build_segment(data_dir, segment)


@task(name="validate and release", timeout_seconds=4 * HOUR, retries=1, retry_delay_seconds=5,
      retry_condition_fn=is_worth_a_retry)
def release_all(data_dir: Path) -> ReleaseResult:
    """Check all tables against all expectations and release them, unless there is nothing new."""
    with stage("validate and release"):
        return make_release(data_dir, ReleaseInputs(read_codebook(), release_validator(data_dir)))


@flow(name="fazhi", flow_run_name="fazhi", task_runner=SIDE_BY_SIDE)
def fazhi_run(data_dir: Path, reports: Sequence[Path] = (), harvest: bool = False) -> RunResult:
    """Take in `reports` (those of the seeds if none are named), harvest if asked, build, validate and release."""
    recover(data_dir)
    imported = import_reports(data_dir, list(reports) or [seed_reports()])
    harvested = harvest_due(data_dir) if harvest else None
    built, failed = build_all(data_dir)
    result = RunResult(imported, harvested, built, failed, release_all(data_dir))
    create_markdown_artifact(in_markdown(result), key="run", description="What this run did")
    return result


def build_all(data_dir: Path) -> tuple[tuple[SegmentResult, ...], tuple[str, ...]]:
    """Build all segments side by side; return what became of them, and the errors of those that failed."""
    built: list[SegmentResult] = []
    failed: list[str] = []
    with only_writer(data_dir):
        found = segments_to_build(data_dir)
        with stage("build", len(found)) as advance:
            futures = build_one.map([data_dir] * len(found), found)
            for segment, future in zip(found, futures, strict=True):
                name = segment_name(segment)
                try:
                    built.append(future.result())
                except Exception as error:  # noqa: BLE001 - it is told at the end; the other segments go on
                    failed.append(f"{name}: cannot be built ({' '.join(str(error).split())[:300]}); it is left out")
                advance(name)
    return tuple(built), tuple(failed)


def in_markdown(result: RunResult) -> str:
    """Say what a run did, for a person who looks into Prefect."""
    refused = [f"- `{one.url}`: {one.outcome}: {one.error}" for built in result.built for one in built.refused]
    refused += [f"- {one.outcome}: {one.error}" for one in result.imported.refused]
    refused += [f"- {error}" for error in result.failed]
    lines = [
        f"# {result.release.reason}",
        f"- imported: {result.imported.n_new} documents; {result.imported.n_held} were there",
        f"- built: {sum(one.built for one in result.built)} of {len(result.built)} segments",
        f"- reports: {sum(one.n_reports for one in result.built)}",
        *(["", "## Not read", *refused] if refused else []),
    ]
    return "\n".join(lines)
