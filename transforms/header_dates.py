"""Dates of a report: of publication, as the page labels it, and of signing, as it stands under the report.

In: head and tail of a text, the date in the page's metadata, the year reported on. Out: dates or null.

>>> signed_date("某县水利局\\n2024年1月19日\\n", "", 2023)
datetime.date(2024, 1, 19)
"""

import re
from datetime import date

from transforms.header_knowledge import HeaderKnowledge

_CHINESE = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "O": 0}
_DATE = re.compile(r"(20\d\d)(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?")
_CHINESE_DATE = re.compile(
    "(二[〇○零O][一二三四〇○零][一二三四五六七八九〇○零])年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_IN_BRACKETS = re.compile(r"(?m)\(\s*(20\d\d[-年./ ]{1,3}\d{1,2}[-月./ ]{1,3}\d{1,2}\s*日?)\s*\)\s*$")
_ON_ITS_OWN = re.compile(r"(?:^|[\u4e00-\u9fff)] ?)\(?(?:20\d\d|二[〇○零O])[^,。;:]{4,9}\)?$")
_TAIL_LINES, _HEAD_LINES, _LONGEST_DATE, _LONGEST_LINE = 25, 12, 18, 60
# Reports are written from the last weeks of their year on; some are put up years later.
_EARLIEST_MONTH, _LATEST_YEARS = 10, 6


def signed_date(tail: str, head: str, year: int | None) -> date | None:
    """Return the date that stands alone, or after the issuer, under the report; else under its title."""
    last = [line for line in tail.split("\n") if line.strip()][-_TAIL_LINES:]
    first = [line for line in head.split("\n") if line.strip()][:_HEAD_LINES]
    alone = (line for line in first if len(line.strip()) <= _LONGEST_DATE)
    for line in (*reversed(last), *alone):
        found = date_line(line)
        if found and _is_sane(found, year):
            return found
    return None


def date_line(line: str) -> date | None:
    """Return the date of a line that holds nothing else, or an issuer before it."""
    plain = re.sub(r"[\s\u3000]+", "", line)
    is_title = re.search("报告|总结|情况", plain)
    if len(plain) > _LONGEST_LINE or is_title or not _ON_ITS_OWN.search(plain):
        return None
    return next(reversed(dates_in(plain)), None)


def published_date(head: str, page_date: date | None, year: int | None, knowledge: HeaderKnowledge) -> date | None:
    """Return the date in the page's metadata, else one labelled as that of publication; never the first on the page."""
    if page_date and _is_sane(page_date, year):
        return page_date
    labels = knowledge.any_of("published_label", "not_published_label")
    label = re.compile(rf"(?P<label>{labels}) ?[:\t] ?(?P<rest>.{{8,16}})")
    wrong = knowledge.values("not_published_label")
    found: list[tuple[int, date]] = []
    order = list(knowledge.words("published_label"))
    for match in label.finditer(head):
        dates = dates_in(re.sub(r"\s", "", match["rest"]))
        if match["label"] not in wrong and dates and _is_sane(dates[0], year):
            found.append((order.index(match["label"]), dates[0]))
    for match in _IN_BRACKETS.finditer(head):
        dates = dates_in(re.sub(r"\s", "", match[1]))
        if dates and _is_sane(dates[0], year) and len(match.string[:match.start()].split("\n")) <= _HEAD_LINES:
            found.append((len(order), dates[0]))
    return min(found)[1] if found else None


def dates_in(plain: str) -> list[date]:
    """Return the dates in a text without spaces, in digits or in Chinese numerals; impossible ones are left out."""
    written = [tuple(int(part) for part in match.groups()) for match in _DATE.finditer(plain)]
    for match in _CHINESE_DATE.finditer(plain):
        year = int("".join(str(_CHINESE[char]) for char in match[1]))
        written.append((year, _number(match[2]), _number(match[3])))
    found = []
    for year, month, day in written:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _number(chinese: str) -> int:
    tens, mark, ones = chinese.rpartition("十")
    return (_CHINESE.get(tens, 1) * 10 if mark else 0) + _CHINESE.get(ones, 0)


def _is_sane(found: date, year: int | None) -> bool:
    if year is None:
        return 2004 <= found.year <= 2100
    return date(year, _EARLIEST_MONTH, 1) <= found and found.year <= year + _LATEST_YEARS
