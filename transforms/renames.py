"""Keep a renamed column under its old name too, until two releases have had both.

In: tables whose columns say `renamed_from`, and what the last release had. Out: the tables with the old names that are
still owed, and frames with them. How many releases have had an old name stands in the data package, so nobody counts.

>>> with_old_names(RELEASE_TABLES, fields_of_last_release)["panel"].column_names
['report_id', …, 'lower', 'value_low']
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from transforms.columns import Column, Table

RELEASES_KEPT = 2
KEPT = "releasesUnderOldName"
Fields = Mapping[str, Sequence[Mapping[str, Any]]]


def with_old_names(tables: Mapping[str, Table], before: Fields) -> dict[str, Table]:
    """Return the tables with a column under each old name that the last release had and readers may still use."""
    return {
        name: replace(table, columns=(*table.columns, *_owed(table, before.get(name, ()))))
        for name, table in tables.items()
    }


def under_old_names(table: Table, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the frame with the columns that the table keeps under old names."""
    return frame.with_columns(
        pl.col(column.renamed_to).alias(column.name) for column in table.columns if column.renamed_to
    )


def under_new_names(table: Table, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a frame of an older release with its columns named as they are now."""
    there = frame.collect_schema().names()
    renamed = {column.renamed_from: column.name for column in table.columns
               if column.renamed_from in there and column.name not in there}
    return frame.rename(renamed)


def had_their_time(fields: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the old names that enough releases have had."""
    return frozenset(field["name"] for field in fields if field.get(KEPT, 0) >= RELEASES_KEPT)


def _owed(table: Table, before: Sequence[Mapping[str, Any]]) -> Iterator[Column]:
    there = {field["name"]: int(field.get(KEPT, 0)) for field in before}
    for column in table.columns:
        old = column.renamed_from
        if old is not None and there.get(old, RELEASES_KEPT) < RELEASES_KEPT:
            yield replace(
                column, name=old, renamed_from=None, renamed_to=column.name, releases_under_old_name=there[old] + 1,
                description=f"Old name of {column.name}, for {RELEASES_KEPT} releases; use the new one",
                description_zh=f"{column.name} 的旧名,保留{RELEASES_KEPT}个版本",
            )
