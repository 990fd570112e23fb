"""`fazhi build`, and how the outcome of building is told.

In: the store. Out: tables, a summary, exit code 3 where something could not be read.

>>> fazhi build --data /srv/fazhi
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli_options import data_option
from flows.errors import ExitCode

if TYPE_CHECKING:
    from flows.build import SegmentResult

MOST_NAMED = 20


@click.command()
@data_option
def build(data: Path) -> int:
    """Turn snapshots into tables; only what is new.

    A segment is built again when fazhi or its seed tables have changed since.
    """
    from flows.build import build as build_all
    from flows.progress import stage
    from flows.warc_store import recover_segments, segments

    recover_segments(data)
    with stage("build", len(segments(data))) as advance:
        results = build_all(data, advance)
    return tell_built(results)


def tell_built(results: Sequence["SegmentResult"], further: Sequence[str] = ()) -> int:
    """Say what was built and what could not be read, with `further` faults; return the exit code."""
    built = [result for result in results if result.built]
    reports = sum(result.n_reports for result in results)
    click.echo(f"built {len(built)} of {len(results)} segments; {reports} reports in all")
    faults = list(further)
    faults += [f"{refused.url}: {refused.outcome}: {refused.error}" for one in results for refused in one.refused]
    faults += [result.damage for result in results if result.damage]
    for fault in faults[:MOST_NAMED]:
        click.echo(f"  {fault}", err=True)
    if len(faults) > MOST_NAMED:
        click.echo(f"  and {len(faults) - MOST_NAMED} more; all are in the table harvest_log", err=True)
    return ExitCode.SOME_FAILED if faults else ExitCode.OK
