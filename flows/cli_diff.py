"""`fazhi diff`: what differs between two releases, and why.

In: two versions, or the folders of two releases. Out: counts for a person, or every value as CSV.

>>> fazhi diff v2026.03.02 latest
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError

if TYPE_CHECKING:
    import polars as pl


@click.command()
@click.argument("old")
@click.argument("new", default="latest")
@click.option("--csv", "as_csv", is_flag=True, help="Every value, old and new, as CSV.")
@data_option
def diff(old: str, new: str, as_csv: bool, data: Path) -> None:
    """Say what differs between two releases, and why.

    OLD and NEW are versions (v2026.03.02), `latest`, or folders.
    """
    folders = [_folder(data, name) for name in (old, new)]
    from flows.diff import diff_releases

    changes = diff_releases(*folders)
    click.echo(changes.write_csv() if as_csv else _in_words(changes), nl=not as_csv)


def _folder(data: Path, name: str) -> Path:
    for folder in (data / "releases" / name, Path(name)):
        if (folder / "datapackage.json").exists():
            return folder
    there = ", ".join(sorted(path.parent.name for path in (data / "releases").glob("v*/datapackage.json"))) or "none"
    raise FazhiError(f"{name}: no such release in {data / 'releases'}; there is {there}", ExitCode.USAGE)


def _in_words(changes: "pl.DataFrame") -> str:
    from transforms.changes import summarise, summarise_indicators

    lines = [f"{table:<13} {change:<8} {cause:<11} {rows:>9,}"
             for table, change, cause, rows in summarise(changes).iter_rows()]
    if not lines:
        return "no difference"
    codes = [f"  {code:<45} +{added:,} ~{changed:,} -{gone:,}"
             for code, added, changed, gone in summarise_indicators(changes).iter_rows()]
    return "\n".join([*lines, *(["observations by indicator (added, changed, gone):", *codes] if codes else [])])
