"""Say what differs between two releases, value by value, and why.

In: the tables of an older and a newer release, and what is known of the causes. Out: the table `changes`.
Columns that follow from others are not told one by one: the moment of the last look at a page, counts, and
offsets into a text (a text that changed shows in `reports.text_digest`, and may have moved every offset).

>>> find_changes(old, new, Evidence()).height
0
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.release_schema import CHANGES, COMPARED
from transforms.schema import TABLES

HEADLINES = {
    "reports": "title", "sections": "heading", "observations": "quote", "panel": "value", "checks": "statement",
    "indicators": "name_en",
}
OFFSETS = frozenset({"char_start", "char_end"})
UNTOLD = {
    "reports": frozenset({
        "retrieved_at", "first_seen", "last_changed", "last_checked", "revision", "payload_digest", "n_characters",
        "n_sections", "n_observations", "n_masked",
    }),
    "indicators": frozenset({"n_reports", "n_observations"}),
    "sections": OFFSETS,
    "observations": OFFSETS,
}
CODED = ("panel", "indicators")


@dataclass(frozen=True)
class Evidence:
    """What is known of the causes: whether code or codebook changed, and which reports were withdrawn."""

    extractor_changed: bool = False
    codebook_changed: bool = False
    withdrawn: frozenset[str] = frozenset()


def find_changes(
    old: Mapping[str, pl.LazyFrame], new: Mapping[str, pl.LazyFrame], evidence: Evidence
) -> pl.DataFrame:
    """Return the rows of `changes` that lead from the tables `old` to the tables `new`."""
    pages = _what_became_of_pages(old, new)
    found = [table_changes(name, old[name], new[name]) for name in COMPARED if name in old and name in new]
    if not found:
        return CHANGES.empty()
    told = pl.concat(found).join(pages, on="report_id", how="left").with_columns(cause=_cause(evidence))
    # What was withdrawn is not told again.
    told = told.with_columns(old_value=pl.when(pl.col("cause") != "withdrawal").then("old_value"))
    return told.select(CHANGES.column_names).sort(CHANGES.sort).collect()


def table_changes(name: str, old: pl.LazyFrame, new: pl.LazyFrame) -> pl.LazyFrame:
    """Return what differs between two versions of one table; only columns that both have are compared."""
    table, shared = TABLES[name], set(_names(old)) & set(_names(new))
    told = [column for column in table.column_names
            if column in shared and column not in table.key and column not in UNTOLD.get(name, ())]
    before, after = _keyed(name, old, told, "old"), _keyed(name, new, told, "new")
    rows = before.join(after, on="key", how="full", coalesce=True)
    added, gone = pl.col("old:present").is_null(), pl.col("new:present").is_null()
    headline = HEADLINES[name] if HEADLINES[name] in told else told[0]
    whole_row = pl.concat_list(_both_values(headline))
    differing = pl.concat_list([
        pl.when(pl.col(f"old:{column}").ne_missing(pl.col(f"new:{column}"))).then(_both_values(column))
        for column in told
    ])
    return (
        rows.with_columns(
            table=pl.lit(name),
            report_id=pl.coalesce("new:row_report", "old:row_report"),
            indicator=pl.coalesce("new:row_indicator", "old:row_indicator"),
            change=pl.when(added).then(pl.lit("added")).when(gone).then(pl.lit("gone")).otherwise(pl.lit("changed")),
            difference=pl.when(added | gone).then(whole_row).otherwise(differing),
        )
        .select("table", "key", "report_id", "indicator", "change", "difference")
        .explode("difference").drop_nulls("difference").unnest("difference")
    )


def summarise(changes: pl.DataFrame) -> pl.DataFrame:
    """Return how many rows were added, changed and gone, by table and cause.

    A row of which two columns changed counts once.
    """
    rows = changes.lazy().group_by("table", "change", "cause").agg(rows=pl.col("key").n_unique())
    return rows.sort("table", "change", "cause").collect()


def summarise_indicators(changes: pl.DataFrame) -> pl.DataFrame:
    """Return how many observations of each indicator were added, changed and gone."""
    coded = changes.lazy().filter(pl.col("table") == "observations").drop_nulls("indicator")
    counts = [
        pl.col("key").filter(pl.col("change") == kind).n_unique().alias(kind) for kind in ("added", "changed", "gone")
    ]
    return coded.group_by("indicator").agg(counts).sort("indicator").collect()


def _names(frame: pl.LazyFrame) -> list[str]:
    return frame.collect_schema().names()


def _keyed(name: str, frame: pl.LazyFrame, told: list[str], side: str) -> pl.LazyFrame:
    """Return the told columns as text, named after the release they are of, with the key and what the row is of."""
    def of_row(column: str) -> pl.Expr:
        return pl.col(column).cast(pl.String) if column in TABLES[name].column_names else pl.lit(None, pl.String)

    return frame.select(
        pl.concat_str([pl.col(column).cast(pl.String) for column in TABLES[name].key], separator=" ").alias("key"),
        of_row("report_id").alias(f"{side}:row_report"),
        of_row("indicator").alias(f"{side}:row_indicator"),
        pl.lit(True).alias(f"{side}:present"),
        *(pl.col(column).cast(pl.String).alias(f"{side}:{column}") for column in told),
    )


def _both_values(column: str) -> pl.Expr:
    old, new = pl.col(f"old:{column}"), pl.col(f"new:{column}")
    return pl.struct(column=pl.lit(column), old_value=old, new_value=new)


def _what_became_of_pages(old: Mapping[str, pl.LazyFrame], new: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return for each report whether its page or its corrections changed, and whether a new one was known before."""
    digests = ["report_id", "payload_digest", "text_digest", "correction_ids"]
    known = old["harvest_log"].select("payload_digest", known_payload=pl.lit(True)).unique()
    return (
        _with_corrections(old["reports"]).select(digests)
        .join(
            _with_corrections(new["reports"]).select(digests), on="report_id", how="full", coalesce=True, suffix="_new"
        )
        .join(known, left_on="payload_digest_new", right_on="payload_digest", how="left")
        .select(
            "report_id",
            page_changed=pl.col("payload_digest").ne_missing(pl.col("payload_digest_new"))
            & pl.col("text_digest").ne_missing(pl.col("text_digest_new")),
            is_corrected=pl.col("correction_ids").ne_missing(pl.col("correction_ids_new")),
            is_new=pl.col("payload_digest").is_null(),
            is_gone=pl.col("payload_digest_new").is_null(),
            known_payload=pl.col("known_payload").fill_null(False),
        )
    )


def _with_corrections(reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return the reports with the column that releases of schema 1.0 had not yet."""
    if "correction_ids" in _names(reports):
        return reports
    return reports.with_columns(correction_ids=pl.lit(None, pl.String))


def _cause(evidence: Evidence) -> pl.Expr:
    """Name the nearest cause: people's acts first, then the page, then codebook and code."""
    by_people = pl.col("report_id").is_in(list(evidence.withdrawn)) & pl.col("is_gone")
    corrected = pl.col("is_corrected") & ~pl.col("is_new") & ~pl.col("is_gone")
    new_page = pl.col("is_new") & ~pl.col("known_payload")
    changed_page = pl.col("page_changed") & ~pl.col("is_new") & ~pl.col("is_gone")
    of_codes = (pl.col("column") == "indicator") | pl.col("table").is_in(list(CODED))
    code_alone = "extractor" if evidence.extractor_changed else "codebook" if evidence.codebook_changed else "source"
    return (
        pl.when(by_people).then(pl.lit("withdrawal"))
        .when(corrected.fill_null(False)).then(pl.lit("correction"))
        .when((new_page | changed_page).fill_null(False)).then(pl.lit("source"))
        .when(of_codes & pl.lit(evidence.codebook_changed)).then(pl.lit("codebook"))
        .when(pl.col("table") == "indicators").then(pl.lit("codebook"))
        .otherwise(pl.lit(code_alone))
    )
