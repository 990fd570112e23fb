"""What a harvest makes of an answer while it goes on: is it a page, has it changed, where does it lead.

In: an exchange and what the store holds of its page. Out: the exchange with its final outcome, the text of a page,
and the addresses of its parts. The reading proper is the build's.

>>> (await look(exchange, held=None)).exchange.outcome
'javascript_challenge'
"""

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flows.decode_pool import start_apart, why_failed
from flows.http_client import Exchange
from flows.warc_index import Held
from flows.warc_store import digest
from transforms.decode import html
from transforms.decode.encoding import decode_bytes
from transforms.decode.media import kind_of

ATTACHMENT_ENDINGS = (".pdf", ".docx", ".doc", ".wps", ".ofd")
READING_SECONDS = 20.0
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


@dataclass(frozen=True)
class _Reading:
    """What a page says, as far as a harvest needs it."""

    text: str = ""
    outcome: str | None = None
    error: str | None = None
    parts: tuple[str, ...] = ()


async def look(exchange: Exchange, held: Held | None) -> Content:
    """Return the content of an answer. Pages are read in a process with limits: a hostile one costs itself only."""
    if exchange.outcome == "not_modified" and held is None:
        return Content(replace(exchange, outcome="http_error", error="answered 304 to a request without conditions"))
    if exchange.outcome == "fetched" and not exchange.payload.strip():
        return Content(replace(exchange, outcome="empty", error="the answer has no content; look at its address"))
    if exchange.outcome != "fetched" and exchange.status not in _GUARDED_STATUSES:
        return Content(exchange)
    page = await _reading(exchange)
    if page.outcome is not None and (exchange.outcome == "fetched" or page.outcome == "javascript_challenge"):
        return Content(replace(exchange, outcome=page.outcome, error=page.error), page.text, page.parts)
    if exchange.outcome == "fetched" and held is not None and held.payload_digest == digest(exchange.payload):
        exchange = replace(exchange, outcome="revisit")
    return Content(exchange, page.text, page.parts)


async def _reading(exchange: Exchange) -> _Reading:
    media_type = exchange.headers.get("content-type")
    kind = kind_of(exchange.payload, media_type, exchange.url)
    if kind not in ("html", "text") or not 0 < len(exchange.payload) <= _MOST_PAGE:
        return _Reading()
    reading = start_apart(_read, exchange.payload, media_type, exchange.url, kind == "html", time_limit=READING_SECONDS)
    try:
        return await asyncio.wrap_future(reading)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page raises is recorded
        return _Reading(outcome="unreadable", error=why_failed(error, READING_SECONDS))


def _read(payload: bytes, media_type: str | None, url: str, markup: bool) -> _Reading:
    decoded = decode_bytes(payload, media_type, markup=markup)
    text = decoded[0] if decoded else ""
    if not (markup and text):
        return _Reading(text)
    page = html.read(text, url)
    if page.outcome in ("javascript_challenge", "empty"):
        return _Reading(text, page.outcome, page.error, page.attachments)
    return _Reading(text, parts=(*page.further_pages, *filter(_is_document, page.attachments)))


def _is_document(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(ATTACHMENT_ENDINGS)
