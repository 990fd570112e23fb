"""`fazhi publish`: the releases to a folder or an S3 store.

In: a target. Out: what was sent, and the newest version there.

>>> fazhi publish s3://bucket/fazhi
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError
from flows.settings import PUBLISH_VARIABLE

if TYPE_CHECKING:
    from flows.publish import Published


@click.command()
@click.argument("target", required=False, envvar=PUBLISH_VARIABLE)
@click.option("--check", is_flag=True, help="Compare every file that is there, also of versions published before.")
@data_option
def publish(target: str | None, check: bool, data: Path) -> None:
    """Publish the releases to a folder or an S3 store.

    TARGET is a folder or s3://bucket/prefix; else FAZHI_PUBLISH. Sends what is not there yet and changes no version
    that is; latest, index.json and feed.xml come last. The store's keys come from the environment: AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where the store is not Amazon's.

    \b
    Examples:
      fazhi publish /srv/www/fazhi
      AWS_ENDPOINT_URL=https://store.example fazhi publish s3://bucket/fazhi
    """
    if not target:
        raise FazhiError(f"say where to: a folder, or s3://bucket/prefix; or set {PUBLISH_VARIABLE}", ExitCode.USAGE)
    from flows.progress import stage
    from flows.publish import publish as publish_all

    with stage("publish") as advance:
        tell_published(publish_all(data, target, check, advance))


def tell_published(done: "Published") -> None:
    """Say what was published."""
    versions = ", ".join(done.versions) or "nothing new"
    click.echo(f"published {versions}: sent {done.n_files} files, {done.n_bytes:,} bytes")
    click.echo(f"latest in {done.target} is {done.latest}")
