"""From the tables of all segments to the tables of a release, and from those to its files.

In: `data/tables/<table>/<segment>.parquet`. Out: frames as a release has them, written as Parquet and CSV, with
what each file must hold when it is read again. Nothing larger than a row group is held in memory at once.

>>> tables, left_out = combine_segments(data_dir, work)
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from flows.csv_parts import SPREADSHEET_ROWS, parts_of
from flows.errors import FazhiError
from flows.table_files import damaged_tables
from flows.verify_release import Readers, all_readers, profile_frame, verify_file
from flows.writers.checksums import sha256_of
from flows.writers.csv_file import write_csv
from flows.writers.facts import FileFacts, TableFacts
from flows.writers.parquet_file import write_parquet
from transforms.columns import Table
from transforms.combine import CHILDREN, SEGMENT, combine
from transforms.release_schema import RELEASE_TABLES, VOLATILE
from transforms.schema import SCHEMA_VERSION, TABLES

OS_ERROR = re.compile(r"\(os error (\d+)\)")
WHOLE_SEGMENT = ("reports", *CHILDREN)
ROWS_PER_GROUP = {"texts": 2_000}
DEFAULT_ROWS_PER_GROUP = 50_000
Writer = Callable[[Path, Table, Iterator[pl.DataFrame]], None]


def combine_segments(
    data_dir: Path, work: Path, withdrawn: frozenset[str] = frozenset()
) -> tuple[dict[str, pl.LazyFrame], list[str]]:
    """Write the combined tables into `work` and return them, with the segments left out as not whole."""
    files, left_out = segment_files(data_dir)
    if not files["reports"]:
        raise FazhiError(f"no whole segment in {data_dir / 'tables'}; run `fazhi import` or `fazhi run`, then build")
    try:
        combined = {name: keep_aside(frame, work / f"{name}.parquet")
                    for name, frame in combine(scan_segments(files), withdrawn).items()}
    except pl.exceptions.PolarsError as error:
        raise FazhiError(_name_torn_file([file for found in files.values() for file in found], error)) from error
    return combined, left_out


def segment_files(data_dir: Path) -> tuple[dict[str, list[Path]], list[str]]:
    """Return the files of the whole segments, by table, and the segments that are not whole."""
    files = {name: sorted((data_dir / "tables" / name).glob("*.parquet")) for name in (*WHOLE_SEGMENT, "harvest_log")}
    named = [{file.stem for file in files[name]} for name in WHOLE_SEGMENT]
    whole = set.intersection(*named)
    for segment in sorted(whole):
        for file in damaged_tables(data_dir, segment):
            raise FazhiError(f"{file} is damaged; run `fazhi build`, which makes it anew")
    kept = {name: [file for file in found if file.stem in whole or name == "harvest_log"]
            for name, found in files.items()}
    return kept, sorted(set.union(*named) - whole)


def scan_segments(files: Mapping[str, list[Path]]) -> dict[str, pl.LazyFrame]:
    """Return the tables of all segments, each row with the segment that it is from."""
    return {name: _scan(TABLES[name], found) for name, found in files.items()}


def keep_aside(frame: pl.LazyFrame, path: Path) -> pl.LazyFrame:
    """Write a frame to `path` and return it as read from there, so that it is worked out once.

    Raises OSError where the disk is at fault, which polars tells as an error of its own.
    """
    try:
        frame.sink_parquet(path, compression="lz4")
    except pl.exceptions.ComputeError as error:
        if found := OS_ERROR.search(str(error)):
            raise OSError(int(found[1]), os.strerror(int(found[1])), str(path)) from error
        raise
    return pl.scan_parquet(path)


def write_tables(
    folder: Path, tables: Mapping[str, Table], frames: Mapping[str, pl.LazyFrame],
    schema_version: str = SCHEMA_VERSION, spreadsheet_rows: int = SPREADSHEET_ROWS,
) -> dict[str, TableFacts]:
    """Write tables in their formats, read every file again, and return what is there.

    A table of more than `spreadsheet_rows` is also cut into smaller files, by where the reports of its rows belong.
    """
    writers: dict[str, Writer] = {"parquet": partial(write_parquet, schema_version=schema_version), "csv": write_csv}
    written = {}
    with all_readers() as readers:
        for name, table in tables.items():
            frame, expected = frames[name], profile_frame(table, frames[name])
            files = [_write_file(folder / f"{name}.{ending}", write, table, frame, expected.rows)
                     for ending, write in writers.items()]
            for file in files:
                verify_file(readers, folder, file, table, expected)
            if expected.rows > spreadsheet_rows:
                parts = parts_of(table, frame, frames["reports"], spreadsheet_rows)
                files += _write_parts(folder, table, readers, parts)
            written[name] = TableFacts(table, expected.rows, tuple(files))
    return written


def content_digest(tables: Mapping[str, pl.LazyFrame], described: Mapping[str, Table] = RELEASE_TABLES) -> str:
    """Return a digest over what the tables, `described` so, say, but for what only tells of the fetching.

    It is taken over values and not over files, so that a new version of a library makes no new release.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        table = described[name]
        kept = [column for column in table.column_names if column not in VOLATILE.get(name, ())]
        if not kept:
            continue
        digest.update(f"{name}:{','.join(kept)}\n".encode())
        for frame in batches_of(table, tables[name].select(kept)):
            digest.update(frame.write_csv(include_header=False, quote_style="non_numeric").encode())
    return digest.hexdigest()


def batches_of(table: Table, frame: pl.LazyFrame, rows: int | None = None) -> Iterator[pl.DataFrame]:
    """Return the frame in the pieces that become row groups."""
    size = ROWS_PER_GROUP.get(table.name, DEFAULT_ROWS_PER_GROUP)
    height = frame.select(pl.len()).collect().item() if rows is None else rows
    return (frame.slice(start, size).collect() for start in range(0, height, size))


def _scan(table: Table, files: list[Path]) -> pl.LazyFrame:
    if not files:
        return table.empty().lazy().with_columns(pl.lit(None, pl.String).alias(SEGMENT))
    scanned = pl.scan_parquet(files, include_file_paths=SEGMENT, missing_columns="raise", extra_columns="ignore")
    return scanned.with_columns(pl.col(SEGMENT).str.extract(r"([^/\\]+)\.parquet$"))


def _name_torn_file(files: list[Path], error: pl.exceptions.PolarsError) -> str:
    for file in files:
        try:
            pl.scan_parquet(file).collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError):
            return f"{file} is damaged; remove it and run `fazhi build`"
    return f"the tables of the segments do not fit together ({str(error).splitlines()[0]}); run `fazhi build`"


def _write_file(
    path: Path, write: Writer, table: Table, frame: pl.LazyFrame, rows: int, is_part: bool = False
) -> FileFacts:
    write(path, table, batches_of(table, frame, rows))
    return FileFacts(path.name, path.stat().st_size, sha256_of(path), is_part)


def _write_parts(
    folder: Path, table: Table, readers: Readers, parts: Iterable[tuple[str, pl.LazyFrame]]
) -> Iterator[FileFacts]:
    for name, rows in parts:
        expected = profile_frame(table, rows)
        file = _write_file(folder / f"{name}.csv", write_csv, table, rows, expected.rows, is_part=True)
        verify_file(readers, folder, file, table, expected)
        yield file
