"""One at a time: a lock that the system lets go of when its holder ends, however it ends.

In: the file of the lock, and the error for whoever comes second. Out: a context within which no other process is.

>>> with only_run(Path("data")): ...
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import ExitCode, FazhiError
from flows.warc_store import raw_folder


class RunUnderWay(FazhiError):
    """A run of the whole pipeline was asked for while another one is under way on the same data."""


@contextmanager
def only_run(data_dir: Path) -> Iterator[None]:
    """Let one run at a time work on a folder of data, whoever started it; raise RunUnderWay for the second."""
    busy = RunUnderWay(f"{data_dir}: another run is under way; wait for its end")
    with held(data_dir / ".run.lock", busy):
        yield


@contextmanager
def only_harvest(data_dir: Path) -> Iterator[None]:
    """Let one harvest at a time ask servers, or change what it goes by: two would ask twice as often as is polite."""
    busy = FazhiError(f"{data_dir}: another harvest is under way; wait for its end", ExitCode.HELD)
    with held(raw_folder(data_dir) / ".harvest.lock", busy):
        yield


@contextmanager
def held(lock: Path, busy: FazhiError) -> Iterator[None]:
    """Hold a lock; raise `busy` where another process has it."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("w")
    except OSError as error:
        raise FazhiError(f"{lock.parent}: cannot be written ({error.strerror}); check its rights") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        yield
