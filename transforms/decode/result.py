"""What decoding gives: the text of a document, or the reason why there is none.

In: nothing. Out: `Decoded`.

>>> Decoded(text="会议4次").outcome is None
True
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Decoded:
    """A document's text and what its page says about it.

    `outcome` is None where the text is usable, else one of `schema.OUTCOMES`, with the reason in `error`.
    `attachments` are the addresses of documents that the page links to or shows, in page order, and `further_pages`
    those of pages on which the same document goes on.
    """

    text: str | None = None
    title: str | None = None
    page_date: date | None = None
    outcome: str | None = None
    error: str | None = None
    encoding: str | None = None
    attachments: tuple[str, ...] = ()
    further_pages: tuple[str, ...] = ()


def failed(outcome: str, error: str, encoding: str | None = None) -> Decoded:
    """Return a result without text."""
    return Decoded(outcome=outcome, error=error, encoding=encoding)
