"""Weigh the code that phrases give an observation against what a linear classifier takes it for.

In: coded observations with `label`, `context`, `after`, `unit`, `unit_code`, `measure`; the classifier's weights,
learnt from annotated sentences (`flows.learn`). Out: the same rows, with other codes where the classifier is sure.

Phrases are exact and narrow; the classifier weighs every run of characters, and so knows wordings that no phrase has.
Its classes are the codes of version 0, none, and all newer codes together; one that has an ancestor in version 0 counts
as the nearest. Which of the newer codes it is, only phrases say.

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
from transforms.codes import CODED_MEASURES, kinship_of
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
READ = ("label", "left", "tail", "context", "after", *FACTS)
# What each class has before anything is found: the intercept of its linear function.
INTERCEPT = "intercept"
NONE = ""
# Stands for all codes that no class is named after.
NEWER = "newer"
BEFORE_NUMBER = 40
# How much more must speak for another code than for what the phrases say, and for none.
MARGIN = 1.25
TO_NONE = 0.5
# Of the newer codes so little is known together that none is taken away.
NEVER = np.inf
# Where so much more speaks by the label alone for what the phrases say, the words around it are not looked at.
PLAIN = 1.0
# Cases whose scores are looked at together: few enough to stay in the processor's cache.
BLOCK = 4096
# Stands for a class where the number keeps its own.
OWN = -1


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
    known_units: pl.Series
    fits: Truths
    class_of: pl.LazyFrame


def reconsidered(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give `indicator` the classifier's code, or none, where that has a good deal more to speak for it."""
    weights = weights_of(knowledge)
    if weights.classes.is_empty():
        return rows
    stated = computed(rows)
    has_class = pl.col("unit_code").is_null() | pl.col("unit_code").is_in(weights.known_units)
    is_open = pl.col("measure").is_in(CODED_MEASURES) & (pl.col("indicator").is_not_null() | has_class)
    none = weights.classes.to_list().index(NONE)
    # Narrow rows are the cheaper to filter and to join.
    asked = computed(
        stated.lazy().select(*READ, "indicator").with_row_index("number").filter(is_open)
        .join(weights.class_of, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.col("class").fill_null(none))
    )
    better = better_classes(asked, weights)
    changed = asked.select("number", better=better).drop_nulls()
    numbers = stated.select(number=pl.int_range(pl.len(), dtype=pl.UInt32))
    found = numbers.join(changed, on="number", how="left", maintain_order="left")["better"]
    code = pl.when(found.is_null()).then("indicator").when(~found.is_in([NONE, NEWER])).then(found)
    return stated.lazy().with_columns(indicator=code)


def better_classes(asked: pl.DataFrame, weights: Weights) -> pl.Series:
    """The class of each number where another than its own has enough more to speak for it, else null.

    The words around are only looked at where the label and the facts leave it open.
    """
    kinds, kind = different(computed(asked.lazy().select("label", pl.col(FACTS).fill_null(""), "class")))
    own, fits = kinds["class"].to_numpy(), weights.fits[units_at(kinds, weights)]
    named = weights.intercepts + weighed(kinds, ["label"], weights) + weighed(kinds, list(FACTS), weights)
    doubtful = np.flatnonzero(is_doubtful(named, own, fits)[kind])
    cases = computed(described(asked[doubtful].lazy()).select("context", "after"))
    around = [weighed(cases, [text], weights) for text in ("context", "after")]
    best = np.full(asked.height, OWN)
    wanted = margins(weights.classes.to_list())
    for start in range(0, len(doubtful), BLOCK):
        block = slice(start, start + BLOCK)
        of_kind = kind[doubtful[block]]
        total = named[of_kind] + sum(found[block] for found in around)
        fitting = np.where(fits[of_kind], total, -np.inf)
        first = fitting.argmax(axis=1)
        every = np.arange(len(total))
        ahead = fitting[every, first] - total[every, own[of_kind]]
        best[doubtful[block]] = np.where(ahead > wanted[own[of_kind], first], first, OWN)
    places = pl.Series(best)
    return pl.select(pl.when(places != OWN).then(weights.classes.gather(places.clip(0)))).to_series()


def margins(classes: list[str]) -> Numbers:
    """How much more must speak for a class (column) than for that of the phrases (row)."""
    names = np.array(classes)
    to_none = np.where(names == NEWER, NEVER, TO_NONE)
    return np.where(names == NONE, to_none[:, np.newaxis], MARGIN).astype(np.float32)


def is_doubtful(named: Numbers, own: Places, fits: Truths) -> Truths:
    """Whether label and facts alone speak less than plainly for what the phrases say: by kind of number."""
    every = np.arange(len(named))
    others = np.where(fits, named, -np.inf)
    others[every, own] = -np.inf
    doubtful: Truths = named[every, own] - others.max(axis=1) <= PLAIN
    return doubtful


def different(rows: pl.DataFrame) -> tuple[pl.DataFrame, Places]:
    """The rows that differ, and of each row, which of them it is like."""
    once = rows.unique(maintain_order=True)
    places = rows.join(once.with_row_index("place"), on=rows.columns, how="left", maintain_order="left")["place"]
    return once, places.to_numpy()


def units_at(kinds: pl.DataFrame, weights: Weights) -> Places:
    """The place of the unit code of each kind in `Weights.fits`."""
    units = kinds.lazy().select("unit_code").join(weights.units, on="unit_code", how="left", maintain_order="left")
    return computed(units)["place"].fill_null(0).to_numpy()


def weighed(cases: pl.DataFrame, part: list[str], weights: Weights) -> Numbers:
    """The sums of weights, by class, for a text or the facts of each case; found out once for those said alike."""
    once, places = different(cases.select(part))
    numbered = once.with_row_index("place")
    hits = text_hits(numbered, part[0], weights) if len(part) == 1 else fact_hits(numbered, weights)
    return summed(hits, once.height, weights)[places]


def text_hits(different: pl.DataFrame, text: str, weights: Weights) -> pl.LazyFrame:
    """The runs of characters that are features and stand in each of the texts: `place`, `feature`."""
    found = words_in(different.lazy().rename({"place": "case"}), text, weights.words[text])
    return found.select(place="case", feature=pl.col("word") + weights.offsets[text])


def fact_hits(different: pl.DataFrame, weights: Weights) -> pl.LazyFrame:
    """The facts that are features: `place`, `feature`."""
    told = different.lazy().unpivot(FACTS, index="place", variable_name="fact", value_name="value")
    return told.join(weights.facts, on=["fact", "value"]).select("place", "feature")


def summed(hits: pl.LazyFrame, height: int, weights: Weights) -> Numbers:
    """The sum of the weights of the features at each place, by class."""
    found = computed(hits)
    ones = np.ones(found.height, dtype=np.float32)
    present = csr_array((ones, (found["place"].to_numpy(), found["feature"].to_numpy())),
                        shape=(height, weights.matrix.shape[0]))
    present.data[:] = 1
    return np.asarray(present @ weights.matrix)


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
    named = pl.when(pl.col("newer") == "true").then(pl.lit(NEWER)).otherwise(pl.col("indicator").fill_null(NONE))
    rows = knowledge.weights.select(
        "scope", pl.col("text").fill_null(""), pl.col("weight").cast(pl.Float32), indicator=named
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
    fits = np.array([[code in (NONE, NEWER) or name in units for code, units in zip(classes, told, strict=True)]
                     for name in (None, *names)])
    return pl.LazyFrame({"unit_code": names}).with_row_index("place", offset=1), fits


def class_of(columns: pl.DataFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """The class that each code counts as: itself, its nearest ancestor that is one, or that of the newer codes."""
    kin = kinship_of(knowledge).join(columns, left_on="ancestor", right_on="indicator", how="left")
    newer = columns.filter(pl.col("indicator") == NEWER).select("class")
    named = kin.sort("steps").group_by("indicator").agg(pl.col("class").drop_nulls().first())
    others = named.filter(pl.col("class").is_null()).drop("class").join(newer, how="cross")
    return pl.concat([named.drop_nulls(), others]).lazy()
