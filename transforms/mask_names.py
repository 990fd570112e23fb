"""Where names of private persons stand: in contact lines, under signatures, beside a telephone number.

In: a text and the words of `seeds/private.csv`. Out: spans of characters; offices and organisations stay.

>>> name_spans("联系人:法规科张三科长", words)  # words = private_words(<seeds/private.csv>)
[(7, 9)]
"""

import re
from functools import lru_cache

from transforms.mask_words import PrivateWords, any_of, plain

Span = tuple[int, int]

# Han with the rare ones beyond the basic plane, and the dot of transliterated names.
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_GAP = r"[ \t]"
_SIGNED = rf"(?:\((?:签字|签名|签章|盖章)\){_GAP}{{0,4}})?"
_COLON = rf"(?:\([^()\n]{{1,6}}\))?{_GAP}{{0,4}}[:|]{_GAP}{{0,4}}\n?{_GAP}{{0,4}}{_SIGNED}"
_SPACE = rf"{_GAP}{{1,4}}"
_TOKEN = re.compile(rf"[{_HAN}]{{1,40}}(?:[.][{_HAN}]{{1,8}}){{0,3}}")
_ENDS_CLAUSE = re.compile(r"[ \t\n;),█]|$")
# Longest value of a contact line that is looked at.
_REACH = 60
# How many of the surnames, in the order of the file, outweigh the end of an organisation's name.
_FREQUENT = 60


@lru_cache(maxsize=4)
def _patterns(words: PrivateWords) -> dict[str, re.Pattern[str]]:
    key, colon_key = any_of(words.name_key), any_of(words.name_key + words.name_key_colon)
    surname = any_of(tuple(sorted(words.surname, key=len, reverse=True)))
    every_key = any_of(words.name_key + words.name_key_colon + words.phone_key)
    return {
        "colon": re.compile(rf"(?P<key>{colon_key}){_COLON}"),
        "space": re.compile(rf"(?P<key>{key}){_SPACE}"),
        "key": re.compile(key),
        "bracket": re.compile(rf"\((?P<key>{key})(?=[{_HAN}]{{2,4}}[,; ]?(?:{every_key}|[0-9█]))"),
        "beside": re.compile(
            rf"(?:^|(?<=[(,;:\s█]))(?P<value>{surname}[{_HAN}]{{1,2}})(?=[ \t,:(]{{0,2}}█{{7}})"
            rf"|█{{7}}[ (]{{1,2}}(?P<after>{surname}[{_HAN}]{{1,2}})(?=[),。;\s]|$)", re.MULTILINE,
        ),
        "stop": re.compile(rf"{every_key}|[。;\n█0-9]|{_GAP}{{6,}}"),
        "organisation": re.compile(rf"^.*{any_of(words.organisation)}"),
        "office": re.compile(rf"^{any_of(words.office)}|{any_of(words.office)}$"),
        "no_name": re.compile(any_of(words.no_name)),
        "surname": re.compile(surname),
        "frequent": re.compile(any_of(words.surname[:_FREQUENT])),
    }


def name_spans(text: str, words: PrivateWords) -> list[Span]:
    """Return the spans of names in `text`, whose telephone numbers are masked already, sorted."""
    patterns, text = _patterns(words), plain(text)
    found: set[Span] = set()
    for kind in ("colon", "space", "bracket"):
        for match in patterns[kind].finditer(text):
            is_contact = patterns["key"].fullmatch(match.group("key")) is not None
            value = text[match.end():match.end() + _REACH]
            spans = _names_in(value, patterns, needs_surname=kind == "space", is_contact=is_contact)
            found |= {(match.end() + start, match.end() + end) for start, end in spans}
    for match in patterns["beside"].finditer(text):
        part = "value" if match.group("value") else "after"
        if not _is_organisation(match.group(part), patterns, keyed=False):
            found.add(match.span(part))
    return sorted(found)


def _names_in(
    value: str, patterns: dict[str, re.Pattern[str]], needs_surname: bool, is_contact: bool
) -> set[Span]:
    """The names in what follows a key, up to the next key or the end of the clause."""
    stop = patterns["stop"].search(value)
    spans: set[Span] = set()
    tokens = list(_TOKEN.finditer(value, 0, stop.start() if stop else len(value)))
    # 张 三: two single characters set apart to fill the line.
    if len(tokens) >= 2 and len(tokens[0].group()) == len(tokens[1].group()) == 1:
        spans.add((tokens[0].start(), tokens[1].end()))
        tokens = tokens[2:]
    for token in tokens:
        if len(token.group()) > 20 or value[token.end():token.end() + 1] == ":":
            break
        low, high = _without_offices(token.group(), patterns)
        name = token.group()[low:high]
        ends_clause = _ENDS_CLAUSE.match(value, token.end()) is not None
        may_be_unknown = not needs_surname and (is_contact or ends_clause)
        if _is_name(name, patterns, may_be_unknown, is_contact):
            spans.add((token.start() + low, token.start() + high))
    return spans


def _without_offices(token: str, patterns: dict[str, re.Pattern[str]]) -> Span:
    """Where the name stands in a token, without the organisation and the offices around it: 法规科[张三]科长."""
    low, high = 0, len(token)
    while office := patterns["office"].search(token[low:high]):
        low, high = (low, low + office.start()) if office.start() else (low + office.end(), high)
    organisation = patterns["organisation"].match(token[low:high])
    if organisation and _is_organisation(organisation.group(), patterns, keyed=True):
        low += organisation.end()
    office = patterns["office"].match(token[low:high])
    return (low + office.end() if office else low), high


def _is_name(name: str, patterns: dict[str, re.Pattern[str]], may_be_unknown: bool, is_contact: bool) -> bool:
    if not name or patterns["no_name"].search(name):
        return False
    if "." in name:
        return True
    if len(name) > 4:
        return len(name) <= 7 and is_contact and may_be_unknown
    return may_be_unknown or patterns["surname"].match(name) is not None


def _is_organisation(name: str, patterns: dict[str, re.Pattern[str]], keyed: bool) -> bool:
    """Whether a token names an organisation; after a key, a frequent surname says that it does not: 王小镇."""
    organisation = patterns["organisation"].match(name)
    if not keyed:
        return bool(patterns["no_name"].search(name) or organisation and organisation.end() == len(name))
    return not (len(name) in (2, 3) and patterns["frequent"].match(name))
