"""Phrases that share lists of words: the words stand where a list is named, and a name without a list is told.

In: small tables written here. Out: nothing but failures.
"""

import polars as pl
import pytest

from transforms.phrase_words import SCOPES, spelt_out

LISTS = pl.DataFrame({"list": ["laws", "laws_of_old"], "words": ["宪法|民法典", "合同法"]})


def phrase(**scopes: str) -> pl.DataFrame:
    """A phrase with these words, in the columns of the seed table."""
    return pl.DataFrame({"indicator": ["law_study"]} | {scope: [scopes.get(scope)] for scope in SCOPES})


def test_the_words_of_a_list_stand_where_it_is_named_each_once_in_its_group() -> None:
    told = spelt_out(phrase(must="学习|@laws|宪法 @laws_of_old", must_not="@laws|培训"), LISTS)
    assert told.row(0, named=True) == {
        "indicator": "law_study", "must": "学习|宪法|民法典 合同法", "near": None, "must_not": "宪法|民法典|培训",
        "not_near": None,
    }


def test_a_list_that_is_not_there_is_named_with_the_code_that_wants_it() -> None:
    with pytest.raises(ValueError, match="phrases.csv: law_study names @courts, which seeds/phrase_words.csv"):
        spelt_out(phrase(must="学习", near="@courts"), LISTS)


def test_a_list_that_is_there_twice_is_named() -> None:
    with pytest.raises(ValueError, match="phrase_words.csv: has laws more than once"):
        spelt_out(phrase(must="@laws"), pl.concat([LISTS, LISTS.head(1)]))
