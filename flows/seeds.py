"""Read the seed tables into the `Knowledge` that transforms take.

In: the folder `seeds/`. Out: `read_knowledge()`; `read_corrections()`, what was mended by hand.

>>> read_knowledge().indicators.columns[0]
'indicator'
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import FazhiError
from flows.urls import canonical_url
from transforms.corrections import CORRECTIONS, FIELDS, SEED_COLUMNS, TEXT, typed
from transforms.header_knowledge import DIVISION_FILES, HeaderKnowledge
from transforms.identity import identifier
from transforms.knowledge import Knowledge
from transforms.mask_words import private_words
from transforms.phrase_words import spelt_out
from transforms.schema import REPORTS

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
REPORT_ID = re.compile(REPORTS.column("report_id").pattern or "")


def read_knowledge(folder: Path = SEEDS) -> Knowledge:
    """Read every seed table that extraction needs; raise FazhiError naming the file that is missing or torn."""
    return Knowledge(
        units=read_seed("units", folder),
        word_lists=read_seed("words", folder),
        traps=read_seed("traps", folder),
        chrome=read_seed("chrome", folder),
        themes=read_seed("themes", folder),
        indicators=read_seed("indicators", folder),
        phrases=read_phrases(folder),
        weights=read_seed("weights", folder),
        audiences=read_seed("audiences", folder),
        private=private_words(read_seed("private", folder)),
        header=read_header_knowledge(folder),
        traditional=read_seed("traditional", folder),
        corrections=read_corrections(folder),
    )


def read_phrases(folder: Path = SEEDS) -> pl.DataFrame:
    """Read the phrases that mean the codes, with the lists of words that they share spelt out."""
    return spelt_out(read_seed("phrases", folder), read_seed("phrase_words", folder))


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


@cache
def read_corrections(seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the corrections in the order of the seed table."""
    rows = read_seed("corrections", seeds)
    if tuple(rows.columns) != SEED_COLUMNS:
        raise FazhiError(f"seeds/corrections.csv has the columns {', '.join(rows.columns)}; "
                         f"it needs {', '.join(SEED_COLUMNS)}")
    found = [_correction(row, line) for line, row in enumerate(rows.iter_rows(named=True), 2)]
    return pl.DataFrame(found, schema=CORRECTIONS, orient="row")


def _correction(row: Mapping[str, Any], line: int) -> tuple[Any, ...]:
    report, field = row["report"] or "", row["field"] or TEXT
    day, right = _cast(row["date"], pl.Date), row["replacement"]
    fault = (
        "names no report" if not report else
        f"has the field {field!r}, not one of {', '.join(FIELDS)}" if field not in (TEXT, *FIELDS) else
        "does not say what to find in the text" if field == TEXT and not row["find"] else
        "gives no reason in `why`" if not row["why"] else
        "has no date like 2026-03-02" if day is None else
        f"replaces {field} by {right!r}, which does not fit that column" if _does_not_fit(field, right) else None
    )
    if fault:
        raise FazhiError(f"seeds/corrections.csv, line {line}: it {fault}; mend the row")
    report_id = report if REPORT_ID.match(report) else identifier("r", canonical_url(report))
    correction_id = identifier("k", report_id, field, row["find"] or "", right or "")
    return correction_id, report_id, field, row["find"], right, row["why"], day


def _does_not_fit(field: str, value: str | None) -> bool:
    if field == TEXT:
        return False
    column = REPORTS.column(field)
    if value is None:
        return not column.nullable
    return bool(_cast(value, column.dtype) is None or (column.allowed and value not in column.allowed)
                or (column.pattern and not re.match(column.pattern, value)))


def _cast(value: str | None, dtype: Any) -> Any:
    return pl.select(typed(pl.lit(value, pl.String), dtype)).item()
