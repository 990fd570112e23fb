"""From bytes to characters, for the encodings that Chinese sites use, whatever they declare.

In: bytes and the declared media type. Out: text and the encoding's name, or None if it is no text.
Valid UTF-8 is UTF-8 whatever is declared: GBK text of any length is never valid UTF-8 by chance. Else the
declaration counts where it decodes, and GB18030 (which holds GBK and GB2312) where it does not.

>>> decode_bytes("法治".encode("gbk"), "text/html; charset=utf-8")
('法治', 'gb18030')
"""

import codecs
import re
import unicodedata

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_GB = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "gb18030", "cp936", "ms936", "windows-936", "euc-cn"}
_BIG5 = {"big5", "big5-hkscs", "cp950", "x-x-big5"}
_CUT_OFF = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff]")
_SAMPLE = 200_000
_MOST_BAD = 0.01


def decode_bytes(payload: bytes, media_type: str | None = None, markup: bool = False) -> tuple[str, str] | None:
    """Return text and encoding, or None where the bytes are text in no encoding that is tried."""
    marked = next((name for mark, name in _MARKS if payload.startswith(mark)), None)
    candidates = [marked] if marked else _candidates(payload, _declared(payload, media_type, markup))
    for encoding in candidates:
        text = _strictly(payload, encoding)
        if text is not None and _is_text(text, encoding):
            return text, encoding
    damaged = [(payload.decode(encoding, "replace"), encoding) for encoding in candidates]
    text, encoding = min(damaged, key=lambda pair: _share_bad(pair[0]))
    return (text, encoding) if _share_bad(text) <= _MOST_BAD else None


def _declared(payload: bytes, media_type: str | None, markup: bool) -> list[str]:
    """Return the charsets that the server and the page itself name."""
    texts = [media_type or ""]
    if markup:
        texts.append(payload[:4096].decode("latin-1"))
    names = [found[1].lower() for text in texts for found in _CHARSET.finditer(text)]
    return ["gb18030" if name in _GB else "big5hkscs" if name in _BIG5 else name for name in names]


def _candidates(payload: bytes, declared: list[str]) -> list[str]:
    wide = _wide(payload)
    names = [wide] if wide else ["utf-8", *declared, "gb18030", "big5hkscs"]
    return [name for name in dict.fromkeys(names) if _is_text_encoding(name)]


def _wide(payload: bytes) -> str | None:
    """Recognise UTF-16 without a mark: ASCII characters in it leave zero bytes on one side only."""
    sample = payload[:4096]
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if sum(zeros) < 2 or min(zeros) * 20 > max(zeros) or len(payload) % 2:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _is_text_encoding(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except LookupError:
        return False
    except UnicodeError:
        return True


def _strictly(payload: bytes, encoding: str) -> str | None:
    """Decode without errors, but for a last character that was cut off."""
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError as error:
        if error.reason not in _CUT_OFF:
            return None
        return payload[:error.start].decode(encoding)
    except UnicodeError:
        return None


def _is_text(text: str, encoding: str) -> bool:
    """Valid UTF-8 need only be free of controls; other encodings take nearly any bytes, so look at each character."""
    if encoding in ("utf-8", "utf-8-sig"):
        return len(_CONTROLS.findall(text[:_SAMPLE])) <= _MOST_BAD * min(len(text), _SAMPLE)
    return _share_bad(text) <= _MOST_BAD


def _share_bad(text: str) -> float:
    """Return the share of characters that no text has: controls, replacements, unassigned, private or surrogate."""
    sample = text[:_SAMPLE]
    bad = sum(
        sample.count(character)
        for character in set(sample)
        if character == "\ufffd" or (character not in "\t\n\r\f\x0b\x1a\x85" and _is_bad(character))
    )
    return bad / max(1, len(sample))


def _is_bad(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") and not "\ue000" <= character <= "\uf8ff"
