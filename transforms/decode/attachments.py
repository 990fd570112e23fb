"""Documents that a page links to or shows in a frame.

In: a parsed page's body and its address. Out: absolute addresses of PDF, DOCX and other office files, in page order.

>>> attachments(HTMLTree.parse("<a href='./a.pdf'>附件</a>").body, "https://example.gov.cn/x/1.html")
('https://example.gov.cn/x/a.pdf',)
"""

import re
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from resiliparse.parse.html import ElementNode

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|rtf|txt|zip|rar)\b", re.I)
_VIEWER = re.compile(r"[?&](?:file|url|src)=([^&#]+)", re.I)
_SOURCES = {"a": "href", "iframe": "src", "embed": "src", "object": "data"}


def attachments(body: ElementNode, url: str) -> tuple[str, ...]:
    """Return the documents' addresses, each once."""
    found: dict[str, None] = {}
    for element in body.query_selector_all("a[href], iframe[src], embed[src], object[data]")[:]:
        address = _document(element, url)
        if address:
            found.setdefault(address)
    return tuple(found)


def _document(element: ElementNode, url: str) -> str | None:
    link = (element.getattr(_SOURCES[element.tag or "a"]) or "").strip()
    viewed = _VIEWER.search(link)
    if viewed and _DOCUMENT.search(unquote(viewed[1])):
        link = unquote(viewed[1])
    elif not (_DOCUMENT.search(link) or (element.tag == "a" and _DOCUMENT.search(element.text or ""))):
        return None
    try:
        address = urldefrag(urljoin(url, link)).url
        return address if urlsplit(address).scheme in ("http", "https") else None
    except ValueError:
        return None
