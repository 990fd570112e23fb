"""Things that share a number, or numbers that share the words before them: to each its label.

In: mentions with `label`, in order. Out: the same rows, the numbers of 分别 labelled by the list before them, and a row
for each thing of a number that several share.

>>> shared_numbers(rows_of("参考率、合格率均达100%"), knowledge).collect()["label"].to_list()
['参考率', '合格率']
"""

import polars as pl

from transforms.knowledge import Knowledge

JOINTS = "、和及与或"
# 或 joins what did not happen, not what a number is told of.
AND = "[、和及与]"
CUT = "\x1f"
# Stand for the joints inside of a word, one for each: 涉及, 较大及以上.
HELD = "\x11\x12\x13\x14\x15"


def respectively(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give the numbers of a list the names of the list before it, in order: A、B和C分别为12件、30件和5件."""
    words = "[^，,；;：:。（）()]*"
    clause = f"({words}{AND}{words}?){knowledge.any_of('in_turn')}[^，,；;：:。]*$"
    names = pl.col("names").str.split(CUT).list.eval(pl.element().filter(pl.element().str.len_chars() > 0))
    # Null for nearly all rows, which makes them one group.
    of_list = pl.concat_str("sentence_index", "names", separator=CUT)
    return (
        rows.with_columns(names=pl.col("left").str.extract(clause).str.replace_all(f"[{JOINTS}]", CUT))
        .with_columns(listed=names, place=pl.col("names").cum_count().over(of_list) - 1)
        .with_columns(item=pl.col("listed").list.get(pl.col("place"), null_on_oob=True))
        .with_columns(
            label=pl.when(pl.col("listed").list.len() > 1).then(pl.coalesce("item", "label")).otherwise("label")
        )
        .drop("names", "listed", "place", "item")
    )


def shared_numbers(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Make a row for each thing that shares a number: 参考率、合格率均达100%; 无行政败诉和行政复议案件."""
    is_shared = pl.col("share").list.len() > 1
    subject = pl.when((pl.col("dimension") == "ratio") & pl.col("rate_of").is_not_null()).then("rate_of")
    return (
        rows.with_columns(right_side=pl.col("sentence").str.slice(pl.col("span_end"), 40))
        .with_columns(share=listed_things(knowledge).str.split(CUT))
        .with_columns(share=pl.when(is_shared).then("share").otherwise(pl.concat_list(pl.lit(None, pl.String))))
        .explode("share")
        .with_columns(
            label=pl.when(pl.col("share").is_not_null())
            .then(pl.concat_str(subject, "share", separator=",", ignore_nulls=True))
            .otherwise("label")
        )
        .drop("right_side", "share")
    )


def listed_things(knowledge: Knowledge) -> pl.Expr:
    """What shares the number, with cuts between: rates, quoted names, doings, or things that did not happen."""
    figure = knowledge.any_of("figure")
    rates = rf"({several(f'[^，,；;：:。、0-9%]{{1,14}}?{figure}')})[^率度，,；;：:。0-9]{{0,6}}$"
    # 率先, 率队 lead, and end no rate.
    run = r"([^，,；;：:。、0-9%]{2,10}?率(?:[\p{Han}--先领队]\p{Han}{0,7}?率)+)(?:均|都)[^率度，,；;：:。0-9]{0,4}$"
    # 录入与巡查|率|均, 网办、掌办|率: what is done shares the word; 企业、群众满意率 has one doing only.
    both = rf"(?:\p{{Han}}{{2}}{AND}\p{{Han}}{{2}}率(?:均|都)|\p{{Han}}办{AND}\p{{Han}}办率)"
    one_word = rf"({both})[^率度，,；;：:。0-9]{{0,6}}$"
    quoted = rf"({several('“[^”]{1,12}”')}[^，,；;：:。0-9%]{{0,8}}?)(?:均|都)?(?:达到?|为)?$"
    each = f"({several('[^，,；;：:。、（）()0-9]{2,16}')})各$"
    counted = (
        rf"({several('[^，,；;：:。、0-9%]{2,16}')}?)(?:均|都)?(?:达到?|{knowledge.any_of('zero_verb')})?"
        r"[“\"]?[两二三四五六七八]个$"
    )
    doings = r"^(\p{Han}{2,6}(?:、\p{Han}{2,6})+)[，,；;。]"
    is_ratio = (pl.col("dimension") == "ratio") & ~pl.col("lead").str.contains(knowledge.any_of("in_turn"))
    left, right, denied = pl.col("left"), pl.col("right_side"), things_denied(knowledge)
    # 认领率、签章率达到“四个|100%”.
    alike = pl.when(is_ratio & left.str.ends_with("个")).then("left").str.extract(counted)
    return (
        pl.when(denied.is_not_null()).then(denied)
        .when(alike.is_not_null())
        .then(alike.str.replace_all(f"[{JOINTS}]", CUT))
        .when(is_ratio & left.str.contains(quoted))
        .then(left.str.extract(quoted).str.replace_all(f"”{AND}", f"”{CUT}"))
        .when(left.str.ends_with("各") & left.str.contains(each))
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


def several(name: str) -> str:
    """A pattern for two names or more, joined."""
    return f"(?:{name}{AND})+{name}"


def things_denied(knowledge: Knowledge) -> pl.Expr:
    """The things that a zero in words denies, with cuts between; null unless there are several."""
    whole = knowledge.words["no_joint"]
    held = [word.translate(str.maketrans(JOINTS, HELD)) for word in whole]
    compounds = {word: f"{word[:2]}、{word[-2:]}" for word in knowledge.words["compound_thing"]}
    things = (
        pl.col("zero_of").str.replace_many(list(whole), held)
        .str.replace_all(f"{knowledge.any_of('applicant')}[{JOINTS}]", "")
        .str.replace_many(list(compounds), list(compounds.values()))
    )
    several_things = pl.when(things.str.contains(f"[{JOINTS}]")).then(things.str.replace_all(f"[{JOINTS}]", CUT))
    return several_things.str.replace_many(list(HELD), list(JOINTS))
