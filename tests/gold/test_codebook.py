"""The codebook holds together: every code has phrases, kin that is known, and a sentence that means it.

In: `seeds/indicators.csv`, `seeds/phrases.csv`, `seeds/phrase_words.csv`, `sentences.csv`. Out: nothing but failures that name the code.
"""

import csv
import re
from pathlib import Path

import polars as pl
import pytest

from flows.seeds import read_seed
from tests.transforms.reading import knowledge, observe
from transforms.phrase_words import SCOPES

HERE = Path(__file__).parent
CODEBOOK = knowledge().indicators
PHRASES = knowledge().phrases
CODES = set(CODEBOOK["indicator"])


def sentences() -> list[tuple[str, str]]:
    """The codes and what means them, as in `sentences.csv`."""
    with (HERE / "sentences.csv").open(encoding="utf-8", newline="") as handle:
        return [(row["indicator"], row["sentence"]) for row in csv.DictReader(handle)]


def test_every_code_has_a_phrase_and_a_sentence_and_every_phrase_a_code() -> None:
    assert set(PHRASES["indicator"]) == CODES
    assert {code for code, _ in sentences()} == CODES


def test_every_sentence_has_one_number_and_is_given_its_code() -> None:
    rows = observe([sentence for _, sentence in sentences()])
    found = {int(report): codes for report, codes in rows.group_by("report_id").agg("indicator").iter_rows()}
    wrong = {sentence: found.get(place) for place, (code, sentence) in enumerate(sentences())
             if found.get(place) != [code]}
    assert wrong == {}


def test_a_parent_is_a_code_that_may_come_in_the_units_of_its_children() -> None:
    units = {code: set(told.split()) for code, told in CODEBOOK.select("indicator", "unit_codes").iter_rows()}
    parents = dict(CODEBOOK.select("indicator", "parent").drop_nulls().iter_rows())
    assert set(parents.values()) <= CODES
    assert {code for code, parent in parents.items() if not units[code] & units[parent]} == set()


def test_every_code_says_what_it_is_in_both_languages_and_within_which_bounds() -> None:
    needed = ["theme", "name_zh", "name_en", "dimension", "unit_codes", "minimum", "direction", "definition"]
    assert CODEBOOK.filter(pl.any_horizontal(pl.col(needed).is_null()))["indicator"].to_list() == []
    assert CODEBOOK.filter(pl.col("dimension") == "ratio", pl.col("maximum") != "100")["indicator"].to_list() == []
    assert CODEBOOK["indicator"].is_duplicated().sum() == 0
    assert CODEBOOK["name_zh"].is_duplicated().sum() == 0


@pytest.mark.parametrize("scope", SCOPES)
def test_no_word_of_a_phrase_is_empty_or_written_twice_in_its_group(scope: str) -> None:
    groups = PHRASES[scope].fill_null("").str.split(" ").explode().str.split("|")
    wrong = [group for group in groups.to_list() if group != [""] and ("" in group or len(set(group)) < len(group))]
    assert wrong == []


def test_no_word_of_a_phrase_is_barred_by_the_phrase_itself() -> None:
    barred = [
        (code, word)
        for code, must, must_not in PHRASES.select("indicator", "must", pl.col("must_not").fill_null("")).iter_rows()
        for word in must.replace("|", " ").split()
        if any(bar in word for bar in must_not.replace("|", " ").split())
    ]
    assert barred == []


def test_rows_stand_together_phrases_by_code_in_the_order_of_the_codebook_and_words_by_list() -> None:
    assert PHRASES["indicator"].unique(maintain_order=True).to_list() == CODEBOOK["indicator"].to_list()
    for column in (PHRASES["indicator"], knowledge().word_lists["list"]):
        assert len(column.rle()) == column.n_unique()
    assert knowledge().word_lists.is_duplicated().sum() == 0


def test_every_list_of_words_is_shared_by_phrases_and_stands_in_the_order_of_its_name() -> None:
    lists = read_seed("phrase_words")["list"].to_list()
    cells = " ".join(cell for scope in SCOPES for cell in read_seed("phrases")[scope].drop_nulls())
    assert [name for name in lists if len(re.findall(rf"@{name}\b", cells, re.ASCII)) < 2] == []
    assert lists == sorted(set(lists))
