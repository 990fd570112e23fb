"""Whether a text still holds a number that identifies a person: the guard behind the masking.

It is written apart from the masking and knows only the plain shapes (mobile, landline, identity card), so that a
fault there shows here. In: an expression of text and the words of `seeds/private.csv`. Out: booleans.

>>> frame.filter(holds_private_number(pl.col("text"), private_words(private)))
"""

import polars as pl

from transforms.mask_words import PrivateWords, any_of

_PLAIN = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc\ufe63\uff0d", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u200b\u200c\u200d\u202f\u2060\u3000\ufeff\u00b7\uff0e.", " "),
    "〇": "0", "○": "0", "Ｘ": "X", "ｘ": "x", "（": "(", "）": ")", "＋": "+", "：": ":",
}
_CHINESE = {chinese: str(digit) for digit, chinese in enumerate("零一二三四五六七八九")}

_GAP = r"[ -]{0,2}"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_SHAPES = "|".join((
    rf"[1-8]\d{{5}}{_GAP}(?:19|20)\d\d{_MONTH_DAY}{_GAP}\d{{3}}[\dXx]",
    rf"(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}",
    rf"1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}|1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}",
    r"1[ -][3-9](?:[ -]\d){9}",
    rf"\(?0(?:10|2\d|[3-9]\d\d)\)?{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}",
))
# The engine has no look-around: one character more on each side says that the number begins and ends there. A
# digit beyond a space makes it a row of figures.
_BEFORE = r"(?:^|[^0-9A-Za-z/_ -]|(?:^|[^0-9]) )"
_AFTER = r"(?:$|[^0-9A-Za-z/_%‰ ]| (?:$|[^0-9]))"
_ADDRESS = r"(?:https?://|www\.)[!-~]+"


def holds_private_number(text: pl.Expr, words: PrivateWords) -> pl.Expr:
    """Return whether `text` holds the number of a telephone or an identity card; null texts hold none.

    Amounts (a number before 元, 件, …), codes of documents and web addresses are left out.
    """
    code = rf"{any_of(words.code_key)}[号码为是: ]{{0,3}}[0-9A-Za-z -]+"
    amount = rf"\d[\d -]*(?:余|多|几)?{any_of(words.unit)}"
    plain = text.str.replace_all(_ADDRESS, "|").str.replace_many(_PLAIN).str.replace_all(code, "|")
    without_amounts = plain.str.replace_all(amount, "|")
    keyed = rf"{any_of(words.phone_key)}(?:号码?)?[:为] ?[2-8]\d{{2,3}}{_GAP}\d{{4}}{_AFTER}"
    pattern = f"(?m){_BEFORE}(?:{_SHAPES}){_AFTER}|{keyed}"
    in_chinese = without_amounts.str.replace_many(_CHINESE)
    return (without_amounts.str.contains(pattern) | in_chinese.str.contains(pattern)).fill_null(False)
