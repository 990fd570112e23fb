"""Stable ids: the same source and sentence keep theirs, whatever the parser learns.

In: canonical URLs, sentences, quotes. Out: ids such as `o_0f3a…`, sixteen hexadecimal digits behind a letter.

>>> identifier("r", "https://example.gov.cn/a.html")[:2]
'r_'
"""

import hashlib
import re
import unicodedata

import polars as pl

BLANK = re.compile(r"\s+")


def identifier(letter: str, *parts: str) -> str:
    """Return the id of the parts: the letter and the first 16 hexadecimal digits of their SHA-256."""
    return f"{letter}_{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:16]}"


def identifiers(letter: str, *columns: str) -> pl.Expr:
    """An expression that gives each row the id of its columns, which are text."""

    def make(rows: pl.Series) -> pl.Series:
        fields = [rows.struct.field(column).to_list() for column in columns]
        return pl.Series([identifier(letter, *row) for row in zip(*fields, strict=True)], dtype=pl.String)

    return pl.struct(columns).map_batches(make, return_dtype=pl.String)


def digest(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8, as `sha256:…`."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def identity_text(sentence: str) -> str:
    """Return the characters of a sentence that its ids rest on. Frozen: changing this function moves every id."""
    return BLANK.sub("", unicodedata.normalize("NFKC", sentence))
