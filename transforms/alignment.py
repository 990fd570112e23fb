"""Where the lines of a cleaned text stand in the text that it was cleaned from.

In: the cleaned text and its source, both with characters made equal. Out: places in the source.

>>> place_in_source("共3件", "首页\\n共3件")(0)
3
"""

from bisect import bisect_right
from collections.abc import Callable


def place_in_source(cleaned: str, source: str) -> Callable[[int], int]:
    """Return a function from places in `cleaned` to places in `source`; raise ValueError where a line is not there.

    Cleaning drops whole lines and keeps the others as they are, in order.
    """
    starts, shifts = [], []
    place, cursor = 0, 0
    for line in cleaned.split("\n"):
        found = source.find(line, cursor)
        if found < 0:
            raise ValueError(f"the line at {place} is not in the source after {cursor}: {line[:40]!r}")
        starts.append(place)
        shifts.append(found - place)
        place, cursor = place + len(line) + 1, found + len(line)

    def to_source(offset: int) -> int:
        return offset + shifts[bisect_right(starts, offset) - 1]

    return to_source
