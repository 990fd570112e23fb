"""The gold itself holds together: offsets, bounds, wholes of parts, codes, and no numeral left without a verdict.

In: the tables and texts of this folder. Out: nothing but failures that name the text and the row.
"""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds"
NUMERAL = re.compile("[0-9０-９零〇一二三四五六七八九十百千万亿两半]")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def by_document(name: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of one of our tables, grouped by text."""
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(HERE / name):
        groups[row["doc"]].append(row)
    return groups


DOCUMENTS = rows(HERE / "documents.csv")
GOLD = by_document("gold.csv")
TRAPS = by_document("traps.csv")
TEXTS = {row["doc"]: (HERE / "texts" / f"{row['doc']}.txt").read_text("utf-8") for row in DOCUMENTS}


def name(row: dict[str, str]) -> str:
    """Name a row for a person: text, number, quote."""
    return f"{row['doc']} {row.get('n', '')} {row.get('quote') or row.get('text')}"


def span(row: dict[str, str]) -> tuple[int, int]:
    """Return where a row stands."""
    return int(row["char_start"]), int(row["char_end"])


def bounds_fit(row: dict[str, str]) -> bool:
    """Tell whether the bounds are those that the qualifier implies."""
    value, low, high = (Decimal(row[key]) if row[key] else None for key in ("value", "value_low", "value_high"))
    if row["qualifier"] == "range":
        return value is None and low is not None and high is not None and low < high
    if value is None:
        return False
    if row["qualifier"] == "exact":
        return low == value == high
    if row["qualifier"] == "over":
        return low is not None and high is not None and low < high and value in (low, high)
    if row["qualifier"] == "approx":
        return low is None and high is None
    return {low, high} == {value, None}


def test_every_text_has_rows_and_every_row_a_text() -> None:
    assert set(GOLD) == set(TRAPS) == set(TEXTS)
    assert {path.stem for path in (HERE / "texts").glob("*.txt")} == set(TEXTS)
    assert {row["split"] for row in DOCUMENTS} == {"tune", "held"}


def test_quotes_stand_at_their_offsets() -> None:
    wrong = [name(row) for doc, text in TEXTS.items() for row in GOLD[doc] if text[slice(*span(row))] != row["quote"]]
    wrong += [name(row) for doc, text in TEXTS.items() for row in TRAPS[doc] if text[slice(*span(row))] != row["text"]]
    assert wrong == []


def test_no_two_rows_overlap_unless_they_share_a_number() -> None:
    wrong = []
    for doc in TEXTS:
        spans = sorted({span(row) for row in GOLD[doc]} | {span(row) for row in TRAPS[doc]})
        wrong += [(doc, left, right) for left, right in pairwise(spans) if right[0] < left[1]]
        shared = {span(row) for row in GOLD[doc]} & {span(row) for row in TRAPS[doc]}
        wrong += [(doc, place, place) for place in shared]
    assert wrong == []


def test_every_numeral_is_an_observation_or_a_trap() -> None:
    left_over = []
    for doc, text in TEXTS.items():
        covered = {i for row in GOLD[doc] + TRAPS[doc] for i in range(*span(row))}
        left_over += [(doc, m.start()) for m in NUMERAL.finditer(text) if m.start() not in covered]
    assert left_over == []


def test_bounds_fit_their_qualifiers() -> None:
    assert [name(row) for group in GOLD.values() for row in group if not bounds_fit(row)] == []


def test_parts_have_wholes_and_units_and_codes_are_known() -> None:
    units = {row["unit"]: row["unit_code"] for row in rows(SEEDS / "units.csv")}
    codes = {row["indicator"] for row in rows(SEEDS / "indicators.csv")}
    wrong = []
    for group in GOLD.values():
        numbers = {row["n"] for row in group}
        wrong += [name(row) for row in group if row["part_of"] and row["part_of"] not in numbers - {row["n"]}]
        wrong += [name(row) for row in group if row["unit"] and units.get(row["unit"]) != row["unit_code"]]
        wrong += [name(row) for row in group if row["indicator"] and row["indicator"] not in codes]
    assert wrong == []
