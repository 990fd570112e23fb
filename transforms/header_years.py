"""The year that a report is about, from its title and its text; never from its address or its date of publication.

In: title, text and the words of `seeds/header_words.csv`. Out: `Year`: the year, or why there is none.

>>> year_of("某县2025度法治政府建设情况报告", "", knowledge).value
2025
"""

import re
from collections import Counter
from dataclasses import dataclass

from transforms.header_knowledge import HeaderKnowledge

_CHINESE_YEAR = re.compile("二[〇○零O0]([一二三四]|[〇○零])([一二三四五六七八九]|[〇○零])(?=年)")
_DIGIT = {"〇": "0", "○": "0", "零": "0"} | {char: str(value) for value, char in enumerate("一二三四五六七八九", 1)}
_NARROW_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}
_SPAN = re.compile(r"(20[0-3]\d)年?(?:度)?[-—–―－─~～至到](20[0-3]\d)(?:年度?|度)?")
# A number of a document, a full date, a plan in quotation marks: years that are not the report's.
_OTHER = re.compile(
    r"[〔\[【(]20\d\d[〕\]】)]\d*号?|20\d\d年\d{1,2}月(?:\d{1,2}日)?|20\d\d[-./]\d{1,2}[-./]\d{1,2}|《[^》]{0,60}》"
)
_YEAR = re.compile(r"(?<![\d.〔第])(20[0-3]\d)(?=年|度|法|[、,和与及]20|\(|关于|$)")
_HEADING = re.compile(r"(?m)^[ \t]*(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、]).*")
_REPORTING = re.compile(r"现(?:将|就)[^。\n]{0,30}?(20[0-3]\d)年")
_OPENING = re.compile(r"(?:^|\n|。)[ \t]*(20[0-3]\d)年(?:度)?(?:以来|来)?,")
_REMEDY = "enter the page with its report_year in seeds/sources.csv, or leave it out"
_FIRST, _LAST = 2004, 2100
# One mention of a year in passing is no cue.
_ENOUGH = 2


@dataclass(frozen=True)
class Year:
    """The year reported on; without one, `outcome` is `ambiguous_year` or `no_year`, and `error` says why."""

    value: int | None = None
    outcome: str | None = None
    error: str | None = None


def year_of(title: str, text: str, knowledge: HeaderKnowledge) -> Year:
    """Return the year of the report.

    A title with one year decides. Of two years in a title, one followed by words of a plan (`及2026年工作安排`) is left
    out; two that remain stay ambiguous, since the report is then on both. A title without a year leaves the decision to
    the text: to `现将…2025年…报告如下`, to headings, and to sentences that open with a year.
    """
    years, span = title_years(title, knowledge)
    if len(years) == 1 and not span:
        return Year(years[0])
    if years:
        named = span or " and ".join(map(str, years))
        return Year(None, "ambiguous_year", f"the title names {named}: {_REMEDY}")
    cues = _cues(arabic_years(text[:6000]), knowledge).most_common(2)
    if not cues or cues[0][1] < _ENOUGH:
        return Year(None, "no_year", f"neither title nor text names the year reported on: {_REMEDY}")
    if len(cues) == 2 and cues[0][1] == cues[1][1]:
        both = f"{min(cues)[0]} and {max(cues)[0]}"
        return Year(None, "ambiguous_year", f"the text speaks for {both} alike: {_REMEDY}")
    return Year(cues[0][0])


def title_years(title: str, knowledge: HeaderKnowledge) -> tuple[list[int], str | None]:
    """Return the years that a title names as reported on, and a span of years if it names one."""
    plain = re.sub(r"\s", "", arabic_years(title))
    span = _SPAN.search(re.sub("《[^》]{0,60}》", "", plain))
    rest = _OTHER.sub(lambda match: "" if not _is_year_alone(match.group()) else match.group(), plain)
    planned = re.compile(rf"年?度?[^\d]{{0,12}}?{knowledge.any_of('plan')}")
    found = [match for match in _YEAR.finditer(rest) if _FIRST <= int(match.group(1)) <= _LAST]
    reported = [int(match.group(1)) for match in found if not _is_planned(match, found, rest, planned)]
    return list(dict.fromkeys(reported)), span.group() if span else None


def arabic_years(text: str) -> str:
    """Return `text` with years in Chinese numerals written in digits, and no spaces within years."""
    text = _CHINESE_YEAR.sub(lambda match: "20" + "".join(_DIGIT[char] for char in match.groups()), text)
    text = text.translate(_NARROW_DIGITS)
    return re.sub(r"(?<!\d)2 ?0 ?([0-3]) ?(\d) ?(?=年)", r"20\1\2", text)


def _is_year_alone(match: str) -> bool:
    """(2024) and (2024年度) after a title are its year; 〔2024〕5号 is a document."""
    return match[0] == "(" and not match.endswith("号") and not match[-1].isdigit()


def _is_planned(match: re.Match[str], found: list[re.Match[str]], text: str, planned: re.Pattern[str]) -> bool:
    follower = next((other.start() for other in found if other.start() > match.start()), len(text))
    return len(found) > 1 and match is not found[0] and planned.match(text[:follower], match.end()) is not None


def _cues(text: str, knowledge: HeaderKnowledge) -> Counter[int]:
    """Count what speaks for each year; a year before words of a plan speaks for none."""
    plan = re.compile(knowledge.any_of("plan"))
    plain = _OTHER.sub("", _SPAN.sub("", text))
    cues: Counter[int] = Counter()
    for match in _REPORTING.finditer(plain):
        cues[int(match.group(1))] += 6
    for heading in _HEADING.findall(plain):
        years = set(_YEAR.findall(heading[:60]))
        if len(years) == 1 and not plan.search(heading[:60]):
            cues[int(years.pop())] += 4
    for match in _OPENING.finditer(plain):
        cues[int(match.group(1))] += 3
    for year in re.findall(r"(?<![\d〔])(20[0-3]\d)年度", plain):
        cues[int(year)] += 1
    return cues
