"""Publish all versions to a folder or a store, so that a reader never sees half of one.

In: the folder of releases and a target. Out: what was sent. Files of versions first, the list of digests of each last;
then `latest/`, `latest.json`, `index.json`, and `feed.xml` last. What is there is not sent again, so that a run that
was cut off is gone on with; a version that is there is never changed, and what others published stays in the index.

>>> publish(Path("data"), "s3://bucket/fazhi").latest
'v2026.03.02'
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.catalogue import read_entries
from flows.errors import ExitCode, FazhiError
from flows.publish_target import Document, Held, Outgoing, Target, open_target, side_by_side
from flows.release_store import version_order
from flows.writers.checksums import NAME as CHECKSUMS
from flows.writers.checksums import parse_checksums, read_checksums, sha256_of
from flows.writers.feed import render_feed
from flows.writers.index import Entry, newest, read_index, render_index, render_latest

TRIES = 10
NEVER_CHANGED = "a published version is never changed: make a new release, or publish elsewhere"
Advance = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What a run did: versions that are new at the target, files and bytes sent, and the newest version there."""

    target: str
    latest: str
    versions: tuple[str, ...]
    n_files: int
    n_bytes: int


def publish(data_dir: Path, target_name: str, check: bool = False, advance: Advance = lambda _: None) -> Published:
    """Publish the versions in `data_dir`; with `check`, every file that is there is compared, not only new ones."""
    root = data_dir / "releases"
    entries = read_entries(root) if root.is_dir() else []
    if newest(entries) is None:
        raise FazhiError(f"there is no release in {root}; make one with `fazhi release`")
    if "://" not in target_name and Path(target_name).expanduser().resolve() == root.resolve():
        raise FazhiError(f"{root} is where the releases are; serve it as it is, or publish elsewhere", ExitCode.USAGE)
    with open_target(target_name) as target:
        return publish_to(target, root, entries, check, advance)


def publish_to(
    target: Target, root: Path, entries: Sequence[Entry], check: bool = False, advance: Advance = lambda _: None
) -> Published:
    """Publish the versions in the folder `root` that are offered, oldest first, then what leads to them."""
    known = merged(entries, _index_of(target))
    superseded = {entry.version for entry in known if entry.superseded_by}
    held, sent, new = target.held(), [], []
    for version in [entry.version for entry in reversed(entries) if entry.version not in superseded]:
        files = outgoing(root, version)
        missing = _missing(target, files, held, check)
        if files[-1] in missing:
            new.append(version)
        _send(target, missing, files[-1], held)
        sent += missing
        advance(version)
    latest = _move_latest(target, known)
    _write(target, "index.json", lambda: render_index(merged(entries, _index_of(target))))
    _write(target, "feed.xml", lambda: render_feed(merged(entries, _index_of(target))))
    return Published(target.name, latest, tuple(new), len(sent), sum(file.n_bytes for file in sent))


def outgoing(root: Path, version: str) -> list[Outgoing]:
    """Return the files of a version, its list of digests last."""
    folder = root / version
    digests = {**read_checksums(folder), CHECKSUMS: sha256_of(folder / CHECKSUMS)}
    return [Outgoing(f"{version}/{path}", folder / path, digest) for path, digest in digests.items()]


def merged(entries: Sequence[Entry], published: Sequence[Entry]) -> list[Entry]:
    """Return all versions of either, newest first; one that either says is superseded stays so.

    Raise FazhiError where a version was published with other content.
    """
    found = {entry.version: entry for entry in entries}
    for there in published:
        here = found.setdefault(there.version, there)
        if here.digest != there.digest:
            raise FazhiError(f"{there.version} was published with other content ({there.digest}, here {here.digest}); "
                             f"{NEVER_CHANGED}")
        if there.superseded_by and not here.superseded_by:
            found[there.version] = here.superseded(there.superseded_by, there.withdrawn)
    return sorted(found.values(), key=lambda entry: version_order(entry.version), reverse=True)


def _missing(target: Target, files: Sequence[Outgoing], held: Mapping[str, Held], check: bool) -> list[Outgoing]:
    """Return the files of a version that are to be sent.

    Its list of digests was sent last: where that is, the others were found right, and only their sizes are compared.
    """
    there, last = [file for file in files if file.path in held], files[-1]
    if last not in there or target.was_spoilt(last, held[last.path]):
        right = {file.path for file in there if target.holds(file, held[file.path])}
        return [file for file in files if file.path not in right]
    for file in there:
        known = file is not last and not check
        if held[file.path].n_bytes != file.n_bytes or not (known or target.holds(file, held[file.path])):
            raise FazhiError(f"{target.name}/{file.path} has other content than {file.file}; {NEVER_CHANGED}")
    return [file for file in files if file.path not in held]


def _send(target: Target, missing: Sequence[Outgoing], last: Outgoing, held: Mapping[str, Held]) -> None:
    for file in missing:
        file.check()
    side_by_side(lambda file: target.send(file, held.get(file.path)), (file for file in missing if file is not last))
    if last in missing:
        target.send(last, held.get(last.path))


def _move_latest(target: Target, known: Sequence[Entry]) -> str:
    """Have `latest/` and `latest.json` lead to the newest version there, ours or another publisher's; never back."""
    ours = next(entry for entry in known if entry.superseded_by is None)
    for _ in range(TRIES):
        seen = target.read("latest.json")
        version = max(_version_in(seen, target) or ours.version, ours.version, key=version_order)
        listed = target.read(f"{version}/{CHECKSUMS}")
        if listed is None:
            raise FazhiError(f"{target.name}/{version} is listed, but not there; publish from the machine that has it")
        digests = parse_checksums(listed.content.decode())
        content = seen.content if seen and version != ours.version else render_latest(ours, digests)
        digests[CHECKSUMS] = hashlib.sha256(listed.content).hexdigest()
        if target.shows_latest(version, digests) and seen is not None and seen.content == content:
            return version
        target.point_latest_at(version, digests)
        if seen is None or seen.content != content:
            target.replace("latest.json", content, seen)
    raise _unsettled(target, "latest.json")


def _write(target: Target, path: str, render: Callable[[], bytes]) -> None:
    """Write a document that others may be writing too, until it is there as it should be."""
    for _ in range(TRIES):
        seen = target.read(path)
        content = render()
        if seen is not None and seen.content == content:
            return
        target.replace(path, content, seen)
    raise _unsettled(target, path)


def _index_of(target: Target) -> list[Entry]:
    document = target.read("index.json")
    return read_index(document.content, f"{target.name}/index.json") if document else []


def _version_in(latest: Document | None, target: Target) -> str | None:
    """Return the version that `latest.json` names."""
    if latest is None:
        return None
    try:
        version = str(json.loads(latest.content)["version"])
    except (ValueError, KeyError, TypeError):
        raise FazhiError(f"{target.name}/latest.json cannot be read; move it away, and publish again") from None
    version_order(version)
    return version


def _unsettled(target: Target, path: str) -> FazhiError:
    return FazhiError(f"{target.name}/{path} does not keep what is written to it: others publish there right now, or "
                      "the store is at fault; publish again")
