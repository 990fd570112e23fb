"""`fazhi serve`: for those with one machine: run the whole pipeline on a schedule, until it is stopped.

In: a schedule. Out: a process that runs the flow at its times, one run at a time; Prefect's pages on this machine.

>>> fazhi serve --cron "30 6 * * *" --no-harvest
"""

from pathlib import Path

import click

from flows.cli_options import data_option
from flows.redaction import without_secrets


@click.command()
@click.option("--cron", default="30 6 * * *", show_default=True, help="When to run: minute, hour, day, month, weekday.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="Time zone of the schedule.")
@click.option("--harvest/--no-harvest", default=True, show_default=True, help="Fetch what is due from the sources.")
@click.option("--publish", "publish_to", metavar="TARGET",
              help="Publish there in the end, as `fazhi publish` does; else to where FAZHI_PUBLISH says, if it is set.")
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Address that Prefect's pages listen on; they ask nobody for a password.")
@click.option("--port", default=4200, show_default=True, type=click.IntRange(1, 65535),
              help="Port on this machine for Prefect's pages, where no PREFECT_API_URL names a server.")
@data_option
def serve(cron: str, timezone: str, harvest: bool, publish_to: str | None, host: str, port: int, data: Path) -> None:
    """Run the whole pipeline on a schedule, one run at a time, until stopped.

    Runs show in Prefect's pages, on this machine or on the server that PREFECT_API_URL names. FAZHI_WEBHOOK is told of
    runs that end ill. Ctrl-C or SIGTERM stops it: a run under way ends, and the next one goes on from there.
    """
    from flows.prefect_setup import prepare_prefect
    from flows.run_settings import check_run_settings

    target = check_run_settings(publish_to)
    prepare_prefect(data, is_quiet=False)
    from flows.schedule import next_run, timetable
    from flows.serve import prefect_server, serve_flow

    schedule = timetable(cron, timezone)
    with prefect_server(data, host, port) as pages:
        harvests = "harvests, " if harvest else ""
        to = f" and publishes to {without_secrets(target)}" if target else ""
        when = f"next run {next_run(schedule)}; see {pages}"
        click.echo(f"fazhi {harvests}builds, validates, releases into {data}{to}; {when}")
        serve_flow(data, cron, timezone, {"harvest": harvest, "publish_to": publish_to})
