"""Show in Prefect how far a long step is, beside what `flows.progress` tells a terminal or a log.

In: the name of a step, how many pieces it has, within a flow or task. Out: a progress artifact, once it takes longer
than ten seconds; one that Prefect does not take stops nothing.

>>> with watched("build", 12) as advance:
...     advance("import-0123456789abcdef")
"""

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.progress import Advance, stage

LOGGER = logging.getLogger("prefect.fazhi")
SECONDS_BETWEEN_UPDATES = 10.0


@contextmanager
def watched(name: str, total: int) -> Iterator[Advance]:
    """Show a step of `total` pieces while it runs; the function that it gives is called for each piece done."""
    done, is_over = [0], threading.Event()

    def advance_both(piece: str) -> None:
        done[0] += 1
        advance(piece)

    within = contextvars.copy_context()
    watcher = threading.Thread(target=within.run, args=(_watch, name, total, done, is_over), daemon=True)
    watcher.start()
    try:
        with stage(name, total) as advance:
            yield advance_both
    finally:
        is_over.set()
        watcher.join()


def _watch(name: str, total: int, done: list[int], is_over: threading.Event) -> None:
    """Make the artifact and keep it up to date, in a thread of its own: Prefect is slower than the pieces."""
    if is_over.wait(SECONDS_BETWEEN_UPDATES):
        return
    try:
        told = create_progress_artifact(0.0, key=f"progress-{name}", description=f"{name}, {total} pieces")
        artifact = cast("UUID", told)
        while True:
            update_progress_artifact(artifact, round(100 * min(1.0, done[0] / max(total, 1)), 1))
            if is_over.is_set():
                return
            is_over.wait(SECONDS_BETWEEN_UPDATES)
    except Exception as error:  # noqa: BLE001 - what is only shown must not stop the work
        LOGGER.warning("the progress of %s cannot be shown (%s)", name, error)
