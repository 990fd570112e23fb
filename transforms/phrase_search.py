"""Look for the words of phrases in texts, and say which phrases have all that they ask for there.

In: cases (`case`, and a column of text each), the words of a scope of phrases (`transforms.phrases`). Out: hits by
case and word; what they come to by case and phrase.

>>> words_in(cases, "label", phrases.must.different).collect().columns
['case', 'word']
"""

import polars as pl

from transforms.phrases import Words


def words_in(cases: pl.LazyFrame, column: str, words: pl.Series) -> pl.LazyFrame:
    """The words that stand in a column, by their place among `words`, all different: one row per case and hit."""
    place = pl.col("word").cast(pl.Enum(words)).to_physical().cast(pl.UInt32)
    return (
        cases.select("case", word=anchored(column).str.extract_many(words.implode(), overlapping=True))
        .explode("word", empty_as_null=False)
        .with_columns(word=place)
    )


def anchored(column: str) -> pl.Expr:
    """A text with marks at its ends, which a word may hold on to: ^社区, 率$."""
    return pl.concat_str(pl.lit("^"), column, pl.lit("$"))


def tally(possible: pl.LazyFrame, hits: pl.LazyFrame, words: Words) -> pl.LazyFrame:
    """Count, by case and phrase, the groups that were found and the width of their longest words."""
    return (
        possible.select("case", "phrase")
        .join(hits, on="case")
        .join(words.rows.lazy(), on=["phrase", "word"])
        .group_by("case", "group").agg(pl.col("phrase").first(), pl.col("width").max())
        .group_by("case", "phrase").agg(found=pl.len(), width=pl.col("width").sum())
    )


def without(possible: pl.LazyFrame, cases: pl.LazyFrame, column: str, barring: Words) -> pl.LazyFrame:
    """The phrases that have none of their barring words in a column of their case."""
    hits = words_in(cases, column, barring.different)
    barred = possible.select("case", "phrase").join(hits, on="case").join(barring.rows.lazy(), on=["phrase", "word"])
    return possible.join(barred, on=["case", "phrase"], how="anti")


def texts_of(words: Words) -> pl.LazyFrame:
    """The different words by their place, without the marks that hold them to an end."""
    return words.different.str.strip_chars("^$").to_frame("text").with_row_index("word").lazy()
