"""What a release promises of names and ids, kept through real runs of a program that changes."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from flows.errors import FazhiError
from flows.withdrawals import withdraw
from tests.flows.checkouts import copy_program, edit, make_release_with
from tests.written_reports import write_reports
from transforms.identity import identifier


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("promises")
    copy_program(folder / "program")
    edit(folder / "program" / "seeds" / "release" / "guards.csv", "ids_kept,0.995,,500", "ids_kept,0.995,,5")
    write_reports(folder / "new", [1, 2])
    make_release_with(folder / "program", folder / "data", folder / "new")
    return folder


@pytest.fixture
def work(released: Path, tmp_path: Path) -> Path:
    return shutil.copytree(released, tmp_path / "work", symlinks=True)


def latest_reports(work: Path) -> Path:
    return work / "data" / "releases" / "latest" / "reports.parquet"


@pytest.mark.slow
def test_a_renamed_column_stays_under_its_old_name_for_two_releases(work: Path) -> None:
    """`n_masked` becomes `n_hidden`; each release after is made by taking a report out."""
    program, data = work / "program", work / "data"
    edit(program / "transforms" / "schema.py", 'Column("n_masked", pl.Int32, "Characters masked to protect private persons", "遮蔽字数",',
         'Column("n_hidden", pl.Int32, "Characters masked to protect private persons", "遮蔽字数", renamed_from="n_masked", nullable=')
    edit(program / "transforms" / "pipeline.py", "n_masked=", "n_hidden=")
    names = []
    for number in (1, 2, 3):
        withdraw(data, identifier("r", f"https://town1.example.gov.cn/{number}.{('txt', 'html', 'pdf')[number - 1]}"), "x",
                 date(2025, 4, number))
        assert make_release_with(program, data) == f"released v2025.04.0{number}"
        reports = pl.read_parquet(latest_reports(work))
        names.append([name for name in ("n_masked", "n_hidden") if name in reports.columns])
        if number == 1:
            assert reports["n_masked"].equals(reports["n_hidden"].alias("n_masked"))
            assert "n_masked" in pl.read_csv(latest_reports(work).with_suffix(".csv")).columns
            described = pq.read_schema(latest_reports(work)).field("n_masked").metadata[b"description"].decode()
            assert described == "Old name of n_hidden, for 2 releases; use the new one"
    assert names == [["n_masked", "n_hidden"], ["n_masked", "n_hidden"], ["n_hidden"]]


@pytest.mark.slow
def test_a_column_that_is_renamed_without_a_word_breaks_the_promise(work: Path) -> None:
    program = work / "program"
    edit(program / "transforms" / "schema.py", '"n_masked"', '"n_hidden"')
    edit(program / "transforms" / "pipeline.py", "n_masked=", "n_hidden=")
    withdraw(work / "data", identifier("r", "https://town1.example.gov.cn/1.txt"), "x", date(2025, 4, 1))
    with pytest.raises(FazhiError, match=r"breaks what v2025.03.03 promised: reports.n_masked is gone"):
        make_release_with(program, work / "data")


@pytest.mark.slow
def test_ids_that_move_hold_the_release_unless_they_are_declared(work: Path) -> None:
    """The last release's snapshots are built anew with ids made of something else."""
    program, data = work / "program", work / "data"
    before = pl.read_parquet(latest_reports(work).with_name("observations.parquet"))
    edit(program / "transforms" / "identity.py", "return pl.coalesce(", 'return pl.lit("2") + pl.coalesce(')
    with pytest.raises(FazhiError, match=r"held back against v2025.03.03: ids_kept is 0, not at least 0.995, on \d+ rows, such as o_"):
        make_release_with(program, data)
    edit(program / "transforms" / "schema.py", 'SCHEMA_VERSION = "1.1.0"', 'SCHEMA_VERSION = "1.2.0"')
    with (program / "seeds" / "release" / "id_changes.csv").open("a", encoding="utf-8") as file:
        file.write("1.2.0,observations,the beginning of the sentence counts now\n")
    assert make_release_with(program, data) == "released v2025.03.03.1"
    after = pl.read_parquet(latest_reports(work).with_name("observations.parquet"))
    moved = pl.read_parquet(latest_reports(work).with_name("id_changes.parquet"))
    assert set(moved["old_id"]) == set(before["observation_id"])
    assert moved["reason"].unique().to_list() == ["the beginning of the sentence counts now"]
    then_and_now = before.join(moved, left_on="observation_id", right_on="old_id").join(
        after, left_on="new_id", right_on="observation_id")
    assert then_and_now.height == before.height
    assert then_and_now.filter(pl.col("sentence") != pl.col("sentence_right")).is_empty()
    package = json.loads(latest_reports(work).with_name("datapackage.json").read_text(encoding="utf-8"))
    assert package["processing"]["schema_version"] == "1.2.0"
    withdraw(data, identifier("r", "https://town1.example.gov.cn/1.txt"), "x", date(2025, 4, 1))
    assert make_release_with(program, data) == "released v2025.04.01"
    assert pl.read_parquet(latest_reports(work).with_name("id_changes.parquet")).equals(moved)
