"""From a listing page to the reports it names.

In: a listing's address, its characters, its links, and the rules of `seeds/discovery.csv`. Out: finds, each with a
verdict: `candidate` for a report, `false_hit` with the reason for what looks like one, `listing` for a column of such
reports, `page` for the listing's next page.

>>> discover("https://example.gov.cn/fzbg/", "", [Link("https://example.gov.cn/fzbg/t20250102_1.html",
...     "某县2024年法治政府建设年度报告", "某县2024年法治政府建设年度报告 2025-01-02")], rules)
[Find(verdict='candidate', url='https://example.gov.cn/fzbg/t20250102_1.html', …, publish_date='2025-01-02')]
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from transforms.paging import catalogue_address, next_pages

_KINDS = ("related", "column", "next", "false_hit", "report", "article_address", "column_address")
_DATE = re.compile(r"(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")
_OTHER = "no_report_in_title"


class Link(Protocol):
    """A link as a decoder gives it: its address, its words, and what stands in the same row."""

    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def around(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class DiscoveryRules:
    """Patterns by kind; of a false hit each with its reason; and the simplified characters of traditional ones."""

    related: re.Pattern[str]
    column: re.Pattern[str]
    next: re.Pattern[str]
    report: re.Pattern[str]
    article_address: re.Pattern[str]
    column_address: re.Pattern[str]
    false_hits: tuple[tuple[re.Pattern[str], str], ...]
    simplified: Mapping[int, str]

    @classmethod
    def from_rows(
        cls, rows: Iterable[Mapping[str, str]], characters: Iterable[Mapping[str, str]]
    ) -> "DiscoveryRules":
        """Build the rules from rows with `kind`, `pattern`, `reason`, and with `traditional`, `simplified`.

        An unknown kind raises ValueError.
        """
        by_kind: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _KINDS}
        for row in rows:
            if row["kind"] not in by_kind:
                raise ValueError(f"discovery rule {row['pattern']!r} has the unknown kind {row['kind']!r}")
            by_kind[row["kind"]].append((row["pattern"], row["reason"] or ""))
        joined = {kind: re.compile("|".join(f"(?:{pattern})" for pattern, _ in by_kind[kind]), re.I) for kind in _KINDS}
        false_hits = tuple((re.compile(pattern), reason) for pattern, reason in by_kind["false_hit"])
        simplified = str.maketrans({row["traditional"]: row["simplified"] for row in characters})
        named = {kind: joined[kind] for kind in _KINDS if kind != "false_hit"}
        return cls(**named, false_hits=false_hits, simplified=simplified)

    def is_column(self, url: str) -> bool:
        """Tell whether an address looks like a column's, not like an article's."""
        parts = urlsplit(url)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self.article_address.search(address) is None or self.column_address.search(address) is not None


@dataclass(frozen=True)
class Find:
    """What a listing led to, and what it is taken for."""

    verdict: str
    url: str
    title: str = ""
    reason: str | None = None
    publish_date: str | None = None


def discover(url: str, text: str, links: Sequence[Link], rules: DiscoveryRules) -> list[Find]:
    """Return what a listing leads to, each address once, in page order."""
    articles = _catalogue(url, text)
    finds = [_judged(article_url, title, day, rules) for article_url, title, day in articles]
    finds += [_judged(link.url, link.title, _date(link.around), rules) for link in links]
    pages = [Find("page", link.url, "") for link in links if rules.next.search(_bare(link.title, rules))]
    pages += [Find("page", address, "") for address in next_pages(url, text, len(articles))]
    catalogue = catalogue_address(url, text)
    listings = [Find("listing", catalogue, "")] if catalogue else []
    found: dict[str, Find] = {}
    for find in [*(find for find in finds if find is not None), *listings, *pages]:
        if find.url != url:
            found.setdefault(find.url, find)
    return list(found.values())


def judge(title: str, url: str, rules: DiscoveryRules) -> tuple[str, str | None] | None:
    """Return the verdict on a title and its reason; None where it has nothing to do with such reports."""
    bare = _bare(title, rules)
    if not rules.related.search(bare):
        return None
    if rules.column.search(bare) and rules.is_column(url):
        return "listing", None
    for pattern, reason in rules.false_hits:
        if pattern.search(bare):
            return "false_hit", reason
    if rules.report.search(bare) or (rules.column.search(bare) and "报告" in bare):
        return "candidate", None
    return "false_hit", _OTHER


def _judged(url: str, title: str, day: str | None, rules: DiscoveryRules) -> Find | None:
    verdict = judge(title, url, rules)
    return Find(verdict[0], url, title, verdict[1], day) if verdict else None


def _catalogue(url: str, text: str) -> list[tuple[str, str, str | None]]:
    """Read the articles that a catalogue of 广东 sites (gkmlpt) gives as JSON."""
    if "/gkmlpt/api/" not in url:
        return []
    try:
        articles = json.loads(text).get("articles") or []
    except (ValueError, AttributeError):
        return []
    return [_article(url, article) for article in articles if isinstance(article, dict) and article.get("url")]


def _article(url: str, article: Mapping[str, Any]) -> tuple[str, str, str | None]:
    dates = (str(article.get(name) or "") for name in ("display_publish_time", "publish_time", "date", "created_at"))
    day = next(filter(None, map(_date, dates)), None)
    return urljoin(url, str(article["url"])), str(article.get("title") or ""), day


def _date(text: str) -> str | None:
    """Return the last date of a row: a title may carry one of its own, the date of publication comes behind it."""
    for year, month, day in reversed(_DATE.findall(text)):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return None


def _bare(title: str, rules: DiscoveryRules) -> str:
    return "".join(title.translate(rules.simplified).split()).strip("·•-—[]【】")
