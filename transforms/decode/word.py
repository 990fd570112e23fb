"""From a DOCX to its text, by python-docx.

In: the file's bytes. Out: `Decoded` with one paragraph a line and tables in their place, cells separated by tabs.
All text of the body counts, in content controls, insertions and hyperlinks too, and the numbers that Word counts by
itself; deletions, notes and headers do not.

>>> read(b"PK").outcome
'unreadable'
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from transforms.decode.grid import Cell, as_lines
from transforms.decode.result import Decoded, failed
from transforms.decode.word_numbers import Numbering

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _TAB, _BREAKS = qn("w:t"), qn("w:tab"), (qn("w:br"), qn("w:cr"))
_SKIPPED = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:instrText"),
            "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def read(payload: bytes) -> Decoded:
    """Return the text of a DOCX; a MemoryError is for who set the limit."""
    try:
        document = docx.Document(BytesIO(payload))
        lines = _lines(document.element.body, Numbering(document))
        text = "\n".join(line for line in lines if line.strip())
        properties = document.core_properties
        title = (properties.title or "").strip() or None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a broken package raises what its part's parser raises
        reason = f"{type(error).__name__}: {error}"
        return failed("unreadable", f"the DOCX cannot be opened ({reason}); look for another copy")
    if not text:
        return failed("unreadable", "the DOCX holds no text; if it holds pictures of pages, it needs OCR")
    return Decoded(text=text, title=title)


def _lines(element: Any, numbering: Numbering) -> Iterator[str]:
    """Yield paragraphs and table rows in document order."""
    for child in element:
        if child.tag == _PARAGRAPH:
            text = _text(child)
            yield from f"{numbering.prefix(child) if text.strip() else ''}{text}".split("\n")
            for box in child.iter(qn("w:txbxContent")):
                if not any(parent.tag in _SKIPPED for parent in box.iterancestors()):
                    yield from _lines(box, numbering)
        elif child.tag == _TABLE:
            yield from as_lines(_rows(child, numbering))
        elif child.tag not in _SKIPPED:
            yield from _lines(child, numbering)


def _text(element: Any) -> str:
    """Return the text of a paragraph, without that of text boxes anchored in it."""
    pieces = []
    for child in element:
        if child.tag == _TEXT:
            pieces.append(child.text or "")
        elif child.tag == _TAB:
            pieces.append(" ")
        elif child.tag in _BREAKS:
            pieces.append("\n")
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED and child.tag != qn("w:txbxContent"):
            pieces.append(_text(child))
    return "".join(pieces)


def _rows(table: Any, numbering: Numbering) -> list[list[Cell]]:
    """Return the rows; a cell merged with the one above it counts as rows of that one."""
    rows: list[list[Cell]] = []
    above: dict[int, tuple[int, int]] = {}
    for y, row in enumerate(_inside(table, _ROW)):
        rows.append([])
        column = 0
        for element in _inside(row, _CELL):
            cell = Cell(" \n".join(_lines(element, numbering)), _span(element))
            merge = element.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merge is not None and merge.get(qn("w:val"), "continue") == "continue" and column in above:
                top, place = above[column]
                rows[top][place] = replace(rows[top][place], rows=y - top + 1)
            else:
                above[column] = (y, len(rows[y]))
                rows[y].append(cell)
            column += cell.columns
    return rows


def _inside(element: Any, tag: str) -> Iterator[Any]:
    """Yield the elements of a tag below, in content controls too, not those of a nested table."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in (_TABLE, _CELL, _PARAGRAPH):
            yield from _inside(child, tag)


def _span(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = "" if span is None else span.get(qn("w:val"), "")
    return int(value) if value.isdecimal() else 1
