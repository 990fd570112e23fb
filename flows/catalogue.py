"""Read which versions there are and what became of them, for readers who want to know before they fetch.

In: the folder `data/releases`. Out: one `Entry` a version, and beside `latest` the files `latest.json`, `index.json`
and `feed.xml`: what they say depends on the versions alone, so that the folder can be served as it is.

>>> write_catalogue(Path("data/releases"))[0].version
'v2026.03.02'
"""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Version:
    """What a version says of itself, and the digest of the one that it replaces, if it replaces one."""

    entry: Entry
    replaced_digest: str = ""


def write_catalogue(root: Path, known: Mapping[str, Version] | None = None) -> list[Entry]:
    """Write `latest.json`, `index.json` and `feed.xml` into the folder of releases; return what they list.

    Versions that are `known` from `read_versions` are not read again.
    """
    entries = _listed(read_versions(root, known))
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
    return _listed(read_versions(root))


def read_versions(root: Path, known: Mapping[str, Version] | None = None) -> dict[str, Version]:
    """Return what each version in the folder says of itself, which never changes: what is `known` is not read again.

    Raise FazhiError as `read_entries` does.
    """
    seen = known or {}
    return {name: seen.get(name) or _version(root / name) for name in ReleaseStore(root).versions()}


def _listed(versions: Mapping[str, Version]) -> list[Entry]:
    """Return the entries, newest first, each with what supersedes it."""
    entries = {name: version.entry for name, version in versions.items()}
    for name in sorted(versions, key=version_order, reverse=True):
        rebuilt = entries[name]
        if rebuilt.rebuild_of:
            digest = versions[name].replaced_digest
            gone = Entry(rebuilt.rebuild_of, f"{version_day(rebuilt.rebuild_of)}", digest, rebuilt.schema_version)
            old = entries.get(rebuilt.rebuild_of, gone)
            offered = rebuilt.superseded_by or name
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


def _version(folder: Path) -> Version:
    package = _package(folder)
    rebuild = package.get("rebuild") or {}
    entry = Entry(
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
    return Version(entry, rebuild.get("digest", ""))


def _write(path: Path, content: bytes) -> None:
    """Put a file into place unless it says so already."""
    if path.exists() and path.read_bytes() == content:
        return
    with replacing(path) as part:
        part.write_bytes(content)
