"""Find everything in a sentence that states a number: mentions, and zeros in words.

In: sentences. Out: one row per token, in order: `token`, `start`, `end` (code points within the sentence).

Traps, spans with a number that is no quantity, are cut out first, so that no mention is read out of a date or a name.

>>> tokens(pl.LazyFrame({"sentence_index": [0], "sentence": ["调解8起"]}), grammar).collect()["start"].to_list()
[2]
"""

import polars as pl

from transforms.grammar import STOPS, Grammar

CANDIDATE = r"[0-9二两三四五六七八九十百千万亿无未没零数几]|[共仅只计杜绝过为][^，,。；;]{0,12}一|翻|倍|半数"
CUT, MATCH, AFTER = "\x1f", "\x1e", "\x1d"


def tokens(sentences: pl.LazyFrame, grammar: Grammar) -> pl.LazyFrame:
    """Return the tokens of the sentences that have any.

    Polars finds all matches of a pattern but not where they stand; so the sentence is cut into pieces around them, one
    row each, whose lengths add up to the places.
    """
    is_match = pl.col("piece").str.starts_with(MATCH)
    found = (
        sentences.filter(pl.col("sentence").str.contains(CANDIDATE))
        .select("sentence_index", piece="sentence", start=pl.lit(0, pl.Int32))
        .pipe(cut_around, grammar.enclosing_trap).filter(~is_match)
        .pipe(cut_around, grammar.trap).filter(~is_match)
        .filter(pl.col("piece").str.contains(CANDIDATE))
        .pipe(cut_around, grammar.mention).filter(is_match)
        .select("sentence_index", "start", token=pl.col("piece").str.strip_prefix(MATCH).str.strip_chars_end(STOPS))
        .with_columns(end=pl.col("start") + pl.col("token").str.len_chars().cast(pl.Int32))
    )
    return found.join(sentences, on="sentence_index", how="left", maintain_order="left")


def cut_around(pieces: pl.LazyFrame, pattern: str) -> pl.LazyFrame:
    """Cut pieces before and after each match of a pattern, and mark the match.

    What follows a match is marked too, so that it is no beginning of a sentence for what is looked for next.
    """
    cut = pl.col("piece").str.replace_all(pattern, f"{CUT}{MATCH}${{0}}{CUT}{AFTER}").str.split(CUT)
    # The sum over all pieces less what it was where the whole one began: cheaper than a sum for each.
    begin = width().cum_sum() - width()
    return (
        pieces.with_columns(piece=cut, start=pl.col("start") - begin)
        .explode("piece")
        .with_columns(start=pl.col("start") + begin)
    )


def width() -> pl.Expr:
    """Code points of the piece, without its mark."""
    return pl.col("piece").str.strip_chars_start(MATCH + AFTER).str.len_chars().cast(pl.Int32)
