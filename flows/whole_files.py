"""Write a file so that it is found as it was or as it is to be, never half, whoever reads and whatever is cut off when.

In: where a file goes. Out: where to write it first, beside. It is on disk before it takes its name, and so is the name
before anything else is done.

>>> with replacing(Path("data/withdrawn.csv")) as part: part.write_bytes(content)
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a file or link to make beside `path`, which then takes its place.

    An exception leaves `path` as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        yield part
        sync(part)
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return the name that a file has until it is whole."""
    return path.with_name(f".{path.name}.part")


def sync(path: Path) -> None:
    """Have the system write a file or folder through to the disk; raise OSError where it cannot."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
