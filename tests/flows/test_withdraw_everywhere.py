"""A report withdrawn everywhere is in no version that is offered, and every version stays whole and as it was."""

import json
import random
import shutil
import signal
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.diff import read_release
from flows.errors import FazhiError
from flows.publish import publish
from flows.release import make_release
from flows.release_documents import read_datapackage
from flows.release_reading import read_whole_release
from flows.release_tables import write_tables
from flows.validate import describe_quality
from flows.withdraw_everywhere import withdraw_everywhere
from flows.withdrawals import withdraw
from flows.writers.checksums import broken_files, write_checksums
from flows.writers.datapackage import describe_table
from flows.writers.parquet_file import arrow_schema
from tests.flows.killing import Runner
from tests.flows.published import everything, from_folder
from tests.flows.test_killed import KILLS, SEED
from tests.flows.test_release import FIRST, INPUTS, all_bytes, release, status
from tests.sample_tables import FACTS, MORNING, Fact, Page, digest, write_segment
from transforms.release_schema import RELEASE_TABLES

WHY = "names a private person"
DAY = date(2026, 5, 1)
SECRETS = ("赵某某诉镇政府", "77件")
PRIVATE = Page("https://b.test/2.html", MORNING + timedelta(days=1),
               (Fact("赵某某诉镇政府等行政应诉案件", "77件", 77, "件", "item", "reconsideration_cases"), *FACTS[1:]), "临河镇2025年报告")
COPY = Page("https://copy.test/2.html", MORNING + timedelta(days=1), PRIVATE.facts, PRIVATE.title)
THIRD = Page("https://c.test/3.html", MORNING + timedelta(days=2), FACTS[:1], "临溪镇2025年报告")
REPORT = digest("r", PRIVATE.url)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions, the first of them without the report; to be read only."""
    data = tmp_path_factory.mktemp("made")
    for name, page in (("one", FIRST), ("two", PRIVATE), ("three", THIRD)):
        release(data, **{name: [page]})
    return data


@pytest.fixture(scope="module")
def taken(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with the report withdrawn everywhere; to be read only."""
    data = tmp_path_factory.mktemp("taken")
    shutil.copytree(made, data, symlinks=True, dirs_exist_ok=True)
    assert take_out(data) == [("v2026.03.03", "v2026.03.03.1"), ("v2026.03.04", "v2026.03.04.1")]
    return data


@pytest.fixture
def published(made: Path, tmp_path: Path) -> Path:
    """The three versions, to be changed."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def withdrawn(taken: Path, tmp_path: Path) -> Path:
    """The versions with the report withdrawn everywhere, to be changed."""
    shutil.copytree(taken, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


def take_out(data: Path) -> list[tuple[str, str]]:
    withdraw(data, REPORT, WHY, DAY)
    return withdraw_everywhere(data, REPORT)


def index(folder: Path) -> dict[str, dict[str, object]]:
    return {one["version"]: one for one in json.loads((folder / "index.json").read_bytes())["versions"]}


def test_versions_that_hold_it_are_superseded_and_the_others_stay(made: Path, taken: Path) -> None:
    releases = taken / "releases"
    for version in ("v2026.03.02", "v2026.03.03", "v2026.03.04"):
        assert all_bytes(releases / version) == all_bytes(made / "releases" / version)
    assert (releases / "latest").readlink() == Path("v2026.03.04.1")
    assert everything(from_folder(releases)) == "v2026.03.04.1"
    told = index(releases)
    gone = [{"report_id": REPORT, "withdrawn_on": "2026-05-01", "reason": WHY}]
    for old in ("v2026.03.03", "v2026.03.04"):
        assert (told[old]["superseded_by"], told[old]["withdrawn"]) == (f"{old}.1", gone)
        assert "path" not in told[old]
        assert (told[f"{old}.1"]["rebuild_of"], told[f"{old}.1"]["without"]) == (old, gone)
    assert "superseded_by" not in told["v2026.03.02"]
    assert "superseded v2026.03.03 by v2026.03.03.1, v2026.03.04 by v2026.03.04.1" in status(taken)["why"]
    assert not [path for path in releases.iterdir() if path.name.startswith(".building")]


def test_nothing_that_it_said_is_in_a_version_that_is_offered(taken: Path) -> None:
    releases = taken / "releases"
    for version, told in index(releases).items():
        found = [word for word in (*SECRETS, PRIVATE.title) if any(word in text for text in texts_of(releases / version))]
        assert bool(found) == ("superseded_by" in told), (version, found)


def texts_of(folder: Path) -> list[str]:
    """Everything that a version says, in its Parquet files too."""
    documents = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix != ".parquet" and path.is_file()]
    return documents + [pl.read_parquet(path).write_csv() for path in folder.glob("*.parquet")]


def test_a_rebuilt_version_is_whole_and_its_tables_agree(taken: Path) -> None:
    folder = taken / "releases" / "v2026.03.04.1"
    assert broken_files(folder) == []
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in RELEASE_TABLES}
    package = read_datapackage(folder)
    assert {resource["name"]: resource["rowCount"] for resource in package["resources"]} == \
        {name: table.height for name, table in tables.items()}
    assert package["previousVersion"] == "v2026.03.03.1"
    assert package["rebuild"]["of"] == "v2026.03.04"
    for name in ("reports", "sections", "observations", "panel", "checks", "texts"):
        assert REPORT not in tables[name]["report_id"]
    assert tables["reports"].height == 2
    assert tables["withdrawn"].select("report_id", "withdrawn_on", "reason").rows() == [(REPORT, DAY, WHY)]
    assert dict(tables["indicators"].select("indicator", "n_reports").iter_rows())["reconsideration_cases"] == 2
    assert REPORT not in tables["changes"]["report_id"]
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## v2026.03.03.1" in changelog
    assert f"Made from v2026.03.04, without what was withdrawn: {REPORT.replace('_', chr(92) + '_')}" in changelog


def test_it_says_the_same_as_a_release_made_anew_would(withdrawn: Path) -> None:
    anew = make_release(withdrawn, INPUTS)
    assert (anew.version, anew.created) == ("v2026.03.04.1", False)


def test_a_body_without_its_report_counts_as_withdrawn(tmp_path: Path) -> None:
    write_segment(tmp_path, "one", [Page(FIRST.url, MORNING, extra={"division_code": "010000", "body_level": "province"})])
    release(tmp_path, two=[PRIVATE])
    take_out(tmp_path)
    coverage = pl.read_parquet(tmp_path / "releases" / "latest" / "coverage.parquet")
    assert dict(coverage.select("division_code", pl.col("outcome").cast(pl.String)).iter_rows()) == \
        {"010000": "published", "011000": "not_found", "011000101": "withdrawn"}
    assert coverage.filter(pl.col("division_code") == "011000101").select("report_id", "n_reports", "in_time").rows() == \
        [(None, 0, None)]


def test_a_copy_at_another_address_goes_with_it(tmp_path: Path) -> None:
    release(tmp_path, one=[FIRST, COPY])
    release(tmp_path, two=[PRIVATE])
    take_out(tmp_path)
    told = index(tmp_path / "releases")
    assert [version for version, one in told.items() if "superseded_by" in one] == ["v2026.03.03.1", "v2026.03.03"]
    for version in ("v2026.03.03.2", "v2026.03.03.3"):
        assert not any(word in text for word in SECRETS for text in texts_of(tmp_path / "releases" / version))


def test_the_newest_of_a_day_keeps_the_last_suffix(tmp_path: Path) -> None:
    release(tmp_path, one=[FIRST, PRIVATE])
    withdraw(tmp_path, REPORT, WHY, date(2026, 3, 1))
    second = make_release(tmp_path, INPUTS)
    assert second.version == "v2026.03.03.1"
    assert withdraw_everywhere(tmp_path, REPORT) == [("v2026.03.03", "v2026.03.03.2"), ("v2026.03.03.1", "v2026.03.03.3")]
    assert (tmp_path / "releases" / "latest").readlink() == Path("v2026.03.03.3")


def test_withdrawn_twice_leads_to_the_last_one(withdrawn: Path) -> None:
    other = digest("r", THIRD.url)
    withdraw(withdrawn, other, "a second reason", DAY)
    assert withdraw_everywhere(withdrawn, other) == [("v2026.03.04.1", "v2026.03.04.2")]
    told = index(withdrawn / "releases")
    assert (told["v2026.03.04"]["superseded_by"], told["v2026.03.04.1"]["superseded_by"]) == ("v2026.03.04.2",) * 2
    assert withdraw_everywhere(withdrawn, other) == []


def test_a_version_without_any_other_report_is_left_empty(tmp_path: Path) -> None:
    release(tmp_path, one=[PRIVATE])
    assert take_out(tmp_path) == [("v2026.03.03", "v2026.03.03.1")]
    latest = tmp_path / "releases" / "latest"
    assert broken_files(latest) == []
    assert pl.read_parquet(latest / "reports.parquet").is_empty()


def test_it_is_rebuilt_under_the_schema_of_its_day(tmp_path: Path) -> None:
    first = release(tmp_path, one=[FIRST])
    tables, frames = read_whole_release(first.path)
    write_tables(tmp_path / "releases", tables, frames, "0.9.0")
    for name, table in RELEASE_TABLES.items():
        assert arrow_schema(tables[name]).equals(arrow_schema(table), check_metadata=True)
        assert frames[name].collect_schema() == table.polars_schema
        assert tables[name].sort == table.sort or frames[name].collect().is_empty()
        assert pl.read_parquet_metadata(tmp_path / "releases" / f"{name}.parquet")["schema_version"] == "0.9.0"
        assert (tmp_path / "releases" / f"{name}.csv").read_bytes() == (first.path / f"{name}.csv").read_bytes()


def test_a_version_of_an_older_schema_keeps_it(published: Path) -> None:
    """The newest version here is as one was made before a column was renamed and another one came."""
    folder = published / "releases" / "v2026.03.04"
    tables, frames = read_whole_release(folder)
    older = replace(tables["panel"], columns=tuple(
        replace(column, name="amount") if column.name == "value" else column
        for column in tables["panel"].columns if column.name != "candidate_ids"))
    package = read_datapackage(folder)
    frame = frames["panel"].collect().rename({"value": "amount"}).lazy()
    entry = write_tables(folder, {"panel": older}, {"panel": frame}, "0.9.0")["panel"]
    package["processing"]["schema_version"] = "0.9.0"
    package["resources"] = [one if one["name"] != "panel" else describe_table(entry) for one in package["resources"]]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    write_checksums(folder)
    take_out(published)
    panel = pl.read_parquet(published / "releases" / "v2026.03.04.1" / "panel.parquet")
    assert panel.columns == older.column_names
    assert panel["amount"].to_list() == [12.0, 98.6, 12.0]
    assert read_datapackage(published / "releases" / "v2026.03.04.1")["processing"]["schema_version"] == "0.9.0"


def test_the_quality_report_is_written_anew(tmp_path: Path) -> None:
    release(tmp_path, one=[FIRST, PRIVATE])
    withdraw(tmp_path, REPORT, WHY, DAY)
    withdraw_everywhere(tmp_path, REPORT, describe_quality)
    latest = tmp_path / "releases" / "latest"
    assert (latest / "quality" / "index.html").exists()
    assert not any(word in text for word in SECRETS for text in texts_of(latest))


def test_a_report_that_only_releases_have_can_be_withdrawn(published: Path) -> None:
    for file in (published / "tables").glob("*/two.parquet"):
        file.unlink()
    assert len(take_out(published)) == 2


def test_what_is_superseded_is_published_no_more_and_stays_where_it_was(published: Path) -> None:
    www = published / "www"
    publish(published, str(www))
    before = all_bytes(www / "v2026.03.03")
    take_out(published)
    done = publish(published, str(www))
    assert done.versions == ("v2026.03.03.1", "v2026.03.04.1")
    assert everything(from_folder(www)) == "v2026.03.04.1"
    assert all_bytes(www / "v2026.03.03") == before
    assert publish(published, str(published / "later")).versions == ("v2026.03.02", "v2026.03.03.1", "v2026.03.04.1")
    assert not (published / "later" / "v2026.03.03").exists()


def test_a_folder_that_was_erased_by_hand_stays_listed_and_its_name_is_not_used_again(withdrawn: Path) -> None:
    shutil.rmtree(withdrawn / "releases" / "v2026.03.04")
    before = index(withdrawn / "releases")["v2026.03.04"]
    more = release(withdrawn, four=[Page("https://d.test/4.html", MORNING, FACTS[:2], "临泉镇2025年报告")])
    assert more.version == "v2026.05.01"
    assert index(withdrawn / "releases")["v2026.03.04"]["superseded_by"] == "v2026.03.04.1"
    assert index(withdrawn / "releases")["v2026.03.04"]["digest"] == before["digest"]


def test_what_was_not_withdrawn_is_refused(published: Path) -> None:
    with pytest.raises(FazhiError, match="is not withdrawn"):
        withdraw_everywhere(published, REPORT)


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(published: Path) -> None:
    withdraw(published, REPORT, WHY, DAY)
    chance, changes = random.Random(SEED), 60
    with Runner() as runner:
        for _ in range(max(3, KILLS // 4)):
            killed = runner.run("withdraw", published, change=chance.randint(1, changes))
            assert killed.code in (0, -signal.SIGKILL), killed.told
            assert broken_files((published / "releases" / "latest").resolve()) == []
        ended = runner.run("withdraw", published)
        assert ended.code == 0, ended.told
    assert everything(from_folder(published / "releases")) == "v2026.03.04.1"
    told = index(published / "releases")
    assert [version for version, one in told.items() if "superseded_by" in one] == ["v2026.03.04", "v2026.03.03"]
    assert sorted(read_release(published / "releases" / "v2026.03.03.1")) != []
