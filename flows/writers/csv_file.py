"""Write a table as CSV that spreadsheets, line tools and data frames all read alike.

In: a table's description and its rows in published order, a batch at a time. Out: one file: RFC 4180, UTF-8 with
BOM, CRLF, ISO dates, `true`/`false`, an empty field for null and `""` for an empty text. In text cells

- control characters, line breaks, U+2028/U+2029 and marks that turn the direction of writing become one space each, so
  that a row is a line, no cell shows its words in another order, and every offset into a text stays true (Parquet
  keeps the texts as they are);
- a leading `=`, `+`, `-`, `@`, also full-width or after spaces, gets an apostrophe before it, so that no spreadsheet
  takes a text for a formula. Numbers stay numbers.

>>> write_csv(path, TABLES["panel"], iter([frame]))
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from transforms.columns import Table

CONTROLS = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
FORMULA_START = r"^([\s]*[=+\-@＝＋－＠])"
BOM = b"\xef\xbb\xbf"


def write_csv(path: Path, table: Table, batches: Iterator[pl.DataFrame]) -> None:
    """Write the header and the batches to `path`."""
    with path.open("wb") as out:
        out.write(BOM)
        out.write(",".join(table.column_names).encode() + b"\r\n")
        for frame in batches:
            frame.select(table.column_names).with_columns(safe_cells()).write_csv(
                out, include_header=False, line_terminator="\r\n", quote_style="necessary",
                date_format="%Y-%m-%d", datetime_format="%Y-%m-%dT%H:%M:%S%.fZ",
            )


def safe_cells() -> pl.Expr:
    """Return every text column without control characters and without a formula's first character."""
    return pl.col(pl.String).str.replace_all(CONTROLS, " ").str.replace(FORMULA_START, "'${1}")
