"""Write `CHANGELOG.md`: what each release added, changed and took out, newest first.

In: the facts of a release and the changelog of the last one. Out: one Markdown file.

>>> write_changelog(folder / "CHANGELOG.md", facts, earlier="")
"""

from pathlib import Path

import polars as pl

from flows.writers.card import plain_cell
from flows.writers.facts import ReleaseFacts
from transforms.changes import summarise, summarise_indicators

HEAD = """# Changelog of the data

What each version added, changed and took out against the one before it, counted in rows, with the cause: the page
changed (`source`), a better program reads it (`extractor`), the codebook changed (`codebook`), a mistake was mended by
hand (`correction`), a report was taken out (`withdrawal`). Table `changes` has every value, old and new.
"""


def write_changelog(path: Path, facts: ReleaseFacts, earlier: str) -> None:
    """Write this release's section above the sections of the releases before it."""
    _, mark, sections = earlier.partition("\n## ")
    path.write_text(f"{HEAD}\n{_section(facts)}{mark}{sections}", encoding="utf-8")


def _section(facts: ReleaseFacts) -> str:
    counts = ", ".join(f"{entry.n_rows:,} {name}" for name, entry in facts.tables.items() if name != "changes")
    if facts.previous is None:
        told = "The first version."
    elif facts.changes.is_empty():
        told = "No value differs; the way they are written does."
    else:
        told = f"Against {facts.previous}:\n\n{_by_table(facts.changes)}\n\n{_by_indicator(facts.changes)}".rstrip()
    notes = "".join(f"\n- {plain_cell(note)}" for note in facts.notes)
    return f"## {facts.version}\n\n{told}\n\nRows: {counts}.\n{notes}{chr(10) if notes else ''}"


def _by_table(changes: pl.DataFrame) -> str:
    rows = [f"| {table} | {change} | {cause} | {n:,} |" for table, change, cause, n in summarise(changes).iter_rows()]
    return "\n".join(["| table | change | cause | rows |", "|---|---|---|---:|", *rows])


def _by_indicator(changes: pl.DataFrame) -> str:
    counts = summarise_indicators(changes)
    if counts.is_empty():
        return ""
    rows = [f"| {code} | {added:,} | {changed:,} | {gone:,} |" for code, added, changed, gone in counts.iter_rows()]
    return "\n".join(["| indicator | added | changed | gone |", "|---|---:|---:|---:|", *rows])
