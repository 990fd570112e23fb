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
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from transforms.clauses import NUMBER_PLACE
from transforms.codes import CODED_MEASURES, lineage
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.phrase_search import words_in

Numbers = np.ndarray[Any, np.dtype[np.float32]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.uint32]]
# Where runs of characters are looked for: of so many characters, and how much one counts against one of the label.
TEXTS: Mapping[str, tuple[tuple[int, int], float]] = {
    "label": ((1, 4), 1.0), "context": ((2, 3), 0.6), "after": ((2, 3), 0.4),
}
FACTS = ("unit", "unit_code", "measure")
# What each class has before anything is found: the intercept of its linear function.
INTERCEPT = "intercept"
NONE = ""
BEFORE_NUMBER = 40
# How much more must speak for another code, or for none, than for what the phrases say.
MARGIN = 1.25


@dataclass(frozen=True)
class Weights:
    """The weights, laid out for looking up: features in rows, classes in columns.

    `words`: per text, the runs of characters that are features; `offsets`: where those of a text begin. `facts`: fact,
    value, feature. `units`: unit_code, place (its row in `fits`); `fits`: whether a class may come in a unit.
    `class_of`: indicator, class (its column).
    """

    matrix: Numbers
    intercepts: Numbers
    words: Mapping[str, pl.Series]
    offsets: Mapping[str, int]
    facts: pl.LazyFrame
    classes: pl.Series
    units: pl.LazyFrame
    fits: Truths
    class_of: pl.LazyFrame


def reconsidered(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give `indicator` the classifier's code, or none, where that has a good deal more to speak for it."""
    weights = weights_of(knowledge)
    if weights.classes.is_empty():
        return rows
    numbered = computed(rows.with_row_index("number")).lazy()
    stated = computed(numbered.filter(pl.col("measure").is_in(CODED_MEASURES))).lazy()
    none = weights.classes.to_list().index(NONE)
    placed = (
        pl.concat([stated.select("number", "indicator"), described(stated)], how="horizontal")
        .with_columns(first=pl.col("number").first().over(*TEXTS, *FACTS))
        .join(weights.class_of, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.col("class").fill_null(none))
        .pipe(computed)
    )
    cases = placed.filter(pl.col("number") == pl.col("first")).with_row_index("case")
    found = placed.join(cases.select("first", "case"), on="first", how="left", maintain_order="left")
    best = better_classes(cases, found["case"].to_numpy(), found["class"].to_numpy(), weights)
    changed = found.select("number").with_columns(better=best).drop_nulls().lazy()
    return (
        numbered.join(changed, on="number", how="left", maintain_order="left")
        .with_columns(
            indicator=pl.when(pl.col("better").is_null()).then("indicator")
            .when(pl.col("better") != NONE).then("better")
        )
        .drop("number", "better")
    )


def better_classes(cases: pl.DataFrame, case: Places, own: Places, weights: Weights) -> pl.Series:
    """The class of each observation where another than its own has enough more to speak for it, else null."""
    speaking = scores(cases, weights)
    units = cases.lazy().select("unit_code").join(weights.units, on="unit_code", how="left", maintain_order="left")
    fits = weights.fits[computed(units)["place"].fill_null(0).to_numpy()]
    fitting = np.where(fits, speaking, -np.inf)
    best = fitting.argmax(axis=1)
    ahead = fitting.max(axis=1)[case] - speaking[case, own]
    names = weights.classes.gather(best[case])
    return pl.select(pl.when(pl.Series(ahead > MARGIN)).then(names)).to_series()


def scores(cases: pl.DataFrame, weights: Weights) -> Numbers:
    """What speaks for each class in each case: the weights of all features that it has, each counted once."""
    asked = cases.lazy()
    of_words = [
        words_in(asked, text, words).select("case", feature=pl.col("word") + weights.offsets[text])
        for text, words in weights.words.items()
    ]
    of_facts = (
        asked.unpivot(FACTS, index="case", variable_name="fact", value_name="value")
        .join(weights.facts, on=["fact", "value"])
        .select("case", "feature")
    )
    hits = computed(pl.concat([*of_words, of_facts]))
    ones = np.ones(hits.height, dtype=np.float32)
    places = (hits["case"].to_numpy(), hits["feature"].to_numpy())
    present = csr_array((ones, places), shape=(cases.height, weights.matrix.shape[0]))
    present.data[:] = 1
    return np.asarray(present @ weights.matrix + weights.intercepts)


def described(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The texts and facts that the classifier goes by, and nothing else; figures in them are written 0."""
    # A cell of a table has no words after its number.
    near = pl.coalesce(pl.col("context").str.extract(f"(?s)(.{{0,{BEFORE_NUMBER}}}{NUMBER_PLACE}.*)$"), "context")
    texts = {"label": pl.col("label"), "context": near, "after": pl.col("after")}
    return rows.select(
        **{name: plain(text) for name, text in texts.items()}, **{name: pl.col(name).fill_null("") for name in FACTS}
    )


def plain(text: pl.Expr) -> pl.Expr:
    """A text with its figures written 0 and its white space as single blanks."""
    return text.fill_null("").str.replace_all(r"[0-9.]+", "0").str.replace_all(r"\s+", " ")


@lru_cache(maxsize=4)
def weights_of(knowledge: Knowledge) -> Weights:
    """Lay out the rows of `seeds/weights.csv`."""
    rows = knowledge.weights.select(
        "scope", pl.col("text", "indicator").fill_null(NONE), pl.col("weight").cast(pl.Float32)
    )
    start = rows.filter(pl.col("scope") == INTERCEPT)
    classes = start["indicator"]
    columns = start.select("indicator").with_row_index("class")
    order = pl.Enum([*TEXTS, *FACTS])
    weighing = rows.filter(pl.col("scope") != INTERCEPT).with_columns(pl.col("scope").cast(order)).join(
        columns, on="indicator"
    )
    features = weighing.select("scope", "text").unique().sort("scope", "text").with_row_index("feature")
    placed = weighing.join(features, on=["scope", "text"])
    matrix = np.zeros((features.height, classes.len()), dtype=np.float32)
    matrix[placed["feature"].to_numpy(), placed["class"].to_numpy()] = placed["weight"].to_numpy()
    of_text = {text: features.filter(pl.col("scope") == text) for text in TEXTS}
    units, fits = units_of(classes, knowledge)
    sizes = [found.height for found in of_text.values()]
    return Weights(
        matrix=matrix,
        intercepts=start["weight"].to_numpy(),
        words={text: found["text"] for text, found in of_text.items()},
        offsets={text: sum(sizes[:place]) for place, text in enumerate(of_text)},
        facts=features.select(fact=pl.col("scope").cast(pl.String), value="text", feature="feature").lazy(),
        classes=classes,
        units=units,
        fits=fits,
        class_of=class_of(columns, knowledge),
    )


def units_of(classes: pl.Series, knowledge: Knowledge) -> tuple[pl.LazyFrame, Truths]:
    """The places of unit codes, and which classes may come in each; in an unknown one, at place 0, none alone may."""
    codebook = dict(zip(*knowledge.indicators.select("indicator", "unit_codes"), strict=True))
    counts = set(knowledge.indicators.filter(pl.col("dimension") == "count")["indicator"])
    told = [
        {*(codebook.get(code) or "").split(), *([""] if code in counts else [])} for code in classes
    ]
    names = sorted(set().union(*told))
    fits = np.array([[code == NONE or name in units for code, units in zip(classes, told, strict=True)]
                     for name in (None, *names)])
    return pl.LazyFrame({"unit_code": names}).with_row_index("place", offset=1), fits


def class_of(columns: pl.DataFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """The class that each code counts as: itself, or its nearest ancestor that is one."""
    kin = lineage(knowledge.indicators).join(columns, left_on="ancestor", right_on="indicator")
    return kin.sort("steps").group_by("indicator").agg(pl.col("class").first()).lazy()
