"""Set failing rows aside, with all that depends on them, and say why.

In: tables of `transforms.schema`, and by table the keys of failing rows with a `reason`. Out: what stays and what
goes. A row goes with the row that it cannot be read without: everything of a report with the report, the panel's row
and the checks of an observation with the observation. A part loses only the name of its whole, a section that of its
parent.

>>> split = apply_quarantine(tables, {"reports": pl.DataFrame({"report_id": ["r_1"], "reason": ["no year"]})})
>>> split.kept["observations"], split.dropped["observations"]
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.schema import TABLES

REASON = "reason"
OF_A_REPORT = ("sections", "observations", "panel", "checks", "texts")
OF_AN_OBSERVATION = {"panel": ("observation_id",), "checks": ("left_observation_id", "right_observation_id")}


@dataclass(frozen=True, eq=False)
class Split:
    """Tables without the rows set aside, and those rows with their `reason`; all lazy, by table."""

    kept: dict[str, pl.LazyFrame]
    dropped: dict[str, pl.LazyFrame]


def apply_quarantine(
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame], failing_rows: Mapping[str, pl.DataFrame]
) -> Split:
    """Return the tables without `failing_rows` and what depends on them; counts of reports are taken anew."""
    lazy = {name: frame.lazy() for name, frame in tables.items()}
    reasons = _reasons(lazy, failing_rows)
    dropped = {
        name: frame.join(reasons[name], on=TABLES[name].key, how="inner", nulls_equal=True)
        for name, frame in lazy.items() if name in reasons
    }
    kept = {
        name: frame.join(reasons[name], on=TABLES[name].key, how="anti", nulls_equal=True) if name in reasons else frame
        for name, frame in lazy.items()
    }
    if reasons:
        kept = _without_dangling(kept, reasons)
    return Split(kept, dropped)


def _reasons(lazy: Mapping[str, pl.LazyFrame], failing: Mapping[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
    """Return by table the keys of all rows that go, each with one reason: its own before an inherited one."""
    own = {name: _one_reason(frame.lazy(), TABLES[name].key) for name, frame in failing.items() if frame.height}
    if not own:
        return {}
    reports = [own["reports"]] if "reports" in own else []
    if "texts" in own:
        reports.append(own["texts"])
    found: dict[str, list[pl.LazyFrame]] = {name: [frame] for name, frame in own.items()}
    if reports:
        gone = _one_reason(pl.concat(reports), ("report_id",))
        found["reports"] = [gone]
        for name in OF_A_REPORT:
            found.setdefault(name, []).append(_inherit(lazy[name], name, gone, "report_id", "report"))
    if "sections" in own:
        inherited = _inherit(lazy["observations"], "observations", own["sections"], "section_id", "section")
        found.setdefault("observations", []).append(inherited)
    if "observations" in found:
        gone = _one_reason(pl.concat(found["observations"]), ("observation_id",))
        for name, columns in OF_AN_OBSERVATION.items():
            for column in columns:
                found.setdefault(name, []).append(_inherit(lazy[name], name, gone, column, "observation"))
        found["panel"].append(_candidates_gone(lazy["panel"], gone))
    return {name: _one_reason(pl.concat(frames), TABLES[name].key) for name, frames in found.items()}


def _one_reason(frame: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Return one row a key, with the reasons joined; inherited ones only where there is no other."""
    return frame.unique(maintain_order=True).group_by(key, maintain_order=True).agg(pl.col(REASON).first())


def _inherit(frame: pl.LazyFrame, name: str, gone: pl.LazyFrame, column: str, what: str) -> pl.LazyFrame:
    """Return the keys of the rows whose `column` names a row that goes."""
    target = gone.select(pl.col(gone.collect_schema().names()[0]).alias(column), REASON)
    why = pl.format("{} {} is quarantined: {}", pl.lit(what), pl.col(column), pl.col(REASON))
    return frame.join(target, on=column).select(*TABLES[name].key, why.alias(REASON))


def _candidates_gone(panel: pl.LazyFrame, gone: pl.LazyFrame) -> pl.LazyFrame:
    """Return the keys of the panel's rows with a candidate that goes: the choice among them was not sound."""
    candidates = pl.col("candidate_ids").str.split(" ")
    one_a_row = panel.select(*TABLES["panel"].key, candidate=candidates).explode("candidate")
    found = one_a_row.join(gone.select(candidate="observation_id", reason=REASON), on="candidate")
    why = pl.format("candidate {} is quarantined: {}", pl.col("candidate"), pl.col(REASON))
    return found.select(*TABLES["panel"].key, why.alias(REASON))


def _without_dangling(kept: dict[str, pl.LazyFrame], reasons: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Empty the names of wholes and parents that went, and count the rows of the reports that lost some."""
    observations, sections = kept["observations"], kept["sections"]
    if "observations" in reasons:
        observations = _empty_where_gone(observations, "part_of", reasons["observations"], "observation_id")
    if "sections" in reasons:
        sections = _empty_where_gone(sections, "parent_section_id", reasons["sections"], "section_id")
    reports = kept["reports"]
    if "observations" in reasons:
        counts = observations.group_by("report_id").agg(now=pl.len().cast(pl.Int32))
        reports = reports.join(counts, on="report_id", how="left", maintain_order="left")
        reports = reports.with_columns(n_observations=pl.col("now").fill_null(0)).drop("now")
    return {**kept, "observations": observations, "sections": sections, "reports": reports}


def _empty_where_gone(frame: pl.LazyFrame, column: str, gone: pl.LazyFrame, key: str) -> pl.LazyFrame:
    keys = gone.select(pl.col(key).alias(column), gone=pl.lit(True)).unique()
    marked = frame.join(keys, on=column, how="left", maintain_order="left")
    return marked.with_columns(pl.when(pl.col("gone").is_null()).then(column).alias(column)).drop("gone")
