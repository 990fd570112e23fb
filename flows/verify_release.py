"""Read the files of a release again, with the tools that its users have, before anyone else can.

In: the folder of a release and what each table must hold. Out: nothing, or FazhiError naming the file that a reader
sees differently. Parquet is read by pyarrow, polars and DuckDB, CSV by pandas, polars and Python's csv; DuckDB is asked
where it is installed. Each must see the same rows, the same number of keys and the same sums.

>>> with all_readers() as readers: verify_file(readers, folder, FileFacts("panel.csv", …), TABLES["panel"], expected)
"""

import csv
import importlib
import importlib.util
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from flows.errors import FazhiError
from flows.writers.facts import FileFacts
from transforms.columns import Table


@dataclass(frozen=True)
class Profile:
    """What a reader sees in a table: rows, distinct keys, and the sum of every column of numbers."""

    rows: int
    keys: int
    sums: dict[str, float]

    def differs_from(self, other: "Profile") -> str | None:
        """Say what differs, or return None."""
        if (self.rows, self.keys) != (other.rows, other.keys):
            return f"{self.rows} rows and {self.keys} keys instead of {other.rows} and {other.keys}"
        for name, total in other.sums.items():
            if not math.isclose(self.sums[name], total, rel_tol=1e-9, abs_tol=1e-9):
                return f"a sum of {self.sums[name]} instead of {total} in column {name}"
        return None


Reader = Callable[[Path, Table], Profile]
Readers = Mapping[str, Mapping[str, Reader]]
"""By format and name."""


@contextmanager
def all_readers() -> Iterator[Readers]:
    """Give all readers; DuckDB is opened once for all tables, since to open it takes longer than to read one."""
    with ExitStack() as opened:
        parquet: dict[str, Reader] = {"pyarrow": _read_pyarrow, "polars": _read_polars_parquet}
        if importlib.util.find_spec("duckdb") is not None:
            connection = opened.enter_context(importlib.import_module("duckdb").connect())
            parquet["duckdb"] = partial(_read_duckdb, connection)
        csv_readers = {"pandas": _read_pandas, "polars": _read_polars_csv, "python": _read_csv_module}
        yield {"parquet": parquet, "csv": csv_readers}


def verify_file(readers: Readers, folder: Path, file: FileFacts, table: Table, expected: Profile) -> None:
    """Read a file with every reader of its format; raise FazhiError at the first difference."""
    for reader, read in readers[file.format].items():
        _compare(folder, file, table, reader, read, expected)


def profile_frame(table: Table, frame: pl.LazyFrame) -> Profile:
    """Return the profile of a frame with the table's columns."""
    seen = frame.select(
        pl.len().alias("rows"), pl.struct(table.key).n_unique().alias("keys"),
        *(pl.col(name).cast(pl.Float64).sum().alias(f"sum {name}") for name in number_columns(table)),
    ).collect(engine="streaming").row(0, named=True)
    return Profile(seen["rows"], seen["keys"], {name: seen[f"sum {name}"] for name in number_columns(table)})


def number_columns(table: Table) -> list[str]:
    """Return the columns that have sums."""
    return [column.name for column in table.columns if column.dtype.is_numeric()]


def _compare(folder: Path, file: FileFacts, table: Table, reader: str, read: Reader, expected: Profile) -> None:
    try:
        found = read(folder / file.path, table)
    except Exception as error:
        raise FazhiError(f"{file.path} cannot be read by {reader} ({_first_line(error)}); the release was not published"
                         ) from error
    difference = found.differs_from(expected)
    if difference:
        raise FazhiError(f"{reader} sees {difference} in {file.path}; the release was not published")


def _read_pyarrow(path: Path, table: Table) -> Profile:
    names = [*table.key, *(name for name in number_columns(table) if name not in table.key)]
    rows, keys, sums = 0, set(), dict.fromkeys(number_columns(table), 0.0)
    for batch in pq.ParquetFile(path).iter_batches(columns=names):
        frame = pl.DataFrame(pl.from_arrow(batch))
        rows += frame.height
        keys.update(frame.select(table.key).hash_rows(0).to_list())
        for name in sums:
            sums[name] += float(frame[name].cast(pl.Float64).sum())
    return Profile(rows, len(keys), sums)


def _read_polars_parquet(path: Path, table: Table) -> Profile:
    return profile_frame(table, pl.scan_parquet(path))


def _read_duckdb(connection: Any, path: Path, table: Table) -> Profile:
    key = ", ".join(f'"{name}"' for name in table.key)
    sums = "".join(f', coalesce(sum("{name}"::DOUBLE), 0)' for name in number_columns(table))
    seen = connection.read_parquet(str(path)).aggregate(f"count(*), count(distinct ({key})){sums}").fetchall()[0]
    return Profile(seen[0], seen[1], dict(zip(number_columns(table), seen[2:], strict=True)))


def _read_polars_csv(path: Path, table: Table) -> Profile:
    texts = {column.name: pl.String for column in table.columns if not column.dtype.is_numeric()}
    numbers = {column.name: column.dtype for column in table.columns if column.dtype.is_numeric()}
    return profile_frame(table, pl.scan_csv(path, schema={name: {**texts, **numbers}[name]
                                                          for name in table.column_names}))


def _read_pandas(path: Path, table: Table) -> Profile:
    pandas = importlib.import_module("pandas")
    rows, keys, sums = 0, set(), dict.fromkeys(number_columns(table), 0.0)
    types = {name: "float64" if name in sums else "str" for name in table.column_names}
    with pandas.read_csv(path, dtype=types, encoding="utf-8", chunksize=100_000, keep_default_na=False,
                         na_values={name: [""] for name in sums}) as chunks:
        for chunk in chunks:
            rows += len(chunk)
            keys.update(chunk[list(table.key)].itertuples(index=False, name=None))
            for name in sums:
                sums[name] += float(chunk[name].sum())
    return Profile(rows, len(keys), sums)


def _read_csv_module(path: Path, table: Table) -> Profile:
    csv.field_size_limit(2**31 - 1)
    rows, keys, sums = 0, set(), dict.fromkeys(number_columns(table), 0.0)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file, strict=True)
        if lines.fieldnames != table.column_names:
            raise ValueError(f"its columns are {lines.fieldnames}")
        for line in lines:
            if None in line or None in line.values():
                raise ValueError(f"line {lines.line_num} has not {len(table.columns)} cells")
            rows += 1
            keys.add(tuple(line[name] for name in table.key))
            for name in sums:
                sums[name] += float(line[name] or 0)
    return Profile(rows, len(keys), sums)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
