"""Small tables for tests of combining and releasing: whole, consistent, with Chinese text written for them.

In: pages (address, moment, sentences). Out: the frames that a build makes of one segment.

>>> segment_tables([Page("https://a.test/1.html", MORNING)])["observations"].height
3
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from transforms.schema import TABLES

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """A sentence with one number, and what an extractor makes of it."""

    before: str
    quote: str
    value: float
    unit: str | None
    unit_code: str | None
    indicator: str | None
    qualifier: str = "exact"
    dimension: str = "count"

    @property
    def sentence(self) -> str:
        """The sentence as it stands in the text."""
        return f"{self.before}{self.quote}。"


FACTS = (
    Fact("全年办理行政复议案件", "12件", 12, "件", "item", "reconsideration_cases"),
    Fact("发放救助金", "145万余元", 1_450_000, "元", "CNY", None, "over", "money"),
    Fact("群众满意度达", "98.6%", 98.6, "%", "percent", "public_satisfaction", "exact", "ratio"),
)


@dataclass(frozen=True)
class Page:
    """A page as fetched at one moment."""

    url: str
    retrieved_at: datetime
    facts: tuple[Fact, ...] = FACTS
    title: str = "临江镇2025年法治政府建设年度报告"
    year: int = 2025
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The cleaned text of the page."""
        return "\n".join([self.title, "一、主要举措和成效", *(fact.sentence for fact in self.facts)])


def digest(prefix: str, text: str) -> str:
    """Return a stable id."""
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def segment_tables(pages: list[Page]) -> dict[str, pl.DataFrame]:
    """Return every table that a build makes of one segment with these pages."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES if name != "indicators"}
    for page in pages:
        for name, more in page_rows(page).items():
            rows[name] += more
    return {name: pl.DataFrame(found, schema=TABLES[name].polars_schema) for name, found in rows.items()}


def write_segment(data_dir: Path, segment: str, pages: list[Page]) -> None:
    """Write the tables of one segment where a build leaves them."""
    for name, frame in segment_tables(pages).items():
        folder = data_dir / "tables" / name
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{segment}.parquet")


def sample_indicators() -> pl.DataFrame:
    """Return a codebook of two codes."""
    common = {"parent": None, "theme": "disputes", "minimum": 0.0, "maximum": None, "direction": "none",
              "official_item": None, "n_reports": 0, "n_observations": 0, "definition": "As named"}
    return pl.DataFrame(
        [
            {"indicator": "reconsideration_cases", "name_zh": "行政复议案件数", "name_en": "Reconsideration cases",
             "dimension": "count", "unit_codes": "item", **common},
            {"indicator": "public_satisfaction", "name_zh": "群众满意度", "name_en": "Public satisfaction",
             "dimension": "ratio", "unit_codes": "percent", **common},
        ],
        schema=TABLES["indicators"].polars_schema,
    )


def sample_divisions() -> pl.DataFrame:
    """Return a province with a county and a town."""
    return pl.DataFrame({"code": ["010000", "011000", "011000101"], "name": ["示例省", "示例县", "临江镇"],
                         "parent": [None, "010000", "011000"], "is_group": [False] * 3})


def page_rows(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one page, by table."""
    report_id = digest("r", page.url)
    section_id = digest("s", page.url)
    sha = "sha256:" + hashlib.sha256(page.text.encode()).hexdigest()
    observations = [observation_row(page, report_id, section_id, fact) for fact in page.facts]
    report = {
        "report_id": report_id, "title": page.title, "body": "临江镇人民政府", "body_level": "township",
        "division_code": "011000101", "province": "示例省", "report_year": page.year,
        "published_date": date(page.year + 1, 2, 27), "source_url": page.url, "canonical_url": page.url,
        "retrieved_at": page.retrieved_at, "first_seen": page.retrieved_at, "last_changed": page.retrieved_at,
        "last_checked": page.retrieved_at, "revision": 1, "media_type": "text/html", "payload_digest": sha,
        "text_digest": sha, "n_characters": len(page.text), "n_sections": 1, "n_observations": len(observations),
        "n_masked": 0, **page.extra,
    }
    section = {
        "section_id": section_id, "report_id": report_id, "path": "一", "depth": 1, "heading": "主要举措和成效",
        "theme": "governance", "status": "reported", "char_start": len(page.title) + 1, "char_end": len(page.text),
    }
    attempt = {
        "attempt_id": digest("a", f"{page.url} {page.retrieved_at}"), "url": page.url, "canonical_url": page.url,
        "attempted_at": page.retrieved_at, "outcome": "fetched", "http_status": 200, "n_bytes": len(page.text),
        "payload_digest": sha, "report_id": report_id,
    }
    return {
        "reports": [report], "sections": [section], "observations": observations, "harvest_log": [attempt],
        "panel": [panel_row(row) for row in observations if row["indicator"]],
        "checks": [check_row(observations[0], page)] if observations else [],
        "texts": [{"report_id": report_id, "text": page.text, "text_digest": sha}],
    }


def observation_row(page: Page, report_id: str, section_id: str, fact: Fact) -> dict[str, Any]:
    """Return the row of one number."""
    start = page.text.index(fact.sentence) + len(fact.before)
    return {
        "observation_id": digest("o", f"{report_id} {fact.before}"), "report_id": report_id,
        "section_id": section_id, "report_year": page.year, "char_start": start,
        "char_end": start + len(fact.quote), "quote": fact.quote, "value": fact.value, "qualifier": fact.qualifier,
        "value_low": fact.value, "value_high": fact.value if fact.qualifier == "exact" else None,
        "unit": fact.unit, "unit_code": fact.unit_code, "dimension": fact.dimension, "measure": "level",
        "status": "reported", "period_start": date(page.year, 1, 1), "period_end": date(page.year, 12, 31),
        "label": fact.before, "indicator": fact.indicator, "sentence": fact.sentence,
    }


def panel_row(observation: dict[str, Any]) -> dict[str, Any]:
    """Return the panel's row for an observation with a code."""
    same = ("report_id", "indicator", "report_year", "value", "qualifier", "value_low", "value_high", "unit_code",
            "observation_id")
    return {**{name: observation[name] for name in same}, "body": "临江镇人民政府", "division_code": "011000101",
            "n_candidates": 1, "conflict": False, "candidate_ids": observation["observation_id"]}


def check_row(observation: dict[str, Any], page: Page) -> dict[str, Any]:
    """Return a check that holds."""
    value = observation["value"]
    return {
        "check_id": digest("c", observation["observation_id"]), "report_id": observation["report_id"],
        "report_year": page.year, "check": "rate_in_range", "left_observation_id": observation["observation_id"],
        "left_value": value, "right_value": value, "outcome": "holds", "statement": f"{value} in 0-100",
    }
