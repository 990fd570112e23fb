"""Read what only a release needs of the seeds: phrases and weights, the bodies that must report, the accuracy measured.

In: `seeds/phrases.csv`, `seeds/weights.csv`, `seeds/divisions/`, `seeds/release/`. Out: frames, and values by measure.

>>> read_accuracy()["mention F1, 2 annotated reports"]
0.99
"""

from pathlib import Path

import polars as pl

from flows.seeds import SEEDS, read_phrases, read_seed
from transforms.columns import Table
from transforms.header_knowledge import DIVISION_FILES
from transforms.identity import identifiers
from transforms.release_schema import PHRASES, WEIGHTS


def phrases_of(codebook: pl.DataFrame, seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the phrases that mean the codes of `codebook`, as they are published."""
    columns = [name for name in PHRASES.column_names if name != "phrase_id"]
    phrases = read_phrases(seeds).join(codebook, on="indicator", how="semi").select(columns).unique()
    return _with_ids(phrases, PHRASES, "p", columns)


def weights_of(codebook: pl.DataFrame, seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the weights of the classifier for the codes of `codebook`, and for none, as they are published."""
    known = pl.col("indicator").is_null() | pl.col("indicator").is_in(codebook["indicator"].implode())
    weights = read_seed("weights", seeds).filter(known)
    return _with_ids(weights.cast({"weight": pl.Float64}), WEIGHTS, "w", ["scope", "text", "indicator"])


def _with_ids(rows: pl.DataFrame, table: Table, prefix: str, columns: list[str]) -> pl.DataFrame:
    named = rows.select(pl.col(columns).cast(pl.String).fill_null(""))
    ids = named.select(identifiers(prefix, *columns).alias(table.key[0]))
    return rows.hstack(ids).select(table.column_names).sort(table.sort)


def read_bodies(seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the divisions whose bodies must report, with the groups in the list of codes marked as such."""
    files = [read_seed(f"divisions/{name}", seeds) for name in DIVISION_FILES]
    groups = read_seed("release/no_bodies", seeds)["name"].implode()
    return pl.concat(files).with_columns(is_group=pl.col("name").is_in(groups))


def read_duty(seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the first year that the bodies of each level must report on (columns level, first_year, why)."""
    return read_seed("release/duty", seeds)


def read_accuracy(seeds: Path = SEEDS) -> dict[str, float]:
    """Return the measures of `seeds/release/accuracy.csv` (measure, value, of) in their order; none where it is not."""
    if not (seeds / "release" / "accuracy.csv").exists():
        return {}
    rows = read_seed("release/accuracy", seeds)
    return {f"{row['measure']}, {row['of']}": float(row["value"]) for row in rows.iter_rows(named=True)}
