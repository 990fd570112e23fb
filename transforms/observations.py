"""All observations of cleaned texts: the way through from text to rows.

In: outlined sentences. Out: rows of the table `observations`, with `doc`.

>>> observations(texts, knowledge).collect()["quote"].to_list()
['4次', '145万余元']
"""

import polars as pl

from transforms.clauses import clauses
from transforms.codes import codes
from transforms.identity import identifiers, identity_text
from transforms.knowledge import Knowledge
from transforms.labels import labels
from transforms.measures import measures
from transforms.mentions import mentions
from transforms.parts import parts
from transforms.periods import periods
from transforms.schema import OBSERVATIONS
from transforms.tokens import tokens


def observations(outlined: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return the observations in outlined sentences, which carry `doc`, `report_id`, `report_year`, `section_id`."""
    found = mentions(tokens(outlined, knowledge.grammar), knowledge)
    worded = labels(clauses(found), knowledge).pipe(measures, knowledge).collect()
    rows = worded.with_row_index("row").lazy()
    return (
        rows.pipe(parts, knowledge)
        .pipe(periods, knowledge)
        .pipe(codes, knowledge)
        .pipe(identified)
        .with_columns(
            char_start=pl.col("sentence_start") + pl.col("start"),
            char_end=pl.col("sentence_start") + pl.col("end"),
            sentence=pl.col("sentence").str.strip_chars(),
        )
        .select(*OBSERVATIONS.column_names)
        .cast(dict(OBSERVATIONS.polars_schema))
    )


def identified(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `observation_id`, from the report, the sentence's characters and the how-manieth equal quote; and `part_of`."""
    normal = pl.col("sentence").map_batches(
        lambda texts: pl.Series([identity_text(text) for text in texts], dtype=pl.String), return_dtype=pl.String
    )
    counted = (
        rows.with_columns(normal=normal)
        .with_columns(copy=pl.int_range(pl.len()).over("report_id", "normal", "quote").cast(pl.String))
        .with_columns(observation_id=identifiers("o", "report_id", "normal", "quote", "copy"))
    )
    return counted.with_columns(part_of=pl.col("observation_id").gather(pl.col("whole"))).drop("normal", "copy")
