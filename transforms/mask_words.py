"""The words that masking rests on, read from `seeds/private.csv` and kept in a hashable form.

In: the frame of `seeds/private.csv` (columns kind, word, note). Out: `PrivateWords`, one tuple of words a kind.

>>> private_words(pl.DataFrame({"kind": ["unit"], "word": ["元"]})).unit
('元',)
"""

import re
from dataclasses import dataclass, fields

import polars as pl

_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(char): plain
    for plain, chars in {
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc\ufe63",
        " ": "\u00a0\u1680\u2002\u2003\u2009\u200a\u200b\u200c\u200d\u202f\u2060\u3000\ufeff",
        ".": "·•・", ":": "\ufe30\u2236", "(": "〔【[", ")": "〕】]", ",": "、",
    }.items()
    for char in chars
}


@dataclass(frozen=True)
class PrivateWords:
    """Words by kind; what each kind means stands in the `note` column of `seeds/private.csv`."""

    name_key: tuple[str, ...] = ()
    name_key_colon: tuple[str, ...] = ()
    phone_key: tuple[str, ...] = ()
    account_key: tuple[str, ...] = ()
    id_key: tuple[str, ...] = ()
    chat_key: tuple[str, ...] = ()
    wechat_key: tuple[str, ...] = ()
    code_key: tuple[str, ...] = ()
    public_number: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    amount_key: tuple[str, ...] = ()
    office: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    no_name: tuple[str, ...] = ()
    surname: tuple[str, ...] = ()


def private_words(private: pl.DataFrame) -> PrivateWords:
    """Return the words of `seeds/private.csv` by kind, longest first (surnames: in the order of the file)."""
    kinds = {field.name for field in fields(PrivateWords)}
    unknown = sorted(set(private["kind"].unique()) - kinds)
    if unknown:
        raise ValueError(f"seeds/private.csv: unknown kind {unknown[0]!r}; use one of {', '.join(sorted(kinds))}")
    words: dict[str, tuple[str, ...]] = {}
    for kind in sorted(kinds):
        of_kind = private.filter(pl.col("kind") == kind)["word"].to_list()
        words[kind] = tuple(of_kind if kind == "surname" else sorted(set(of_kind), key=lambda word: (-len(word), word)))
    return PrivateWords(**words)


def plain(text: str) -> str:
    """Return `text` with one form of digits, letters, dashes, spaces, dots and brackets; offsets stay true."""
    return text.translate(_WIDTHS)


def any_of(words: tuple[str, ...]) -> str:
    """Return a regular expression for any of the words; it matches nowhere when there are none."""
    return "(?:" + "|".join(re.escape(word) for word in words) + ")" if words else r"[^\s\S]"
