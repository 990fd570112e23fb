"""`fazhi score` tells how well extraction reads, and shows faults without giving away the held texts."""

from pathlib import Path

import pytest

from flows.cli import main


def score(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["score", *arguments])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_the_faults_of_held_texts_are_shown_only_when_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "texts").mkdir()
    rows = ["doc,n,char_start,quote,value,unit,qualifier,value_low,value_high,label_keys,indicator,status,part_of"]
    for doc in ("opened-2024", "sealed-2024"):
        (tmp_path / "texts" / f"{doc}.txt").write_text("全年开展调解8起。", encoding="utf-8")
        rows.append(f"{doc},1,6,8起,8,起,exact,8,8,宣传,,reported,")
    (tmp_path / "gold.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "documents.csv").write_text("doc,split,year\nopened-2024,tune,2024\nsealed-2024,held,2024\n", encoding="utf-8")
    gold = str(tmp_path / "gold.csv")

    told = score(capsys, gold)
    assert "opened-2024 6: expected '宣传'" in told
    assert "sealed-2024 6" not in told
    assert "sealed-2024 6: expected '宣传'" in score(capsys, gold, "--split", "held")
