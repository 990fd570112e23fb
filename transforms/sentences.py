"""Cut cleaned texts into sentences, each with the place it starts at.

In: `doc`, `text`. Out: one row per sentence: `doc`, `sentence_index`, `sentence`, `sentence_start` (code points).

>>> sentences(pl.LazyFrame({"doc": [0], "text": ["开展宣传3场。发放资料5份。"]})).collect()["sentence_start"].to_list()
[0, 7]
"""

import polars as pl

SENTENCE = r"[^。！!？?\n]*[。！!？?\n]|[^。！!？?\n]+"


def sentences(texts: pl.LazyFrame) -> pl.LazyFrame:
    """Return the sentences of `texts`; the pieces of a text, put end to end, are the text."""
    cut = texts.select("doc", pl.col("text").str.extract_all(SENTENCE).alias("sentence")).explode("sentence")
    width = pl.col("sentence").str.len_chars().cast(pl.Int32)
    return (
        cut.drop_nulls("sentence")
        .with_columns(sentence_start=width.cum_sum().over("doc") - width)
        .with_row_index("sentence_index")
    )
