"""Find everything in a sentence that states a number: mentions, and zeros in words.

In: sentences. Out: one row per token, in order: `token`, `start`, `end` (code points within the sentence).

Traps, spans with a number that is no quantity, are covered first, so that no mention is read out of a date or a name.

>>> tokens(pl.LazyFrame({"sentence_index": [0], "sentence": ["调解8起"]}), grammar).collect()["start"].to_list()
[2]
"""

import polars as pl

from transforms.grammar import COVER, Grammar

CANDIDATE = r"[0-9二两三四五六七八九十百千万亿无未没零数几]|[共仅只计杜绝过为][^，,。；;]{0,12}一|翻|半数"
CUT = "\x1f"


def tokens(sentences: pl.LazyFrame, grammar: Grammar) -> pl.LazyFrame:
    """Return the tokens of the sentences that have any.

    Polars finds all matches of a pattern but not where they stand; so each match is set between marks, and the sentence
    is cut there: the pieces are by turns text and match, and their lengths add up to the places. A trap is covered by
    one character; its length is added back.
    """
    width = pl.col("piece").str.len_chars() + pl.col("token").str.len_chars()
    hidden = pl.col("hidden").list.get(pl.col("n_covers").cast(pl.Int64) - 1, null_on_oob=True).fill_null(0)
    end = pl.when(pl.col("n_covers") > 0).then(pl.col("end") + hidden).otherwise("end").cast(pl.Int32)
    return (
        sentences.filter(pl.col("sentence").str.contains(CANDIDATE))
        .with_columns(traps=cut_around(pl.col("sentence"), grammar.trap, COVER))
        .with_columns(parts=cut_around(texts_of(pl.col("traps")).list.join(COVER), grammar.mention, CUT))
        .filter(pl.col("parts").list.len() > 1)
        .with_columns(
            token=matches_of(pl.col("parts")),
            piece=texts_of(pl.col("parts")).list.head(pl.col("parts").list.len() // 2),
            hidden=matches_of(pl.col("traps"))
            .list.eval((pl.element().str.len_chars().cast(pl.Int64) - 1).cum_sum()),
        )
        .drop("parts", "traps")
        .explode("token", "piece")
        .with_columns(
            end=width.cum_sum().over("sentence_index"),
            n_covers=pl.col("piece").str.count_matches(COVER, literal=True).cum_sum().over("sentence_index"),
        )
        .with_columns(end=end)
        .with_columns(start=pl.col("end") - pl.col("token").str.len_chars().cast(pl.Int32))
        .drop("piece", "hidden", "n_covers")
    )


def cut_around(text: pl.Expr, pattern: str, mark: str) -> pl.Expr:
    """The pieces of a text, by turns what stands between the matches of a pattern and a match."""
    return text.str.replace_all(pattern, f"{mark}${{0}}{mark}").str.split(mark)


def texts_of(parts: pl.Expr) -> pl.Expr:
    """What stands between the matches: one piece more than there are matches."""
    return parts.list.gather_every(2)


def matches_of(parts: pl.Expr) -> pl.Expr:
    """The matches."""
    return parts.list.gather_every(2, offset=1)
