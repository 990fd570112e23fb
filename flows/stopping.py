"""End on SIGTERM as on Ctrl-C: locks are let go of, what was begun is put away, and what was started is ended with it.

In: nothing. Out: `Stopped`, which SIGTERM raises in the main thread; a terminal that goes away counts as SIGTERM.

>>> end_on_sigterm()
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODE = 128 + signal.SIGTERM
_IN_PANIC = re.compile(r"type: <class '(?:\w+\.)*(KeyboardInterrupt|Stopped|TerminationSignal)'>")


class Stopped(SystemExit):
    """The process was asked to end."""

    def __init__(self) -> None:
        super().__init__(EXIT_CODE)


def end_on_sigterm() -> None:
    """Have SIGTERM raise `Stopped`, and SIGHUP do the same unless it is ignored, as under `nohup`."""
    signal.signal(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, pass_on)


def pass_on(_number: int, _frame: FrameType | None) -> None:
    """Stop as on SIGTERM, whoever handles that by now: a run of Prefect's does, and then says how it ended."""
    os.kill(os.getpid(), signal.SIGTERM)


def signal_in(error: BaseException) -> str | None:
    """Return the name of what a signal raised where polars panicked of it, as it does when about to call a function."""
    found = _IN_PANIC.search(str(error)) if type(error).__name__ == "PanicException" else None
    return found and found[1]


@contextmanager
def raising_signals() -> Iterator[None]:
    """Raise what a signal raised, within the block, in place of a panic of polars' about it."""
    try:
        yield
    except BaseException as error:
        match signal_in(error):
            case "KeyboardInterrupt":
                raise KeyboardInterrupt from None
            case "Stopped":
                raise Stopped from None
            case "TerminationSignal":
                from prefect.exceptions import TerminationSignal

                raise TerminationSignal(signal.SIGTERM) from None
        raise


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
