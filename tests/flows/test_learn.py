"""What the classifier learns, it learns from the gold to tune on alone, and it can be read."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.gold import broad_codes
from flows.learn import MARKED, examples_of, fitted
from flows.seeds import read_seed
from tests.transforms.reading import knowledge
from transforms.classifier import FACTS, INTERCEPT, TEXTS, better_classes, none_of, weights_of

GOLD = Path(__file__).parent.parent / "gold"
SENTENCES = {
    "disputes_mediated": "{where}调解委员会化解矛盾纠纷{n}件{{disputes_mediated}}。",
    "inspections": "{where}执法中队检查餐饮单位{n}家次{{inspections}}。",
    "?": "{where}清扫车清运垃圾{n}吨{{?}}。",
}
PLACES = ("青河县", "白石镇", "临江区", "云岭街道", "长桥乡", "南坪市")


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A small gold: marked sentences, a text to tune on, and one that is held."""
    lines = [text.format(where=where, n=place + 3) for text in SENTENCES.values() for place, where in enumerate(PLACES)]
    for place, name in enumerate(MARKED):
        (tmp_path / name).write_text("\n".join(lines[place::len(MARKED)]), encoding="utf-8")
    for name in ("gold-seed.csv", "sentences.csv"):
        shutil.copy(GOLD / name, tmp_path)
    (tmp_path / "texts").mkdir()
    columns = ("doc", "n", "char_start", "char_end", "quote", "value", "unit", "unit_code", "qualifier", "value_low",
               "value_high", "label_keys", "indicator", "status", "part_of")
    rows = []
    for doc, word in (("tune-2024", "走访"), ("held-2024", "慰问")):
        (tmp_path / "texts" / f"{doc}.txt").write_text(f"全年{word}企业8家。", encoding="utf-8")
        rows.append((doc, 1, 6, 8, "8家", 8, "家", "item", "exact", 8, 8, "企业", "enterprise_visits", "reported", ""))
    for name, table in (("gold.csv", [columns, *rows]), ("documents.csv", [
        ("doc", "split", "year"), ("tune-2024", "tune", "2024"), ("held-2024", "held", "2024")
    ])):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)
    return tmp_path


def test_held_texts_are_not_learnt_from(gold: Path) -> None:
    labels = "".join(examples_of(gold, knowledge())["label"])
    assert "走访企业" in labels
    assert "慰问" not in labels


def test_a_code_is_learnt_as_its_nearest_ancestor_of_version_0_or_as_itself(gold: Path) -> None:
    examples = examples_of(gold, knowledge())
    assert set(examples["class"]) <= {"", *broad_codes(knowledge())}
    told = dict(examples.select("label", "class").iter_rows())
    assert told["青河县调解委员会化解矛盾纠纷"] == "disputes_mediated"
    assert told["组织新任命的干部进行宪法宣誓"] == "constitution_oath_takers"
    assert told["党委理论学习中心组集中研讨"] == "theory_study_sessions"


def test_what_was_learnt_can_be_read_and_gives_new_sentences_their_codes(gold: Path) -> None:
    weights = fitted(examples_of(gold, knowledge()).filter(pl.col("class").is_in(["", *SENTENCES])))
    assert set(weights["scope"]) <= {INTERCEPT, *TEXTS, *FACTS}
    speaking = weights.filter(pl.col("indicator") == "disputes_mediated", pl.col("scope") == "label").sort("weight")
    assert str(speaking["text"].last()) in "^调解委员会化解矛盾纠纷$"
    laid_out = weights_of(replace(knowledge(), weights=weights.cast(pl.String)))
    told = ["西山镇调解委员会化解矛盾纠纷", "西山镇执法中队检查餐饮单位"]
    asked = pl.DataFrame({
        "label": told, "left": told, "tail": ["", ""], "context": [f"{words}#" for words in told], "after": ["", ""],
        "unit": ["件", "家次"], "unit_code": ["item", "event"], "measure": ["level", "level"],
        "code_before": [None, None], "code_after": [None, None],
    }).with_columns(pl.lit(none_of(laid_out), pl.UInt32).alias("class")).cast({"code_before": pl.String, "code_after": pl.String})
    # A dozen sentences speak softly.
    found = better_classes(asked, replace(laid_out, matrix=laid_out.matrix * 10))
    assert found.to_list() == ["disputes_mediated", "inspections"]


def test_the_same_gold_teaches_the_same(gold: Path) -> None:
    examples = examples_of(gold, knowledge())
    assert fitted(examples).equals(fitted(examples))


def test_the_weights_in_use_are_of_the_codes_without_an_ancestor_in_version_0() -> None:
    weights = read_seed("weights").with_columns(pl.col("indicator").fill_null(""))
    classes = weights.filter(pl.col("scope") == INTERCEPT)["indicator"]
    assert sorted(classes) == sorted({"", *broad_codes(knowledge())})
    assert set(weights["indicator"]) == set(classes)
    assert weights.select("scope", "text", "indicator").is_duplicated().sum() == 0
    assert weights["weight"].cast(pl.Float64).is_null().sum() == 0
