"""Sentences with the code of each number written behind it, and how far extraction agrees with them.

In: lines such as `调解纠纷12件{disputes_mediated},走访3户{?}。`, where `?` says that no code fits. Out: `Marked`
sentences, and a `Score` of the numbers found and the codes given.

>>> read_marked("走访3户{?}。")[0].marks
((4, None),)
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from transforms.scoring import Row, Score, compare_codes, describe, fault

MARK = re.compile(r"\{(\?|[a-z0-9_]+)\}")


class Marked(NamedTuple):
    """A sentence without its marks, its line in the file, and each mark's place in it with the code or None."""

    line: int
    text: str
    marks: tuple[tuple[int, str | None], ...]


class Paired(NamedTuple):
    """A mark: the sentence it is in, its place and code, and the number that it is of, None where none was found."""

    doc: str
    place: int
    code: str | None
    row: Row | None


def read_marked(text: str) -> list[Marked]:
    """Return the sentences of a file; lines that begin with # are headings."""
    sentences = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            *pieces, rest = MARK.split(line)
            bare, marks = "", []
            for words, code in zip(pieces[::2], pieces[1::2], strict=True):
                bare += words
                marks.append((len(bare), None if code == "?" else code))
            sentences.append(Marked(number, bare + rest, tuple(marks)))
    return sentences


def score_marked(
    sentences: Mapping[str, Marked], observed: Iterable[Row], ancestors: Mapping[str, str | None]
) -> Score:
    """Count, over all sentences by name, the marked numbers that were found and the codes that agree."""
    result = Score()
    found, extra = pair(sentences, observed)
    for mark in found:
        if mark.row is None:
            miss(result, mark)
        else:
            result.count("mention_recall", True)
            result.count("mention_precision", True)
            compare_codes(result, {"doc": mark.doc, "indicator": mark.code}, mark.row, ancestors)
    for row in extra:
        result.count("mention_precision", False)
        result.faults.append(fault("extra", row, row, describe(row), ""))
    return result


def pair(sentences: Mapping[str, Marked], observed: Iterable[Row]) -> tuple[list[Paired], list[Row]]:
    """Return each mark with the number that it is of, or None; and the numbers that nobody marked.

    A mark is of the last number that ends before it; marks at one place are of the things that share a number, or of
    the numbers that end there one after the other.
    """
    found: list[Paired] = []
    extra: list[Row] = []
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in observed:
        rows[row["doc"]].append(row)
    for name, sentence in sentences.items():
        left = sorted(rows[name], key=lambda row: row["char_end"])
        for place, codes in marked_places(sentence).items():
            before = [row for row in left if row["char_end"] <= place]
            left = [row for row in left if row["char_end"] > place]
            taken = before[-len(codes):]
            missing = len(codes) - len(taken)
            found += [Paired(name, place, code, row) for code, row in zip(codes[missing:], taken, strict=True)]
            found += [Paired(name, place, code, None) for code in codes[:missing]]
            extra += before[:len(before) - len(taken)]
        extra += left
    return found, extra


def marked_places(sentence: Marked) -> dict[int, list[str | None]]:
    """The codes by the place that they are marked at, in order."""
    places: dict[int, list[str | None]] = defaultdict(list)
    for place, code in sentence.marks:
        places[place].append(code)
    return places


def miss(result: Score, mark: Paired) -> None:
    """Count a marked number that was not found."""
    result.count("mention_recall", False)
    if mark.code is not None:
        result.count("indicator_recall", False)
    at = {"doc": mark.doc, "char_start": mark.place, "quote": "", "value": "", "unit": mark.code}
    result.faults.append(fault("missed", at, at, "", describe(at)))
