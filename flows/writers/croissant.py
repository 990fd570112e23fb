"""Write `croissant.json`: MLCommons Croissant 1.0, every table as a record set read from its Parquet.

In: the facts of a release. Out: one JSON-LD file, which `mlcroissant` loads from the release's folder.

>>> write_croissant(folder / "croissant.json", facts)
"""

import json
from pathlib import Path
from typing import Any

from flows.writers.datapackage import field_type
from flows.writers.facts import DESCRIPTION, KEYWORDS, LICENSE_URL, PUBLISHER, TITLE, ReleaseFacts, TableFacts
from transforms.columns import Column, Table
from transforms.release_schema import RELEASE_TABLES

CR = "cr:"
CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: CR + term for term in (
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format",
        "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references",
        "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    )},
}
DATA_TYPES = {"string": "sc:Text", "integer": "cr:Int64", "number": "cr:Float64", "boolean": "sc:Boolean",
              "date": "sc:Date", "datetime": "sc:DateTime"}
PARQUET = "application/x-parquet"


def write_croissant(path: Path, facts: ReleaseFacts) -> None:
    """Write the description of the release to `path`."""
    path.write_text(json.dumps(describe(facts), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def describe(facts: ReleaseFacts) -> dict[str, Any]:
    """Return the Croissant description as it is written."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "fazhi",
        "alternateName": TITLE,
        "description": DESCRIPTION,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": semantic_version(facts.number),
        "datePublished": facts.released.isoformat(),
        "license": LICENSE_URL,
        "url": "README.md",
        "keywords": list(KEYWORDS),
        "inLanguage": ["zh", "en"],
        "isLiveDataset": True,
        "citeAs": citation(facts),
        "creator": {"@type": "sc:Organization", "name": PUBLISHER},
        "publisher": {"@type": "sc:Organization", "name": PUBLISHER},
        "distribution": [_file_object(entry) for entry in facts.tables.values()],
        "recordSet": [_record_set(entry.table, entry.file("parquet").path) for entry in facts.tables.values()],
    }


def semantic_version(number: str) -> str:
    """Return a release's number as three numbers without leading zeros: 2026.03.02.1 is 2026.3.2+1."""
    year, month, day, *again = number.split(".")
    return f"{year}.{int(month)}.{int(day)}" + (f"+{again[0]}" if again else "")


def citation(facts: ReleaseFacts) -> str:
    """Return a BibTeX entry for the release."""
    return (f"@misc{{fazhi_{facts.released:%Y_%m_%d}, title = {{{TITLE}}}, author = {{{{{PUBLISHER}}}}}, "
            f"year = {{{facts.released.year}}}, version = {{{facts.version}}}, note = {{Data set, CC BY 4.0}}}}")


def _file_object(entry: TableFacts) -> dict[str, Any]:
    file = entry.file("parquet")
    return {
        "@type": "cr:FileObject", "@id": file.path, "name": file.path, "description": entry.table.description,
        "contentUrl": file.path, "contentSize": f"{file.n_bytes} B", "encodingFormat": PARQUET, "sha256": file.sha256,
    }


def _record_set(table: Table, path: str) -> dict[str, Any]:
    key = [{"@id": f"{table.name}/{column}"} for column in table.key]
    return {
        "@type": "cr:RecordSet", "@id": table.name, "name": table.name,
        "description": f"{table.description} / {table.description_zh}",
        "key": key[0] if len(key) == 1 else key,
        "field": [_field(table, column, path) for column in table.columns],
    }


def _field(table: Table, column: Column, path: str) -> dict[str, Any]:
    """Describe a column; a reference to its own table is left out, since mlcroissant cannot load a circle."""
    target = table.foreign_keys.get(column.name)
    outward = target is not None and target.partition(".")[0] != table.name
    return {
        "@type": "cr:Field", "@id": f"{table.name}/{column.name}", "name": column.name,
        "description": f"{column.description} / {column.description_zh}",
        "dataType": DATA_TYPES[field_type(column)],
        "source": {"fileObject": {"@id": path}, "extract": {"column": column.name}},
        **({"references": {"field": {"@id": _referred(target)}}} if target and outward else {}),
    }


def _referred(target: str) -> str:
    name, _, column = target.partition(".")
    return f"{name}/{column or RELEASE_TABLES[name].key[0]}"
