"""Bring the tables of all segments together: one row per report, its newest snapshot, and what hangs on it.

In: frames of `transforms.schema`, each with a further column `SEGMENT` (the WARC file a row was built from).
Out: the same tables without it. A report keeps the rows of its newest snapshot only; its history (first
seen, last changed, last checked, revision) is read from all of them. The same text at several addresses is one
report: the one seen first, with the other addresses in `other_source_urls`.

>>> combine(tables)["reports"].collect().height
1
"""

from collections.abc import Mapping

import polars as pl

from transforms.same_report import by_preference, same_reports
from transforms.schema import HARVEST_LOG, TABLES

SEGMENT = "segment_of_row"
GAVE_A_PAGE = ("imported", "fetched")
CHILDREN = ("sections", "observations", "panel", "checks", "texts")


def combine(
    tables: Mapping[str, pl.LazyFrame], withdrawn: frozenset[str] = frozenset()
) -> dict[str, pl.LazyFrame]:
    """Return `reports`, the tables that hang on a report and `harvest_log`, in the order that a release has.

    Each frame of `tables` carries the column `SEGMENT`; the order of rows and of segments does not matter. A report
    in `withdrawn` is left out, and so is every other address of a text that it ever had.
    """
    newest, stated = newest_tables(tables).values()
    # Every table asks which reports are kept: ids only, worked out once.
    groups = same_reports(newest, stated).collect(engine="streaming").lazy()
    remaining = without_withdrawn(newest, tables["reports"], groups, withdrawn).join(groups, on="report_id")
    merged = merge_same_reports(remaining)
    kept = merged.select("report_id", SEGMENT).collect(engine="streaming").lazy()
    combined = {name: tables[name].join(kept, on=["report_id", SEGMENT], how="semi") for name in CHILDREN}
    combined["reports"] = merged
    combined["harvest_log"] = _follow_merges(tables["harvest_log"], remaining, merged)
    return {name: in_published_order(name, frame) for name, frame in combined.items()}


def newest_tables(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Return `reports` and `observations` of the newest snapshots."""
    newest = newest_snapshots(tables["reports"], tables["harvest_log"])
    stated = tables["observations"].join(newest, on=["report_id", SEGMENT], how="semi")
    return {"reports": newest, "observations": stated}


def newest_snapshots(reports: pl.LazyFrame, harvest_log: pl.LazyFrame) -> pl.LazyFrame:
    """Return the newest snapshot of each report, with its history over all segments."""
    snapshots = reports.sort("report_id", "retrieved_at", "payload_digest", SEGMENT)
    text_differs = (pl.col("text_digest") != pl.col("text_digest").shift(1).over("report_id")).fill_null(True)
    history = snapshots.with_columns(text_differs=text_differs).group_by("report_id").agg(
        first_seen=pl.col("first_seen").min(),
        last_changed=pl.col("retrieved_at").filter(pl.col("text_differs")).max(),
        last_checked=pl.col("last_checked").max(),
        revision=pl.col("text_digest").n_unique().cast(pl.Int32),
    )
    asked = harvest_log.group_by("canonical_url").agg(
        asked_at=pl.col("attempted_at").max(),
        first_read=pl.col("attempted_at").filter(pl.col("outcome").cast(pl.String).is_in(GAVE_A_PAGE)).min(),
    )
    return (
        snapshots.unique(subset="report_id", keep="last", maintain_order=True)
        .drop("first_seen", "last_changed", "last_checked", "revision")
        .join(history, on="report_id")
        .join(asked, on="canonical_url", how="left")
        .with_columns(
            last_checked=pl.max_horizontal("last_checked", "asked_at"),
            first_seen=pl.min_horizontal("first_seen", "first_read"),
        )
        .drop("asked_at", "first_read")
    )


def without_withdrawn(
    newest: pl.LazyFrame, snapshots: pl.LazyFrame, groups: pl.LazyFrame, withdrawn: frozenset[str]
) -> pl.LazyFrame:
    """Return the reports that were not withdrawn, under their own id or as a copy of one that was."""
    is_withdrawn = pl.col("report_id").is_in(list(withdrawn))
    texts = snapshots.filter(is_withdrawn).select("text_digest").unique()
    copies = groups.filter(is_withdrawn.any().over("group")).select("report_id")
    others = newest.filter(~is_withdrawn).join(texts, on="text_digest", how="anti")
    return others.join(copies, on="report_id", how="anti")


def merge_same_reports(reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return one report per `group`: the preferred one, which knows the addresses of the others."""
    ranked = by_preference(reports)
    addresses = pl.concat([
        ranked.select("group", address="source_url"),
        ranked.select("group", address=pl.col("other_source_urls").str.split(" ")).explode("address"),
    ])
    kept = ranked.unique(subset="group", keep="first", maintain_order=True)
    others = (
        addresses.join(kept.select("group", "source_url"), on="group")
        .filter(pl.col("address").ne_missing(pl.col("source_url")), pl.col("address").str.len_chars() > 0)
        .group_by("group")
        .agg(other_source_urls=pl.col("address").unique().sort().str.join(" "))
    )
    return kept.drop("other_source_urls").join(others, on="group", how="left")


def in_published_order(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the table with its columns and rows in the order that `transforms.schema` gives."""
    table = TABLES[name]
    order = [*table.sort, *(column for column in table.key if column not in table.sort)]
    return frame.select(table.column_names).sort(order, nulls_last=True)


def count_coverage(indicators: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """Return the codebook with the numbers of reports and observations that each code has in this release."""
    return in_published_order("indicators", with_counts(indicators, observations))


def with_counts(indicators: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """Return the codebook, its rows in their order, with the counts as they are in these observations."""
    counts = observations.drop_nulls("indicator").group_by("indicator").agg(
        n_reports=pl.col("report_id").n_unique().cast(pl.Int32),
        n_observations=pl.len().cast(pl.Int32),
    )
    return (
        indicators.drop("n_reports", "n_observations", strict=False)
        .join(counts, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.col("n_reports", "n_observations").fill_null(0))
    )


def _follow_merges(harvest_log: pl.LazyFrame, remaining: pl.LazyFrame, merged: pl.LazyFrame) -> pl.LazyFrame:
    """Point the attempts at a merged report to the report that it was kept under."""
    kept_under = remaining.select("group", "report_id").join(
        merged.select("group", kept_id="report_id"), on="group"
    ).select("report_id", "kept_id")
    key = list(HARVEST_LOG.key)
    attempts = harvest_log.sort(*key, SEGMENT).unique(key, keep="first", maintain_order=True)
    followed = attempts.join(kept_under, on="report_id", how="left")
    return followed.with_columns(report_id=pl.col("kept_id")).drop("kept_id")
