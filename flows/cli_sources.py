"""`fazhi sources`: look through what listings led to, and accept it into the list of sources or reject it.

In: `data/discovered.csv`, addresses, hosts or a verdict. Out: lines to look through, or a changed list.

>>> fazhi sources accept www.example.gov.cn
"""

from pathlib import Path

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError

_VERDICT = click.option("--verdict", type=click.Choice(["candidate", "false_hit", "rejected"]),
                        help="Only addresses of which this was made.")


@click.group()
def sources() -> None:
    """Look through what listings led to; accept or reject it.

    \b
    Examples:
      fazhi sources list --verdict candidate 街道
      fazhi sources accept https://www.example.gov.cn/t20250301_1.html
      fazhi sources accept www.example.gov.cn www.example.org
      fazhi sources accept --verdict candidate
      fazhi sources reject https://www.example.gov.cn/t20250302_2.html --why "a plan"
    """


@sources.command("list")
@click.argument("words", nargs=-1)
@_VERDICT
@click.option("--host", help="Only addresses on this host.")
@click.option("--kind", type=click.Choice(["report", "listing", "attachment"]), help="Only addresses of this kind.")
@data_option
def list_found(words: tuple[str, ...], verdict: str | None, host: str | None, kind: str | None, data: Path) -> None:
    """List what was found: verdict and reason, kind, date, title, address; only rows that have all WORDS."""
    from flows.harvest_found import read_found
    from flows.harvest_targets import host_of

    found = read_found(data)
    shown = 0
    for row in found:
        told = f"{row.title} {row.url} {row.reason}".lower()
        if verdict not in (None, row.verdict) or kind not in (None, row.kind):
            continue
        if (host and host_of(row.url) != host.lower()) or not all(word.lower() in told for word in words):
            continue
        made = f"{row.verdict} ({row.reason})" if row.reason else row.verdict
        click.echo("  ".join(filter(None, (made, row.kind, row.publish_date, row.title, row.url))))
        shown += 1
    click.echo(f"{shown} of {len(found)} addresses", err=True)


@sources.command()
@click.argument("named", nargs=-1, metavar="ADDRESS|HOST…")
@_VERDICT
@click.option("--sources", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV of sources in place of seeds/sources.csv.")
@data_option
def accept(named: tuple[str, ...], verdict: str | None, path: Path | None, data: Path) -> None:
    """Move reports that were found into the list of sources.

    An ADDRESS is taken whatever was made of it; of a HOST its candidates, or its addresses with --verdict. With
    --verdict alone, all that have it. What the list holds already, in any form of the address, is not added again.
    """
    from flows.found_choice import accept as move

    _something(named, verdict)
    target = path or _own_list()
    addition = move(data, named, verdict, target)
    for row, source_id in addition.listed:
        click.echo(f"  {row.url} is listed already, as {source_id}", err=True)
    click.echo(f"accepted {len(addition.added)} into {target.name}; {len(addition.listed)} were there")


@sources.command()
@click.argument("named", nargs=-1, metavar="ADDRESS|HOST…")
@_VERDICT
@click.option("--why", required=True, help="The reason; it is kept with the address.")
@data_option
def reject(named: tuple[str, ...], verdict: str | None, why: str, data: Path) -> None:
    """Mark what was found as no report; no harvest asks for it again."""
    from flows.found_choice import reject as mark

    _something(named, verdict)
    click.echo(f"rejected {mark(data, named, verdict, why)}")


def _something(named: tuple[str, ...], verdict: str | None) -> None:
    if not named and verdict is None:
        raise click.UsageError("name addresses or hosts, or give --verdict for all that have it")


def _own_list() -> Path:
    """Return the list of a checkout; that of an installed package is not the user's to change."""
    from flows.harvest_targets import SOURCES
    from flows.settings import ROOT

    if not (ROOT / "pyproject.toml").exists():
        raise FazhiError("give --sources FILE: a list of your own, laid out like seeds/sources.csv", ExitCode.USAGE)
    return SOURCES
