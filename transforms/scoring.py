"""Accuracy against gold, as the contract of extraction defines it.

In: gold rows and observations of the same texts, each with `doc` and offsets in the same text. Out: a `Score`: counts
by measure, and every miss, extra and wrong field.

>>> score(gold, observed, ancestors={}).ratio("mention_f1")
1.0
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
TOLERANCE = 1e-6
FIELDS = ("qualifier", "bounds", "unit_code", "measure", "sign", "status", "period", "part_of", "label")


@dataclass
class Score:
    """Counts of right ones and of all, by measure; and what went wrong, one `Fault` each."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    faults: list["Fault"] = field(default_factory=list)

    def count(self, measure: str, is_right: bool) -> None:
        """Count one case of a measure."""
        self.all[measure] += 1
        self.right[measure] += is_right

    def ratio(self, measure: str) -> float | None:
        """Share of right ones; `mention_f1` is the harmonic mean; None where there is nothing to count."""
        if measure == "mention_f1":
            total = self.all["mention_recall"] + self.all["mention_precision"]
            return 2 * self.right["mention_recall"] / total if total else None
        return self.right[measure] / self.all[measure] if self.all[measure] else None


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong: what kind, where, what the gold says, what was extracted."""

    kind: str
    doc: str
    place: int
    expected: str
    got: str
    phenomenon: str = ""


def score(gold: Iterable[Row], observed: Iterable[Row], ancestors: Mapping[str, str | None]) -> Score:
    """Match observations to gold on value, unit and place, and compare their fields.

    `ancestors` maps each code to the one that the gold's codebook knows it by, or None; codes it lacks stand for
    themselves. Gold rows without `char_start` are matched as a multiset within their document.
    """
    result = Score()
    wanted, offered = by_document(gold), by_document(observed)
    for doc in sorted(wanted.keys() | offered.keys()):
        pairs, missed, extra = match(wanted[doc], offered[doc])
        names = {str(row.get("n")): got["observation_id"] for row, got in pairs}
        for row, got in pairs:
            result.count("mention_recall", True)
            result.count("mention_precision", True)
            compare(result, row, got, names)
            compare_codes(result, row, got, ancestors)
        for row in missed:
            result.count("mention_recall", False)
            if row.get("indicator"):
                result.count("indicator_recall", False)
            result.faults.append(fault("missed", row, row, "", describe(row)))
        for got in extra:
            result.count("mention_precision", False)
            result.faults.append(fault("extra", got, got, describe(got), ""))
    return result


def by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by document, in the order of their places."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["doc"]].append(row)
    for places in found.values():
        places.sort(key=lambda row: row["char_start"] if row["char_start"] is not None else -1)
    return found


def match(gold: list[Row], observed: list[Row]) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pair gold with observations, those first whose labels agree; return pairs, missed gold and extra observations."""
    pairs: list[tuple[Row, Row]] = []
    left = list(observed)
    missed = list(gold)
    for needs_label in (True, False):
        waiting, missed = missed, []
        for row in waiting:
            found = next(
                (got for got in left if is_same(row, got) and (not needs_label or label_agrees(row, got))), None
            )
            if found is None:
                missed.append(row)
            else:
                left.remove(found)
                pairs.append((row, found))
    return pairs, missed, left


def is_same(gold: Row, observed: Row) -> bool:
    """Whether both state the same value in the same unit at the same place."""
    if (gold["unit"] or "") != (observed["unit"] or ""):
        return False
    if gold["value"] is None or observed["value"] is None:
        values = all(near(gold[name], observed[name]) for name in ("value", "value_low", "value_high"))
    else:
        values = near(gold["value"], observed["value"])
    if not values or gold["char_start"] is None:
        return values
    return bool(gold["char_start"] < observed["char_end"] and observed["char_start"] < gold["char_end"])


def near(left: float | None, right: float | None) -> bool:
    """Whether two numbers are equal up to rounding; None equals None."""
    if left is None or right is None:
        return left is right
    return abs(left - right) <= TOLERANCE * max(1.0, abs(left))


def label_agrees(gold: Row, observed: Row) -> bool:
    """Whether the label has one of the gold's key words."""
    return any(key in observed["label"] for key in (gold.get("label_keys") or "").split("|"))


def compare(result: Score, gold: Row, observed: Row, names: Mapping[str, str]) -> None:
    """Count each field that the gold states."""
    checks = {
        "qualifier": (gold["qualifier"], observed["qualifier"]),
        "unit_code": (gold.get("unit_code"), observed["unit_code"]),
        "measure": (gold.get("measure"), observed["measure"]),
        "status": (gold["status"], observed["status"]),
        "period": (gold.get("period"), f"{observed['period_start']}/{observed['period_end']}"),
        "part_of": (names.get(str(gold["part_of"]), "missed") if gold.get("part_of") else None, observed["part_of"]),
    }
    for name, (expected, got) in checks.items():
        stated = expected is not None or name == "part_of" or (name == "unit_code" and "unit_code" in gold)
        if stated and not (name == "part_of" and expected is None and got is None):
            note(result, name, expected == got, gold, observed, str(expected), str(got))
    signed = gold["value"] is not None and observed["value"] is not None
    if signed and (gold.get("measure") or "").startswith("change"):
        same = (gold["value"] < 0) == (observed["value"] < 0)
        note(result, "sign", same, gold, observed, str(gold["value"]), str(observed["value"]))
    bounds = all(near(gold[name], observed[name]) for name in ("value_low", "value_high"))
    note(result, "bounds", bounds, gold, observed, f"{gold['value_low']}..{gold['value_high']}",
         f"{observed['value_low']}..{observed['value_high']}")
    note(result, "label", label_agrees(gold, observed), gold, observed, gold.get("label_keys") or "", observed["label"])


def compare_codes(result: Score, gold: Row, observed: Row, ancestors: Mapping[str, str | None]) -> None:
    """Count the code given, at the level of detail that the gold's codebook has."""
    given = observed["indicator"]
    code = ancestors.get(given, given) if given else None
    expected = gold.get("indicator") or None
    if code is not None:
        note(result, "indicator_precision", code == expected, gold, observed, str(expected), str(given))
    if expected is not None:
        result.count("indicator_recall", code == expected)
        if code is None:
            result.faults.append(fault("no_code", gold, observed, observed["label"], expected))


def note(result: Score, name: str, is_right: bool, gold: Row, observed: Row, expected: str, got: str) -> None:
    """Count a field and keep the fault when it is wrong."""
    result.count(name, is_right)
    if not is_right:
        result.faults.append(fault(name, gold, observed, f"{got} [{observed['label']}]", expected))


def fault(kind: str, gold: Row, observed: Row, got: str, expected: str) -> Fault:
    """Name a fault and its place."""
    place = observed["char_start"] if observed["char_start"] is not None else -1
    return Fault(kind, gold["doc"], place, expected, got, gold.get("phenomenon") or "")


def describe(row: Row) -> str:
    """A mention in short: its quote, value and unit."""
    return f"{row['quote']} = {row['value']} {row['unit'] or ''}"


def ancestors_in(known: Iterable[str], parents: Mapping[str, str | None]) -> dict[str, str | None]:
    """Map each code to its nearest ancestor among `known` (itself, if known), or None."""
    known_codes = set(known)
    found: dict[str, str | None] = {}
    for code in parents:
        ancestor: str | None = code
        while ancestor is not None and ancestor not in known_codes:
            ancestor = parents.get(ancestor)
        found[code] = ancestor
    return found
