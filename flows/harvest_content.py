"""What a harvest makes of an answer while it goes on: is it a page, has it changed, where does it lead.

In: an exchange and what the store holds of its page. Out: the exchange with its final outcome, the text of a page,
and the addresses of its parts. The reading proper is the build's.

>>> look(exchange, held=None).exchange.outcome
'javascript_challenge'
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flows.http_client import Exchange
from flows.warc_index import Held
from flows.warc_store import digest
from transforms.decode import html
from transforms.decode.encoding import decode_bytes
from transforms.decode.media import kind_of

ATTACHMENT_ENDINGS = (".pdf", ".docx", ".doc", ".wps", ".ofd")
_MOST_PAGE = 4 * 1024 * 1024
_GUARDED_STATUSES = (202, 403, 412, 503, 521)


@dataclass(frozen=True)
class Content:
    """An exchange, and what its page says: `text` is the page as characters, empty where there is none.

    `parts` are the addresses of what belongs to the page: the pages that it goes on at, and attached documents.
    """

    exchange: Exchange
    text: str = ""
    parts: tuple[str, ...] = ()


def look(exchange: Exchange, held: Held | None) -> Content:
    """Return the content of an answer."""
    if exchange.outcome == "not_modified" and held is None:
        return Content(replace(exchange, outcome="http_error", error="answered 304 to a request without conditions"))
    if exchange.outcome == "fetched" and not exchange.payload.strip():
        return Content(replace(exchange, outcome="empty", error="the answer has no content; look at its address"))
    if exchange.outcome != "fetched" and exchange.status not in _GUARDED_STATUSES:
        return Content(exchange)
    return _page(exchange, held)


def _page(exchange: Exchange, held: Held | None) -> Content:
    media_type = exchange.headers.get("content-type")
    kind = kind_of(exchange.payload, media_type, exchange.url)
    text, parts = "", tuple[str, ...]()
    if kind in ("html", "text") and len(exchange.payload) <= _MOST_PAGE:
        decoded = decode_bytes(exchange.payload, media_type, markup=kind == "html")
        text = decoded[0] if decoded else ""
    if kind == "html" and text:
        page = html.read(text, exchange.url)
        if page.outcome in ("javascript_challenge", "empty") and (
            exchange.outcome == "fetched" or page.outcome == "javascript_challenge"
        ):
            return Content(replace(exchange, outcome=page.outcome, error=page.error), text, page.attachments)
        parts = (*page.further_pages, *filter(_is_document, page.attachments))
    if exchange.outcome == "fetched" and held is not None and held.payload_digest == digest(exchange.payload):
        exchange = replace(exchange, outcome="revisit")
    return Content(exchange, text, parts)


def _is_document(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(ATTACHMENT_ENDINGS)
