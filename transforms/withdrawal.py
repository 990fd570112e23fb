"""Take a report out of tables that are released already.

In: the tables of a release, and what is known of the report: its id, its texts, its addresses. Out: which of the
release's reports are it or copies of it; and the tables as that release would have had them without these.

>>> without_reports(tables, withdrawn, copies(tables, subject))["reports"].collect().height
1
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.combine import with_counts
from transforms.coverage import coverage_without
from transforms.same_report import same_reports


@dataclass(frozen=True)
class Subject:
    """A report to take out: its ids, the digests of all texts that it or a copy had, the addresses it was read at."""

    ids: frozenset[str]
    texts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


def copies(tables: Mapping[str, pl.LazyFrame], subject: Subject) -> pl.DataFrame:
    """Return `report_id` and `text_digest` of the reports that are the subject, say the same, or name its address."""
    reports = tables["reports"]
    names_it = pl.col("other_source_urls").str.split(" ").list.eval(pl.element().is_in(list(subject.addresses)))
    is_it = pl.col("report_id").is_in(list(subject.ids))
    is_like_it = pl.col("text_digest").is_in(list(subject.texts)) | names_it.list.any().fill_null(False)
    found = reports.filter(is_it | is_like_it).select("report_id", "text_digest").collect()
    if subject.ids.isdisjoint(found["report_id"]):
        return found
    same = same_reports(reports, tables["observations"]).filter(is_it.any().over("group"))
    stating = reports.join(same, on="report_id", how="semi").select("report_id", "text_digest").collect()
    return pl.concat([found, stating]).unique(maintain_order=True)


def earlier_ids(id_changes: pl.LazyFrame, ids: Collection[str]) -> frozenset[str]:
    """Return the ids that these reports had before the scheme of ids changed."""
    moved = id_changes.filter(pl.col("table") == "reports", pl.col("new_id").is_in(list(ids)))
    return frozenset(moved.select("old_id").collect()["old_id"])


def repeats(changes: pl.LazyFrame, gone: Collection[str]) -> bool:
    """Tell whether `changes` repeats what one of these reports said."""
    says = pl.col("old_value").is_not_null() | pl.col("new_value").is_not_null()
    return not changes.filter(pl.col("report_id").is_in(list(gone)), says).head(1).collect().is_empty()


def without_reports(
    tables: Mapping[str, pl.LazyFrame], withdrawn: pl.DataFrame, gone: Collection[str]
) -> dict[str, pl.LazyFrame]:
    """Return the tables, in their own columns, without the reports with the ids `gone`.

    `withdrawn` is the list to be published with them. An attempt to fetch stays, as one that led to no report.
    """
    is_gone = pl.col("report_id").is_in(list(gone)).fill_null(False)
    kept = {name: frame.filter(~is_gone) if "report_id" in frame.collect_schema() else frame
            for name, frame in tables.items()}
    kept["harvest_log"] = tables["harvest_log"].with_columns(report_id=pl.when(~is_gone).then("report_id"))
    kept["indicators"] = with_counts(tables["indicators"], kept["observations"]).select(
        tables["indicators"].collect_schema().names())
    kept["withdrawn"] = withdrawn.lazy()
    kept["coverage"] = coverage_without(tables["coverage"], kept["reports"], kept["withdrawn"])
    return kept
