"""From a web page to its text.

In: the page as characters. Out: `Decoded` with the paragraphs in order, one a line, tables as rows with tabs, the
title and publication date that the page's metadata give, and the documents it links to.

resiliparse writes the text: on our pages in the manner of nine content systems its text of the whole page loses
nothing but the columns of tables, which are written here; its main-content mode and trafilatura (three times slower
than all of this) lose paragraphs of the body (benchmarks/decode). Lost text is worse than chrome, so only what is
certainly chrome goes: blocks that are nothing but links, and what is hidden.
Its collections are sliced before they are looped over: each step of a plain loop counts through from the first element.

>>> read("<title>t</title><p>会议<b>4</b>次。</p>", "https://example.gov.cn/", "utf-8").text
'会议4次。'
"""

import re
from datetime import date

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import ElementNode, HTMLTree

from transforms.decode.attachments import attachments
from transforms.decode.further_pages import further_pages
from transforms.decode.html_tables import CELL_MARK, write_tables_as_lines
from transforms.decode.result import Decoded, failed

_CJK = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_SOURCE_BREAK = re.compile(rf"(?<={_CJK})[ \t]*\r?\n\s*(?={_CJK})")
_LETTERS = re.compile(r"[^\W\d_]")
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_MAYBE_HIDDEN = "[hidden], [style*=none i], [style*=hidden i]"
_NO_CONTENT = ("script", "style", "noscript", "select", "button", "template", "svg", "iframe", "object", "embed")
_BLOCKS = ", ".join(
    f"{name}:has(a)"
    for name in ("nav", "ul", "ol", "dl", "div", "td", "p", "section", "aside", "footer", "header", "table")
)
_BLANK = " \r\xa0\u3000\u2002\u2003\ufeff\u200b"
_CELL_OF_LAYOUT = re.compile(r"\s*\t\s*")
_LEAST_TEXT = 60
_TITLE_NAMES = ("articletitle", "title", "og:title")
_DATE_NAMES = ("pubdate", "publishdate", "publish_date", "publishtime", "article:published_time", "dc.date",
               "dcterms.created", "releasedate", "firstpublishedtime")
_DATE = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|\b(20\d\d)([01]\d)([0-3]\d)")
_CHALLENGE = re.compile(
    r"\$_ts\b|__jsl_clearance|acw_sc__v2|_\$jsvmprt|document\.cookie\s*=|eval\(function\(p,a,c,k|"
    r"window\.location|location\.(?:href|replace|reload)|(?:请|需)(?:开启|启用|打开)\s*JavaScript|enable JavaScript|"
    r"安全验证|人机验证|captcha",
    re.I,
)


def read(page: str, url: str, encoding: str | None = None) -> Decoded:
    """Return the text of a page."""
    page = page.replace("\x00", "").replace(CELL_MARK, "")
    tree = HTMLTree.parse(page if "<pre" in page.lower() else _SOURCE_BREAK.sub("", page))
    body = tree.body
    if body is None:
        return failed("empty", "the page has no body; look at its address", encoding)
    metadata = _metadata(tree)
    title = next((metadata[name] for name in _TITLE_NAMES if metadata.get(name)), None) or _one_line(tree.title or "")
    linked, further = attachments(body, url), further_pages(page, body, url)
    text = _text(tree, body)
    if len(text) < _LEAST_TEXT and "<script" in page.lower() and _CHALLENGE.search(page):
        return failed("javascript_challenge", "the page gives its text to browsers only; save it by hand and import it",
                      encoding)
    if not text:
        return Decoded(title=title or None, outcome="empty", error="the page holds no text; look at its address",
                       encoding=encoding, attachments=linked)
    return Decoded(text=text, title=title or None, page_date=_page_date(metadata), encoding=encoding,
                   attachments=linked, further_pages=further)


def _metadata(tree: HTMLTree) -> dict[str, str]:
    """Return the page's <meta> values by name in lower case; the first of a name counts."""
    values: dict[str, str] = {}
    for element in () if tree.document is None else tree.document.get_elements_by_tag_name("meta")[:]:
        name = element.getattr("name") or element.getattr("property") or ""
        content = _one_line(element.getattr("content") or "")
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def _page_date(metadata: dict[str, str]) -> date | None:
    for name in _DATE_NAMES:
        for found in _DATE.finditer(metadata.get(name, "")):
            year, month, day = (int(part) for part in found.groups() if part)
            try:
                return date(year, month, day)
            except ValueError:
                continue
    return None


def _text(tree: HTMLTree, body: ElementNode) -> str:
    """Write the text without what is hidden; with it, where next to nothing would be left."""
    write_tables_as_lines(tree, body)
    for name in _NO_CONTENT:
        for element in body.get_elements_by_tag_name(name)[:]:
            element.decompose()
    before = _plain(tree)
    _remove_hidden(body)
    _remove_link_blocks(body)
    after = _plain(tree)
    return after if len(after) >= min(_LEAST_TEXT, len(before)) else before


def _plain(tree: HTMLTree) -> str:
    text = extract_plain_text(tree, main_content=False, preserve_formatting=True, list_bullets=False, alt_texts=False)
    lines = (line.strip(_BLANK) for line in _CELL_OF_LAYOUT.sub("\n", text).split("\n"))
    return "\n".join(line.replace(CELL_MARK, "\t") for line in lines if line)


def _remove_hidden(body: ElementNode) -> None:
    for element in body.query_selector_all(_MAYBE_HIDDEN)[:]:
        if element.hasattr("hidden") or _HIDDEN_STYLE.search(element.getattr("style") or ""):
            element.decompose()


def _remove_link_blocks(body: ElementNode) -> None:
    """Remove blocks of three and more links with next to no words of their own: menus, lists of other pages."""
    for element in body.query_selector_all(_BLOCKS)[:]:
        if _is_link_block(element):
            element.decompose()


def _is_link_block(element: ElementNode) -> bool:
    links = element.get_elements_by_tag_name("a")[:]
    return len(links) >= 3 and _n_letters(element) - sum(_n_letters(link) for link in links) < 2 * len(links)


def _n_letters(element: ElementNode) -> int:
    return len(_LETTERS.findall(element.text or ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())
