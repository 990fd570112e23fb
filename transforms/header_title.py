"""The title of a report: in its text, over one to four lines, or else in the title of its page.

In: cleaned text, page title and the words of `seeds/header_words.csv`. Out: `Title`, with the part that names the
issuer, or the reason why there is none.

>>> find_title("某县水利局\\n关于2025年法治政府建设情况的报告\\n", None, knowledge).issuer
'某县水利局'
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from transforms.header_knowledge import HeaderKnowledge
from transforms.header_years import arabic_years, title_years

_LINES, _JOINED, _LONGEST = 30, 4, 110
_DATE_AT_END = re.compile(r"\([ ]*20\d\d[-年./ ]{1,3}\d{1,2}[-月./ ]{1,3}\d{1,2}[ ]*日?[ ]*\)$")
_NO_TITLE_LINE = re.compile(
    r"[。;!?>〉|│]|^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、])|如下:?$|^附件"
)
# A notice that prints the report it publishes.
_PUBLISHED = re.compile("(?:印发|公布|发布|公开|公示)《(?P<title>[^》]*报告)》")
_YEAR = re.compile(r"20[0-3]\d(?:年度|年|度)?")


@dataclass(frozen=True)
class Title:
    """Title in one line, what stands in it for the issuer, and for a page that is no report, the reason."""

    text: str = ""
    issuer: str = ""
    reason: str | None = None


def find_title(text: str, page_title: str | None, knowledge: HeaderKnowledge) -> Title:
    """Return the best title: one with a year and an issuer before one without, the text's before the page's."""
    lines = [line.strip() for line in text[:4000].split("\n") if line.strip()][:_LINES]
    candidates = list(_joined(lines, knowledge))
    page = _without_site(page_title or "", knowledge)
    candidates += [(0.5, line) for line in (page,) if line]
    best, best_score = "", 0.0
    refused = ""
    for penalty, line in candidates:
        if not is_title(line, knowledge):
            continue
        if false_hit(line, knowledge):
            refused = refused or line
            continue
        score = _score(line, knowledge) - penalty
        if score > best_score:
            best, best_score = line, score
    if best and not (refused and refused == page):
        return Title(best, issuer_in(best, knowledge))
    reason = false_hit(refused, knowledge) or _reason_of(lines[:8], page, knowledge)
    return Title(refused, reason=reason)


def issuer_in(title: str, knowledge: HeaderKnowledge) -> str:
    """Return what a title says of its issuer: the part before 关于, or what year and subject leave over."""
    plain = re.sub(r"(?<=[^ -~]) (?=\d)|(?<=\d) (?=[^ -~])", "", arabic_years(title))
    before, _, after = plain.partition("关于")
    if before.strip() and after:
        return _YEAR.sub("", before).strip()
    subject = re.search(knowledge.any_of("subject"), plain)
    left = (plain[: subject.start()] if subject else plain).removeprefix("关于")
    left = re.sub(r"\(\s*\)", "", _YEAR.sub("", left))
    filler = knowledge.any_of("filler")
    return re.sub(rf"^{filler}+|{filler}+$", "", left.strip()).strip()


def false_hit(title: str, knowledge: HeaderKnowledge) -> str | None:
    """Return why a page with this title is no report; null for a report, as one with 法治政府建设述法报告 is."""
    plain = re.sub(r"\s|《[^》]*》", "", title) or title
    # 自然资源和规划局, 督察办: words in the name of a department tell nothing of the page.
    plain = re.sub(rf"^.*{knowledge.any_of('department_end')}(?=关于|20\d\d|{knowledge.any_of('subject')})", "", plain)
    subject = knowledge.any_of("subject")
    own = re.search(subject, plain)
    for word, reason in knowledge.values("false_hit").items():
        if word not in plain:
            continue
        # 述法 of a body is a kind of report if the subject stands before it, that of a leader is none; a plan or a duty
        # told of beside the report is a part of it.
        and_, before, behind = "(?:及|和|与|暨|、)", rf"{subject}.*(?:报告|情况|总结).{{0,3}}", ".{0,12}"
        beside = rf"{before}{and_}.*{word}|{word}{behind}{and_}.{{0,8}}{subject}"
        is_of_a_leader = re.search(rf"{knowledge.any_of('leader')}.*{word}", plain)
        if not re.search(beside, plain) and not (own and word == "述法" and not is_of_a_leader):
            return f"{reason} ({word})"
    return None


def _joined(lines: list[str], knowledge: HeaderKnowledge) -> list[tuple[float, str]]:
    """Lines and what one to four of them give together, each with the penalty of its place and number of lines."""
    found = []
    label = re.compile(rf"^{knowledge.any_of('title_label')} ?: ?")
    for first in range(len(lines)):
        parts: list[str] = []
        for whole in lines[first:first + _JOINED]:
            line = label.sub("", _DATE_AT_END.sub("", whole).strip())
            if len(line) > 60 or _is_chrome(line, knowledge):
                break
            published = _PUBLISHED.search(line)
            parts.append(published["title"] if published else line)
            found.append((0.05 * first + 0.3 * (len(parts) - 1), _one_line(parts)))
    return found


def _one_line(parts: list[str]) -> str:
    joined = " ".join(parts)
    joined = re.sub(r"\s+", " ", joined)
    # Lines broken within the words of the title close up; a space between two issuers stays.
    return re.sub(r" (?=关于|20\d\d|的|年|度|情况|报告|工作|建设)|(?<=关于|年度) |(?<=\d) (?=年)", "", joined)


def _is_chrome(line: str, knowledge: HeaderKnowledge) -> bool:
    return bool(_NO_TITLE_LINE.search(line) or re.search(_chrome(knowledge.any_of("chrome")), line)
                or re.match(rf"{knowledge.any_of('published_label', 'not_published_label')} ?:", line))


@lru_cache(maxsize=4)
def _chrome(words: str) -> re.Pattern[str]:
    return re.compile(rf"{words}|:$|:.*:")


def is_title(line: str, knowledge: HeaderKnowledge) -> bool:
    """Return whether a line has the words of a report's title; it may still be a false hit."""
    if "法" not in line:
        return False
    plain = re.sub(r"\s", "", line)
    if len(plain) > _LONGEST or len(plain) < 8:
        return False
    if not re.search(knowledge.any_of("subject"), plain):
        return False
    return re.search(rf"(?:{knowledge.any_of('form', 'plan')}|年度?)(?:\([^()]*\))?$", plain) is not None


def _score(line: str, knowledge: HeaderKnowledge) -> float:
    score = 1.0
    years, _ = title_years(line, knowledge)
    score += 3 if years else 0
    issuer = issuer_in(line, knowledge)
    score += 2 if issuer and len(issuer) <= 60 else 0
    score += 1 if re.search(r"(?:报告|总结|情况)(?:\(.*\))?$", line) else 0
    # A title that is told twice, joined with itself.
    score -= 3 if len(re.findall(knowledge.any_of("subject"), line)) > 1 else 0
    return score


def _without_site(page_title: str, knowledge: HeaderKnowledge) -> str:
    """Return the page title without the names of site and column after it."""
    split = re.split(r"\s[-_|–—]+\s|[_|]|-{1,2}(?=[^\d])|\s{2,}", page_title)
    parts = [part.strip() for part in split if part.strip()]
    titles = [part for part in parts if is_title(part, knowledge)]
    return titles[0] if titles else (parts[0] if parts else "")


def _reason_of(lines: list[str], page: str, knowledge: HeaderKnowledge) -> str | None:
    """Return the reason told by the first lines that say what the page is."""
    for line in (page, *lines):
        if 6 <= len(line) <= 80 and not _is_chrome(line, knowledge) and (reason := false_hit(line, knowledge)):
            return reason
    return None
