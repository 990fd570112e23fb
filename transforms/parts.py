"""Which mention is part of which: 共409件(其中蓝丝带物业272件).

In: mentions with their clauses, in order, each with a running number `row`. Out: the same rows with `whole`: the row
number of the total, or null; `is_kind`: whether words such as 按程序分 make it a kind of the whole; and `fills_up`: for
a rest (其余6项), the row number of what it fills up.

>>> parts(rows_of("共409件(其中蓝丝带物业272件)"), knowledge).collect()["whole"].to_list()
[None, 0]
"""

import polars as pl

from transforms.computed import computed
from transforms.knowledge import Knowledge

LOOK_BACK, FAR_BACK = 6, 10
# Small numbers add up by chance.
LEAST_SUMMED = 100
MOST_SUMMED = 5
TOLERANCE = 1e-6
# 占 stands close behind its number, 其余 close before; a share is rounded, or cut off.
SHARE_WIDTH, REST_WIDTH = 5, 8
WHOLE_PERCENT, PART_OF_PERCENT = 0.6, 0.1
AMONG = r"中[，,]?(?:仅有?|共?有|的)[^，,。；;、]{0,4}$|^[^，,。；;：:、]{1,12}中[，,][^，,。；;、]{0,8}$"
# 按程序分, 从类型看, 分类看: the kinds of what was counted before.
DIVIDED = (
    r"(?:按照?[^，,。；;：:0-9]{1,10}(?:分类?|看)|从[^，,。；;：:0-9]{1,8}看"
    r"|分(?:类别?|类型|领域|地区|区域|程序|来源|部门)来?看?)[，,：:]"
)
AMONG_THEM = r"^\s*其中"
KINDS_OF_IT = rf"^\s*(?:包括[：:]|{DIVIDED})"
# 现有队员27名:综合执法9名.
LISTED = r"^\p{Han}{0,6}[：:]"
SPREAD = rf"{LISTED}|^包括[：:]|{DIVIDED}"
BRACKETED = r"[（(][^（）()]*[）)]"
STOPPED = rf"[。；;]\s*(其中|{DIVIDED})"
AMONG_NAMED = r"^\s*(?:在|上述)?([^，,。；;：:、]{2,12})中[，,：:]"


def parts(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `whole`: the nearest total of the same unit before the words or the bracket that open the parts.

    Parts go on to the end of their bracket; without one to a semicolon or the end of the sentence, as long as they add
    up to no more than the whole; kinds that semicolons part go on behind them. A number told with its share of a
    count, or with others that add up to it, is its part as well. `fills_up` is the same for a rest, which is no part.
    """
    gap = pl.col("gap")
    opening = f"[（(][^）)]*$|{knowledge.any_of('part_opening')}|{AMONG}|{LISTED}|{DIVIDED}"
    may_open = pl.when(pl.col("follows_mention") & ~gap.str.contains("[。；;]")).then(gap)
    opens_here = may_open.str.contains(opening).fill_null(False)
    going_on = pl.col("among").is_not_null() | pl.col("goes_on") | pl.col("divides")
    opens = opens_here | (~pl.col("follows_mention") & going_on)
    asked = (
        rows.with_columns(
            gap=pl.col("gap").fill_null("").str.replace_all(BRACKETED, "").str.replace(STOPPED, "$1"),
            among=pl.col("left").str.extract(AMONG_NAMED),
            goes_on=pl.col("left").str.contains(AMONG_THEM),
            divides=pl.col("left").str.contains(KINDS_OF_IT),
        )
        .with_columns(candidate=candidate(), opens=opens)
        .select("row", "sentence_index", "candidate", "opens", "gap", "follows_mention", "measure", "unit",
                "unit_code", "value")
        .filter(pl.col("opens").any().over("sentence_index"))
    )
    opened = computed(opened_parts(asked, rows)).lazy()
    is_amount = (pl.col("measure") == "level") & (pl.col("dimension") != "ratio")
    counted = computed(
        rows.select(
            "row", "doc", "sentence_index", "sentence", "span_end", "left", "label", "dimension", "unit", "value",
            level=pl.when(is_amount).then("value"),
        ).with_columns(run=run())
    ).lazy()
    of_runs = counted.filter(pl.len().over("run") > 2).select("row", total=summed(knowledge), fills_up=rest(knowledge))
    # Few rows are parts: they are brought together before the wide rows are joined to them.
    found = (
        pl.concat([opened, of_shares(counted, knowledge), of_runs], how="diagonal")
        .group_by("row").agg(pl.col("whole", "is_kind", "counted", "total", "fills_up").drop_nulls().first())
        .select("row", "is_kind", "fills_up", whole=pl.coalesce("whole", "counted", "total"))
    )
    return rows.join(found, on="row", how="left", maintain_order="left")


def opened_parts(asked: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The parts among the numbers of sentences in which words or a bracket open some: `row`, `is_kind`, `whole`."""
    stops = pl.col("gap").str.contains("[；;]")
    # 按程序分,简易程序6件,罚款2万元;|普通程序|4件.
    kinds = pl.col("gap").str.contains(SPREAD) & pl.col("opens")
    of_first = pl.col("unit").eq_missing(pl.col("unit").first().over("sentence_index", "opening"))
    second = stops.filter(of_first).slice(1, 1).any()
    goes_behind = (kinds.first() & second).over("sentence_index", "opening")
    closes = (stops & ~goes_behind) | pl.col("gap").str.contains("^[^（(]*[）)]") | ~pl.col("follows_mention")
    block = pl.when("opens").then("candidate").when(closes).then(-1)
    wholes = rows.select(
        pl.col("row").cast(pl.Int64).alias("block"), limit=pl.coalesce("value_high", "value"), block_unit="unit",
        block_code="unit_code",
    )
    return (
        asked.with_columns(opening=pl.col("opens").cum_sum().over("sentence_index"))
        .with_columns(
            block=block.forward_fill().over("sentence_index").fill_null(-1),
            in_bracket=pl.when("opens").then(pl.col("gap").str.contains("[（(]")).forward_fill().over("sentence_index"),
            is_kind=pl.when("opens").then(pl.col("gap").str.contains(DIVIDED)).forward_fill().over("sentence_index"),
            first_unit=pl.when("opens").then("unit").forward_fill().over("sentence_index"),
        )
        .join(wholes, on="block", how="left", maintain_order="left")
        .filter(is_like())
        .with_columns(sum=pl.col("value").cum_sum().over("sentence_index", "block"))
        .filter((pl.col("sum") <= pl.col("limit")) | (pl.col("in_bracket") & (pl.col("value") <= pl.col("limit"))))
        .select("row", "is_kind", whole="block")
    )


def run() -> pl.Expr:
    """A running number of the rows that follow each other in one sentence and unit, each with a level above zero."""
    is_amount = pl.col("level") > 0
    goes_on = (
        is_amount & is_amount.shift(1)
        & (pl.col("sentence_index") == pl.col("sentence_index").shift(1))
        & (pl.col("unit") == pl.col("unit").shift(1))
    )
    return (~goes_on.fill_null(False)).cum_sum()


def of_shares(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """The numbers with their share of a count told right after them: `row`, and that of the count, the nearest one.

    152件…96件,占比63.2%. What was done with some of what was counted is no kind of it: 征求意见300条,采纳240条,占80%.
    """
    acts = "|".join(knowledge.any_of(name) for name in ("count_verb", "bare_verb", "own_part"))
    after_it = pl.col("sentence").str.slice(pl.col("span_end"), SHARE_WIDTH)
    is_told = after_it.str.contains("占", literal=True) & (pl.col("dimension").shift(-1) == "ratio")
    share = pl.col("share")
    tolerance = pl.when(share == share.round(0)).then(WHOLE_PERCENT).otherwise(PART_OF_PERCENT)
    stated_share = 100 * pl.col("level") / pl.col("level_before")
    return (
        rows.with_columns(share=pl.col("value").shift(-1))
        .filter(is_told & (pl.col("level") > 0))
        .filter(~pl.col("label").str.contains(f"^(?:{acts})"))
        .select("row", "doc", "unit", "level", "share", step=pl.lit(list(range(1, FAR_BACK + 1))))
        .explode("step")
        .with_columns(counted=pl.col("row").cast(pl.Int64) - pl.col("step"))
        .join(
            rows.select("doc", "unit", counted=pl.col("row").cast(pl.Int64), level_before="level"),
            on=["counted", "doc", "unit"],
        )
        .filter((pl.col("level_before") > pl.col("level")) & ((stated_share - share).abs() < tolerance))
        .group_by("row").agg(pl.col("counted").max())
    )


def rest(knowledge: Knowledge) -> pl.Expr:
    """Row number of the count that a rest fills up with the number before it: 事项8项,已出台2项,其余6项."""
    before = pl.col("left").str.tail(REST_WIDTH)
    is_rest = (pl.col("run") == pl.col("run").shift(2)) & before.str.contains(knowledge.any_of("rest"))
    filled = pl.col("level").shift(1) + pl.col("level") == pl.col("level").shift(2)
    return pl.when(is_rest & filled).then(pl.col("row").shift(2)).cast(pl.Int64)


def summed(knowledge: Knowledge) -> pl.Expr:
    """Row number of a total that numbers add up to without 其中: 515项,许可218项,其他297项; 218项,297项,合计515项."""
    ends_in_total = pl.col("left").str.contains(f"{knowledge.any_of('total')}$")
    found = []
    for count in range(2, MOST_SUMMED + 1):
        total_first = adds_up(range(-1, -count - 1, -1))
        total_last = adds_up(range(1, count + 1)) & ends_in_total
        for step in range(1, count + 1):
            found += [
                pl.when(total_first.shift(step)).then(pl.col("row").shift(step)),
                pl.when(total_last.shift(-step)).then(pl.col("row").shift(-step)),
            ]
    return pl.coalesce(found).cast(pl.Int64)


def adds_up(steps: range) -> pl.Expr:
    """Whether the neighbours at `steps` count, in the same sentence and unit, what adds up to this number."""
    level = pl.col("level")
    alike = pl.col("run").shift(steps[-1]) == pl.col("run")
    added = pl.sum_horizontal(level.shift(step) for step in steps)
    return (alike & (level >= LEAST_SUMMED) & ((added - level).abs() < TOLERANCE)).fill_null(False)


def candidate() -> pl.Expr:
    """Row number of the nearest earlier level of the same unit with no smaller value, or -1.

    It stands in the same sentence; for a sentence that begins with 其中 or 按类型看, in the one before; or, for
    一般程序案件中, is named by those words in one before.
    """
    nearest = []
    for step in range(1, LOOK_BACK + 1):
        distance = pl.col("sentence_index").cast(pl.Int64) - pl.col("sentence_index").cast(pl.Int64).shift(step)
        same_report = pl.col("doc").shift(step) == pl.col("doc")
        from_last = (distance == 1) & (pl.col("goes_on") | pl.col("divides")) & same_report
        in_reach = (distance == 0) | from_last
        named = same_report & pl.col("label").shift(step).str.contains(
            pl.col("among"), literal=True
        ).fill_null(False)
        fits = (
            (pl.col("unit_code").shift(step) == pl.col("unit_code"))
            & (pl.col("measure").shift(step) == "level")
            & (pl.coalesce("value_high", "value").shift(step) >= pl.col("value"))
        )
        nearest.append(pl.when((in_reach | named) & fits).then(pl.col("row").shift(step)))
    return pl.coalesce(*nearest, -1).cast(pl.Int64)


def is_like() -> pl.Expr:
    """Whether the mention counts what the whole counts: in its unit as written, or in one of its kind as the first."""
    same_unit = pl.col("unit").eq_missing(pl.col("block_unit"))
    same_code = pl.col("unit_code").eq_missing(pl.col("block_code"))
    as_first = pl.col("unit").eq_missing(pl.col("first_unit")) & same_code
    return (same_unit | as_first) & (pl.col("measure") == "level") & pl.col("value").is_not_null()
