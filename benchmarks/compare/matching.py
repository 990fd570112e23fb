"""Match mentions of numbers by place and value, the same way for every tool.

In: targets (what the gold has of a kind) and mentions (what a tool gave of it). Out: a `Result`.

>>> compare([Target("a", 0, 3, 80.0)], [Mention("a", 1, 3, (80.0,))]).right_values
1
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Target:
    """A number that is to be found: its place and its value; None where only the place counts."""

    doc: str
    start: int
    end: int
    value: float | None


@dataclass(frozen=True)
class Mention:
    """A number that a tool found: its place and the values it gives, two for a range."""

    doc: str
    start: int
    end: int
    values: tuple[float, ...]


@dataclass
class Result:
    """How many were to be found, were given, were found, and were found with the right value."""

    wanted: int = 0
    given: int = 0
    found: int = 0
    right_values: int = 0
    precise: int = 0


def compare(targets: Iterable[Target], mentions: Iterable[Mention]) -> Result:
    """Match each target to mentions that overlap it; a mention is precise if it overlaps a target.

    A target is found if a mention overlaps it, and right if one of those gives its value, whatever the sign: no other
    tool tells a decrease. So a range needs both its ends, and one mention may stand for both.
    """
    by_doc: dict[str, tuple[list[Target], list[Mention]]] = defaultdict(lambda: ([], []))
    for target in targets:
        by_doc[target.doc][0].append(target)
    for mention in mentions:
        by_doc[mention.doc][1].append(mention)
    result = Result()
    for wanted, given in by_doc.values():
        result.wanted += len(wanted)
        result.given += len(given)
        for target in wanted:
            near = [mention for mention in given if overlap(target, mention)]
            result.found += bool(near)
            result.right_values += any(is_value(target, mention.values) for mention in near)
        result.precise += sum(any(overlap(target, mention) for target in wanted) for mention in given)
    return result


def overlap(target: Target, mention: Mention) -> bool:
    """Whether both share a character of the same text."""
    return target.start < mention.end and mention.start < target.end


def is_value(target: Target, values: Sequence[float]) -> bool:
    """Whether one of the values is the target's, the sign aside."""
    wanted = target.value
    return wanted is not None and any(
        abs(abs(value) - abs(wanted)) <= TOLERANCE * max(1.0, abs(wanted)) for value in values
    )
