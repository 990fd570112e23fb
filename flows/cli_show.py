"""`fazhi show`: a report's observations in the terminal, each with the words around it.

In: an id, or words of a title or address. Out: text for a person.

>>> fazhi show 两路
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError

if TYPE_CHECKING:
    import polars as pl

WORDS_AROUND = 24
MOST_LISTED = 20


@click.command()
@click.argument("report")
@click.option("--indicator", help="Only observations with this code.")
@data_option
def show(report: str, indicator: str | None, data: Path) -> None:
    """Show a report's observations, each with its words.

    REPORT is an id, or words of the title or the address.
    """
    found = _find(data, report)
    text = _rows(data, "texts", found)["text"].item()
    observations = _rows(data, "observations", found).sort("char_start", "observation_id")
    lines = [click.style(found["title"], bold=True)]
    lines.append(f"{found['body'] or '?'}, {found['report_year']}, {found['source_url']}, {found['report_id']}")
    shown = [row for row in observations.iter_rows(named=True) if indicator in (None, row["indicator"])]
    for row in shown:
        lines += ["", _in_words(text, row), f"    {_in_values(row)}"]
    lines += ["", f"{len(shown)} of {observations.height} observations"]
    click.echo_via_pager("\n".join(lines)) if _is_long(lines) else click.echo("\n".join(lines))


def _find(data: Path, report: str) -> dict[str, Any]:
    """Return the newest snapshot of the one report that is meant."""
    import polars as pl

    files = sorted((data / "tables" / "reports").glob("*.parquet"))
    if not files:
        raise FazhiError(f"{data}: no report is built yet; run `fazhi run`, or name the folder with --data")
    reports = pl.read_parquet(files, include_file_paths="file").sort("retrieved_at")
    newest = reports.unique("report_id", keep="last", maintain_order=True).sort("report_year", "title", "report_id")
    named = newest.filter(
        pl.col("report_id").str.starts_with(report)
        | pl.any_horizontal(pl.col("title", "source_url").str.contains(report, literal=True))
    )
    if named.height == 0:
        raise FazhiError(f"{report}: no id, title or address of {newest.height} reports", ExitCode.USAGE)
    if named.height > 1:
        listed = "\n".join(f"  {row['report_id']}  {row['title']}" for row in named.head(MOST_LISTED).to_dicts())
        click.echo(listed, err=True)
        raise FazhiError(f"{report}: {named.height} reports fit; give an id", ExitCode.USAGE)
    return named.row(0, named=True)


def _rows(data: Path, table: str, report: dict[str, Any]) -> "pl.DataFrame":
    import polars as pl

    file = data / "tables" / table / Path(report["file"]).name
    return pl.scan_parquet(file).filter(pl.col("report_id") == report["report_id"]).collect()


def _in_words(text: str, row: dict[str, Any]) -> str:
    """Return the quote with the words around it in its line."""
    start, end = row["char_start"], row["char_end"]
    before = text[max(0, start - WORDS_AROUND):start].rpartition("\n")[2]
    after = text[end:end + WORDS_AROUND].partition("\n")[0]
    return f"{before}{click.style(text[start:end], bold=True, underline=True)}{after}"


def _in_values(row: dict[str, Any]) -> str:
    """Return what was made of the quote."""
    value = _number(row["value"]) if row["value"] is not None else _bounds(row)
    exact = row["qualifier"] in ("exact", "range")
    parts = [
        f"{row['label'] or '?'}: {value} {row['unit_code'] or row['unit'] or ''}".rstrip(),
        "" if exact else f"{row['qualifier']} ({_bounds(row)})",
        "" if row["measure"] == "level" else row["measure"],
        "" if row["status"] == "reported" else row["status"],
        row["indicator"] or "",
    ]
    return "; ".join(part for part in parts if part)


def _bounds(row: dict[str, Any]) -> str:
    low, high = (_number(row[name]) if row[name] is not None else "open" for name in ("value_low", "value_high"))
    return f"{low} to {high}"


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _is_long(lines: list[str]) -> bool:
    """Tell whether a person would want to page through it."""
    import shutil
    import sys

    return sys.stdout.isatty() and len(lines) > shutil.get_terminal_size().lines
