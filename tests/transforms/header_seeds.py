"""The seeds that the header's tests read, once for all of them."""

from functools import lru_cache
from pathlib import Path

import polars as pl

from transforms.header_knowledge import DIVISION_FILES, HeaderKnowledge

SEEDS = Path(__file__).parents[2] / "seeds"


@lru_cache(maxsize=1)
def knowledge() -> HeaderKnowledge:
    """Return the knowledge read as its docstring says."""
    def read(name: str) -> pl.DataFrame:
        return pl.read_csv(SEEDS / name, infer_schema=False)

    divisions = pl.concat([read(f"divisions/{file}.csv").with_columns(file=pl.lit(file)) for file in DIVISION_FILES])
    return HeaderKnowledge(divisions, read("header_words.csv"), read("departments.csv"), read("sources.csv"))
