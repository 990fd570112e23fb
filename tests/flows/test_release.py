"""A release is whole, the same for the same inputs, and made only when there is something new."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.diff import diff_releases
from flows.errors import FazhiError
from flows.release import ReleaseInputs, ReleaseResult, make_release
from flows.writers.checksums import broken_files, files_under
from tests.sample_tables import FACTS, MORNING, Page, sample_divisions, sample_indicators, write_segment
from transforms.release_schema import RELEASE_TABLES

INPUTS = ReleaseInputs(sample_indicators(), divisions=sample_divisions())
FIRST = Page("https://a.test/1.html", MORNING)
SECOND = Page("https://b.test/2.html", MORNING + timedelta(days=1), FACTS[:2], "临河镇2025年报告")
DOCUMENTS = {"CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "SHA256SUMS", "croissant.json",
             "datapackage.json", "dataset.jsonld"}


def release(data: Path, **segments: list[Page]) -> ReleaseResult:
    for name, pages in segments.items():
        write_segment(data, name, pages)
    return make_release(data, INPUTS)


def status(data: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((data / "releases" / "status.json").read_text(encoding="utf-8"))
    return found


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in files_under(folder)}


def test_the_first_release_is_whole(tmp_path: Path) -> None:
    result = release(tmp_path, one=[FIRST, SECOND])
    tables = {f"{name}.{ending}" for name in RELEASE_TABLES for ending in ("csv", "parquet")}
    assert (result.version, result.created) == ("v2026.03.03", True)
    assert set(files_under(result.path)) == DOCUMENTS | tables
    assert broken_files(result.path) == []
    assert (tmp_path / "releases" / "latest").resolve() == result.path
    assert (tmp_path / "releases" / "latest").readlink() == Path("v2026.03.03")
    assert pl.read_parquet(result.path / "changes.parquet").is_empty()
    assert pl.read_parquet(result.path / "indicators.parquet")["n_reports"].to_list() == [1, 2]
    assert status(tmp_path)["outcome"] == "released"
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == \
        [".lock", "feed.xml", "index.json", "latest", "latest.json", "status.json", "v2026.03.03"]


def test_nothing_new_makes_no_release(tmp_path: Path) -> None:
    first = release(tmp_path, one=[FIRST])
    again = release(tmp_path)
    later = Page(FIRST.url, MORNING + timedelta(days=7))
    fetched_again = release(tmp_path, two=[later])
    assert [again, fetched_again] == [ReleaseResult(first.version, first.path, False, "nothing new since v2026.03.02")] * 2
    assert status(tmp_path)["outcome"] == "unchanged"


def test_a_second_release_tells_what_is_new(tmp_path: Path) -> None:
    first = release(tmp_path, one=[FIRST])
    before = all_bytes(first.path)
    second = release(tmp_path, two=[SECOND])
    changes = pl.read_parquet(second.path / "changes.parquet")
    assert second.version == "v2026.03.03"
    assert changes.filter(pl.col("table") == "observations").select("change", "cause").unique().rows() == [("added", "source")]
    assert diff_releases(first.path, second.path).equals(changes.cast(pl.String))
    changelog = (second.path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "Against v2026.03.02" in changelog
    assert "## v2026.03.02\n" in changelog
    assert all_bytes(first.path) == before


def test_new_content_of_the_same_day_gets_a_suffix(tmp_path: Path) -> None:
    same_day = Page(SECOND.url, MORNING, SECOND.facts, SECOND.title)
    older = Page("https://c.test/3.html", MORNING - timedelta(days=400), FACTS[:1], "临海镇2024年报告", 2024)
    versions = [release(tmp_path, **{name: [page]}).version
                for name, page in (("one", FIRST), ("two", same_day), ("three", older))]
    assert versions == ["v2026.03.02", "v2026.03.02.1", "v2026.03.02.2"]


def test_no_report_gives_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(FazhiError, match="no whole segment"):
        make_release(tmp_path, INPUTS)
    assert status(tmp_path)["outcome"] == "failed"


def test_a_segment_that_is_half_built_is_left_out_and_named(tmp_path: Path) -> None:
    write_segment(tmp_path, "one", [FIRST])
    write_segment(tmp_path, "two", [SECOND])
    (tmp_path / "tables" / "observations" / "two.parquet").unlink()
    result = make_release(tmp_path, INPUTS)
    assert "left out as not whole: two" in result.reason
    assert pl.read_parquet(result.path / "reports.parquet").height == 1


def test_a_release_of_another_process_is_waited_for(tmp_path: Path) -> None:
    from flows.release_store import ReleaseStore

    with ReleaseStore(tmp_path / "releases"), pytest.raises(FazhiError, match="another release is being made"):
        release(tmp_path, one=[FIRST])


@dataclass(frozen=True)
class Shuffled:
    """A validation whose tables come in another order each time that they are read, as after a join."""

    tables: dict[str, pl.LazyFrame]
    summary: dict[str, object]


def test_the_order_of_rows_after_validation_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shuffle(tables: Mapping[str, pl.LazyFrame], _quality: Path) -> Shuffled:
        return Shuffled({name: frame.map_batches(lambda rows: rows.sample(fraction=1, shuffle=True))
                         for name, frame in tables.items()}, {})

    write_segment(tmp_path / "plain", "one", [FIRST, SECOND])
    plain = make_release(tmp_path / "plain", INPUTS)
    monkeypatch.setattr("flows.release_tables.DEFAULT_ROWS_PER_GROUP", 2)
    write_segment(tmp_path / "data", "one", [FIRST, SECOND])
    result = make_release(tmp_path / "data", replace(INPUTS, validate=shuffle))
    for name in ("reports", "observations", "panel"):
        assert pl.read_parquet(result.path / f"{name}.parquet").equals(pl.read_parquet(plain.path / f"{name}.parquet"))
