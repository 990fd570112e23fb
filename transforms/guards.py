"""Measure a release against the last one, so that a silent break does not go out as news.

In: the tables of both, the bands of `seeds/release/guards.csv`, and the ids that may be gone. Out: one row per
guard with what was seen, its band, and whether it holds. Numbers are compared on pages that did not change, where
a difference has no cause but our own; a guard says nothing of fewer rows than `least_rows`.

>>> measure_guards(old, new, bands, frozenset()).filter(~pl.col("holds"))["guard"].to_list()
[]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.schema import TABLES

BANDS = pl.Schema({"guard": pl.String, "lowest": pl.Float64, "highest": pl.Float64, "least_rows": pl.Int64})
MEASURED = pl.Schema({
    "guard": pl.String, "observed": pl.Float64, "lowest": pl.Float64, "highest": pl.Float64, "rows": pl.Int64,
    "holds": pl.Boolean, "sample": pl.String,
})
ON_PAGES = ("sections", "observations", "panel", "checks")
FILLED = {"unit_code": "observations", "period_start": "observations", "indicator": "observations",
          "division_code": "reports", "published_date": "reports"}
QUANTILES = {"median": 0.5, "upper_decile": 0.9, "upper_percentile": 0.99}
SAMPLE = 5
Tables = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Measure:
    """What a guard saw: a share or ratio, the rows of the last release it rests on, and some keys to look at."""

    guard: str
    observed: float
    rows: int
    sample: str = ""


def measure_guards(old: Tables, new: Tables, bands: pl.DataFrame, explained: frozenset[str]) -> pl.DataFrame:
    """Return every guard that has enough rows to say something, in a fixed order."""
    by_name = {row["guard"]: row for row in bands.select(BANDS.names()).cast(BANDS).iter_rows(named=True)}
    rows = []
    for measure in _measures(old, new, explained):
        band = by_name[measure.guard.partition(":")[0]]
        if measure.rows < band["least_rows"]:
            continue
        low, high = band["lowest"], band["highest"]
        holds = (low is None or measure.observed >= low) and (high is None or measure.observed <= high)
        rows.append((measure.guard, measure.observed, low, high, measure.rows, holds, measure.sample))
    return pl.DataFrame(rows, schema=MEASURED, orient="row").sort("guard")


def _measures(old: Tables, new: Tables, explained: frozenset[str]) -> Iterator[Measure]:
    unchanged = old["reports"].select("report_id", "payload_digest").join(
        new["reports"].select("report_id", "payload_digest"), on=["report_id", "payload_digest"]
    ).select("report_id")
    yield from _reports(old["reports"], new["reports"], explained)
    yield from _ids(_on(old["observations"], unchanged), _on(new["observations"], unchanged), explained)
    for name in ON_PAGES:
        then, now = (_on(tables[name], unchanged) for tables in (old, new))
        yield Measure(f"rows_{name}", _ratio(_height(now), _height(then)), _height(then), _most_changed(then, now))
    covered = [_height(tables["indicators"].filter(pl.col("n_reports") > 0)) for tables in (old, new)]
    yield Measure("indicators_covered", _ratio(covered[1], covered[0]), covered[0])
    for column, name in FILLED.items():
        before, after = (_share_filled(tables[name], column) for tables in (old, new))
        empty = _keys(new[name].filter(pl.col(column).is_null()).select(TABLES[name].key[0]))
        yield Measure(f"filled_{column}", after, _height(new[name]), empty)
        if before > 0:
            yield Measure(f"kept_{column}", after / before, _height(old[name]), empty)
    yield from _distributions(*(_on(tables["panel"], unchanged) for tables in (old, new)))


def _reports(old: pl.LazyFrame, new: pl.LazyFrame, explained: frozenset[str]) -> Iterator[Measure]:
    """Count reports, and those gone without a word; a report withdrawn, or under a new id, is no loss."""
    expected = old.filter(~pl.col("report_id").is_in(list(explained)))
    before, gone = _height(expected), _gone(expected, new, "report_id")
    yield Measure("reports", _ratio(_height(new), before), before)
    yield Measure("reports_kept", 1 - _ratio(len(gone), before, 0.0), before, " ".join(gone[:SAMPLE]))
    covered, covered_now = (
        _height(reports.drop_nulls("division_code").unique(["division_code", "report_year"]))
        for reports in (expected, new)
    )
    yield Measure("divisions_covered", _ratio(covered_now, covered), covered)


def _ids(old: pl.LazyFrame, new: pl.LazyFrame, explained: frozenset[str]) -> Iterator[Measure]:
    """Count the ids of observations that are gone from pages that did not change."""
    before = _height(old)
    gone = [one for one in _gone(old, new, "observation_id") if one not in explained]
    yield Measure("ids_kept", 1 - _ratio(len(gone), before, 0.0), before, " ".join(gone[:SAMPLE]))


def _distributions(old: pl.LazyFrame, new: pl.LazyFrame) -> Iterator[Measure]:
    """Compare the middle and the upper end of each indicator's values; a middle of zero has no ratio."""
    def summary(panel: pl.LazyFrame) -> pl.LazyFrame:
        value = pl.col("value").drop_nulls()
        quantiles = {name: value.quantile(share, "midpoint" if name == "median" else "nearest")
                     for name, share in QUANTILES.items()}
        return panel.group_by("indicator").agg(rows=value.len(), **quantiles)

    changed = old.join(new, on=["report_id", "indicator"]).filter(pl.col("value") != pl.col("value_right"))
    samples = changed.sort("report_id").group_by("indicator").agg(sample=pl.col("report_id").head(SAMPLE).str.join(" "))
    both = summary(old).join(summary(new), on="indicator", suffix="_new").join(samples, on="indicator", how="left")
    for row in both.sort("indicator").collect().iter_rows(named=True):
        for name in QUANTILES:
            if row[name] and row[f"{name}_new"] is not None:
                ratio = row[f"{name}_new"] / row[name]
                yield Measure(f"{name}:{row['indicator']}", ratio, row["rows"], row["sample"] or "")


def _on(table: pl.LazyFrame, pages: pl.LazyFrame) -> pl.LazyFrame:
    return table.join(pages, on="report_id", how="semi")


def _gone(old: pl.LazyFrame, new: pl.LazyFrame, key: str) -> list[str]:
    gone: list[str] = old.join(new, on=key, how="anti").select(key).sort(key).collect()[key].to_list()
    return gone


def _most_changed(old: pl.LazyFrame, new: pl.LazyFrame) -> str:
    """Return the reports whose number of rows changed most."""
    rows, rows_new = (frame.group_by("report_id").agg(rows=pl.len().cast(pl.Int64)) for frame in (old, new))
    both = rows.join(rows_new, on="report_id", how="full", coalesce=True, suffix="_new").with_columns(
        change=(pl.col("rows").fill_null(0) - pl.col("rows_new").fill_null(0)).abs()
    )
    return _keys(both.filter(pl.col("change") > 0).sort("change", "report_id", descending=[True, False]), sort=False)


def _keys(frame: pl.LazyFrame, sort: bool = True) -> str:
    column = pl.first()
    keys = frame.select(column).sort(column).head(SAMPLE) if sort else frame.select(column).head(SAMPLE)
    return " ".join(keys.collect().to_series().to_list())


def _height(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def _share_filled(frame: pl.LazyFrame, column: str) -> float:
    return float(frame.select(pl.col(column).is_not_null().mean().fill_null(0.0)).collect().item())


def _ratio(part: int, whole: int, of_nothing: float = 1.0) -> float:
    return part / whole if whole else of_nothing
