"""What the card states of accuracy: measured on annotated texts that nothing was tuned on, and on the seed report.

In: the folder of the gold. Out: rows (measure, value, of) of `seeds/release/accuracy.csv`; run as a program, it writes
them there. Rows of gold that is not in the repository stay as they are.

>>> python -m flows.accuracy tests/gold
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from flows.gold import observe, read_gold, read_marked_file, score_gold, score_sentences
from flows.seeds import SEEDS, read_knowledge
from flows.whole_files import replacing
from transforms.knowledge import Knowledge
from transforms.scoring import Score

FILE = SEEDS / "release" / "accuracy.csv"
COLUMNS = ("measure", "value", "of")
MEASURES = {
    "mention_f1": "numbers found (F1)", "qualifier": "qualifier", "bounds": "bounds", "unit_code": "unit code",
    "measure": "level, share or change", "status": "status", "period": "period", "part_of": "part of",
    "label": "label", "indicator_precision": "indicator, precision", "indicator_recall": "indicator, recall",
}
CODES = ("indicator_precision", "indicator_recall")
OF_HELD = "own texts that nothing was tuned on"
OF_EXAM = "own sentences and near misses that nothing was tuned on"
OF_BODIES = "own passages by kind of body that nothing was tuned on, marked twice, blind, and judged where they differ"
OF_SEED = "seed report, tuned on"


def score_texts(path: Path, split: str | None, knowledge: Knowledge) -> Score:
    """Score a gold file of observations, or one split of it."""
    read = read_gold(path, None)
    docs = {doc for doc in read.texts if split is None or read.splits[doc] == split}
    return score_gold(read, observe(read, knowledge), docs, knowledge)


def measure_accuracy(gold: Path, knowledge: Knowledge) -> list[dict[str, str]]:
    """Return the rows that the card states."""
    held = score_texts(gold / "gold.csv", "held", knowledge)
    exam, bodies = (
        score_sentences(read_marked_file(gold / f"{name}-held.txt"), knowledge) for name in ("exam", "bodies")
    )
    seed = score_texts(gold / "gold-seed.csv", None, knowledge)
    return [
        *_rows(held, OF_HELD, MEASURES), *_rows(exam, OF_EXAM, CODES),
        *_rows(bodies, OF_BODIES, ("mention_f1", *CODES)), *_rows(seed, OF_SEED, ("mention_f1", *CODES)),
    ]


def write_accuracy(gold: Path, file: Path = FILE) -> None:
    """Measure anew, and write the file."""
    measured = measure_accuracy(gold, read_knowledge())
    stated = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [row for row in csv.DictReader(stated) if row["of"] not in {row["of"] for row in measured}]
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*measured, *kept])


def _rows(result: Score, of: str, measures: Iterable[str]) -> list[dict[str, str]]:
    return [
        {"measure": MEASURES[name], "value": f"{result.ratio(name):.3f}", "of": of}
        for name in measures if result.ratio(name) is not None
    ]


if __name__ == "__main__":
    write_accuracy(Path(sys.argv[1]))
