"""The period that each number is of, and whether it reports, plans, or looks back.

In: mentions with their clauses, `report_year` and `section_status`. Out: `period_start`, `period_end`, `status`.

>>> periods(rows_of("2022年至今无行政败诉案件", 2023), knowledge).collect()["period_start"].to_list()
[datetime.date(2022, 1, 1)]
"""

import polars as pl

from transforms.clauses import before_bracket
from transforms.computed import computed
from transforms.knowledge import Knowledge

TIME_WORDS = r"(?:(?:19|20)[0-9]{2}年|[0-9]{1,2}月|[上下]半年|季度|年来|以来|截[至止]|至今)"
NO_TIME = (
    r"20[0-9]{2}年度?[^，,；;。0-9]{0,12}的|(?:季度|月|[日号])(?:底|末)?前|《[^》]*》|“[^”]*”"
    r"|[〔\[（(]20[0-9]{2}[〕\]）)]|(?:比|较|与)(?:20[0-9]{2}年|上年|去年)"
)
FIRST_YEAR = 2004
# Words without any of these state no time.
SPEAKS_OF_TIME = "20[0-9]{2}|[月年度止至]"


def periods(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add period and status; a clause without words on time is of the report's year.

    `rows` have a running number `row`. What is asked of time is asked of those that speak of it.
    """
    left = pl.col("left")
    words = pl.coalesce(before_bracket(knowledge), left)
    looks_back = "|".join(knowledge.any_of(name) for name in ("last_year", "prior_clause"))
    placed = computed(
        rows.select(
            "row", "left", "sentence", "span_end", "follows_mention", "report_year", "heading", "section_status",
            "plan_section_year",
            clause=words.str.extract("[^，,；;。]*$", group_index=0).fill_null(""),
            dated=pl.when(left.str.contains(SPEAKS_OF_TIME)).then("left"),
        )
        .with_columns(
            is_from=from_state(knowledge), later=later_year(), looks_back=pl.col("clause").str.contains(looks_back)
        )
        .with_columns(
            is_planned=is_planned(knowledge),
            after_from=(pl.col("is_from").shift(1) & pl.col("follows_mention")).fill_null(False),
        )
    ).lazy()
    told = (
        placed.filter(pl.col("dated").is_not_null() | pl.col("is_planned") | pl.col("is_from") | pl.col("looks_back"))
        .with_columns(when=time_words(), compared=pl.col("clause").str.contains(knowledge.any_of("comparison")))
        .with_columns(**stated_time(), plan_year=plan_year())
        .with_columns(year=stated_year(knowledge))
        .select("row", period_start=start(), period_end=end(), status=status(knowledge))
    )
    return (
        rows.join(told, on="row", how="left", maintain_order="left")
        .with_columns(
            period_start=pl.coalesce("period_start", pl.date("report_year", 1, 1)),
            period_end=pl.coalesce("period_end", pl.date("report_year", 12, 31)),
            status=pl.col("status").fill_null("reported"),
        )
        .with_columns(period_end=pl.max_horizontal("period_start", "period_end"))
    )


def time_words() -> pl.Expr:
    """The words that can date the number: its own clause, and the clause before it if that has only a time."""
    dated = rf"(?:^|[，,；;。])([^，,；;。]*{TIME_WORDS}[^，,；;。]{{0,4}})[，,][^，,；;。]*$"
    before = pl.col("dated").str.extract(dated)
    short = before.str.len_chars() <= 18
    own = pl.when(pl.col("dated").is_not_null()).then("clause")
    return pl.concat_str(pl.when(short).then(before).fill_null(""), own).str.replace_all(NO_TIME, "")


def stated_time() -> dict[str, pl.Expr]:
    """The parts of a time that the words state."""
    when = pl.col("when")
    months = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
    spelled = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
    counted = when.str.extract(r"(?:近|过去|这|^|，|,)([0-9]|[两二三四五六七八九十])年(?:以)?来")
    return {
        "years": when.str.extract_all(r"20[0-9]{2}年?").list.eval(pl.element().str.head(4).cast(pl.Int32)),
        "month": when.str.extract(r"([0-9]{1,2}) ?(?:[-—~～至到] ?[0-9]{1,2} ?)?月").cast(pl.Int32),
        "month_to": when.str.extract(r"[-—~～至到] ?([0-9]{1,2}) ?月").cast(pl.Int32),
        "day": when.str.extract(r"月 ?([0-9]{1,2}) ?[日号]").cast(pl.Int32),
        "half": when.str.extract("([上下])半年"),
        "quarter": when.str.extract("([一二三四1-4])季度").replace_strict(months, default=None, return_dtype=pl.Int32),
        "back": counted.replace_strict(spelled, default=counted.cast(pl.Int32, strict=False), return_dtype=pl.Int32),
        "since": when.str.contains(r"20[0-9]{2}年(?:[0-9]{1,2}月)?(?:以来|至今|起|来)").fill_null(False),
        "until": when.str.contains("截[至止]").fill_null(False),
    }


def stated_year(knowledge: Knowledge) -> pl.Expr:
    """The year of the words, else the report's; words on a later year, or one before the records, do not count."""
    last = pl.col("years").list.last()
    before = pl.col("dated").str.extract(r"(?:由|从|自|比|较|与)(20[0-9]{2})年[^，,；;。]*$").cast(pl.Int32)
    last_year = pl.col("clause").str.contains(knowledge.any_of("last_year")) & (~pl.col("compared") | pl.col("is_from"))
    return (
        pl.when("is_planned").then("plan_year")
        .when(pl.col("is_from") & before.is_not_null()).then(before)
        .when(last_year & ~pl.col("after_from")).then(pl.col("report_year") - 1)
        .when(~pl.col("after_from") & last.is_between(FIRST_YEAR, pl.col("report_year"))).then(last)
    )


def start() -> pl.Expr:
    """First day stated, or null."""
    year = pl.col("year").fill_null(pl.col("report_year"))
    month = pl.col("month").is_between(1, 12)
    spans = pl.col("years").list.len() > 1
    first = pl.col("years").list.first()
    return (
        pl.when(pl.col("back").is_not_null()).then(pl.date(pl.col("report_year") - pl.col("back") + 1, 1, 1))
        .when(pl.col("until")).then(pl.date(year, 1, 1))
        .when(spans & (first < pl.col("report_year"))).then(pl.date(first, 1, 1))
        .when(month).then(pl.date(year, "month", pl.coalesce(valid_day(), 1)))
        .when(pl.col("half") == "下").then(pl.date(year, 7, 1))
        .when(pl.col("quarter").is_not_null()).then(pl.date(year, pl.col("quarter") * 3 - 2, 1))
        .when(pl.col("year").is_not_null()).then(pl.date("year", 1, 1))
    )


def end() -> pl.Expr:
    """Last day stated, or null."""
    year = pl.col("year").fill_null(pl.col("report_year"))
    last_month = pl.coalesce("month_to", "month")
    month_end = pl.date(year, last_month, 1).dt.month_end()
    to_the_end = pl.col("back").is_not_null() | pl.col("since")
    return (
        pl.when(to_the_end).then(None)
        .when(last_month.is_between(1, 12) & valid_day().is_not_null() & pl.col("month_to").is_null())
        .then(pl.date(year, last_month, valid_day()))
        .when(last_month.is_between(1, 12)).then(month_end)
        .when(pl.col("half") == "上").then(pl.date(year, 6, 30))
        .when(pl.col("quarter").is_not_null()).then(pl.date(year, pl.col("quarter") * 3, 1).dt.month_end())
        .when(pl.col("year").is_not_null()).then(pl.date("year", 12, 31))
    )


def valid_day() -> pl.Expr:
    """The day stated, if every month has it."""
    return pl.when(pl.col("day").is_between(1, 28)).then("day")


def later_year() -> pl.Expr:
    """The last year that the words so far state, where it is later than the report's; no year of a title or a span."""
    names_year = pl.when(pl.col("dated").str.contains("20[0-9]{2}年")).then("dated")
    plain = names_year.str.replace_all(r"《[^》]*》|“[^”]*”|20[0-9]{2}年?[-—－–~～至到]+20[0-9]{2}年?", "")
    year = plain.str.extract("(?s)^.*(20[0-9]{2})年").cast(pl.Int32)
    return pl.when(year > pl.col("report_year")).then(year)


def is_planned(knowledge: Knowledge) -> pl.Expr:
    """Whether the number is of a plan, by its section or its sentence."""
    opens = pl.col("left").str.contains(f"^[^，,。]{{0,6}}{knowledge.any_of('plan_opening')}")
    # 印发《工作计划》: a plan that is a title.
    titled = pl.when(pl.col("clause").str.contains("[《“]")).then("clause")
    untitled = pl.coalesce(titled.str.replace_all(r"《[^》]*(?:》|$)|“[^”]*(?:”|$)", ""), "clause")
    return (
        (pl.col("section_status") == "planned")
        | untitled.str.contains(knowledge.any_of("plan_clause")) | opens | pl.col("later").is_not_null()
    )


def plan_year() -> pl.Expr:
    """The year that a plan is for: that of its words, of its heading, or of the part of the report that it is in."""
    heading = pl.when("is_planned").then("heading")
    of_heading = heading.str.extract("20[0-9]{2}年", group_index=0).str.head(4).cast(pl.Int32)
    return pl.coalesce(
        pl.when(year > pl.col("report_year")).then(year)
        for year in (pl.col("later"), of_heading, pl.col("plan_section_year"))
    )


def from_state(knowledge: Knowledge) -> pl.Expr:
    """Whether the number is the state before a change: 由|120件|减少到90件, 把|62项|精简为13项, 比去年|12件|少3件."""
    out_of = r"(?:由|从|自|[把将])[^，,；;。0-9]{0,3}(?:20[0-9]{2}年)?[^，,；;。0-9]{0,12}$"
    to = f"^(?:.{{0,24}}?{knowledge.any_of('to_change')}(?:到|至|为|成)|[至到][0-9])"
    rest = pl.when(pl.col("clause").str.contains(out_of)).then(pl.col("sentence").str.slice(pl.col("span_end"), 36))
    year = f"(?:{knowledge.any_of('last_year')}|20[0-9]{{2}}年)(?:度|同期|全年)?的?$"
    against = pl.col("clause").str.extract(f"([比较与同]){year}")
    after = pl.when(against.is_not_null()).then("sentence").str.slice(pl.col("span_end"), 2)
    is_base = against.is_in(["比", "较"]) | after.is_in(["相比", "对比", "持平"])
    return rest.str.contains(to).fill_null(False) | is_base.fill_null(False)


def status(knowledge: Knowledge) -> pl.Expr:
    """Planned by its section or words; prior where the clause speaks of an earlier year, or of the state before."""
    looks_back = (
        pl.col("clause").str.contains(knowledge.any_of("prior_clause")) & ~pl.col("compared") & ~pl.col("after_from")
    )
    earlier_year = (pl.col("year") < pl.col("report_year")) & ~pl.col("since") & (pl.col("years").list.len() == 1)
    return (
        pl.when("is_planned").then(pl.lit("planned"))
        .when(pl.col("is_from") | looks_back | (earlier_year.fill_null(False) & ~pl.col("compared")))
        .then(pl.lit("prior"))
        .otherwise(pl.lit("reported"))
    )
