"""What a harvest asks for: curated sources, their listing columns, and what earlier harvests found.

In: `seeds/sources.csv`, `seeds/listings.csv`, `data/discovered.csv`. Out: `Target`s, and the hosts that may be asked.

>>> read_plan(SOURCES, LISTINGS, Path("data")).targets[0].kind
'listing'
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import ExitCode, FazhiError
from flows.harvest_found import Found, read_found
from flows.urls import canonical_url

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SOURCES, LISTINGS = SEEDS / "sources.csv", SEEDS / "listings.csv"
_LISTING_COLUMN = "column_url_derived_not_fetched"


@dataclass(frozen=True, slots=True)
class Target:
    """An address to ask for. `depth` counts columns behind the first listing, `page` the pages of one listing.

    One that is asked for `whole` gives its content again although the store holds it.
    """

    url: str
    kind: str
    source_id: str = ""
    via: str = ""
    depth: int = 0
    page: int = 1
    whole: bool = False

    @property
    def host(self) -> str:
        """The host that is asked."""
        return host_of(self.url)

    @property
    def key(self) -> str:
        """What two equal targets have in common; a catalogue's columns differ by fragment only."""
        return key_of(self.url)


@dataclass(frozen=True)
class Plan:
    """Targets by themselves, keys of the curated ones, attachments known of each page by its key, hosts allowed."""

    targets: tuple[Target, ...]
    curated: frozenset[str]
    attachments: Mapping[str, tuple[str, ...]]
    hosts: frozenset[str]


def read_plan(sources: Path, listings: Path | None, data_dir: Path) -> Plan:
    """Return what there is to ask for, listings first, each address once."""
    curated = [
        Target(row["url"].strip(), row.get("kind") or "report", row.get("source_id") or "")
        for row in _rows(sources, "url", SOURCES)
    ]
    columns = _rows(listings, _LISTING_COLUMN, LISTINGS) if listings else []
    curated += [Target(row[_LISTING_COLUMN].strip(), "listing", row.get("example_source_id") or "") for row in columns]
    found = read_found(data_dir)
    targets = [*curated, *(_target(row) for row in found if row.verdict == "candidate" and row.kind != "attachment")]
    by_key: dict[str, Target] = {}
    for target in sorted(targets, key=lambda one: one.kind != "listing"):
        by_key.setdefault(target.key, target)
    keys, hosts = frozenset(target.key for target in curated), frozenset(target.host for target in curated)
    return Plan(tuple(by_key.values()), keys, _attachments(found), hosts)


def host_of(url: str) -> str:
    """Return the host name of an address, in lower case and without a final dot; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def key_of(url: str) -> str:
    """Return what an address is known by within a harvest.

    >>> key_of("http://www.example.gov.cn/gkmlpt/index#721")
    'https://example.gov.cn/gkmlpt/index#721'
    """
    canonical, fragment = canonical_url(url), url.partition("#")[2]
    return f"{canonical}#{fragment}" if fragment.isdecimal() else canonical


def _target(row: Found) -> Target:
    return Target(row.url, row.kind, row.source_id, row.via, row.depth, row.page)


def _attachments(found: Iterable[Found]) -> dict[str, tuple[str, ...]]:
    by_page: dict[str, tuple[str, ...]] = {}
    for row in found:
        if row.kind == "attachment" and row.verdict == "candidate":
            page = key_of(row.via)
            by_page[page] = (*by_page.get(page, ()), row.url)
    return by_page


def _rows(path: Path, needed: str, like: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if needed not in (reader.fieldnames or ()):
                raise FazhiError(f"{path}: has no column {needed!r}; lay it out like seeds/{like.name}", ExitCode.USAGE)
            return [row for row in reader if (row[needed] or "").strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FazhiError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8", ExitCode.USAGE) from None
