"""Write `index.json`, every version newest first, and `latest.json`, the newest with the digest of each of its files.

In: one `Entry` a version. Out: the bytes of a JSON file. A version that was superseded names its replacement and why,
and no longer says where its files are. `read_index` takes an index that was published before.

>>> render_index([Entry("v2026.03.02", "2026-03-02", "sha256:…", "1.0.0")])
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from flows.errors import FazhiError
from flows.writers.facts import LICENSE_URL, TITLE


@dataclass(frozen=True)
class Withdrawn:
    """A report that a rebuilt version is without: since which day (ISO 8601), and the reason as published."""

    report_id: str
    withdrawn_on: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """A version: its digest (SHA-256 of its SHA256SUMS), its rows by table, its size in bytes over all files.

    `rebuild_of` and `without` say what it replaces and which reports it is without; `superseded_by` what replaces it,
    and `withdrawn` for which reports.
    """

    version: str
    date: str
    digest: str
    schema_version: str
    content_digest: str | None = None
    n_bytes: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    previous: str | None = None
    rebuild_of: str | None = None
    without: tuple[Withdrawn, ...] = ()
    superseded_by: str | None = None
    withdrawn: tuple[Withdrawn, ...] = ()

    @property
    def updated(self) -> str:
        """The day (ISO 8601) on which something was last said of it: its own, or that of a withdrawal."""
        return max([self.date, *(one.withdrawn_on for one in (*self.without, *self.withdrawn))])

    def superseded(self, by: str, withdrawn: Sequence[Withdrawn]) -> Self:
        """Return the entry of a version that another one replaces."""
        return replace(self, superseded_by=by, withdrawn=tuple(withdrawn))


def newest(entries: Sequence[Entry]) -> Entry | None:
    """Return the newest version that is offered, of entries that stand newest first."""
    return next((entry for entry in entries if entry.superseded_by is None), None)


def render_index(entries: Sequence[Entry]) -> bytes:
    """Return `index.json`."""
    latest = newest(entries)
    return _render({
        "name": "fazhi", "title": TITLE, "license": LICENSE_URL, "latest": latest.version if latest else None,
        "versions": [_describe(entry) for entry in entries],
    })


def render_latest(entry: Entry, digests: Mapping[str, str]) -> bytes:
    """Return `latest.json`; `digests` are those of the version's files, by path."""
    files = [{"path": path, "sha256": digest} for path, digest in sorted(digests.items())]
    return _render({**_describe(entry), "files": files})


def read_index(content: bytes, name: str) -> list[Entry]:
    """Return the entries of an index; raise FazhiError, naming it, where it is none."""
    try:
        return [_entry(version) for version in json.loads(content)["versions"]]
    except (ValueError, KeyError, TypeError) as error:
        raise FazhiError(f"{name} is no index of releases ({type(error).__name__}: {error}); "
                         "move it away, and publish again") from error


def _describe(entry: Entry) -> dict[str, Any]:
    told = {
        "version": entry.version, "date": entry.date, "updated": entry.updated,
        "path": f"{entry.version}/" if entry.superseded_by is None else None,
        "digest": entry.digest, "content_digest": entry.content_digest, "schema_version": entry.schema_version,
        "bytes": entry.n_bytes, "rows": dict(entry.rows) or None, "previous": entry.previous,
        "rebuild_of": entry.rebuild_of, "without": [asdict(one) for one in entry.without] or None,
        "superseded_by": entry.superseded_by, "withdrawn": [asdict(one) for one in entry.withdrawn] or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _entry(told: Mapping[str, Any]) -> Entry:
    return Entry(
        version=told["version"], date=told["date"], digest=told["digest"], schema_version=told["schema_version"],
        content_digest=told.get("content_digest"), n_bytes=told.get("bytes"), rows=told.get("rows", {}),
        previous=told.get("previous"), rebuild_of=told.get("rebuild_of"),
        without=tuple(Withdrawn(**one) for one in told.get("without", ())),
        superseded_by=told.get("superseded_by"),
        withdrawn=tuple(Withdrawn(**one) for one in told.get("withdrawn", ())),
    )


def _render(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
