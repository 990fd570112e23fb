"""All observations of cleaned texts: the way through from text to rows.

In: outlined sentences. Out: rows of the table `observations`, with `doc`.

>>> observations(texts, knowledge).collect()["quote"].to_list()
['4次', '145万余元']
"""

import polars as pl

from transforms.audiences import codes_of_audiences
from transforms.classifier import reconsidered, with_neighbours
from transforms.clauses import clauses
from transforms.codes import codes, kinship_of
from transforms.computed import computed
from transforms.ellipsis import full_names
from transforms.identity import SEPARATOR, identifiers, identity_text
from transforms.knowledge import Knowledge
from transforms.labels import labels
from transforms.measures import measures
from transforms.mentions import mentions
from transforms.parts import parts
from transforms.periods import periods
from transforms.schema import OBSERVATIONS
from transforms.series import codes_of_series
from transforms.tables import table_cells
from transforms.tokens import tokens

OF_SENTENCE = (
    "doc", "sentence_index", "sentence", "sentence_start", "report_id", "report_year", "section_id", "heading",
    "section_status", "plan_section_year",
)

# What the steps after labels read: narrow rows are the cheaper to filter, to join and to plan with.
OF_MENTION = (
    *OF_SENTENCE, "start", "end", "span_end", "last_end", "quote", "value", "value_low", "value_high", "qualifier",
    "unit", "unit_code", "dimension", "measure", "label", "left", "gap", "tail", "tail_is_closed", "context",
    "after", "follows_mention",
)


def observations(outlined: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return the observations in outlined sentences, which carry `doc`, `report_id`, `report_year`, `section_id`."""
    return coded(outlined, knowledge).select(*OBSERVATIONS.column_names).cast(OBSERVATIONS.polars_schema)


def coded(outlined: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """The observations in outlined sentences, with the words around them that their codes rest on."""
    found = mentions(tokens(outlined.select(OF_SENTENCE), knowledge.grammar), knowledge)
    labelled = labels(clauses(found, knowledge), knowledge).pipe(measures, knowledge)
    named = computed(labelled.select(*OF_MENTION, "previous_clause"))
    worded = full_names(named, outlined, knowledge).drop("previous_clause")
    worded = with_cells(worded, computed(table_cells(outlined, knowledge)), knowledge)
    # Collected where a step reads the same rows twice: a plan that branches computes what is above it again.
    dated = computed(worded.with_row_index("row").lazy().pipe(parts, knowledge).pipe(periods, knowledge))
    named_in_full = codes_of_names(dated, knowledge).pipe(with_neighbours)
    # The classifier only sees the bare words of what a full name tells.
    weighed = reconsidered(named_in_full, knowledge).with_columns(indicator=pl.coalesce("of_full_name", "indicator"))
    given = computed(weighed.pipe(codes_of_next).pipe(codes_of_wholes, knowledge).pipe(codes_of_audiences, knowledge))
    return identified(codes_of_series(given, knowledge).lazy()).with_columns(
        char_start=pl.col("sentence_start") + pl.col("start"),
        char_end=pl.col("sentence_start") + pl.col("end"),
        sentence=pl.col("sentence").str.strip_chars(),
    )


def with_cells(worded: pl.DataFrame, cells: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Add the numbers of table cells to those of the prose, in the order of the text."""
    if cells.is_empty():
        return worded
    left = pl.col("sentence").str.slice(0, pl.col("start"))
    is_rate = pl.col("cell_label").str.contains(knowledge.any_of("rate_ending"))
    is_share = (pl.col("dimension") == "ratio") & ~is_rate
    as_mentions = cells.with_columns(
        label=pl.col("cell_label"), context=pl.col("cell_label"), left=left, span_end=pl.col("end"), last_end="start",
        measure=pl.when(is_share).then(pl.lit("share")).otherwise(pl.lit("level")), follows_mention=pl.lit(False),
    )
    shared = [name for name in worded.columns if name in as_mentions.columns]
    return pl.concat([worded, as_mentions.select(shared)], how="diagonal_relaxed").sort(
        "sentence_index", "start", maintain_order=True
    )


def codes_of_names(rows: pl.DataFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add `indicator`, the code of the label; where it has none, `of_full_name`, that of the full name."""
    in_full = rows.filter(pl.col("full_name").is_not_null()).with_columns(label="full_name")
    with_codes = computed(pl.concat([rows, in_full]).lazy().pipe(codes, knowledge))
    of_full_name = with_codes.tail(in_full.height).select("row", of_full_name="indicator").drop_nulls()
    return (
        with_codes.head(rows.height).lazy()
        .join(of_full_name.lazy(), on="row", how="left", maintain_order="left")
        .with_columns(of_full_name=pl.when(pl.col("indicator").is_null()).then("of_full_name"))
        .with_columns(indicator=pl.coalesce("indicator", "of_full_name"))
    )


def codes_of_next(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Take the code from a number whose words speak of the next: 24个单位办理处罚4119件 are units, then penalties."""
    # 召开2次委员会会议和4次办公会 joins two.
    words_between = ~pl.col("tail").str.contains("^.?$|[和与及暨]$") & ~pl.col("tail_is_closed")
    # 14个|行政村|2个社区: each has a name of its own.
    names_next = pl.col("tail").str.contains(pl.col("label").shift(-1).str.tail(2), literal=True)
    names_it = pl.col("label").str.ends_with(pl.col("tail")) & names_next
    same_sentence = pl.col("sentence_index") == pl.col("sentence_index").shift(-1)
    same_code = pl.col("indicator") == pl.col("indicator").shift(-1)
    is_of_next = (words_between & names_it & same_sentence & same_code).fill_null(False)
    return rows.with_columns(indicator=pl.when(~is_of_next).then("indicator"))


def codes_of_wholes(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give a part or a rest without a code of its own the code of its whole, unless its words say that it is none.

    A kind (按程序分,|简易程序|6件) has no other code than its whole, but a narrower one.
    """
    place = pl.coalesce("whole", "fills_up")
    whole = pl.col("indicator").gather(place)
    unlike = pl.col("label").str.contains(knowledge.any_of("own_part"))
    same_unit = pl.col("unit") == pl.col("unit").gather(place)
    # 23名队员,其中派驻|8人.
    is_person = pl.col("unit_code") == "person"
    is_plain = place.is_not_null() & ~unlike & (same_unit | (is_person & is_person.gather(place)))
    narrower = kinship_of(knowledge).select(kin=pl.concat_str("indicator", "ancestor", separator=" "))["kin"]
    is_narrower = pl.concat_str("indicator", whole, separator=" ").is_in(narrower.implode())
    of_kind = pl.when(is_plain & pl.col("is_kind") & ~is_narrower).then(whole)
    return rows.with_columns(indicator=pl.coalesce(of_kind, "indicator", pl.when(is_plain).then(whole)))


def identified(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `observation_id`, of the report, the sentence's characters and the how-manieth equal quote; and `part_of`."""
    normal = rows.select("sentence_index", "sentence").unique("sentence_index").select(
        "sentence_index", normal=identity_text(pl.col("sentence"))
    )
    named = computed(
        rows.join(normal, on="sentence_index", how="left", maintain_order="left").with_columns(
            named=pl.concat_str("report_id", "normal", "quote", separator=SEPARATOR)
        )
    ).lazy()
    copies = named.filter(pl.col("named").is_duplicated()).select("row", copy=pl.int_range(pl.len()).over("named"))
    return (
        named.join(copies, on="row", how="left", maintain_order="left")
        .with_columns(copy=pl.col("copy").fill_null(0).cast(pl.String))
        .with_columns(observation_id=identifiers("o", "named", "copy"))
        .with_columns(part_of=pl.col("observation_id").gather(pl.col("whole")))
        .drop("normal", "named", "copy")
    )
