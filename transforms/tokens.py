"""Find everything in a sentence that has a number in it: mentions, zeros in words, and what only looks like one.

In: sentences. Out: one row per token, in order: `token`, `start`, `end` (code points within the sentence).

>>> tokens(pl.LazyFrame({"sentence_index": [0], "sentence": ["调解8起"]}), grammar).collect()["start"].to_list()
[2]
"""

import polars as pl

from transforms.grammar import Grammar

CANDIDATE = r"[0-9〇零一二两三四五六七八九十百千万亿无未没]"
CUT = "\x1f"


def tokens(sentences: pl.LazyFrame, grammar: Grammar) -> pl.LazyFrame:
    """Return the tokens of the sentences that have any.

    Polars finds all matches of a pattern but not where they stand; so the text between them is cut out too, and the
    lengths of both add up to the places.
    """
    sentence = pl.col("sentence")
    width = (pl.col("piece").str.len_chars() + pl.col("token").str.len_chars()).cast(pl.Int32)
    return (
        sentences.filter(sentence.str.contains(CANDIDATE))
        .with_columns(
            token=sentence.str.extract_all(grammar.token),
            piece=sentence.str.replace_all(grammar.token, CUT).str.split(CUT),
        )
        .filter(pl.col("token").list.len() > 0)
        .with_columns(pl.col("piece").list.head(pl.col("token").list.len()))
        .explode("token", "piece")
        .with_columns(end=width.cum_sum().over("sentence_index"))
        .with_columns(start=pl.col("end") - pl.col("token").str.len_chars().cast(pl.Int32))
        .drop("piece")
    )
