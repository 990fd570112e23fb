"""Cut a table that no spreadsheet holds into CSV files that one does: by year, and a year too large by province.

In: a table, its rows, and the reports that they belong to. Out: the names and rows of files such as
`observations-2023.csv`, or `observations-2023-510000.csv` with the code of the province; rows without year or province
go to `…-other.csv`.

>>> [name for name, _ in parts_of(table, frame, reports, SPREADSHEET_ROWS)]
['observations-2022', 'observations-2023-110000', 'observations-2023-510000']
"""

from collections.abc import Iterator

import polars as pl

from transforms.columns import Table

SPREADSHEET_ROWS = 1_048_576 - 1
YEAR, PROVINCE = "year_of_part", "province_of_part"


def parts_of(
    table: Table, frame: pl.LazyFrame, reports: pl.LazyFrame, most_rows: int
) -> Iterator[tuple[str, pl.LazyFrame]]:
    """Yield the name of each part, without its ending, and its rows in order; nothing for a table without year."""
    placed = _placed(table, frame, reports)
    if placed is None:
        return
    counts = placed.group_by(YEAR, PROVINCE).agg(rows=pl.len()).sort(YEAR, PROVINCE, nulls_last=True).collect()
    for (year,), of_year in counts.group_by(YEAR, maintain_order=True):
        name, rows = f"{table.name}-{year or 'other'}", placed.filter(pl.col(YEAR).eq_missing(pl.lit(year)))
        if of_year["rows"].sum() <= most_rows:
            yield name, rows.drop(YEAR, PROVINCE)
            continue
        for province in of_year[PROVINCE]:
            of_province = rows.filter(pl.col(PROVINCE).eq_missing(pl.lit(province, pl.String)))
            yield f"{name}-{province or 'other'}", of_province.drop(YEAR, PROVINCE)


def _placed(table: Table, frame: pl.LazyFrame, reports: pl.LazyFrame) -> pl.LazyFrame | None:
    """Return the rows with the year that they are of and the code of the province, as far as there are any."""
    province = pl.col("division_code").str.head(2) + "0000"
    own = set(table.column_names)
    if "report_id" not in own:
        return frame.with_columns(pl.col("report_year").alias(YEAR), province.alias(PROVINCE)) if "report_year" in own \
            else None
    of_report = reports.select("report_id", pl.col("report_year").alias(YEAR), province.alias(PROVINCE))
    placed = frame.join(of_report, on="report_id", how="left", maintain_order="left")
    moment = table.column(table.sort[0])
    if isinstance(moment.dtype, pl.Datetime):
        return placed.with_columns(pl.col(moment.name).dt.year().alias(YEAR))
    return placed.with_columns(pl.col("report_year").alias(YEAR)) if "report_year" in own else placed
