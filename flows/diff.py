"""Compare two releases: what was added, changed and gone from one to the other, and why.

In: the folders of two releases. Out: the table `changes` that leads from the older to the newer.

>>> diff_releases(Path("data/releases/v2026.03.02"), Path("data/releases/latest"))
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from flows.errors import FazhiError
from flows.release_documents import read_datapackage
from transforms.changes import Evidence, find_changes
from transforms.release_schema import WITHDRAWN
from transforms.renames import under_new_names
from transforms.schema import TABLES


def diff_releases(old: Path, new: Path) -> pl.DataFrame:
    """Return the changes from the release in folder `old` to the one in folder `new`."""
    processing: dict[str, str] = read_datapackage(new).get("processing", {})
    withdrawn = pl.read_parquet(new / f"{WITHDRAWN.name}.parquet", columns=["report_id"])["report_id"]
    return changes_since(old, read_release(new), processing, frozenset(withdrawn))


def changes_since(
    old: Path, tables: Mapping[str, pl.LazyFrame], processing: Mapping[str, str],
    withdrawn: frozenset[str] = frozenset(),
) -> pl.DataFrame:
    """Return the changes from the release in folder `old` to tables made with `processing`."""
    before: dict[str, str] = read_datapackage(old).get("processing", {})
    evidence = Evidence(
        extractor_changed=before.get("extractor") != processing.get("extractor"),
        codebook_changed=before.get("codebook") != processing.get("codebook"),
        withdrawn=withdrawn,
    )
    try:
        return find_changes(read_release(old), tables, evidence)
    except pl.exceptions.PolarsError as error:
        raise FazhiError(f"the tables of {old} cannot be compared ({str(error).splitlines()[0]}); "
                         "check its files with `sha256sum --check SHA256SUMS`") from error


def read_release(folder: Path) -> dict[str, pl.LazyFrame]:
    """Return the tables of a release, as they are published; an older release may lack some."""
    files = {name: folder / f"{name}.parquet" for name in TABLES}
    found = {name: under_new_names(TABLES[name], pl.scan_parquet(file))
             for name, file in files.items() if file.exists()}
    if not {"reports", "harvest_log"} <= found.keys():
        raise FazhiError(f"{folder} holds no release; name a folder like data/releases/latest")
    return found
