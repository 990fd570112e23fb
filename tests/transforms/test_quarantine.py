"""Rows set aside take with them what cannot be read without them, and nothing else."""

import polars as pl
import pytest

from tests.expectations.good_tables import Tables, good_tables, row_of
from transforms.quarantine import REASON, Split, apply_quarantine


def failing(table: str, column: str, row: int) -> dict[str, pl.DataFrame]:
    key = good_tables()[table][column][row]
    return {table: pl.DataFrame({column: [key], REASON: ["wrong"]})}


def kept(split: Split) -> Tables:
    return {name: frame.collect() for name, frame in split.kept.items()}


def dropped(split: Split) -> Tables:
    return {name: found for name, frame in split.dropped.items() if (found := frame.collect()).height}


def test_nothing_fails_nothing_goes() -> None:
    split = apply_quarantine(good_tables(), {})
    assert dropped(split) == {}
    assert all(kept(split)[name].equals(frame) for name, frame in good_tables().items())


@pytest.mark.parametrize("table", ["reports", "texts"])
def test_a_report_takes_all_that_is_its(table: str) -> None:
    tables = good_tables()
    gone = tables["reports"]["report_id"][0]
    split = apply_quarantine(tables, failing(table, "report_id", tables[table]["report_id"].to_list().index(gone)))
    for name in ("reports", "sections", "observations", "panel", "checks", "texts"):
        assert gone not in kept(split)[name]["report_id"].to_list(), name
        assert kept(split)[name].height + dropped(split)[name].height == tables[name].height
    assert kept(split)["harvest_log"].height == tables["harvest_log"].height
    assert dropped(split)["observations"][REASON][0] == f"report {gone} is quarantined: wrong"
    assert dropped(split)["observations"].columns == [*tables["observations"].columns, REASON]


def test_an_observation_takes_its_panel_row_and_its_checks() -> None:
    tables = good_tables()
    row = row_of("12件")
    gone = tables["observations"]["observation_id"][row]
    left = kept(apply_quarantine(tables, failing("observations", "observation_id", row)))
    assert gone not in left["observations"]["observation_id"].to_list()
    assert gone not in left["panel"]["observation_id"].to_list()
    assert left["checks"].height == 0
    assert left["observations"].filter(quote="4件")["part_of"].to_list() == [None]
    counts = dict(left["reports"].select("report_id", "n_observations").iter_rows())
    assert counts == dict(left["observations"].group_by("report_id").len().iter_rows())
    assert left["reports"].schema == tables["reports"].schema


def test_a_candidate_of_the_panel_takes_the_choice_with_it() -> None:
    tables = good_tables()
    other = tables["observations"]["observation_id"][row_of("3件")]
    panel = tables["panel"].with_columns(
        candidate_ids=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("candidate_ids") + f" {other}").otherwise("candidate_ids")
    )
    left = kept(apply_quarantine({**tables, "panel": panel}, failing("observations", "observation_id", row_of("3件"))))
    assert left["panel"].height == panel.height - 1


def test_a_section_takes_its_observations_and_its_parts_lose_their_parent() -> None:
    tables = good_tables()
    gone = tables["sections"]["section_id"][0]
    split = apply_quarantine(tables, failing("sections", "section_id", 0))
    left = kept(split)
    assert gone not in left["observations"]["section_id"].to_list()
    assert left["sections"]["parent_section_id"].null_count() == left["sections"].height - 1
    assert dropped(split)["panel"].height == 2


def test_only_the_row_goes_where_nothing_depends_on_it() -> None:
    tables = good_tables()
    split = apply_quarantine(tables, failing("checks", "check_id", 0))
    assert {name: frame.height for name, frame in dropped(split).items()} == {"checks": 1}
    assert kept(split)["observations"].equals(tables["observations"])


def test_a_row_has_its_own_reason_before_an_inherited_one() -> None:
    tables = good_tables()
    both = failing("reports", "report_id", 0) | {
        "texts": pl.DataFrame({"report_id": [tables["reports"]["report_id"][0]], REASON: ["own reason"]})
    }
    assert dropped(apply_quarantine(tables, both))["texts"][REASON].to_list() == ["own reason"]
