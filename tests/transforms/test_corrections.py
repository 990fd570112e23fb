"""A correction changes what it names, once, or nothing; a row that makes no sense is named by its line."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.corrections import corrections_digest
from flows.errors import FazhiError
from flows.seeds import read_corrections
from transforms.corrections import applied, correct_fields, correct_texts, unmatched
from transforms.identity import identifier

URL = "https://a.test/1.html"
HEAD = "report,field,find,replacement,why,date\n"


def corrections(tmp_path: Path, *rows: str) -> pl.DataFrame:
    (tmp_path / "corrections.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_corrections(tmp_path)


def documents(text: str = "调解45件,其中成功45件,共3次。") -> pl.LazyFrame:
    return pl.LazyFrame({"canonical_url": [URL, "https://a.test/2.html"], "text": [text, text], "report_year": [2023, 2024],
                         "published_date": [None, date(2025, 1, 2)], "body": ["临江镇", "临河镇"]},
                        schema_overrides={"published_date": pl.Date})


@pytest.mark.parametrize(("row", "column", "right"), [
    (f"{URL},,共3次,共8次,typing error,2026-03-02", "text", "调解45件,其中成功45件,共8次。"),
    (f'{URL},,",共3次",,told twice,2026-03-02', "text", "调解45件,其中成功45件。"),
    (f"{identifier('r', URL)},report_year,2023,2022,as its text says,2026-03-02", "report_year", 2022),
    (f"{URL},published_date,,2024-02-03,in an image,2026-03-02", "published_date", date(2024, 2, 3)),
    (f"{URL},body,临江镇,,not theirs,2026-03-02", "body", None),
])
def test_what_is_named_is_corrected_and_nothing_else(tmp_path: Path, row: str, column: str, right: object) -> None:
    known = corrections(tmp_path, row)
    corrected = correct_fields(correct_texts(documents(), known), known).collect()
    assert corrected[column][0] == right
    assert corrected["correction_ids"].to_list() == [known["correction_id"][0], None]
    expected = documents().collect()
    assert corrected.drop(column, "correction_ids").equals(expected.drop(column))
    assert corrected[1].drop("correction_ids").equals(expected[1])


@pytest.mark.parametrize("row", [
    f"{URL},,共4次,共8次,no such words,2026-03-02", f"{URL},,45件,54件,stands there twice,2026-03-02",
    f"{URL},report_year,2022,2021,another year,2026-03-02", f"{URL},body,,临江镇人民政府,it has one,2026-03-02",
])
def test_what_does_not_match_changes_nothing_and_is_told(tmp_path: Path, row: str) -> None:
    known = corrections(tmp_path, row, "https://a.test/elsewhere,,x,y,not here,2026-03-02")
    corrected = correct_fields(correct_texts(documents(), known), known)
    assert corrected.collect().drop("correction_ids").equals(documents().collect())
    reports = corrected.select("correction_ids", report_id=pl.lit(identifier("r", URL))).head(1)
    assert applied(known.lazy(), reports).collect().is_empty()
    assert unmatched(known.lazy(), reports).collect()["correction_id"].to_list() == known["correction_id"].to_list()[:1]


@pytest.mark.parametrize(("row", "fault"), [
    (",,a,b,why,2026-03-02", "names no report"), (f"{URL},txt,a,b,why,2026-03-02", "has the field 'txt', not one of title"),
    (f"{URL},,,b,why,2026-03-02", "does not say what to find"), (f"{URL},,a,b,,2026-03-02", "gives no reason"),
    (f"{URL},,a,b,why,2 March", "no date like 2026-03-02"), (f"{URL},report_year,2023,twenty,why,2026-03-02", "does not fit"),
    (f"{URL},report_year,2023,,why,2026-03-02", "does not fit"), (f"{URL},body_level,county,land,why,2026-03-02", "does not fit"),
])
def test_a_row_that_makes_no_sense_is_named(tmp_path: Path, row: str, fault: str) -> None:
    with pytest.raises(FazhiError, match=rf"seeds/corrections.csv, line 3: it .*{fault}"):
        corrections(tmp_path, f"{URL},,a,b,why,2026-03-02", row)


def test_only_the_segments_of_corrected_pages_are_concerned(tmp_path: Path) -> None:
    known = corrections(tmp_path, f"{URL},,a,b,why,2026-03-02")
    assert corrections_digest(known, ["https://a.test/2.html"]) == ""
    assert corrections_digest(known, ["https://a.test/2.html", URL]) != ""
