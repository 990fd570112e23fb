"""`fazhi sources`: what was found is looked through, accepted into the list or rejected, and nothing is listed twice."""

import csv
import fcntl
import shutil
from pathlib import Path

import pytest

from flows.cli import main
from flows.errors import ExitCode
from flows.harvest_found import Found, found, read_found, write_found
from flows.harvest_targets import SOURCES, key_of, read_plan

TOWN, BUREAU = "http://www.jia.gov.cn/t20250301_1.html", "http://www.jia.gov.cn/t20250302_2.html"
COUNTY, PLAN = "https://www.yi.gov.cn/info/1/9001.htm", "https://www.yi.gov.cn/info/1/9002.htm"
COLUMN, SECOND_PAGE, FILE = "http://www.jia.gov.cn/fzbg/", "http://www.jia.gov.cn/fzbg/index_1.html", "http://www.jia.gov.cn/1.pdf"
ZONE = "https://www.zone.example/1.html"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    write_found(folder, [
        row(TOWN, title="甲镇2024年法治政府建设年度报告", publish_date="2025-03-01"),
        row(BUREAU, title="甲县水务局2024年法治政府建设年度报告"),
        row(COUNTY, title="乙县2024年法治政府建设年度报告"),
        row(PLAN, "false_hit", title="乙县2025年法治政府建设工作要点", reason="work_plan"),
        row(ZONE, "false_hit", title="丙区2024年法治政府建设年度报告", reason="host_refused"),
        row(COLUMN, kind="listing", title="法治政府建设年度报告"),
        row(SECOND_PAGE, kind="listing", page=2), row(FILE, kind="attachment"),
    ])
    return folder


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return Path(shutil.copy(SOURCES, tmp_path / "sources.csv"))


def row(url: str, verdict: str = "candidate", kind: str = "report", **more: str | int) -> Found:
    return found(kind, verdict, url, key_of(url), COLUMN, **more)


def sources(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as end:
        main(["sources", *map(str, arguments)])
    assert isinstance(end.value.code, int)
    return end.value.code


def accept(data: Path, listed: Path, *named: str) -> int:
    return sources("accept", *named, "--sources", listed, "--data", data)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def new_urls(listed: Path) -> set[str]:
    return {row["url"] for row in rows_of(listed)} - {row["url"] for row in rows_of(SOURCES)}


def test_an_address_moves_into_the_list(data: Path, listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert accept(data, listed, TOWN) == ExitCode.OK
    assert capsys.readouterr().out == "accepted 1 into sources.csv; 0 were there\n"
    (added,) = [one for one in rows_of(listed) if one["url"] == TOWN]
    assert {name: value for name, value in added.items() if value} == {
        "source_id": row(TOWN).source_id, "url": TOWN, "kind": "report", "title": "甲镇2024年法治政府建设年度报告",
        "publish_date": "2025-03-01",
    }
    assert TOWN not in {one.url for one in read_found(data)}
    plan = read_plan(listed, None, data)
    assert [target.source_id for target in plan.targets if target.url == TOWN] == [added["source_id"]]


def test_the_list_stays_as_it_is_but_for_the_new_rows_in_order(data: Path, listed: Path) -> None:
    before = listed.read_bytes().splitlines()
    accept(data, listed, TOWN, COUNTY)
    after = listed.read_bytes().splitlines()
    assert [line for line in after if line in before] == before
    assert len(after) == len(before) + 2
    ids = [one["source_id"] for one in rows_of(listed)]
    assert ids == sorted(ids)


def test_a_list_that_is_not_sorted_is_added_to_at_its_end(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_bytes(b"\xef\xbb\xbfsource_id,url,kind\r\nz,http://z.gov.cn/,report\r\na,http://a.gov.cn/,report\r\n")
    accept(data, own, TOWN)
    assert own.read_bytes().endswith(f"a,http://a.gov.cn/,report\r\n{row(TOWN).source_id},{TOWN},report\r\n".encode())
    assert own.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("named", [TOWN, "www.jia.gov.cn"])
def test_accepting_twice_changes_nothing(named: str, data: Path, listed: Path) -> None:
    accept(data, listed, named)
    once = listed.read_bytes(), (data / "discovered.csv").read_bytes()
    assert accept(data, listed, named) == ExitCode.OK
    assert (listed.read_bytes(), (data / "discovered.csv").read_bytes()) == once


def test_what_is_listed_in_another_form_is_refused(data: Path, listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listed.open("a", encoding="utf-8") as file:
        file.write(f"zz,{TOWN.replace('http://www.', 'https://')}?isMobile=true,report{',' * 10}\n")
    before = listed.read_bytes()
    assert accept(data, listed, TOWN) == ExitCode.OK
    said = capsys.readouterr()
    assert (said.out, said.err) == ("accepted 0 into sources.csv; 1 were there\n", f"  {TOWN} is listed already, as zz\n")
    assert listed.read_bytes() == before
    assert TOWN not in {one.url for one in read_found(data)}


def test_a_host_means_its_candidates(data: Path, listed: Path) -> None:
    assert accept(data, listed, "www.jia.gov.cn", "www.yi.gov.cn") == ExitCode.OK
    assert new_urls(listed) == {TOWN, BUREAU, COUNTY}


def test_a_verdict_alone_means_all_that_have_it(data: Path, listed: Path) -> None:
    assert accept(data, listed, "--verdict", "candidate") == ExitCode.OK
    assert new_urls(listed) == {TOWN, BUREAU, COUNTY}
    assert {one.verdict for one in read_found(data) if one.kind == "report"} == {"false_hit"}


def test_an_address_is_taken_whatever_was_made_of_it_and_its_host_is_allowed_then(data: Path, listed: Path) -> None:
    assert accept(data, listed, ZONE, COLUMN) == ExitCode.OK
    assert "www.zone.example" in read_plan(listed, None, data).hosts
    assert {one["url"]: one["kind"] for one in rows_of(listed) if one["url"] in (ZONE, COLUMN)} == {
        ZONE: "report", COLUMN: "listing"}


@pytest.mark.parametrize(("named", "says"), [
    ("http://www.jia.gov.cn/none.html", "no listing led to this address"),
    ("www.nowhere.gov.cn", "no report with the verdict candidate was found on this host"),
    (FILE, "it is a part of another page or column"),
    (SECOND_PAGE, "it is a part of another page or column"),
])
def test_what_cannot_be_meant_is_named_in_one_line_and_nothing_changes(
    named: str, says: str, data: Path, listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listed.read_bytes(), (data / "discovered.csv").read_bytes()
    assert accept(data, listed, TOWN, named) == ExitCode.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"fazhi: {named}: {says}")
    assert (listed.read_bytes(), (data / "discovered.csv").read_bytes()) == before


@pytest.mark.parametrize(("content", "says"), [
    ("url,kind\n", "has no column 'source_id'"),
    ("source_id,url,kind\na,b\n", "row 2 has not 3 cells"),
    ("", "has no column 'source_id'"),
])
def test_a_list_that_is_none_is_left_alone(
    content: str, says: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.csv"
    own.write_text(content, encoding="utf-8")
    assert accept(data, own, TOWN) == ExitCode.USAGE
    assert says in capsys.readouterr().err
    assert own.read_text(encoding="utf-8") == content


def test_rejected_is_told_with_its_reason_and_no_longer_asked(
    data: Path, listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sources("reject", TOWN, "--why", "a draft, withdrawn", "--data", data) == ExitCode.OK
    assert TOWN not in {target.url for target in read_plan(listed, None, data).targets}
    sources("list", "--verdict", "rejected", "--data", data)
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"rejected (a draft, withdrawn)  report  2025-03-01  甲镇2024年法治政府建设年度报告  {TOWN}")
    assert accept(data, listed, TOWN) == ExitCode.OK


def test_the_list_of_finds_is_narrowed_down(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def shown(*options: str) -> set[str]:
        assert sources("list", *options, "--data", data) == ExitCode.OK
        return {line.rsplit("  ", 1)[-1] for line in capsys.readouterr().out.splitlines()}

    assert len(shown()) == 8
    assert shown("--verdict", "false_hit", "work_plan") == {PLAN}
    assert shown("--host", "WWW.yi.gov.cn") == {COUNTY, PLAN}
    assert shown("甲", "水务") == {BUREAU}
    assert shown("--kind", "attachment") == {FILE}


def test_nothing_found_yet_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sources("list", "--data", tmp_path) == ExitCode.OK
    assert capsys.readouterr().err == "0 of 0 addresses\n"


def test_nothing_named_is_wrong_usage(data: Path, listed: Path) -> None:
    assert accept(data, listed) == ExitCode.USAGE


def test_while_a_harvest_runs_the_list_is_not_touched(data: Path, listed: Path) -> None:
    (data / "raw").mkdir()
    with (data / "raw" / ".harvest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert accept(data, listed, TOWN) == ExitCode.HELD
