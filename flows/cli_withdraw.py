"""`fazhi withdraw`: take a report out of all releases to come.

In: the id of a report and the reason. Out: a row in `data/withdrawn.csv`, which the next release publishes.

>>> fazhi withdraw r_0123456789abcdef --why "names a private person"
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from flows.cli_options import data_option


@click.command()
@click.argument("report")
@click.option("--why", required=True, help="The reason; it is published.")
@data_option
def withdraw(report: str, why: str, data: Path) -> None:
    """Take a report out of all releases to come.

    REPORT is its report_id. Releases that are published stay as they are.
    """
    from flows.withdrawals import withdraw as add

    add(data, report, why, datetime.now(UTC).date())
    click.echo(f"{report} is withdrawn from the next release on; `fazhi release` makes it")
