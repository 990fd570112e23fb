"""Say of every body that must report whether its report of a year is there, so that absence is not taken for zero.

In: reports, the list of divisions, the reports that are quarantined or withdrawn, and since when each level must
report. Out: one row per division, down to towns and subdistricts, and year from the first to the last that any report
is on. A report is in time if it was published before 1 April of the next year. A department's report does not stand
for that of its government, nor one of a zone without a code for that of the division it lies in.

>>> coverage(reports, divisions, quarantined, withdrawn, duty).filter(pl.col("division_code") == "500112").collect()
"""

import polars as pl

from transforms.release_schema import COVERAGE

GOVERNMENTS = ("province", "prefecture", "county", "township", "subdistrict")
KEY = ["division_code", "report_year"]


def coverage(
    reports: pl.LazyFrame, divisions: pl.DataFrame, quarantined: pl.LazyFrame, withdrawn: pl.LazyFrame,
    duty: pl.DataFrame,
) -> pl.LazyFrame:
    """Return the rows of `coverage`.

    `divisions` has the columns code, name, parent and is_group (no place, but a group in the list of codes);
    `quarantined` and `withdrawn` have body_level, department, division_code and report_year, as `reports` has; `duty`
    has level and first_year. Where nothing is due, there is a row only if something is known, and no deadline.
    """
    published = _one_a_body(reports)
    absent = pl.concat([
        frame.filter(_reports_for_its_division()).select(*KEY, absence=pl.lit(absence))
        for absence, frame in (("withdrawn", withdrawn), ("quarantined", quarantined))
    ]).unique(KEY, keep="first", maintain_order=True)
    due = duty.lazy().select("level", pl.col("first_year").cast(pl.Int16))
    is_due = (pl.col("report_year") >= pl.col("first_year")) & ~_is_like_a_township()
    is_known = pl.col("report_id").is_not_null() | pl.col("absence").is_not_null()
    return (
        bodies(divisions).lazy().join(_years(reports, absent), how="cross")
        .join(due, on="level", how="left")
        .join(published, on=KEY, how="left")
        .join(absent, on=KEY, how="left")
        .filter(is_due | is_known)
        .with_columns(
            outcome=pl.when(pl.col("report_id").is_not_null()).then(pl.lit("published"))
            .otherwise(pl.col("absence").fill_null("not_found")),
            in_time=_in_time(is_due),
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
    of_a_report = ["report_id", "published_date", "n_reports"]
    outcome = pl.col("outcome").cast(pl.String)
    had_no_deadline = pl.col("in_time").is_null() & pl.col("published_date").is_not_null()
    return (
        coverage.join(_years(reports_left, withdrawn), on="report_year", how="semi")
        .with_columns(is_due=~had_no_deadline)
        .drop(of_a_report)
        .join(_one_a_body(reports_left), on=KEY, how="left")
        .join(taken_out, on=KEY, how="left")
        .with_columns(
            outcome=pl.when(pl.col("report_id").is_not_null()).then(pl.lit("published"))
            .when(pl.col("is_withdrawn") & (outcome == "published")).then(pl.lit("withdrawn"))
            .when(outcome == "published").then(pl.lit("not_found"))
            .otherwise(outcome),
            in_time=_in_time(pl.col("is_due")),
            n_reports=pl.col("n_reports").fill_null(0),
        )
        .select(coverage.collect_schema().names())
        .sort(COVERAGE.sort)
    )


def _years(reports: pl.LazyFrame, absent: pl.LazyFrame) -> pl.LazyFrame:
    """Return every year from the first to the last that a report is on: one without any is missing, too."""
    both = pl.concat([reports.select("report_year"), absent.select("report_year")])
    span = both.select(report_year=pl.int_ranges(pl.col("report_year").min(), pl.col("report_year").max() + 1))
    return span.explode("report_year").drop_nulls().select(pl.col("report_year").cast(pl.Int16))


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
    """Return the report first published of each body and year, with the number of its reports."""
    ranked = reports.filter(_reports_for_its_division()).sort("published_date", "report_id", nulls_last=True)
    return ranked.group_by(KEY, maintain_order=True).agg(
        pl.col("report_id", "published_date").first(), n_reports=pl.len().cast(pl.Int32)
    )


def _in_time(is_due: pl.Expr) -> pl.Expr:
    deadline = pl.date(pl.col("report_year").cast(pl.Int32) + 1, 4, 1)
    return pl.when(is_due).then(pl.col("published_date") < deadline)


def _reports_for_its_division() -> pl.Expr:
    """A government's report, or that of a zone with a code of its own; of a body not known, take it for the former."""
    level = pl.col("body_level").cast(pl.String)
    is_of_zone = (level == "other") & (_is_zone() | _is_like_a_township())
    is_of_government = level.is_in(GOVERNMENTS) | is_of_zone | level.is_null()
    return is_of_government & pl.col("department").is_null() & pl.col("division_code").is_not_null()


def _is_zone() -> pl.Expr:
    """Codes 71 to 79 at county level: development zones that the list counts like counties."""
    return pl.col("division_code").str.contains(r"^\d{4}7[1-9]$")


def _is_like_a_township() -> pl.Expr:
    """Codes 400 to 599 at township level: farms, parks and zones that the list counts like townships."""
    return pl.col("division_code").str.contains(r"^\d{6}[45]\d\d$")
