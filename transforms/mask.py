"""Masking of private persons: numbers and names that could identify one become █, character for character.

In: texts and the words of `seeds/private.csv`. Out: texts of the same length, so that offsets stay true.

>>> mask_text("联系人:张三,电话:13912345678", words)  # words = private_words(<seeds/private.csv>)
'联系人:██,电话:███████████'
"""

import re
from functools import lru_cache

import polars as pl

from transforms.mask_names import name_spans
from transforms.mask_numbers import DIGITS, number_spans
from transforms.mask_words import PrivateWords, any_of, plain

MASK = "█"
_PIECE_END = re.compile(r"(?<=[\n。])")
_GAP = r"[ \t\u00a0\u2002\u2003\u3000]"
# The shortest number that is told without a key has ten digits: a landline with its area code.
_BETWEEN = r"[ .\-_/*()·\u00a0\u2002\u2003\u200b\u2010-\u2015\u2212\u2500\u3000\uff08\uff09\uff0d\uff0e]"
_MANY_DIGITS = rf"[{DIGITS}](?:{_BETWEEN}{{0,3}}[{DIGITS}*]){{9}}"


def mask(column: pl.Expr, words: PrivateWords) -> pl.Expr:
    """Return `column` masked; only rows where polars finds a sign of something private are looked at in Python."""
    signs = candidate_pattern(words)

    def mask_rows(series: pl.Series) -> pl.Series:
        rows = series.to_frame("text").with_columns(sign=pl.col("text").str.contains(signs).fill_null(False))
        masked = [mask_text(text, words) for text in rows.filter("sign")["text"]]
        return series.scatter(rows["sign"].arg_true(), masked) if masked else series

    return column.map_batches(mask_rows, return_dtype=pl.String, is_elementwise=True)


def mask_text(text: str, words: PrivateWords) -> str:
    """Return `text` with numbers and names of private persons masked, one █ for each of their characters."""
    pieces = _PIECE_END.split(text)
    signs = set(pl.Series(pieces).str.contains(candidate_pattern(words)).arg_true())
    done = 0
    for first in sorted(signs):
        if first < done:
            continue
        # A block ends after the first piece without a sign: a key at the end of a line has its number in the next.
        done = first
        while done < len(pieces) and (done in signs or done - 1 in signs):
            done += 1
        pieces[first] = _mask_block("".join(pieces[first:done]), words)
        pieces[first + 1:done] = [""] * (done - first - 1)
    return "".join(pieces)


def _mask_block(text: str, words: PrivateWords) -> str:
    masked = _cover(text, number_spans(text, words))
    masked = _cover(masked, name_spans(masked, words))
    return _cover(masked, _beside_a_name(masked))


@lru_cache(maxsize=4)
def candidate_pattern(words: PrivateWords) -> str:
    """Return a regular expression, for polars and Python, that finds every text with something to mask."""
    name = any_of(words.name_key + words.name_key_colon)
    number = any_of(words.phone_key + words.account_key + words.id_key + words.chat_key)
    return "|".join((
        _MANY_DIGITS,
        r"[@\uff20]|\((?:at|AT)\)|\d\*{4}",
        rf"{name}(?:[(\uff08][^()\uff08\uff09\n]{{1,6}}[)\uff09])?{_GAP}{{0,4}}[:\uff1a\ufe30\u2236|]",
        rf"{any_of(words.name_key)}{_GAP}|[(\uff08]{any_of(words.name_key)}",
        rf"{number}[^{DIGITS}]{{0,16}}[{DIGITS}](?:{_BETWEEN}{{0,2}}[{DIGITS}*]){{4}}",
        rf"{number}(?:号码?)?[ \t:\uff1a]{{0,4}}\n?$",
        rf"{any_of(words.wechat_key)}[^\n]{{0,6}}[:\uff1a号A-Za-z]",
    ))


def _beside_a_name(masked: str) -> list[tuple[int, int]]:
    """The spans of short telephone numbers right after a masked name: (██,67188888)."""
    short = re.finditer(rf"{MASK}[,;: \t(]{{1,3}}(\d{{3,4}}[ -]?\d{{4}}(?:-\d{{1,6}})?)(?![\d.年元件])", plain(masked))
    return [match.span(1) for match in short]


def _cover(text: str, spans: list[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in sorted(spans):
        if end > last:
            first = max(start, last)
            parts += [text[last:first], MASK * (end - first)]
            last = end
    return "".join((*parts, text[last:]))
