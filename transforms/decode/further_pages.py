"""The further pages of a report that is shown over several pages.

In: a page as characters, its parsed body, its address. Out: absolute addresses of the pages behind it, in order.
Systems number them behind the first page's own name: t20240328_1_1.html, t20240328_1_2.html behind t20240328_1.html
(TRS, by a script that names their count), 8_2.html behind 8.html (links 2, 3, 下一页).

>>> further_pages('createPageHTML(3, 0, "t1_9", "html")', HTMLTree.parse("<p>").body, "https://example.gov.cn/t1_9.html")
('https://example.gov.cn/t1_9_1.html', 'https://example.gov.cn/t1_9_2.html')
"""

import re
from urllib.parse import urljoin, urlsplit

from resiliparse.parse.html import ElementNode

from transforms.paging import pages_of_article

_NAME = re.compile(r"(?P<stem>[^/]*\d[^/]*)(?P<ending>\.(?:s?html?|jhtml))$", re.I)
_MOST = 30


def further_pages(page: str, body: ElementNode, url: str) -> tuple[str, ...]:
    """Return the addresses; none for a page that is itself a further one, and none of a listing."""
    folder, _, own_name = urljoin(url, urlsplit(url).path).rpartition("/")
    name = _NAME.search(own_name)
    if name is None:
        return ()
    numbered = {number: urljoin(url, address) for number, address in pages_of_article(page, name["stem"])}
    pattern = re.compile(rf"{re.escape(folder)}/{re.escape(name['stem'])}[_-](\d{{1,2}}){re.escape(name['ending'])}")
    for link in body.query_selector_all("a[href]")[:]:
        try:
            address = urljoin(url, (link.getattr("href") or "").strip())
        except ValueError:
            continue
        number = pattern.fullmatch(address)
        if number:
            numbered.setdefault(int(number[1]), address)
    return tuple(numbered[number] for number in sorted(numbered) if 0 < number <= _MOST)
