"""Write a table as Parquet, described so that a reader needs no other document.

In: a table's description and its rows in published order, a batch at a time. Out: one file: zstd, a row group per
batch, statistics and page index, closed sets of words as dictionaries, descriptions in the schema's metadata.

>>> write_parquet(path, TABLES["panel"], iter([frame]))
"""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.errors import FazhiError
from transforms.columns import UTC_TIMESTAMP, Column, Table
from transforms.schema import SCHEMA_VERSION

ARROW_TYPES = {
    pl.String: pa.string(), pl.Boolean: pa.bool_(), pl.Date: pa.date32(), pl.Float64: pa.float64(),
    pl.Int8: pa.int8(), pl.Int16: pa.int16(), pl.Int32: pa.int32(), pl.Int64: pa.int64(),
    UTC_TIMESTAMP: pa.timestamp("us", "UTC"),
}
COMPRESSION_LEVEL = 9


def write_parquet(
    path: Path, table: Table, batches: Iterator[pl.DataFrame], schema_version: str = SCHEMA_VERSION
) -> None:
    """Write the batches to `path`, one row group each; no batch still gives a file with the schema."""
    schema = arrow_schema(table, schema_version)
    places = [table.column_names.index(column) for column in table.sort]
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=COMPRESSION_LEVEL, version="2.6",
        write_statistics=True, write_page_index=True, store_schema=True,
        use_dictionary=[column.name for column in table.columns if column.dtype == pl.String and column.name != "text"],
        sorting_columns=[pq.SortingColumn(place, nulls_first=False) for place in places],
    ) as writer:
        for frame in batches:
            writer.write_table(as_arrow(frame, table, schema), row_group_size=max(frame.height, 1))


def arrow_schema(table: Table, schema_version: str = SCHEMA_VERSION) -> pa.Schema:
    """Return the Arrow schema with the descriptions of the table and its columns as metadata."""
    fields = [
        pa.field(column.name, _arrow_type(column), nullable=column.nullable, metadata=_column_metadata(column))
        for column in table.columns
    ]
    return pa.schema(fields, metadata={
        "table": table.name, "description": table.description, "description_zh": table.description_zh,
        "key": json.dumps(table.key), "schema_version": schema_version, "license": "CC-BY-4.0",
    })


def as_arrow(frame: pl.DataFrame, table: Table, schema: pa.Schema) -> pa.Table:
    """Return the frame under the schema, words of a closed set as indices into that set."""
    arrow = frame.select(table.column_names).to_arrow()
    columns = [_as_words(arrow[column.name], column) if column.allowed else
               arrow[column.name].cast(schema.field(column.name).type) for column in table.columns]
    return pa.Table.from_arrays(columns, schema=schema)


def _as_words(values: pa.ChunkedArray, column: Column) -> pa.Array:
    allowed = pa.array(column.allowed, pa.string())
    words = values.cast(pa.string()).combine_chunks()
    places = pc.index_in(words, value_set=allowed)
    if places.null_count != words.null_count:
        strange = sorted(set(words.to_pylist()) - {*(column.allowed or ()), None})
        raise FazhiError(f"column {column.name} holds {strange[0]!r}, which transforms/schema.py does not allow; "
                         "quarantine such rows or add the word")
    return pa.DictionaryArray.from_arrays(places.cast(pa.int8()), allowed)


def _arrow_type(column: Column) -> pa.DataType:
    if column.allowed:
        return pa.dictionary(pa.int8(), pa.string())
    return ARROW_TYPES[column.dtype]


def _column_metadata(column: Column) -> dict[str, str]:
    facts = {
        "description": column.description, "description_zh": column.description_zh, "unit": column.unit,
        "allowed": json.dumps(column.allowed) if column.allowed else None, "pattern": column.pattern,
        "minimum": None if column.minimum is None else f"{column.minimum:g}",
        "maximum": None if column.maximum is None else f"{column.maximum:g}",
    }
    return {name: fact for name, fact in facts.items() if fact is not None}
