"""Find what there is to import: files, each with its address and the time it was fetched.

In: files and folders. Out: `Found` entries, sorted by name in each folder, and what is wrong with an `index.csv`.
A folder may hold an `index.csv` with the columns `file`, `url`, `retrieved_at`, which gives files of that folder their
address and time (UTC where no zone is written). A file without a row is known as `urn:fazhi:file:<relative name>`.

>>> [found.url for found in find_files([Path("seeds/reports")], now)[0]]
['urn:fazhi:seed:chongqing-yubei-lianglu-2023']
"""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

INDEX = "index.csv"


@dataclass(frozen=True)
class Found:
    """A file to import, where it is from and when it was fetched."""

    file: Path
    url: str
    retrieved_at: datetime


@dataclass(frozen=True)
class Refusal:
    """Something that was not taken in: its address, one of `schema.OUTCOMES`, and why.

    The reason names the file without its folder: it is published, and folders are nobody's business.
    """

    url: str
    outcome: str
    error: str
    n_bytes: int | None = None
    payload_digest: str | None = None


@dataclass(frozen=True)
class _Row:
    url: str
    retrieved_at: datetime | None


def find_files(paths: Iterable[Path], now: datetime) -> tuple[list[Found], list[Refusal]]:
    """Return the files at and below the paths, and what is refused already: names that lead nowhere, torn indexes."""
    found: dict[str, Found] = {}
    refused: dict[str, Refusal] = {}
    for path in paths:
        folders: dict[Path, dict[str, _Row]] = {}
        for file in _files(path, refused):
            if file.parent not in folders:
                folders[file.parent] = _index(file.parent, refused)
            row = folders[file.parent].get(file.name)
            url = row.url if row else file_urn(file.relative_to(path) if path.is_dir() else Path(file.name))
            found.setdefault(os.path.realpath(file), Found(file, url, (row and row.retrieved_at) or now))
    return list(found.values()), list(refused.values())


def file_urn(name: Path) -> str:
    """Return the address of a file that has no other.

    >>> file_urn(Path("2023/某镇.txt"))
    'urn:fazhi:file:2023/%E6%9F%90%E9%95%87.txt'
    """
    return f"urn:fazhi:file:{quote(os.fsencode(name.as_posix()))}"


def _files(path: Path, refused: dict[str, Refusal]) -> Iterator[Path]:
    """Yield the files of a path, sorted; hidden files and indexes are none."""
    if path.is_dir():
        for folder, folders, names in os.walk(path, onerror=lambda error: _unreadable(error, refused)):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if name != INDEX and not name.startswith("."))
    elif path.is_file():
        yield path
    else:
        _refuse(refused, file_urn(Path(path.name)), f"{path.name}: there is no such file; check the path")


def _unreadable(error: OSError, refused: dict[str, Refusal]) -> None:
    folder = Path(str(error.filename))
    _refuse(refused, file_urn(Path(folder.name)), f"{folder.name}: {error.strerror}; check its rights")


def _refuse(refused: dict[str, Refusal], url: str, error: str) -> None:
    refused[error] = Refusal(url, "error", error)


def _index(folder: Path, refused: dict[str, Refusal]) -> dict[str, _Row]:
    """Read a folder's index; a row that cannot be used is refused and its file goes by its name."""
    path = folder / INDEX
    if not path.is_file():
        return {}
    rows: dict[str, _Row] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"file", "url"} <= set(reader.fieldnames or ()):
                raise ValueError("it has no columns `file` and `url`")
            for row in reader:
                _add_row(rows, row, path, refused)
    except (OSError, ValueError, csv.Error) as error:
        why = f"{_name(path)}: cannot be read ({error}); write it as file,url,retrieved_at"
        _refuse(refused, file_urn(Path(INDEX)), why)
    return rows


def _add_row(rows: dict[str, _Row], row: dict[str, str | None], path: Path, refused: dict[str, Refusal]) -> None:
    name, url = (row.get("file") or "").strip(), (row.get("url") or "").strip()
    if not name or not url:
        return
    if not (path.parent / name).is_file():
        why = f"{_name(path)}: names {name}, which is not there; add the file or take the row out"
        _refuse(refused, url, why)
        return
    try:
        rows[name] = _Row(url, _time(row.get("retrieved_at")))
    except ValueError:
        why = f"{_name(path)}: {name} has the time {row.get('retrieved_at')!r}; write it like 2024-03-15T08:00:00Z"
        _refuse(refused, url, why)
        rows[name] = _Row(url, None)


def _name(index: Path) -> str:
    return f"{index.parent.name}/{index.name}"


def _time(text: str | None) -> datetime | None:
    """Read a time; one without a zone is UTC."""
    if not text or not text.strip():
        return None
    time = datetime.fromisoformat(text.strip())
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
