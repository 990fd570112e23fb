"""Tell a person how far a long step is: a bar on a terminal, a line now and then in a log, nothing within two seconds.

In: the name of a step and how many pieces it has. Out: lines on standard error.

>>> with stage("build", 12) as advance:
...     advance("import-0123456789abcdef")
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0
SECONDS_BETWEEN_LINES = 10.0

Advance = Callable[[str], None]


@contextmanager
def stage(name: str, total: int | None = None) -> Iterator[Advance]:
    """Show a step while it runs; the function that it gives is called, with a word on it, for each piece done."""
    with (_bar if sys.stderr.isatty() else _lines)(name, total) as advance:
        yield advance


@contextmanager
def _bar(name: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task(name, total=total)
    timer = threading.Timer(QUIET_SECONDS, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda piece: progress.update(task, advance=1, description=f"{name} {piece}")
    finally:
        timer.cancel()
        timer.join()
        progress.stop()


@contextmanager
def _lines(name: str, total: int | None) -> Iterator[Advance]:
    done, next_line = 0, time.monotonic() + QUIET_SECONDS
    lock = threading.Lock()

    def advance(piece: str) -> None:
        nonlocal done, next_line
        with lock:
            done += 1
            if time.monotonic() >= next_line:
                next_line = time.monotonic() + SECONDS_BETWEEN_LINES
                of_all = f" of {total}" if total else ""
                sys.stderr.write(f"{name}: {done}{of_all} {piece}".rstrip() + "\n")

    yield advance
