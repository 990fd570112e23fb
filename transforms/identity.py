"""Stable ids: the same source and sentence keep theirs, whatever the parser learns.

In: canonical URLs, sentences, quotes. Out: ids such as `o_0f3a…`, sixteen hexadecimal digits behind a letter.

>>> identifier("r", "https://example.gov.cn/a.html")[:2]
'r_'
"""

import hashlib

import polars as pl

SEPARATOR = "\x1f"
BLANKS = r"[\s\x1c-\x1f]+"
# Neither normalised nor taken out: most sentences have nothing else, and finding that out is the cheaper.
PLAIN = "^[!-~一-鿿、。《》“”]*$"


def identifier(letter: str, *parts: str) -> str:
    """Return the id of the parts: the letter and the first 16 hexadecimal digits of their SHA-256."""
    return f"{letter}_{hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()[:16]}"


def identifiers(letter: str, *columns: str) -> pl.Expr:
    """An expression that gives each row the `identifier` of its columns, which are text."""

    def hashed(texts: pl.Series) -> pl.Series:
        made = [hashlib.sha256(text).hexdigest() for text in texts.cast(pl.Binary).to_list()]
        return pl.Series(made, dtype=pl.String)

    joined = pl.concat_str(columns, separator=SEPARATOR)
    return pl.concat_str(pl.lit(f"{letter}_"), joined.map_batches(hashed, return_dtype=pl.String).str.head(16))


def digest(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8, as `sha256:…`."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def identity_text(sentence: pl.Expr) -> pl.Expr:
    """Return the characters of a sentence that its ids rest on. Frozen: changing this function moves every id."""
    other = pl.when(~sentence.str.contains(PLAIN)).then(sentence)
    return pl.coalesce(other.str.normalize("NFKC").str.replace_all(BLANKS, ""), sentence)
