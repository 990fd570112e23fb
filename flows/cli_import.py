"""`fazhi import`: files, folders and WARCs into the store.

In: paths. Out: new segments, a summary, exit code 3 where something was refused.

>>> fazhi import ~/reports
"""

from pathlib import Path

import click

from flows.cli_options import data_option
from flows.errors import ExitCode

MOST_NAMED = 20


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@data_option
def command(paths: tuple[Path, ...], data: Path) -> int:
    """Take files, folders or WARCs into the store of snapshots.

    Reads .txt (UTF-8, GB18030, UTF-16), .html, .pdf, .docx, and .warc or .warc.gz from elsewhere, of which it takes the
    reports. A folder's index.csv (file,url,retrieved_at) says where its files are from. Importing twice adds nothing.

    \b
    Examples:
      fazhi import report.txt
      fazhi import ~/reports CC-MAIN-20240301000000-00000.warc.gz
    """
    from flows.importer import import_paths
    from flows.progress import stage

    with stage("import") as advance:
        result = import_paths(data, paths, advance=advance)
    n_segments = len(result.segments)
    click.echo(f"imported {result.n_new} new documents into {n_segments} segments; {result.n_held} were there")
    for refusal in result.refused[:MOST_NAMED]:
        click.echo(f"  {refusal.outcome}: {refusal.error}", err=True)
    if len(result.refused) > MOST_NAMED:
        click.echo(f"  and {len(result.refused) - MOST_NAMED} more; all are in the table harvest_log", err=True)
    return ExitCode.SOME_FAILED if result.refused else ExitCode.OK
