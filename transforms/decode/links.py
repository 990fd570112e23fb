"""The links of a page, those in its data island with them.

In: the page as characters and its address. Out: absolute links in page order, each with its words and its surroundings.
Hanweb sites keep their lists in `<record><![CDATA[…]]></record>` inside a script, for a script to show.

>>> links("<li><a href='./1.html' title='2024年报告全文'>2024年报…</a> 2025-01-02</li>", "https://example.gov.cn/a/")
(Link(url='https://example.gov.cn/a/1.html', title='2024年报告全文', around='2024年报… 2025-01-02'),)
"""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from resiliparse.parse.html import ElementNode, HTMLTree

_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.S | re.I)
_CUT = re.compile(r"(?:…|\.{2,})$")
# window.open('/art/1.html'), openDoc("./1.html"): an address in quotation marks, told by a slash or its ending.
_OPENED = re.compile(r"""["']((?:https?:/)?[\w.:/%-]*/[^"'\s]*|[\w-]+\.s?html?(?:\?[^"'\s]*)?)["']""", re.I)
_MOST_AROUND = 200
_REFRESH = re.compile(r"<meta\b[^>]*http-equiv\s*=\s*[\"']?refresh\b[^>]*>", re.I)
_REFRESH_CONTENT = re.compile(r"""content\s*=\s*["']?\s*(\d{1,4})[\d.]*\s*[;,]\s*url\s*=\s*['"]?([^>"']+)""", re.I)
_HEAD = 8192
_AT_ONCE = 5


@dataclass(frozen=True)
class Link:
    """A link: `title` is its words in full, `around` what stands in the same row of the list."""

    url: str
    title: str
    around: str


def links(page: str, url: str) -> tuple[Link, ...]:
    """Return the links to pages, those that a click's script opens with them; mail addresses and anchors are none."""
    island = "".join(_RECORD.findall(page))
    found = [link for source in (page, island) if source for link in _links(source, url)]
    return tuple(dict.fromkeys(found))


def meta_refresh(page: str, url: str) -> str | None:
    """Return where a page sends its reader on at once by `<meta http-equiv="refresh">`, if it does.

    >>> meta_refresh('<meta http-equiv="refresh" content="0;url=/a.html">', "https://example.gov.cn/")
    'https://example.gov.cn/a.html'
    """
    for tag in _REFRESH.findall(page[:_HEAD]):
        found = _REFRESH_CONTENT.search(tag)
        if found and int(found[1]) <= _AT_ONCE:
            try:
                return urljoin(url, unescape(found[2]).strip())
            except ValueError:
                return None
    return None


def _links(page: str, url: str) -> list[Link]:
    tree = HTMLTree.parse(page.replace("\x00", ""))
    if tree.document is None:
        return []
    base = tree.document.query_selector("base[href]")
    url = (_address(base, url) if base is not None else None) or url
    found = []
    for element in tree.document.query_selector_all("a[href]")[:]:
        address = _address(element, url)
        if address:
            found.append(Link(address, _title(element), _around(element)))
    return found


def _address(element: ElementNode, url: str) -> str | None:
    link = (element.getattr("href") or "").strip()
    if not link or link.startswith("#") or link.lower().startswith("javascript:"):
        opened = _OPENED.search(f"{link} {element.getattr('onclick') or ''}")
        link = opened[1] if opened else ""
    if not link:
        return None
    try:
        address = urljoin(url, link)
        return address if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname else None
    except ValueError:
        return None


def _title(element: ElementNode) -> str:
    """Return the words of a link; where they are cut off, or fewer, those of its title attribute."""
    words, title = _one_line(element.text or ""), _one_line(element.getattr("title") or "")
    return title if title and (len(title) > len(words) or _CUT.search(words)) else words


def _around(element: ElementNode) -> str:
    row = element.parent
    while row is not None and row.tag not in ("li", "tr", "dd", "p", "div", "body"):
        row = row.parent
    if row is None or row.tag in ("body", "div"):
        row = element
    return _one_line(row.text or "")[:_MOST_AROUND]


def _one_line(text: str) -> str:
    return " ".join(text.split())
