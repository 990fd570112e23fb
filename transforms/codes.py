"""Give each observation its code of the codebook, by the words that mean it.

In: observations with `label`, `context`, `after`, `unit_code`, `measure`; the codebook, its phrases. Out: `indicator`.

A phrase names groups of words that must all stand in the label (`must`) or near it (`near`: in the words before and
after), and words that must not (`must_not` in the label, `not_near` before it). Where several phrases fit, the one with
the most characters matched wins; where codes tie, the more specific of kin, or what all have as their ancestor.

>>> codes(rows, knowledge).collect()["indicator"].to_list()
['disputes_mediated']
"""

import polars as pl

from transforms.knowledge import Knowledge

SCOPES = ("must", "near", "must_not", "not_near")
CODED_MEASURES = ["level", "share"]
CASE = ("label", "context", "after", "unit_code", "dimension")


def codes(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `indicator` to `rows`; null where no code fits, or where strangers fit equally well."""
    groups = phrase_groups(knowledge)
    rules = phrase_rules(knowledge).lazy()
    observed = rows.with_columns(pl.col("after").fill_null("")).with_columns(case=pl.struct(CASE).rank("dense"))
    coded = pl.col("measure").is_in(CODED_MEASURES)
    cases = observed.filter(coded).select("case", *CASE).unique("case")
    fitting = near_enough(named_in_label(cases, groups, rules), cases, groups)
    best = fitting.with_columns(score=pl.struct("must_width", "near_width").rank("dense").over("case")).filter(
        pl.col("score") == pl.col("score").max().over("case")
    )
    named = settled(best.select("case", "indicator").unique(), lineage(knowledge.indicators).lazy())
    return (
        observed.join(named, on="case", how="left", maintain_order="left")
        .with_columns(indicator=pl.when(coded).then("indicator"))
        .drop("case")
    )


def named_in_label(cases: pl.LazyFrame, groups: pl.DataFrame, rules: pl.LazyFrame) -> pl.LazyFrame:
    """The phrases that a label has all words of, and none that it must not have, in a unit that fits."""
    told = tally(word_hits(cases, groups, "label", ["must", "must_not"]), "must")
    return (
        told.join(rules, on="phrase")
        .filter(~pl.col("barred") & (pl.col("must") == pl.col("n_must")))
        .join(cases.select("case", "unit_code", "dimension"), on="case")
        .filter(unit_fits())
        .drop("barred")
        .collect()
        .lazy()
    )


def near_enough(named: pl.LazyFrame, cases: pl.LazyFrame, groups: pl.DataFrame) -> pl.LazyFrame:
    """Those of the phrases that have their further words around the label; only for them is it searched."""
    open_cases = cases.join(named.filter("looks_around"), on="case", how="semi").with_columns(
        around=pl.concat_str("context", "after")
    )
    found = [word_hits(open_cases, groups, "around", ["near"]), word_hits(open_cases, groups, "context", ["not_near"])]
    hits = pl.concat(found).join(named, on=["case", "phrase"], how="semi")
    return (
        named.join(tally(hits, "near"), on=["case", "phrase"], how="left")
        .with_columns(pl.col("near", "near_width").fill_null(0), pl.col("barred").fill_null(False))
        .filter(~pl.col("barred") & (pl.col("near") == pl.col("n_near")))
    )


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


def tally(hits: pl.LazyFrame, scope: str) -> pl.LazyFrame:
    """Count, by case and phrase, the groups of a scope that were found and the width of their longest words."""
    matched = hits.group_by("case", "phrase", "scope", "group").agg(width=pl.col("word").str.len_chars().max())
    wanted = pl.col("scope") == scope
    return matched.group_by("case", "phrase").agg(
        wanted.sum().alias(scope),
        pl.col("width").filter(wanted).sum().alias(f"{scope}_width"),
        barred=(~wanted).any(),
    )


def unit_fits() -> pl.Expr:
    """Whether the observation's unit is one that the code comes in; a count without a unit fits any count."""
    listed = pl.col("units").str.split(" ").list.contains(pl.col("unit_code"))
    return listed.fill_null(False) | (pl.col("unit_code").is_null() & (pl.col("code_dimension") == "count"))


def phrase_groups(knowledge: Knowledge) -> pl.DataFrame:
    """One row per word of a phrase: phrase, scope, group, word. Words that must not stand are each a group."""
    phrases = knowledge.phrases.with_row_index("phrase").with_columns(pl.col(SCOPES).fill_null(""))
    barring = [
        pl.col(scope).str.replace_all("|", " ", literal=True).str.strip_chars().alias(scope)
        for scope in ("must_not", "not_near")
    ]
    return (
        phrases.with_columns(barring)
        .unpivot(SCOPES, index="phrase", variable_name="scope", value_name="groups")
        .with_columns(group=pl.col("groups").str.split(" "))
        .with_columns(number=pl.int_ranges(pl.col("group").list.len()))
        .explode("group", "number")
        .with_columns(word=pl.col("group").str.split("|"))
        .explode("word")
        .filter(pl.col("word") != "")
        .select("phrase", "scope", pl.col("number").alias("group"), "word")
    )


def phrase_rules(knowledge: Knowledge) -> pl.DataFrame:
    """One row per phrase: its code, how many groups must be found, and the units it may come in."""
    codebook = knowledge.indicators.select("indicator", "unit_codes", code_dimension="dimension")
    counted = {
        f"n_{scope}": pl.col(scope).fill_null("").str.split(" ").list.eval(pl.element().filter(pl.element() != ""))
        .list.len()
        for scope in ("must", "near")
    }
    return (
        knowledge.phrases.with_row_index("phrase")
        .join(codebook, on="indicator")
        .with_columns(looks_around=pl.any_horizontal(pl.col("near", "not_near").fill_null("") != ""))
        .select(
            "phrase", "indicator", "code_dimension", "looks_around",
            units=pl.coalesce("units", "unit_codes"), **counted,
        )
    )


def word_hits(cases: pl.LazyFrame, groups: pl.DataFrame, column: str, scopes: list[str]) -> pl.LazyFrame:
    """The words that phrases name for these scopes and that stand in the column's text."""
    words = groups.filter(pl.col("scope").is_in(scopes))
    vocabulary = words["word"].unique(maintain_order=True)
    # A word of a phrase may hold on to the beginning or the end of the label: ^社区, 率$.
    anchored = pl.concat_str(pl.lit("^"), column, pl.lit("$"))
    found = anchored.str.extract_many(vocabulary.to_list(), overlapping=True)
    return (
        cases.select("case", word=found)
        .explode("word")
        .drop_nulls()
        .unique()
        .join(words.lazy(), on="word")
    )
