"""Whole tables that meet every expectation, with a row for each kind of thing that one is about."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from tests.sample_tables import FACTS, MORNING, Fact, Page, digest, sample_indicators, segment_tables
from transforms.combine import count_coverage
from transforms.evidence import evidence
from transforms.schema import CHECKS, TABLES

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
MORE_FACTS = (
    *FACTS,
    Fact("其中调解结案", "4件", 4, "件", "item", None),
    Fact("其中涉及土地的占", "65%", 65, "%", "percent", None, "exact", "ratio"),
    Fact("受理数同比下降", "12.5%", 12.5, "%", "percent", None, "exact", "ratio"),
    Fact("较上年减少", "3件", 3, "件", "item", None),
    Fact("每村配备法律顾问", "3至5名", 3, "名", "person", None, "range"),
)
PAGES = [
    Page("https://a.test/1.html", MORNING, MORE_FACTS),
    Page("https://a.test/2.html", MORNING, FACTS, title="青山镇2025年法治政府建设年度报告"),
]
Tables = dict[str, pl.DataFrame]


@cache
def seed(name: str) -> pl.DataFrame:
    """A seed table, all columns text."""
    return pl.read_csv(SEEDS / f"{name}.csv", infer_schema=False)


def good_tables() -> Tables:
    """Tables of two reports without a fault."""
    return dict(_good_tables())


@cache
def _good_tables() -> Tables:
    tables = segment_tables(PAGES)
    tables["observations"] = _observations(tables["observations"])
    tables["sections"] = _sections(tables["sections"])
    tables["checks"] = _checks(tables["observations"])
    tables["reports"] = tables["reports"].with_columns(signed_date=pl.lit(date(2026, 1, 20)), n_sections=pl.lit(2, pl.Int32))
    codebook = sample_indicators().with_columns(maximum=pl.when(pl.col("dimension") == "ratio").then(100.0))
    tables["indicators"] = count_coverage(codebook.lazy(), tables["observations"].lazy()).collect()
    return tables


def views_of(tables: Tables) -> Tables:
    """The tables with their evidence, as the suites see them."""
    return evidence(tables, seed("units"), seed("limits"), seed("private"))


def changed(tables: Tables, table: str, column: str, value: Any, row: int = 0) -> Tables:
    """Tables with one value changed."""
    frame = tables[table]
    new = pl.lit(value, frame.schema[column])
    here = pl.int_range(pl.len()) == row
    return {**tables, table: frame.with_columns(pl.when(here).then(new).otherwise(column).alias(column))}


def row_of(quote: str) -> int:
    """The row of `observations` with that quote in the first report."""
    return good_tables()["observations"]["quote"].to_list().index(quote)


def _observations(frame: pl.DataFrame) -> pl.DataFrame:
    quote, value = pl.col("quote"), pl.col("value")
    first = frame["observation_id"][0]
    falls = quote.is_in(["12.5%", "3件"])
    signed = [pl.when(falls).then(-pl.col(name)).otherwise(name).alias(name) for name in ("value", "value_low", "value_high")]
    measure = (pl.when(quote == "65%").then(pl.lit("share")).when(quote == "12.5%").then(pl.lit("change_ratio"))
               .when(quote == "3件").then(pl.lit("change")).otherwise("measure"))
    return frame.with_columns(*signed, measure=measure).with_columns(
        value=pl.when(quote == "3至5名").then(None).otherwise(value),
        value_high=pl.when(quote == "3至5名").then(5.0).otherwise("value_high"),
        part_of=pl.when(quote == "4件").then(pl.lit(first)),
    )


def _sections(frame: pl.DataFrame) -> pl.DataFrame:
    """Each report has a part within its part."""
    inner = frame.with_columns(
        parent_section_id=pl.col("section_id"), path=pl.lit("一/(一)"), depth=pl.lit(2, pl.Int8),
        section_id=pl.col("section_id").map_elements(lambda whole: digest("s", whole), return_dtype=pl.String),
    )
    return pl.concat([frame, inner])


def _checks(observations: pl.DataFrame) -> pl.DataFrame:
    first = observations.row(0, named=True)
    part = observations.filter(pl.col("part_of").is_not_null()).row(0, named=True)
    common = {
        "report_id": first["report_id"], "report_year": 2025, "left_observation_id": part["observation_id"],
        "left_value": 4.0, "right_observation_id": first["observation_id"], "right_value": 12.0, "outcome": "holds",
        "statement": "4 of 12",
    }
    rows = [{"check_id": digest("c", check), "check": check, **common} for check in CHECKS]
    return pl.DataFrame(rows, schema=TABLES["checks"].polars_schema)
