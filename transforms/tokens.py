"""Find everything in a sentence that states a number: mentions, and zeros in words.

In: sentences. Out: one row per token, in order: `token`, `start`, `end` (code points within the sentence).

Traps, spans with a number that is no quantity, are cut out first, so that no mention is read out of a date or a name.

>>> tokens(pl.LazyFrame({"sentence_index": [0], "sentence": ["调解8起"]}), grammar).collect()["start"].to_list()
[2]
"""

import polars as pl

from transforms.grammar import Grammar

CANDIDATE = r"[0-9二两三四五六七八九十百千万亿无未没零数几]|[共仅只计杜绝过为][^，,。；;]{0,12}一|翻|半数"
CUT, TRAP, TOKEN, AFTER = "\x1f", "\x1e", "\x1d", "\x1c"


def tokens(sentences: pl.LazyFrame, grammar: Grammar) -> pl.LazyFrame:
    """Return the tokens of the sentences that have any.

    Polars finds all matches of a pattern but not where they stand; so the sentence is cut into pieces around them, one
    row each, whose lengths add up to the places.
    """
    width = pl.col("piece").str.len_chars().cast(pl.Int32)
    # The sum over all sentences less what it was where the sentence began: cheaper than a sum for each.
    begin = (pl.col("end") - width).first().over("sentence_index")
    found = (
        sentences.filter(pl.col("sentence").str.contains(CANDIDATE))
        .select("sentence_index", piece="sentence")
        .pipe(cut_around, grammar.enclosing_trap, TRAP)
        .pipe(cut_around, grammar.trap, TRAP)
        .pipe(cut_around, grammar.mention, TOKEN)
        .select(
            "sentence_index", is_token=pl.col("piece").str.starts_with(TOKEN),
            piece=pl.col("piece").str.strip_chars_start(TRAP + TOKEN + AFTER),
        )
        .with_columns(end=width.cum_sum())
        .with_columns(start=pl.col("end") - width - begin, end=pl.col("end") - begin)
        .filter("is_token")
        .select("sentence_index", "start", "end", pl.col("piece").alias("token"))
    )
    return found.join(sentences, on="sentence_index", how="left", maintain_order="left")


def cut_around(pieces: pl.LazyFrame, pattern: str, mark: str) -> pl.LazyFrame:
    """Cut pieces before and after each match of a pattern, and mark the match; traps stay whole.

    What follows a match is marked too, so that it is no beginning of a sentence for what is looked for next.
    """
    open_pieces = pl.when(~pl.col("piece").str.starts_with(TRAP)).then("piece")
    cut = open_pieces.str.replace_all(pattern, f"{CUT}{mark}${{0}}{CUT}{AFTER}")
    return pieces.with_columns(piece=pl.coalesce(cut, "piece").str.split(CUT)).explode("piece")
