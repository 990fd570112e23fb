"""Harvests of the tests' sites without waiting, and what they left.

In: a folder, addresses, running servers. Out: the harvest's result, its log, what it found.
"""

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from flows.harvest import HarvestResult, harvest_sources
from flows.harvest_settings import HarvestSettings
from tests.flows.sites.server import Request, Server

QUICK: dict[str, Any] = {
    "seconds_between_requests": 0.0, "wait_initial": 0.01, "wait_max": 0.05, "connect_seconds": 10.0,
    "read_seconds": 10.0, "whole_seconds": 30.0, "private_networks": ("127.0.0.1/32",), "contact": "mailto:test@example.org",
}
SOURCE_COLUMNS = ["source_id", "url", "kind"]


def settings_for(*servers: Server, **more: Any) -> HarvestSettings:
    hosts = {name: place for server in servers for name, place in server.hosts.items()}
    return HarvestSettings(**(QUICK | {"hosts": hosts} | more))


def write_sources(folder: Path, urls: list[str], kind: str = "report") -> Path:
    path = folder / "sources.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SOURCE_COLUMNS)
        writer.writerows([f"test-{number}", url, kind] for number, url in enumerate(urls))
    return path


def harvest(folder: Path, urls: list[str], settings: HarvestSettings, kind: str = "report") -> HarvestResult:
    return harvest_sources(folder / "data", settings, sources=write_sources(folder, urls, kind), listings=None)


def log_of(folder: Path) -> pl.DataFrame:
    files = sorted((folder / "data" / "tables" / "harvest_log").glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]).sort("attempted_at")


def outcome_of(folder: Path, url: str) -> str:
    """Return the last outcome that the log has of an address."""
    return str(log_of(folder).filter(pl.col("url") == url)["outcome"].to_list()[-1])


def keeps_pace(requests: list[Request], interval: float) -> bool:
    """Tell whether requests are an interval apart; a busy machine may note one late, which shortens one gap only."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(requests)]
    return min(gaps) > interval / 4 and sum(gaps) > interval * len(gaps) - interval * 3 / 4


def found_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "data" / "discovered.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
