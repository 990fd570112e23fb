"""`fazhi withdraw`: take a report out of all releases to come, and of those that were published.

In: the id of a report and the reason. Out: a row in `data/withdrawn.csv`, which the next release publishes; with
`--everywhere`, versions without the report in place of those that hold it.

>>> fazhi withdraw r_0123456789abcdef --why "names a private person" --everywhere
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from flows.cli_options import data_option


@click.command()
@click.argument("report")
@click.option("--why", required=True, help="The reason; it is published.")
@click.option("--everywhere", is_flag=True, help="Also replace the versions that hold it by such without it.")
@data_option
def withdraw(report: str, why: str, everywhere: bool, data: Path) -> None:
    """Take a report out of all releases to come.

    REPORT is its report_id. Versions that are published stay as they are; with --everywhere, each that holds the report
    is superseded by one without it, and index and feed lead there. `fazhi publish` publishes these.
    """
    from flows.withdrawals import read_withdrawn
    from flows.withdrawals import withdraw as add

    if not everywhere or report not in read_withdrawn(data)["report_id"]:
        add(data, report, why, datetime.now(UTC).date())
        click.echo(f"{report} is withdrawn from the next release on; `fazhi release` makes it")
    if everywhere:
        from flows.progress import stage
        from flows.validate import describe_quality
        from flows.withdraw_everywhere import withdraw_everywhere

        with stage("rebuild") as advance:
            rebuilt = withdraw_everywhere(data, report, describe_quality, advance)
        for old, new in rebuilt:
            click.echo(f"{old} is superseded by {new}")
        if not rebuilt:
            click.echo(f"no version that is offered holds {report}")
