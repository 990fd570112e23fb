"""Choose among what listings led to: by address, by host, or by verdict; then accept it or reject it.

In: `data/discovered.csv` and what was named. Out: rows accepted into the curated list of sources, which leave
`discovered.csv`, or rows marked `rejected`, which no harvest asks for again.

>>> accept(Path("data"), ["www.example.gov.cn"], None, Path("seeds/sources.csv")).added
(Found(source_id='d_0123456789abcdef', …),)
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from flows.curated import Addition, add_sources, listed_under
from flows.errors import ExitCode, FazhiError
from flows.harvest_found import Found, read_found, write_found
from flows.harvest_targets import host_of, key_of
from flows.locks import only_harvest

REJECTED = "rejected"


def accept(data_dir: Path, named: Sequence[str], verdict: str | None, sources: Path) -> Addition:
    """Move the chosen rows into the list at `sources`; what it holds already only leaves `discovered.csv`.

    A host means its candidates, or its rows with `verdict`; an address means its row, whatever was made of it.
    Raise FazhiError, before anything is changed, where something named was neither found nor is listed.
    """
    with only_harvest(data_dir):
        found = read_found(data_dir)
        chosen = _chosen(found, named, verdict or "candidate", listed_under(sources))
        addition = add_sources(sources, chosen)
        # The list is in place first: killed between the two, the next call finds the rows listed and takes them out.
        if chosen:
            write_found(data_dir, [row for row in found if row not in set(chosen)])
    return addition


def reject(data_dir: Path, named: Sequence[str], verdict: str | None, why: str) -> int:
    """Mark the chosen rows as rejected, with the reason; return how many."""
    if not why.strip():
        raise FazhiError("give a reason with --why; whoever looks at the address next will ask", ExitCode.USAGE)
    with only_harvest(data_dir):
        found = read_found(data_dir)
        chosen = set(_chosen(found, named, verdict or "candidate", {}))
        marked = [replace(row, verdict=REJECTED, reason=why) if row in chosen else row for row in found]
        if chosen:
            write_found(data_dir, marked)
    return len(chosen)


def is_source(row: Found) -> bool:
    """Tell whether a row may be a source: attachments go with their page, further pages with their listing."""
    return row.kind != "attachment" and row.page == 1


def _chosen(found: Sequence[Found], named: Sequence[str], verdict: str, listed: Collection[str]) -> list[Found]:
    """Return the rows that are meant; reports only, unless a column is named by its address."""
    sources = [row for row in found if is_source(row)]
    reports = [row for row in sources if row.kind == "report" and row.verdict == verdict]
    if not named:
        return reports
    chosen: dict[Found, None] = {}
    for name in named:
        if "://" in name:
            rows = [row for row in sources if key_of(row.url) == key_of(name)]
        else:
            rows = [row for row in reports if host_of(row.url) == name.lower()]
        if not rows and not _is_listed(name, listed):
            raise FazhiError(f"{name}: {_why_none(found, name, verdict)}; see `fazhi sources list`", ExitCode.USAGE)
        chosen |= dict.fromkeys(rows)
    return list(chosen)


def _is_listed(name: str, listed: Collection[str]) -> bool:
    """Tell whether an address, or any address of a host, is in the list already: accepting twice is no error."""
    if "://" in name:
        return key_of(name) in listed
    return host_of(key_of(f"https://{name}/")) in {host_of(key) for key in listed}


def _why_none(found: Sequence[Found], name: str, verdict: str) -> str:
    if "://" not in name:
        return f"no report with the verdict {verdict} was found on this host"
    if any(key_of(row.url) == key_of(name) for row in found):
        return "it is a part of another page or column and no source by itself"
    return "no listing led to this address"
