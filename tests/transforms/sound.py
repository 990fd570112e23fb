"""The whole way from decoded texts to tables, and what must hold of the tables, whatever the texts.

In: texts. Out: the observations; AssertionError where something does not hold.

>>> sound(["开展宣传3场。"]).height
1
"""

import polars as pl

from flows.gold import HEADER_INPUTS
from tests.transforms.reading import knowledge
from transforms.checks import checks
from transforms.clean import clean
from transforms.header import headers
from transforms.observations import observations
from transforms.panel import panel
from transforms.pipeline import outlined_sentences, section_rows, with_masked_text
from transforms.schema import CHECKS_TABLE, OBSERVATIONS, PANEL, SECTIONS

FAULTS = (
    AssertionError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    pl.exceptions.PolarsError, pl.exceptions.PanicException,
)
NUMBERS = ("value", "value_low", "value_high")
BOUNDS = {
    "exact": (pl.col("value_low") == pl.col("value")) & (pl.col("value_high") == pl.col("value")),
    "over": (pl.col("value_low") < pl.col("value_high"))
    & ((pl.col("value") == pl.col("value_low")) | (pl.col("value") == pl.col("value_high"))),
    "approx": pl.col("value").is_not_null() & pl.col("value_low").is_null() & pl.col("value_high").is_null(),
    "range": pl.col("value").is_null() & (pl.col("value_low") <= pl.col("value_high")),
}
ONE_END = (pl.col("value_low").is_null() != pl.col("value_high").is_null()) & (
    pl.col("value") == pl.coalesce("value_low", "value_high")
)


def sound(texts: list[str], year: int = 2023) -> pl.DataFrame:
    """Take texts through every transform after decoding, see that the tables hold together, return the observations."""
    given = pl.LazyFrame({"doc": range(len(texts)), "text": texts}, schema={"doc": pl.UInt32, "text": pl.String})
    empty = {name: pl.lit(None, dtype) for name, dtype in HEADER_INPUTS.items()}
    cleaned = clean(given, knowledge()).with_columns(**empty, canonical_url=pl.col("doc").cast(pl.String)).collect()
    headed = headers(cleaned.lazy(), knowledge().header).with_columns(pl.col("report_year").fill_null(year))
    masked = with_masked_text(headed, knowledge()).collect()
    assert (masked["text"].str.len_chars() == cleaned["text"].str.len_chars()).all(), "masking moved offsets"
    outlined = outlined_sentences(masked.lazy(), knowledge()).collect().lazy()
    stated = observations(outlined, knowledge()).collect()
    tables = (
        (OBSERVATIONS, stated),
        (SECTIONS, section_rows(outlined).collect()),
        (PANEL, panel(stated.lazy(), masked.lazy()).collect()),
        (CHECKS_TABLE, checks(stated.lazy(), knowledge()).collect()),
    )
    for table, rows in tables:
        doubled = rows.filter(pl.struct(table.key).is_duplicated())
        assert doubled.is_empty(), f"{table.name}: two rows of one key: {doubled.head(2).to_dicts()}"
    assert_quotes(stated, masked)
    assert_numbers(stated)
    return stated


def assert_quotes(stated: pl.DataFrame, masked: pl.DataFrame) -> None:
    """Every quote is the text between its offsets."""
    texts = dict(masked.select("report_id", "text").iter_rows())
    for report, start, end, quote in stated.select("report_id", "char_start", "char_end", "quote").iter_rows():
        assert 0 <= start < end, f"{quote!r} at {start}..{end}"
        assert texts[report][start:end] == quote, f"{quote!r} is not the text at {start}..{end}"


def assert_numbers(stated: pl.DataFrame) -> None:
    """Numbers are finite, and bounds are those that the qualifier implies."""
    endless = stated.filter(pl.any_horizontal(pl.col(NUMBERS).is_finite().not_()))
    assert endless.is_empty(), f"not finite: {endless.head(2).to_dicts()}"
    fits = ONE_END
    for qualifier, rule in BOUNDS.items():
        fits = pl.when(pl.col("qualifier") == qualifier).then(rule).otherwise(fits)
    wrong = stated.filter(~fits.fill_null(False))
    assert wrong.is_empty(), f"bounds: {wrong.select('quote', 'qualifier', *NUMBERS).head(3).to_dicts()}"


def culprit(texts: list[str]) -> list[str]:
    """Return the fewest texts found that still do not hold: halves of them, as long as one half fails alone."""
    while len(texts) > 1:
        halves = texts[: len(texts) // 2], texts[len(texts) // 2 :]
        failing = next((half for half in halves if not holds(half)), None)
        if failing is None:
            return texts
        texts = failing
    return texts


def holds(texts: list[str]) -> bool:
    """Whether the texts go through and their tables hold together."""
    try:
        sound(texts)
    except FAULTS:
        return False
    return True
