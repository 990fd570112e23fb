"""Take reports out of all releases to come, and keep the list of them.

In: the id of a report and why. Out: a row in `data/withdrawn.csv`, which every release publishes as `withdrawn`.

>>> withdraw(Path("data"), "r_0123456789abcdef", "names a private person", date(2026, 3, 2))
"""

from datetime import date
from pathlib import Path

import polars as pl

from flows.errors import ExitCode, FazhiError, in_one_line
from flows.whole_files import replacing
from transforms.release_schema import WITHDRAWN

NAME = "withdrawn.csv"


def withdraw(data_dir: Path, report_id: str, why: str, day: date) -> None:
    """Add a report to the list; raise FazhiError where no table has it, or where it is on the list already."""
    listed = read_withdrawn(data_dir)
    if report_id in listed["report_id"]:
        raise FazhiError(f"{report_id} is withdrawn already; {data_dir / NAME} says why", ExitCode.USAGE)
    if not why.strip():
        raise FazhiError("give a reason with --why; it is published", ExitCode.USAGE)
    known = _find(data_dir, report_id)
    row = known.with_columns(withdrawn_on=pl.lit(day), reason=pl.lit(" ".join(why.split()))).select(listed.columns)
    path = data_dir / NAME
    with in_one_line(f"{path}: cannot be written; check space and rights"), replacing(path) as part:
        pl.concat([listed, row.cast(listed.schema)]).sort("report_id").write_csv(part)


def read_withdrawn(data_dir: Path) -> pl.DataFrame:
    """Return the list; it is empty where nothing was withdrawn."""
    path = data_dir / NAME
    if not path.exists():
        return WITHDRAWN.empty()
    try:
        return pl.read_csv(path, schema=WITHDRAWN.polars_schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FazhiError(f"{path} cannot be read ({str(error).splitlines()[0]}); its columns are "
                         f"{', '.join(WITHDRAWN.column_names)}") from error


def with_bodies(data_dir: Path, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the list with the level and the department of each body, null where no segment has the report any more."""
    columns = ["report_id", "body_level", "department"]
    rows = [pl.scan_parquet(file).select(pl.col(columns).cast(pl.String), "retrieved_at")
            .join(listed.lazy(), on="report_id", how="semi").collect()
            for file in sorted(data_dir.glob("tables/reports/*.parquet")) if not listed.is_empty()]
    if not rows:
        return listed.with_columns(pl.lit(None, pl.String).alias(column) for column in columns[1:])
    newest = pl.concat(rows).sort("retrieved_at").unique("report_id", keep="last", maintain_order=True)
    return listed.join(newest.select(columns), on="report_id", how="left", maintain_order="left")


def _find(data_dir: Path, report_id: str) -> pl.DataFrame:
    """Return what the list tells of a report, from its newest row in a segment or, where none has it, a release."""
    for place in ("tables/reports/*.parquet", "releases/v*/reports.parquet"):
        rows = [
            pl.scan_parquet(file).filter(pl.col("report_id") == report_id)
            .select("report_id", "division_code", "report_year", "retrieved_at").collect()
            for file in sorted(data_dir.glob(place))
        ]
        found = pl.concat(rows).sort("retrieved_at").tail(1) if rows else pl.DataFrame()
        if found.height:
            return found.drop("retrieved_at")
    raise FazhiError(f"{report_id}: no table or release in {data_dir} has this report; give its report_id",
                     ExitCode.USAGE)
