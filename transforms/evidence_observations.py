"""Observations with the words at their offsets and the bounds of their units, side by side.

In: the tables, `seeds/units.csv` and `seeds/limits.csv`. Out: `observations` with the columns that its expectations
compare; a column is null where its expectation does not apply to the row.

>>> observations_evidence(tables, units, limits)["quote_in_text"].to_list()
['145万余元']
"""

from collections.abc import Mapping

import polars as pl

FIRST_WINS = {"keep": "first", "maintain_order": True}
STATED = pl.col("measure").is_in(["level", "share"])
IS_PERCENT = pl.col("unit_code") == "percent"


def observations_evidence(
    tables: Mapping[str, pl.DataFrame], units: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """Return the observations with what stands at their offsets, their section and the bounds that they must keep."""
    view = _with_text(tables["observations"], tables["texts"])
    view = _with_section(view, tables["sections"])
    view = view.join(
        tables["reports"].unique("report_id", keep="first").select("report_id", year_of_report="report_year"),
        on="report_id", how="left", maintain_order="left",
    )
    view = _with_codebook(_with_limits(view, limits), tables["indicators"])
    known = units["unit_code"].drop_nulls().unique().to_list()
    return _with_values(view).with_columns(
        unit_code_known=pl.col("unit_code").is_in(known),
        sentence_holds_quote=pl.col("sentence").str.contains(pl.col("quote"), literal=True),
    )


def _with_text(observations: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Add the length of the report's text, and the characters at the offsets where they lie in it."""
    joined = observations.join(
        texts.unique("report_id", keep="first", maintain_order=True).select("report_id", text_of_report="text"),
        on="report_id", how="left", maintain_order="left",
    ).with_columns(text_length=pl.col("text_of_report").str.len_chars().cast(pl.Int64))
    start, end = pl.col("char_start"), pl.col("char_end")
    inside = (start >= 0) & (end > start) & (end <= pl.col("text_length"))
    words = pl.col("text_of_report").str.slice(start, (end - start).clip(lower_bound=0))
    return joined.with_columns(quote_in_text=pl.when(inside).then(words)).drop("text_of_report")


def _with_section(observations: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    found = sections.unique("section_id", keep="first", maintain_order=True).select(
        "section_id", report_of_section="report_id", section_start="char_start", section_end="char_end"
    )
    return observations.join(found, on="section_id", how="left", maintain_order="left")


def _with_limits(observations: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Add `floor` and `ceiling` of the unit; units without a line of their own have those of `other`."""
    bounds = limits.filter(pl.col("kind") == "unit").select(
        limits_of="name", floor=pl.col("minimum").cast(pl.Float64), ceiling=pl.col("maximum").cast(pl.Float64)
    )
    known = bounds["limits_of"].to_list()
    unit = pl.col("unit_code").fill_null("none")
    named = observations.with_columns(limits_of=pl.when(unit.is_in(known)).then(unit).otherwise(pl.lit("other")))
    return named.join(bounds, on="limits_of", how="left", maintain_order="left").drop("limits_of")


def _with_codebook(observations: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    codes = indicators.unique("indicator", keep="first", maintain_order=True).select(
        "indicator", code_minimum="minimum", code_maximum="maximum", code_units=pl.col("unit_codes").str.split(" ")
    )
    joined = observations.join(codes, on="indicator", how="left", maintain_order="left")
    fits = pl.col("code_units").list.contains(pl.col("unit_code"))
    with_unit = STATED & pl.col("unit_code").is_not_null()
    return joined.with_columns(unit_fits_code=pl.when(with_unit).then(fits)).drop("code_units")


def _with_values(observations: pl.DataFrame) -> pl.DataFrame:
    """Add the smallest and largest number that a row states, apart for levels, shares, rates and changes."""
    numbers = ("value", "value_low", "value_high")
    smallest, largest = pl.min_horizontal(*numbers), pl.max_horizontal(*numbers)
    value = pl.col("value")
    is_rate = IS_PERCENT & (pl.col("measure") == "level")
    is_share = IS_PERCENT & (pl.col("measure") == "share")
    exact = pl.col("qualifier") == "exact"
    return observations.with_columns(
        stated_number=pl.coalesce(*numbers),
        level_smallest=pl.when(STATED).then(smallest),
        level_largest=pl.when(STATED).then(largest),
        size_of_change=pl.when(STATED.not_()).then(pl.max_horizontal(smallest.abs(), largest.abs())),
        share=pl.when(is_share).then(largest),
        rate=pl.when(is_rate).then(largest),
        ceiling_of_change=pl.when(IS_PERCENT.fill_null(False).not_()).then("ceiling"),
        change_ratio=pl.when(IS_PERCENT & (pl.col("measure") == "change_ratio")).then(value),
        coded_smallest=pl.when(STATED & pl.col("indicator").is_not_null()).then(smallest),
        coded_value=pl.when(STATED & pl.col("indicator").is_not_null()).then(value),
        exact_is_bounds=pl.when(exact).then(
            value.eq_missing(pl.col("value_low")) & value.eq_missing(pl.col("value_high"))
        ),
        range_value=pl.when(pl.col("qualifier") == "range").then(value),
    )
