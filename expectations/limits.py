"""The bounds of `seeds/limits.csv`: what no single row can know to be too much or too little.

In: the seed table (columns kind, name, minimum, maximum, note; all text). Out: `Limits`.

>>> Limits(table).bound("rows_per_report", "observations")
(1.0, 5000.0)
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class Limits:
    """The rows of `seeds/limits.csv` by kind and name."""

    table: pl.DataFrame

    def bound(self, kind: str, name: str) -> tuple[float, float]:
        """Return the lowest and the highest value allowed; raise ValueError unless there is one such row."""
        row = self.table.filter(pl.col("kind") == kind, pl.col("name") == name)
        if row.height != 1:
            raise ValueError(f"seeds/limits.csv has {row.height} rows for {kind},{name}; give it one")
        return float(row["minimum"][0]), float(row["maximum"][0])

    def names(self, kind: str) -> list[str]:
        """Return the names that have a bound of a kind, in the order of the file."""
        return [str(name) for name in self.table.filter(pl.col("kind") == kind)["name"]]
