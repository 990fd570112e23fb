"""Say of every body that must report whether its report of a year is there, so that absence is not taken for zero.

In: reports, the list of divisions, and the reports that are quarantined or withdrawn. Out: one row per division, down
to towns and subdistricts, and year that any report of the release is on. A report is in time if it was published
before 1 April of the next year. A department's report does not stand for that of its government.

>>> coverage(reports, divisions, quarantined, withdrawn).filter(pl.col("division_code") == "500112").collect()
"""

import polars as pl

from transforms.release_schema import COVERAGE

GOVERNMENTS = ("province", "prefecture", "county", "township", "subdistrict")
KEY = ["division_code", "report_year"]


def coverage(
    reports: pl.LazyFrame, divisions: pl.DataFrame, quarantined: pl.LazyFrame, withdrawn: pl.LazyFrame
) -> pl.LazyFrame:
    """Return the rows of `coverage`.

    `divisions` has the columns code, name, parent and is_group (no place, but a group in the list of codes);
    `quarantined` those of `reports`; `withdrawn` at least division_code and report_year.
    """
    years = reports.select("report_year").unique()
    published = _one_a_body(reports)
    absent = pl.concat([
        withdrawn.select(*KEY, absence=pl.lit("withdrawn")),
        quarantined.filter(_of_a_government()).select(*KEY, absence=pl.lit("quarantined")),
    ]).drop_nulls("division_code").unique(KEY, keep="first", maintain_order=True)
    return (
        bodies(divisions).lazy().join(years, how="cross")
        .join(published, on=KEY, how="left")
        .join(absent, on=KEY, how="left")
        .with_columns(
            outcome=pl.when(pl.col("report_id").is_not_null()).then(pl.lit("published"))
            .otherwise(pl.col("absence").fill_null("not_found")),
            in_time=_in_time(),
            n_reports=pl.col("n_reports").fill_null(0),
        )
        .select(COVERAGE.column_names)
        .sort(COVERAGE.sort)
    )


def coverage_without(
    coverage: pl.LazyFrame, reports_left: pl.LazyFrame, withdrawn: pl.LazyFrame
) -> pl.LazyFrame:
    """Return `coverage` as it is once reports were taken out: `reports_left` are those that remain."""
    taken_out = withdrawn.select(KEY).drop_nulls().unique().with_columns(is_withdrawn=pl.lit(True))
    of_a_report = ["report_id", "published_date", "n_reports", "in_time"]
    outcome = pl.col("outcome").cast(pl.String)
    return (
        coverage.join(reports_left.select("report_year").unique(), on="report_year", how="semi")
        .drop(of_a_report)
        .join(_one_a_body(reports_left), on=KEY, how="left")
        .join(taken_out, on=KEY, how="left")
        .with_columns(
            outcome=pl.when(pl.col("report_id").is_not_null()).then(pl.lit("published"))
            .when("is_withdrawn").then(pl.lit("withdrawn"))
            .when(outcome == "published").then(pl.lit("not_found"))
            .otherwise(outcome),
            in_time=_in_time(),
            n_reports=pl.col("n_reports").fill_null(0),
        )
        .select(coverage.collect_schema().names())
        .sort(COVERAGE.sort)
    )


def bodies(divisions: pl.DataFrame) -> pl.DataFrame:
    """Return every division with a code, under the name listed first, with its level and the names of those above."""
    level = (
        pl.when(pl.col("code").str.len_chars() == 9).then(pl.lit("township"))
        .when(pl.col("code").str.ends_with("0000")).then(pl.lit("province"))
        .when(pl.col("code").str.ends_with("00")).then(pl.lit("prefecture"))
        .otherwise(pl.lit("county"))
    )
    listed = divisions.drop_nulls("code").unique("code", keep="first", maintain_order=True)
    named = listed.select("code", "name", "parent", "is_group", level=level)
    name_of_place = pl.when(~pl.col("is_group")).then("name")
    above = named.select(parent="code", above_name=name_of_place, above_level="level", above="parent")
    first = named.join(above, on="parent", how="left")
    second = first.join(above.select(pl.all().name.prefix("second_")), left_on="above", right_on="second_parent",
                        how="left")
    third = second.join(above.select(pl.all().name.prefix("third_")), left_on="second_above", right_on="third_parent",
                        how="left")
    return third.filter(~pl.col("is_group")).select(
        "level", "name", division_code="code",
        **{column: pl.coalesce(*(pl.when(pl.col(f"{step}level") == rank).then(f"{step}name")
                                 for step in ("above_", "second_above_", "third_above_")))
           for column, rank in (("province", "province"), ("city", "prefecture"), ("county", "county"))},
    )


def _one_a_body(reports: pl.LazyFrame) -> pl.LazyFrame:
    """Return the report first published of each government and year, with the number of its reports."""
    ranked = reports.filter(_of_a_government()).sort("published_date", "report_id", nulls_last=True)
    return ranked.group_by(KEY, maintain_order=True).agg(
        pl.col("report_id", "published_date").first(), n_reports=pl.len().cast(pl.Int32)
    )


def _in_time() -> pl.Expr:
    return pl.col("published_date") < pl.date(pl.col("report_year").cast(pl.Int32) + 1, 4, 1)


def _of_a_government() -> pl.Expr:
    is_government = pl.col("body_level").cast(pl.String).is_in(GOVERNMENTS) & pl.col("department").is_null()
    return is_government & pl.col("division_code").is_not_null()
