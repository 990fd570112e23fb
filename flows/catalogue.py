"""Read which versions there are and what became of them, for readers who want to know before they fetch.

In: the folder `data/releases`. Out: one `Entry` a version, and beside `latest` the files `latest.json`, `index.json`
and `feed.xml`: what they say depends on the versions alone, so that the folder can be served as it is.

>>> write_catalogue(Path("data/releases"))[0].version
'v2026.03.02'
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.release_documents import read_datapackage
from flows.release_store import ReleaseStore, version_day, version_order
from flows.table_files import sync
from flows.writers.checksums import NAME as CHECKSUMS
from flows.writers.checksums import read_checksums, sha256_of
from flows.writers.feed import render_feed
from flows.writers.index import Entry, Withdrawn, newest, render_index, render_latest


def write_catalogue(root: Path) -> list[Entry]:
    """Write `latest.json`, `index.json` and `feed.xml` into the folder of releases; return what they list."""
    entries = read_entries(root)
    latest = newest(entries)
    if latest is not None:
        _write(root / "latest.json", render_latest(latest, read_checksums(root / latest.version)))
    _write(root / "index.json", render_index(entries))
    _write(root / "feed.xml", render_feed(entries))
    return entries


def read_entries(root: Path) -> list[Entry]:
    """Return every version, newest first; one that was superseded stays listed where its folder is gone."""
    packages = {version: read_datapackage(root / version) for version in ReleaseStore(root).versions()}
    entries = {version: _entry(root / version, package) for version, package in packages.items()}
    for version in sorted(entries, key=version_order, reverse=True):
        rebuilt = entries[version]
        if rebuilt.rebuild_of:
            digest = packages[version]["rebuild"]["digest"]
            gone = Entry(rebuilt.rebuild_of, f"{version_day(rebuilt.rebuild_of)}", digest, rebuilt.schema_version)
            old = entries.get(rebuilt.rebuild_of, gone)
            offered = rebuilt.superseded_by or version
            entries[old.version] = old.superseded(offered, [*rebuilt.without, *rebuilt.withdrawn])
    return sorted(entries.values(), key=lambda entry: version_order(entry.version), reverse=True)


def _entry(folder: Path, package: Mapping[str, Any]) -> Entry:
    rebuild = package.get("rebuild") or {}
    return Entry(
        version=folder.name,
        date=f"{version_day(folder.name)}",
        digest=f"sha256:{sha256_of(folder / CHECKSUMS)}",
        schema_version=package["processing"]["schema_version"],
        content_digest=package["contentDigest"],
        n_bytes=sum((folder / path).stat().st_size for path in [*read_checksums(folder), CHECKSUMS]),
        rows={resource["name"]: resource["rowCount"] for resource in package["resources"]},
        previous=package.get("previousVersion"),
        rebuild_of=rebuild.get("of"),
        without=tuple(Withdrawn(**one) for one in rebuild.get("without", ())),
    )


def _write(path: Path, content: bytes) -> None:
    """Put a file into place unless it says so already."""
    if path.exists() and path.read_bytes() == content:
        return
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(content)
    sync(aside)
    aside.replace(path)
