"""Keep releases so that a reader never sees half of one: built aside, renamed whole, `latest` moved last.

In: the folder `data/releases`. Out: `ReleaseStore`, which names versions, takes in finished folders and says in
`status.json` how the last attempt ended. A run that is killed leaves a folder `.building-*`, which the next removes;
one killed between the rename and the move of `latest` is finished by the next.

>>> with ReleaseStore(data_dir / "releases") as store: store.latest()
"""

import contextlib
import json
import os
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flows.errors import FazhiError, in_one_line
from flows.locks import held
from flows.whole_files import replacing, sync
from flows.writers.checksums import NAME as CHECKSUMS
from flows.writers.checksums import broken_files

ENDED_WELL = ("released", "unchanged")
VERSION = re.compile(r"v(\d{4})\.(\d{2})\.(\d{2})(?:\.(\d+))?")


class ReleaseStore:
    """The folder of releases, held by one process at a time.

    `root/latest` is a relative link to the newest whole version, `root/status.json` the last attempt.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Self:
        busy = FazhiError(f"{self.root}: another release is being made; wait for its end")
        with contextlib.ExitStack() as opened:
            opened.enter_context(held(self.root / ".lock", busy))
            self._tidy()
            self._opened = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._opened.close()

    def versions(self) -> list[str]:
        """Return the versions that are there, oldest first."""
        names = [path.name for path in self.root.iterdir() if path.is_dir() and not path.is_symlink()]
        return sorted((name for name in names if VERSION.fullmatch(name)), key=version_order)

    def latest(self) -> Path | None:
        """Return the folder of the newest release, or None before the first."""
        link = self.root / "latest"
        return link.resolve() if link.exists() else None

    def next_version(self, newest_snapshot: date) -> str:
        """Return the version for content of that day: after every version that is there."""
        there = self.versions()
        return self.free_version(max([newest_snapshot, *(version_day(version) for version in there)]))

    def free_version(self, day: date) -> str:
        """Return the next version of a day, after all that are there."""
        name, again = f"v{day:%Y.%m.%d}", [version for version in self.versions() if version_day(version) == day]
        return f"{name}.{version_order(again[-1])[-1] + 1}" if again else name

    def building_folder(self) -> Path:
        """Return a new, empty folder to build in."""
        folder = self.root / f".building-{os.getpid()}"
        folder.mkdir()
        return folder

    def take(self, building: Path, version: str) -> Path:
        """Make a finished folder the release `version`; `latest` is the newest. All of it is on disk before."""
        for path in sorted(building.rglob("*")):
            sync(path)
        sync(building)
        folder = self.root / version
        building.rename(folder)
        sync(self.root)
        self._point_latest_at(self.versions()[-1])
        return folder

    def try_status(self, outcome: str, why: str, version: str | None = None) -> None:
        """Tell of this attempt, beside `latest`: the one file here that carries a clock.

        A folder that cannot be written already is the error that the caller reports.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        succeeded_at = now if outcome in ENDED_WELL else read_status(self.root).get("succeeded_at")
        status = {"attempted_at": now, "outcome": outcome, "version": version, "why": why,
                  "succeeded_at": succeeded_at}
        with contextlib.suppress(OSError), replacing(self.root / "status.json") as part:
            part.write_text(json.dumps(status, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _tidy(self) -> None:
        """Remove what an interrupted run left, and finish one that was interrupted before `latest` moved."""
        with in_one_line(f"what an interrupted run left in {self.root} cannot be removed; remove .building-* by hand"):
            for left in self.root.glob(".building-*"):
                shutil.rmtree(left)
            for left in self.root.glob(".*.part"):
                left.unlink()
            there, latest = self.versions(), self.latest()
            newest = self.root / there[-1] if there else None
            if newest and newest != latest and (newest / CHECKSUMS).exists() and not broken_files(newest):
                self._point_latest_at(newest.name)

    def _point_latest_at(self, version: str) -> None:
        with replacing(self.root / "latest") as part:
            part.symlink_to(version)


def read_status(root: Path) -> dict[str, Any]:
    """Return what `status.json` tells of the last attempt; nothing before the first, or where it is torn.

    `succeeded_at` is when an attempt last ended well: a pipeline that fails every day is seen by it.
    """
    try:
        status = json.loads((root / "status.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def version_order(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by; v2026.03.02 stands before v2026.03.02.1."""
    match = VERSION.fullmatch(version)
    if match is None:
        raise FazhiError(f"{version} is no version of a release; versions look like v2026.03.02 or v2026.03.02.1")
    return tuple(int(part or 0) for part in match.groups())


def version_day(version: str) -> date:
    """Return the day in a version's name."""
    year, month, day, _ = version_order(version)
    return date(year, month, day)
