"""Read the seed tables into the `Knowledge` that transforms take.

In: the folder `seeds/`. Out: `read_knowledge()`.

>>> read_knowledge().indicators.columns[0]
'indicator'
"""

from pathlib import Path

import polars as pl

from flows.errors import FazhiError
from transforms.header_knowledge import DIVISION_FILES, HeaderKnowledge
from transforms.knowledge import Knowledge
from transforms.mask_words import private_words

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def read_knowledge(folder: Path = SEEDS) -> Knowledge:
    """Read every seed table that extraction needs; raise FazhiError naming the file that is missing or torn."""
    return Knowledge(
        units=read_seed("units", folder),
        word_lists=read_seed("words", folder),
        traps=read_seed("traps", folder),
        chrome=read_seed("chrome", folder),
        themes=read_seed("themes", folder),
        indicators=read_seed("indicators", folder),
        phrases=read_seed("phrases", folder),
        private=private_words(read_seed("private", folder)),
        header=read_header_knowledge(folder),
    )


def read_header_knowledge(folder: Path) -> HeaderKnowledge:
    """Read the tables that the header of a report is read with."""
    divisions = [read_seed(f"divisions/{name}", folder).with_columns(file=pl.lit(name)) for name in DIVISION_FILES]
    return HeaderKnowledge(
        divisions=pl.concat(divisions),
        header_words=read_seed("header_words", folder),
        departments=read_seed("departments", folder),
        sources=read_seed("sources", folder),
    )


def read_seed(name: str, folder: Path = SEEDS) -> pl.DataFrame:
    """Read `seeds/<name>.csv` as text columns; an empty cell is null."""
    path = folder / f"{name}.csv"
    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FazhiError(f"seed table {path.name} cannot be read ({error}); restore it from version control") from error
