"""Who reports: from the words for an issuer to its level, department and place.

In: words of a title or signature, and `HeaderKnowledge`. Out: `Issuer`, with every unit that the words may name.

>>> read_issuer("中共某县委 彭水县桑柘镇人民政府", knowledge).level
'township'
"""

import re
from dataclasses import dataclass

from transforms.divisions import Unit, is_zone, read_place
from transforms.header_knowledge import HeaderKnowledge

_HAN = "[\u4e00-\u9fff]"
_IN_NAME = "(?:(?![省市县区旗])[\u4e00-\u9fff])"
_TOWN = re.compile(rf"(?P<name>{_HAN}{{1,10}}?(?:街道|镇|乡|苏木))(?=人民政府|政府|办事处|党|$|\()")
_OUTSIDE_THE_LIST = re.compile(
    rf"(?P<province>{_IN_NAME}{{2,3}}省)?(?P<city>{_IN_NAME}{{2,4}}(?:市(?!场)|州|盟|地区))?"
    rf"(?P<county>{_IN_NAME}{{2,6}}?(?:[县旗]|区(?!域)))?"
)
_RANK_OF_GROUP = {"province": 1, "city": 2, "county": 3}
# 自然保护区管理局, 城市管理局, 社区建设局: no places.
_NO_PLACE = re.compile("[局厅委院]|保护区|开发区|管理区|园区|景区|城市|社区|市区|辖区|灾区|库区|矿区|牧区|林区")
_PARTY = re.compile("中共.+?(?:[省市区县州盟旗镇乡]委(?:员会)?|街道工作委员会|党工委|党组|党委)(?=.{2})")
_LEVEL_OF_RANK = {1: "province", 2: "prefecture", 3: "county"}


@dataclass(frozen=True)
class Issuer:
    """What the words say of the issuer.

    Several `units` where places share a name; `names` (by rank) of places that the list of divisions lacks; a `rank`
    even without a place: 区司法局.
    """

    name: str = ""
    level: str | None = None
    department: str | None = None
    units: tuple[Unit, ...] = ()
    names: tuple[tuple[int, str], ...] = ()
    rank: int | None = None

    @property
    def has_place(self) -> bool:
        """Whether a place is named, be it in the list of divisions or not."""
        return bool(self.units or self.names)


def read_issuer(words: str, knowledge: HeaderKnowledge) -> Issuer:
    """Return level, department and possible places of the issuer that `words` name."""
    name = _state_body(words, knowledge)
    if re.fullmatch(rf"(?:中华人民共和国)?{knowledge.any_of('ministry')}", name):
        return Issuer(name, "ministry")
    # 国家税务总局某县税务局: the place stands after the name of the office above.
    above = re.match(rf"{knowledge.any_of('ministry')}(?=.{{4}})", name)
    units, rest = _place(name[above.end():] if above else name, knowledge)
    read = name[: len(name) - len(rest)]
    zone = re.match(rf"{_HAN}{{0,14}}?{knowledge.any_of('zone_end')}(?:{knowledge.any_of('zone_office')})?", rest)
    in_zone = bool(zone) or any(is_zone(unit) or _is_zone_name(read, unit, knowledge) for unit in units)
    if in_zone:
        rest = re.sub(rf"^{knowledge.any_of('zone_office')}", "", rest[zone.end():] if zone else rest)
    rank = units[0].rank if units else None
    names, rest = _unlisted(rest, rank or 0, knowledge) if not in_zone else ((), rest)
    rank = names[-1][0] if names else rank
    unnamed = re.match(rf"{knowledge.any_of('unnamed_place')}(?=.)", rest) if not rank else None
    if unnamed:
        rank, rest = int(knowledge.values("unnamed_place")[unnamed.group()]), rest[unnamed.end():]
    department = _department(rest, knowledge)
    if department:
        return Issuer(name, "department", department, _branch(rest, units, knowledge), names, rank)
    if not (rank or in_zone):
        return Issuer()
    lowest = names[-1][1] if names else units[0].name if units else ""
    return Issuer(name, "other" if in_zone else _level(rank, lowest), None, units, names, rank)


def _state_body(words: str, knowledge: HeaderKnowledge) -> str:
    """Return the body of the state among joint issuers: 中共某县委 某县人民政府 → 某县人民政府."""
    parts = [part for part in re.split(r"[\s、,]+", words) if part]
    state = [part for part in parts if not part.startswith("中共")]
    name = (state or parts or [""])[-1]
    party = _PARTY.match(name)
    if party and (_place(name[party.end():], knowledge)[0] or name[party.end():].startswith("人民政府")):
        name = name[party.end():]
    return re.sub(r"(?:党组|党委|党工委)$", "", name.removeprefix("中共"))


def _place(name: str, knowledge: HeaderKnowledge) -> tuple[tuple[Unit, ...], str]:
    """Return the units that the beginning of `name` may mean, and the rest; 武汉 may stand for 武汉市: 武汉经开区."""
    reading = read_place(name, knowledge.places)
    if reading.units:
        return reading.units, name[reading.end:]
    for length in range(5, 1, -1):
        units = knowledge.places.shorts.get(name[:length], ())
        rest = name[length:]
        if len(units) == 1 and not re.match("[省市区县州盟旗路街镇乡]", rest):
            within = read_place(rest, knowledge.places)
            inner = tuple(unit for unit in within.units if unit.is_within(units))
            if inner:
                return inner, rest[within.end:]
            if re.match(rf"{_HAN}{{0,12}}?{knowledge.any_of('zone_end')}", rest) or _department(rest, knowledge):
                return units, rest
    return (), name


def _department(rest: str, knowledge: HeaderKnowledge) -> str | None:
    """Return the full name of the department in what follows the place; null for a government."""
    rest = re.sub(r"\([^()]*\)$", "", rest)
    if not rest or _is_government(rest, knowledge):
        return None
    if not re.search(rf"{knowledge.any_of('department_end')}$", rest) and rest not in knowledge.department_names:
        return None
    return knowledge.department_names.get(rest, rest)


def _branch(rest: str, units: tuple[Unit, ...], knowledge: HeaderKnowledge) -> tuple[Unit, ...]:
    """Return the place of a branch: 公安局增城区分局 of 广州市 is in 增城区."""
    branch = re.match(r".+?局(?P<place>.+?)分局$", rest)
    if not branch:
        return units
    within = read_place(branch["place"], knowledge.places).units
    return tuple(unit for unit in within if not units or unit.is_within(units)) or units


def _is_zone_name(read: str, unit: Unit, knowledge: HeaderKnowledge) -> bool:
    """Whether a place was read by another name, which is a zone's: 火炬高新区 for 中山港街道."""
    return not read.endswith(unit.name) and re.search(rf"{knowledge.any_of('zone_end')}$", read) is not None


def _unlisted(rest: str, rank: int, knowledge: HeaderKnowledge) -> tuple[tuple[tuple[int, str], ...], str]:
    """Return names by rank of places that the list lacks, if a government, a department or nothing follows them."""
    names: list[tuple[int, str]] = []
    place = _OUTSIDE_THE_LIST.match(rest) if rank < 3 else None
    found = [(_RANK_OF_GROUP[group], word) for group, word in place.groupdict().items() if word] if place else []
    if place and found and found[0][0] > rank and not _NO_PLACE.search(place.group()):
        after = rest[place.end():]
        if not after or _is_government(after, knowledge) or _department(after, knowledge) or _TOWN.match(after):
            names, rest = found, after
    town = _TOWN.match(rest) if rank != 4 else None
    if town:
        names, rest = [*names, (4, town["name"])], rest[town.end():]
    return tuple(names), rest


def _is_government(rest: str, knowledge: HeaderKnowledge) -> bool:
    return re.fullmatch(rf"(?:{knowledge.any_of('government')})+", rest) is not None


def _level(rank: int | None, lowest: str) -> str | None:
    if rank == 4:
        return "subdistrict" if lowest.endswith(("街道", "街道办事处")) else "township"
    return _LEVEL_OF_RANK.get(rank or 0)
