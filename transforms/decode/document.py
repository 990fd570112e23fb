"""Decode a document by what it is, which its first bytes tell better than its name or its server.

In: payload, declared media type, URL. Out: `Decoded`.

>>> decode(b"%PDF-1.4 nonsense", "text/html", "https://example.gov.cn/a.pdf").outcome
'unreadable'
"""

from transforms.decode import html, pdf, word
from transforms.decode.encoding import decode_bytes
from transforms.decode.media import kind_of
from transforms.decode.result import Decoded, failed

_READERS = {"pdf": pdf.read, "docx": word.read}


def decode(payload: bytes, media_type: str | None, url: str) -> Decoded:
    """Return the text of a document; a document that cannot be read is a result too, never an exception."""
    kind = kind_of(payload, media_type, url)
    if kind == "empty":
        return failed("empty", "the document has no content; look at its address")
    if kind in _READERS:
        return _READERS[kind](payload)
    if kind not in ("html", "text"):
        return failed("unsupported", f"{kind} is not read; publish or save the document as PDF, DOCX, HTML or text")
    decoded = decode_bytes(payload, media_type, markup=kind == "html")
    if decoded is None:
        return failed("unreadable", "the bytes are text in no known encoding (UTF-8, UTF-16, GB18030, Big5)")
    text, encoding = decoded
    if kind == "html":
        return html.read(text, url, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return failed("empty", "the text is blank; look at its address", encoding)
    return Decoded(text=text, encoding=encoding)
