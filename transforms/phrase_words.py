"""Spell out the lists of words that the phrases of the codebook share.

In: the phrases, in which `@list` may stand for a word; the lists. Out: the same phrases with the words of each list.

>>> spelt_out(phrases, lists)["near"][0]  # was '@leading_meetings|座谈会'
'常务会|党组会|座谈会'
"""

import re

import polars as pl

SCOPES = ("must", "near", "must_not", "not_near")
NAMED = r"@(\w+)"


def spelt_out(phrases: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """Put the words of `lists` (list, words: parted by |) where `phrases` name a list, each word once in its group.

    Raises ValueError naming the code whose phrase names a list that is not there.
    """
    words = dict(lists.select("list", "words").iter_rows())

    def spell(group: str) -> str:
        spelt = re.sub(NAMED, lambda found: words[found[1]], group, flags=re.ASCII)
        return "|".join(dict.fromkeys(spelt.split("|")))

    def column(scope: str) -> pl.Series:
        told = [cell if cell is None else " ".join(map(spell, cell.split(" "))) for cell in phrases[scope]]
        return pl.Series(scope, told, pl.String)

    for code, named in phrases.select("indicator", _lists_named()).explode("lists").drop_nulls().iter_rows():
        if named not in words:
            raise ValueError(f"seeds/phrases.csv: {code} names @{named}, which seeds/phrase_words.csv does not have")
    return phrases.with_columns(map(column, SCOPES))


def _lists_named() -> pl.Expr:
    cells = pl.concat_str([pl.col(scope).fill_null("") for scope in SCOPES], separator=" ")
    return cells.str.extract_all(NAMED).list.eval(pl.element().str.strip_prefix("@")).alias("lists")
