"""`fazhi harvest`: ask for every source and listing, and keep what comes.

In: the list of sources, settings. Out: segments in the store, a summary, exit code 3 where some answers failed and 6
where nothing could be fetched.

>>> fazhi harvest --contact mailto:someone@example.org
"""

from dataclasses import replace
from pathlib import Path

import click

from flows.cli_options import data_option


@click.command()
@click.option("--contact", help="Whom a server's keeper may write to; else FAZHI_CONTACT.")
@click.option("--settings", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="TOML file of harvest settings: pauses, limits, retries.")
@click.option("--sources", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV of sources in place of seeds/sources.csv.")
@data_option
def harvest(contact: str | None, settings: Path | None, sources: Path | None, data: Path) -> int:
    """Fetch what is due from the sources, politely; a Prefect flow with a task for each batch of hosts.

    A page that is held is asked for only if it has changed. Stopped at any moment, it goes on where it was.
    """
    from flows.harvest_settings import HarvestSettings
    from flows.harvest_targets import LISTINGS, SOURCES, read_plan
    from flows.prefect_setup import prefect_api

    chosen = HarvestSettings.from_file(settings) if settings else HarvestSettings()
    chosen = replace(chosen, contact=contact or chosen.contact)
    listings = None if sources else LISTINGS
    # The harvest reads them again, once it is the only one; what is wrong with them is said before a server is started.
    read_plan(sources or SOURCES, listings, data)
    with prefect_api(data, meanwhile=("flows.harvest_flow",)):
        from flows.harvest_flow import harvest_flow

        result = harvest_flow(data, chosen, sources or SOURCES, listings)
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(result.outcomes.items()))
    click.echo(f"harvested: {outcomes or 'nothing was due'}")
    for failure in result.failed:
        click.echo(f"fazhi: {failure}", err=True)
    click.echo(f"{len(result.segments)} new segments, {result.n_found} new addresses")
    return result.exit_code
