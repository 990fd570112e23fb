"""Tell a level from a share of a whole and from a change, and give a decrease its sign.

In: labelled mentions. Out: the same rows with `measure`; values and bounds of a decrease are negative.

>>> measures(rows_of("案件同比下降12.5%"), knowledge).collect()["value"].to_list()
[-12.5]
"""

from collections.abc import Collection

import polars as pl

from transforms.knowledge import Knowledge

CHANGE_LISTS = (
    "decrease", "increase", "change_name", "less", "more", "lower", "higher", "decrease_object", "increase_object",
)


def measures(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `measure` and turn the sign of decreases."""
    ratio = pl.col("dimension") == "ratio"
    points = pl.col("unit_code").is_in(["percentage_point", "permille_point"])
    changed = pl.col("direction").fill_null(0) != 0
    falls = pl.col("direction") == -1
    measure = (
        pl.when(points).then(pl.lit("change"))
        .when((pl.col("unit_code") == "doubling") | (ratio & changed)).then(pl.lit("change_ratio"))
        .when(changed).then(pl.lit("change"))
        .when(ratio & ~is_named_rate(knowledge)).then(pl.lit("share"))
        .otherwise(pl.lit("level"))
    )
    return (
        rows.with_columns(direction=direction(knowledge))
        .with_columns(direction=continued())
        .with_columns(measure=measure)
        .with_columns(
            value=pl.when(falls).then(-pl.col("value")).otherwise("value"),
            value_low=pl.when(falls).then(-pl.col("value_high")).otherwise("value_low"),
            value_high=pl.when(falls).then(-pl.col("value_low")).otherwise("value_high"),
        )
    )


def direction(knowledge: Knowledge) -> pl.Expr:
    """1 for a stated rise, -1 for a stated fall, 0 for none; null where the clause has no words of its own.

    减少到, 增长至 and 压缩为 state a level. 减少 and its like may stand before their
    object (精简材料288项), a rise only if the object is compared or the verb is 增加.
    """
    fall, rise = knowledge.any_of("decrease"), knowledge.any_of("increase")
    # Few clauses have words of change: the others are null before any further pattern is tried on them.
    changes = "|".join(knowledge.any_of(name) for name in CHANGE_LISTS)
    lead = pl.when(pl.col("lead").str.contains(changes)).then("lead")
    bare = pl.coalesce(lead, pl.when(pl.col("core") == "").then("lead"))
    to = knowledge.any_of("change_to")
    filler = f"(?:{knowledge.any_of('change_filler')}|[ 、和])*"
    # 增幅为59% is what the change is called, 增长为59件 what it led to.
    named_so = f"({knowledge.any_of('change_name')})(?:{filler}|为)$"
    called = pl.when(lead.str.contains(knowledge.any_of("change_name"))).then(lead).str.extract(named_so)
    ends_in_level = lead.str.contains(rf"(?:{fall}|{rise}).{{0,8}}{to}(?:约|近|超过?|了)*$") & called.is_null()
    named = bare.str.contains(f"{knowledge.any_of('rate_ending')}(?:达到?|为|是)?$")
    has_fall_or_rise = lead.str.contains(f"{fall}|{rise}").fill_null(False)
    base = f"{knowledge.any_of('comparison')}|[比较][^比较]{{2,8}}"
    # 高12米 is how high it is, 比上年高12分 a change.
    less, more, lower, higher = (
        ending(lead, knowledge.words[name]).str.contains(
            f"(?:{opening}{base})(?:仅|只|又|则)?{knowledge.any_of(name)}$"
        ).fill_null(False)
        for name, opening in (("less", "^|"), ("more", "^|"), ("lower", ""), ("higher", ""))
    )
    falls = less | lower | lead.str.contains(f"{fall}{filler}$") | lead.str.contains(
        rf"{knowledge.any_of('decrease_object')}(?:了)?[^至到]{{0,14}}$"
    )
    rises = more | higher | lead.str.contains(f"{rise}{filler}$") | lead.str.contains(
        rf"(?:^|同比|{knowledge.any_of('comparison')}.{{0,6}}){knowledge.any_of('increase_object')}[^至到]{{0,12}}$"
    )
    states_none = pl.col("zero_of").is_not_null() | pl.col("is_denied")
    return (
        pl.when(states_none | ends_in_level | (named & ~has_fall_or_rise)).then(0)
        .when(bare.str.contains(knowledge.any_of("state_rate"))).then(0)
        .when(falls | called.str.contains(fall).fill_null(False)).then(-1)
        .when(rises | called.is_not_null()).then(1)
        .when(pl.col("core") != "").then(0)
    )


def ending(text: pl.Expr, words: Collection[str]) -> pl.Expr:
    """The text where a word may stand at its end, else null: few rows are then searched for the words."""
    begins = "".join(sorted({word[0] for word in words}))
    return pl.when(text.str.tail(max(map(len, words))).str.contains(f"[{begins}]")).then(text)


def continued() -> pl.Expr:
    """A number without words of its own goes on with the last direction in its sentence: 分别下降5%、6%."""
    filled = pl.col("direction").forward_fill().over("sentence_index")
    joined = pl.col("follows_mention") & pl.col("left").str.contains(r"[%点]?[、和]$")
    return pl.when(pl.col("direction").is_null() & joined).then(filled).otherwise("direction")


def is_named_rate(knowledge: Knowledge) -> pl.Expr:
    """Whether a percentage has a name of its own: the words before it end in 率, 度 and the like."""
    name = knowledge.any_of("rate_name")
    years, origin = "[0-9一二两三四五六七八九十]+年", "(?:由|从)[^，,；;。]{0,10}"
    between = f"{knowledge.any_of('after_rate_name')}|[ “”\"'（(:：]|{years}|{origin}"
    ending = f"{name}(?:{between})*$"
    compared = f"{knowledge.any_of('comparison')}|{knowledge.any_of('increase')}|{knowledge.any_of('decrease')}"
    return pl.col("left").str.contains(ending) | pl.col("label").str.contains(f"{name}(?:$|由|从|{compared})")
