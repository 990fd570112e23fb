"""Read how accurate the extraction is, as measured against annotated reports.

In: `seeds/release/accuracy.csv` (measure, value, of), written by whoever measures. Out: a value by measure.

>>> read_accuracy()["mention F1, 2 annotated reports"]
0.99
"""

import csv
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / "seeds" / "release" / "accuracy.csv"


def read_accuracy(path: Path = PATH) -> dict[str, float]:
    """Return the measures in their order; none where nothing was measured."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {f"{row['measure']}, {row['of']}": float(row["value"]) for row in csv.DictReader(file)}
