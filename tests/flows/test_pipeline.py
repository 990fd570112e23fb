"""The flow, run for real on Prefect's own API: a release from reports, nothing done twice, bad input told and harmless.

In: the seed report, and files that are none. Out: the command line's own words, exit codes, tables and releases.
"""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from flows.build import build
from flows.errors import ExitCode
from flows.importer import import_paths
from flows.settings import seed_reports
from flows.table_files import metadata_of, table_file
from tests.flows.published import from_folder, whole_release

REPORT = """临江镇人民政府
关于2023年度法治政府建设情况的报告

一、主要举措和成效
2023年,临江镇开展法治宣传活动12场,发放宣传资料3000余份,调解矛盾纠纷45件,调解成功率98%。
"""
TWO_YEARS = REPORT.replace("2023年度法治政府", "2022年度、2023年度法治政府")
BAD = {
    "empty.txt": b"",
    "no_numbers.txt": "临江镇人民政府\n关于2023年度法治政府建设情况的报告\n\n临江镇依法履行职责。\n".encode(),
    "no_report.txt": "今天天气好,全家去公园走了3次。".encode(),
    "one_line.txt": ("法治宣传活动12场," * 2_000_000).encode()[: 50 * 1024 * 1024],
    "random.txt": bytes((i * 7919 + i // 251) % 256 for i in range(20_000)),
}
GOOD = {
    "gb18030.txt": REPORT.encode("gb18030"),
    "mixed_line_ends.txt": REPORT.replace("临江", "临湖").replace("\n", "\r\n", 2).replace("\n一", "\r一").encode(),
}


def fazhi(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would."""
    command = [sys.executable, "-m", "flows.cli", "--data", str(data), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


@pytest.mark.slow
def test_a_run_makes_and_publishes_a_release_and_a_second_one_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAZHI_PUBLISH", str(tmp_path / "www"))
    first, second = fazhi(tmp_path, "run"), fazhi(tmp_path, "run")
    assert (first.returncode, second.returncode) == (ExitCode.OK, ExitCode.OK), first.stderr + second.stderr
    assert "released v2026.11.23" in first.stdout
    assert "published v2026.11.23" in first.stdout
    assert "published nothing new: sent 0 files" in second.stdout
    assert whole_release(from_folder(tmp_path / "www")) == "v2026.11.23"
    assert "nothing new since v2026.11.23" in second.stdout
    assert "built 0 of 1 segments" in second.stdout
    for run in (first, second):
        assert all(line.split(":")[0] in ("build", "import", "validate and release", "publish")
                   for line in run.stderr.splitlines()), run.stderr
    versions = [path.name for path in (tmp_path / "releases").iterdir() if path.name.startswith("v")]
    assert versions == ["v2026.11.23"]
    assert (tmp_path / "releases" / "latest" / "observations.parquet").exists()


def test_only_the_segment_of_a_new_report_is_built(tmp_path: Path) -> None:
    data, report = tmp_path / "data", tmp_path / "report.txt"
    import_paths(data, [seed_reports()])
    assert [result.built for result in build(data)] == [True]
    report.write_text(REPORT, encoding="utf-8")
    import_paths(data, [report])
    built = {result.segment: result.built for result in build(data)}
    assert sorted(built.values()) == [False, True]


def test_tables_of_other_transforms_are_built_again(tmp_path: Path) -> None:
    import_paths(tmp_path, [seed_reports()])
    [made] = build(tmp_path)
    file = table_file(tmp_path, "panel", made.segment)
    told = dict(metadata_of(tmp_path, made.segment, "panel"))
    frame = pl.read_parquet(file)
    frame.write_parquet(file, metadata={**told, "transform_version": "0.9.0+0000000000000000"})
    assert [result.built for result in build(tmp_path)] == [True]


def test_tables_go_with_their_segment(tmp_path: Path) -> None:
    import_paths(tmp_path, [seed_reports()])
    [made] = build(tmp_path)
    (tmp_path / "raw" / f"{made.segment}.warc.gz").unlink()
    assert build(tmp_path) == []
    assert not table_file(tmp_path, "reports", made.segment).exists()


def test_bad_input_is_named_and_leaves_the_others_unharmed(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "reports"
    folder.mkdir()
    for name, content in (BAD | GOOD).items():
        (folder / name).write_bytes(content)
    imported = fazhi(data, "import", str(folder))
    built = fazhi(data, "build")
    assert (imported.returncode, built.returncode) == (ExitCode.SOME_FAILED, ExitCode.SOME_FAILED)
    told = imported.stderr + built.stderr
    assert "Traceback" not in told
    for name in BAD:
        assert sum(name in line for line in told.splitlines()) == 1, f"{name} in:\n{told}"
    log = pl.read_parquet(list((data / "tables" / "harvest_log").glob("*.parquet")))
    outcomes = {row["url"].rpartition("/")[2].rpartition(":")[2]: row["outcome"] for row in log.to_dicts()}
    assert outcomes["empty.txt"] == "empty"
    assert outcomes["no_numbers.txt"] == "no_numbers"
    assert outcomes["no_report.txt"] == "not_a_report"
    assert outcomes["one_line.txt"] == "too_large"
    assert outcomes["random.txt"] in ("unreadable", "unsupported")
    reports = pl.read_parquet(list((data / "tables" / "reports").glob("*.parquet")))
    assert reports["title"].str.contains("2023年度法治政府建设情况").all()
    assert reports.height == len(GOOD)


def test_two_years_in_a_title_are_named_or_settled_by_the_text(tmp_path: Path) -> None:
    report = tmp_path / "two_years.txt"
    report.write_text(TWO_YEARS, encoding="utf-8")
    import_paths(tmp_path / "data", [report])
    [made] = build(tmp_path / "data")
    if made.n_reports:
        years = pl.read_parquet(table_file(tmp_path / "data", "reports", made.segment))["report_year"].to_list()
        assert years == [2023]
    else:
        assert [refused.outcome for refused in made.refused] == ["ambiguous_year"]
