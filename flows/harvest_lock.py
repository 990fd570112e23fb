"""One at a time: what asks servers, or changes what a harvest goes by, holds the lock of the data folder.

In: the data folder. Out: a context in which no other process harvests, or a FazhiError that says to wait.

>>> with only_harvest(Path("data")): ...
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.errors import ExitCode, FazhiError
from flows.warc_store import raw_folder


@contextmanager
def only_harvest(data_dir: Path) -> Iterator[None]:
    """Let one harvest at a time ask servers: two would ask twice as often as is polite."""
    lock = raw_folder(data_dir) / ".harvest.lock"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("w")
    except OSError as error:
        raise FazhiError(f"{lock}: cannot be written ({error.strerror}); free the disk or the folder") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FazhiError(f"{data_dir}: another harvest is under way; wait for its end", ExitCode.HELD) from None
        yield
        with suppress(OSError):
            lock.unlink()
