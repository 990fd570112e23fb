"""Decoding in processes of its own, with a limit of time and memory for each document.

In: payloads with their declared type and address. Out: `Decoded`, in the order of the payloads. A document that takes
too long, too much memory or the process with it costs itself only: its result says so, the others are not touched.

>>> [decoded.outcome for decoded in decode_apart([(b"<p>a</p>", "text/html", "https://example.gov.cn/")])]
[None]
"""

import atexit
import multiprocessing
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from functools import cache
from pathlib import Path
from typing import TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from flows.settings import worker_count
from transforms.decode import Decoded, decode

TIME_LIMIT = 20.0
MEMORY_LIMIT = 2 * 1024**3
Task = tuple[bytes, str | None, str]
Result = TypeVar("Result")
_BATCH_BYTES = 512 * 1024
_BATCH_TASKS = 32
_AHEAD = 8
_GRACE = 2.0
_TASKS_A_PROCESS = 200
_starting = threading.Lock()


def decode_apart(tasks: Iterable[Task], time_limit: float = TIME_LIMIT) -> Iterator[Decoded]:
    """Yield the decoded documents; a few batches ahead are under way at any time."""
    under_way: deque[tuple[list[Task], ProcessFuture[list[Decoded]]]] = deque()
    for batch in _batches(tasks):
        under_way.append((batch, _submit(batch, time_limit)))
        if len(under_way) > _AHEAD:
            yield from _results(*under_way.popleft(), time_limit)
    while under_way:
        yield from _results(*under_way.popleft(), time_limit)


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Put small documents together, since handing one over costs as much as decoding it."""
    batch: list[Task] = []
    for task in tasks:
        if batch and (len(batch) >= _BATCH_TASKS or sum(len(held[0]) for held in batch) + len(task[0]) > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(task)
    if batch:
        yield batch


def _submit(batch: list[Task], time_limit: float) -> ProcessFuture[list[Decoded]]:
    return start_apart(_decode_all, batch, time_limit=time_limit)


def start_apart(function: Callable[..., Result], *arguments: object, time_limit: float) -> ProcessFuture[Result]:
    """Call a function of a module in a process of the pool; its future fails where `why_failed` can say why."""
    with _starting:
        return _pool(worker_count()).schedule(_call, args=[function, arguments, time_limit], timeout=time_limit)


@cache
def _pool(workers: int) -> ProcessPool:
    """Start the processes, once; from a clean server process, since this one has threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["transforms.decode"])
    pool = ProcessPool(max_workers=workers, max_tasks=_TASKS_A_PROCESS, initializer=_limit_memory, context=context)
    atexit.register(_stop, pool)
    return pool


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _limit_memory() -> None:
    """Allow so much more address space than the process has at its start, which depends on who started it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + MEMORY_LIMIT
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(function: Callable[..., Result], arguments: tuple[object, ...], time_limit: float) -> Result:
    """Call, in a process of the pool; the alarm ends it should the run be gone that watches the time."""
    signal.setitimer(signal.ITIMER_REAL, time_limit + _GRACE)
    try:
        return function(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _decode_all(batch: list[Task]) -> list[Decoded]:
    return [decode(*task) for task in batch]


def _results(batch: list[Task], future: ProcessFuture[list[Decoded]], time_limit: float) -> list[Decoded]:
    """Return a batch's documents; where one of several breaks it, decode each by itself."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever a hostile document raises is recorded
        if len(batch) == 1:
            return [Decoded(outcome="unreadable", error=why_failed(error, time_limit))]
    return [document for task in batch for document in _results([task], _submit([task], time_limit), time_limit)]


def why_failed(error: Exception, time_limit: float) -> str:
    """Say why a document could not be read apart, and what to do."""
    if isinstance(error, FutureTimeout):
        return f"decoding takes more than {time_limit:g} seconds; import it as text"
    if isinstance(error, MemoryError):
        return f"decoding takes more than {MEMORY_LIMIT // 1024**2} MiB of memory; import it as text"
    if isinstance(error, ProcessExpired):
        return f"the decoder broke down on it (exit code {error.exitcode}); import it as text"
    return f"it cannot be decoded ({type(error).__name__}: {error}); import it as text"
