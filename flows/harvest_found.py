"""`data/discovered.csv`: what listings led to, kept apart from the curated sources.

In: finds, as a harvest makes them. Out: the file, one row per address. While a harvest runs rows are added at its
end, before the listing's own snapshot is stored: so a killed run loses none, and a listing that has not changed
need not be read again. A last row cut short is passed over. In the end the file is sorted and put into place whole.

>>> FoundFile(Path("data")).add([Found(...)])
"""

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from flows.errors import FazhiError, in_one_line
from flows.whole_files import replacing
from transforms.identity import identifier

FILE = "discovered.csv"


@dataclass(frozen=True)
class Found:
    """A row: what an address is (`kind`), whether it is asked (`verdict`), and if not, why (`reason`)."""

    source_id: str
    kind: str
    verdict: str
    reason: str
    title: str
    publish_date: str
    url: str
    canonical_url: str
    via: str
    depth: int
    page: int


COLUMNS = [one.name for one in fields(Found)]


class FoundFile:
    """The file, open to take further rows."""

    def __init__(self, data_dir: Path, curated: Collection[str] = ()) -> None:
        self.path = data_dir / FILE
        self.was_there = self.path.exists()
        self._curated = curated
        self._known = {(row.kind, row.canonical_url) for row in read_found(data_dir)}
        self.n_added = 0

    def add(self, rows: Iterable[Found]) -> list[Found]:
        """Add those rows that are new and no curated sources, and return them."""
        fresh = []
        for row in rows:
            if (row.kind, row.canonical_url) not in self._known and row.canonical_url not in self._curated:
                self._known.add((row.kind, row.canonical_url))
                fresh.append(row)
        if fresh:
            is_new = not self.path.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(_lines(fresh, with_header=is_new))
            self.n_added += len(fresh)
        return fresh


def found(kind: str, verdict: str, url: str, canonical: str, via: str, **more: str | int | None) -> Found:
    """Make a row; a candidate gets a source id from its address."""
    given = {name: value if value is not None else "" for name, value in more.items()}
    row = Found(identifier("d", canonical), kind, verdict, "", "", "", url, canonical, via, 0, 1)
    return replace(row, **given)  # type: ignore[arg-type]


def read_found(data_dir: Path) -> list[Found]:
    """Return the rows, each address once; rows that are not whole are passed over."""
    path = data_dir / FILE
    if not path.exists():
        return []
    rows: dict[tuple[str, str], Found] = {}
    try:
        with path.open(encoding="utf-8", newline="", errors="replace") as file:
            for values in csv.DictReader(file):
                row = _row(values)
                if row is not None:
                    rows.setdefault((row.kind, row.canonical_url), row)
    except (OSError, csv.Error) as error:
        raise FazhiError(f"{path}: cannot be read ({error}); mend or remove it, the next harvest finds anew") from None
    return list(rows.values())


def write_found(data_dir: Path, rows: Iterable[Found]) -> None:
    """Write the file anew, sorted, and put it into place."""
    path = data_dir / FILE
    ordered = sorted(rows, key=lambda row: (row.verdict, row.kind, row.canonical_url))
    if not ordered and not path.exists():
        return
    with in_one_line(f"{path}: cannot be written; free the disk or the folder"), replacing(path) as part:
        part.write_text(_lines(ordered, with_header=True), encoding="utf-8", newline="")


def _row(values: dict[str, str]) -> Found | None:
    if any(values.get(name) is None for name in COLUMNS) or None in values:
        return None
    if not (values["depth"].isdecimal() and values["page"].isdecimal()):
        return None
    texts = {name: values[name] for name in COLUMNS if name not in ("depth", "page")}
    return Found(**texts, depth=int(values["depth"]), page=int(values["page"]))


def _lines(rows: Iterable[Found], *, with_header: bool) -> str:
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
    if with_header:
        writer.writeheader()
    writer.writerows({name: " ".join(str(value).split()) for name, value in asdict(row).items()} for row in rows)
    return lines.getvalue()
