"""Give each observation its code of the codebook, by the words that mean it.

In: observations with `label`, `context`, `after`, `unit_code`, `measure`; the codebook, its phrases. Out: `indicator`.

A phrase names groups of words that must all stand in the label (`must`) or near it (`near`: in the words before and
after), and words that must not (`must_not` in the label, `not_near` before or right after the number). Where several
phrases fit, the one with the most characters matched wins, or a code that fits too and makes it more specific; where
codes tie, what all have as their ancestor.

>>> codes(rows, knowledge).collect()["indicator"].to_list()
['disputes_mediated']
"""

from functools import lru_cache

import polars as pl

from transforms.clauses import PEOPLE
from transforms.computed import computed
from transforms.knowledge import Knowledge
from transforms.phrase_search import tally, texts_of, without, words_in
from transforms.phrases import Phrases, phrases_of

CODED_MEASURES = ["level", "share"]
# Between the label and the unit as written, for words that bar a phrase: 率$ at the label's end, /条$ as the unit.
UNIT_MARK = "$/"
HEAD_WIDTH = 6
# Money and people are often told by what is done first, and then at length for whom.
MATTER_FIRST = ["CNY", *PEOPLE]
NO_BODIES = ["event", *PEOPLE]
LONG = 14
NEAR_END = 10
# What the code of an observation rests on, but for the words around it: those that have it in common are one case.
OF_CASE = ("label", "unit", "unit_code", "counted", "ends_before")


def codes(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `indicator` to `rows`; null where no code fits, or where strangers fit equally well."""
    phrases = phrases_of(knowledge)
    observed = rows.with_row_index("number")
    stated = computed(observed.filter(pl.col("measure").is_in(CODED_MEASURES)).pipe(with_cases, knowledge)).lazy()
    cases = computed(different_cases(stated, knowledge)).lazy()
    named = named_in_label(cases, phrases, knowledge)
    placed = computed(with_places(stated, named)).lazy()
    fitting = computed(near_enough(named, placed, phrases))
    widest = pl.col("must_width") == pl.col("must_width").max().over("case")
    nearest = pl.col("near_width") == pl.col("near_width").max().over("case")
    best = fitting.filter(widest).filter(nearest).select("case", "indicator").unique()
    kinship = kinship_of(knowledge).lazy()
    chosen = computed(with_narrower(best.lazy(), fitting.lazy(), kinship)).lazy()
    is_tied = pl.col("case").is_duplicated()
    coded = pl.concat([chosen.filter(~is_tied), settled(chosen.filter(is_tied), kinship)])
    by_number = placed.select("number", "place").join(coded, left_on="place", right_on="case")
    return observed.join(by_number, on="number", how="left", maintain_order="left").drop("number", "place")


def with_cases(observed: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """What the code of each observation rests on, and `case`: the number of the first one that has as much in it.

    Villages that do something are what is counted, whatever they do it with: 12个|村设置|网格.
    """
    # 三次|街道会议, 9名|党工委书记, 3份|部门文件: bodies are not what is counted in times, as people, nor in copies.
    may_be_bodies = ~pl.any_horizontal(
        pl.col("unit_code").is_in(NO_BODIES), pl.col("unit").is_in(knowledge.words["no_body_unit"])
    ).fill_null(False)
    of_village = f"^{knowledge.any_of('village')}{knowledge.any_of('village_act')}"
    return observed.select(
        "number", "context", "after", "unit", "unit_code",
        label=pl.coalesce(pl.col("tail").str.extract(of_village, group_index=0), "label"),
        counted=pl.when(may_be_bodies).then("tail").str.extract(f"^{knowledge.any_of('counted_body')}", group_index=0),
        ends_before=pl.col("left").str.tail(LONG).str.contains(pl.col("label").str.tail(3), literal=True),
    ).with_columns(case=pl.col("number").first().over(OF_CASE))


def different_cases(stated: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Each case once, with the words that phrases are looked for in."""
    return stated.filter(pl.col("number") == pl.col("case")).select(
        "case", "label", "unit_code", "counted", "ends_before",
        counts=pl.concat_str("label", pl.lit(UNIT_MARK), pl.col("unit").fill_null("")),
        thing=thing_named(knowledge),
        is_long=pl.col("label").str.len_chars() > LONG,
    )


def with_places(stated: pl.LazyFrame, named: pl.LazyFrame) -> pl.LazyFrame:
    """The observations that phrases name, and `place`: the number of the first one of the same case and surroundings.

    Where no phrase looks around the label, the surroundings make no difference.
    """
    looks = named.group_by("case").agg(pl.col("looks_around").any())
    return (
        stated.select("number", "case", "context", "after").join(looks, on="case")
        .with_columns(pl.when("looks_around").then(pl.col("context", "after")))
        .with_columns(place=pl.col("number").first().over("case", "context", "after"))
    )


def thing_named(knowledge: Knowledge) -> pl.Expr:
    """The label without the titles of documents, whose words count only where they are studied or made known."""
    is_matter = pl.col("label").str.contains(knowledge.any_of("title_matter"))
    return pl.when(is_matter).then("label").otherwise(pl.col("label").str.replace_all("《[^》]*", "《"))


def named_in_label(cases: pl.LazyFrame, phrases: Phrases, knowledge: Knowledge) -> pl.LazyFrame:
    """The phrases that a label has all words of, and none that it must not have, in a unit that fits.

    A phrase is only looked at where a word of its rarest group stands in the label, and only taken where it means the
    noun that the label ends in.
    """
    hits = computed(words_in(cases, "thing", phrases.must.different)).lazy()
    possible = (
        hits.join(cases.select("case", "unit_code"), on="case")
        .join(phrases.by_rarest_word.lazy(), on=["word", "unit_code"], nulls_equal=True)
        .group_by("case", "phrase").agg(rarest_width=pl.col("width").max())
        .join(phrases.rules.lazy(), on="phrase")
        .pipe(computed)
        .lazy()
    )
    further = tally(possible.filter(pl.col("n_must") > 1), hits, phrases.further)
    named = (
        possible.join(further, on=["case", "phrase"], how="left")
        .filter(pl.col("found").fill_null(0) + 1 == pl.col("n_must"))
        .with_columns(must_width=pl.col("rarest_width") + pl.col("width").fill_null(0))
        .drop("rarest_width", "found", "width")
        .pipe(computed)
        .lazy()
    )
    of_head = computed(with_head(named, hits, cases, phrases, knowledge)).lazy()
    told = computed(near_end(of_head, hits, cases, phrases)).lazy()
    return computed(without(told, cases, "counts", phrases.must_not)).lazy()


def with_head(
    named: pl.LazyFrame, hits: pl.LazyFrame, cases: pl.LazyFrame, phrases: Phrases, knowledge: Knowledge
) -> pl.LazyFrame:
    """Those of the phrases that mean what makes the label another matter: 行政检查|方案, 人均|结案, 出庭负责人|发声率.

    Such a word stands at the label's end, anywhere (尚未, 人均, 每季度: so many each is no total), or after the number
    as what it counts (12个|单位); a phrase means it that has a word with it.
    """
    label = pl.col("thing").str.replace("^.*,", "")
    after = f"(?:{knowledge.any_of('after_head')})?$"
    ending = label.str.tail(HEAD_WIDTH).str.extract(f"({knowledge.any_of('own_head')}){after}")
    altering = label.str.extract(knowledge.any_of("altering"), group_index=0)
    turning = cases.select("case", "counted", label=label, ending=ending, altering=altering).pipe(computed).lazy()
    turns = pl.concat(
        turning.select("case", "label", turn=kind).drop_nulls("turn") for kind in ("ending", "altering", "counted")
    ).pipe(computed).lazy()
    meant = (
        turns.join(hits, on="case")
        .join(texts_of(phrases.must), on="word")
        .filter(pl.col("text").str.contains(pl.col("turn"), literal=True))
        .filter(pl.col("label").str.contains(pl.col("text"), literal=True))
        .join(phrases.must.rows.lazy(), on="word")
        .select("case", "phrase", "turn")
    )
    strange = named.join(turns, on="case").join(meant, on=["case", "phrase", "turn"], how="anti")
    return named.join(strange, on=["case", "phrase"], how="anti")


def near_end(named: pl.LazyFrame, hits: pl.LazyFrame, cases: pl.LazyFrame, phrases: Phrases) -> pl.LazyFrame:
    """Those of the phrases that have a word near the end of a long label: 矛盾化解等实际分享|感悟12篇."""
    titles = "《+[^》]*》?等?"
    long = cases.filter("is_long", "ends_before", ~pl.col("unit_code").is_in(MATTER_FIRST)).select(
        "case", end=pl.col("thing").str.replace_all(titles, "").str.tail(NEAR_END)
    )
    told = (
        long.join(hits, on="case")
        .join(texts_of(phrases.must), on="word")
        .filter(pl.col("end").str.contains(pl.col("text"), literal=True))
        .join(phrases.must.rows.lazy(), on="word")
        .select("case", "phrase")
    )
    far = named.join(long, on="case", how="semi").join(told, on=["case", "phrase"], how="anti")
    return named.join(far, on=["case", "phrase"], how="anti")


def near_enough(named: pl.LazyFrame, placed: pl.LazyFrame, phrases: Phrases) -> pl.LazyFrame:
    """Those of the phrases that have their further words around the label, by place; only for them is it searched."""
    places = placed.filter(pl.col("number") == pl.col("place")).select(
        "case", "place", "context", around=pl.concat_str("context", pl.col("after").fill_null(""))
    )
    possible = computed(
        named.join(places.select("case", "place"), on="case").drop("case").rename({"place": "case"})
    ).lazy()
    surroundings = places.drop("case").rename({"place": "case"})
    looking = possible.filter(pl.col("n_near") > 0)
    searched = surroundings.join(looking, on="case", how="semi")
    found = tally(looking, words_in(searched, "around", phrases.near.different), phrases.near)
    near = computed(
        possible.join(found, on=["case", "phrase"], how="left")
        .with_columns(near_width=pl.col("width").fill_null(0))
        .filter(pl.col("found").fill_null(0) == pl.col("n_near"))
    ).lazy()
    barred = surroundings.join(near.filter("looks_around"), on="case", how="semi")
    return without(near, barred, "context", phrases.not_near)


def with_narrower(best: pl.LazyFrame, fitting: pl.LazyFrame, kinship: pl.LazyFrame) -> pl.LazyFrame:
    """The codes that fit best, and those that fit too and make one of them more specific."""
    narrower = (
        fitting.join(kinship.filter(pl.col("steps") > 0), on="indicator")
        .join(best, left_on=["case", "ancestor"], right_on=["case", "indicator"], how="semi")
        .select("case", "indicator")
    )
    return pl.concat([best, narrower]).unique()


def settled(tied: pl.LazyFrame, kinship: pl.LazyFrame) -> pl.LazyFrame:
    """One code for each case: of kin the more specific one, of others the nearest ancestor that all of them have."""
    above = tied.join(kinship.filter(pl.col("steps") > 0), on="indicator").select("case", indicator="ancestor")
    rivals = tied.join(above, on=["case", "indicator"], how="anti")
    wanted = rivals.group_by("case").agg(n_rivals=pl.len())
    return (
        rivals.join(kinship, on="indicator")
        .group_by("case", "ancestor").agg(pl.len(), pl.col("steps").sum())
        .join(wanted, on="case")
        .filter(pl.col("len") == pl.col("n_rivals"))
        .sort("steps")
        .group_by("case").agg(indicator=pl.col("ancestor").first())
    )


@lru_cache(maxsize=4)
def kinship_of(knowledge: Knowledge) -> pl.DataFrame:
    """The `lineage` of the codebook, worked out once."""
    return lineage(knowledge.indicators)


def lineage(codebook: pl.DataFrame) -> pl.DataFrame:
    """One row per code and each of its ancestors, itself first: indicator, ancestor, steps between them."""
    parents = codebook.select("indicator", "parent")
    step = parents.select("indicator", ancestor="indicator", steps=pl.lit(0))
    steps = [step]
    while not step.is_empty():
        step = step.join(parents.drop_nulls(), left_on="ancestor", right_on="indicator").select(
            "indicator", ancestor="parent", steps=pl.col("steps") + 1
        )
        steps.append(step)
    return pl.concat(steps)
