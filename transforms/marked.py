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
    """Count, over all sentences by name, the marked numbers that were found and the codes that agree.

    A mark is of the last number that ends before it; marks at one place are of the things that share a number, or of
    the numbers that end there one after the other.
    """
    result = Score()
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in observed:
        rows[row["doc"]].append(row)
    for name, sentence in sentences.items():
        left = sorted(rows[name], key=lambda row: row["char_end"])
        for place, codes in marked_places(sentence).items():
            before = [row for row in left if row["char_end"] <= place]
            left = [row for row in left if row["char_end"] > place]
            taken = before[-len(codes):]
            for code, row in zip(codes[len(codes) - len(taken):], taken, strict=True):
                found(result, name, code, row, ancestors)
            for code in codes[:len(codes) - len(taken)]:
                miss(result, name, place, code)
            extras(result, name, before[:len(before) - len(taken)])
        extras(result, name, left)
    return result


def marked_places(sentence: Marked) -> dict[int, list[str | None]]:
    """The codes by the place that they are marked at, in order."""
    places: dict[int, list[str | None]] = defaultdict(list)
    for place, code in sentence.marks:
        places[place].append(code)
    return places


def found(
    result: Score, name: str, code: str | None, row: Row, ancestors: Mapping[str, str | None]
) -> None:
    """Count a marked number that was found, and its code."""
    result.count("mention_recall", True)
    result.count("mention_precision", True)
    compare_codes(result, {"doc": name, "indicator": code}, row, ancestors)


def extras(result: Score, name: str, rows: Iterable[Row]) -> None:
    """Count numbers that nobody marked."""
    for row in rows:
        result.count("mention_precision", False)
        result.faults.append(fault("extra", {"doc": name}, row, describe(row), ""))


def miss(result: Score, name: str, place: int, code: str | None) -> None:
    """Count a marked number that was not found."""
    result.count("mention_recall", False)
    if code is not None:
        result.count("indicator_recall", False)
    at = {"doc": name, "char_start": place, "quote": "", "value": "", "unit": code}
    result.faults.append(fault("missed", at, at, "", describe(at)))
