"""Cut cleaned texts into sentences, each with the place it starts at.

In: `doc`, `text`. Out: one row per sentence: `doc`, `sentence_index`, `sentence`, `sentence_start` (code points).

>>> sentences(pl.LazyFrame({"doc": [0], "text": ["开展宣传3场。发放资料5份。"]})).collect()["sentence_start"].to_list()
[0, 7]
"""

import polars as pl

from transforms.computed import computed

SENTENCE_END = r"[。！!？?\n]"
# No sentence of a report is as long; what has no full stops is cut, so that its numbers share no endless context.
LONGEST = 3000
PHRASE = r"[^，；;、\t]{0,200}[，；;、\t]|[^，；;、\t]{1,200}"


def sentences(texts: pl.LazyFrame) -> pl.LazyFrame:
    """Return the sentences of `texts`; the pieces of a text, put end to end, are the text."""
    cut = pl.col("text").str.split(SENTENCE_END, literal=False, inclusive=True)
    found = computed(texts.select("doc", sentence=cut).explode("sentence").filter(pl.col("sentence") != ""))
    is_endless = found["sentence"].str.len_chars() > LONGEST
    width = pl.col("sentence").str.len_chars().cast(pl.Int32)
    return (
        (without_endless(found) if is_endless.any() else found).lazy()
        .with_columns(sentence_start=width.cum_sum().over("doc") - width)
        .with_row_index("sentence_index")
    )


def without_endless(sentences: pl.DataFrame) -> pl.DataFrame:
    """Cut sentences of more than `LONGEST` characters between phrases or cells, where they have any."""
    phrases = sentences.with_row_index("number").with_columns(pl.col("sentence").str.extract_all(PHRASE))
    part = pl.col("sentence").str.len_chars().cum_sum().over("number") // LONGEST
    return (
        phrases.explode("sentence")
        .with_columns(part=part)
        .group_by("number", "part", maintain_order=True)
        .agg(pl.col("doc").first(), pl.col("sentence").str.join(""))
        .drop("number", "part")
    )
