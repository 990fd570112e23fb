"""Canonical addresses by the rules of `seeds/url_rules.csv`.

In: a URL. Out: the address that ids and duplicates go by (see `transforms.urls`).

>>> canonical_url("http://www.example.gov.cn/a.html?isMobile=true")
'https://example.gov.cn/a.html'
"""

import csv
from functools import cache
from pathlib import Path

from transforms import urls

RULES = Path(__file__).resolve().parent.parent / "seeds" / "url_rules.csv"


def canonical_url(url: str) -> str:
    """Return the canonical form of `url`."""
    return urls.canonical_url(url, url_rules())


@cache
def url_rules() -> urls.UrlRules:
    """Read the rules, once a process."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return urls.UrlRules.from_rows(csv.DictReader(file))
