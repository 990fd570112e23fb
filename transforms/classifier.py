"""Weigh the code that phrases give an observation against what a linear classifier takes it for.

In: coded observations with `label`, `context`, `after`, `unit`, `unit_code`, `measure`; the classifier's weights,
learnt from annotated sentences (`flows.learn`). Out: the same rows, with other codes where the classifier is sure.

Phrases are exact and narrow; the classifier weighs every run of characters, and so knows wordings that no phrase has.
Its classes are the codes of version 0, and none: a newer code counts as its nearest ancestor there.

>>> reconsidered(rows, knowledge).collect()["indicator"].to_list()
['disputes_mediated']
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from transforms.clauses import NUMBER_PLACE
from transforms.codes import CODED_MEASURES, lineage
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.phrase_search import words_in
from transforms.phrases import Words

# Where runs of characters are looked for: of so many characters, and how much one counts against one of the label.
TEXTS: Mapping[str, tuple[tuple[int, int], float]] = {
    "label": ((1, 4), 1.0), "context": ((2, 3), 0.4), "after": ((2, 3), 0.3),
}
FACTS = ("unit", "unit_code", "measure")
# What each class begins with, before anything is found: the intercept of the linear function.
BEGINNING = "beginning"
NONE = ""
BEFORE_NUMBER = 40
# How much more must speak for another code than for the phrases' own; for a code than for none.
MARGIN = 1.0
MARGIN_OF_NONE = 0.8


@dataclass(frozen=True)
class Weights:
    """The weights by what they are of: runs of characters by text, facts, and the classes before anything is found.

    `words`: per text, its runs of characters and rows of word, indicator, weight. `facts`: fact, value, indicator,
    weight. `classes`: indicator, beginning. `units`: the unit codes that each class may come in.
    """

    words: Mapping[str, Words]
    facts: pl.DataFrame
    classes: pl.DataFrame
    units: pl.DataFrame


def described(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The texts and facts that the classifier goes by, and nothing else: numbers in them are all written 0."""
    # A cell of a table has no words after its number.
    near = pl.coalesce(pl.col("context").str.extract(f"(?s)(.{{0,{BEFORE_NUMBER}}}{NUMBER_PLACE}.*)$"), "context")
    texts = {"label": pl.col("label"), "context": near, "after": pl.col("after")}
    return rows.select(
        **{name: plain(text) for name, text in texts.items()}, **{name: pl.col(name).fill_null("") for name in FACTS}
    )


def plain(text: pl.Expr) -> pl.Expr:
    """A text with its figures written 0 and its white space as single blanks."""
    return text.fill_null("").str.replace_all(r"[0-9.]+", "0").str.replace_all(r"\s+", " ")


def reconsidered(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give `indicator` the classifier's code, or none, where that has a good deal more to speak for it."""
    weights = weights_of(knowledge)
    if weights.classes.is_empty():
        return rows
    numbered = computed(rows.with_row_index("number")).lazy()
    stated = numbered.filter(pl.col("measure").is_in(CODED_MEASURES))
    placed = computed(
        pl.concat([stated.select("number", "indicator"), described(stated)], how="horizontal")
        .with_columns(case=pl.col("number").first().over(*TEXTS, *FACTS))
        .join(class_of(knowledge, weights), on="indicator", how="left")
        .with_columns(pl.col("class").fill_null(NONE))
    ).lazy()
    scores = computed(scored(placed.filter(pl.col("number") == pl.col("case")), weights)).lazy()
    best = scores.group_by("case").agg(pl.col("class", "score").sort_by("score", "class").last().name.prefix("best_"))
    needed = pl.when(pl.col("class") == NONE).then(MARGIN_OF_NONE).otherwise(MARGIN)
    changed = (
        placed.join(best, on="case")
        .join(scores, on=["case", "class"], how="left")
        .join(weights.classes.lazy(), on="class", how="left")
        .filter(pl.col("best_score") > pl.coalesce("score", "beginning") + needed)
        .select("number", changed=pl.lit(True), best_class=pl.when(pl.col("best_class") != NONE).then("best_class"))
    )
    return (
        numbered.join(changed, on="number", how="left", maintain_order="left")
        .with_columns(indicator=pl.when("changed").then("best_class").otherwise("indicator"))
        .drop("number", "changed", "best_class")
    )


def scored(cases: pl.LazyFrame, weights: Weights) -> pl.LazyFrame:
    """What speaks for each class that anything speaks for or against, and for none: `case`, `class`, `score`.

    Classes that never come in the unit of the case are left out.
    """
    of_words = [
        words_in(cases, text, words).unique().join(words.rows.lazy(), on="word").select("case", "class", "weight")
        for text, words in weights.words.items()
    ]
    of_facts = (
        cases.unpivot(FACTS, index="case", variable_name="fact", value_name="value")
        .join(weights.facts.lazy(), on=["fact", "value"])
        .select("case", "class", "weight")
    )
    nothing = cases.select("case", pl.lit(NONE).alias("class"), weight=pl.lit(0.0))
    fitting = cases.select("case", "unit_code").join(weights.units.lazy(), on="unit_code").select("case", "class")
    return (
        pl.concat([*of_words, of_facts, nothing])
        .group_by("case", "class").agg(pl.col("weight").sum())
        .join(fitting, on=["case", "class"], how="semi")
        .join(weights.classes.lazy(), on="class")
        .select("case", "class", score=pl.col("weight") + pl.col("beginning"))
    )


def class_of(knowledge: Knowledge, weights: Weights) -> pl.LazyFrame:
    """The class that each code counts as: itself, or its nearest ancestor that is one."""
    return (
        lineage(knowledge.indicators).lazy()
        .join(weights.classes.lazy(), left_on="ancestor", right_on="class", how="semi")
        .sort("steps")
        .group_by("indicator").agg(pl.col("ancestor").first().alias("class"))
    )


@lru_cache(maxsize=4)
def weights_of(knowledge: Knowledge) -> Weights:
    """Lay out the rows of `seeds/weights.csv`."""
    rows = knowledge.weights.select(
        "scope", pl.col("text", "indicator").fill_null(""), pl.col("weight").cast(pl.Float64)
    ).rename({"indicator": "class"})
    classes = rows.filter(pl.col("scope") == BEGINNING).select("class", beginning="weight")
    codebook = knowledge.indicators.join(classes, left_on="indicator", right_on="class", how="semi")
    units = codebook.select(pl.col("indicator").alias("class"), unit_code=pl.col("unit_codes").str.split(" "))
    counts = codebook.filter(pl.col("dimension") == "count").select(pl.col("indicator").alias("class"))
    explicit = pl.concat([units.explode("unit_code"), counts.with_columns(unit_code=pl.lit(""))])
    every = explicit.select("unit_code").unique()
    return Weights(
        words={text: words_of(rows.filter(pl.col("scope") == text)) for text in TEXTS},
        facts=rows.filter(pl.col("scope").is_in(FACTS)).rename({"scope": "fact", "text": "value"}),
        classes=classes,
        units=pl.concat([explicit, every.select(pl.lit(NONE).alias("class"), "unit_code")]),
    )


def words_of(rows: pl.DataFrame) -> Words:
    """The runs of characters of a text, each once, and their weights by class."""
    different = rows["text"].unique(maintain_order=True)
    places = different.to_frame().with_row_index("word")
    return Words(different, rows.join(places, on="text").select("word", "class", "weight"))
