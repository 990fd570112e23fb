"""Zeros stated in words: 无行政败诉案件, 服务零投诉, 安全事故均未发生, 一件都没有.

In: tokens that are zeros in words, or one of a thing, with the words around them. Out: which of them state a zero, and
`zero_of`: the things that it denies.

>>> zeros(rows_of("群体性事件均未发生。"), knowledge).collect()["zero_of"].to_list()
['群体性事件']
"""

import polars as pl

from transforms.knowledge import Knowledge

BOUNDARY = r"^(?:[，,。；;、！!？?)）\]】\t\n]|$)"
LAST_CLAUSE = r"([^，,。；;：:！!？?()（）\t\n]*)$"
# 决策事项方面,|我局没有出台: the clause before names what the last one denies.
LAST_BUT_ONE = r"([^，,。；;：:！!？?()（）\t\n]*)[，,][^，,。；;：:！!？?()（）\t\n]*$"
LONGEST_SUBJECT = 60
EXCESS = "\x1e度"


def zeros(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Of the zeros in words those that state one: `place`, and what `state_zeros` makes of them."""
    stands_after = pl.col("quote").str.contains(f"^(?:{knowledge.any_of('denial_after')})$")
    return pl.concat([
        denied_before(rows.filter(~stands_after), knowledge),
        denied_after(rows.filter(stands_after, pl.col("right").str.contains(BOUNDARY)), knowledge),
    ], how="diagonal").with_columns(is_denied=pl.lit(True))


def denied_before(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Denials with what they deny in them: 未发生安全事故, 零投诉."""
    quote = pl.col("quote")
    # 实现“零|距离”: the beginning of a word.
    begins_word = quote.str.contains(f'{knowledge.any_of("zero_verb")}[“"]?零$') & pl.col("right").str.contains(
        r"^\p{Han}"
    )
    # 未发生|过度执法: 过 is no part of the negation.
    words = quote.str.replace("([生现])过度", f"${{1}}{EXCESS}")
    denial = f"(?:{knowledge.any_of('negation')}|零)"
    negation = words.str.extract(denial, group_index=0)
    before = words.str.extract(f"^(.*?){denial}").fill_null("")
    after = words.str.replace(f"^.*?{denial}", "")
    after = after.str.replace(EXCESS, "过度", literal=True).str.strip_prefix("”").str.strip_prefix("一")
    return rows.filter(~begins_word).select(
        "place",
        zero_of=act_denied(negation, knowledge) + after,
        negation=negation,
        words_before=before.str.len_chars().cast(pl.Int32),
    )


def denied_after(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Denials that end their clause, with what stands before them: 安全事故、群体性事件|均未发生, 败诉|暂无.

    Only what may or may not happen is counted so, or what 暂无 and 均无 deny: 机制没有 tells of a lack.
    """
    none = pl.col("quote").str.ends_with("无") & pl.col("left").str.contains(f"{knowledge.any_of('none_at_all')}$")
    return (
        with_subject(rows.with_columns(denied="left"), knowledge)
        .drop_nulls("subject")
        .filter(pl.col("subject").str.contains(things_that_happen(knowledge)) | none)
        .select("place", zero_of=act_denied(pl.col("quote"), knowledge) + pl.col("subject"), negation="quote")
    )


def act_denied(negation: pl.Expr, knowledge: Knowledge) -> pl.Expr:
    """The act that is a part of what did not happen: 未|制定|规范性文件; else empty."""
    return negation.str.extract(f"^(?:未|没有|无)[新曾]?({knowledge.any_of('denied_act')})").fill_null("")


def with_subject(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `subject`, what `denied` names in its last clause, or in the one before where that only says when or who.

    What would be, should be, or is so in a part is none.
    """
    inserted = f"(?:{knowledge.any_of('lead_noise')}|{knowledge.any_of('denial_adverb')})"
    # 违规收费未发生、|违法案件未出现.
    earlier = f"^.*{knowledge.any_of('denial_after')}、"
    here, before = (
        pl.col("denied").str.tail(LONGEST_SUBJECT).str.extract(clause).str.replace(earlier, "")
        .str.replace(f"{inserted}+$", "").str.replace(f"^{inserted}+", "")
        for clause in (LAST_CLAUSE, LAST_BUT_ONE)
    )
    topic = before.str.replace(f"{knowledge.any_of('topic_ending')}$", "")
    unsaid = f"[0-9]|^{knowledge.any_of('hypothetical')}|{knowledge.any_of('partly')}"
    subject = pl.col("subject")
    names_it = subject.str.contains(r"\p{Han}{2}") & ~subject.str.contains(unsaid)
    return (
        rows.with_columns(here=here)
        .with_columns(subject=pl.when(pl.col("here") == "").then(topic).otherwise("here"))
        .with_columns(subject=pl.when(names_it).then("subject"))
    )


def things_that_happen(knowledge: Knowledge) -> str:
    """Pattern of a name that ends in what may or may not happen: 违规审批, 败诉案件, 复议被撤销的情形."""
    thing = "|".join(knowledge.any_of(name) for name in ("zero_thing", "denied_thing", "absent_of"))
    return rf"(?:(?:{thing})(?:{knowledge.any_of('zero_ending')})*|违[法规纪]\p{{Han}}{{2}})$"


def with_denial_after(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `zero_of` to single things whose denial follows and ends the clause: 一件|都没有, 一起|也未发生."""
    adverb, denial = f"(?:{knowledge.any_of('denial_adverb')})?", knowledge.any_of("denial_after")
    right = pl.when("is_single").then("right")
    told = right.str.contains(f"^{adverb}{denial}{BOUNDARY.removeprefix('^')}")
    return with_subject(rows.with_columns(denied=pl.when(told).then("left")), knowledge).rename({"subject": "zero_of"})


def state_zeros(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Set denied ones (未发生一起, 无一例) and zeros in words to zero; the quote of these is their negation."""
    denied, in_words = pl.col("is_denied").fill_null(False), pl.col("is_zero")
    zero = pl.when(denied).then(0.0)
    return rows.with_columns(
        start=pl.col("start") + pl.col("words_before").fill_null(0),
        quote=pl.coalesce("negation", "quote"),
        value=zero.otherwise("value"),
        value_low=zero.otherwise("value_low"),
        value_high=zero.otherwise("value_high"),
        qualifier=pl.when(denied).then(pl.lit("exact")).otherwise("qualifier"),
        dimension=pl.when(in_words).then(pl.lit("count")).otherwise(pl.col("dimension").fill_null("count")),
        is_denied=denied,
    ).with_columns(
        span_end=pl.col("end"),
        end=pl.col("start") + pl.col("quote").str.len_chars().cast(pl.Int32),
    ).drop("written", "token_trimmed", "not_before", "unit_refused", "has_after", "negation", "words_before")
