"""The harvest as a Prefect flow: hosts in batches, a task with a state for each.

In: the data folder, settings, lists of sources and listings. Out: a `HarvestResult`. A batch that fails stops none of
the others: what it did not come to is asked once more by its retry, and else by the next harvest.
All batches share one event loop, and with it pace, connections and segments; tasks wait for it in threads.

>>> with prefect_api(Path("data")): harvest_flow(Path("data")).exit_code
0
"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from anyio.from_thread import BlockingPortal, start_blocking_portal
from prefect import State, Task, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.errors import FazhiError
from flows.harvest import Harvest, HarvestResult, open_harvest
from flows.harvest_settings import HarvestSettings
from flows.harvest_targets import LISTINGS, SOURCES, Target
from flows.progress import Advance, stage
from flows.run_artifacts import tell_harvest

_BATCHES_AT_ONCE = 64
WAITING = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=_BATCHES_AT_ONCE))


class Running:
    """A harvest on its event loop, for tasks to hand their batches to."""

    def __init__(self, portal: BlockingPortal, harvest: Harvest) -> None:
        self.harvest = harvest
        self.advance: Advance = lambda _: None
        self._portal = portal
        self._asking: list[Future[Counter[str]]] = []

    def ask(self, targets: list[Target]) -> Counter[str]:
        """Ask for a batch of targets and wait for its end."""
        asking = self._portal.start_task_soon(self.harvest.ask, targets, self.advance)
        self._asking.append(asking)
        return asking.result()

    def stop(self) -> None:
        """Break off what is still under way, so that the segments can be closed."""
        for asking in self._asking:
            asking.cancel()


def is_unforeseen(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether to ask a batch again: not where the store cannot be written to, nor where the run was stopped."""
    return not isinstance(state.result(raise_on_failure=False), FazhiError | CancelledError)


@task(name="hosts", cache_policy=NO_CACHE, retries=1, retry_delay_seconds=5, retry_condition_fn=is_unforeseen)
def ask_hosts(running: Running, number: int) -> dict[str, int]:
    """Ask all hosts of a batch; return how many targets ended how."""
    return dict(running.ask(running.harvest.batches()[number]))


@flow(name="harvest", flow_run_name="harvest", task_runner=WAITING)
def harvest_flow(
    data_dir: Path, settings: HarvestSettings | None = None, sources: Path = SOURCES, listings: Path | None = LISTINGS
) -> HarvestResult:
    """Ask for every source and listing, and for what they lead to."""
    with _running(data_dir, settings or HarvestSettings(), sources, listings) as running:
        batches = running.harvest.batches()
        with stage("harvest") as advance:
            running.advance = advance
            futures = [
                ask_hosts.with_options(task_run_name=_name(batch)).submit(running, number)
                for number, batch in enumerate(batches)
            ]
            _wait(futures)
            failures = [error for error in map(_failure, futures) if error is not None]
    result = running.harvest.result
    for error in failures:
        if isinstance(error, FazhiError):
            raise error
    result.failed = tuple(f"a batch of hosts broke off ({type(one).__name__}: {one}); run again" for one in failures)
    tell_harvest(result)
    return result


def _name(batch: list[Target]) -> str:
    return f"{len({target.host for target in batch})} hosts from {batch[0].host}"


@contextmanager
def _running(data_dir: Path, settings: HarvestSettings, sources: Path, listings: Path | None) -> Iterator[Running]:
    with start_blocking_portal("asyncio") as portal:
        opening = open_harvest(data_dir, settings, sources, listings)
        with portal.wrap_async_context_manager(opening) as harvest:
            running = Running(portal, harvest)
            try:
                yield running
            finally:
                running.stop()


def _wait(futures: list[PrefectFuture[dict[str, int]]]) -> None:
    """Wait for the end of all, a second at a time: a wait without end would keep Ctrl-C waiting too."""
    done = threading.Semaphore(0)
    for future in futures:
        future.add_done_callback(lambda _: done.release())
    for _ in futures:
        while not done.acquire(timeout=1):
            continue


def _failure(future: PrefectFuture[dict[str, int]]) -> Exception | None:
    try:
        future.result()
    except Exception as error:  # noqa: BLE001 - the other batches go on; it is told in the end
        return error
    return None
