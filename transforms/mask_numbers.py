"""Where numbers stand that could identify a private person: telephones, ID cards, accounts, chat names, e-mail.

In: a text and the words of `seeds/private.csv`. Out: spans of characters; the text itself is not changed.

>>> number_spans("电话:0571-87654321", words)  # words = private_words(<seeds/private.csv>)
[(3, 16)]
"""

import re
from functools import lru_cache

from transforms.mask_words import PrivateWords, any_of, plain

Span = tuple[int, int]

DIGITS = "0-9\uff10-\uff19〇○零一二三四五六七八九"
_CHINESE = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_RUN = re.compile(f"[〇○零一二三四五六七八九](?:[ .-]{{0,2}}[{DIGITS}]){{4}}")
_URL = re.compile(
    r"(?:https?://|www\.)[!-~]+|(?<![!-~])[!-~]{1,300}\.(?:s?html?|jhtml|aspx?|pdf|docx?|jpe?g|png)(?![A-Za-z])"
)
_DATE = re.compile(r"(?:19|20)\d\d(?P<gap> ?[-./]? ?)(?:0?[1-9]|1[0-2])(?P=gap)(?:[12]\d|3[01]|0?[1-9])$")

_GAP = r"[ .\-_*/]{0,3}"
_START = r"(?<![0-9A-Za-z])(?<!\d\.)"
_END = r"(?![0-9]|\.\d|[A-Za-z]+\d)"
_EXTENSION = r"(?: ?(?:转|-|ext\.?|\*) ?\d{1,6}(?!\d))?"
_STAR = r"[\d*x×]"
_MOBILE = rf"{_START}(?:\+? ?(?:00)?86{_GAP}|0)?1{_GAP}[3-9](?:{_GAP}{_STAR}){{9}}{_END}"
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_LANDLINE = (
    rf"{_START}(?<!\d-)(?:(?:\+?(?:00)?86{_GAP})?(?:\( ?)?0{_AREA} ?\)?|\+(?:00)?86{_GAP}{_AREA})"
    rf"{_GAP}[2-9](?:[ .-]?\d){{6,7}}{_EXTENSION}{_END}"
)
_ID_CARD = (
    rf"{_START}[1-8](?:[ -]?\d){{5}}[ -]?(?:1[ -]?[89]|2[ -]?0)(?:[ -]?[\d*]){{2}}"
    r"[ -]?(?:0[ -]?[1-9]|1[ -]?[0-2]|\*[ -]?\*)[ -]?(?:0[ -]?[1-9]|[12][ -]?\d|3[ -]?[01]|\*[ -]?\*)"
    r"(?:[ -]?[\d*]){3}[ -]?[\dXx*](?![0-9A-Za-z])"
)
_MASKED_ID = rf"{_START}[1-8]\d{{2,13}}\*{{4,14}}\d{{0,4}}[\dXx](?![0-9A-Za-z])"
_BANK = rf"{_START}6 ?-?2(?:[ -]?\d){{14,17}}(?![0-9A-Za-z])"
_EMAIL = (
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?(?:@|\(at\)|\(AT\)) ?[A-Za-z0-9-]{1,63}"
    r"(?: ?\. ?[A-Za-z0-9-]{1,63}){1,5}"
)
# A number after its key; a date that follows in the same line is no part of it.
_KEYED_NUMBER = (
    r"\(?\+?[0-9*](?:(?:[ .\-()_]{1,2}(?!(?:19|20)\d\d ?(?:年|[-./] ?\d{1,2} ?[-./])))?[0-9*]){4,24}"
    rf"{_EXTENSION}[Xx]?(?:[,;/ ]{{1,2}}(?!(?:19|20)\d\d ?年)\d{{3,4}}[ -]?\d{{4}}(?!\d){_EXTENSION}){{0,4}}"
)
_PERSONAL = r"[A-Z]?\d(?:[ -]?[\d*]){6,24}[Xx]?"
_WECHAT = r"[A-Za-z0-9_][A-Za-z0-9_-]{4,19}"
_COLON = r"(?:号码?)?(?:\([^()\n]{1,8}\))?[ \t]{0,4}(?::|为|是|\|)[ \t\n]{0,4}"
_NO_COLON = r"(?:号码?)?(?:\([^()\n]{1,8}\))?[ \t]{0,4}\n?"


@lru_cache(maxsize=4)
def _patterns(words: PrivateWords) -> dict[str, re.Pattern[str]]:
    phone, chat = any_of(words.phone_key), any_of(words.chat_key)
    personal = any_of(words.account_key + words.id_key)
    public = "|".join(word.replace("x", r"\d") for word in words.public_number) or r"[^\s\S]"
    # After a space a surname may follow as well as a unit: 13912345678 万…
    spaced = any_of(tuple(word for word in words.unit if word[0] not in words.surname))
    unit = rf"(?:余|多|几)?{any_of(words.unit)}|[ \t](?:余|多|几)?{spaced}"
    return {
        "free": re.compile(f"{_ID_CARD}|{_MOBILE}|{_LANDLINE}|{_BANK}|{_MASKED_ID}"),
        "phone_colon": re.compile(rf"{phone}{_COLON}(?P<number>{_KEYED_NUMBER})"),
        "phone": re.compile(rf"{phone}{_NO_COLON}(?P<number>{_KEYED_NUMBER})"),
        "personal": re.compile(rf"{personal}(?:{_COLON}|{_NO_COLON})(?P<number>{_PERSONAL})(?!\.?\d)"),
        "chat": re.compile(rf"{chat}(?: ?(?:群|号码?|邮箱))? ?:? ?(?P<number>\d{{5,12}})(?!\d)"),
        "wechat": re.compile(
            rf"{any_of(words.wechat_key)} ?(?:(?:号码?|ID|id)? ?:|号码?| (?=[A-Za-z_-]+\d)) ?(?P<number>{_WECHAT})"
        ),
        "email": re.compile(_EMAIL),
        "unit": re.compile(unit),
        "amount_key": re.compile(rf"{any_of(words.amount_key)} ?$"),
        "code_key": re.compile(rf"{any_of(words.code_key)}(?:\([^()]{{1,8}}\))?[号码]{{0,2}}[ \t:：为是]{{0,3}}$"),
        "public": re.compile(rf"(?:{public})$"),
    }


def number_spans(text: str, words: PrivateWords) -> list[Span]:
    """Return the spans of identifying numbers in `text`, sorted."""
    widths = plain(text)
    found = _spans_in(widths, words)
    if _CHINESE_RUN.search(widths):
        found |= _spans_in(widths.translate(_CHINESE), words)
    return sorted(found)


def _spans_in(text: str, words: PrivateWords) -> set[Span]:
    patterns = _patterns(words)
    urls = [match.span() for match in _URL.finditer(text)]
    found = {match.span() for match in patterns["free"].finditer(text) if _identifies(match, text, patterns)}
    for name in ("phone_colon", "phone"):
        for match in patterns[name].finditer(text):
            found |= _telephones(match, name == "phone_colon", text, patterns)
    for name in ("personal", "chat", "wechat"):
        matches = patterns[name].finditer(text)
        found |= {match.span("number") for match in matches if not _is_amount(match, text, patterns)}
    found = {span for span in found if not _inside(span, urls)}
    return found | {match.span() for match in patterns["email"].finditer(text)}


def _identifies(match: re.Match[str], text: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    """Whether a number without a key is a person's: no amount, no code, no row of a table."""
    start, end = match.span()
    left = text[max(0, start - 16):start]
    if patterns["unit"].match(text, end) or text[end:end + 1] == "号" and text[end + 1:end + 2] != "码":
        return False
    if patterns["code_key"].search(left) or patterns["amount_key"].search(left):
        return False
    in_row = " " in match.group() and (re.search(r"\d +$", left) or re.match(r" +\d", text[end:end + 3]))
    return not in_row


def _telephones(
    match: re.Match[str], has_colon: bool, text: str, patterns: dict[str, re.Pattern[str]]
) -> set[Span]:
    """The spans of the numbers of a list after a telephone's key that are neither public, nor dates, nor amounts."""
    if patterns["unit"].match(text, match.end()):
        return set()
    spans = set()
    for piece in re.finditer(r"[^,;/]+", match.group("number")):
        compact = re.sub(r"[^0-9*]", "", piece.group())
        stays = patterns["public"].match(compact) or _DATE.match(piece.group().strip())
        if not stays and len(compact) >= (5 if has_colon else 7):
            start = match.start("number")
            spans.add((start + piece.start(), start + piece.end()))
    return spans


def _is_amount(match: re.Match[str], text: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    return match.group("number").isdigit() and patterns["unit"].match(text, match.end()) is not None


def _inside(span: Span, urls: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in urls)
