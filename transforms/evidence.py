"""What the expectations look at: each table with further columns, worked out from other tables and the seeds.

In: all tables of `transforms.schema` and the seed tables that bound them. Out: one frame a table, its own columns
first, its rows in their order.

>>> evidence(tables, units, limits, private)["observations"].select("quote", "quote_in_text")
"""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from transforms.columns import Table
from transforms.evidence_observations import observations_evidence
from transforms.mask_words import PrivateWords, private_words
from transforms.private_numbers import holds_private_number
from transforms.schema import CHECKS, TABLES

ADDRESSES = ("url", "source_url", "canonical_url", "other_source_urls")
CHILDREN = ("observations", "sections", "panel", "checks", "texts")


Tables = Mapping[str, pl.DataFrame]


def evidence(
    tables: Tables, units: pl.DataFrame, limits: pl.DataFrame, private: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return every table with the columns that its expectations compare; the seed tables are all text."""
    words = private_words(private)
    views = {name: tables[name] for name in TABLES}
    views["reports"] = _reports(views)
    views["sections"] = views["sections"].join(_text_lengths(tables), on="report_id", how="left", maintain_order="left")
    views["observations"] = observations_evidence(views, units, limits)
    views["panel"] = _panel(views)
    views["checks"] = views["checks"].with_columns(
        pl.when(pl.col("check") == check).then("outcome").alias(f"{check}_outcome") for check in CHECKS
    )
    views["indicators"] = _indicators(views["indicators"], units)
    views["texts"] = views["texts"].with_columns(digest_of_text=_digest("text"))
    return {
        name: _with_keys_known(_with_finite(_with_private(view, name, words), name), tables, name)
        for name, view in views.items()
    }


def is_free_text(table: Table, name: str) -> bool:
    """Whether a column holds words of a page or of people, and not ids, codes, closed sets or addresses."""
    column = table.column(name)
    closed = column.pattern or column.allowed or name in ADDRESSES or name in table.foreign_keys
    return column.dtype == pl.String and not closed and not name.endswith(("_id", "_ids", "_digest"))


def digest(text: str) -> str:
    """Return the digest of a text as the tables write it."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _digest(column: str) -> pl.Expr:
    return pl.col(column).map_elements(digest, return_dtype=pl.String)


def _text_lengths(tables: Tables) -> pl.DataFrame:
    texts = tables["texts"].unique("report_id", keep="first", maintain_order=True)
    return texts.select("report_id", text_length=pl.col("text").str.len_chars().cast(pl.Int64))


def _reports(tables: Tables) -> pl.DataFrame:
    """Reports with their text's length and digest, their rows in the other tables, and days since the year began."""
    year_start = pl.date(pl.col("report_year").cast(pl.Int32), 1, 1)
    texts = tables["texts"].unique("report_id", keep="first", maintain_order=True)
    view = tables["reports"].join(_text_lengths(tables), on="report_id", how="left", maintain_order="left")
    view = view.join(texts.select("report_id", digest_in_texts="text_digest"), on="report_id", how="left",
                     maintain_order="left")
    for name in CHILDREN:
        counts = tables[name].group_by("report_id").agg(pl.len().cast(pl.Int64).alias(f"rows_{name}"))
        view = view.join(counts, on="report_id", how="left", maintain_order="left")
    return view.with_columns(
        pl.col([f"rows_{name}" for name in CHILDREN]).fill_null(0),
        days_published=(pl.col("published_date") - year_start).dt.total_days(),
        days_signed=(pl.col("signed_date") - year_start).dt.total_days(),
        published_after_fetch=pl.col("published_date") > pl.col("retrieved_at").dt.offset_by("1d").dt.date(),
    )


def _panel(tables: Tables) -> pl.DataFrame:
    """The panel with what the chosen observation says."""
    chosen = tables["observations"].unique("observation_id", keep="first", maintain_order=True).select(
        "observation_id", chosen_report="report_id", chosen_indicator="indicator", chosen_value="value",
        chosen_status="status", chosen_year="report_year",
    )
    candidates = pl.col("candidate_ids").str.split(" ")
    return tables["panel"].join(chosen, on="observation_id", how="left", maintain_order="left").with_columns(
        number_of_ids=candidates.list.len().cast(pl.Int64),
        chosen_is_candidate=candidates.list.contains(pl.col("observation_id")),
    )


def _indicators(indicators: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The codebook with the units that `seeds/units.csv` lacks, and whether each code's parent is in it."""
    known = units["unit_code"].drop_nulls().unique().to_list()
    unknown = pl.col("unit_codes").str.split(" ").list.set_difference(known).list.sort().list.join(" ")
    codes = indicators["indicator"].to_list()
    return indicators.with_columns(
        unknown_units=pl.when(unknown != "").then(unknown),
        parent_known=pl.col("parent").is_in(codes),
    )


def _with_private(view: pl.DataFrame, name: str, words: PrivateWords) -> pl.DataFrame:
    """Add `private_in`: the text columns that still hold a private number, or null."""
    table = TABLES[name]
    named = [
        pl.when(holds_private_number(pl.col(column), words)).then(pl.lit(column))
        for column in table.column_names if is_free_text(table, column)
    ]
    if not named:
        return view.with_columns(private_in=pl.lit(None, pl.String))
    return view.with_columns(private_in=_names(named))


def _with_finite(view: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add `not_finite_in`: the columns that hold no number although they are not null, or null."""
    floats = [column.name for column in TABLES[name].columns if column.dtype == pl.Float64]
    if not floats:
        return view
    named = [pl.when(pl.col(column).is_finite().not_()).then(pl.lit(column)) for column in floats]
    return view.with_columns(not_finite_in=_names(named))


def _names(named: Sequence[pl.Expr]) -> pl.Expr:
    """Join the names that are not null; null when there are none."""
    joined = pl.concat_str(named, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _with_keys_known(view: pl.DataFrame, tables: Tables, name: str) -> pl.DataFrame:
    """Add `<column>_known` for each foreign key: whether the row it names is there."""
    for column, target in TABLES[name].foreign_keys.items():
        other, _, key = target.partition(".")
        keys = tables[other].select(pl.col(key or TABLES[other].key[0]).alias(column)).unique()
        known = f"{column}_known"
        view = view.join(keys.with_columns(pl.lit(True).alias(known)), on=column, how="left", maintain_order="left")
        there = pl.col(known).fill_null(False)
        view = view.with_columns(pl.when(pl.col(column).is_not_null()).then(there).alias(known))
    return view
