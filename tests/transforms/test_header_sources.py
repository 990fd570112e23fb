"""Year, level and place of the curated pages, read from their titles alone, host hidden; year and level of the texts
of the gold: measured floors.

A title has enough words for a field if it states it: a year; an issuer; a place that no other place shares its name with.
"""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tests.transforms.header_seeds import knowledge
from transforms.divisions import find_unit, place_of
from transforms.header import header_of
from transforms.header_issuer import read_issuer
from transforms.header_title import find_title
from transforms.header_years import title_years

# Of 207 titles. Measured 2026-11-24: year 205 of 205, level 195 of 196, division 177 of 178.
STATED = {"year": 205, "level": 196, "division": 178}
FLOOR = 0.98
GOLD = Path(__file__).parents[1] / "gold"


@dataclass
class Tally:
    """Rows that state a field, and those read wrongly."""

    stated: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, title: str, found: object, curated: object) -> None:
        self.stated += 1
        if found != curated:
            self.wrong.append(f"{title}: {found}, not {curated}")

    @property
    def accuracy(self) -> float:
        return 1 - len(self.wrong) / self.stated


def test_titles_of_curated_pages_are_read_right() -> None:
    known, tallies = knowledge(), {name: Tally() for name in ("year", "level", "division")}
    for row in known.sources.iter_rows(named=True):
        if row["kind"] != "report" or not row["title"]:
            continue
        found = header_of(row["title"], None, None, None, None, knowledge=known)
        title = find_title(row["title"], None, known)
        issuer = read_issuer(title.issuer, known)
        if title_years(row["title"], known)[0]:
            tallies["year"].add(row["title"], str(found["report_year"]), row["report_year"])
        if found["header_outcome"]:
            continue
        if issuer.level:
            tallies["level"].add(row["title"], found["body_level"], row["org_level"])
        if len(issuer.units) == 1 or issuer.names:
            unit = find_unit((row["province"], row["city"], row["county"], row["township"]), known.places)
            code = place_of(unit).code
            tallies["division"].add(row["title"], (found["division_code"] or "")[: len(code or "")], code)
    for name, tally in tallies.items():
        assert tally.stated >= STATED[name], name
        assert tally.accuracy >= FLOOR, (name, tally.wrong)


def test_texts_of_the_gold_are_read_right() -> None:
    """Measured 2026-11-24: year 66 of 66, level 65 of 66 (a ministry that does not name itself)."""
    year, level = Tally(), Tally()
    for row in pl.read_csv(GOLD / "documents.csv", infer_schema=False).iter_rows(named=True):
        text = (GOLD / "texts" / f"{row['doc']}.txt").read_text(encoding="utf-8")
        found = header_of(text, None, None, None, None, knowledge=knowledge())
        year.add(row["doc"], str(found["report_year"]), row["year"])
        level.add(row["doc"], found["body_level"], row["level"])
    assert year.accuracy >= FLOOR, year.wrong
    assert level.accuracy >= FLOOR, level.wrong
