"""The tools that users have read a release with the right types and the right Chinese."""

import csv
import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from flows.release import ReleaseInputs, make_release
from tests.sample_tables import FACTS, MORNING, Fact, Page, sample_divisions, sample_indicators, write_segment
from transforms.columns import Table
from transforms.release_schema import RELEASE_TABLES

HOSTILE = '=HYPERLINK("http://x.test")关于2025年法治政府建设情况的报告,"附件"'
MANY = (*FACTS, Fact("调解纠纷", "千余件", 1000, "件", "item", None, "over"), Fact("零投诉", "零", 0, None, None, None))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    write_segment(data, "one", [Page("https://a.test/1.html", MORNING, MANY)])
    write_segment(data, "two", [Page("https://b.test/2.html", MORNING, FACTS[:2], HOSTILE)])
    return make_release(data, ReleaseInputs(sample_indicators(), divisions=sample_divisions())).path


def tool(name: str) -> str:
    """Return a command of this environment."""
    return str(Path(sys.executable).parent / name)


@pytest.mark.parametrize("table", RELEASE_TABLES.values(), ids=list(RELEASE_TABLES))
def test_parquet_and_csv_say_the_same(release: Path, table: Table) -> None:
    parquet = pl.read_parquet(release / f"{table.name}.parquet").cast(table.polars_schema)
    schema = {name: pl.String if dtype.is_temporal() else dtype for name, dtype in table.polars_schema.items()}
    from_csv = pl.read_csv(release / f"{table.name}.csv", schema=schema)
    assert from_csv.height == parquet.height
    for column in table.columns:
        if column.dtype.is_numeric() or column.dtype == pl.Boolean or column.pattern:
            assert from_csv[column.name].equals(parquet[column.name]), column.name


def test_pandas_reads_types_and_chinese(release: Path) -> None:
    frame = pd.read_parquet(release / "observations.parquet", dtype_backend="pyarrow")
    assert frame["quote"].tolist()[:2] == ["12件", "145万余元"]
    assert frame["value"].sum() == pytest.approx(12 * 2 + 1_450_000 * 2 + 98.6 + 1000)
    assert frame["period_start"].iloc[0] == date(2025, 1, 1)
    reports = pd.read_csv(release / "reports.csv", dtype={"division_code": "string"}, parse_dates=["retrieved_at"])
    assert reports["division_code"].tolist() == ["011000101"] * 2
    assert reports.columns[0] == "report_id"
    assert reports["retrieved_at"].iloc[0] == pd.Timestamp(MORNING)


def test_the_card_s_types_fit_pandas(release: Path) -> None:
    block = (release / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, dict[str, dict[str, str]]] = {}
    exec(block, {}, names)
    for table in RELEASE_TABLES:
        frame = pd.read_csv(release / f"{table}.csv", dtype=names["dtypes"][table])
        assert {name: str(frame[name].dtype) for name in names["dtypes"][table]} == names["dtypes"][table]


def test_polars_keeps_words_and_dates(release: Path) -> None:
    frame = pl.scan_parquet(release / "observations.parquet").filter(pl.col("qualifier") == "over").collect()
    assert frame["quote"].to_list() == ["145万余元", "千余件", "145万余元"]
    assert frame.schema["period_end"] == pl.Date
    assert pl.read_parquet(release / "reports.parquet")["retrieved_at"][0] == MORNING


def test_duckdb_joins_the_tables(release: Path) -> None:
    rows = duckdb.connect().execute(f"""
        select indicators.name_zh, panel.value
        from read_parquet('{release}/panel.parquet') as panel
        join read_parquet('{release}/indicators.parquet') as indicators using (indicator)
        where panel.report_year = 2025 and panel.qualifier = 'exact' order by all
    """).fetchall()
    assert rows == [("群众满意度", 98.6), ("行政复议案件数", 12.0), ("行政复议案件数", 12.0)]
    moment = duckdb.connect().execute(f"select max(retrieved_at) from read_parquet('{release}/reports.parquet')").fetchall()[0][0]
    assert isinstance(moment, datetime)


def test_frictionless_finds_nothing_wrong(release: Path) -> None:
    ended = subprocess.run([tool("frictionless"), "validate", "--json", "datapackage.json"], cwd=release,
                           capture_output=True, text=True, check=False)
    report = json.loads(ended.stdout)
    assert (ended.returncode, report["valid"]) == (0, True), ended.stdout[-2000:]
    assert {task["name"] for task in report["tasks"]} == set(RELEASE_TABLES)


def test_frictionless_would_find_a_broken_key(release: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(release, tmp_path / "broken")
    observations = (broken / "observations.csv").read_text(encoding="utf-8")
    (broken / "observations.csv").write_text(observations.replace(",s_", ",s_0"), encoding="utf-8", newline="")
    package = json.loads((broken / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        del resource["hash"], resource["bytes"]
    (broken / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    ended = subprocess.run([tool("frictionless"), "validate", "--json", "datapackage.json"], cwd=broken,
                           capture_output=True, text=True, check=False)
    errors = {error["type"] for task in json.loads(ended.stdout)["tasks"] for error in task["errors"]}
    assert errors == {"foreign-key"}


def test_croissant_loads_every_record_set(release: Path) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=release / "croissant.json")
    assert dataset.metadata.ctx.issues.errors == set()
    assert dataset.metadata.ctx.issues.warnings == set()
    records = list(dataset.records("observations"))
    assert len(records) == len(MANY) + 2
    assert records[0]["observations/quote"].decode() == "12件"
    assert set(RELEASE_TABLES) == {record_set.id for record_set in dataset.metadata.record_sets}


def test_json_ld_is_a_graph_with_every_file(release: Path) -> None:
    import rdflib

    graph = rdflib.Graph().parse(release / "dataset.jsonld", format="json-ld", publicID="https://example.test/v/")
    files = {str(url).rsplit("/", 1)[-1] for url in graph.objects(None, rdflib.URIRef("http://www.w3.org/ns/dcat#downloadURL"))}
    assert files == {f"{name}.{ending}" for name in RELEASE_TABLES for ending in ("csv", "parquet")}


def test_the_citation_has_what_the_format_asks_for(release: Path) -> None:
    import yaml  # type: ignore[import-untyped,unused-ignore]

    citation = yaml.safe_load((release / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert (citation["type"], citation["version"], citation["license"]) == ("dataset", "v2026.03.02", "CC-BY-4.0")


def test_sha256sum_agrees(release: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=release, check=True)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_spreadsheet_opens_the_csv(release: Path, tmp_path: Path) -> None:
    """LibreOffice takes both tables in and saves them as its own format; what it understood is read from there."""
    sheets = {name: as_spreadsheet(release / f"{name}.csv", tmp_path) for name in ("observations", "reports")}
    rows = sheets["observations"]
    assert [row["quote"] for row in rows[:2]] == ["12件", "145万余元"]
    assert [row["value"] for row in rows[:3]] == [12.0, 1_450_000.0, 98.6]
    assert rows[0]["period_start"] == date(2025, 1, 1)
    titles = [row["title"] for row in sheets["reports"]]
    assert "'" + HOSTILE in titles
    assert not any(formulas_of(tmp_path / f"{name}.fods") for name in sheets)


def as_spreadsheet(file: Path, folder: Path) -> list[dict[str, object]]:
    """Convert a CSV (UTF-8, comma, first sheet) to a flat spreadsheet and return its rows with typed cells."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "fods",
         "--infilter=CSV:44,34,76,1,,0,false,true", "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=120,
    )
    from xml.etree import ElementTree as ET

    table, office, text = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office", "text"))
    rows: list[list[object]] = []
    for row in ET.parse(folder / f"{file.stem}.fods").iter(f"{table}table-row"):
        cells: list[object] = []
        for cell in row.iter(f"{table}table-cell"):
            kind, times = cell.get(f"{office}value-type"), int(cell.get(f"{table}number-columns-repeated", "1"))
            words = "".join("".join(part.itertext()) for part in cell.iter(f"{text}p"))
            value: object = words
            if kind == "float":
                value = float(cell.get(f"{office}value", "nan"))
            elif kind == "date":
                value = date.fromisoformat(cell.get(f"{office}date-value", "")[:10])
            cells += [value] * (times if times < 100 else 1)
        rows.append(cells)
    header = [str(name) for name in rows[0]]
    with file.open(encoding="utf-8-sig", newline="") as source:
        height = sum(1 for _ in csv.DictReader(source))
    return [dict(zip(header, row, strict=False)) for row in rows[1: height + 1]]


def formulas_of(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if "table:formula=" in line]
