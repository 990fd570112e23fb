"""The one kind of error that a user is meant to read, and the exit codes of the command line.

In: what went wrong, named after the input, and the remedy. Out: one line on standard error and an exit code.

>>> raise FazhiError("gold.csv: no column 'quote'; take a file laid out like tests/gold/gold.csv")
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    """What a scheduler can tell from a run's end."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    SOME_FAILED = 3
    CRITICAL = 4
    HELD = 5
    NOTHING_FETCHED = 6
    STALE = 7


class FazhiError(Exception):
    """An error with a message for the user: the input, what is wrong with it, and the remedy, in one line."""

    def __init__(self, message: str, exit_code: int = ExitCode.UNEXPECTED) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = int(exit_code)


@contextmanager
def in_one_line(message: str) -> Iterator[None]:
    """Turn an error of the operating system into one line that names the remedy."""
    try:
        yield
    except OSError as error:
        raise FazhiError(f"{message} ({error.strerror or error})") from error
