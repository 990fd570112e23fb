"""Places of China: from names in a text to division codes and the names of the units above.

In: the frame of `seeds/divisions/*.csv` (columns code, name, parent, file). Out: a `Gazetteer` that reads place names
from the left of a text, and `Place`, the codes and names of one unit.

>>> place_of(read_place("重庆市渝北区两路街道办事处", gazetteer(divisions, ())).units[0]).code
'500112004'
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

RANKS = {"provinces": 1, "cities": 2, "counties": 3, "townships": 4}
# Names of groups in the list of codes; no place bears them.
_GROUPS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_TOWN = re.compile(r"(?:街道|镇|乡|苏木|区|团|[农林牧渔]场|办事处|管委会)$")
_LONGEST = 20


@dataclass(frozen=True)
class Unit:
    """A unit of the hierarchy; `code` is null for a body without a code of its own."""

    code: str | None
    name: str
    rank: int
    parent: "Unit | None" = field(default=None, repr=False)

    def chain(self) -> "list[Unit]":
        """Return the unit and those above it, without groups, lowest first."""
        above = self.parent.chain() if self.parent else []
        return above if self.name in _GROUPS else [self, *above]

    def is_within(self, others: "Iterable[Unit]") -> bool:
        """Return whether one of `others` is above this unit."""
        above = self.chain()[1:]
        return any(other in above for other in others)


@dataclass(frozen=True)
class Place:
    """Names and code of a place: the columns that a report takes over."""

    code: str | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    township: str | None = None
    rank: int = 0


@dataclass(frozen=True)
class Reading:
    """What stands at the left of a text: units it may name (several where towns share a name), and where they end."""

    units: tuple[Unit, ...]
    end: int


@dataclass(frozen=True)
class Gazetteer:
    """Units by each of their names, full and short."""

    names: dict[str, tuple[Unit, ...]]
    shorts: dict[str, tuple[Unit, ...]]


def gazetteer(divisions: pl.DataFrame, ethnic: tuple[str, ...]) -> Gazetteer:
    """Return the index of `divisions`; `ethnic` names peoples, for short forms like 彭水县."""
    units, names, shorts = _units(divisions), {}, {}  # type: ignore[var-annotated]
    peoples = re.compile(f"(?:{'|'.join(ethnic)})+自治(?=[州县旗])") if ethnic else None
    for name, unit in units:
        names.setdefault(name, []).append(unit)
        if unit.rank < 4 and peoples and name != (brief := peoples.sub("", name)):
            names.setdefault(brief, []).append(unit)
        if name.endswith("街道办事处"):
            names.setdefault(name.removesuffix("办事处"), []).append(unit)
        if unit.rank <= 2:
            stem = re.sub(r"(?:省|市|地区|盟|(?:壮族|回族|维吾尔)?自治区)$", "", name)
            shorts.setdefault(stem, []).append(unit)
    return Gazetteer(
        {name: _highest(found) for name, found in names.items()}, {name: tuple(found) for name, found in shorts.items()}
    )


def read_place(text: str, places: Gazetteer, start: int = 0) -> Reading:
    """Return the place that `text` names from `start` on, as deep as it goes: 重庆市 → 渝北区 → 两路街道."""
    units: tuple[Unit, ...] = ()
    end = start
    while found := _longest(text, end, units, places):
        units, end = found
        # 渝北区人民政府两路街道: the body of the county stands between.
        skipped = re.compile("人民政府|政府").match(text, end)
        if skipped and _longest(text, skipped.end(), units, places):
            end = skipped.end()
    return Reading(units, end)


def choose(units: tuple[Unit, ...], evidence: Iterable[tuple[str, int]]) -> Unit | None:
    """Return the unit that the evidence (texts with weights) speaks for; null where it does not decide."""
    if len(units) <= 1:
        return units[0] if units else None
    scores: Counter[Unit] = Counter()
    for text, weight in evidence:
        for unit in units:
            for above in unit.chain()[1:]:
                if above.name in text:
                    scores[unit] += weight * above.rank
                elif len(above.name) > 2 and above.name[:-1] in text:
                    scores[unit] += weight
    best = scores.most_common(2)
    if not best or len(best) == 2 and best[0][1] == best[1][1]:
        return None
    return best[0][0]


def mentions(text: str, places: Gazetteer, ranks: tuple[int, ...]) -> Counter[Unit]:
    """Count the units of `ranks` that `text` names in full and that share their name with no other."""
    counts: Counter[Unit] = Counter()
    for mark in re.finditer("[省市区县州盟旗]", text):
        for length in range(12, 1, -1):
            name = text[max(0, mark.end() - length):mark.end()]
            units = places.names.get(name, ())
            if len(name) == length and len(units) == 1 and units[0].rank in ranks:
                counts[units[0]] += 1
                break
    return counts


def place_of(unit: Unit | None) -> Place:
    """Return code and names of a unit; a body without a code has the code of the unit above."""
    if unit is None:
        return Place()
    chain = unit.chain()
    by_rank = {above.rank: above.name for above in reversed(chain) if above.code or not is_zone(above)}
    code = next((above.code for above in chain if above.code), None)
    city, county = by_rank.get(2), by_rank.get(3)
    # 东莞市 and 中山市 stand in the list as their own county.
    county = None if county == city else county
    township = None if is_zone(unit) else by_rank.get(4)
    return Place(code, by_rank.get(1), city, county, township, unit.rank)


def is_zone(unit: Unit) -> bool:
    """Return whether a unit is a development zone, a farm or the like, and no division of the state."""
    if unit.rank == 4:
        return not unit.name.endswith(("街道", "镇", "乡", "苏木", "办事处"))
    return unit.code is None or unit.rank == 3 and unit.code[4] == "7" and not unit.name.endswith("林区")


def find_unit(names: Iterable[str | None], places: Gazetteer) -> Unit | None:
    """Return the unit with these names (province, city, county, township; null where there is none)."""
    given = [name for name in names if name]
    if not given:
        return None
    found = [
        unit for unit in places.names.get(given[-1], ())
        if all(any(above.name == name for above in unit.chain()) for name in given[:-1])
    ]
    return found[0] if len(found) == 1 else None


def _units(divisions: pl.DataFrame) -> list[tuple[str, Unit]]:
    """Pairs of name and unit, in the order of the hierarchy; `extra` adds names to units, and units without a code."""
    by_code: dict[str, Unit] = {}
    pairs: list[tuple[str, Unit]] = []
    order = pl.col("file").replace_strict({**RANKS, "extra": 5}, return_dtype=pl.Int8)
    for row in divisions.sort(order, "code", "name").iter_rows(named=True):
        parent = by_code.get(row["parent"] or "")
        known = by_code.get(row["code"] or "")
        if row["file"] == "extra":
            rank = min((parent.rank if parent else 0) + 1, 4)
            pairs.append((row["name"], known or Unit(None, row["name"], rank, parent)))
            continue
        unit = Unit(row["code"], row["name"], RANKS[row["file"]], parent)
        by_code[row["code"]] = unit
        if row["name"] not in _GROUPS and (unit.rank < 4 or _TOWN.search(row["name"])):
            pairs.append((row["name"], unit))
    return pairs


def _highest(units: list[Unit]) -> tuple[Unit, ...]:
    """Without units that lie in another of the same name: 东莞市 is the city."""
    distinct = list(dict.fromkeys(units))
    return tuple(unit for unit in distinct if not unit.is_within(distinct))


def _longest(text: str, start: int, within: tuple[Unit, ...], places: Gazetteer) -> tuple[tuple[Unit, ...], int] | None:
    for length in range(min(_LONGEST, len(text) - start), 1, -1):
        units = places.names.get(text[start:start + length], ())
        if within:
            units = tuple(unit for unit in units if unit.is_within(within))
        if units:
            return units, start + length
    return None
