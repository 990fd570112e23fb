"""The body that reports, and its place, from everything a page says of it: title, signature, words for itself, names.

In: a title's issuer, head and tail of the text, and `HeaderKnowledge`. Out: `Body`.

>>> find_body("两路街道", "", "…\\n重庆市渝北区人民政府两路街道办事处\\n2024年1月19日", "", knowledge).place.code
'500112016'
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from transforms.divisions import Place, Unit, choose, mentions, place_of
from transforms.header_dates import date_line
from transforms.header_issuer import Issuer, read_issuer
from transforms.header_knowledge import HeaderKnowledge

_GOVERNMENT = re.compile("人民政府|办事处|委员会|管委会|局|厅|委|办|室|部|署|队|中心|院|所|站")
_TAIL_LINES, _LONGEST_NAME, _LONG_TEXT = 25, 24, 800
_COLUMN = {1: "province", 2: "city", 3: "county", 4: "township"}
_NARROWEST_FIRST = ("department", "subdistrict", "township", "county", "prefecture", "province", "ministry")


@dataclass(frozen=True)
class Body:
    """The issuer: its name as it gives it, level, department and place."""

    name: str | None = None
    level: str = "other"
    department: str | None = None
    place: Place = field(default_factory=Place)


def find_body(issuer: str, page_title: str, text: str, host_place: str, knowledge: HeaderKnowledge) -> Body:
    """Return the body that the title's issuer names; signature and text decide between places of one name."""
    titled = read_issuer(issuer, knowledge)
    signer = signature(text)
    signed = read_issuer(signer, knowledge)
    main = titled if titled.level else signed
    evidence = [(signer, 8), (page_title, 4), (text[:1500], 2), (text[-800:], 2), (text, 1), (host_place, 1)]
    if main.level is None:
        main = _own_words(text, knowledge)
    if titled.level and not titled.has_place and signed.has_place and _agree(titled, signed):
        main = replace(main, units=signed.units, names=signed.names, rank=signed.rank)
    unit = choose(main.units, evidence)
    if not main.has_place:
        unit = _most_named(main.rank, text, host_place, knowledge)
    if unit and main.units and not _is_credible(unit, main, text, host_place):
        main = replace(main, units=(), names=main.names or ((unit.rank, unit.name),))
        unit = None
    place = _with_unlisted(place_of(unit) if unit else _shared(main.units), main)
    return Body(_name(titled, signed, place), main.level or "other", main.department, place)


def signature(text: str) -> str:
    """Return the line or lines above the last date that stands alone: who signs the report."""
    lines = [line.strip() for line in text[-1500:].split("\n") if line.strip()][-_TAIL_LINES:]
    dated = [at for at, line in enumerate(lines) if date_line(line)]
    if not dated:
        return " ".join(line for line in lines[-2:] if _is_signature(line) and len(line) <= _LONGEST_NAME)
    last = lines[dated[-1]]
    same_line = re.sub(r"\(?(?:20\d\d|二[〇○零O]).*$", "", last).strip()
    above = [line for line in lines[max(0, dated[-1] - 2):dated[-1]] if _is_signature(line)]
    return same_line if len(same_line) > 3 else " ".join(above)


def _is_signature(line: str) -> bool:
    return 3 <= len(line) <= 40 and not re.search("[。;:、,]", line) and _GOVERNMENT.search(line) is not None


def _agree(titled: Issuer, signed: Issuer) -> bool:
    """Whether a signature may be that of the titled issuer: same level, and the same department where both name one."""
    return titled.level == signed.level and (titled.rank is None or titled.rank == signed.rank)


def _own_words(text: str, knowledge: HeaderKnowledge) -> Issuer:
    """The level that a report's words for its issuer tell: 我局, 我镇, 我街道."""
    counts: Counter[str] = Counter()
    for match in re.finditer(knowledge.any_of("own"), text):
        counts[knowledge.values("own")[match.group()]] += 1
    if not counts:
        return Issuer()
    # A bureau speaks of its city as well: the narrowest that is said more than once.
    often = [level for level in _NARROWEST_FIRST if counts[level] > 1]
    level = often[0] if often else max(sorted(counts), key=lambda word: counts[word])
    rank = {"province": 1, "prefecture": 2, "county": 3, "township": 4, "subdistrict": 4}.get(level)
    return Issuer(level=level, rank=rank)


def _is_credible(unit: Unit, issuer: Issuer, text: str, host_place: str) -> bool:
    """Whether a place known by its own name alone is that of the page.

    A page from another province, or a long text of a town that names no unit above it, speaks against it: towns that
    are newer than the list share names with towns elsewhere.
    """
    above = unit.chain()[1:]
    if unit.rank < 3 or above[-1].name in host_place or any(name.name in issuer.name for name in above):
        return True
    if any(name.name in text or len(name.name) > 2 and name.name[:-1] in text for name in above):
        return True
    return not host_place and (unit.rank == 3 or len(text) < _LONG_TEXT)


def _most_named(rank: int | None, text: str, host_place: str, knowledge: HeaderKnowledge) -> Unit | None:
    """The place that a report without a named issuer speaks of most, where one stands out."""
    if rank == 4:
        return None
    counts = mentions(text[:6000], knowledge.places, (rank,) if rank else (2, 3))
    for unit in counts:
        counts[unit] += 2 if unit.name in host_place else 0
    best = counts.most_common(2)
    if not best or best[0][1] < 2 or len(best) == 2 and best[0][1] == best[1][1]:
        return None
    return best[0][0]


def _shared(units: tuple[Unit, ...]) -> Place:
    """What places of one name have in common: often nothing, sometimes the city."""
    if not units:
        return Place()
    chains = [unit.chain()[1:] for unit in units]
    common = [unit for unit in chains[0] if all(unit in chain for chain in chains)]
    named = _COLUMN.get(units[0].rank)
    place = place_of(common[0]) if common else Place()
    return replace(place, **{named: units[0].name}, rank=units[0].rank) if named else place


def _with_unlisted(place: Place, issuer: Issuer) -> Place:
    """A place that the list of divisions lacks keeps its name, with the code of the unit above."""
    names = {_COLUMN[rank]: name for rank, name in issuer.names}
    return replace(place, **names, rank=max(place.rank, *(rank for rank, _ in issuer.names))) if names else place


def _name(titled: Issuer, signed: Issuer, place: Place) -> str | None:
    """The body as it names itself: the signature of the same body in full, else the title, made whole."""
    if signed.level and signed.level == (titled.level or signed.level) and len(signed.name) >= len(titled.name):
        return signed.name
    name = re.sub(r"\([^()]*\)$", "", titled.name)
    if not titled.level or not name:
        return None
    if titled.level == "subdistrict":
        return name if name.endswith("办事处") else f"{name}办事处"
    if titled.level in ("province", "prefecture", "county", "township"):
        return name if _GOVERNMENT.search(name) else f"{name}人民政府"
    if not titled.has_place and titled.rank in (1, 2, 3):
        above = {1: place.province, 2: place.city, 3: place.county}[titled.rank]
        return f"{above}{name[1:]}" if above else name
    return name
