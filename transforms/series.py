"""Give the members of a series, which are told by what makes them different only, the code of what they are members of.

In: coded rows, in order, each with its number `row`. Out: the same rows, with more of them coded.

>>> codes_of_series(rows_of("新收复议案件341件,涉及公安类150件、市场监管类88件"), knowledge)["indicator"].to_list()
['reconsideration_applications', 'reconsideration_applications', 'reconsideration_applications']
"""

import polars as pl

from transforms.clauses import acting
from transforms.knowledge import Knowledge

LOOK_BACK = 5
MEMBER_WIDTH = 14
OF_WHOLE = ("sentence_index", "label", "indicator", "unit", "measure", "value")
TIMES = "[（(]?次[）)]?$"


def codes_of_series(rows: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Give members without a code that of the nearest number before in their sentence and unit that is no member."""
    is_open = is_amount() & pl.col("indicator").is_null() & (pl.col("label").str.len_chars() <= MEMBER_WIDTH)
    members = (
        rows.select("row", "dimension", *OF_WHOLE)
        .filter(is_open)
        .filter(pl.col("label").str.contains(f"{some_of(knowledge)}|{one_of(knowledge)}"))
        .filter(~counts_bodies(knowledge), ~pl.col("label").str.contains(other(knowledge)))
    )
    found = with_joined(rows, wholes_of(rows, members, knowledge), knowledge)
    return (
        rows.join(found, on="row", how="left", maintain_order="left")
        .with_columns(indicator=pl.coalesce("indicator", "of_series"))
        .drop("of_series")
    )


def is_amount() -> pl.Expr:
    """Whether a row states how many there are, or how much money."""
    return (pl.col("measure") == "level") & (pl.col("dimension") != "ratio") & (pl.col("value") > 0)


def some_of(knowledge: Knowledge) -> str:
    """Pattern of a label that says only which part of a whole is meant: 涉及公安类, 露天焚烧的."""
    kind, opening = knowledge.any_of("member_kind"), knowledge.any_of("member_opening")
    return f".{kind}$|^{opening}..|..的$"


def one_of(knowledge: Knowledge) -> str:
    """Pattern of a label that says only whose or of when it is: 县级, 厅机关, 下半年."""
    return f".{knowledge.any_of('member_level')}$|^.{{0,4}}{knowledge.any_of('member_body')}$"


def counts_bodies(knowledge: Knowledge) -> pl.Expr:
    """Whether a label names bodies and they are counted themselves, in a unit of theirs: 责任单位|5个."""
    bodies = f"{knowledge.any_of('member_body')}$|^{knowledge.any_of('member_opening')}"
    return pl.col("label").str.contains(bodies) & pl.col("unit").is_in(knowledge.words["body_unit"]).fill_null(False)


def other(knowledge: Knowledge) -> str:
    """Pattern of words with which a number is no member of what stands before."""
    doing = acting(knowledge, but=("涉及",))
    of_stage = f"{knowledge.any_of('own_part')}.*的$"
    return f"{knowledge.any_of('other_outcome')}|{knowledge.any_of('no_member')}|^.{{0,4}}{doing}|{of_stage}"


def wholes_of(rows: pl.DataFrame, members: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """The code of each member's whole: `row`, `of_series`; some of a whole are no more than it."""
    steps = pl.DataFrame({"step": range(1, LOOK_BACK + 1)}, {"step": pl.UInt32})
    near = members.join(steps, how="cross").filter(pl.col("step") <= pl.col("row"))
    wholes = rows.select(pl.col(OF_WHOLE).name.prefix("its_"))[near["row"] - near["step"]]
    is_part = pl.col("label").str.contains(some_of(knowledge))
    return (
        near.hstack(wholes)
        .filter(
            pl.col("its_sentence_index") == pl.col("sentence_index"), pl.col("its_measure") == "level", is_like(),
            ~pl.col("its_label").str.contains(f"{some_of(knowledge)}|{one_of(knowledge)}"),
            ~is_part | (pl.col("value") <= pl.col("its_value")),
        )
        .sort("row", "step")
        .unique("row", keep="first", maintain_order=True)
        .drop_nulls("its_indicator")
        .select("row", of_series="its_indicator")
    )


def is_like() -> pl.Expr:
    """Whether both count in the same unit but for 次: 件次 and 场(次) count what 件 and 场 count."""
    unit, its_unit = (
        pl.when(pl.col(name).str.len_chars() > 1).then(pl.col(name).str.replace(TIMES, "")).otherwise(name)
        for name in ("unit", "its_unit")
    )
    return unit == its_unit


def with_joined(rows: pl.DataFrame, members: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """The members, and the bare nouns that go on with them: 涉及营商环境19件、|民生保障|11件."""
    stands_next = pl.col("last_end") + 1 + pl.col("label").str.len_chars() == pl.col("start")
    is_joined = stands_next & (pl.col("left").str.slice(pl.col("last_end"), 1) == "、")
    last = members
    while not last.is_empty():
        last = last.filter(pl.col("row") + 1 < rows.height)
        units = rows.select(its_unit="unit")[last["row"]]
        last = (
            rows[last["row"] + 1].hstack([*units, last["of_series"]])
            .filter(is_amount(), pl.col("indicator").is_null(), "follows_mention", is_joined, is_like())
            .filter(~pl.col("label").str.contains(other(knowledge)))
            .select("row", "of_series")
        )
        members = pl.concat([members, last])
    return members.unique("row", keep="first")
