"""Check the tables against all expectations, set failing rows aside, and write down what was found.

In: tables as a release has them, or the folder of data. Out: the tables that may be published, `data/quarantine/`
(rows with their reason, by table and segment) and `data/quality/` (Data Docs and validation.json); both folders are
replaced whole. great-expectations takes seconds to import: that happens when something is validated.

>>> validate_segments(Path("data")).validation.passed
True
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.errors import ExitCode, FazhiError, in_one_line
from flows.release_tables import combine_segments
from flows.seeds import SEEDS, read_seed
from transforms.combine import count_coverage
from transforms.evidence import evidence
from transforms.quarantine import Split, apply_quarantine
from transforms.schema import INDICATORS, TABLES

if TYPE_CHECKING:
    from expectations.results import Result, Validation

COUNTED = ("n_reports", "n_observations")
MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class Validated:
    """What the expectations found, and the tables split into rows to publish and rows set aside."""

    validation: "Validation"
    split: Split

    @property
    def tables(self) -> Mapping[str, pl.LazyFrame]:
        """The tables without the rows set aside."""
        return self.split.kept

    @cached_property
    def rows_aside(self) -> dict[str, int]:
        """How many rows of each table were set aside, those that depend on failing rows among them."""
        return heights(self.split.dropped)

    @property
    def summary(self) -> dict[str, Any]:
        """What was checked and how it went, in a few lines; `validation.json` has all of it."""
        whole = self.validation.summary()
        kept = {name: whole[name] for name in ("passed", "expectations", "failed")}
        warnings = [tell(result) for result in self.validation.warnings]
        return {**kept, "rows_set_aside": self.rows_aside, "warnings": warnings}


def validate_segments(data_dir: Path, seeds: Path = SEEDS) -> Validated:
    """Validate what a release of all segments would hold; raise FazhiError when there is no segment."""
    if not data_dir.is_dir():
        raise FazhiError(f"{data_dir}: no such folder; run `fazhi run`, or name the folder with --data")
    with in_one_line(f"{data_dir} cannot be written; check its rights and the space left"):
        for left in data_dir.glob(".validating-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=data_dir, prefix=".validating-") as work:
            tables, _ = combine_segments(data_dir, Path(work))
            tables["indicators"] = count_coverage(read_codebook(seeds).lazy(), tables["observations"])
            in_memory = {name: frame.collect().lazy() for name, frame in tables.items()}
        return validate_and_keep(data_dir, in_memory, seeds)


def release_validator(data_dir: Path, seeds: Path = SEEDS) -> Callable[[Mapping[str, pl.LazyFrame], Path], Validated]:
    """Return the check that a release is made with: tables and its `quality/` in, tables to publish out.

    It raises FazhiError (exit code 4) where a critical expectation fails; `data/quality/` says which rows.
    """

    def validate(tables: Mapping[str, pl.LazyFrame], quality: Path) -> Validated:
        validated = validate_and_keep(data_dir, tables, seeds)
        critical = validated.validation.critical
        if critical:
            others = f" and {len(critical) - MOST_NAMED} more" if len(critical) > MOST_NAMED else ""
            named = "; ".join(tell(result) for result in critical[:MOST_NAMED])
            raise FazhiError(f"critical expectations failed: {named}{others}; nothing was released; see "
                             f"{data_dir / 'quality' / 'index.html'}", ExitCode.CRITICAL)
        shutil.copytree(data_dir / "quality", quality, dirs_exist_ok=True)
        return validated

    return validate


def describe_quality(tables: Mapping[str, pl.LazyFrame], folder: Path) -> Mapping[str, Any]:
    """Write the quality report of tables that are published as they are; return what was checked, in a few lines."""
    validated = validate(tables)
    write_quality(folder, validated)
    return validated.summary


def validate_and_keep(data_dir: Path, tables: Mapping[str, pl.LazyFrame], seeds: Path = SEEDS) -> Validated:
    """Validate the tables and write `data/quarantine/` and `data/quality/`."""
    validated = validate(tables, seeds)
    write_quarantine(data_dir, validated.split.dropped)
    write_quality(data_dir / "quality", validated)
    return validated


def validate(tables: Mapping[str, pl.LazyFrame], seeds: Path = SEEDS) -> Validated:
    """Run all suites: over the schema, then over the tables, then over what the quarantine leaves of them."""
    from expectations.limits import Limits
    from expectations.runner import validate_quarantine, validate_schema, validate_tables

    frames = {name: frame.collect() for name, frame in tables.items() if name in TABLES}
    found = validate_schema(frames)
    if not found.passed:
        return Validated(found, Split(dict(tables), {}))
    limits = read_seed("limits", seeds)
    views = evidence(frames, read_seed("units", seeds), limits, read_seed("private", seeds))
    found += validate_tables(views, Limits(limits))
    split = apply_quarantine(tables, found.failing_rows)
    found += validate_quarantine(heights(frames), heights(split.kept), Limits(limits))
    return Validated(found, split)


def write_quarantine(data_dir: Path, dropped: Mapping[str, pl.LazyFrame]) -> None:
    """Write `data/quarantine/<table>/<segment>.parquet` in place of what the last validation wrote."""
    segments = _segments_of_reports(data_dir)
    with _replacing(data_dir / "quarantine") as building:
        for name, rows in sorted(dropped.items()):
            if "segment" in TABLES[name].column_names:
                of_segment = rows.with_columns(segment_of_row=pl.col("segment").str.replace(r"\.warc\.gz$", ""))
            elif "report_id" in TABLES[name].column_names:
                of_segment = rows.join(segments, on="report_id", how="left")
            else:
                of_segment = rows.with_columns(segment_of_row=pl.lit(None, pl.String))
            found = of_segment.with_columns(pl.col("segment_of_row").fill_null("unknown")).collect()
            for (segment,), part in sorted(found.partition_by("segment_of_row", as_dict=True).items()):
                (building / name).mkdir(exist_ok=True)
                part.drop("segment_of_row").sort(TABLES[name].key).write_parquet(building / name / f"{segment}.parquet")


def write_quality(folder: Path, validated: Validated) -> None:
    """Write the Data Docs and `validation.json`; the same findings give the same bytes."""
    from expectations.data_docs import data_docs

    with _replacing(folder) as building:
        for name, page in data_docs(validated.validation).items():
            (building / name).write_bytes(page)
        summary = {**validated.validation.summary(), "rows_set_aside": validated.rows_aside}
        text = json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True)
        (building / "validation.json").write_text(text + "\n", encoding="utf-8")


def tell(result: "Result") -> str:
    """Return a failed expectation in a line: which, how often, and the first row."""
    first = f", first {result.sample[0]}" if result.sample else ""
    return f"{result.suite}.{result.expectation}: {result.message} ({result.n_failed} of {result.n_checked}{first})"


def read_codebook(seeds: Path = SEEDS) -> pl.DataFrame:
    """Return the codebook of the seeds with the types of the published table, without its counts."""
    columns = [column for column in INDICATORS.columns if column.name not in COUNTED]
    try:
        return read_seed("indicators", seeds).select(pl.col(column.name).cast(column.dtype) for column in columns)
    except pl.exceptions.PolarsError as error:
        why = str(error).splitlines()[0]
        raise FazhiError(f"seed table indicators.csv does not fit ({why}); restore it from version control") from error


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder` to build in; it takes its place when all is written."""
    building, old = (folder.parent / f".{folder.name}-{what}-{os.getpid()}" for what in ("new", "old"))
    for left in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left)
    building.mkdir(parents=True)
    try:
        yield building
        if folder.exists():
            folder.rename(old)
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def heights(tables: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> dict[str, int]:
    """Return the number of rows by table."""
    return {name: int(frame.lazy().select(pl.len()).collect().item()) for name, frame in tables.items()}


def _segments_of_reports(data_dir: Path) -> pl.LazyFrame:
    """Return the segment that holds the newest snapshot of each report."""
    files = sorted((data_dir / "tables" / "reports").glob("*.parquet"))
    if not files:
        return pl.LazyFrame(schema={"report_id": pl.String, "segment_of_row": pl.String})
    scanned = pl.scan_parquet(files, include_file_paths="file")
    newest = scanned.sort("report_id", "retrieved_at", "payload_digest", "file").unique("report_id", keep="last")
    return newest.select("report_id", segment_of_row=pl.col("file").str.extract(r"([^/\\]+)\.parquet$"))
