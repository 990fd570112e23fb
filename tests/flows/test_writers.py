"""Each format is written as its readers expect it, whatever the texts hold."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from flows.errors import FazhiError
from flows.writers.card import plain_cell, write_card
from flows.writers.changelog import write_changelog
from flows.writers.checksums import broken_files, write_checksums
from flows.writers.croissant import semantic_version
from flows.writers.csv_file import BOM, write_csv
from flows.writers.facts import FileFacts, ReleaseFacts, TableFacts
from flows.writers.parquet_file import write_parquet
from tests.sample_tables import MORNING, Page, segment_tables
from transforms.release_schema import CHANGES, RELEASE_TABLES
from transforms.schema import SCHEMA_VERSION, TABLES

OBSERVATIONS = TABLES["observations"]


def observations(**columns: object) -> pl.DataFrame:
    frame = segment_tables([Page("https://a.test/1.html", MORNING)])["observations"]
    return frame.with_columns(**{name: pl.lit(value) for name, value in columns.items()})


def facts(**more: object) -> ReleaseFacts:
    files = (FileFacts("x.parquet", 1, "0" * 64), FileFacts("x.csv", 1, "0" * 64))
    tables = {name: TableFacts(table, 1, files) for name, table in RELEASE_TABLES.items()}
    values = {"version": "v2026.03.02", "released": date(2026, 3, 2), "tables": tables, "content_digest": "0" * 64,
              "processing": {}, "first_year": 2025, "last_year": 2025, "changes": CHANGES.empty(), **more}
    return ReleaseFacts(**values)  # type: ignore[arg-type]


def test_parquet_says_what_its_columns_mean(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", OBSERVATIONS, iter([observations()]))
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert schema.metadata[b"schema_version"].decode() == SCHEMA_VERSION
    assert json.loads(schema.metadata[b"key"]) == ["observation_id"]
    for column in OBSERVATIONS.columns:
        described = schema.field(column.name).metadata
        assert described[b"description"].decode() == column.description
        assert described[b"description_zh"].decode() == column.description_zh
    assert json.loads(schema.field("status").metadata[b"allowed"]) == ["reported", "planned", "prior"]
    assert schema.field("char_start").metadata[b"unit"].startswith(b"characters")


def test_parquet_is_made_for_reading_parts(tmp_path: Path) -> None:
    frame = observations()
    write_parquet(tmp_path / "t.parquet", OBSERVATIONS, iter([frame, frame, frame]))
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert file.num_row_groups == 3
    group = file.metadata.row_group(0)
    year = group.column(OBSERVATIONS.column_names.index("report_year"))
    assert (year.compression, year.statistics.min, year.has_column_index, year.has_offset_index) == \
        ("ZSTD", 2025, True, True)
    assert [place.column_index for place in group.sorting_columns] == \
        [OBSERVATIONS.column_names.index(name) for name in OBSERVATIONS.sort]
    assert str(file.schema_arrow.field("status").type).startswith("dictionary")
    assert str(file.schema_arrow.field("period_start").type) == "date32[day]"


def test_a_table_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", CHANGES, iter([]))
    write_csv(tmp_path / "t.csv", CHANGES, iter([]))
    assert pl.read_parquet(tmp_path / "t.parquet").columns == CHANGES.column_names
    assert pl.read_csv(tmp_path / "t.csv").columns == CHANGES.column_names


def test_a_word_that_the_schema_does_not_allow_stops_the_writer(tmp_path: Path) -> None:
    with pytest.raises(FazhiError, match="column status holds 'maybe'"):
        write_parquet(tmp_path / "t.parquet", OBSERVATIONS, iter([observations(status="maybe")]))


@pytest.mark.parametrize(("text", "cell"), [
    ("=1+1", "'=1+1"), ("+86", "'+86"), ("-5%", "'-5%"), ("@SUM(A1)", "'@SUM(A1)"), ("＝1", "'＝1"),
    ("\t=1", "' =1"), ("\r=1", "' =1"), ("  =1", "'  =1"), ("a=1", "a=1"), ("5-6", "5-6"),
    ("一\n二", "一 二"), ("一\r\n二", "一  二"), ("一\u2028二\u2029三", "一 二 三"), ("一\x00二\x1b三\x85四", "一 二 三 四"),
    ('他说"好",对', '他说"好",对'), ("", ""), ("𠮷野家🎉", "𠮷野家🎉"), ("\ufeff=1", "' =1"), ("甲\u202e乙\u2066丙\u200f", "甲 乙 丙 "),
])
def test_a_text_cell_is_harmless(tmp_path: Path, text: str, cell: str) -> None:
    write_csv(tmp_path / "t.csv", OBSERVATIONS, iter([observations(label=text)]))
    raw = (tmp_path / "t.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert {row["label"] for row in rows} == {cell}
    assert len(raw.decode().splitlines()) == len(rows) + 1


def test_csv_is_what_spreadsheets_open(tmp_path: Path) -> None:
    frame = observations().with_columns(value=pl.Series([-3.0, None, 98.6]), unit=pl.Series(["件", None, ""]))
    write_csv(tmp_path / "t.csv", OBSERVATIONS, iter([frame]))
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(BOM)
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["value"] for row in rows] == ["-3.0", "", "98.6"]
    assert rows[0]["period_start"] == "2025-01-01"
    assert ',"",' in raw.decode().splitlines()[3]


def test_moments_keep_their_zone(tmp_path: Path) -> None:
    frame = segment_tables([Page("https://a.test/1.html", MORNING.replace(microsecond=250_000))])["reports"]
    write_csv(tmp_path / "t.csv", TABLES["reports"], iter([frame]))
    assert "2026-03-02T01:30:00.250Z" in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_hostile_words_do_nothing_in_the_documents(tmp_path: Path) -> None:
    note = "<script>alert(1)</script> | [link](javascript:x)\n# heading `code`"
    write_card(tmp_path / "README.md", facts(notes=(note,)))
    write_changelog(tmp_path / "CHANGELOG.md", facts(notes=(note,)), "")
    for name in ("README.md", "CHANGELOG.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<script" not in text
        assert "\n# heading" not in text
        assert "](javascript" not in text
    assert plain_cell("a|b") == "a\\|b"


def test_the_card_has_every_column_of_every_table(tmp_path: Path) -> None:
    write_card(tmp_path / "README.md", facts())
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    for table in RELEASE_TABLES.values():
        assert f"### `{table.name}`" in text
        assert all(f"| `{column.name}` | " in text for column in table.columns)
    block = text.split("```python\n")[1].split("```")[0]
    names: dict[str, dict[str, dict[str, str]]] = {}
    exec(block, {}, names)
    assert names["dtypes"]["observations"]["value"] == "float64"
    assert names["dtypes"]["reports"]["division_code"] == "string"


def test_the_changelog_goes_on_from_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "CHANGELOG.md"
    write_changelog(path, facts(), "")
    first = path.read_text(encoding="utf-8")
    write_changelog(path, facts(version="v2026.03.03", previous="v2026.03.02"), first)
    second = path.read_text(encoding="utf-8")
    assert second.index("## v2026.03.03") < second.index("## v2026.03.02")
    assert second.endswith(first[first.index("## v2026.03.02"):])
    assert second.count("# Changelog of the data") == 1


@pytest.mark.parametrize(("number", "semantic"), [("2026.03.02", "2026.3.2"), ("2026.11.23.4", "2026.11.23+4")])
def test_croissant_wants_semantic_versions(number: str, semantic: str) -> None:
    assert semantic_version(number) == semantic


def test_checksums_find_what_was_altered_added_and_lost(tmp_path: Path) -> None:
    (tmp_path / "quality").mkdir()
    for name in ("a.csv", "b.csv", "quality/报告.html"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    write_checksums(tmp_path)
    assert broken_files(tmp_path) == []
    (tmp_path / "a.csv").write_text("other")
    (tmp_path / "b.csv").unlink()
    (tmp_path / "c.csv").write_text("new")
    assert broken_files(tmp_path) == ["a.csv", "b.csv", "c.csv"]
