"""Find everything in a sentence that states a number: mentions, and zeros in words.

In: sentences. Out: one row per token, in order: `token`, `start`, `end` (code points within the sentence).

Traps, spans with a number that is no quantity, are covered first, so that no mention is read out of a date or a name.

>>> tokens(pl.LazyFrame({"sentence_index": [0], "sentence": ["调解8起"]}), grammar).collect()["start"].to_list()
[2]
"""

import polars as pl

from transforms.grammar import Grammar

CANDIDATE = r"[0-9二两三四五六七八九十百千万亿无未没零数几]|[共仅只计杜绝过为][^，,。；;]{0,12}一|翻|半数"
COVER = "\x1e"
CUT = "\x1f"


def tokens(sentences: pl.LazyFrame, grammar: Grammar) -> pl.LazyFrame:
    """Return the tokens of the sentences that have any.

    Polars finds all matches of a pattern but not where they stand; so the text between them is cut out too, and the
    lengths of both add up to the places. A trap is covered by one character; its length is added back.
    """
    covered = pl.col("covered")
    width = pl.col("piece").str.len_chars() + pl.col("token").str.len_chars()
    hidden = pl.col("hidden").list.get(pl.col("n_covers").cast(pl.Int64) - 1, null_on_oob=True).fill_null(0)
    return (
        sentences.filter(pl.col("sentence").str.contains(CANDIDATE))
        .with_columns(
            covered=pl.col("sentence").str.replace_all(grammar.trap, COVER),
            hidden=pl.col("sentence").str.extract_all(grammar.trap)
            .list.eval((pl.element().str.len_chars().cast(pl.Int64) - 1).cum_sum()),
        )
        .with_columns(
            token=covered.str.extract_all(grammar.mention),
            piece=covered.str.replace_all(grammar.mention, CUT).str.split(CUT),
        )
        .filter(pl.col("token").list.len() > 0)
        .with_columns(pl.col("piece").list.head(pl.col("token").list.len()))
        .explode("token", "piece")
        .with_columns(
            end=width.cum_sum().over("sentence_index"),
            n_covers=pl.col("piece").str.count_matches(COVER, literal=True).cum_sum().over("sentence_index"),
        )
        .with_columns(end=pl.when(pl.col("n_covers") > 0).then(pl.col("end") + hidden).otherwise("end").cast(pl.Int32))
        .with_columns(start=pl.col("end") - pl.col("token").str.len_chars().cast(pl.Int32))
        .drop("piece", "covered", "hidden", "n_covers")
    )
