"""The flow: take in reports, harvest what is due, build what is new, validate, release, and publish where asked.

In: the data folder. Out: a `RunResult`. Each step is a Prefect task with a state, retries and a time limit of its own
(the harvest a flow, with a task for each batch of hosts); segments are built side by side, and one that fails stops
none of the others.

>>> with prefect_api(Path("data")): fazhi_run(Path("data")).release.version
'v2026.11.23'
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from prefect import State, Task, flow, task
from prefect.client.schemas.objects import TaskRun
from prefect.futures import PrefectConcurrentFuture, PrefectFuture
from prefect.states import Cancelled
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.build import SegmentResult, build_segment, segment_name, segments_to_build
from flows.errors import FazhiError
from flows.harvest_flow import harvest_flow
from flows.importer import ImportResult, import_paths
from flows.locks import RunUnderWay, only_run
from flows.progress import stage
from flows.publish import Published, publish
from flows.release import ReleaseInputs, ReleaseResult, make_release
from flows.run_artifacts import tell_accuracy, tell_release, tell_run, tell_validation
from flows.run_hooks import tell_end
from flows.run_progress import watched
from flows.run_result import RunResult
from flows.run_settings import publish_place
from flows.settings import seed_reports, worker_count
from flows.stopping import raising_signals
from flows.table_files import only_writer
from flows.validate import read_codebook, release_validator
from flows.warc_store import recover_segments

HOUR = 3600
SIDE_BY_SIDE = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=worker_count()))


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


@task(name="build", task_run_name="build {segment.name}", timeout_seconds=2 * HOUR, retries=2, retry_delay_seconds=5,
      retry_condition_fn=is_worth_a_retry)
def build_one(data_dir: Path, segment: Path) -> SegmentResult:
    """Build one segment, or find it built."""
    return build_segment(data_dir, segment)


@task(name="validate and release", timeout_seconds=4 * HOUR, retries=1, retry_delay_seconds=5,
      retry_condition_fn=is_worth_a_retry)
def release_all(data_dir: Path) -> ReleaseResult:
    """Check all tables against all expectations and release them, unless there is nothing new."""
    try:
        with stage("validate and release"):
            result = make_release(data_dir, ReleaseInputs(read_codebook(), release_validator(data_dir)))
    finally:
        tell_validation(data_dir)
    tell_release(result)
    tell_accuracy()
    return result


@task(name="publish", timeout_seconds=8 * HOUR, retries=1, retry_delay_seconds=60)
def publish_releases(data_dir: Path, target: str) -> Published:
    """Publish what is not at the target yet; an upload has retries of its own."""
    with stage("publish") as advance:
        return publish(data_dir, target, advance=advance)


@flow(name="fazhi", flow_run_name="fazhi", task_runner=SIDE_BY_SIDE, on_completion=[tell_end], on_failure=[tell_end],
      on_crashed=[tell_end], on_cancellation=[tell_end])
def fazhi_run(
    data_dir: Path, reports: Sequence[Path] = (), harvest: bool = False, publish_to: str | None = None
) -> RunResult:
    """Take in `reports` (those of the seeds if none are named), harvest if asked, build, validate, release, publish.

    It publishes where `publish_to` or `FAZHI_PUBLISH` names a place; keys for it come from the environment alone.
    A run that finds another one under way on the same data ends at once, in Prefect's state `Cancelled`.
    """
    try:
        with only_run(data_dir), raising_signals():
            return all_steps(data_dir, reports, harvest, publish_place(publish_to))
    except RunUnderWay as error:
        return cast("RunResult", Cancelled(message=str(error)))


def all_steps(data_dir: Path, reports: Sequence[Path], harvest: bool, publish_to: str | None) -> RunResult:
    """Do one step after the other."""
    recover(data_dir)
    imported = import_reports(data_dir, list(reports) or [seed_reports()])
    harvested = harvest_flow(data_dir) if harvest else None
    built, failed = build_all(data_dir)
    released = release_all(data_dir)
    published = publish_releases(data_dir, publish_to) if publish_to else None
    result = RunResult(imported, harvested, built, failed, released, published)
    tell_run(result)
    return result


def build_all(data_dir: Path) -> tuple[tuple[SegmentResult, ...], tuple[str, ...]]:
    """Build all segments side by side; return what became of them, and the errors of those that failed."""
    built: list[SegmentResult] = []
    failed: list[str] = []
    with only_writer(data_dir):
        found = segments_to_build(data_dir)
        with watched("build", len(found)) as advance:
            futures = build_one.map([data_dir] * len(found), found)
            with waited_for(futures):
                for segment, future in zip(found, futures, strict=True):
                    name = segment_name(segment)
                    try:
                        built.append(future.result())
                    except Exception as error:  # noqa: BLE001 - it is told at the end; the other segments go on
                        why = " ".join(str(error).split())[:300]
                        failed.append(f"{name}: cannot be built ({why}); it is left out")
                    advance(name)
    return tuple(built), tuple(failed)


@contextmanager
def waited_for(futures: Iterable[PrefectFuture[Any]]) -> Iterator[None]:
    """Where the block is left early, begin no more and wait for those under way: they write what a lock guards."""
    threads = [future.wrapped_future for future in futures if isinstance(future, PrefectConcurrentFuture)]
    try:
        yield
    finally:
        for thread in threads:
            thread.cancel()
        wait(threads)
