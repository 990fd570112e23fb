"""Numbers in the cells of tables, labelled by the headings of their row and column.

In: sentences, those of tables holding one row each with TAB between cells. Out: rows such as `mentions` gives, with
`cell_label`; a unit or scale in a heading, 金额(万元), or in the caption, 单位:件, holds for its cells.

>>> table_cells(sentences, knowledge).collect().select("quote", "value", "cell_label").row(0)
('68.2', 682000.0, '市容环卫罚没金额')
"""

import polars as pl

from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.quantities import quantities

NUMERIC = r"^[约近超]? ?[0-9][0-9,，]*(?:\.[0-9]+)?[万亿]?(?:余|多)?"
YEAR_CELL = r"^(?:19|20)[0-9]{2}(?:年度?)?$"
HEADING_UNIT = r"[（(]([^（）()0-9]{1,8})[)）]"
CAPTION_UNIT = r"(?:单位|金额)[:：] ?([^\s，,；;、）)0-9]{1,8})"


def table_cells(sentences: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return the cells that hold nothing but a quantity, with value, bounds, unit, place and label."""
    cells = computed(placed_cells(sentences))
    if cells.is_empty():
        return pl.LazyFrame()
    full = cells["token"]
    units = knowledge.units.select("unit", "unit_code", "dimension").lazy()
    return (
        cells.lazy()
        .join(quantities(full, knowledge).lazy(), on="token", how="left", maintain_order="left")
        .filter(pl.col("value").is_not_null())
        .join(units, on="unit", how="left", maintain_order="left")
        .with_columns(dimension=pl.col("dimension").fill_null("count"))
    )


def placed_cells(sentences: pl.LazyFrame) -> pl.LazyFrame:
    """One row per numeric cell: where it stands, the headings of its row and column, and its text with its unit."""
    width = pl.col("quote").str.len_chars().cast(pl.Int32)
    rows = sentences.with_columns(caption=pl.col("sentence").shift(1).str.extract(CAPTION_UNIT)).filter(
        pl.col("sentence").str.contains("\t")
    )
    begins = (pl.col("sentence_index").cast(pl.Int64).diff() != 1).fill_null(True)
    cells = (
        rows.with_columns(table=begins.cum_sum())
        .with_columns(quote=pl.col("sentence").str.strip_chars_end("\n").str.split("\t"))
        .with_columns(column=pl.int_ranges(pl.col("quote").list.len()))
        .explode("quote", "column")
        .with_columns(start=(width + 1).cum_sum().over("sentence_index") - width - 1)
        .with_columns(blanks=width - pl.col("quote").str.strip_chars_start().str.len_chars().cast(pl.Int32))
        .with_columns(start=pl.col("start") + pl.col("blanks"), quote=pl.col("quote").str.strip_chars())
        .with_columns(is_number=pl.col("quote").str.contains(NUMERIC))
    )
    first_row = pl.col("sentence_index") == pl.col("sentence_index").min().over("table")
    names_year = first_row | pl.col("column_heading").str.contains("年").fill_null(True)
    heading = pl.when(~pl.col("is_number") & (pl.col("quote") != "")).then("quote")
    return (
        cells.with_columns(
            column_heading=heading.first(ignore_nulls=True).over("table", "column"),
            row_heading=heading.first(ignore_nulls=True).over("sentence_index"),
            caption=pl.col("caption").first().over("table"),
        )
        .filter(pl.col("is_number") & ~(pl.col("quote").str.contains(YEAR_CELL) & names_year))
        .with_columns(unit_of_heading=pl.coalesce(pl.col("column_heading").str.extract(HEADING_UNIT), "caption"))
        .with_columns(
            token=pl.when(pl.col("quote").str.contains(r"[0-9万亿]$"))
            .then(pl.concat_str("quote", pl.col("unit_of_heading").fill_null("")))
            .otherwise("quote"),
            end=pl.col("start") + width,
            cell_label=pl.concat_str(
                pl.col("row_heading").fill_null(""),
                pl.col("column_heading").str.replace(HEADING_UNIT, "").fill_null(""),
            ),
        )
        .drop("table", "column", "blanks", "is_number", "column_heading", "row_heading", "caption", "unit_of_heading")
    )
