"""Harvest: ask for every source, follow listings to new reports, and keep what comes.

In: the plan (sources, listings, what was found before) and settings. Out: segments under `data/raw`, the log of all
attempts, `data/discovered.csv`, and a `HarvestResult`.

>>> harvest_sources(Path("data"), HarvestSettings(contact="mailto:someone@example.org")).exit_code
0
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import ExitCode, FazhiError
from flows.harvest_fetch import Fetcher
from flows.harvest_found import FoundFile, read_found, write_found
from flows.harvest_log import write_missing_logs
from flows.harvest_segments import Segments
from flows.harvest_settings import HarvestSettings
from flows.harvest_targets import LISTINGS, SOURCES, Plan, Target, read_plan
from flows.harvest_visit import Visitor
from flows.http_client import Client
from flows.locks import only_harvest
from flows.seeds import read_seed
from flows.urls import canonical_url
from flows.warc_index import Held, newest
from flows.warc_store import recover_segments
from transforms.discovery import DiscoveryRules

Advance = Callable[[str], None]
GOT = ("fetched", "not_modified", "revisit")
_BY_REQUEST = ("robots_disallowed", "host_refused")


@dataclass
class HarvestResult:
    """What a run came to: how many targets ended how, the segments written, and how many addresses are new.

    `failed` tells of batches that broke off.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    segments: tuple[Path, ...] = ()
    recovered: tuple[Path, ...] = ()
    n_found: int = 0
    failed: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Return 6 if nothing could be fetched, 3 if some of it failed, else 0."""
        n_asked, n_got = self.outcomes.total(), sum(self.outcomes[outcome] for outcome in GOT)
        if n_asked and not n_got:
            return ExitCode.NOTHING_FETCHED
        n_failed = n_asked - n_got - sum(self.outcomes[outcome] for outcome in _BY_REQUEST)
        return ExitCode.SOME_FAILED if n_failed or self.failed else ExitCode.OK


def harvest_sources(
    data_dir: Path, settings: HarvestSettings | None = None, *, sources: Path = SOURCES,
    listings: Path | None = LISTINGS, advance: Advance = lambda _: None,
) -> HarvestResult:
    """Harvest in one go; `advance` is told the address of each target that is done."""
    return asyncio.run(_harvest(data_dir, settings or HarvestSettings(), sources, listings, advance))


class Harvest:
    """A run under way: `batches` share its pace, its segments, and what was asked already."""

    def __init__(self, plan: Plan, settings: HarvestSettings, visitor: Visitor, result: HarvestResult) -> None:
        self.plan = plan
        self.result = result
        self.settings = settings
        self._visitor = visitor
        self._asked: set[int] = set()
        self._places = asyncio.Semaphore(settings.hosts_at_once)

    def batches(self) -> list[list[Target]]:
        """Return the targets in batches of whole hosts."""
        by_host: dict[str, list[Target]] = {}
        for target in self.plan.targets:
            by_host.setdefault(target.host, []).append(target)
        size, hosts = self.settings.hosts_per_batch, list(by_host.values())
        return [
            [target for targets in hosts[start:start + size] for target in targets]
            for start in range(0, len(hosts), size)
        ]

    async def ask(self, targets: list[Target], advance: Advance = lambda _: None) -> Counter[str]:
        """Ask for targets and all that they lead to; those asked already in this run are passed over."""
        try:
            return await _Batch(self, self._visitor, self._places, advance).run(targets)
        except* FazhiError as errors:
            raise _first(errors) from None

    def claim(self, target: Target) -> bool:
        """Tell whether a target is asked for the first time in this run."""
        mark = hash(target.key)
        is_first = mark not in self._asked
        self._asked.add(mark)
        return is_first

    def release(self, target: Target) -> None:
        """Let a target that was not come to be claimed again."""
        self._asked.discard(hash(target.key))


class _Batch:
    """Hosts that are worked off side by side, each host's pages one after the other."""

    def __init__(self, harvest: Harvest, visitor: Visitor, places: asyncio.Semaphore, advance: Advance) -> None:
        self._harvest = harvest
        self._visitor = visitor
        self._places = places
        self._advance = advance
        self._waiting: dict[str, list[Target]] = {}
        self._workers: Counter[str] = Counter()
        self._group = asyncio.TaskGroup()
        self._outcomes: Counter[str] = Counter()

    async def run(self, targets: list[Target]) -> Counter[str]:
        try:
            async with self._group:
                for target in targets:
                    self._put(target)
        finally:
            for target in (one for waiting in self._waiting.values() for one in waiting):
                self._harvest.release(target)
        return self._outcomes

    def _put(self, target: Target) -> None:
        if not self._harvest.claim(target):
            return
        host = target.host
        self._waiting.setdefault(host, []).append(target)
        if self._workers[host] < self._harvest.settings.requests_at_once_per_host:
            self._workers[host] += 1
            self._group.create_task(self._work(host))

    async def _work(self, host: str) -> None:
        async with self._places:
            while self._waiting[host]:
                target = self._waiting[host].pop(0)
                try:
                    visit = await self._visitor.visit(target, self._harvest.claim)
                except BaseException:
                    self._harvest.release(target)
                    raise
                self._outcomes.update(visit.outcomes)
                self._harvest.result.outcomes.update(visit.outcomes)
                for further in visit.targets:
                    self._put(further)
                self._advance(target.url)
        self._workers[host] -= 1


@asynccontextmanager
async def open_harvest(
    data_dir: Path, settings: HarvestSettings, sources: Path = SOURCES, listings: Path | None = LISTINGS
) -> AsyncIterator[Harvest]:
    """Repair what a killed run left, read the plan, and put everything into place in the end, come what may."""
    with only_harvest(data_dir):
        recovered = recover_segments(data_dir)
        write_missing_logs(data_dir)
        write_found(data_dir, read_found(data_dir))
        held = newest(data_dir)
        plan = _longest_unasked_first(read_plan(sources, listings, data_dir), held)
        result = HarvestResult(recovered=tuple(recovered))
        segments = Segments(data_dir, datetime.now(UTC), settings.segment_bytes, held)
        found = FoundFile(data_dir, plan.curated)
        async with Client(settings) as client:
            fetcher = Fetcher(client, settings, held, plan.hosts, rereads_listings=not found.was_there)
            visitor = Visitor(fetcher, segments, found, _rules(), settings, held, plan.attachments)
            try:
                yield Harvest(plan, settings, visitor, result)
            finally:
                segments.close()
                write_found(data_dir, read_found(data_dir))
                result.segments, result.n_found = tuple(segments.written), found.n_added


def _longest_unasked_first(plan: Plan, held: Mapping[str, Held]) -> Plan:
    """Order the pages so that what a host's limit left out comes first in the next run; listings stay in front."""

    def last_checked(target: Target) -> tuple[bool, float]:
        page = held.get(canonical_url(target.url))
        return target.kind != "listing", page.last_checked.timestamp() if page else 0.0

    return replace(plan, targets=tuple(sorted(plan.targets, key=last_checked)))


async def _harvest(
    data_dir: Path, settings: HarvestSettings, sources: Path, listings: Path | None, advance: Advance
) -> HarvestResult:
    async with open_harvest(data_dir, settings, sources, listings) as harvest:
        await harvest.ask(list(harvest.plan.targets), advance)
    return harvest.result


def _first(errors: BaseExceptionGroup[FazhiError]) -> FazhiError:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _rules() -> DiscoveryRules:
    rules, characters = (read_seed(name).iter_rows(named=True) for name in ("discovery", "traditional"))
    return DiscoveryRules.from_rows(rules, characters)
