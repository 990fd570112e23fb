"""`fazhi validate`: check the tables against all expectations; publish nothing.

In: the tables of all segments. Out: a line for each failure, the folders `quarantine/` and `quality/`; exit code 4
where a release would be stopped, 3 where rows were set aside.

>>> fazhi validate --data /srv/fazhi
"""

from pathlib import Path

import click

from flows.cli_options import data_option
from flows.errors import ExitCode


@click.command()
@data_option
def command(data: Path) -> int:
    """Check the tables against all expectations; publish nothing.

    Rows that fail go to quarantine/ with the reason; quality/index.html tells of every expectation.
    """
    from flows.progress import stage
    from flows.validate import tell, validate_segments

    with stage("validate"):
        validated = validate_segments(data)
    validation = validated.validation
    for result in validation.results:
        if not result.success:
            click.echo(f"  {result.severity}: {tell(result)}", err=result.severity == "critical")
    aside = sum(validated.rows_aside.values())
    failed = ", ".join(f"{count} {severity}" for severity, count in validation.summary()["failed"].items())
    click.echo(f"{len(validation.results)} expectations; failed: {failed}; {aside} rows set aside; "
               f"see {data / 'quality' / 'index.html'}")
    if not validation.passed:
        return ExitCode.CRITICAL
    return ExitCode.SOME_FAILED if aside else ExitCode.OK
