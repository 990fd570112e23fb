"""Where a listing goes on, in the content systems of government sites.

In: a listing's address and its characters. Out: addresses of its next page, as scripts on the page would make them;
plain links to the next page are the business of `transforms.discovery`.

>>> next_pages("https://example.gov.cn/fzbg/", 'createPageHTML(3, 0, "index", "html");')
['https://example.gov.cn/fzbg/index_1.html']
"""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRS = re.compile(
    r"""createPage(?:HTML)?\w*\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]?(\d+)['"]?\s*,\s*['"]?(\d+)['"]?\s*,"""
    r"""\s*['"]([\w-]+)['"]\s*,\s*['"](\w+)['"]"""
)
_HANWEB = re.compile(r"<nextgroup>.*?href\s*=\s*[\"']([^\"']+)[\"']", re.S | re.I)
_SITE = re.compile(r"""\bSID\s*['"]?\s*[:=]\s*['"]?(\d+)""")
_FULL_CATALOGUE_PAGE = 100


def next_pages(url: str, text: str, n_articles: int = 0) -> list[str]:
    """Return addresses of the listing's next page; none where the page names no further one."""
    return [*_trs(url, text), *_hanweb(url, text), *_next_of_catalogue(url, n_articles)]


def catalogue_address(url: str, text: str) -> str | None:
    """Return where the list of a 广东 catalogue (gkmlpt/index#721) really is: its page shows it by a script."""
    parts = urlsplit(url)
    before, catalogue, _ = parts.path.partition("/gkmlpt/index")
    site = _SITE.search(text) if catalogue else None
    if site is None or not parts.fragment.isdecimal():
        return None
    return urljoin(url, f"{before}/gkmlpt/api/all/{parts.fragment}?page=1&sid={site[1]}")


def _trs(url: str, text: str) -> list[str]:
    """TRS numbers the pages behind the first from 1: index.html, index_1.html and so on."""
    found = _TRS.search(text)
    if found is None or int(found[2]) + 1 >= int(found[1]):
        return []
    return [urljoin(url, f"{found[3]}_{int(found[2]) + 1}.{found[4]}")]


def _hanweb(url: str, text: str) -> list[str]:
    """Hanweb names, in its data island, where the next group of records is."""
    return [urljoin(url, unescape(found).strip()) for found in _HANWEB.findall(text)[:1]]


def _next_of_catalogue(url: str, n_articles: int) -> list[str]:
    parts = urlsplit(url)
    if "/gkmlpt/api/" not in parts.path or n_articles < _FULL_CATALOGUE_PAGE:
        return []
    query = dict(parse_qsl(parts.query))
    query["page"] = str(int(query.get("page", "1") if query.get("page", "1").isdecimal() else "1") + 1)
    return [urlunsplit(parts._replace(query=urlencode(query)))]
