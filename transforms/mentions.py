"""Decide which tokens are quantities, and give each its place, value, bounds and unit.

In: tokens of sentences. Out: one row per mention: `quote`, `start`, `end` within the sentence, value, qualifier,
value_low, value_high, unit, unit_code, dimension, and `zero_of`: the things that a zero in words denies.

A question that only some rows raise is put to those rows alone: the others would cost a look each.

>>> mentions(tokens(sentences(texts), knowledge.grammar), knowledge).collect()["quote"].to_list()
['4900余册']
"""

import polars as pl

from transforms.clauses import AND
from transforms.computed import computed
from transforms.heading_units import with_heading_units
from transforms.knowledge import Knowledge
from transforms.ranges import rising
from transforms.zeros import state_zeros, with_denial_after, zeros

BOUNDARY = r"^(?:[，,。；;：:、！!？?)）\]】\t\n0-9]|$)"
SEPARATOR = r"^[，,。；;、！!？?)）\]】\t\n]"
BRACKETED = r"[(（]([^()（）0-9]{1,3})[)）]"
RIGHT = 8  # characters that are looked at after a mention
HOTLINE = r"^(?:1[12][0-9]|12[0-9]{3}|9[56][0-9]{3,4})$"
MAX_BARE = 1_000_000
LEAST_CUT = 10
MONEY_WIDTH = 12
LEAST_RUN = 3
# What joins the numbers of an enumeration.
JOINTS = f"、{AND}"
# 1万元以上|10万元以下: of two bounds, the other one.
OTHER_BOUND = "[0-9.一二三四五六七八九十]+万?元以[上下]"
YEARS = (1900, 2100)


def mentions(tokens: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return the quantities among `tokens`, and the zeros in words, in order."""
    grammar = knowledge.grammar
    found, quantities = rising(with_heading_units(computed(tokens), knowledge), knowledge)
    is_zero = pl.col("token").str.contains(f"^(?:{grammar.zero})$")
    different = found.select(pl.col("token").unique()).with_columns(is_zero=is_zero)
    table = different.join(quantities, on="token", how="left")
    units = knowledge.units.select("unit", "unit_code", "dimension", "not_before").lazy()
    rows = found.lazy().join(table.lazy(), on="token", maintain_order="left")
    placed = with_unit_in_brackets(within_sentence(rows), knowledge)
    named = placed.with_columns(unit=pl.coalesce("unit", unit_before(knowledge)))
    with_units = named.join(units, on="unit", how="left", maintain_order="left").with_columns(**of_money(knowledge))
    with_units = sharing_unit(refuse_units(without_prefix(with_units, knowledge), knowledge))
    read = computed(with_runs(with_units).with_row_index("place")).lazy()
    counting = read.filter(~pl.col("is_zero") & is_number(knowledge))
    digits, has_unit = counting.filter(~pl.col("has_chinese")), pl.col("unit").is_not_null()
    stated = pl.concat([
        zeros(read.filter("is_zero"), knowledge),
        spelled(counting.filter("has_chinese"), knowledge),
        digits.filter(has_unit).filter(is_no_deadline(knowledge)).select("place"),
        digits.filter(~has_unit).filter(is_bare_quantity(knowledge)).select("place"),
    ], how="diagonal")
    return state_zeros(read.join(stated, on="place", maintain_order="left").drop("place"))


def within_sentence(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Trim the token to the quote; add what stands to its left in the sentence, and right after it."""
    blanks = pl.col("written").str.len_chars() - pl.col("written").str.strip_chars_start().str.len_chars()
    return (
        rows.with_columns(quote=pl.col("written").str.strip_chars(), start=pl.col("start") + blanks.cast(pl.Int32))
        .with_columns(end=pl.col("start") + pl.col("quote").str.len_chars().cast(pl.Int32))
        .with_columns(
            left=pl.col("sentence").str.slice(0, pl.col("start")),
            right=pl.col("sentence").str.slice(pl.col("end"), RIGHT),
        )
    )


def with_unit_in_brackets(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Let a number without a unit take the one in brackets after it into its quote: 参训|1120(人次)."""
    found = pl.when(pl.col("unit").is_null()).then("right").str.extract(f"^{BRACKETED}")
    unit = pl.when(found.is_in(knowledge.units["unit"].to_list())).then(found)
    width = (unit.str.len_chars().cast(pl.Int32) + 2).fill_null(0)
    end = pl.col("end") + width
    return rows.with_columns(
        quote=pl.concat_str("quote", pl.col("right").str.head(width)), end=end, unit=pl.coalesce("unit", unit),
        right=pl.col("sentence").str.slice(end, RIGHT),
    )


def unit_before(knowledge: Knowledge) -> pl.Expr:
    """The unit that stands before its number: 观看人次|超1232万."""
    left = pl.when("is_marked", pl.col("unit").is_null()).then("left")
    noun = f"({knowledge.any_of('unit_noun')})(?:总?数)?{knowledge.any_of('lead_tail')}*$"
    return left.str.extract(noun)


def of_money(knowledge: Knowledge) -> dict[str, pl.Expr]:
    """Unit code and dimension, money's too where its unit was left out: 罚款|97.6万."""
    scaled = pl.when(pl.col("unit").is_null()).then("quote").str.contains("[万亿][余多]?$")
    left = pl.when(scaled).then("left").str.tail(MONEY_WIDTH)
    is_money = left.str.contains(f"{knowledge.any_of('money_noun')}{knowledge.any_of('lead_tail')}*$").fill_null(False)
    return {
        "unit_code": pl.when(is_money).then(pl.lit("CNY")).otherwise("unit_code"),
        "dimension": pl.when(is_money).then(pl.lit("money")).otherwise("dimension"),
    }


def without_prefix(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Leave 多 to the word or number that it begins: 2次|多部门联合检查, 比去年50件|多7件."""
    over = pl.when(pl.col("qualifier") == "over", pl.col("quote").str.ends_with("多")).then("right")
    begins = over.str.contains(f"^(?:[0-9]|{knowledge.any_of('after_many')})").fill_null(False)
    return rows.with_columns(
        quote=pl.when(begins).then(pl.col("quote").str.strip_suffix("多")).otherwise("quote"),
        right=pl.when(begins).then(pl.concat_str(pl.lit("多"), "right")).otherwise("right"),
        end=pl.col("end") - begins.cast(pl.Int32),
        qualifier=pl.when(begins).then(pl.lit("exact")).otherwise("qualifier"),
        **{f"value_{end}": pl.when(begins).then("value").otherwise(f"value_{end}") for end in ("low", "high")},
    )


def refuse_units(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Take the unit off where the next character shows that it begins another word: 3场|所, 20人|民."""
    follows = pl.col("right").str.slice(0, 1)
    refused = (
        pl.col("not_before").fill_null("").str.contains(follows, literal=True)
        & (follows.str.len_chars() > 0)
        & ~pl.col("has_after").fill_null(False)
        # A unit in brackets is none of the quote's end.
        & pl.col("quote").str.ends_with(pl.col("unit"))
        & ~pl.col("right").str.contains(f"^{knowledge.any_of('after_unit')}")
    )
    unit_width = pl.col("unit").str.len_chars().cast(pl.Int32)
    shortened = pl.col("quote").str.head(-unit_width.cast(pl.Int64))
    return rows.with_columns(unit_refused=refused.fill_null(False)).with_columns(
        quote=pl.when("unit_refused").then(shortened).otherwise("quote"),
        right=pl.when("unit_refused").then(pl.concat_str("unit", "right")).otherwise("right"),
        end=pl.when("unit_refused").then(pl.col("end") - unit_width).otherwise("end"),
        **{
            name: pl.when(~pl.col("unit_refused")).then(pl.col(name))
            for name in ("unit", "unit_code", "dimension")
        },
    )


def sharing_unit(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Let bare numbers of an enumeration have the unit that its last number has: 调处|12|、13|和14件.

    3、4件 is about as many as that; the scale of the last (12、14万元) may be that of all or not.
    """
    left, right = (pl.when(pl.col("unit").is_null(), ~pl.col("is_marked")).then(name) for name in ("left", "right"))
    touches = (pl.col("end") + 1 == pl.col("start").shift(-1)) & (
        pl.col("sentence_index") == pl.col("sentence_index").shift(-1)
    )
    follows = touches.shift(1) & left.str.contains(f"[0-9][{JOINTS}]$")
    is_named = left.str.contains(r"[\p{Han}”）)]{2}$") | follows
    is_exact = right.str.contains("^[^、]") | (pl.col("value") >= LEAST_CUT)
    joins = is_named & right.str.contains(f"^[{JOINTS}][0-9]") & touches & is_exact & (pl.col("value") < YEARS[0])
    waits = pl.col("joins") & pl.col("unit").is_null()
    lender = pl.when(~waits).then(pl.int_range(pl.len())).backward_fill()
    is_scaled = pl.col("quote").gather("lender").str.contains("[百千万亿]")
    is_shared = waits & (pl.col("dimension").gather("lender") != "time") & ~is_scaled
    return (
        rows.with_columns(joins=joins.fill_null(False))
        .with_columns(lender=lender)
        .with_columns(is_shared=is_shared.fill_null(False))
        .with_columns(
            pl.when("is_shared").then(pl.col(name).gather("lender")).otherwise(name).alias(name)
            for name in ("unit", "unit_code", "dimension")
        )
        .drop("joins", "lender", "is_shared")
    )


def is_number(knowledge: Knowledge) -> pl.Expr:
    """Whether a token reads as a number, and neither tells which things are meant nor fills a cell of a table."""
    is_bound = (pl.col("unit_code") == "CNY") & pl.col("qualifier").is_in(["at_least", "at_most"])
    bounded = pl.when(is_bound).then("right")
    # 一万元以下|的案件: which cases are meant.
    case = rf"(?:的\p{{Han}}{{0,4}})?{knowledge.any_of('bounded_case')}"
    bounds = f"^(?:{OTHER_BOUND}|的{knowledge.any_of('bounded_thing')}|{case})"
    tells_which = bounded.str.contains(bounds).fill_null(False)
    reads = pl.col("value").is_not_null() | pl.col("value_low").is_not_null() | (pl.col("qualifier") == "approx")
    return reads & ~tells_which & ~fills_cell()


def is_no_deadline(knowledge: Knowledge) -> pl.Expr:
    """Whether digits with a unit state no deadline and no date: of time, only what is spent or shortened counts."""
    is_time = (pl.col("dimension") == "time").fill_null(False)
    left, right, quote = (pl.when(is_time).then(name) for name in ("left", "right", "quote"))
    clause = left.str.extract("[^，,。；;：:]*$", group_index=0)
    limits = right.str.contains("^(?:之?内|前|后)") | quote.str.ends_with("内")
    to = f"{knowledge.any_of('to_change')}{knowledge.any_of('change_to')}"
    shortened = clause.str.contains(to)
    # Nobody sets a limit in tenths: 首次登记12.6天.
    is_measured = quote.str.contains(r"[0-9]\.[0-9]") & ~limits
    speaks_of_time = (
        (clause.str.contains(knowledge.any_of("time_context")) & ~limits)
        | shortened
        | is_measured
        | (pl.col("unit_code") == "class_hour")
    )
    return ~is_time | speaks_of_time


def is_bare_quantity(knowledge: Knowledge) -> pl.Expr:
    """Whether digits without a unit are a quantity: marked by a scale or qualifier, or alone after a name.

    After what is often counted, a doing may follow where a line break or the unit was lost: 整改问题53|开展督查.
    """
    left, right, quote = (pl.when(~pl.col("is_marked")).then(name) for name in ("left", "right", "quote"))
    is_cut = left.str.contains(f"{knowledge.any_of('often_counted')}$") & right.str.contains(
        f"^(?:{knowledge.any_of('bare_verb')}|{knowledge.any_of('count_verb')}|$)"
    )
    is_closed = right.str.contains(f"{SEPARATOR}|^{knowledge.any_of('next_heading')}") | pl.col("in_run")
    stands_alone = (
        left.str.contains(r"[\p{Han}”\"'）)]{2}$")
        & (is_closed | (is_cut & (pl.col("value") >= LEAST_CUT)))
        & ~quote.str.contains(HOTLINE)
        & ~quote.str.contains(r"^[0-9]\.0$")
        & pl.col("value").is_between(0, MAX_BARE)
        & ~pl.col("value").is_between(*YEARS)
        & quote.str.contains(r"^[0-9]{1,3}(?:[0-9]{0,3}|(?:[,，][0-9]{3})*)(?:\.[0-9]{1,4})?$")
    )
    return pl.col("is_marked") | stands_alone


def with_runs(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `in_run`: whether a bare number is one of three or more with names only between: 警告0|罚款317|没收0|."""
    is_bare = pl.col("written").str.contains("[0-9]$")
    left, right = (pl.when(is_bare).then(name) for name in ("left", "right"))
    is_cell = left.str.contains(r"\p{Han}[\p{Han})）]$") & right.str.contains(r"^(?:\p{Han}{2}|$)")
    cell = pl.col("cell")
    # It is the first of them, the last, or one between.
    runs = (
        pl.all_horizontal(cell == cell.shift(step - after) for step in range(LEAST_RUN)) for after in range(LEAST_RUN)
    )
    return (
        rows.with_columns(cell=pl.when(is_cell).then("sentence_index"))
        .with_columns(in_run=pl.any_horizontal(runs).fill_null(False))
        .drop("cell")
    )


def spelled(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Of the numbers in Chinese characters those that count something: `place`, and whether the clause denies it."""
    denied = pl.col("is_single") & pl.col("left").str.contains(
        f"(?:{knowledge.any_of('negated_act')}[^，,。；;：:]*|无)$"
    )
    return (
        with_denial_after(rows.filter(pl.col("unit").is_not_null()), knowledge)
        .with_columns(is_denied=denied | pl.col("zero_of").is_not_null())
        .filter(is_spelled_quantity(knowledge)).select("place", "is_denied", "zero_of")
    )


def is_spelled_quantity(knowledge: Knowledge) -> pl.Expr:
    """Whether a number in Chinese characters counts something, and is no part of a name or set phrase."""
    left, right, quote = pl.col("left"), pl.col("right"), pl.col("quote")
    at_end = right.str.contains(BOUNDARY)
    after_verb = left.str.contains(f"(?:{knowledge.any_of('count_verb')}了?)$")
    after_only = left.str.contains(f"{knowledge.any_of('only')}(?:[^，,。；;：:、]{{0,12}})?$")
    is_span = (pl.col("dimension") == "time") & ~left.str.contains(f"{knowledge.any_of('spent')}$")
    bare_scale = quote.str.contains("^[百千万亿]") & ~pl.col("is_marked")
    is_aspect = right.str.contains(f"^{knowledge.any_of('aspect')}")
    is_set = pl.col("unit").is_in(list(knowledge.words["set_unit"])) | is_aspect
    is_concrete = pl.col("unit").is_in(list(knowledge.words["concrete_unit"]))
    sums_up = left.str.contains(r"、\p{Han}{2,10}$")
    names_units = right.str.contains(f"^{knowledge.any_of('counted_noun')}")
    # 复工复产、问题整改等|六项重点工作.
    after_list = left.str.ends_with("等")
    is_kind = after_list & (pl.col("unit") == "类")
    # 列入考核的|三个断面, “达标单位”|两项荣誉.
    of_clause = left.str.contains("[的”]$")
    placed = ((sums_up | after_list) & ~is_kind) | after_verb | at_end | is_concrete | names_units | of_clause
    # 五大方面|18个问题: of a double count.
    is_first = right.str.contains(f"^{knowledge.any_of('double_count')}[0-9]")
    counts = is_first | pl.col("is_marked") | (placed & ~is_set) | (at_end & after_only)
    before_rate = right.str.contains("^[0-9.]+%")
    doubles = pl.col("unit_code") == "doubling"
    grows = f"{knowledge.any_of('increase')}[了约]?$"
    # 增长近一倍: as much again.
    grows_by_one = pl.when(pl.col("is_single") & (pl.col("unit_code") == "multiple")).then(left.str.contains(grows))
    return (
        pl.when(doubles).then(left.str.contains("翻了?$"))
        .when(grows_by_one).then(pl.lit(True))
        .when("is_single").then(pl.col("is_denied") | after_only)
        .otherwise(counts & ~is_span & ~bare_scale & ~before_rate)
    )


def fills_cell() -> pl.Expr:
    """Whether the number is all that a table's cell holds: the headings name it, see `transforms.tables`."""
    in_table = pl.col("sentence").str.contains("\t", literal=True)
    left, right = (pl.when(in_table).then(name) for name in ("left", "right"))
    return in_table & left.str.contains("(?:^|\t) *$") & right.str.contains("^ *(?:\t|\n|$)")
