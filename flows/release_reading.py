"""Read a release back as it was made: its tables, and what they meant under the schema of their day.

In: the folder of a release. Out: frames with the types of its own schema, and that schema, taken from the Parquet files
and the data package, so that a release made under an older schema can be written again.

>>> tables, frames = read_whole_release(Path("data/releases/v2026.03.02"))
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import FazhiError
from flows.release_documents import read_datapackage
from flows.writers.parquet_file import ARROW_TYPES
from transforms.columns import Column, Table
from transforms.renames import KEPT

POLARS_TYPES = {arrow: polars for polars, arrow in ARROW_TYPES.items()}


def read_whole_release(release: Path) -> tuple[dict[str, Table], dict[str, pl.LazyFrame]]:
    """Return the schema and the frames of every table, in the order of the data package."""
    package = read_datapackage(release)
    try:
        tables = {resource["name"]: _table(release / f"{resource['name']}.parquet", resource)
                  for resource in package["resources"]}
    except (OSError, KeyError, pa.ArrowException) as error:
        raise FazhiError(f"{release} cannot be read ({error}); `sha256sum --check SHA256SUMS` tells what is damaged"
                         ) from error
    frames = {name: pl.scan_parquet(release / f"{name}.parquet").cast(table.polars_schema)
              for name, table in tables.items()}
    return tables, frames


def _table(path: Path, resource: Mapping[str, Any]) -> Table:
    with pq.ParquetFile(path) as file:
        schema, groups = file.schema_arrow, file.metadata
        order = groups.row_group(0).sorting_columns if groups.num_row_groups else ()
    told = _texts(schema.metadata)
    key = tuple(json.loads(told["key"]))
    names, fields = schema.names, {field["name"]: field for field in resource["schema"]["fields"]}
    return Table(
        name=told["table"], description=told["description"], description_zh=told["description_zh"], key=key,
        columns=tuple(_column(field, fields[field.name]) for field in schema),
        sort=tuple(names[column.column_index] for column in order) or key,
        foreign_keys={foreign["fields"][0]: _referred(foreign["reference"], told["table"])
                      for foreign in resource["schema"].get("foreignKeys", ())},
    )


def _referred(reference: Mapping[str, Any], own: str) -> str:
    return f"{reference['resource'] or own}.{reference['fields'][0]}"


def _column(field: pa.Field, described: Mapping[str, Any]) -> Column:
    told = _texts(field.metadata)
    dtype = pl.String if pa.types.is_dictionary(field.type) else POLARS_TYPES[field.type]
    return Column(
        field.name, dtype, told["description"], told["description_zh"], field.nullable, told.get("unit"),
        tuple(json.loads(told["allowed"])) if "allowed" in told else None,
        float(told["minimum"]) if "minimum" in told else None, float(told["maximum"]) if "maximum" in told else None,
        told.get("pattern"), renamed_to=described.get("renamedTo"), releases_under_old_name=described.get(KEPT, 0),
    )


def _texts(metadata: Mapping[bytes, bytes] | None) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in (metadata or {}).items()}
