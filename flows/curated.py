"""The curated list of sources: take in what a harvest found, once a person has looked at it.

In: `seeds/sources.csv` or a list laid out like it, and rows of `data/discovered.csv`. Out: the list with further
rows, sorted as it was, put into place whole. Columns that only a person can fill (place, level, year) stay empty, and
the page itself is read for them.

>>> add_sources(Path("seeds/sources.csv"), [row]).added
[Found(source_id='d_0123456789abcdef', …)]
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import ExitCode, FazhiError, in_one_line
from flows.harvest_found import Found
from flows.harvest_targets import key_of
from flows.whole_files import replacing

_NEEDED = ("source_id", "url", "kind")
_TAKEN_OVER = ("source_id", "url", "kind", "title", "publish_date")


@dataclass(frozen=True)
class Addition:
    """What came of an addition: rows added, and those listed before, each with the id that it is listed under."""

    added: tuple[Found, ...]
    listed: tuple[tuple[Found, str], ...]


def add_sources(path: Path, rows: Sequence[Found]) -> Addition:
    """Add rows to the list but for those whose address it holds in whatever form; write it only if it changed."""
    columns, sources, line_end = _read(path)
    held = {key_of(source["url"]): source["source_id"] for source in sources}
    is_sorted = _ids(sources) == sorted(_ids(sources))
    added: list[Found] = []
    listed: list[tuple[Found, str]] = []
    for row in rows:
        key = key_of(row.url)
        if key in held:
            listed.append((row, held[key]))
            continue
        held[key] = row.source_id
        added.append(row)
        sources.append({name: getattr(row, name) if name in _TAKEN_OVER else "" for name in columns})
    if added:
        _write(path, columns, sorted(sources, key=lambda one: one["source_id"]) if is_sorted else sources, line_end)
    return Addition(tuple(added), tuple(listed))


def listed_under(path: Path) -> dict[str, str]:
    """Return the ids of the list by what their addresses are known by in a harvest."""
    return {key_of(source["url"]): source["source_id"] for source in _read(path)[1]}


def _ids(sources: Sequence[dict[str, str]]) -> list[str]:
    return [source["source_id"] for source in sources]


def _read(path: Path) -> tuple[list[str], list[dict[str, str]], str]:
    """Return columns, rows and line end of the list."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        columns, rows = list(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FazhiError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8", ExitCode.USAGE) from None
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise FazhiError(f"{path}: has no column {missing[0]!r}; lay it out like seeds/sources.csv", ExitCode.USAGE)
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            why = f"{path}: row {number} has not {len(columns)} cells like the others; mend it first"
            raise FazhiError(why, ExitCode.USAGE)
    return columns, rows, "\r\n" if "\r\n" in text else "\n"


def _write(path: Path, columns: Sequence[str], sources: Sequence[dict[str, str]], line_end: str) -> None:
    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(sources)
    mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    with in_one_line(f"{path}: cannot be written; check space and rights"), replacing(path) as part:
        part.write_bytes(mark + lines.getvalue().encode())
