"""Write `README.md`, the data set's card, from `seeds/release/card.md` and the schema.

In: the facts of a release. Out: one Markdown file with the files, the data dictionary, types for pandas, what was
checked and how to cite. No text from a report enters it.

>>> write_card(folder / "README.md", facts)
"""

from pathlib import Path
from string import Template
from typing import Any

import polars as pl

from flows.writers.facts import PUBLISHER, TITLE, TITLE_ZH, ReleaseFacts, TableFacts
from transforms.columns import Column, Table

TEMPLATES = Path(__file__).resolve().parents[2] / "seeds" / "release"
PANDAS_TYPES: dict[Any, str] = {
    pl.String: "string", pl.Boolean: "boolean", pl.Float64: "float64", pl.Int8: "Int8", pl.Int16: "Int16",
    pl.Int32: "Int32", pl.Int64: "Int64",
}
NOT_MEASURED = "No accuracy was measured for this version."
NOT_VALIDATED = "No expectations were run on this version."


def write_card(path: Path, facts: ReleaseFacts) -> None:
    """Write the card to `path`."""
    template = Template((TEMPLATES / "card.md").read_text(encoding="utf-8"))
    path.write_text(template.substitute(
        title=TITLE, title_zh=TITLE_ZH, publisher=PUBLISHER, version=facts.version,
        released=facts.released.isoformat(), year=facts.released.year,
        schema_version=facts.processing.get("schema_version", ""),
        first_year=facts.first_year, last_year=facts.last_year,
        n_reports=f"{facts.tables['reports'].n_rows:,}", n_observations=f"{facts.tables['observations'].n_rows:,}",
        files=_list_files(facts), validation=_say_validation(facts.validation), accuracy=_say_accuracy(facts.accuracy),
        notes="\n".join(f"- {plain_cell(note)}" for note in facts.notes),
        dictionary="\n\n".join(_dictionary(entry) for entry in facts.tables.values()),
        dtypes="\n".join(_dtypes(entry.table) for entry in facts.tables.values()),
    ), encoding="utf-8")


def plain_cell(text: str) -> str:
    """Return text that Markdown and HTML take for nothing but text, in one line."""
    one_line = " ".join(text.split())
    for mark, harmless in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\\", "\\\\")):
        one_line = one_line.replace(mark, harmless)
    for mark in "|`*_[]()#":
        one_line = one_line.replace(mark, f"\\{mark}")
    return one_line


def _list_files(facts: ReleaseFacts) -> str:
    lines = ["| table | rows | files | one row per |", "|---|---:|---|---|"]
    for entry in facts.tables.values():
        links = ", ".join(f"[{file.path}]({file.path}) {_size(file.n_bytes)}" for file in entry.files)
        lines.append(f"| `{entry.table.name}` | {entry.n_rows:,} | {links} | {entry.table.description}; "
                     f"{entry.table.description_zh} |")
    return "\n".join(lines)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 100_000 else f"{n_bytes / 1e3:.1f} kB"


def _say_validation(validation: dict[str, Any]) -> str:
    """Return the summary as a list; a value of several parts is told part by part."""
    if not validation:
        return NOT_VALIDATED
    return "\n".join(
        f"- {plain_cell(name.replace('_', ' '))}: {_say_part(value)}" for name, value in validation.items()
    )


def _say_part(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{plain_cell(str(name))} {plain_cell(str(part))}" for name, part in value.items()) or "none"
    if isinstance(value, list):
        return "".join(f"\n  - {plain_cell(str(part))}" for part in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain_cell(str(value))


def _say_accuracy(accuracy: dict[str, Any]) -> str:
    if not accuracy:
        return NOT_MEASURED
    lines = ["| measure | value |", "|---|---:|"]
    return "\n".join(lines + [f"| {plain_cell(name)} | {value} |" for name, value in accuracy.items()])


def _dictionary(entry: TableFacts) -> str:
    table = entry.table
    lines = [
        f"### `{table.name}`", "", f"{table.description}. {table.description_zh}。",
        f"Key: {', '.join(f'`{column}`' for column in table.key)}.", "",
        "| column | type | may be missing | meaning | 含义 | unit, allowed values |", "|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_dictionary_line(column, table) for column in table.columns])


def _dictionary_line(column: Column, table: Table) -> str:
    missing = "yes" if column.nullable else "no"
    target = table.foreign_keys.get(column.name)
    more = [column.unit or "", ", ".join(column.allowed or ()), column.pattern or "", _bounds(column),
            f"key of {target}" if target else ""]
    return (f"| `{column.name}` | {_type_name(column)} | {missing} | {plain_cell(column.description)} | "
            f"{plain_cell(column.description_zh)} | {plain_cell('; '.join(part for part in more if part))} |")


def _bounds(column: Column) -> str:
    low = f"at least {column.minimum:g}" if column.minimum is not None else ""
    high = f"at most {column.maximum:g}" if column.maximum is not None else ""
    return ", ".join(bound for bound in (low, high) if bound)


def _type_name(column: Column) -> str:
    return {"String": "text", "Boolean": "true/false", "Date": "date", "Float64": "number"}.get(
        str(column.dtype), "moment (UTC)" if isinstance(column.dtype, pl.Datetime) else "whole number")


def _dtypes(table: Table) -> str:
    pairs = ", ".join(f'"{column.name}": "{PANDAS_TYPES[column.dtype]}"' for column in table.columns
                      if column.dtype in PANDAS_TYPES)
    days = [column.name for column in table.columns if column.dtype not in PANDAS_TYPES]
    note = f"  # parse_dates={days}" if days else ""
    return f'    "{table.name}": {{{pairs}}},{note}'.replace("'", '"')
