"""Read sentences as the pipeline does, for tests.

In: a text and the year it reports on. Out: its observations as rows.

>>> observed("开展宣传3场。")[0]["value"]
3.0
"""

from functools import lru_cache
from typing import Any

import polars as pl

from flows.seeds import read_knowledge
from transforms.clean import clean
from transforms.knowledge import Knowledge
from transforms.observations import observations
from transforms.pipeline import outlined_sentences


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The seeds, read once."""
    return read_knowledge()


def observe(texts: list[str], year: int = 2023) -> pl.DataFrame:
    """Observations of cleaned texts; `report_id` is the number of the text."""
    frame = pl.LazyFrame({"doc": range(len(texts)), "text": texts}).cast({"doc": pl.UInt32}).with_columns(
        report_id=pl.col("doc").cast(pl.String), report_year=pl.lit(year, pl.Int32)
    )
    return observations(outlined_sentences(frame, knowledge()).collect().lazy(), knowledge()).collect()


def observed(text: str, year: int = 2023) -> list[dict[str, Any]]:
    """Observations of one text, in order."""
    return observe([text], year).sort("char_start", maintain_order=True).to_dicts()


def cleaned(text: str) -> str:
    """The text without page chrome, its characters made equal."""
    return str(clean(pl.LazyFrame({"doc": [0], "text": [text]}), knowledge()).collect()["text"].item())
