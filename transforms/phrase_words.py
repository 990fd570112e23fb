"""Spell out the lists of words that the phrases of the codebook share.

In: the phrases, in which `@list` may stand for a word; the lists. Out: the same phrases with the words of each list.

>>> spelt_out(phrases, lists)["near"][0]  # was '@leading_meetings|座谈会'
'常务会|党组会|座谈会'
"""

import re

import polars as pl

SCOPES = ("must", "near", "must_not", "not_near")
NAMED = "@([a-z_]+)"


def spelt_out(phrases: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """Put the words of `lists` (list, words: parted by |) where `phrases` name a list, each word once in its group.

    Raises ValueError naming the code whose phrase names a list that is not there, or the list that is there twice.
    """
    twice = lists.filter(pl.col("list").is_duplicated())["list"].unique().sort().to_list()
    if twice:
        raise ValueError(f"seeds/phrase_words.csv: has {', '.join(twice)} more than once; put all its words in one row")
    words = dict(lists.select("list", "words").iter_rows())

    def spell(code: str, group: str) -> str:
        try:
            spelt = re.sub(NAMED, lambda found: words[found[1]], group)
        except KeyError as error:
            raise ValueError(
                f"seeds/phrases.csv: {code} names @{error.args[0]}, which seeds/phrase_words.csv does not have"
            ) from None
        return "|".join(dict.fromkeys(spelt.split("|")))

    def column(scope: str) -> pl.Series:
        told = phrases.select("indicator", scope).iter_rows()
        cells = [cell and " ".join(spell(code, group) for group in cell.split(" ")) for code, cell in told]
        return pl.Series(scope, cells, pl.String)

    return phrases.with_columns(map(column, SCOPES))
