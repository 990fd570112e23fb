"""Learn the weights of the classifier of codes from annotated sentences and texts.

In: the folder of the gold; only what may be tuned on is read. Out: rows (scope, text, indicator, weight) of
`seeds/weights.csv`; run as a program, it writes them there. Needs scikit-learn.

A linear support vector machine with an L1 penalty, one class against all others: it keeps few runs of characters, so
that what it learnt can be read.

>>> python -m flows.learn tests/gold
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from flows.gold import (
    ancestors_among,
    broad_codes,
    csv_rows,
    first_codes,
    observe,
    observe_marked,
    read_gold,
    read_marked_file,
)
from flows.seeds import SEEDS, read_knowledge
from transforms.classifier import FACTS, INTERCEPT, NONE, TEXTS, described
from transforms.codes import CODED_MEASURES
from transforms.knowledge import Knowledge
from transforms.marked import Marked, pair
from transforms.observations import coded
from transforms.phrase_search import anchored
from transforms.scoring import Row, by_document, match

FILE = SEEDS / "weights.csv"
MARKED = ("exam-tune.txt", "pages-tune.txt", "bodies-tune.txt", "codes-tune.txt")
# A run of characters that stands once tells nothing of other sentences.
LEAST_SENTENCES = 2
# The smaller, the fewer weights.
PENALTY_INVERSE = 0.4
ROUNDS = 2000
DIGITS = 3
# Smaller weights, a third of them, change next to nothing.
LEAST_WEIGHT = 0.05


def learn(gold: Path) -> pl.DataFrame:
    """Return the weights that fit the gold in `gold` best; raise FazhiError naming the file that cannot be read."""
    return fitted(examples_of(gold, read_knowledge()))


def examples_of(gold: Path, knowledge: Knowledge) -> pl.DataFrame:
    """The numbers of the gold as the phrases alone read them, each as the classifier sees it, and its `class`."""
    by_phrases = replace(knowledge, weights=knowledge.weights.clear())
    pairs = [*sentence_pairs(gold, by_phrases), *text_pairs(gold, by_phrases)]
    classes = ancestors_among(broad_codes(knowledge), knowledge)
    rows = pl.DataFrame([row for _, row in pairs], infer_schema_length=None)
    named = pl.Series("class", [classes.get(code or "") or NONE for code, _ in pairs])
    stated = rows.with_columns(named).filter(pl.col("measure").is_in(CODED_MEASURES)).lazy()
    return pl.concat([described(stated), stated.select("class")], how="horizontal").collect()


def sentence_pairs(gold: Path, knowledge: Knowledge) -> Iterator[tuple[str | None, Row]]:
    """The marked numbers that were found, with their codes."""
    single = {
        f"sentences:{line}": Marked(line, row["sentence"], ((len(row["sentence"]), row["indicator"]),))
        for line, row in enumerate(csv_rows(gold / "sentences.csv"), start=2)
    }
    for sentences in (single, *(read_marked_file(gold / name) for name in MARKED)):
        found, _ = pair(sentences, observe_marked(sentences, knowledge, coded))
        yield from ((mark.code, mark.row) for mark in found if mark.row is not None)


def text_pairs(gold: Path, knowledge: Knowledge) -> Iterator[tuple[str | None, Row]]:
    """The annotated numbers of texts that were found, with their codes; those of the texts to tune on."""
    for name in ("gold.csv", "gold-seed.csv"):
        read = read_gold(gold / name, None)
        docs = {doc for doc in read.texts if read.splits.get(doc) != "held"}
        wanted = by_document(row for row in read.rows if row["doc"] in docs)
        offered = by_document(row for row in observe(read, knowledge, coded) if row["doc"] in docs)
        # What has no code of version 0 may have a newer one; where the phrases give none either, it has none.
        tells_none = not {row["indicator"] for row in read.rows if row["indicator"]} <= set(first_codes())
        for doc, rows in wanted.items():
            found = match(rows, offered[doc])[0]
            yield from (
                (row["indicator"], got) for row, got in found
                if row["indicator"] or tells_none or got["indicator"] is None
            )


def fitted(examples: pl.DataFrame) -> pl.DataFrame:
    """Fit a linear function for each class; return its weights as they count for one run of characters or fact."""
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import OneHotEncoder
    from sklearn.svm import LinearSVC

    counters = [
        (name, CountVectorizer(analyzer="char", ngram_range=widths, binary=True, lowercase=False,
                               min_df=LEAST_SENTENCES), name)
        for name, (widths, _) in TEXTS.items()
    ]
    scales = {name: scale for name, (_, scale) in TEXTS.items()}
    features = ColumnTransformer([*counters, ("facts", OneHotEncoder(), list(FACTS))], transformer_weights=scales)
    marked = examples.with_columns(anchored(name).alias(name) for name in TEXTS)
    machine = LinearSVC(penalty="l1", dual=False, C=PENALTY_INVERSE, random_state=0, max_iter=ROUNDS)
    model = OneVsRestClassifier(machine, n_jobs=-1)
    model.fit(features.fit_transform(marked.to_pandas()).tocsr(), examples["class"].to_list())
    return weights_of(model, names_of(features), scales)


def names_of(features: Any) -> list[tuple[str, str]]:
    """Scope and text of each feature, in order."""
    runs = [(name, text) for name in TEXTS for text in features.named_transformers_[name].get_feature_names_out()]
    values = features.named_transformers_["facts"].categories_
    return [*runs, *((fact, value) for fact, known in zip(FACTS, values, strict=True) for value in known)]


def weights_of(model: Any, names: list[tuple[str, str]], scales: dict[str, float]) -> pl.DataFrame:
    """The weights that are not small, and what each class begins with."""
    rows = []
    for code, machine in zip(model.classes_, model.estimators_, strict=True):
        [weights], [start] = machine.coef_, machine.intercept_
        rows.append((INTERCEPT, "", code, start))
        rows += [
            (*names[place], code, weights[place] * scales.get(names[place][0], 1.0)) for place in weights.nonzero()[0]
        ]
    schema = {"scope": pl.String, "text": pl.String, "indicator": pl.String, "weight": pl.Float64}
    return (
        pl.DataFrame(rows, schema, orient="row")
        .with_columns(pl.col("weight").round(DIGITS), pl.col("text", "indicator").replace("", None))
        .filter((pl.col("weight").abs() >= LEAST_WEIGHT) | (pl.col("scope") == INTERCEPT))
        .sort("indicator", "scope", "text")
    )


if __name__ == "__main__":
    found = learn(Path(sys.argv[1]))
    found.write_csv(FILE)
    sys.stdout.write(f"{found.height} weights of {found['indicator'].n_unique()} classes in {FILE}\n")
