"""Consistency checks that a report allows, published and never silently mended.

In: observations. Out: rows of the table `checks`: part of whole, rectified of found, a stated rate against its own
numerator and denominator, a rate within 0-100, the same fact told twice.

>>> checks(observations, knowledge).collect()["statement"].to_list()
['3627 of 3720']
"""

import polars as pl

from transforms.identity import identifiers
from transforms.knowledge import Knowledge
from transforms.schema import CHECKS_TABLE

REACH = 400
HALF_STEP = 0.5
PAIR = ("report_id", "report_year", "check", "left_observation_id", "left_value", "right_observation_id",
        "right_value", "outcome", "statement")


def checks(observations: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return every check that the observations allow."""
    stated = observations.filter((pl.col("status") == "reported") & pl.col("value").is_not_null())
    found = pl.concat([
        part_of_whole(stated),
        rectified_of_found(stated, knowledge),
        stated_rates(stated, knowledge),
        rates_in_range(stated),
        same_facts(stated),
    ])
    return (
        found.with_columns(other=pl.col("right_observation_id").fill_null(""))
        .with_columns(check_id=identifiers("c", "check", "left_observation_id", "other"))
        .unique("check_id", maintain_order=True)
        .select(*CHECKS_TABLE.column_names)
        .cast(CHECKS_TABLE.polars_schema)
    )


def part_of_whole(stated: pl.LazyFrame) -> pl.LazyFrame:
    """Each part is no larger than its whole."""
    wholes = stated.select(right_observation_id="observation_id", right_value="value", right_high="value_high")
    pairs = stated.filter(pl.col("part_of").is_not_null()).join(
        wholes, left_on="part_of", right_on="right_observation_id", coalesce=False
    )
    return of_pair(pairs, "part_of_whole")


def rectified_of_found(stated: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """What was put right is no more than what was found just before it."""
    level = stated.filter((pl.col("measure") == "level") & pl.col("part_of").is_null())
    codes = pairs_of_codes(knowledge).lazy()
    right = level.join(codes, left_on="indicator", right_on="found").select(
        "report_id", "unit_code", indicator="rectified", right_observation_id="observation_id",
        right_value="value", right_high="value_high", right_start="char_start",
    )
    pairs = (
        level.join(right, on=["report_id", "unit_code", "indicator"])
        .filter((pl.col("right_start") < pl.col("char_start")) & (pl.col("char_start") - pl.col("right_start") < REACH))
        .sort("report_id", "char_start", "right_start")
        .unique("observation_id", keep="last", maintain_order=True)
    )
    return of_pair(pairs, "rectified_of_found")


def pairs_of_codes(knowledge: Knowledge) -> pl.DataFrame:
    """Codes that belong together, one row each: found, rectified, and the rate of both."""
    rows = [entry.split("/") for entry in knowledge.words["rectified_codes"]]
    return pl.DataFrame(rows, schema=["found", "rectified", "rate"], orient="row")


def of_pair(pairs: pl.LazyFrame, check: str) -> pl.LazyFrame:
    """Compare a left value with the right one that it must not exceed; open bounds leave it undecided."""
    holds = pl.col("value") <= pl.col("right_value")
    possible = pl.col("value") < pl.col("right_high").fill_null(float("inf"))
    return pairs.with_columns(
        check=pl.lit(check),
        left_observation_id="observation_id",
        left_value="value",
        outcome=pl.when(holds).then(pl.lit("holds")).when(possible).then(pl.lit("undecided")).otherwise(pl.lit("fails")),
        statement=pl.format("{} of {}", number("value"), number("right_value")),
    ).select(PAIR)


def stated_rates(stated: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """A rate told right after its numerator and denominator is their quotient."""
    order = stated.sort("report_id", "char_start", "observation_id")
    is_count = pl.col("dimension") == "count"
    near = (pl.col("report_id").shift(2) == pl.col("report_id")) & (
        pl.col("char_start") - pl.col("char_start").shift(2) < REACH // 4
    )
    pairs = pairs_of_codes(knowledge)
    codes = [pairs[name].to_list() for name in ("found", "rectified", "rate")]
    quotient = 100 * pl.col("value").shift(1) / pl.col("value").shift(2)
    fits = (
        near & is_count.shift(1) & is_count.shift(2)
        & pl.col("indicator").is_in(codes[2]) & pl.col("indicator").shift(1).is_in(codes[1])
        & pl.col("indicator").shift(2).is_in(codes[0]) & (pl.col("value").shift(2) > 0)
        & (pl.col("unit_code").shift(1) == pl.col("unit_code").shift(2))
    )
    exact = (pl.col("qualifier") == "exact") & (pl.col("qualifier").shift(1) == "exact")
    return (
        order.with_columns(
            right_observation_id=pl.col("observation_id").shift(1), right_value=quotient, fits=fits, exact=exact,
            part=pl.col("value").shift(1), whole=pl.col("value").shift(2),
        )
        .filter(pl.col("fits"))
        .with_columns(
            check=pl.lit("stated_rate"), left_observation_id="observation_id", left_value="value",
            right_value=pl.col("right_value").round(4),
            outcome=pl.when((pl.col("value") - pl.col("right_value")).abs() <= HALF_STEP).then(pl.lit("holds"))
            .when("exact").then(pl.lit("fails")).otherwise(pl.lit("undecided")),
            statement=pl.format("{}% stated for {} of {}", number("value"), number("part"), number("whole")),
        )
        .select(PAIR)
    )


def rates_in_range(stated: pl.LazyFrame) -> pl.LazyFrame:
    """A rate or share lies within 0 and 100."""
    rates = stated.filter((pl.col("unit_code") == "percent") & pl.col("measure").is_in(["level", "share"]))
    return rates.with_columns(
        check=pl.lit("rate_in_range"), left_observation_id="observation_id", left_value="value",
        right_observation_id=pl.lit(None, pl.String), right_value=pl.lit(100.0),
        outcome=pl.when(pl.col("value").is_between(0, 100)).then(pl.lit("holds")).otherwise(pl.lit("fails")),
        statement=pl.concat_str(number("value"), pl.lit("% within 0 and 100")),
    ).select(PAIR)


def same_facts(stated: pl.LazyFrame) -> pl.LazyFrame:
    """The same words with a number, told again, have the same number."""
    fact = ["report_id", "indicator", "label", "unit_code", "period_start", "period_end"]
    told = stated.filter(
        pl.col("indicator").is_not_null() & (pl.col("measure") == "level") & (pl.col("label").str.len_chars() >= 6)
    ).sort("report_id", "char_start", "observation_id")
    first = told.unique(fact, keep="first", maintain_order=True).select(
        *fact, right_observation_id="observation_id", right_value="value"
    )
    return (
        told.join(first, on=fact, nulls_equal=True)
        .filter(pl.col("observation_id") != pl.col("right_observation_id"))
        .with_columns(
            check=pl.lit("same_fact"), left_observation_id="observation_id", left_value="value",
            outcome=pl.when(pl.col("value") == pl.col("right_value")).then(pl.lit("holds")).otherwise(pl.lit("fails")),
            statement=pl.format("{} told again as {}", number("right_value"), number("value")),
        )
        .select(PAIR)
    )


def number(column: str) -> pl.Expr:
    """A number in words, without needless decimals."""
    value = pl.col(column).round(4)
    return pl.when(value == value.floor()).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))
