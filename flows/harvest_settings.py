"""How a harvest behaves towards servers, and how much it takes.

In: defaults, or a TOML file that names some of the fields. Out: `HarvestSettings`.

>>> HarvestSettings().seconds_between_requests
2.0
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flows.errors import ExitCode, FazhiError

CONTACT_VARIABLE = "FAZHI_CONTACT"


@dataclass(frozen=True)
class HarvestSettings:
    """Politeness, limits and tolerance of a harvest.

    `hosts` maps names, or `name:port`, to `address` or `address:port` in place of DNS, and `private_networks` are asked
    although they are not public: both are for trials on a server of one's own.
    """

    contact: str = field(default_factory=lambda: os.environ.get(CONTACT_VARIABLE, ""))
    seconds_between_requests: float = 2.0
    most_crawl_delay: float = 30.0
    requests_at_once_per_host: int = 1
    hosts_at_once: int = 256
    hosts_per_batch: int = 100
    attempts: int = 3
    wait_initial: float = 2.0
    wait_max: float = 60.0
    most_retry_after: float = 300.0
    failures_until_given_up: int = 3
    resolve_seconds: float = 15.0
    connect_seconds: float = 15.0
    read_seconds: float = 30.0
    whole_seconds: float = 120.0
    most_bytes: int = 32 * 1024 * 1024
    most_redirects: int = 5
    most_pages_per_listing: int = 20
    most_listing_depth: int = 2
    most_requests_per_host: int = 2000
    most_attachments: int = 10
    allowed_suffixes: tuple[str, ...] = (".gov.cn",)
    old_tls: bool = True
    plain_http: bool = True
    ask_unconditionally: bool = False
    segment_bytes: int = 64 * 1024 * 1024
    hosts: Mapping[str, str] = field(default_factory=dict)
    private_networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("attempts", "hosts_at_once", "hosts_per_batch", "requests_at_once_per_host"):
            if getattr(self, name) < 1:
                raise FazhiError(f"harvest setting {name}={getattr(self, name)}: give 1 or more", ExitCode.USAGE)
        for network in self.private_networks:
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                why = f"harvest setting private_networks: {error}; write it like 127.0.0.1/32"
                raise FazhiError(why, ExitCode.USAGE) from None

    @property
    def user_agent(self) -> str:
        """The one name that every request carries, with whom to write to."""
        return f"fazhi/1.0 (dataset of government reports; {self.contact or 'no contact given'})"

    @classmethod
    def from_file(cls, path: Path, **more: Any) -> "HarvestSettings":
        """Read a TOML file of settings; those given by name go before it."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FazhiError(f"{path}: cannot be read ({error}); write `name = value` a line", ExitCode.USAGE) from None
        known = {one.name: one for one in fields(cls)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            why = f"{path}: {unknown[0]} is no harvest setting; there are {', '.join(known)}"
            raise FazhiError(why, ExitCode.USAGE)
        listed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**(listed | more))
