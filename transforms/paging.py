"""Where a listing goes on, in the content systems of government sites.

In: a listing's address and its characters. Out: addresses of its next page, as scripts on the page would make them;
plain links to the next page are the business of `transforms.discovery`.

>>> next_pages("https://example.gov.cn/fzbg/", 'createPageHTML(3, 0, "index", "html");')
['https://example.gov.cn/fzbg/index_1.html']
"""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_CREATE_PAGE = re.compile(
    r"""createPage(?:HTML)?\w*\(\s*(?P<place>['"][^'"]*['"]\s*,\s*)?['"]?(?P<count>\d+)['"]?\s*,"""
    r"""\s*['"]?(?P<current>\d+)['"]?\s*,\s*['"](?P<name>[\w-]+)['"]\s*,\s*['"](?P<ending>\w+)['"]"""
)
_COUNT = re.compile(r"\b(?:countPage|pageCount|totalPages?|nPages)\s*=\s*['\"]?(\d+)", re.I)
_CURRENT = re.compile(r"\b(?:currentPage|curPage|nCurrIndex|currIndex)\s*=\s*['\"]?(\d+)", re.I)
_NUMBERED = re.compile(r"^(?P<name>[A-Za-z][\w-]*?)(?:_(?P<number>\d+))?\.(?P<ending>s?html?)$")
_GROUP = re.compile(r"<nextgroup>.*?href\s*=\s*[\"']([^\"']+)[\"']", re.S | re.I)
_PROXY = re.compile(r"[\"']([^\"'\s]*dataproxy\.jsp[^\"'\s]*)[\"']")
_TOTAL = re.compile(r"\btotalrecord[\"']?\s*(?:[:=]|>)\s*[\"']?(\d+)", re.I)
_PROXY_NAMES = ("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
_PROXY_NEEDS = {"columnid", "unitid"}
_SITE = re.compile(r"""\bSID\s*['"]?\s*[:=]\s*['"]?(\d+)""")
_FULL_CATALOGUE_PAGE = 100


def next_pages(url: str, text: str, n_articles: int = 0) -> list[str]:
    """Return addresses of the listing's next page; none where the page names no further one."""
    return [*_trs(url, text), *_hanweb(url, text), *_next_of_catalogue(url, n_articles)]


def pages_of_article(text: str, name: str) -> list[tuple[int, str]]:
    """Return numbers and addresses of the pages behind an article's first, as the script of TRS writes them.

    >>> pages_of_article('createPageHTML(2, 0, "t1_9", "html");', "t1_9")
    [(1, 't1_9_1.html')]
    """
    found = _CREATE_PAGE.search(text)
    if found is None or found["name"] != name or found["place"] or int(found["current"]):
        return []
    return [(number, f"{name}_{number}.{found['ending']}") for number in range(1, min(int(found["count"]), 100))]


def catalogue_address(url: str, text: str) -> str | None:
    """Return where the list of a 广东 catalogue (gkmlpt/index#721) really is: its page shows it by a script."""
    parts = urlsplit(url)
    before, catalogue, _ = parts.path.partition("/gkmlpt/index")
    site = _SITE.search(text) if catalogue else None
    if site is None or not parts.fragment.isdecimal():
        return None
    return urljoin(url, f"{before}/gkmlpt/api/all/{parts.fragment}?page=1&sid={site[1]}")


def _trs(url: str, text: str) -> list[str]:
    """TRS numbers the pages behind the first from 1: index.html, index_1.html and so on.

    UCAP calls the same script with the name of an element before all else; there the first page is number 1.
    """
    found = _CREATE_PAGE.search(text)
    if found is None:
        return _trs_by_variables(url, text)
    following = int(found["current"]) + 1
    is_last = following > int(found["count"]) - (0 if found["place"] else 1)
    return [] if is_last else [urljoin(url, f"{found['name']}_{following}.{found['ending']}")]


def _trs_by_variables(url: str, text: str) -> list[str]:
    """Older templates of TRS count in variables (`var countPage = 3`) and write the links themselves."""
    count, current = _COUNT.search(text), _CURRENT.search(text)
    if count is None or current is None:
        return []
    following = int(current[1]) + 1
    name = _NUMBERED.match(urlsplit(url).path.rpartition("/")[2] or "index.html")
    if following >= int(count[1]) or name is None or int(name["number"] or 0) != int(current[1]):
        return []
    return [urljoin(url, f"{name['name']}_{following}.{name['ending']}")]


def _hanweb(url: str, text: str) -> list[str]:
    """Hanweb names, in its data island, where the next group of records is; or only how many records there are."""
    named = [urljoin(url, unescape(found).strip()) for found in _GROUP.findall(text)[:1]]
    return named or _hanweb_by_range(url, text)


def _hanweb_by_range(url: str, text: str) -> list[str]:
    """Ask the proxy for as many records as the island or the last answer held, by number, up to their total."""
    total, n_records = _TOTAL.search(text), len(re.findall(r"<record>", text, re.I))
    if total is None or n_records == 0:
        return []
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if query.get("endrecord", "").isdecimal():
        address, last = url, int(query["endrecord"])
    else:
        proxy = _PROXY.search(text)
        address = urljoin(url, unescape(proxy[1]) if proxy else "/module/web/jpage/dataproxy.jsp")
        query = _proxy_query(parts.path, text) | dict(parse_qsl(urlsplit(address).query))
        last = n_records
    if last >= int(total[1]) or not query.keys() >= _PROXY_NEEDS:
        return []
    query |= {"startrecord": str(last + 1), "endrecord": str(last + n_records)}
    return [urlunsplit(urlsplit(address)._replace(query=urlencode(query)))]


def _proxy_query(path: str, text: str) -> dict[str, str]:
    """Read what the proxy is told of the column from the script that shows it; the column itself from the address."""
    column = re.search(r"/col/col(\d+)/", path)
    query = {"columnid": column[1]} if column else {}
    for name in _PROXY_NAMES:
        found = re.search(rf"\b{name}[\"']?\s*[:=]\s*[\"']?([\w/]+)", text)
        if found:
            query.setdefault(name, found[1])
    return query


def _next_of_catalogue(url: str, n_articles: int) -> list[str]:
    parts = urlsplit(url)
    if "/gkmlpt/api/" not in parts.path or n_articles < _FULL_CATALOGUE_PAGE:
        return []
    query = dict(parse_qsl(parts.query))
    query["page"] = str(int(query.get("page", "1") if query.get("page", "1").isdecimal() else "1") + 1)
    return [urlunsplit(parts._replace(query=urlencode(query)))]
