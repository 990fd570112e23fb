"""Write `dataset.jsonld`: the release for catalogues and search engines, in the words of schema.org and DCAT.

In: the facts of a release. Out: one JSON-LD file. Addresses are relative to it, so that it holds wherever it lies.

>>> write_jsonld(folder / "dataset.jsonld", facts)
"""

import json
from pathlib import Path
from typing import Any

from flows.writers.facts import (
    DESCRIPTION,
    KEYWORDS,
    LICENSE_URL,
    PUBLISHER,
    TITLE,
    TITLE_ZH,
    FileFacts,
    ReleaseFacts,
    TableFacts,
)

CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
    "license": {"@id": "https://schema.org/license", "@type": "@id"},
    "contentUrl": {"@id": "https://schema.org/contentUrl", "@type": "@id"},
    "dcat:downloadURL": {"@type": "@id"},
    "dct:license": {"@type": "@id"},
}


def write_jsonld(path: Path, facts: ReleaseFacts) -> None:
    """Write the description of the release to `path`."""
    path.write_text(json.dumps(describe(facts), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def describe(facts: ReleaseFacts) -> dict[str, Any]:
    """Return the description as it is written."""
    return {
        "@context": CONTEXT,
        "@type": ["Dataset", "dcat:Dataset"],
        "name": TITLE,
        "alternateName": TITLE_ZH,
        "description": DESCRIPTION,
        "version": facts.version,
        "datePublished": facts.released.isoformat(),
        "license": LICENSE_URL,
        "isAccessibleForFree": True,
        "inLanguage": ["zh", "en"],
        "keywords": list(KEYWORDS),
        "creator": {"@type": "Organization", "name": PUBLISHER},
        "temporalCoverage": f"{facts.first_year}/{facts.last_year}",
        "spatialCoverage": {"@type": "Country", "name": "China"},
        "variableMeasured": [_variable(entry) for entry in facts.tables.values() if entry.table.name == "observations"],
        "distribution": [
            _distribution(entry, file) for entry in facts.tables.values() for file in entry.files
        ],
    }


def _variable(entry: TableFacts) -> dict[str, Any]:
    value = entry.table.column("value")
    return {"@type": "PropertyValue", "name": value.name, "description": value.description}


def _distribution(entry: TableFacts, file: FileFacts) -> dict[str, Any]:
    part = f", {file.path.removeprefix(f'{entry.table.name}-').removesuffix('.csv')}" if file.is_part else ""
    return {
        "@type": ["DataDownload", "dcat:Distribution"],
        "name": file.path,
        "description": f"{entry.table.description}{part}",
        "contentUrl": file.path,
        "encodingFormat": file.media_type,
        "contentSize": f"{file.n_bytes} B",
        "sha256": file.sha256,
        "dcat:downloadURL": file.path,
        "dcat:byteSize": file.n_bytes,
        "dct:license": LICENSE_URL,
        "spdx:checksum": {"@type": "spdx:Checksum", "spdx:algorithm": "SHA256", "spdx:checksumValue": file.sha256},
    }
