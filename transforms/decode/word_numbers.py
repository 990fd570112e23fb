"""Numbers that a Word file counts by itself: 一、 (一) 1. and the like, which stand in no text of the file.

In: a document's numbering definitions, then its paragraphs in order. Out: what stands before each paragraph's text.

>>> Numbering(document).prefix(paragraph)
'一、'
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

_DIGITS = "〇一二三四五六七八九"
_MOST_LEVELS = 9


@dataclass(frozen=True)
class _Level:
    """A level of a list: how its number is written, in which pattern (`%1、`), and where it starts."""

    form: str
    pattern: str
    start: int


class Numbering:
    """Counts the paragraphs of numbered lists, as Word does when it shows them."""

    def __init__(self, document: Any) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        for relation in document.part.rels.values():
            if relation.reltype.endswith("/numbering") and not relation.is_external:
                self._read_lists(relation.target_part.element)
        for style in document.styles.element.findall(qn("w:style")):
            numbered = _number_of(style)
            if numbered is not None:
                self._styles[style.get(qn("w:styleId"), "")] = numbered

    def prefix(self, paragraph: Any) -> str:
        """Return the number before a paragraph, and count it; empty for a paragraph without one, and for bullets."""
        numbered = _number_of(paragraph) or self._styles.get(_style_of(paragraph))
        if numbered is None or numbered[0] not in self._abstract:
            return ""
        number, depth = numbered
        levels = self._lists[self._abstract[number]]
        if depth not in levels:
            return ""
        counts = self._counts[self._abstract[number]]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in range(depth + 1, _MOST_LEVELS):
            counts.pop(deeper, None)
        text = levels[depth].pattern
        for place in range(depth + 1):
            level = levels.get(place, levels[depth])
            text = text.replace(f"%{place + 1}", _written(counts.get(place, level.start), level.form))
        return text

    def _read_lists(self, numbering: Any) -> None:
        for abstract in numbering.findall(qn("w:abstractNum")):
            self._lists[abstract.get(qn("w:abstractNumId"), "")] = {
                int(level.get(qn("w:ilvl"), "0")): _level(level) for level in abstract.findall(qn("w:lvl"))
            }
        for number in numbering.findall(qn("w:num")):
            abstract = _value(number, "w:abstractNumId")
            if abstract in self._lists:
                self._abstract[number.get(qn("w:numId"), "")] = abstract


def _level(level: Any) -> _Level:
    form = _value(level, "w:numFmt") or "decimal"
    start = _value(level, "w:start")
    pattern = "" if form in ("bullet", "none") else _value(level, "w:lvlText")
    return _Level(form, pattern, int(start) if start.isdecimal() else 1)


def _number_of(element: Any) -> tuple[str, int] | None:
    """Return the list and the level that a paragraph or style names."""
    properties = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if properties is None:
        return None
    number, depth = _value(properties, "w:numId"), _value(properties, "w:ilvl")
    return (number, int(depth) if depth.isdecimal() else 0) if number else None


def _style_of(paragraph: Any) -> str:
    properties = paragraph.find(qn("w:pPr"))
    return "" if properties is None else _value(properties, "w:pStyle")


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else str(child.get(qn("w:val"), ""))


def _written(number: int, form: str) -> str:
    return _FORMS.get(form, str)(number)


def _chinese(number: int) -> str:
    """Write a number below a hundred as headings do.

    >>> [_chinese(number) for number in (3, 10, 12, 20, 34)]
    ['三', '十', '十二', '二十', '三十四']
    """
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{_DIGITS[ones] if ones else ''}"


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 0 < number <= 20 else str(number)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "chineseLegalSimplified": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "decimalZero": lambda number: f"{number:02d}",
}
