"""Take mentions apart: value, qualifier, bounds and unit.

In: texts of tokens that hold a number. Out: one row per different token, with what its words say.

>>> quantities(pl.Series(["145万余元"]), knowledge).row(0, named=True)["value_high"]
1460000.0
"""

import polars as pl

from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.numerals import PRECISION, read_number

SCALES = {"十万": 1e5, "百万": 1e6, "千万": 1e7, "百亿": 1e10, "千亿": 1e11, "万亿": 1e12} | {
    "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8
}
# Digits in one place, which are the number's, not of a unit such as m2, nor of 9成.
ONE_NUMBER = r"^[^0-9A-Za-z]*[0-9][0-9.,， ]*[^0-9成]*$"
DIGITS = r"[0-9](?:[0-9.,， ]*[0-9])?"
NUMBER = pl.Struct({"value": pl.Float64, "step": pl.Float64, "kind": pl.String})


def quantities(tokens: pl.Series, knowledge: Knowledge) -> pl.DataFrame:
    """Return `token`, value, qualifier, value_low, value_high, unit, kind for each different token that reads as one.

    `token_trimmed` is the token without blanks at its ends; `has_chinese` says that the number is in Chinese
    characters, `is_marked` that a scale or a qualifier shows it to be a quantity even without a unit.
    """
    different = tokens.unique(maintain_order=True).alias("token").to_frame()
    return (
        taken_apart(different.with_columns(token_trimmed=pl.col("token").str.strip_chars()), knowledge).lazy()
        .filter(pl.col("n1").is_not_null())
        .with_columns(first=numbers("n1"), second=numbers("n2"))
        .filter(
            pl.col("first").struct.field("value").is_not_null()
            & (pl.col("n2").is_null() | pl.col("second").struct.field("value").is_not_null())
        )
        .with_columns(qualifier=qualifier(knowledge), **scaled())
        .with_columns(value_low=low(), value_high=high())
        .select(
            "token", "token_trimmed", "qualifier", "value_low", "value_high",
            value=pl.when(pl.col("qualifier") != "range").then("number"),
            unit=written_unit(),
            kind=pl.col("first").struct.field("kind"),
            has_chinese=pl.col("n1").str.contains("^[^0-9]") & (pl.col("first").struct.field("kind") == "plain"),
            is_marked=(pl.col("qualifier") != "exact") | pl.col("s1").is_not_null(),
            is_single=pl.col("number") == 1,
            has_after=pl.col("post").is_not_null() | pl.col("o3").is_not_null(),
        )
        .pipe(computed)
    )


def taken_apart(tokens: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Add the groups of `Grammar.number`; tokens that differ in digits alone are taken apart once, as one shape."""
    text = pl.col("token_trimmed")
    has_shape = text.str.contains(ONE_NUMBER)
    shaped = tokens.with_columns(shape=pl.when(has_shape).then(text.str.replace_all("[0-9]", "1")).otherwise(text))
    parts = pl.col("shape").str.extract_groups(f"^(?:{knowledge.grammar.number})$")
    shapes = shaped.select(pl.col("shape").unique()).with_columns(parts.alias("parts")).unnest("parts")
    digits = pl.when(has_shape).then(text.str.extract(DIGITS, group_index=0))
    own = pl.when(digits.is_not_null()).then(pl.col("n1").str.replace(DIGITS, digits)).otherwise("n1")
    return shaped.join(shapes, on="shape", how="left", maintain_order="left").with_columns(n1=own).drop("shape")


def numbers(column: str) -> pl.Expr:
    """The numbers that the texts of a column write; each different text is read once."""

    def read(texts: pl.Series) -> pl.Series:
        different = texts.drop_nulls().unique()
        read_ones = [read_number(text) for text in different]
        fields = NUMBER.to_schema()
        values = {name: [None if one is None else getattr(one, name) for one in read_ones] for name in fields}
        table = pl.DataFrame(values, fields).select(different.alias("text"), number=pl.struct(pl.all()))
        return texts.rename("text").to_frame().join(table, on="text", how="left", maintain_order="left")["number"]

    return pl.col(column).map_batches(read, return_dtype=NUMBER)


def scaled() -> dict[str, pl.Expr]:
    """Both numbers and the first one's step, times their scales; the first takes the second's scale in 3至5万."""
    second_scale = pl.col("s2").replace_strict(SCALES, default=1.0, return_dtype=pl.Float64)
    first_scale = pl.col("s1").fill_null(pl.col("s2")).replace_strict(SCALES, default=1.0, return_dtype=pl.Float64)
    first, second = pl.col("first").struct, pl.col("second").struct
    return {
        "number": (first.field("value") * first_scale).round(PRECISION),
        # No step is finer than what numbers are rounded to, so that 余 always leaves room above.
        "step": (first.field("step") * first_scale).clip(10.0**-PRECISION),
        "upper": (second.field("value") * second_scale).round(PRECISION),
    }


def qualifier(knowledge: Knowledge) -> pl.Expr:
    """How exact the words are: 余 多 几 win over every other, then words after, then words before."""
    kind = pl.col("first").struct.field("kind")
    before = pl.col("pre").str.strip_chars_end("了 ")

    def is_one_of(column: pl.Expr, name: str) -> pl.Expr:
        return column.is_in(list(knowledge.words[name])).fill_null(False)

    after = pl.col("post").str.replace(r"^(?:及|[(（]含[)）])", "")
    return (
        pl.when(pl.col("n2").is_not_null() | (kind == "several")).then(pl.lit("range"))
        .when(pl.any_horizontal(pl.col("o1", "o2", "o3", "o5").is_not_null())).then(pl.lit("over"))
        .when(pl.col("n1").str.contains("成多$") | is_one_of(after, "after_over")).then(pl.lit("over"))
        .when(is_one_of(after, "after_at_least")).then(pl.lit("at_least"))
        .when(is_one_of(after, "after_at_most")).then(pl.lit("at_most"))
        .when(is_one_of(after, "after_approx")).then(pl.lit("approx"))
        .when(is_one_of(before, "before_at_least") | (kind == "upwards")).then(pl.lit("at_least"))
        .when(is_one_of(before, "before_at_most")).then(pl.lit("at_most"))
        .when(is_one_of(before, "before_near")).then(pl.lit("near"))
        .when(is_one_of(before, "before_approx")).then(pl.lit("approx"))
        .otherwise(pl.lit("exact"))
    )


def low() -> pl.Expr:
    """Lower bound that the words imply; null where open."""
    several = pl.col("first").struct.field("kind") == "several"
    return (
        pl.when(several).then(2 * pl.col("step"))
        .when(pl.col("qualifier").is_in(["exact", "over", "at_least", "range"])).then("number")
    )


def high() -> pl.Expr:
    """Upper bound that the words imply; null where open."""
    return (
        pl.when(pl.col("first").struct.field("kind") == "several").then(10 * pl.col("step"))
        .when(pl.col("qualifier") == "range").then("upper")
        .when(pl.col("qualifier") == "over").then((pl.col("number") + pl.col("step")).round(PRECISION))
        .when(pl.col("qualifier").is_in(["exact", "at_most", "near"])).then("number")
    )


def written_unit() -> pl.Expr:
    """The unit as written, brackets narrow; parts of a whole in words count as percent."""
    unit = pl.coalesce("unit", pl.concat_str(pl.lit("个"), "u2"), "u1")
    narrow = unit.str.replace_all("（", "(").str.replace_all("）", ")").str.replace_all(" ", "")
    kind = pl.col("first").struct.field("kind")
    return (
        pl.when(kind == "percent").then(pl.lit("%"))
        .when(kind == "tenths").then(pl.lit("成"))
        .otherwise(narrow)
    )
