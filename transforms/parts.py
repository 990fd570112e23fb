"""Which mention is part of which: 共409件(其中蓝丝带物业272件).

In: mentions with their clauses, in order, each with a running number `row`. Out: the same rows with `whole`: the row
number of the total, or null.

>>> parts(rows_of("共409件(其中蓝丝带物业272件)"), knowledge).collect()["whole"].to_list()
[None, 0]
"""

import polars as pl

from transforms.knowledge import Knowledge

LOOK_BACK = 4


def parts(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `whole`: the nearest total of the same unit before the words or the bracket that open the parts."""
    opening = f"[（(][^）)]*$|{knowledge.any_of('part_opening')}|中[，,]?(?:仅有?|共?有|的)[^，,。；;、]{{0,4}}$"
    gap = pl.col("between")
    opens = pl.col("follows_mention") & gap.str.contains(opening) & ~gap.str.contains("[。；;]")
    closes = gap.str.contains(r"[。；;]|^[^（(]*[）)]") | ~pl.col("follows_mention")
    block = (
        pl.when(opens).then("candidate").when(closes).then(-1)
    )
    is_part = (
        (pl.col("block") >= 0) & (pl.col("value") <= pl.col("block_value")) & (pl.col("measure") == "level")
        & pl.col("unit_code").eq_missing(pl.col("block_unit"))
    )
    return (
        rows.with_columns(between=between())
        .with_columns(candidate=candidate())
        .with_columns(block=block.forward_fill().over("sentence_index"))
        .with_columns(
            block_value=pl.when(pl.col("block") >= 0).then(pl.col("value").gather(pl.col("block").clip(0))),
            block_unit=pl.when(pl.col("block") >= 0).then(pl.col("unit_code").gather(pl.col("block").clip(0))),
        )
        .with_columns(whole=pl.when(is_part).then("block"))
        .drop("between", "candidate", "block", "block_value", "block_unit")
    )


def between() -> pl.Expr:
    """The text between the last mention and this one."""
    return pl.col("sentence").str.slice(
        pl.col("last_end"), pl.max_horizontal(pl.col("start") - pl.col("last_end"), 0)
    ).fill_null("")


def candidate() -> pl.Expr:
    """Row number of the nearest earlier level in the sentence with the same unit and no smaller value, or -1."""
    nearest = [
        pl.when(
            (pl.col("sentence_index").shift(step) == pl.col("sentence_index"))
            & (pl.col("unit_code").shift(step) == pl.col("unit_code"))
            & (pl.col("measure").shift(step) == "level")
            & (pl.col("value").shift(step) >= pl.col("value"))
        ).then(pl.col("row").shift(step))
        for step in range(1, LOOK_BACK + 1)
    ]
    return pl.coalesce(*nearest, -1).cast(pl.Int64)
