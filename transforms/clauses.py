"""The words around each mention: before it, after it, and the clause before those.

In: mentions of sentences, in order. Out: the same rows with `gap` (text since the last mention), `lead` (text since
the last separator or mention), `tail` (text to the next one), `tail_is_closed` (a separator, not a mention, ends it),
`previous_clause`, `context` (the end of the sentence's words up to the tail) and `after` (the clauses after it that
have no number; in a series, those after its last), for the codebook's `near` words.

>>> clauses(rows, knowledge).collect()["lead"].to_list()
['发放理论书籍']
"""

from collections.abc import Collection

import polars as pl

from transforms.grammar import alternatives
from transforms.knowledge import Knowledge

STRONG = r"，,；;：:。！!？?\t\n"
WEAK = r"、()（）\[\]【】"
SEPARATORS = STRONG + WEAK
# A word in brackets that belongs to the one before it: 党工委(扩大)会议, 科(局)级干部.
ASIDE = r"[（(]\p{Han}{1,4}[)）]"
# A list that 等 ends is one thing: 化解邻里、宅基地等纠纷.
LIST_END = "等"
AFTER_LIST_END = 8
CONTEXT_WIDTH = 70
# Stands in `context` for the number, so that phrases can say what is on both sides of it: 会议#听取.
NUMBER_PLACE = "#"
AFTER_WIDTH = 30
AND = "和及与"
NEXT_NOUN = 16
# 专题|研究, 累计|审议.
MANNER = r"(?:\p{Han}{2}|共)?"
# Units in which people are counted.
PEOPLE = ["person", "person_time"]


def clauses(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add the words around each mention; `rows` are sorted by sentence and place."""
    place = knowledge.any_of("bracketed_place")
    listed = rf"(?:\p{{Han}}{{2,10}}、)+\p{{Han}}{{1,8}}{knowledge.any_of('listed_noun')}"
    same_as_last = pl.col("sentence_index") == pl.col("sentence_index").shift(1)
    same_as_next = pl.col("sentence_index") == pl.col("sentence_index").shift(-1)
    last_end = pl.when(same_as_last).then(pl.col("span_end").shift(1)).fill_null(0)
    next_start = pl.when(same_as_next).then(pl.col("start").shift(-1))
    sentence = pl.col("sentence")
    return (
        rows.with_columns(last_end=last_end, next_start=next_start, follows_mention=same_as_last.fill_null(False))
        .with_columns(
            gap=sentence.str.slice(pl.col("last_end"), pl.max_horizontal(pl.col("start") - pl.col("last_end"), 0)),
            rest=sentence.str.slice(
                pl.col("span_end"),
                pl.when(pl.col("next_start").is_not_null()).then(
                    pl.max_horizontal(pl.col("next_start") - pl.col("span_end"), 0)
                ),
            ),
        )
        .with_columns(
            lead=pl.coalesce(
                before_bracket(knowledge),
                closed_list(knowledge),
                pl.col("gap").str.extract(f"[^{SEPARATORS}](?:{ASIDE}|[^{SEPARATORS}])*$", group_index=0),
                pl.col("gap").str.extract(rf"([^{SEPARATORS}]+)[（(][^（）()]{{1,12}}[)）]$"),
                pl.lit(""),
            ),
            tail=pl.col("rest").str.extract(f"^(?:{listed})?(?:{place}|[^{SEPARATORS}])*", group_index=0),
            gap_is_open=~pl.col("gap").str.contains(f"[{SEPARATORS}]"),
            tail_is_closed=pl.col("next_start").is_null() | pl.col("rest").str.contains(f"[{SEPARATORS}]"),
        )
        .with_columns(
            previous_clause=before_lead()
            .str.extract(f"[^{STRONG}]+[{SEPARATORS}]*$", group_index=0)
            .str.extract(f"^[^{STRONG}]+", group_index=0)
            .fill_null(""),
            context=pl.concat_str(pl.col("left").str.tail(CONTEXT_WIDTH), "tail", separator=NUMBER_PLACE),
            after=pl.when(pl.col("next_start").is_null())
            .then("rest")
            .otherwise(until_next(knowledge))
            .str.slice(pl.col("tail").str.len_chars(), AFTER_WIDTH)
            .str.extract("^[^；;。]*", group_index=0)
            # 其中 tells of a part, not of the whole: 召开党组会议31次,其中专题研究法治建设6次.
            .str.replace("^.?其中.*", ""),
        )
        .with_columns(shares_end=shares_end(knowledge))
        .pipe(with_end_of_series)
        .drop("rest", "shares_end")
    )


def before_bracket(knowledge: Knowledge) -> pl.Expr:
    """The words before a bracket that tells what is counted with them: 全年结案|(含案前调解、撤回的)|91件."""
    closes = pl.col("gap").str.contains("[)）]$")
    included = rf"[（(]{knowledge.any_of('included')}[^（）()]*[)）]$"
    return pl.when(closes).then("gap").str.extract(f"([^{SEPARATORS}]+){included}")


def until_next(knowledge: Knowledge) -> pl.Expr:
    """The words between two numbers without those of the clause that the second stands in.

    What a meeting dealt with is told of the meeting too: 召开专题会议|5次,研究法治重点工作|6项.
    """
    may_be_met = pl.when((pl.col("unit_code") == "event") & (pl.col("unit_code").shift(-1) == "item")).then("rest")
    act = knowledge.any_of("meeting_act")
    dealt_with = may_be_met.str.contains(f"^[^{SEPARATORS}]{{0,3}}[，,]{MANNER}{act}[^{STRONG}]*$")
    # Only a clause with weak separators of its own has more of it before its last words.
    listed = pl.when(pl.col("rest").str.contains(f"[{WEAK}]")).then("rest")
    whole_clauses = listed.str.extract(f"(?s)^.*[{STRONG}]", group_index=0)
    matters = pl.when(dealt_with).then("rest")
    return pl.coalesce(matters, whole_clauses, pl.col("rest").str.replace(f"[^{SEPARATORS}]*$", ""))


def with_end_of_series(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Let the numbers of a series see the words after its last: 召开常务会议3次、党组会议|5次,研究法治建设."""
    is_last = ~pl.col("shares_end") & pl.col("shares_end").shift(1)
    tail, after = (pl.when(is_last).then(words) for words in (pl.col("tail"), pl.col("after").fill_null("")))
    at_end = pl.concat_str(tail, after).backward_fill()
    return rows.with_columns(after=pl.when("shares_end").then(at_end).otherwise("after"))


def shares_end(knowledge: Knowledge) -> pl.Expr:
    """Whether a bare noun and a number of the same unit follow: 13次常务会议|、3次党组会议, 2次党委会和|1次办公会."""
    noun = f"[^{SEPARATORS}]{{0,{NEXT_NOUN}}}"
    same_unit = pl.col("unit_code").eq_missing(pl.col("unit_code").shift(-1))
    # Words that run up to a further number speak of that, but for the 和 of a series, and for what meetings do:
    # 党组会议5次、办公会议3次|讨论法治议题|22个.
    met = (pl.col("unit_code") == "event") & pl.col("tail").str.contains(f"^[都均]?{knowledge.any_of('meeting_act')}")
    ends = (pl.col("tail_is_closed") | pl.col("tail").str.contains(f"[{AND}]$") | met).shift(-1)
    rest = pl.when(pl.col("next_start").is_not_null() & same_unit & ends).then("rest")
    return rest.str.contains(f"^[^{SEPARATORS}]*、{noun}$|^[^{SEPARATORS}]+[{AND}]$").fill_null(False)


def before_lead() -> pl.Expr:
    """The words of the sentence before `lead`."""
    return pl.col("left").str.slice(0, pl.col("left").str.len_chars() - pl.col("lead").str.len_chars())


def closed_list(knowledge: Knowledge) -> pl.Expr:
    """The words since the last strong separator where they are one list, none of it a doing of its own.

    A list is one that 等 ends, or the objects of a verb: 检查学校、幼儿园.
    """
    verb, noun = knowledge.any_of("object_verb"), knowledge.any_of("verbal_noun")
    # Rows without a list are null before any pattern is tried on them.
    gap = pl.when(pl.col("gap").str.contains("、", literal=True)).then("gap")
    ended = pl.when(gap.str.tail(AFTER_LIST_END + 1).str.contains(LIST_END, literal=True)).then(gap)
    listed = ended.str.extract(f"[^{STRONG}（()）]*、[^{SEPARATORS}]+$", group_index=0)
    thing = f"[^{SEPARATORS}]{{2,10}}"
    objects = gap.str.extract(f"{knowledge.any_of('list_verb')}{thing}(?:、{thing}){{1,4}}$", group_index=0)
    # 围绕|依法行政、法治建设|开会; but 应对, 对象, 就业.
    matters = pl.when(gap.str.contains("围绕|针对|对|就")).then(gap).str.extract(
        rf"(?:^|[{STRONG}]|[^{SEPARATORS}应面相针])((?:围绕|针对|对[^象]|就[^业]){thing}(?:、{thing}){{0,3}}"
        rf"、[^{SEPARATORS}]{{0,10}}(?:{acting(knowledge)}|开会?)了?)$"
    )
    return pl.coalesce(
        *(
            pl.when(~things.str.replace_all(f"、{noun}", "、").str.contains(f"、{verb}")).then(things)
            for things in (listed, objects, matters)
        ),
        joined_doings(knowledge),
    )


def joined_doings(knowledge: Knowledge) -> pl.Expr:
    """The words since the last strong separator where what 、 joins has its object, its kind or its doing in common.

    研究、听取|汇报; 执法|培训、考试; 文件、协议|审查; 行政、民事|诉讼案件.
    """
    # What follows a number up to a 、 may be the noun of that.
    is_whole = ~pl.col("follows_mention") | pl.col("gap").str.contains(f"[{STRONG}]")
    may_join = is_whole & pl.col("gap").str.contains("、", literal=True)
    words = pl.when(may_join).then("gap").str.extract(f"[^{STRONG}（()）]+$", group_index=0)
    act, lesson, doing = knowledge.any_of("meeting_act"), knowledge.any_of("lesson"), acting(knowledge)
    one_object = pl.when(words.str.contains(f"^[^、]*{act}(?:、{act})*、{act}[^、]+$")).then(words)
    one_kind = pl.when(words.str.contains(f"^[^、]{{2,}}{lesson}(?:、{lesson})+$")).then(words)
    kind = knowledge.any_of("case_kind")
    one_case = pl.when(words.str.contains(f"(?:^|[^、]){kind}(?:、{kind})+[^、]{{0,4}}案件?$")).then(words)
    one_doing = pl.when(words.str.contains(f"、[^、]*{knowledge.any_of('review')}(?:的|有)*$")).then(words)
    return pl.coalesce(
        pl.when(~one_object.str.contains(f"{doing}[^、]+{act}、")).then(one_object),
        one_kind,
        one_case,
        pl.when(~one_doing.str.contains(f"{doing}.*、")).then(one_doing),
    )


def acting(knowledge: Knowledge, but: Collection[str] = ()) -> str:
    """Pattern of a verb that takes an object, other than `but`; those of one character are parts of other words."""
    return alternatives(word for word in knowledge.words["object_verb"] if len(word) > 1 and word not in but)
