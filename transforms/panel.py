"""One value per report and indicator: totals of the report's own period.

In: observations, and `body` and `division_code` of their reports. Out: rows of the table `panel`.

Totals win over parts, then the earliest; where distinct totals disagree, `conflict` says so.

>>> panel(observations, reports).collect()["n_candidates"].to_list()
[1]
"""

import polars as pl

from transforms.schema import PANEL

CODED = ["level", "share"]


def panel(observations: pl.LazyFrame, reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return the panel; only reported levels and shares of the report's own period count."""
    own_period = (
        (pl.col("status") == "reported") & pl.col("measure").is_in(CODED)
        & (pl.col("period_start").dt.year() == pl.col("report_year"))
        & (pl.col("period_end").dt.year() == pl.col("report_year"))
    )
    candidates = observations.filter(
        pl.col("indicator").is_not_null() & own_period & pl.col("part_of").is_null()
    ).sort("report_id", "indicator", "char_start", "observation_id")
    stated = pl.struct("value", "value_low", "value_high", "unit_code")
    chosen = candidates.group_by("report_id", "indicator", maintain_order=True).agg(
        pl.col("report_year", "value", "qualifier", "value_low", "value_high", "unit_code", "observation_id").first(),
        n_candidates=pl.len().cast(pl.Int32),
        conflict=stated.n_unique() > 1,
        candidate_ids=pl.col("observation_id").str.join(" "),
    )
    bodies = reports.select("report_id", "body", "division_code")
    return chosen.join(bodies, on="report_id", how="left", maintain_order="left").select(*PANEL.column_names)
