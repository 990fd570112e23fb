"""When runs happen: a cron schedule in a time zone.

In: a cron line and the name of a time zone. Out: Prefect's schedule, and the moment of the next run.

>>> next_run(timetable("30 6 * * *", "Asia/Shanghai"), datetime(2026, 11, 27, tzinfo=UTC))
datetime.datetime(2026, 11, 28, 6, 30, tzinfo=zoneinfo.ZoneInfo(key='Asia/Shanghai'))
"""

import asyncio
from datetime import UTC, datetime

from prefect.server.schemas.schedules import CronSchedule
from pydantic import ValidationError

from flows.errors import ExitCode, FazhiError


def timetable(cron: str, timezone: str) -> CronSchedule:
    """Return the schedule; raise FazhiError where there is no such time or zone."""
    try:
        return CronSchedule(cron=cron, timezone=timezone)
    except ValidationError as error:
        option = "--" + str((error.errors()[0]["loc"] or ("timezone",))[0])
        given = cron if option == "--cron" else timezone
        raise FazhiError(f"{option} {given!r}: there is no such time; give it like '30 6 * * *' and Asia/Shanghai",
                         ExitCode.USAGE) from None


def next_run(schedule: CronSchedule, now: datetime | None = None) -> datetime:
    """Return when the next run is due after `now`."""
    [moment] = asyncio.run(schedule.get_dates(1, start=now or datetime.now(UTC)))
    return moment
