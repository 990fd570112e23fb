"""What a harvest knows of each host: when it may be asked again, how it is spoken to, and whether it answers at all.

In: the settings. Out: a `Host` by name, shared by all that ask it.

>>> Hosts(HarvestSettings()).of("https://www.example.gov.cn/a.html").name
'www.example.gov.cn'
"""

import asyncio
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from protego import Protego

from flows.harvest_settings import HarvestSettings
from flows.harvest_targets import host_of
from flows.http_client import Exchange

_NO_USE_TRYING = ("dns_error", "address_refused")
_OVERLOADED = (429, 503)
_UNREACHABLE = (*_NO_USE_TRYING, "refused", "timeout", "tls_error")


class Pace:
    """Lets requests go out one interval apart, counted from when the last one really went out."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._next = 0.0
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for one's turn."""
        async with self._lock:
            while (wait := self._next - _now()) > 0:  # noqa: ASYNC110 - the time may be put off meanwhile
                await asyncio.sleep(wait)
            self._next = _now() + self.interval

    def sent(self) -> None:
        """Count the interval from now: opening a connection may have taken a while."""
        self._next = max(self._next, _now() + self.interval)

    def hold(self, seconds: float) -> None:
        """Let nothing go out for so long."""
        self._next = max(self._next, _now() + seconds)


class Host:
    """A host: `verify` and `plain` say how it is spoken to, `robots` what it forbids by scheme and authority."""

    def __init__(self, name: str, settings: HarvestSettings) -> None:
        self.name = name
        self.verify = True
        self.plain = False
        self.n_requests = 0
        self.robots: dict[str, Protego | Exchange] = {}
        self.robots_lock = asyncio.Lock()
        self.gate = asyncio.Semaphore(settings.requests_at_once_per_host)
        self.pace = Pace(settings.seconds_between_requests)
        self._settings = settings
        self._failures = 0
        self._last_failure: Exchange | None = None
        self._left_alone: str | None = None

    def address(self, url: str) -> str:
        """Return the address to ask for `url` at: by plain HTTP where the host takes nothing else."""
        return "http://" + url[len("https://"):] if self.plain and url.lower().startswith("https://") else url

    def step_down(self, exchange: Exchange) -> bool:
        """After a failure of TLS, speak older TLS from now on, then none; tell whether there is a step to take.

        A port 443 that nobody listens at is such a failure too, since many sites have only http; a connection that
        breaks later on is none.
        """
        if not exchange.url.lower().startswith("https://") or exchange.went_out:
            return False
        if exchange.outcome == "tls_error" and self.verify and self._settings.old_tls:
            self.verify = False
            return True
        if exchange.outcome in ("tls_error", "refused", "timeout") and self._settings.plain_http and not self.plain:
            self.plain = True
            return True
        return False

    def reached(self, exchange: Exchange) -> None:
        """Take note of how asking ended."""
        is_unreachable = exchange.outcome in _UNREACHABLE and (exchange.status is None or exchange.outcome == "timeout")
        if is_unreachable or exchange.status in _OVERLOADED:
            self._failures += 1
            self._last_failure = exchange
        else:
            self._failures = 0

    def leave_alone(self, seconds: float) -> None:
        """Ask nothing more in this run: the server wants to be left alone for longer than a run waits."""
        why = f"not asked: {self.name} asks to be left alone for {seconds:g} s; the next harvest asks again"
        self._left_alone = why

    def given_up(self) -> tuple[str, str] | None:
        """Return outcome and reason if the host is no longer asked in this run."""
        most = self._settings.most_requests_per_host
        if self.n_requests >= most:
            return "error", f"not asked: {self.name} was asked {most} times in this run; the next one goes on"
        if self._left_alone is not None:
            return "http_error", self._left_alone
        last = self._last_failure
        if last is None or not self._failures:
            return None
        if last.outcome in _NO_USE_TRYING:
            return last.outcome, last.error or last.outcome
        if self._failures < self._settings.failures_until_given_up:
            return None
        return last.outcome, f"not asked: {self.name} failed {self._failures} times in a row, last: {last.error}"


class Hosts:
    """All hosts of a run."""

    def __init__(self, settings: HarvestSettings) -> None:
        self._settings = settings
        self._hosts: dict[str, Host] = {}

    def of(self, url: str) -> Host:
        """Return the host that an address is on."""
        name = host_of(url)
        if name not in self._hosts:
            self._hosts[name] = Host(name, self._settings)
        return self._hosts[name]


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return for how many seconds a server asks to be left alone; `now` is the time in seconds since 1970.

    >>> retry_after({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, now=0)
    60.0
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (TypeError, ValueError):
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
