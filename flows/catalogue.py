"""Read which versions there are and what became of them, for readers who want to know before they fetch.

In: the folder `data/releases`. Out: one `Entry` a version, and beside `latest` the files `latest.json`, `index.json`
and `feed.xml`: what they say depends on the versions alone, so that the folder can be served as it is.

>>> write_catalogue(Path("data/releases"))[0].version
'v2026.03.02'
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.errors import FazhiError
from flows.release_documents import PACKAGE, read_datapackage
from flows.release_store import ReleaseStore, version_day, version_order
from flows.whole_files import replacing
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
    """Return every version, newest first; one that was superseded stays listed where its folder is gone.

    Raise FazhiError where what tells of a version, or any of its files, is not as it was released.
    """
    packages = {version: _package(root / version) for version in ReleaseStore(root).versions()}
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


def _package(folder: Path) -> dict[str, Any]:
    """Return the data package of a version, once it is as the version's list of digests says and no file is missing."""
    try:
        digests = read_checksums(folder)
        missing = [path for path in digests if not (folder / path).is_file()]
        damaged = missing or [PACKAGE] * (digests.get(PACKAGE) != sha256_of(folder / PACKAGE))
    except (OSError, ValueError):
        damaged = [CHECKSUMS]
    if damaged:
        raise FazhiError(f"{folder / damaged[0]}: is not as it was released; bring it back from a copy of "
                         f"{folder.name}, or move {folder} to another place, then run it again")
    return read_datapackage(folder)


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
    with replacing(path) as part:
        part.write_bytes(content)
