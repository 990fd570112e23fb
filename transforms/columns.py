"""How a table is described: `Column` and `Table`, the vocabulary of `transforms.schema`.

In: nothing. Out: two frozen classes and the closed sets of words that columns may hold.

>>> Column("value", pl.Float64, "Number as written", "数值").nullable
True
"""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

UTC_TIMESTAMP = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Column:
    """A column of a published table.

    `unit` is the unit of the values, in words, where they have one. `allowed` is a closed set of words;
    `minimum` and `maximum` bound the values, both included; `pattern` is a regular expression for the whole text.
    `renamed_from` is the name that the column had before; releases write the column under both names for a while
    (`transforms.renames`), the old one marked with `renamed_to` and the number of releases that have had it.
    """

    name: str
    dtype: Any
    description: str
    description_zh: str
    nullable: bool = True
    unit: str | None = None
    allowed: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    renamed_from: str | None = None
    renamed_to: str | None = None
    releases_under_old_name: int = 0


@dataclass(frozen=True)
class Table:
    """A published table: its columns in order, its key, and the keys it refers to.

    `foreign_keys` maps a column of this table to the table whose key it holds (one column, by the same name unless
    given as `table.column`). `sort` gives the order of rows in a release.
    """

    name: str
    description: str
    description_zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    foreign_keys: dict[str, str] = field(default_factory=dict)

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in their published order."""
        return [column.name for column in self.columns]

    @property
    def polars_schema(self) -> pl.Schema:
        """The polars schema, in the published order of columns."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise KeyError, naming the table, if it has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}; it has {', '.join(self.column_names)}")

    def empty(self) -> pl.DataFrame:
        """Return a frame of this table without rows."""
        return self.polars_schema.to_frame(eager=True)
