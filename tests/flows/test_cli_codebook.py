"""The codebook on the command line: listed, searched, and what it still lacks."""

from pathlib import Path

import polars as pl
from click.testing import CliRunner

from flows.cli_codebook import codebook
from flows.seeds import read_seed
from transforms.schema import OBSERVATIONS


def test_every_code_is_listed() -> None:
    listed = CliRunner().invoke(codebook).output.splitlines()
    assert len(listed) == read_seed("indicators").height


def test_words_narrow_it_down() -> None:
    found = CliRunner().invoke(codebook, ["纠纷", "MEDIATED"]).output
    assert "disputes_mediated" in found
    assert "penalty_amount" not in found


def test_words_that_no_code_has_are_named() -> None:
    result = CliRunner().invoke(codebook, ["没有这样的词"])
    assert result.exception is not None
    assert "没有这样的词" in str(result.exception)


def test_the_most_frequent_label_without_a_code_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "tables" / "observations"
    folder.mkdir(parents=True)
    rows = [("r1", "摆放绿植", None, "level"), ("r2", "摆放绿植", None, "level"), ("r1", "张贴海报", None, "level"),
            ("r1", "调解纠纷", "disputes_mediated", "level"), ("r1", "同比增长", None, "change_ratio")]
    frame = pl.DataFrame(rows, schema=["report_id", "label", "indicator", "measure"], orient="row")
    table = pl.concat([OBSERVATIONS.empty(), frame.cast({"indicator": pl.String})], how="diagonal_relaxed")
    table.write_parquet(folder / "a.parquet")
    lines = CliRunner().invoke(codebook, ["--uncoded", "5", "--data", str(tmp_path)]).output.splitlines()
    assert [line.split("  ")[-2] for line in lines] == ["摆放绿植", "张贴海报"]
