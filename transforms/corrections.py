"""Mend by hand what was read wrongly: rows of `seeds/corrections.csv`, applied between cleaning and sentences.

In: documents, and corrections. Out: the documents corrected, with `correction_ids`, the ids of those that matched.
The columns of the seed table:

- `report`: the report_id, or the address of the page;
- `field`: empty for the text, or a column of `reports` (see `FIELDS`);
- `find`: what stands there now: characters that the cleaned text has exactly once, or the field's whole value (empty
  where it has none);
- `replacement`: what is right (empty: nothing);
- `why`: published; `date`: the day of the correction, from which a release takes its version.

A correction that does not match changes nothing; the release is then held until its row is mended.

>>> correct_texts(documents, corrections).collect()["correction_ids"].to_list()
['k_0123456789abcdef', None]
"""

import polars as pl

from transforms.identity import identifiers

SEED_COLUMNS = ("report", "field", "find", "replacement", "why", "date")
TEXT = "text"
FIELDS = ("title", "body", "body_level", "department", "division_code", "province", "city", "county", "township",
          "report_year", "published_date", "signed_date")
CORRECTIONS = pl.Schema({
    "correction_id": pl.String, "report_id": pl.String, "field": pl.String, "find": pl.String,
    "replacement": pl.String, "reason": pl.String, "corrected_on": pl.Date,
})


def correct_texts(documents: pl.LazyFrame, corrections: pl.DataFrame) -> pl.LazyFrame:
    """Return the documents, known by `canonical_url`, with their texts corrected and the column `correction_ids`."""
    documents = documents.with_columns(correction_ids=pl.lit(None, pl.String))
    return _correct(documents, corrections.filter(pl.col("field") == TEXT))


def correct_fields(documents: pl.LazyFrame, corrections: pl.DataFrame) -> pl.LazyFrame:
    """Return the documents with the fields of their headers corrected."""
    return _correct(documents, corrections.filter(pl.col("field") != TEXT))


def applied(corrections: pl.LazyFrame, reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return the corrections that reports name as applied."""
    named = reports.select("report_id", correction_id=pl.col("correction_ids").str.split(" ")).explode("correction_id")
    return corrections.join(named, on=["report_id", "correction_id"], how="semi")


def unmatched(corrections: pl.LazyFrame, reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return the corrections of reports that are there and do not name them."""
    there = corrections.join(reports, on="report_id", how="semi")
    return there.join(applied(corrections, reports), on="correction_id", how="anti")


def typed(text: pl.Expr, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    """Return a text as a value of a column's type; null where it is none."""
    return text.str.to_date("%Y-%m-%d", strict=False) if dtype == pl.Date else text.cast(dtype, strict=False)


def _correct(documents: pl.LazyFrame, corrections: pl.DataFrame) -> pl.LazyFrame:
    if corrections.is_empty():
        return documents
    known = documents.with_columns(report_id=identifiers("r", "canonical_url"))
    there = corrections.join(known.select("report_id").collect(), on="report_id", how="semi", maintain_order="left")
    types = known.collect_schema()
    for row in there.iter_rows(named=True):
        field, find, right = row["field"], row["find"], row["replacement"]
        if field == TEXT:
            matches = pl.col(TEXT).str.count_matches(find, literal=True) == 1
            mended = pl.col(TEXT).str.replace(find, right or "", literal=True)
        else:
            matches = pl.col(field).cast(pl.String).eq_missing(pl.lit(find, pl.String))
            mended = typed(pl.lit(right, pl.String), types[field])
        is_meant = (pl.col("report_id") == row["report_id"]) & matches
        ids = pl.concat_str("correction_ids", pl.lit(row["correction_id"]), separator=" ", ignore_nulls=True)
        known = known.with_columns(
            pl.when(is_meant).then(mended).otherwise(field).alias(field),
            correction_ids=pl.when(is_meant).then(ids).otherwise("correction_ids"),
        )
    return known.drop("report_id")
