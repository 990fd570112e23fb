"""Weigh the code that phrases give an observation against what a linear classifier takes it for.

In: observations with the codes of the phrases and of their neighbours, `label`, the words around it, `unit`,
`unit_code`, `measure`; the classifier's weights, learnt from annotated sentences (`flows.learn`). Out: the same rows,
each with the code for which most speaks, the phrases' word included.

Phrases are exact and narrow; the classifier weighs every run of characters, and so knows wordings that no phrase has.
Its classes are none, the codes of version 0, and the newer ones that have no ancestor among them; a code with an
ancestor counts as the nearest that is a class, and stays where that class is given.

>>> reconsidered(with_neighbours(rows), knowledge).collect()["indicator"].to_list()
['disputes_mediated']
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from transforms.clauses import NUMBER_PLACE
from transforms.codes import CODED_MEASURES, kinship_of
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.phrase_search import words_in

Numbers = np.ndarray[Any, np.dtype[np.float32]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.uint32]]
Choices = np.ndarray[Any, np.dtype[np.int64]]
# Where runs of characters are looked for: of so many characters, and how much one counts against one of the label.
TEXTS: Mapping[str, tuple[tuple[int, int], float]] = {
    "label": ((1, 4), 1.0), "context": ((2, 3), 0.6), "after": ((2, 3), 0.4),
}
FACTS = ("unit", "unit_code", "measure", "code_before", "code_after")
READ = ("label", "left", "tail", "context", "after", *FACTS)
# What each class has before anything is found: the intercept of its linear function.
INTERCEPT = "intercept"
NONE = ""
BEFORE_NUMBER = 40
# How much the phrases' word counts, where they give a code and where they give none.
WORD = 0.75
WORD_FOR_NONE = 0.25
# A code is given where so much more speaks for it than for anything else.
SURE = 0.5
# Where by label and facts so much more speaks for what the phrases say, the words around are not looked at.
PLAIN = 1.25
# Cases whose scores are looked at together: few enough to stay in the processor's cache.
BLOCK = 1024
# Stands for a class where the number keeps its own.
OWN = -1
# Stands for the code of a neighbour that the phrases give none.
UNCODED = "?"


@dataclass(frozen=True)
class Weights:
    """The weights, laid out for looking up: features in rows, classes in columns; few are not zero.

    `words`: per text, the runs of characters that are features; `offsets`: where those of a text begin. `facts`: fact,
    value, feature. `units`: unit_code, place (its row in `fits`); `fits`: whether a class may come in a unit.
    `class_of`: indicator, class (its column).
    """

    matrix: csr_array
    intercepts: Numbers
    words: Mapping[str, pl.Series]
    offsets: Mapping[str, int]
    facts: pl.LazyFrame
    classes: pl.Series
    units: pl.LazyFrame
    known_units: pl.Series
    fits: Truths
    class_of: pl.LazyFrame


@dataclass(frozen=True)
class Sums:
    """The sums of weights, by class, for each of the cases that differ, and which of them each row is like."""

    of_case: csr_array
    places: Places

    def at(self, rows: Places) -> Numbers:
        """The sums of some rows, by class."""
        found: Numbers = self.of_case[self.places[rows]].toarray()
        return found


def with_neighbours(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `code_before` and `code_after`, of the numbers next to each in its sentence; null where it has none."""
    codes = pl.col("indicator").fill_null(UNCODED)
    same = {step: pl.col("sentence_index") == pl.col("sentence_index").shift(step) for step in (1, -1)}
    return rows.with_columns(
        code_before=pl.when(same[1]).then(codes.shift(1)), code_after=pl.when(same[-1]).then(codes.shift(-1))
    )


def reconsidered(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give `indicator` the code, or none, for which most speaks; none where nothing has enough more than the rest."""
    weights = weights_of(knowledge)
    if weights.classes.is_empty():
        return rows
    stated = computed(rows)
    has_class = pl.col("unit_code").is_null() | pl.col("unit_code").is_in(weights.known_units)
    is_open = pl.col("measure").is_in(CODED_MEASURES) & (pl.col("indicator").is_not_null() | has_class)
    # Narrow rows are the cheaper to filter and to join.
    asked = computed(
        stated.lazy().select(*READ, "indicator").with_row_index("number").filter(is_open)
        .join(weights.class_of, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.col("class").fill_null(none_of(weights)))
    )
    better = better_classes(asked, weights)
    changed = asked.select("number", better=better).drop_nulls()
    numbers = stated.select(number=pl.int_range(pl.len(), dtype=pl.UInt32))
    found = numbers.join(changed, on="number", how="left", maintain_order="left")["better"]
    code = pl.when(found.is_null()).then("indicator").when(found != NONE).then(found)
    return stated.lazy().with_columns(indicator=code)


def none_of(weights: Weights) -> int:
    """The column of the class of what has no code."""
    return weights.classes.to_list().index(NONE)


def better_classes(asked: pl.DataFrame, weights: Weights) -> pl.Series:
    """The class of each number where it is another than that of its phrases, else null.

    The words around are only looked at where the label and the facts leave it open.
    """
    kinds, kind = different(computed(asked.lazy().select("label", pl.col(FACTS).fill_null(""), "class")))
    own, unit, none = kinds["class"].to_numpy(), units_at(kinds, weights), none_of(weights)
    named = [weighed(kinds, ["label"], weights), weighed(kinds, list(FACTS), weights)]
    is_open = np.zeros(kinds.height, dtype=bool)
    for rows in blocks(kinds.height):
        speaking = heard(total(named, rows, weights), own[rows], weights.fits[unit[rows]], none)
        is_open[rows] = is_doubtful(speaking, own[rows])
    doubtful = np.flatnonzero(is_open[kind])
    cases = computed(described(asked[doubtful].lazy()).select("context", "after"))
    around = [weighed(cases, [text], weights) for text in ("context", "after")]
    best = np.full(asked.height, OWN)
    for rows in blocks(len(doubtful)):
        kinds_here = kind[doubtful[rows]]
        speaking = total(named, kinds_here, weights)
        for found in around:
            speaking += found.at(rows)
        own_here = own[kinds_here]
        best[doubtful[rows]] = decided(
            heard(speaking, own_here, weights.fits[unit[kinds_here]], none), own_here, none
        )
    places = pl.Series(best)
    return pl.select(pl.when(places != OWN).then(weights.classes.gather(places.clip(0)))).to_series()


def blocks(height: int) -> Iterator[Places]:
    """The numbers of rows up to `height`, in blocks."""
    for start in range(0, height, BLOCK):
        yield np.arange(start, min(start + BLOCK, height), dtype=np.uint32)


def total(parts: list[Sums], rows: Places, weights: Weights) -> Numbers:
    """What speaks for each class (column) in some rows, by these parts of what is known."""
    found = parts[0].at(rows)
    found += weights.intercepts
    for part in parts[1:]:
        found += part.at(rows)
    return found


def heard(speaking: Numbers, own: Places, fits: Truths, none: int) -> Numbers:
    """What speaks for each class that may come in the unit, that of the phrases strengthened by their word."""
    every = np.arange(len(speaking))
    found = np.where(fits, speaking, -np.inf)
    found[every, own] = speaking[every, own] + np.where(own == none, WORD_FOR_NONE, WORD)
    return found


def is_doubtful(found: Numbers, own: Places) -> Truths:
    """Whether less than plainly more speaks for the class of the phrases than for any other; `found` is changed."""
    every = np.arange(len(found))
    most = found[every, own]
    found[every, own] = -np.inf
    doubtful: Truths = most - found.max(axis=1) <= PLAIN
    return doubtful


def decided(found: Numbers, own: Places, none: int) -> Choices:
    """The class for which most speaks, none where it is not sure, `OWN` where it is that of the phrases.

    `found` is changed.
    """
    every = np.arange(len(found))
    first = found.argmax(axis=1)
    most = found[every, first]
    found[every, first] = -np.inf
    chosen = np.where(most - found.max(axis=1) >= SURE, first, none)
    return np.where(chosen == own, OWN, chosen)


def different(rows: pl.DataFrame) -> tuple[pl.DataFrame, Places]:
    """The rows that differ, and of each row, which of them it is like."""
    once = rows.unique(maintain_order=True)
    places = rows.join(once.with_row_index("place"), on=rows.columns, how="left", maintain_order="left")["place"]
    return once, places.to_numpy()


def units_at(kinds: pl.DataFrame, weights: Weights) -> Places:
    """The place of the unit code of each kind in `Weights.fits`."""
    units = kinds.lazy().select("unit_code").join(weights.units, on="unit_code", how="left", maintain_order="left")
    return computed(units)["place"].fill_null(0).to_numpy()


def weighed(cases: pl.DataFrame, part: list[str], weights: Weights) -> Sums:
    """What a text or the facts of each case say; found out once for those said alike."""
    once, places = different(cases.select(part))
    numbered = once.with_row_index("place")
    hits = text_hits(numbered, part[0], weights) if len(part) == 1 else fact_hits(numbered, weights)
    return Sums(summed(hits, once.height, weights), places)


def text_hits(different: pl.DataFrame, text: str, weights: Weights) -> pl.LazyFrame:
    """The runs of characters that are features and stand in each of the texts: `place`, `feature`."""
    found = words_in(different.lazy().rename({"place": "case"}), text, weights.words[text])
    return found.select(place="case", feature=pl.col("word") + weights.offsets[text])


def fact_hits(different: pl.DataFrame, weights: Weights) -> pl.LazyFrame:
    """The facts that are features: `place`, `feature`."""
    told = different.lazy().unpivot(FACTS, index="place", variable_name="fact", value_name="value")
    return told.join(weights.facts, on=["fact", "value"]).select("place", "feature")


def summed(hits: pl.LazyFrame, height: int, weights: Weights) -> csr_array:
    """The sum of the weights of the features at each place, by class."""
    found = computed(hits)
    ones = np.ones(found.height, dtype=np.float32)
    present = csr_array((ones, (found["place"].to_numpy(), found["feature"].to_numpy())),
                        shape=(height, weights.matrix.shape[0]))
    present.data[:] = 1
    return present @ weights.matrix


def described(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The texts and facts that the classifier goes by, and nothing else; figures around the number are written 0."""
    around = pl.concat_str(pl.col("left").str.tail(BEFORE_NUMBER), "tail", separator=NUMBER_PLACE)
    # A cell of a table has no words after its number.
    near = pl.coalesce(around, "context").str.replace_all("[0-9.]+", "0")
    texts = {"label": pl.col("label"), "context": near, "after": pl.col("after").fill_null("")}
    return rows.select(**texts, **{name: pl.col(name).fill_null("") for name in FACTS})


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
    matrix = csr_array((placed["weight"].to_numpy(), (placed["feature"].to_numpy(), placed["class"].to_numpy())),
                       shape=(features.height, classes.len()))
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
        known_units=units.collect()["unit_code"].implode(),
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
    kin = kinship_of(knowledge).join(columns, left_on="ancestor", right_on="indicator")
    return kin.sort("steps").group_by("indicator").agg(pl.col("class").first()).lazy()
