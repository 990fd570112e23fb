"""`fazhi status`: how the last run ended, when one last ended well, and which release is the latest.

In: `data/releases/status.json`. Out: three lines, and exit code 7 where no run has ended well for too long.

>>> fazhi status --max-age 36h
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from flows.cli_options import data_option
from flows.errors import ExitCode, FazhiError

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
AGES = ((1440, "day"), (60, "hour"), (1, "minute"))


class Age(click.ParamType[timedelta]):
    """A length of time in minutes, hours or days, such as 90m, 36h, 2d."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the length of time, or fail with what is understood."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,6})\s*([mhd])", str(value).strip())
        if match is None:
            self.fail(f"{value!r} is no length of time; give minutes, hours or days, such as 90m, 36h, 2d", param, ctx)
        return timedelta(**{UNITS[match[2]]: int(match[1])})


@click.command()
@click.option("--max-age", type=Age(), help="Exit with code 7 if no run has ended well for longer, such as 36h or 2d.")
@data_option
def status(max_age: timedelta | None, data: Path) -> None:
    """Show how the last run ended, and whether runs still happen.

    A run ends well that makes a release, or finds nothing new.
    """
    from flows.release_store import read_status

    root = data / "releases"
    told, now = read_status(root), datetime.now(UTC)
    attempted, succeeded = (_moment(told.get(name)) for name in ("attempted_at", "succeeded_at"))
    latest = root / "latest"
    how = ", ".join(str(told[name]) for name in ("outcome", "why") if told.get(name))
    click.echo(f"last run:       {_ago(attempted, now)}{how and f': {how}'}")
    click.echo(f"last well:      {_ago(succeeded, now)}")
    click.echo(f"latest release: {latest.resolve() if latest.exists() else 'none'}")
    if max_age is not None and (succeeded is None or now - succeeded > max_age):
        since = f"since {succeeded.isoformat()}" if succeeded else "yet"
        raise FazhiError(f"{data}: no run has ended well {since}; look at the schedule and at its log, or run "
                         "`fazhi run`", ExitCode.STALE)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ago(moment: datetime | None, now: datetime) -> str:
    """Return a moment with its age in the largest unit that fits."""
    if moment is None:
        return "never"
    minutes = max(0, int((now - moment).total_seconds() // 60))
    count, unit = next((minutes // size, unit) for size, unit in AGES if minutes >= 2 * size or size == 1)
    return f"{moment.isoformat(timespec='seconds')} ({count} {unit}{'' if count == 1 else 's'} ago)"
