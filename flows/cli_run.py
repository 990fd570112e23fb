"""`fazhi run`: all steps in one go, as a Prefect flow.

In: reports, the store. Out: a release, a summary, and an exit code.

>>> fazhi run --data /srv/fazhi
"""

from pathlib import Path

import click

from flows.cli_build import tell_built
from flows.cli_options import data_option
from flows.cli_publish import tell_published
from flows.errors import FazhiError


@click.command()
@click.option("--harvest", is_flag=True, help="Also fetch what is due from the sources.")
@data_option
def run(harvest: bool, data: Path) -> int:
    """Import or harvest, build, validate and release, in one go.

    Takes in the reports under seeds/reports. What is done already is not done again. Publishes to where FAZHI_PUBLISH
    says, as `fazhi publish` does.
    """
    from flows.prefect_setup import prefect_api
    from flows.run_settings import check_run_settings

    check_run_settings()
    with prefect_api(data, meanwhile=("flows.pipeline", "great_expectations")):
        from prefect.exceptions import CancelledRun

        from flows.pipeline import fazhi_run

        try:
            result = fazhi_run(data, harvest=harvest)
        except CancelledRun as error:
            raise FazhiError(str(error)) from None
    click.echo(f"imported {result.imported.n_new} new documents; {result.imported.n_held} were there")
    tell_built(result.built, [*(one.error for one in result.imported.refused), *result.failed])
    click.echo(f"{result.release.reason}: {result.release.path}")
    if result.published:
        tell_published(result.published)
    return result.exit_code
