"""Write `datapackage.json`: Frictionless Data Package v2, every table with its schema.

In: the facts of a release. Out: one JSON file. The CSV of a table is the resource; the other files with the same
rows (Parquet, years of a large table) stand in its `alternatives`, a property of our own, since the standard's
resources are either tables that every tool can open or files without a type.

>>> write_datapackage(folder / "datapackage.json", facts)
"""

import json
from pathlib import Path
from typing import Any

import polars as pl

from flows.writers.facts import (
    DESCRIPTION,
    KEYWORDS,
    LICENSE_TITLE,
    LICENSE_URL,
    TITLE,
    FileFacts,
    ReleaseFacts,
    TableFacts,
)
from transforms.columns import Column, Table
from transforms.release_schema import RELEASE_TABLES
from transforms.renames import KEPT

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
DIALECT = {"header": True, "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True}


def write_datapackage(path: Path, facts: ReleaseFacts) -> None:
    """Write the description of the release to `path`."""
    path.write_text(json.dumps(describe_package(facts), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def describe_package(facts: ReleaseFacts) -> dict[str, Any]:
    """Return the data package as it is written."""
    return {
        "$schema": PROFILE,
        "name": "fazhi",
        "title": TITLE,
        "description": DESCRIPTION,
        "version": facts.number,
        "created": f"{facts.released.isoformat()}T00:00:00Z",
        "keywords": list(KEYWORDS),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENSE_URL, "title": LICENSE_TITLE}],
        "contributors": [{"title": "fazhi contributors", "roles": ["creator"]}],
        "contentDigest": facts.content_digest,
        "processing": facts.processing,
        "previousVersion": facts.previous,
        "accuracy": facts.accuracy,
        "notes": list(facts.notes),
        **({"rebuild": facts.rebuild} if facts.rebuild else {}),
        "resources": [describe_table(entry) for entry in facts.tables.values()],
    }


def table_schema(table: Table) -> dict[str, Any]:
    """Return the Table Schema of a table; a key of one column to a table of the release is a foreign key."""
    schema: dict[str, Any] = {
        "$schema": SCHEMA_PROFILE,
        "fields": [_describe_column(column, table) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    foreign = [_foreign_key(table, column, target) for column, target in table.foreign_keys.items()]
    return {**schema, "foreignKeys": foreign} if foreign else schema


def field_type(column: Column) -> str:
    """Return the Table Schema type of a column."""
    if column.dtype == pl.String:
        return "string"
    if column.dtype == pl.Boolean:
        return "boolean"
    if column.dtype == pl.Date:
        return "date"
    if isinstance(column.dtype, pl.Datetime):
        return "datetime"
    return "number" if column.dtype == pl.Float64 else "integer"


def describe_table(entry: TableFacts) -> dict[str, Any]:
    """Return a table as a resource of the data package."""
    main = entry.file("csv")
    return {
        "$schema": RESOURCE_PROFILE,
        "name": entry.table.name,
        "type": "table",
        "title": entry.table.description,
        "description": f"{entry.table.description} / {entry.table.description_zh}",
        **_describe_file(main),
        "encoding": "utf-8",
        "rowCount": entry.n_rows,
        "dialect": DIALECT,
        "schema": table_schema(entry.table),
        "alternatives": [_describe_file(file) for file in entry.files if file != main],
    }


def _describe_file(file: FileFacts) -> dict[str, Any]:
    return {"path": file.path, "format": file.format, "mediatype": file.media_type, "bytes": file.n_bytes,
            "hash": f"sha256:{file.sha256}"}


def _describe_column(column: Column, table: Table) -> dict[str, Any]:
    """Return a field; a text that may be empty is not required, since CSV writes empty and missing alike."""
    never_empty = column.dtype != pl.String or column.pattern or column.allowed or column.name in table.key
    constraints: dict[str, Any] = {
        "required": True if never_empty and not column.nullable else None,
        "unique": True if (column.name,) == table.key else None,
        "enum": list(column.allowed) if column.allowed else None,
        "pattern": column.pattern,
        "minimum": _bound(column, column.minimum),
        "maximum": _bound(column, column.maximum),
    }
    found = {name: value for name, value in constraints.items() if value is not None}
    return {
        "name": column.name,
        "type": field_type(column),
        "title": column.description_zh,
        "description": column.description,
        **({"unit": column.unit} if column.unit else {}),
        **({"renamedTo": column.renamed_to, KEPT: column.releases_under_old_name} if column.renamed_to else {}),
        **({"constraints": found} if found else {}),
    }


def _bound(column: Column, bound: float | None) -> float | int | None:
    return int(bound) if bound is not None and field_type(column) == "integer" else bound


def _foreign_key(table: Table, column: str, target: str) -> dict[str, Any]:
    name, _, target_column = target.partition(".")
    target_column = target_column or RELEASE_TABLES[name].key[0]
    return {"fields": [column], "reference": {"resource": "" if name == table.name else name,
                                              "fields": [target_column]}}
