"""Take apart what is written like a range but falls: two numbers (由40%到38%), or the parts of a code.

In: tokens, and as what they are `written`. Out: the same tokens, each falling pair as its two halves, each at its own
place; and their quantities.

>>> rising(tokens, knowledge)[0]["token"].to_list()  # of the sentence 由40%到38%
['40%', '38%']
"""

import polars as pl

from transforms.grammar import DASH
from transforms.knowledge import Knowledge
from transforms.quantities import quantities

NUMERAL = "[0-9〇零一二两三四五六七八九十百千万亿数几上]"
MARKS = "[—–－~～至到-]"
HALVES = rf"^(.*?) ?({DASH}) ?({NUMERAL}[^{MARKS[1:]}*)$"


def rising(tokens: pl.DataFrame, knowledge: Knowledge) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `tokens` with every falling pair taken apart (nearly always there is none), and their `quantities`."""
    read = quantities(tokens["token"], knowledge)
    falling = read.filter((pl.col("qualifier") == "range") & (pl.col("value_low") > pl.col("value_high")))["token"]
    if falling.is_empty():
        return tokens, read
    groups = pl.col("token").str.extract_groups(HALVES).struct
    halves = falling.to_frame().select("token", half=pl.concat_list(groups.field("1"), groups.field("3"))).filter(
        pl.col("half").list.first().is_not_null()
    )
    width = pl.col("half").str.len_chars().cast(pl.Int32)
    is_second = pl.col("place") == pl.col("place").shift(1)
    taken_apart = (
        tokens.with_row_index("place").join(halves, on="token", how="left", maintain_order="left")
        .with_columns(half=pl.coalesce("half", pl.concat_list("token")))
        .explode("half")
        .with_columns(start=pl.when(is_second).then(pl.col("end") - width).otherwise("start"))
        .with_columns(end=pl.col("start") + width)
        .with_columns(written=pl.when(pl.col("half") == pl.col("token")).then("written").otherwise("half"))
        .drop("place", "token").rename({"half": "token"})
    )
    halves_read = quantities(halves["half"].explode(), knowledge)
    return taken_apart, pl.concat([read, halves_read]).unique("token")
