"""Say in full what the words of a number leave out, because a heading or an earlier clause has said it.

In: measured mentions, in order. Out: the same rows with `full_name`: the label with the matter that it leaves out; null
where nothing is known to be left out.

>>> full_names(rows_of("行政处罚情况:施工扬尘15件、无证施工2件"), sentences, knowledge)["full_name"].to_list()
['施工扬尘行政处罚', '无证施工行政处罚']
"""

import polars as pl

from transforms.clauses import STRONG, acting
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.series import counts_bodies, some_of

BRACKETED = "[（(][^（）()]*[）)]"
# 行政处罚情况:…; 行政处罚方面,….
ANNOUNCES = "[：:]|(?:方面|中|上)[，,]"
ANNOUNCED = rf"([^{STRONG}0-9]+)(?:[：:][^：:；;]*|(?:方面|中|上)[，,][^：:；;]*)$"
LISTED = rf"([^{STRONG}（()）”、][^{STRONG}（()）”]*、[^{STRONG}（()）”、]+)$"
LONGEST_HEADING = 30
DOING_WIDTH = 10
LOOK_BACK = 5
KIND_WIDTH = 10
LISTED_WIDTH = 8
TOPIC_WIDTH = 50


def full_names(rows: pl.DataFrame, sentences: pl.LazyFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Add `full_name` to levels of counts and money, but for what is left over, refused or turned back.

    `sentences` are all sentences of the texts, `doc`, `sentence_index` and `sentence`. Each rule reads the few rows
    only that it may be about.
    """
    is_amount = (pl.col("measure") == "level") & (pl.col("dimension") != "ratio") & (pl.col("value").fill_null(1) > 0)
    placed = rows.with_row_index("place")
    asked = placed.select(
        "place", "sentence_index", "doc", "unit", "unit_code", "gap", "left", "previous_clause", "follows_mention",
        label=pl.when(is_amount).then("label"),
    )
    doings = doings_in(asked, knowledge)
    found = pl.concat([
        under_heading(asked, doings, knowledge), after_clause(doings), after_number(doings, knowledge),
        kinds_of(asked, knowledge), of_list(asked, knowledge), after_topic(doings, sentences, knowledge),
    ])
    is_other = pl.col("full_name").str.contains(knowledge.any_of("other_outcome"))
    names = found.filter(~is_other).unique("place", keep="first")
    return placed.join(names, on="place", how="left", maintain_order="left").drop("place")


def under_heading(asked: pl.DataFrame, doings: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """What stands under a heading, with it: 行政处罚情况:|施工扬尘|15件; but no doing with an object of its own."""
    ends = ~pl.col("follows_mention") | pl.col("gap").str.contains("[；;]")
    headed = (
        asked.join(headings(asked, knowledge), on="place", how="left", maintain_order="left")
        .with_columns(heading=pl.coalesce("heading", pl.when(ends).then(pl.lit(""))).forward_fill())
        .filter(pl.col("heading") != "")
    )
    acts = pl.col("label").str.contains(f"^[^由经]{{0,6}}?{acting(knowledge)}..")
    is_doing = pl.col("place").is_in(doings["place"].implode())
    return headed.filter(~acts | is_doing).select("place", full_name=pl.concat_str("label", "heading"))


def headings(asked: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """The matters that the words before a number announce: `place`, `heading`."""
    opening = rf"^(?:{knowledge.any_of('lead_noise')}|[一二三四五六七八九十]、|20[0-9]{{2}}年度?)+"
    # Right after a mention stands the rest of its own words.
    is_own = pl.col("follows_mention") & pl.col("words").str.contains(f"^{ANNOUNCED}")
    is_none = pl.col("heading").str.contains(f"^{knowledge.any_of('no_heading')}?.?$")
    return (
        asked.filter(pl.col("gap").str.contains(ANNOUNCES))
        .with_columns(words=pl.col("gap").str.replace_all(BRACKETED, ""))
        .with_columns(heading=pl.col("words").str.extract(ANNOUNCED).str.replace(opening, ""))
        .with_columns(pl.col("heading").str.replace(f"{knowledge.any_of('heading_ending')}+$", ""))
        .filter(~is_own & ~is_none & (pl.col("heading").str.len_chars() <= LONGEST_HEADING))
        .select("place", "heading")
    )


def doings_in(asked: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Rows of a doing without an object, 已按时|办结, or an amount, 金额; and what was counted in the unit before.

    `counted_1` and so on are the labels of the numbers so many steps before that stand in the same sentence, or in the
    one before.
    """
    return asked.with_columns(
        pl.when(is_near(step)).then(pl.col("label").shift(step).fill_null("")).alias(f"counted_{step}")
        for step in range(1, LOOK_BACK + 1)
    ).filter(
        pl.col("label").str.len_chars() <= DOING_WIDTH,
        pl.col("label").str.contains(f"{bare(knowledge, 'stage_verb')}|^{knowledge.any_of('amount_noun')}$"),
    )


def is_near(step: int) -> pl.Expr:
    """Whether the number so many steps before has the same unit and stands in the sentence or the one before."""
    distance = pl.col("sentence_index") - pl.col("sentence_index").shift(step)
    in_last = (distance == 1) & (pl.col("doc") == pl.col("doc").shift(step))
    return ((distance == 0) | in_last) & (pl.col("unit_code") == pl.col("unit_code").shift(step))


def bare(knowledge: Knowledge, verbs: str) -> str:
    """Pattern of a doing without an object: 已按时|办结, 当场|整改|到位."""
    adverb, verb, ending = (knowledge.any_of(name) for name in ("stage_adverb", verbs, "stage_ending"))
    return f"^{adverb}*{verb}{{1,2}}{ending}?$"


def after_clause(doings: pl.DataFrame) -> pl.DataFrame:
    """A doing with the clause before it, which counts nothing itself: 对合同逐份审查,|年内审查|62份."""
    is_first = pl.all_horizontal(pl.col(f"counted_{step}").is_null() for step in range(1, LOOK_BACK + 1))
    return doings.filter(is_first, names_one()).select(
        "place", full_name=pl.concat_str("previous_clause", "label", separator="，")
    )


def after_topic(doings: pl.DataFrame, sentences: pl.LazyFrame, knowledge: Knowledge) -> pl.DataFrame:
    """A doing with the sentence before it, which counts nothing: 管好规范性文件。全年|备案|19件、|清理|31件.

    No number before it in its sentence names more than a doing.
    """
    verb = bare(knowledge, "stage_verb")
    nothing_named = pl.all_horizontal(
        pl.col(f"counted_{step}").fill_null("").str.contains(f"^$|{verb}") for step in range(1, LOOK_BACK + 1)
    )
    topic = pl.col("sentence").str.extract(f"^[^0-9]{{1,{TOPIC_WIDTH}}}。$", group_index=0)
    bare_doings = doings.filter(nothing_named, pl.col("label").str.contains(verb), ~names_one())
    # Few doings ask for the sentence before: only those are looked at.
    before = sentences.select("doc", pl.col("sentence_index") + 1, "sentence")
    told = bare_doings.lazy().join(before, on=["doc", "sentence_index"])
    return computed(told.select("place", full_name=pl.concat_str(topic, "label")).drop_nulls("full_name"))


def after_number(doings: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """What was done with the things counted before, with their name: 收到委员提案49件,|办结|47件."""
    verb = f"(?:{knowledge.any_of('list_verb')}|{knowledge.any_of('count_verb')})"
    things = (
        pl.when(~pl.col(name).str.contains(f"^$|{bare(knowledge, 'stage_verb')}|{some_of(knowledge)}")).then(name)
        for name in (f"counted_{step}" for step in range(1, LOOK_BACK + 1))
    )
    return (
        doings.filter(pl.col("label").str.contains(bare(knowledge, "done_verb")))
        .with_columns(thing=pl.coalesce(things))
        .with_columns(thing=pl.coalesce(pl.col("thing").str.extract(f"^.{{0,20}}?{verb}(.{{2,}})$"), "thing"))
        .filter(pl.col("thing") != "", ~pl.col("thing").str.contains(knowledge.any_of("other_stage")))
        .select("place", full_name=pl.concat_str("thing", "label"))
    )


def kinds_of(asked: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """The kinds of what the clause before the first of them names: 形成的法律意见,|涉土地类|41份,|劳动人事类|9份."""
    is_kind = pl.col("label").str.contains(some_of(knowledge)) & ~counts_bodies(knowledge)
    short = asked.filter(pl.col("label").str.len_chars() <= KIND_WIDTH)
    first = short.filter(~pl.col("follows_mention"), pl.col("previous_clause") != "").filter(is_kind, names_one())
    named = first.select("sentence_index", "unit", whole="previous_clause")
    kinds = short.join(named, on=["sentence_index", "unit"], nulls_equal=True).filter(is_kind)
    return kinds.select("place", full_name=pl.concat_str("label", "whole"))


def names_one() -> pl.Expr:
    """Whether there is a clause before which counts nothing itself."""
    return (pl.col("previous_clause") != "") & ~pl.col("previous_clause").str.contains("[0-9]")


def of_list(asked: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """The whole of a list whose last thing is the label: 培训校长、|书记|186人; a doing ends no list."""
    return (
        asked.filter(pl.col("label").str.len_chars() <= LISTED_WIDTH, pl.col("gap").str.contains("、", literal=True))
        .filter(pl.col("left").str.tail(LISTED_WIDTH).str.contains(pl.col("label").str.tail(2), literal=True))
        .with_columns(full_name=pl.col("gap").str.extract(LISTED))
        .filter(~pl.col("full_name").str.contains(f"、.*{acting(knowledge)}"))
        .select("place", "full_name")
    )
