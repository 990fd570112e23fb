"""Tables as lines: merged cells filled, cells separated by tabs.

In: rows of cells with their spans. Out: one line of text a row.
A merged heading holds for every row and column it covers and is repeated there; a merged number is one number and
stands once.

>>> as_lines([[Cell("区域", 1, 1), Cell("件数", 2, 1)], [Cell("城东"), Cell("3"), Cell("4")]])
['区域\\t件数\\t件数', '城东\\t3\\t4']
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[约近超]?[\d０-９][\d０-９,，. ]*[^\d０-９年月日季]{0,3}")
_MOST_COLUMNS = 200
_MOST_ROWS = 2000
_MOST_CELLS = 100_000
_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK_IN_WORDS = re.compile(rf"(?<={_CJK})\s*[\n\r]\s*(?={_CJK})")


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def as_lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return a line for each row of the table; rows without any text are left out."""
    grid: dict[tuple[int, int], str] = {}
    header_rows = max((min(cell.rows, 3) for cell in rows[0]), default=1) if rows else 0
    for y, row in enumerate(rows[:_MOST_ROWS]):
        x = 0
        for cell in row:
            while (y, x) in grid:
                x += 1
            _fill(grid, y, x, cell, y < header_rows)
            x += max(1, cell.columns)
    lines = []
    for y in range(min(len(rows), _MOST_ROWS)):
        width = max((column for line, column in grid if line == y), default=-1) + 1
        line = "\t".join(grid.get((y, column), "") for column in range(width)).rstrip("\t")
        if line.strip():
            lines.append(line)
    return lines


def one_line(text: str) -> str:
    """Write a cell's text in one line; a break inside Chinese words leaves no space.

    >>> one_line("行政\\n许可 12\\n件")
    '行政许可 12 件'
    """
    return " ".join(_BREAK_IN_WORDS.sub("", text).split())


def _fill(grid: dict[tuple[int, int], str], y: int, x: int, cell: Cell, is_header: bool) -> None:
    text = one_line(cell.text)
    repeat = is_header or not _NUMBER.fullmatch(text)
    for down in range(min(max(1, cell.rows), _MOST_ROWS - y)):
        for right in range(min(max(1, cell.columns), _MOST_COLUMNS)):
            if len(grid) >= _MOST_CELLS:
                return
            grid.setdefault((y + down, x + right), text if repeat or not (down or right) else "")
