"""`fazhi codebook`: the codes, and what still has none.

In: words to search for, or the tables built so far. Out: lines for the person who keeps the codebook.

>>> fazhi codebook 调解
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli_options import data_option
from flows.errors import FazhiError

if TYPE_CHECKING:
    import polars as pl

SEARCHED = ("indicator", "name_zh", "name_en", "definition", "theme")


@click.command()
@click.argument("words", nargs=-1)
@click.option("--uncoded", type=click.IntRange(min=1), help="Show so many of the most frequent labels without a code.")
@data_option
def codebook(words: tuple[str, ...], uncoded: int | None, data: Path) -> None:
    """List the codes, those that have all WORDS, or the labels that still have no code."""
    if uncoded is not None:
        for label, unit, count, reports in labels_without_code(data).head(uncoded).iter_rows():
            click.echo(f"{count:6} in {reports:5} reports  {label}  ({unit or 'no unit'})")
        return
    from flows.seeds import read_seed

    found = having(read_seed("indicators"), words)
    if found.is_empty():
        raise FazhiError(f"{' '.join(words)}: no code has these words; try fewer, or `fazhi codebook` for all")
    for row in found.iter_rows(named=True):
        parent = f" < {row['parent']}" if row["parent"] else ""
        click.echo(f"{row['indicator']}{parent}  {row['name_zh']}  ({row['unit_codes']}, {row['theme']})")


def having(codes: "pl.DataFrame", words: tuple[str, ...]) -> "pl.DataFrame":
    """Return the codes in which every word stands somewhere, whatever its case."""
    import polars as pl

    told = pl.concat_str(pl.col(SEARCHED), separator=" ", ignore_nulls=True).str.to_lowercase()
    return codes.filter(*(told.str.contains(word.lower(), literal=True) for word in words))


def labels_without_code(data: Path) -> "pl.DataFrame":
    """Return label, unit, number of observations and of reports, the most frequent first."""
    import polars as pl

    files = sorted((data / "tables" / "observations").glob("*.parquet"))
    if not files:
        raise FazhiError(f"{data}: no report is built yet; run `fazhi run`, or name the folder with --data")
    return (
        pl.scan_parquet(files)
        .filter(pl.col("indicator").is_null() & pl.col("measure").is_in(["level", "share"]))
        .group_by("label", "unit_code")
        .agg(count=pl.len(), reports=pl.col("report_id").n_unique())
        .sort(["reports", "count", "label", "unit_code"], descending=[True, True, False, False])
        .collect()
    )
