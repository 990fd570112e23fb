"""What each mention counts, in the words of its clause.

In: mentions with the words around them. Out: the same rows with `label`; a mention that several things share becomes a
row for each of them.

>>> labels(clauses(rows, knowledge), knowledge).collect()["label"].to_list()
['发放理论书籍']
"""

import polars as pl

from transforms.clauses import AND, PEOPLE, acting, before_lead
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.shared_numbers import JOINTS, respectively, shared_numbers

DATE_WORDS = (
    r"(?:(?:19|20)[0-9]{2}年?度?(?:以来|至今|来)?|[0-9]{1,2}(?:[-—至][0-9]{1,2})?月份?(?:[0-9]{1,2}日|底|末)?|[上下]半年)"
)
# What may stand alone between two numbers of a series.
JOINED = ["、", "和", "及"]
# 3场|共|210人次|的培训: what may stand alone between two numbers of one thing.
SUMMED = ["共", "共计", "累计", "合计"]
HEADED = r"^.*\p{Han}{6}[ \u3000](\p{Han}{6}.*)$"
RATE_AFTER = r"^(.{2,}?)(?:\p{Han}{4}|\p{Han}{2})率(?:为|达到?)?$"
NOUN_WIDTH = 30
VERB_WIDTH = 12
# So few characters before a number name nothing.
NO_NAME = 2


def labels(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `label` to `rows`, which are sorted by sentence and place."""
    own = computed(named(rows, knowledge).pipe(rate_subjects, knowledge).with_row_index("mention")).lazy()
    rate_of = pl.when(pl.col("dimension") == "ratio").then("rate_of")
    shared = pl.when(pl.col("share").is_not_null()).then(
        pl.concat_str(rate_of, "share", separator=",", ignore_nulls=True)
    )
    label = pl.coalesce(shared, "item", "label").fill_null("").str.strip_chars(" \u3000“”\"'|")
    # Few numbers are told in turn or shared: they are brought together before the wide rows are joined to them.
    told = respectively(own, knowledge).join(
        shared_numbers(own, knowledge), on="mention", how="full", coalesce=True, maintain_order="left_right"
    )
    return (
        own.join(told, on="mention", how="left", maintain_order="left_right")
        .with_columns(label=label)
        .drop("mention", "item", "share")
    )


def named(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Name what the clause counts: verb and object before the number, or the noun after it, or what was named last."""
    # 48个单位|238人: the noun before the number is the last number's.
    taken = pl.col("noun").is_not_null().shift(1) & pl.col("gap_is_open") & pl.col("follows_mention")
    left_over = pl.col("core").str.strip_prefix(pl.col("last_noun")).str.replace(noise(knowledge), "")
    return (
        rows.with_columns(told=without_unit())
        .with_columns(**before_number(knowledge), **after_number(knowledge))
        .drop("told")
        .with_columns(noun=noun_after())
        .with_columns(taken=taken.fill_null(False), last_noun=pl.col("noun").shift(1))
        .with_columns(
            is_open=pl.col("is_open") | pl.col("taken"), core=pl.when("taken").then(left_over).otherwise("core")
        )
        .with_columns(noun=noun_after())
        .with_columns(noun=pl.coalesce(noun_of_next(), "noun"))
        .with_columns(
            own=own_label(knowledge), words_after=pl.col("tail").str.head(NOUN_WIDTH), goes_on=goes_on(knowledge)
        )
        .with_columns(own=pl.concat_str(verb_of_series(knowledge), "own"))
        .with_columns(inherited=inherited())
        .with_columns(label=first_name(knowledge))
    )


def inherited() -> pl.Expr:
    """The words of the number before in the sentence; a count has none of a rate's: 收案88件,结案率95%,|84件已办结."""
    is_rate = pl.col("dimension") == "ratio"
    of_count = pl.when(~is_rate).then("own")
    return pl.when(is_rate).then(last_in_sentence(pl.col("own"))).otherwise(last_in_sentence(of_count))


def last_in_sentence(words: pl.Expr) -> pl.Expr:
    """The last of `words` so far in the sentence; null where there is none."""
    begins = pl.when(~pl.col("follows_mention")).then(pl.lit(""))
    last = pl.coalesce(words, begins).forward_fill()
    return pl.when(last != "").then(last)


def first_name(knowledge: Knowledge) -> pl.Expr:
    """The label: own words, else those of the number before, else those of the clause before, else what follows."""
    in_bracket = before_lead().str.contains("[（(]$")
    # 举办培训班(2期、180人次): what an open bracket stands behind.
    spoken_before = pl.col("previous_clause").str.replace("[（(][^（）()]*$", "")
    spoken = pl.when(spoken_before != "").then(spoken_before)
    # 研究生12人(占|10%): of what the bracket stands behind.
    is_share = (pl.col("dimension") == "ratio") & (pl.col("lead") == "占")
    return (
        pl.when(pl.col("zero_of").is_not_null()).then(denied_thing(knowledge))
        .when(in_bracket & ~is_share).then(pl.coalesce("own", spoken, "words_after"))
        .otherwise(pl.coalesce("own", "inherited", spoken, "words_after"))
    )


def noise(knowledge: Knowledge) -> str:
    """Pattern of what opens a clause and names nothing: 全年, 其中, 2023年以来."""
    return f"^(?:{knowledge.any_of('lead_noise')}|{DATE_WORDS}|[ \u3000”])+"


def without_unit() -> pl.Expr:
    """The words right before the number, without its own unit in brackets: 罚没金额(万元)|4.7."""
    closes = pl.any_horizontal(pl.col("lead").str.ends_with(bracket) for bracket in ")）")
    has_none = pl.when(closes).then("quote").str.contains("[0-9余多万亿]$")
    in_brackets = pl.when(has_none).then("lead").str.replace(r"[（(]\p{Han}{1,3}[)）]$", "")
    return pl.coalesce(in_brackets, "lead")


def before_number(knowledge: Knowledge) -> dict[str, pl.Expr]:
    """The words before the number that name something, the verb that they end in, and whether more is to come."""
    trailing = f"(?:{knowledge.any_of('lead_tail')}|(?:由|从){DATE_WORDS}的?|[ \u3000])+"
    # A blank is left where the break after a heading was lost.
    own = pl.col("told").str.replace(HEADED, "$1")
    # 查处违法行为14件: the last character of a word is none of the words before a number.
    bare = own.str.replace(f"({knowledge.any_of('whole_ending')})(?:{trailing})?$|{trailing}$", "$1")
    core = bare.str.replace(noise(knowledge), "").str.replace(f"{knowledge.any_of('area_word')}+$", "")
    only_change = core.str.contains(f"^(?:{knowledge.any_of('change_word')}|{DATE_WORDS})*的?$")
    verb = knowledge.any_of("object_verb")
    last_verb = core.str.extract(f"({verb})了?(?:《.*》等?)?$")
    ends_in_verb = last_verb.is_not_null() & ~core.str.contains("》等?$")
    is_short = core.str.len_chars() <= NO_NAME
    return {
        "core": pl.when(only_change | core.is_in(list(JOINTS))).then(pl.lit("")).otherwise(core),
        "verb": last_verb,
        "is_open": is_short | ends_in_verb | core.str.contains(f"{knowledge.any_of('open_ending')}$"),
    }


def after_number(knowledge: Knowledge) -> dict[str, pl.Expr]:
    """The words after the number up to one that ends a noun, and how they start; null where there are none."""
    tail = pl.when(pl.col("tail") != "").then("tail")
    stop, heading = knowledge.any_of("noun_stop"), knowledge.any_of("next_heading")
    # 36家|各类|企业 has its noun after a word that else begins the next thing.
    opening = f"^[ 的之]*{knowledge.any_of('any_kind')}"
    of_kinds = pl.when(tail.str.contains(opening)).then("tail").str.replace(opening, "")
    counted = pl.coalesce(of_kinds, tail.str.strip_chars_start(" 的之"))
    stopped = counted.str.extract(f"^.{{0,{NOUN_WIDTH}}}?(?:{stop}|$)", group_index=0)
    noun = stopped.str.replace(f"{stop}$", "")
    return {
        # 3次|党委会和|2次办公会.
        "words": pl.coalesce(pl.when(~pl.col("tail_is_closed")).then(noun).str.strip_chars_end(AND), noun),
        "starts_clause": tail.str.contains(f"^(?:{heading}|{knowledge.any_of('clause_start')})")
        & ~tail.str.contains(f"^{knowledge.any_of('noun_start')}"),
        "starts_hard": tail.str.contains(f"^(?:{heading}|{knowledge.any_of('hard_start')})"),
    }


def noun_after() -> pl.Expr:
    """The noun that the number counts, where it stands after it: 13个|社区, 90%以上|事项, 发放1万份|宣传册.

    The rate of what is counted is the next number's: 2.3万件|诉求|按时办结率达99.4%.
    """
    qualifies = (pl.col("dimension") == "ratio") & pl.col("tail").str.starts_with("的")
    refused = pl.when(pl.col("is_open") & (pl.col("core") != "")).then("starts_hard").otherwise("starts_clause")
    names_rate = (pl.col("dimension") != "ratio") & pl.col("words").str.contains("率", literal=True)
    counted = pl.when(names_rate).then("words").str.extract(RATE_AFTER)
    # 警告0|罚款317|: the name of the next number.
    refused = (refused & ~qualifies & ~pl.col("is_denied")) | pl.col("in_run")
    return pl.when(
        (pl.col("words").str.len_chars() > 0) & ~refused & (pl.col("tail_is_closed") | pl.col("is_open") | qualifies)
    ).then(pl.coalesce(counted, "words"))


def noun_of_next() -> pl.Expr:
    """The noun of the next number where both stand before it: 119栋、22.37万平米|单体楼, 3场共210人次|的培训."""
    joined = (
        pl.col("is_open")
        & (pl.col("sentence_index") == pl.col("sentence_index").shift(-1))
        & pl.col("gap").shift(-1).is_in([*JOINED, *SUMMED])
        & (pl.col("dimension") != "ratio")
    )
    return pl.when(joined).then(pl.col("noun").shift(-1))


def own_label(knowledge: Knowledge) -> pl.Expr:
    """The clause's own words for what is counted, null where it has none; people are named by what they do as well."""
    is_people = pl.col("unit_code").is_in(PEOPLE)
    acts = f"^(?:{knowledge.any_of('people_act')}.{{2,{NOUN_WIDTH}}}|{knowledge.any_of('people_result')}$)"
    act = pl.when(is_people).then("tail").str.extract(acts, group_index=0)
    # 先后22次|通过“第一议题”学习: the number says how often the act after it was done.
    happened = pl.when(pl.col("unit_code") == "event").then("tail")
    done = happened.str.extract(f"^{knowledge.any_of('act_after')}.{{2,{NOUN_WIDTH}}}", group_index=0)
    # 党组会议6次|开展专题学习: what ends with its clause is no other number's.
    is_own = pl.col("core").str.ends_with("先后") | pl.col("tail_is_closed")
    in_turn = pl.when(is_own).then(happened)
    done = pl.coalesce(done, in_turn.str.extract(f"^{knowledge.any_of('bare_verb')}.{{2,{NOUN_WIDTH}}}", group_index=0))
    short = pl.col("core").str.len_chars() <= VERB_WIDTH
    doing = pl.when(short).then("core").otherwise("verb")
    # 复工复产、问题整改等|六项重点工作: the list is what the noun sums up.
    sums_up = pl.col("has_chinese") & pl.col("verb").is_null() & pl.col("core").str.ends_with("等")
    with_noun = pl.concat_str(pl.when(~sums_up.fill_null(False)).then(doing).fill_null(""), "noun")
    return (
        pl.when(act.is_not_null()).then(pl.concat_str(pl.when("taken").then(pl.lit("")).otherwise("core"), act))
        .when(done.is_not_null()).then(pl.concat_str("core", done))
        .when(pl.col("taken") & pl.col("noun").is_not_null()).then("noun")
        .when(pl.col("noun").is_not_null()).then(with_noun)
        .when(bare_doing(knowledge)).then(pl.concat_str("core", done_before(knowledge).fill_null("")))
        .when(pl.col("core").str.contains(r"\p{Han}|[A-Za-z]")).then("core")
    )


def goes_on(knowledge: Knowledge) -> pl.Expr:
    """Whether a number stands with a bare noun in a series: 检查企业28家、|工地|7处, 检查28家企业、|7处|工地."""
    may_join = pl.col("follows_mention") & (pl.col("dimension") != "ratio")
    # 许可证(含校验)|97个 stands next with its bracket.
    behind = pl.col("gap").str.slice(1)
    with_bracket = behind.str.starts_with(pl.col("lead")) & behind.str.contains("[)）]$")
    stands_next = (behind == pl.col("lead")) | with_bracket
    noun_first = may_join & stands_next & pl.col("gap").str.head(1).is_in(JOINED)
    # Between the numbers stands the noun of the last one only.
    width = pl.col("tail").shift(1).str.strip_chars_end(AND).str.len_chars()
    stands_after = pl.col("last_end") + width + 1 == pl.col("start")
    number_first = may_join & stands_after & pl.col("noun").is_not_null() & pl.col("gap").str.tail(1).is_in(JOINED)
    core = pl.when(noun_first).then("core").when(number_first).then("noun")
    is_noun = core.str.contains(f"^{knowledge.any_of('verbal_noun')}")
    return (~core.str.contains(f"^{acting(knowledge)}") | is_noun).fill_null(False)


def verb_of_series(knowledge: Knowledge) -> pl.Expr:
    """The verb that a bare noun shares with the first of its series: 检查企业28家、|工地|7处; else empty."""
    # Only the number right before a series can be its first.
    first = pl.when(pl.col("goes_on").shift(-1)).then("own")
    opens = pl.coalesce(
        first.str.extract(f"^({knowledge.any_of('toward')})"),
        first.str.extract(f"^.{{0,4}}?({knowledge.any_of('list_verb')})[^的]"),
    )
    # Every series has such a number in its sentence, so that none takes the verb of another sentence.
    verb = pl.when(~pl.col("goes_on")).then(opens.fill_null("")).forward_fill()
    return pl.when("goes_on").then(verb).fill_null("")


def bare_doing(knowledge: Knowledge) -> pl.Expr:
    """Whether a clause has a verb alone, its object in the clause before: 开展集中学习,全年累计|开展|20余次."""
    return pl.col("core").str.contains(f"^{knowledge.any_of('bare_verb')}了?$") & ~pl.col("follows_mention")


def done_before(knowledge: Knowledge) -> pl.Expr:
    """The object of the last verb in the clause before; null where it has none."""
    verb = knowledge.any_of("bare_verb")
    return pl.col("previous_clause").str.extract(f"^.*{verb}了?([^，,；;：:。]{{2,{NOUN_WIDTH}}})$")


def denied_thing(knowledge: Knowledge) -> pl.Expr:
    """What a zero in words denies: its own words, and for 零发生 and 为零 the words before it."""
    bare = pl.col("zero_of").str.contains(f"^(?:{knowledge.any_of('bare_nil')}|[”\"])*$")
    return pl.when(bare).then(pl.coalesce("own", "previous_clause")).otherwise("zero_of")


def rate_subjects(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Let a bare rate keep the thing that it rates: 调解案件409件,化解率99% is labelled 调解案件,化解率."""
    rate = knowledge.any_of("rate_ending")
    is_rate = (pl.col("dimension") == "ratio") & pl.col("label").str.contains(f"^.{{0,5}}{rate}$")
    subject = last_in_sentence(pl.when(~is_rate & pl.col("own").is_not_null()).then("label"))
    before = pl.when(is_rate).then("previous_clause").str.extract("[^、]{2,20}$", group_index=0)
    return rows.with_columns(
        rate_of=pl.when(is_rate).then(pl.coalesce(subject, before)),
    ).with_columns(
        label=pl.when(pl.col("rate_of").fill_null("") != "")
        .then(pl.concat_str("rate_of", "label", separator=","))
        .otherwise("label")
    )
