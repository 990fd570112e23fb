"""Things that share a number, or numbers that share the words before them: to each its label.

In: mentions, in order, each with a running number `mention`. Out: what the numbers of 分别 are named in the list before
them, and the things of a number that several share, one row each.

>>> shared_numbers(rows_of("参考率、合格率均达100%"), knowledge).collect()["share"].to_list()
['参考率', '合格率']
"""

import polars as pl

from transforms.clauses import AND as JOINING
from transforms.clauses import acting
from transforms.knowledge import Knowledge

JOINTS = f"、{JOINING}或"
# 或 joins what did not happen, not what a number is told of.
AND = f"[、{JOINING}]"
CUT = "\x1f"
# Stand for the joints inside of a word, one for each: 涉及, 较大及以上.
HELD = "\x11\x12\x13\x14\x15"
# 两率|均为, 比例|均达: a word for the rates of all. An average of them is one number.
STATES = "[^率度例平，,；;：:。0-9]"
COUNTED_HEAD = "[两二三四五六2-6][个项]?(?:率|比[率例])"
ONE_HEAD = rf"(?:{COUNTED_HEAD}{STATES}{{0,6}}|的?比[率例][均都皆同]{STATES}{{0,5}})$"
LONGEST_LIST, HEAD_WIDTH, EACH_WIDTH = 60, 12, 6


def respectively(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """`mention` and `item`: the names of a list go, in order, to the numbers of the next: A、B分别为12件、30件."""
    words = "[^，,；;：:。（）()]*"
    turn = knowledge.any_of("in_turn")
    clause = f"({words}{AND}{words}?){turn}[^，,；;：:。]*$"
    # 中心组、常务会分别|学法|3次、9次: what each of them did.
    is_count = pl.col("dimension") != "ratio"
    done = pl.when(is_count).then("left").str.extract(
        rf"{turn}[为是有达到共计占]*(\p{{Han}}{{2,10}}?)[了达到至]*(?:[0-9][^，,；;：:。]*)?$"
    )
    items = pl.col("names").str.split(CUT).list.eval(pl.element().filter(pl.element().str.len_chars() > 0))
    return (
        rows.filter(pl.col("left").str.contains(knowledge.any_of("in_turn")))
        .select(
            "mention", "sentence_index", "lead",
            done.fill_null("").alias("done"),
            names=pl.col("left").str.extract(clause).str.replace_all(f"[{JOINTS}]", CUT),
        )
        .drop_nulls("names")
        .with_columns(names=pl.coalesce(rates_told(), "names"))
        .with_columns(items=items, place=pl.col("names").cum_count().over("sentence_index", "names") - 1)
        .with_columns(n_told=pl.len().over("sentence_index", "names"))
        # 市政府及其办公室文件、合同分别…156件、39件: the last names are those that are told.
        .filter((pl.col("n_told") > 1) & (pl.col("items").list.len() >= pl.col("n_told")))
        .with_columns(
            item=pl.col("items").list.tail(pl.col("n_told")).list.get(pl.col("place"), null_on_oob=True),
            last=pl.col("items").list.last(),
            # 法院、检察院分别提出司法建议5条、|检察建议|8条: what is counted second has words of its own.
            own=pl.when(pl.col("place") > 0).then("lead").str.extract(r"^\p{Han}{2,}$", group_index=0),
        )
        .select("mention", item=pl.concat_str("item", shared_figure(knowledge), pl.coalesce("own", "done")))
    )


def rates_told() -> pl.Expr:
    """The names before 分别 as rates where one head is counted out for all: 参考、合格|两率|分别; else null."""
    headed = f"{COUNTED_HEAD}$"
    names = pl.when(pl.col("names").str.contains(headed)).then("names")
    return as_rates(names.str.replace(headed, ""), CUT)


def as_rates(names: pl.Expr, joint: str) -> pl.Expr:
    """Joined names, each with its 率 and a cut behind it: 参考、合格."""
    return names.str.replace_all(f"率?(?:{joint}|$)", f"率{CUT}")


def shared_figure(knowledge: Knowledge) -> pl.Expr:
    """What only the last of a list names for all: 市、县|网办比例|分别为98%、97%, 县、乡两级|顾问|5名; else empty."""
    figure, level = f"{knowledge.any_of('figure')}$", r"[两二三四]级(\p{Han}{2,})$"
    is_bare = pl.col("last").str.contains(figure) & ~pl.col("item").str.contains(figure)
    of_levels = pl.when(pl.col("item") != pl.col("last")).then("last").str.extract(level)
    return pl.coalesce(of_levels, pl.when(is_bare).then("last")).fill_null("")


def shared_numbers(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """`mention` and `share`: the things that share its number: 参考率、合格率均达100%; 无行政败诉和行政复议案件."""
    told_of_each = pl.col("left").str.tail(EACH_WIDTH).str.contains(f"{of_each(knowledge)}$")
    may_share = (pl.col("dimension") == "ratio") | (pl.col("value") == 0) | told_of_each
    return (
        rows.filter(may_share)
        .with_columns(right_side=pl.col("sentence").str.slice(pl.col("span_end"), 40), listed=listed_rates(knowledge))
        .select("mention", done=done_by_all(knowledge), share=listed_things(knowledge).str.split(CUT))
        .filter(pl.col("share").list.len() > 1)
        .explode("share")
        .select("mention", share=pl.concat_str(pl.col("share").str.strip_suffix(pl.col("done")), "done"))
    )


def listed_things(knowledge: Knowledge) -> pl.Expr:
    """What shares the number, with cuts between: rates, quoted names, doings, or things that did not happen."""
    figure = knowledge.any_of("figure")
    rates = rf"({several(f'[^，,；;：:。、0-9%]{{1,24}}?{figure}')})[^率度，,；;：:。0-9]{{0,6}}$"
    # 率先, 率队 lead, and end no rate.
    run = r"([^，,；;：:。、0-9%]{2,10}?率(?:[\p{Han}--先领队]\p{Han}{0,7}?率)+)(?:均|都)[^率度，,；;：:。0-9]{0,4}$"
    # 录入与巡查|率|均, 网办、掌办|率: what is done shares the word; 企业、群众满意率 has one doing only.
    both = rf"(?:\p{{Han}}{{2}}{AND}\p{{Han}}{{2}}率(?:均|都)|\p{{Han}}办{AND}\p{{Han}}办率)"
    one_word = rf"({both})[^率度，,；;：:。0-9]{{0,6}}$"
    quoted = rf"({several('“[^”]{1,12}”')}[^，,；;：:。0-9%]{{0,8}}?)(?:均|都)?(?:达到?|为)?$"
    behind = f"[，,]?(?:次数|数量)?{knowledge.any_of('lead_noise')}?{of_each(knowledge)}$"
    each = f"({several('[^，,；;：:。、（）()0-9]{2,16}')}?){behind}"
    counted = (
        rf"({several('[^，,；;：:。、0-9%]{2,16}')}?)(?:均|都)?(?:达到?|{knowledge.any_of('zero_verb')})?"
        r"[“\"]?[两二三四五六七八]个$"
    )
    doings = r"^(\p{Han}{2,6}(?:、\p{Han}{2,6})+)[，,；;。]"
    is_ratio = (pl.col("dimension") == "ratio") & ~pl.col("lead").str.contains(knowledge.any_of("in_turn"))
    left, right, denied = pl.col("left"), pl.col("right_side"), things_denied(knowledge)
    of_head = rates_of_head()
    # 认领率、签章率达到“四个|100%”.
    alike = pl.when(is_ratio & left.str.ends_with("个")).then("left").str.extract(counted)
    return (
        pl.when(denied.is_not_null()).then(denied)
        .when(alike.is_not_null())
        .then(alike.str.replace_all(f"[{JOINTS}]", CUT))
        .when(is_ratio & of_head.is_not_null()).then(of_head)
        .when(is_ratio & left.str.contains(quoted))
        .then(left.str.extract(quoted).str.replace_all(f"”{AND}", f"”{CUT}"))
        # 各为|2136件、13240件: each has a number of its own.
        .when(~is_ratio & ~right.str.contains(f"^{AND}[0-9]") & left.str.contains(each))
        .then(left.str.extract(each).str.replace_all(AND, CUT))
        .when(is_ratio & left.str.contains(rates))
        .then(left.str.extract(rates).str.replace_all(f"({figure}){AND}", f"${{1}}{CUT}"))
        .when(is_ratio & left.str.contains(run))
        .then(left.str.extract(run).str.strip_chars_end("率").str.replace_all("率", f"率{CUT}") + "率")
        .when(is_ratio & left.str.contains(one_word))
        .then(left.str.extract(one_word).str.strip_chars_end("均都").str.replace(AND, f"率{CUT}"))
        .when(is_ratio & right.str.contains(doings))
        .then(right.str.extract(doings).str.replace_all("、", CUT))
    )


def done_by_all(knowledge: Knowledge) -> pl.Expr:
    """What each body of a list before 各 did, told once behind the last: 中心组、常务会|举办讲座|各3次; else empty."""
    body = f"[^，,；;：:。、（）()0-9{JOINING}]{{0,12}}{knowledge.any_of('actor_end')}"
    doing = rf"(?:{acting(knowledge)}|{knowledge.any_of('actor_act')})\p{{Han}}*?"
    listed = pl.when(pl.col("dimension") != "ratio").then("left")
    return listed.str.extract(f"{several(body)}({doing}){of_each(knowledge)}$").fill_null("")


def of_each(knowledge: Knowledge) -> str:
    """Pattern of the words that tell a number of each thing of a list: 各, 均达到, 各完成; 年均 is no such word."""
    both = f"(?:^|全年|[^{''.join(knowledge.words['average_by'])}])均"
    return f"(?:各|[都皆]|{both}){knowledge.any_of('each_states')}?"


def listed_rates(knowledge: Knowledge) -> pl.Expr:
    """The words up to a rate that one word names for several, the joints inside of words held; else null."""
    left = pl.when(pl.col("dimension") == "ratio").then(pl.col("left").str.tail(LONGEST_LIST))
    whole, held = held_words(knowledge)
    return (
        pl.when(left.str.tail(HEAD_WIDTH).str.contains(ONE_HEAD)).then(left)
        .str.replace_all("以及", "、").str.replace_all("”“", "”、“").str.replace_many(whole, held)
    )


def rates_of_head() -> pl.Expr:
    """The rates that one word names for all, with cuts between: 参考、合格|两率, 委托、受理|比例均; else null."""
    listed = pl.col("listed")
    names = listed.str.extract(f"({several('[^，,；;：:。、0-9%]{1,16}?')}){ONE_HEAD}").str.replace_all("[“”]", "")
    shares = listed.str.contains("比例[^，,]{0,6}$")
    each = pl.when(names.str.contains(f"比例{AND}")).then(names.str.replace_all(f"比例{AND}", f"比例{CUT}") + "比例")
    return (
        pl.when(shares).then(pl.coalesce(each, names.str.replace_all(f"(?:{AND}|$)", f"比例{CUT}")))
        .otherwise(as_rates(names, AND))
        .str.strip_chars_end(CUT).str.replace_many(list(HELD), list(JOINTS))
    )


def held_words(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """Words with a joint's character in them, and the same with that held: 涉及, 及时."""
    whole = list(knowledge.words["no_joint"])
    return whole, [word.translate(str.maketrans(JOINTS, HELD)) for word in whole]


def several(name: str) -> str:
    """A pattern for two names or more, joined."""
    return f"(?:{name}{AND})+{name}"


def things_of_zero(knowledge: Knowledge) -> pl.Expr:
    """The list that a zero stands behind, or its denied count before: 复议、诉讼均为|零; 未发生|一起|复议和诉讼."""
    name = rf"[^，,；;：:。、0-9]{{0,14}}?{knowledge.any_of('zero_thing')}+{knowledge.any_of('zero_ending')}*"
    names = f"((?:{name}[{JOINTS}])+{name})"
    counted = pl.when(pl.col("is_denied"), pl.col("unit").is_not_null()).then("right_side")
    told = pl.when(pl.col("zero_of").fill_null("") == "").then("left")
    states = f"(?:[均都皆]|{knowledge.any_of('zero_verb')})+"
    return pl.coalesce(counted.str.extract(f"^{names}"), told.str.extract(f'{names}{states}[“"]?$'))


def things_denied(knowledge: Knowledge) -> pl.Expr:
    """The things that a zero denies or is told of, with cuts between; null unless there are several."""
    whole, held = held_words(knowledge)
    compounds = {word: f"{word[:2]}、{word[-2:]}" for word in knowledge.words["compound_thing"]}
    things = (
        pl.coalesce(things_of_zero(knowledge), "zero_of")
        .str.replace_all("或者", "或").str.replace_all("以及", "、")
        .str.replace_many(whole, held)
        .str.replace_all(f"{knowledge.any_of('applicant')}[{JOINTS}]", "")
        .str.replace_many(list(compounds), list(compounds.values()))
    )
    # 消防、危化等行业的|事故: the list tells which.
    which = things.str.extract(r"^[^的]*等[^的、]{2,12}的", group_index=0).fill_null("")
    things = pl.concat_str(which.str.replace_many(list(JOINTS), list(HELD)), things.str.strip_prefix(which))
    # 行政复议、行政诉讼|败诉案件: the last names the outcome of both.
    procedure = rf"\p{{Han}}{{0,2}}{knowledge.any_of('case_procedure')}"
    both = rf"^({procedure})([{JOINTS}])({procedure})({knowledge.any_of('case_outcome')}.*)$"
    told = things.str.replace(both, "${1}${4}${2}${3}${4}")
    several_things = pl.when(told.str.contains(f"[{JOINTS}]")).then(told.str.replace_all(f"[{JOINTS}]", CUT))
    return several_things.str.replace_many(list(HELD), list(JOINTS))
