"""What kind of document some bytes are.

In: payload, declared media type, URL. Out: `empty`, `html`, `text`, `pdf`, `docx`, or the name of a kind that is not
read (`image`, `ofd`, `doc or wps`, `zip archive` …). Servers and file names err; magic bytes come first.

>>> kind_of(b"%PDF-1.7", "text/html", "https://example.gov.cn/a.html")
'pdf'
"""

import re
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc, wps or xls"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "media"),
    (b"\x1f\x8b", "gzip archive"),
    (b"Rar!", "rar archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x00\x00\x00", "media"),
    (b"ID3", "media"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|table|t[rd]|script|span|br|center|font|ul|ol|li|a|h[1-6]|"
    rb"article|section|form|img|b|strong)\b",
    re.I,
)
_TAG = re.compile(rb"<[a-z][a-z0-9]*[\s/>]", re.I)
_PLAIN_NAMES = (".txt", ".text", ".md", ".csv")
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def kind_of(payload: bytes, media_type: str | None, url: str) -> str:
    """Return the kind of document."""
    start = payload[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\x0c")
    if not payload.strip(b"\xef\xbb\xbf\xfe\xff \t\r\n\x0c\x00"):
        return "empty"
    if b"%PDF-" in payload[:1024]:
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_zip(payload)
    for magic, kind in _MAGIC:
        if payload.startswith(magic) and not (kind == "image" and magic == b"BM" and payload[6:10] != b"\0\0\0\0"):
            return kind
    return "html" if _is_markup(start, media_type or "", url) else "text"


def _kind_of_zip(payload: bytes) -> str:
    try:
        with ZipFile(BytesIO(payload)) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return "docx" if b"word/" in payload[:4096] else "broken zip archive"
    for name, kind in (("word/document.xml", "docx"), ("OFD.xml", "ofd"), ("xl/workbook.xml", "xlsx"),
                       ("ppt/presentation.xml", "pptx")):
        if name in names:
            return kind
    return "zip archive"


def _is_markup(start: bytes, media_type: str, url: str) -> bool:
    """A text is a page if it is declared so or begins so; a text file that only mentions a tag is none."""
    if start.startswith(_UTF16_STARTS):
        start = start.replace(b"\x00", b"")
    if _MARKUP.match(start) or start.startswith((b"<?xml", b"<!--", b"<!DOCTYPE", b"<!doctype")):
        return True
    declared = media_type.partition(";")[0].strip().lower()
    if declared == "text/plain":
        return False
    if declared in ("text/html", "application/xhtml+xml") and _TAG.search(start):
        return True
    try:
        name = urlsplit(url).path.lower()
    except ValueError:
        name = url.lower()
    return not name.endswith(_PLAIN_NAMES) and _MARKUP.search(start) is not None
