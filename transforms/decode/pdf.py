"""From a PDF to its text, by pypdfium2.

In: the file's bytes. Out: `Decoded` with one paragraph a line: lines of print are joined where a line is full and the
next one is not indented, across pages too; page numbers go; wide gaps within a line become tabs, so that the rows of
a table keep their cells. A scanned PDF holds no text and is `unreadable` here.

>>> read(b"%PDF-1.4").outcome
'unreadable'
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium

from transforms.decode.result import Decoded, failed

_PAGE_NUMBER = re.compile(r"[-—–－\s·]*第?\s*\d{1,3}\s*页?(?:\s*[/共]\s*\d{1,3}\s*页?)?[-—–－\s·]*")
_ENDS_SENTENCE = re.compile(r"[。!!??;;::]$")
_CJK_END, _CJK_START = re.compile(r"[\u3000-\u9fff\uff00-\uffef]$"), re.compile(r"^[\u3000-\u9fff\uff00-\uffef]")
_NUMERAL = re.compile(r"^(?:[一二三四五六七八九十]+、|[((][一二三四五六七八九十\d]+[))]|\d{1,2}[.．、](?!\d))")
_MOST_PAGES = 500
_LEAST_TEXT_A_PAGE = 5


@dataclass(frozen=True)
class _Line:
    """A line of print: its text and where it stands on the page."""

    text: str
    left: float
    right: float
    height: float


def read(payload: bytes) -> Decoded:
    """Return the text of a PDF."""
    try:
        document = pdfium.PdfDocument(payload)
    except pdfium.PdfiumError as error:
        reason = "is locked by a password" if "password" in str(error).lower() else f"cannot be opened ({error})"
        return failed("unreadable", f"the PDF {reason}; look for another copy")
    with document:
        n_pages = len(document)
        if n_pages > _MOST_PAGES:
            return failed("too_large", f"the PDF has {n_pages} pages, more than {_MOST_PAGES}; import the report alone")
        try:
            pages = [list(_lines(document[number])) for number in range(n_pages)]
            title = (document.get_metadata_value("Title") or "").strip() or None
        except pdfium.PdfiumError as error:
            return failed("unreadable", f"the PDF is damaged ({error}); look for another copy")
    text = "\n".join(_paragraphs(_without_page_numbers(pages)))
    if len(text) < _LEAST_TEXT_A_PAGE * max(1, n_pages):
        return failed("unreadable", f"the PDF's {n_pages} pages are pictures without text; it needs OCR")
    return Decoded(text=text, title=title)


def _lines(page: pdfium.PdfPage) -> Iterator[_Line]:
    """Yield the lines of a page from top to bottom, pieces on one base line put together."""
    pieces: list[tuple[float, float, float, float, str]] = []
    textpage = page.get_textpage()
    for number in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(number)
        text = textpage.get_text_bounded(left, bottom, right, top).replace("\r", "").replace("\n", "")
        if text.strip():
            pieces.append((left, bottom, right, top, text))
    for row in _rows(pieces):
        height = max(top - bottom for _, bottom, _, top, _ in row)
        text, end = "", None
        for left, _, right, _, piece in row:
            if end is not None:
                text += "\t" if left - end > 1.5 * height else " " if left - end > 0.4 * height else ""
            text += piece.strip()
            end = right
        yield _Line(text, row[0][0], row[-1][2], height)


def _rows(
    pieces: list[tuple[float, float, float, float, str]]
) -> Iterator[list[tuple[float, float, float, float, str]]]:
    """Group pieces by base line, top line first; each row from left to right."""
    row: list[tuple[float, float, float, float, str]] = []
    for piece in sorted(pieces, key=lambda piece: (-(piece[1] + piece[3]) / 2, piece[0])):
        if row and not _same_line(row[0], piece):
            yield sorted(row)
            row = []
        row.append(piece)
    if row:
        yield sorted(row)


def _same_line(one: tuple[float, float, float, float, str], other: tuple[float, float, float, float, str]) -> bool:
    middle = (other[1] + other[3]) / 2
    return one[1] <= middle <= one[3] or other[1] <= (one[1] + one[3]) / 2 <= other[3]


def _without_page_numbers(pages: list[list[_Line]]) -> list[_Line]:
    """Take page numbers off, and heads and feet that stand on most pages."""
    edges = Counter(text for lines in pages for text in {line.text for line in _edges(lines)})
    repeated = {text for text, times in edges.items() if times >= 3 and times > len(pages) / 2}
    kept = []
    for lines in pages:
        edge = {id(line) for line in _edges(lines)}
        kept += [line for line in lines if id(line) not in edge
                 or not (line.text in repeated or _PAGE_NUMBER.fullmatch(line.text))]
    return kept


def _edges(lines: list[_Line]) -> list[_Line]:
    return [lines[0], lines[-1]] if lines else []


def _paragraphs(lines: Iterable[_Line]) -> Iterator[str]:
    """Join lines of print to paragraphs."""
    lines = list(lines)
    left = _margin([line.left for line in lines])
    right = max((line.right for line in lines), default=0.0)
    paragraph, before = "", None
    for line in lines:
        if before is not None and _goes_on(before, line, left, right):
            paragraph = _joined(paragraph, line.text)
        else:
            if paragraph:
                yield paragraph
            paragraph = line.text
        before = line
    if paragraph:
        yield paragraph


def _margin(lefts: list[float]) -> float:
    """Return the left margin: the leftmost place where many lines begin."""
    rounded = Counter(round(left) for left in lefts)
    common = [place for place, times in rounded.items() if times >= max(2, len(lefts) / 20)]
    return float(min(common or rounded or [0]))


def _goes_on(before: _Line, line: _Line, left: float, right: float) -> bool:
    if "\t" in before.text or "\t" in line.text or _NUMERAL.match(line.text):
        return False
    is_full = before.right > right - 2.2 * before.height
    is_indented = line.left > left + 1.2 * line.height
    ended = _ENDS_SENTENCE.search(before.text) and before.right < right - 1.2 * before.height
    return is_full and not is_indented and not ended


def _joined(text: str, more: str) -> str:
    if _CJK_END.search(text) or _CJK_START.search(more) or (text[-1:].isdigit() and more[:1].isdigit()):
        return text + more
    return f"{text} {more}"
