"""Pages, the pages that they go on at and the documents attached to them, put together.

In: decoded documents by canonical address, with the addresses that each page links to. Out: the text of each page
with the text of its further pages and attachments behind it, and for each of these the page that it now belongs to.
A further page repeats the frame of the first one; such lines are left out.
A report is often a page with a title and a PDF; read apart, it would be a page without a text and a file without a
date. An attachment that repeats the page's own text adds nothing. A page with many documents is a list of them, and
a document that several pages link to is none's own: these stay as they are.

>>> join([Linked("p", "报告见附件", ("a",)), Linked("a", "会议4次。", ())])
({'p': '报告见附件\\n会议4次。'}, {'a': 'p'})
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_ATTACHMENTS = 3
_TELLING = 15
_REPEATED = 0.5


@dataclass(frozen=True)
class Linked:
    """A document: its canonical address, its text, and the canonical addresses of what it links to and goes on at."""

    address: str
    text: str
    attachments: tuple[str, ...]
    further_pages: tuple[str, ...] = ()


def join(documents: Iterable[Linked]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts of pages that grew, and the pages that attachments belong to, both by address."""
    documents = list(documents)
    texts = {document.address: document.text for document in documents}
    pages = Counter(address for document in documents for address in set(document.attachments))
    grown: dict[str, str] = {}
    owners: dict[str, str] = {}
    for page in documents:
        for address in page.further_pages:
            if address in texts and address not in owners and address != page.address:
                owners[address] = page.address
                grown[page.address] = _continued(grown.get(page.address, page.text), texts[address])
    for page in documents:
        if page.address in owners:
            continue
        held = [address for address in dict.fromkeys(page.attachments) if address in texts and address != page.address]
        if not held or len(held) > MOST_ATTACHMENTS:
            continue
        text = grown.get(page.address, page.text)
        for address in held:
            if pages[address] > 1:
                continue
            owners[address] = page.address
            if not _repeats(texts[address], text):
                text = f"{text}\n{texts[address]}"
                grown[page.address] = text
    return grown, owners


def _continued(text: str, further: str) -> str:
    known = set(text.split("\n"))
    return "\n".join([text, *(line for line in further.split("\n") if line not in known)])


def _repeats(text: str, known: str) -> bool:
    """Tell whether most of the sentences of a text stand in another one."""
    known = "".join(known.split())
    sentences = ["".join(sentence.split()) for line in text.split("\n") for sentence in line.split("。")]
    telling = [sentence for sentence in sentences if len(sentence) >= _TELLING]
    return bool(telling) and sum(sentence in known for sentence in telling) > _REPEATED * len(telling)
