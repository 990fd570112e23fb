"""A table that no spreadsheet holds is also there in files that one does, which together are the whole."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from flows.release import make_release
from flows.release_documents import read_datapackage
from tests.flows.test_release import INPUTS
from tests.sample_tables import FACTS, MORNING, Page, write_segment

PLACES = {1: (2023, "110000"), 2: (2024, "110108"), 3: (2024, "510104001"), 4: (2024, None), 5: (2025, "510000")}
PAGES = [Page(f"https://a.test/{n}.html", MORNING, FACTS, f"第{n}镇报告", year, {"division_code": code, "township": f"第{n}镇"})
         for n, (year, code) in PLACES.items()]


def test_a_large_table_is_cut_by_year_and_a_large_year_by_province(tmp_path: Path) -> None:
    write_segment(tmp_path, "one", PAGES)
    release = make_release(tmp_path, replace(INPUTS, spreadsheet_rows=4)).path
    years = ["2023", "2024-110000", "2024-510000", "2024-other", "2025"]
    for table in ("observations", "panel"):
        files = [release / f"{table}-{name}.csv" for name in years]
        assert sorted(path.name for path in release.glob(f"{table}-*")) == [file.name for file in files]
        whole, parts = pl.read_csv(release / f"{table}.csv", infer_schema=False), [pl.read_csv(file, infer_schema=False) for file in files]
        assert pl.concat(parts).sort(pl.all()).equals(whole.sort(pl.all()))
        for part in parts:
            assert part.equals(whole.join(part.unique("report_id"), on="report_id", how="semi", maintain_order="left"))
    resource = next(one for one in read_datapackage(release)["resources"] if one["name"] == "observations")
    assert [f"observations-{name}.csv" for name in years] == [one["path"] for one in resource["alternatives"][1:]]


def test_tables_that_have_the_year_elsewhere_are_cut_too(tmp_path: Path) -> None:
    write_segment(tmp_path, "one", PAGES)
    release = make_release(tmp_path, replace(INPUTS, spreadsheet_rows=4)).path
    assert {path.name for path in release.glob("texts-*")} == {
        "texts-2023.csv", "texts-2024.csv", "texts-2025.csv"}
    assert {path.name for path in release.glob("harvest_log-*")} == {
        "harvest_log-2026-110000.csv", "harvest_log-2026-510000.csv", "harvest_log-2026-other.csv"}
    assert list(release.glob("phrases-*")) == []


def test_a_table_that_fits_is_left_whole(tmp_path: Path) -> None:
    write_segment(tmp_path, "one", PAGES)
    assert list(make_release(tmp_path, replace(INPUTS, spreadsheet_rows=100_000)).path.glob("*-2024*")) == []
