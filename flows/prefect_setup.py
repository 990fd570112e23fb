"""Prefect as fazhi uses it: its home under the data folder, its own API in place of a server, and quiet.

In: the data folder. Out: an environment for Prefect, which must stand before Prefect is imported, and `prefect_api`,
within which flows run. What the environment already says stays: with `PREFECT_API_URL` a server of one's own is used.

>>> with prefect_api(Path("data")): fazhi_run()
"""

import importlib
import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.errors import FazhiError

LEAST_FREE = 16 * 2**20
DRAIN_SECONDS = 15.0


def prepare_prefect(data_dir: Path, is_quiet: bool = True) -> None:
    """Set the environment that Prefect and Great Expectations read when they are imported.

    Where it is not quiet, Prefect logs to standard error, as a service does.
    """
    home = data_dir / "prefect"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{home}: cannot be made ({error.strerror}); check the rights, or give another --data"
        raise FazhiError(why) from None
    quiet = {"PREFECT_LOGGING_SETTINGS_PATH": str(Path(__file__).with_name("prefect_logging.yml"))} if is_quiet else {}
    for name, value in (_environment(home) | quiet).items():
        os.environ.setdefault(name, value)


def _environment(home: Path) -> dict[str, str]:
    return {
        "PREFECT_HOME": str(home),
        # Nothing is told to anyone.
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
        # States of tasks are written many at a time; one at a time, a run ends with half of them unwritten.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }


@contextmanager
def prefect_api(data_dir: Path, meanwhile: Sequence[str] = ()) -> Iterator[None]:
    """Run flows within: on the server that the environment names, else on Prefect's own API with SQLite.

    The modules `meanwhile` are imported while the API starts: both take seconds, and different cores.
    """
    prepare_prefect(data_dir)
    _refuse_full_disk(data_dir)
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    from flows.prefect_server import own_api

    imports = threading.Thread(target=lambda: [importlib.import_module(name) for name in meanwhile], daemon=True)
    imports.start()
    with own_api(data_dir / "prefect") as api:
        imports.join()
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: api}):
            try:
                yield
            finally:
                _wait_until_recorded()


def _refuse_full_disk(data_dir: Path) -> None:
    """Raise FazhiError where Prefect could not even keep its states, which it would tell in thousands of lines."""
    free = shutil.disk_usage(data_dir).free
    if free < LEAST_FREE:
        raise FazhiError(f"{data_dir}: only {free / 2**20:.1f} MiB are free on its disk; a run needs "
                         f"{LEAST_FREE // 2**20} MiB at the least: free some space")


def _wait_until_recorded() -> None:
    """Wait until the API has written the last states: stopped earlier, it would lose them, and complain."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import TaskRunFilter, TaskRunFilterState, TaskRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import TaskRunSort
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=DRAIN_SECONDS)
    APILogWorker.drain_all(timeout=DRAIN_SECONDS)
    unfinished = TaskRunFilter(
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING]))
    )
    deadline = time.monotonic() + DRAIN_SECONDS
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            if not client.read_task_runs(task_run_filter=unfinished, sort=TaskRunSort.ID_DESC, limit=1):
                return
            time.sleep(0.2)
