"""Accuracy on gold does not fall below its floors."""

import csv
from pathlib import Path

import pytest

from flows.accuracy import FILE, measure_accuracy, score_texts
from flows.gold import known_as, observe, read_gold, read_marked_file, score_sentences
from tests.transforms.reading import knowledge
from transforms.marked import read_marked, score_marked
from transforms.scoring import score

GOLD = Path(__file__).parent


@pytest.mark.parametrize(("name", "split", "floors"), [
    ("gold-seed.csv", None, {
        "mention_f1": 0.99, "qualifier": 0.99, "bounds": 0.99, "status": 1.0, "label": 0.95,
        "indicator_precision": 0.97, "indicator_recall": 0.95,
    }),
    ("gold.csv", "tune", {
        "mention_f1": 0.98, "qualifier": 0.98, "bounds": 0.98, "unit_code": 0.99, "measure": 0.98, "sign": 0.98,
        "status": 0.98, "period": 0.95, "part_of": 0.90, "label": 0.93,
        "indicator_precision": 0.98, "indicator_recall": 0.94,
    }),
    ("gold.csv", "held", {
        "mention_f1": 0.98, "qualifier": 0.98, "bounds": 0.98, "unit_code": 0.99, "measure": 0.98, "sign": 0.98,
        "status": 0.98, "period": 0.95, "part_of": 0.90, "label": 0.93,
        "indicator_precision": 0.945, "indicator_recall": 0.88,
    }),
])
def test_no_figure_falls_below_its_floor(name: str, split: str | None, floors: dict[str, float]) -> None:
    result = score_texts(GOLD / name, split, knowledge())
    fallen = {measure: result.ratio(measure) for measure, floor in floors.items() if (result.ratio(measure) or 0) < floor}
    assert fallen == {}


@pytest.mark.parametrize(("name", "floors"), [
    ("exam-tune.txt", {"mention_f1": 0.99, "indicator_precision": 0.98, "indicator_recall": 0.97}),
    ("pages-tune.txt", {"mention_f1": 0.98, "indicator_precision": 0.95, "indicator_recall": 0.90}),
    ("bodies-tune.txt", {"mention_f1": 0.98, "indicator_precision": 0.95, "indicator_recall": 0.85}),
    ("codes-tune.txt", {"mention_f1": 0.98, "indicator_precision": 0.95, "indicator_recall": 0.85}),
    ("exam-held.txt", {"mention_f1": 0.99, "indicator_precision": 0.96, "indicator_recall": 0.86}),
    ("bodies-held.txt", {"mention_f1": 0.98, "indicator_precision": 0.94, "indicator_recall": 0.83}),
])
def test_sentences_and_near_misses_keep_their_codes(name: str, floors: dict[str, float]) -> None:
    result = score_sentences(read_marked_file(GOLD / name), knowledge())
    fallen = {measure: result.ratio(measure) for measure, floor in floors.items() if (result.ratio(measure) or 0) < floor}
    assert fallen == {}


@pytest.mark.parametrize("path", sorted(GOLD.glob("*-*.txt")), ids=lambda path: path.stem)
def test_sentences_are_marked_with_codes_of_the_codebook(path: Path) -> None:
    marked = {code for sentence in read_marked_file(path).values() for _, code in sentence.marks if code}
    assert marked <= set(knowledge().indicators["indicator"])


def test_the_card_states_no_more_than_is_measured() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        stated = {(row["measure"], row["of"]): float(row["value"]) for row in csv.DictReader(file)}
    measured = {(row["measure"], row["of"]): float(row["value"]) for row in measure_accuracy(GOLD, knowledge())}
    assert measured.keys() <= stated.keys(), "run `make accuracy`"
    too_good = {row: value for row, value in stated.items() if row in measured and value > measured[row] + 0.005}
    assert too_good == {}, "run `make accuracy`"


def test_codes_count_as_what_the_gold_can_call_them() -> None:
    narrower, newer = "central_group_study_sessions", "vehicles_inspected"
    old = known_as(["disputes_mediated", None], knowledge())
    assert (old[narrower], old[newer]) == ("theory_study_sessions", None)
    broad = known_as(["disputes_mediated", newer], knowledge())
    assert (broad[narrower], broad[newer]) == ("theory_study_sessions", newer)
    assert known_as([narrower], knowledge()) == {}


def test_marks_are_of_the_numbers_before_them() -> None:
    [sentence] = read_marked("合格率、参考率均达100%{law_exam_pass_rate}{law_exam_participation_rate},走访3户{?}。")
    assert sentence.text == "合格率、参考率均达100%,走访3户。"
    assert sentence.marks == ((13, "law_exam_pass_rate"), (13, "law_exam_participation_rate"), (18, None))
    rows = [
        {"doc": "a", "char_start": 9, "char_end": 13, "quote": "100%", "indicator": code, "label": "", "value": 100.0,
         "unit": "%"}
        for code in ("law_exam_pass_rate", "inspections")
    ]
    result = score_marked({"a": sentence}, rows, {})
    assert [result.ratio(f"indicator_{name}") for name in ("precision", "recall")] == [0.5, 0.5]
    assert [fault.kind for fault in result.faults] == ["indicator_precision", "missed"]


def test_a_missed_row_and_a_wrong_label_are_told() -> None:
    read = read_gold(GOLD / "gold-seed.csv", None)
    rows = observe(read, knowledge())
    spoiled = [row | {"label": "?"} if place == 0 else row for place, row in enumerate(rows[:-1])]
    kinds = {fault.kind for fault in score(read.rows, spoiled, {}).faults}
    assert {"missed", "label"} <= kinds
