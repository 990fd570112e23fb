"""Where the data folder is, and what of the machine a run may use.

In: an option of the command line, or the environment. Out: plain values.

>>> data_folder(None).name
'data'
"""

import os
from pathlib import Path

from flows.errors import ExitCode, FazhiError

ROOT = Path(__file__).resolve().parent.parent
DATA_VARIABLE = "FAZHI_DATA"
WORKERS_VARIABLE = "FAZHI_WORKERS"
PUBLISH_VARIABLE = "FAZHI_PUBLISH"


def data_folder(option: Path | None) -> Path:
    """Return the data folder: the option, else `FAZHI_DATA`, else `data` beside the code, or here if installed."""
    if option is not None:
        return option.expanduser().resolve()
    if named := os.environ.get(DATA_VARIABLE):
        return Path(named).expanduser().resolve()
    is_checkout = (ROOT / "pyproject.toml").exists()
    return (ROOT if is_checkout else Path.cwd()) / "data"


def seed_reports() -> Path:
    """Return the folder of the reports that come with the code."""
    return ROOT / "seeds" / "reports"


def worker_count() -> int:
    """Return how many segments are built at a time: `FAZHI_WORKERS`, else one for each core, four at most.

    Four segments in memory are enough to keep polars busy, which uses all cores for each.
    """
    named = os.environ.get(WORKERS_VARIABLE, "")
    if named and not (named.isdecimal() and int(named) > 0):
        raise FazhiError(f"{WORKERS_VARIABLE}={named}: give a number of workers, 1 or more", ExitCode.USAGE)
    return int(named) if named else min(4, core_count())


def core_count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
