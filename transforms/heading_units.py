"""Give numbers without a unit the one, with its scale, that stands in brackets before them or in their heading.

In: tokens of sentences. Out: the same rows with `written`, the token as it stands; `token` has the unit of
罚款(万元)|4.8 and of each number of 罚款明细(单位:万元):占道经营|4.8、渣土运输|39.2.

>>> with_heading_units(tokens, knowledge)["token"].to_list()
['4.8万元', '39.2万元']
"""

import polars as pl

from transforms.grammar import alternatives
from transforms.knowledge import Knowledge

BARE = "[0-9余多百千万亿]$"
CLOSED = "[)）](?:[：:]|[0-9])"
# The cells of a table whose lines were lost: 行政处罚数量(宗)|警告0|罚款317.
CELL = r"\p{Han}{2,14}[0-9.]+"


def with_heading_units(tokens: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Add `written` to `tokens`, and the units of headings to those that have none."""
    unit = f"[十百千]?[万亿]?(?:{alternatives(knowledge.units['unit'])})"
    heading = rf"^.*[（(](?:单位[:：] ?)?({unit})[)）](?:[：:][^：:]*|(?:{CELL})*\p{{Han}}{{2,14}})?$"
    # Few numbers have no unit, and hardly a sentence has a heading with one.
    bare = pl.when(pl.col("token").str.contains(BARE)).then("sentence")
    headed = pl.when(bare.str.contains(f"{CLOSED}|[)）]{CELL}")).then("sentence")
    left = headed.str.slice(0, pl.col("start"))
    return tokens.with_columns(
        written="token", token=pl.concat_str("token", left.str.extract(heading).fill_null(""))
    )
