"""What a run of the whole pipeline came to.

In: what its steps returned. Out: `RunResult`, and the exit code that it ends with.

>>> fazhi_run(Path("data")).exit_code
<ExitCode.OK: 0>
"""

from dataclasses import dataclass

from flows.build import SegmentResult
from flows.errors import ExitCode
from flows.harvest import HarvestResult
from flows.importer import ImportResult
from flows.publish import Published
from flows.release import ReleaseResult


@dataclass(frozen=True)
class RunResult:
    """What a run did, step by step; `failed` names the segments that could not be built, each with the reason."""

    imported: ImportResult
    harvested: HarvestResult | None
    built: tuple[SegmentResult, ...]
    failed: tuple[str, ...]
    release: ReleaseResult
    published: Published | None = None

    @property
    def exit_code(self) -> ExitCode:
        """Tell the worst that happened, short of no release at all."""
        harvest = self.harvested.exit_code if self.harvested else ExitCode.OK
        if harvest == ExitCode.NOTHING_FETCHED:
            return harvest
        is_clean = not (self.failed or self.imported.refused or harvest) and all(one.is_clean for one in self.built)
        return ExitCode.OK if is_clean else ExitCode.SOME_FAILED
