"""`fazhi release`: make a release of the tables that are built.

In: tables. Out: `data/releases/<version>/`, or a line that says why there is no new one.

>>> fazhi release --accept rows_panel --why "the panel takes totals from tables now"
"""

from pathlib import Path

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError


@click.command()
@click.option("--accept", "accepted", multiple=True, metavar="GUARD",
              help="A guard that held the last attempt back, and that you have looked into; may be repeated.")
@click.option("--why", default="", help="Why it is right to let it pass; published with the release.")
@data_option
def release(accepted: tuple[str, ...], why: str, data: Path) -> None:
    """Make a release, unless there is nothing new.

    All expectations are checked first; where a critical one fails, or a guard against the last release holds, that
    release stays as it is.
    """
    if bool(accepted) != bool(why.strip()):
        raise FazhiError("--accept and --why go together: name the guard, and the reason that is published",
                         ExitCode.USAGE)
    from flows.progress import stage
    from flows.release import ReleaseInputs, make_release
    from flows.release_guards import known_guards
    from flows.validate import read_codebook, release_validator

    guards = known_guards()
    for name in accepted:
        if name.partition(":")[0] not in guards:
            raise FazhiError(f"--accept {name}: is no guard; the guards are {', '.join(guards)}", ExitCode.USAGE)
    inputs = ReleaseInputs(read_codebook(), release_validator(data), accept=dict.fromkeys(accepted, why))
    with stage("validate and release"):
        result = make_release(data, inputs)
    click.echo(f"{result.reason}: {result.path}")
