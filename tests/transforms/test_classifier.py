"""The classifier changes a code only where much more speaks for another, and only into one that fits."""

from dataclasses import replace

import polars as pl
import pytest

from tests.transforms.reading import knowledge
from transforms.classifier import (
    INTERCEPT,
    PLAIN,
    SURE,
    UNCODED,
    WORD,
    WORD_FOR_NONE,
    reconsidered,
    with_neighbours,
)
from transforms.knowledge import Knowledge

CODES = ("", "disputes_mediated", "theory_study_sessions", "law_training_sessions", "vehicles_inspected")
# Enough to be given where the phrases say none, and where they say another code.
GIVEN, AGAINST = WORD_FOR_NONE + SURE, WORD + SURE


def weighing(*rows: tuple[str, str, str, float]) -> Knowledge:
    """The seeds with these weights: scope, text, code, weight; each class begins with 0."""
    begin = [(INTERCEPT, "", code, 0.0) for code in CODES]
    columns = ("scope", "text", "indicator", "weight")
    weights = pl.DataFrame([*begin, *rows], columns, orient="row").cast(pl.String)
    return replace(knowledge(), weights=weights.with_columns(pl.col("text", "indicator").replace("", None)))


def code(given: str | None, weights: Knowledge, **told: str | None) -> str | None:
    """The code that an observation has in the end."""
    row = {"label": "开展活动", "left": "全年开展活动", "tail": "", "context": "全年开展活动#", "after": "",
           "unit": "次", "unit_code": "event", "measure": "level", "code_before": None, "code_after": None}
    rows = pl.DataFrame([row | told | {"indicator": given}], schema=dict.fromkeys([*row, "indicator"], pl.String))
    found: str | None = reconsidered(rows.lazy(), weights).collect()["indicator"].item()
    return found


@pytest.mark.parametrize(("weight", "wanted"), [
    (AGAINST + 0.01, "law_training_sessions"), (AGAINST - 0.01, None), (WORD - SURE - 0.01, "theory_study_sessions"),
])
def test_another_code_is_given_where_more_speaks_for_it_than_the_word_of_the_phrases(
    weight: float, wanted: str | None
) -> None:
    assert code("theory_study_sessions", weighing(("label", "活动", "law_training_sessions", weight))) == wanted


@pytest.mark.parametrize(("weight", "wanted"), [
    (WORD - SURE + 0.01, None), (WORD - SURE - 0.01, "theory_study_sessions"),
])
def test_a_code_is_taken_away_where_much_speaks_against_it(weight: float, wanted: str | None) -> None:
    assert code("theory_study_sessions", weighing(("label", "活动", "theory_study_sessions", -weight))) == wanted


@pytest.mark.parametrize(("weight", "wanted"), [(GIVEN + 0.01, "law_training_sessions"), (GIVEN - 0.01, None)])
def test_a_number_without_a_code_gets_one_where_enough_speaks_for_it(weight: float, wanted: str | None) -> None:
    assert code(None, weighing(("context", "年开", "law_training_sessions", weight))) == wanted


def test_between_codes_for_which_as_much_speaks_none_is_given() -> None:
    alike = [("label", "活动", code, 2 * AGAINST) for code in ("law_training_sessions", "theory_study_sessions")]
    assert code(None, weighing(*alike)) is None
    assert code("theory_study_sessions", weighing(*alike)) == "theory_study_sessions"


def test_what_speaks_for_a_code_adds_up_over_label_words_around_and_facts() -> None:
    features = (("label", "^开展"), ("context", "动#"), ("after", "宪法"), ("unit", "次"))
    weights = weighing(*((*feature, "law_training_sessions", 0.4 * GIVEN) for feature in features))
    assert code(None, weights, after="宣讲宪法") == "law_training_sessions"
    assert code(None, weights, after="宣讲宪法", unit="场") == "law_training_sessions"
    assert code(None, weights, unit="场") is None


@pytest.mark.parametrize(("weight", "wanted"), [
    (PLAIN - WORD + 0.1, "theory_study_sessions"), (PLAIN - WORD - 0.1, None),
])
def test_words_around_are_not_asked_where_the_label_speaks_plainly(weight: float, wanted: str | None) -> None:
    weights = weighing(("label", "活动", "theory_study_sessions", weight),
                       ("context", "年开", "theory_study_sessions", -weight - AGAINST))
    assert code("theory_study_sessions", weights) == wanted


def test_a_run_of_characters_counts_once_however_often_it_stands() -> None:
    assert code(None, weighing(("label", "学", "law_training_sessions", GIVEN / 2)), label="学学学学") is None


def test_no_code_is_given_in_a_unit_that_it_never_comes_in() -> None:
    weights = weighing(("label", "活动", "disputes_mediated", AGAINST))
    assert code(None, weights, unit="件", unit_code="item") == "disputes_mediated"
    assert code(None, weights, unit="公里", unit_code="km") is None
    assert code(None, weights, unit="吨", unit_code="no_such_unit") is None


def test_a_code_counts_as_its_nearest_ancestor_among_the_classes() -> None:
    given = "central_group_study_sessions"
    assert code(given, weighing(("label", "活动", "theory_study_sessions", AGAINST))) == given
    assert code(given, weighing(("label", "活动", "law_training_sessions", AGAINST + 0.01))) == "law_training_sessions"


def test_newer_codes_are_given_and_taken_away_like_others() -> None:
    speaks_for_newer = weighing(("label", "活动", "vehicles_inspected", AGAINST + 0.01))
    assert code(None, speaks_for_newer, unit="辆次", unit_code="vehicle_time") == "vehicles_inspected"
    assert code("vehicles_inspected", weighing(("label", "活动", "", AGAINST))) is None


def test_what_the_phrases_say_of_the_numbers_next_to_it_speaks_too() -> None:
    weights = weighing(("code_after", "law_training_participants", "law_training_sessions", GIVEN + 0.01))
    assert code(None, weights, code_after="law_training_participants") == "law_training_sessions"
    assert code(None, weights, code_before="law_training_participants") is None


def test_neighbours_are_the_numbers_next_to_each_in_its_sentence() -> None:
    rows = pl.LazyFrame({"sentence_index": [4, 4, 4, 5], "indicator": ["inspections", None, "fines", "petitions"]})
    found = with_neighbours(rows).collect()
    assert found["code_before"].to_list() == [None, "inspections", UNCODED, None]
    assert found["code_after"].to_list() == [UNCODED, "fines", None, None]


def test_figures_around_are_all_alike() -> None:
    weights = weighing(("context", "召开0次", "law_training_sessions", AGAINST))
    assert code(None, weights, left="召开12.5次,活动") == "law_training_sessions"


def test_a_cell_of_a_table_is_told_by_its_headings() -> None:
    weights = weighing(("context", "年度培训", "law_training_sessions", AGAINST))
    assert code(None, weights, left="|", tail=None, context="年度培训") == "law_training_sessions"


def test_changes_have_no_code() -> None:
    assert code(None, weighing(("label", "活动", "law_training_sessions", AGAINST)), measure="change") is None


def test_without_weights_the_phrases_alone_decide() -> None:
    unlearnt = replace(knowledge(), weights=knowledge().weights.clear())
    assert code("theory_study_sessions", unlearnt) == "theory_study_sessions"
    assert code(None, unlearnt) is None


def test_no_observation_is_no_fault() -> None:
    rows = pl.LazyFrame(schema=dict.fromkeys(("label", "left", "tail", "context", "after", "unit", "unit_code", "measure", "code_before", "code_after", "indicator"), pl.String))
    assert reconsidered(rows, weighing(("label", "活动", "law_training_sessions", AGAINST))).collect().is_empty()
