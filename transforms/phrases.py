"""The phrases of the codebook, laid out for looking them up by the words that an observation has.

In: `Knowledge`. Out: `Phrases`: per scope, its `Words`; and what else decides whether a phrase fits.

>>> phrases_of(knowledge).rules.columns
['phrase', 'indicator', 'looks_around', 'n_must', 'n_near']
"""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from transforms.knowledge import Knowledge

WANTED = ("must", "near")
BARRING = ("must_not", "not_near")


@dataclass(frozen=True)
class Words:
    """The words of a scope: each `different` one; `rows` of phrase, group, word (its place), width in characters."""

    different: pl.Series
    rows: pl.DataFrame


@dataclass(frozen=True)
class Phrases:
    """The words of each scope, and tables by the number of the phrase.

    `by_rarest_word`: the words of that `must` group of each phrase which the fewest phrases share, each with every unit
    code that the phrase may come in, null for a count without a unit. `further`: the words of its other `must` groups.
    `rules`: its code, whether it looks around the label, and how many groups are wanted.
    """

    must: Words
    further: Words
    must_not: Words
    near: Words
    not_near: Words
    by_rarest_word: pl.DataFrame
    rules: pl.DataFrame


@lru_cache(maxsize=4)
def phrases_of(knowledge: Knowledge) -> Phrases:
    """Lay out the phrases of `seeds/phrases.csv`."""
    phrases = knowledge.phrases.with_row_index("phrase")
    codebook = knowledge.indicators.select("indicator", "unit_codes", "dimension")
    coded = phrases.join(codebook, on="indicator")
    units = coded.select("phrase", unit_code=pl.coalesce("units", "unit_codes").str.split(" ")).explode("unit_code")
    bare_counts = coded.filter(pl.col("dimension") == "count").select("phrase", unit_code=pl.lit(None, pl.String))
    must = words_of(phrases, "must")
    rarest = rarest_groups(must.rows)
    return Phrases(
        must=must,
        further=Words(must.different, must.rows.join(rarest, on="group", how="anti")),
        must_not=words_of(phrases, "must_not"),
        near=words_of(phrases, "near"),
        not_near=words_of(phrases, "not_near"),
        by_rarest_word=rarest.join(pl.concat([units, bare_counts]).unique(), on="phrase").drop("group"),
        rules=coded.select(
            "phrase", "indicator",
            looks_around=pl.any_horizontal(pl.col("near", "not_near").fill_null("") != ""),
            **{f"n_{scope}": n_groups(scope) for scope in WANTED},
        ),
    )


def words_of(phrases: pl.DataFrame, scope: str) -> Words:
    """The words that the phrases name in a scope, in groups: blanks between groups, | between the words of one."""
    named = pl.col(scope).fill_null("")
    # A word that must not stand bars the phrase alone.
    groups = named.str.replace_all("|", " ", literal=True) if scope in BARRING else named
    found = (
        phrases.select("phrase", group=groups.str.split(" "))
        .explode("group")
        .with_row_index("number")
        .select("phrase", pl.col("number").alias("group"), text=pl.col("group").str.split("|"))
        .explode("text")
        .filter(pl.col("text") != "")
    )
    different = found["text"].unique(maintain_order=True)
    places = different.to_frame().with_row_index("word")
    rows = found.join(places, on="text", maintain_order="left").select(
        "phrase", "group", "word", width=pl.col("text").str.len_chars()
    )
    return Words(different, rows)


def n_groups(scope: str) -> pl.Expr:
    """How many groups of words a phrase names in a scope."""
    named = pl.col(scope).fill_null("").str.split(" ")
    return named.list.eval(pl.element().filter(pl.element() != "")).list.len()


def rarest_groups(must: pl.DataFrame) -> pl.DataFrame:
    """The words of each phrase's group whose words the fewest phrases share."""
    shared = must.with_columns(shared=pl.col("phrase").n_unique().over("word").sum().over("group"))
    rarest = shared.sort("shared", "group").unique("phrase", keep="first", maintain_order=True)
    return must.join(rarest, on="group", how="semi")
