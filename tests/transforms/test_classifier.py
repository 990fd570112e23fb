"""The classifier changes a code only where much more speaks for another, and only into one that fits."""

from dataclasses import replace

import polars as pl
import pytest

from tests.transforms.reading import knowledge
from transforms.classifier import INTERCEPT, MARGIN, NEWER, PLAIN, TO_NONE, reconsidered
from transforms.knowledge import Knowledge

CODES = ("", NEWER, "disputes_mediated", "theory_study_sessions", "law_training_sessions")
MUCH, LITTLE = MARGIN + 0.5, TO_NONE / 2


def weighing(*rows: tuple[str, str, str, float]) -> Knowledge:
    """The seeds with these weights: scope, text, code, weight; each class begins with 0."""
    begin = [(INTERCEPT, "", code, 0.0) for code in CODES]
    columns = ("scope", "text", "indicator", "weight")
    weights = pl.DataFrame([*begin, *rows], columns, orient="row").cast(pl.String)
    newer = pl.when(pl.col("indicator") == NEWER).then(pl.lit("true")).otherwise(pl.lit("false"))
    blank = pl.col("text", "indicator").replace(["", NEWER], None)
    return replace(knowledge(), weights=weights.with_columns(newer.alias("newer"), blank))


def code(given: str | None, weights: Knowledge, **told: str | None) -> str | None:
    """The code that an observation has in the end."""
    row = {"label": "开展活动", "left": "全年开展活动", "tail": "", "context": "全年开展活动#", "after": "",
           "unit": "次", "unit_code": "event", "measure": "level"}
    rows = pl.DataFrame([row | told | {"indicator": given}], schema=dict.fromkeys([*row, "indicator"], pl.String))
    found: str | None = reconsidered(rows.lazy(), weights).collect()["indicator"].item()
    return found


@pytest.mark.parametrize(("weight", "wanted"), [(MUCH, "law_training_sessions"), (MARGIN - 0.1, "theory_study_sessions")])
def test_another_code_is_given_where_much_more_speaks_for_it(weight: float, wanted: str) -> None:
    assert code("theory_study_sessions", weighing(("label", "活动", "law_training_sessions", weight))) == wanted


@pytest.mark.parametrize(("weight", "wanted"), [(TO_NONE + 0.1, None), (TO_NONE - 0.1, "theory_study_sessions")])
def test_a_code_is_taken_away_where_much_speaks_against_it(weight: float, wanted: str | None) -> None:
    assert code("theory_study_sessions", weighing(("label", "活动", "theory_study_sessions", -weight))) == wanted


@pytest.mark.parametrize(("weight", "wanted"), [(MARGIN + 0.1, "law_training_sessions"), (MARGIN - 0.1, None)])
def test_a_number_without_a_code_gets_one_where_much_speaks_for_it(weight: float, wanted: str | None) -> None:
    assert code(None, weighing(("context", "年开", "law_training_sessions", weight))) == wanted


def test_what_speaks_for_a_code_adds_up_over_label_words_around_and_facts() -> None:
    features = (("label", "^开展"), ("context", "动#"), ("after", "宪法"), ("unit", "次"))
    weights = weighing(*((*feature, "law_training_sessions", 0.4 * MARGIN) for feature in features))
    assert code(None, weights, after="宣讲宪法") == "law_training_sessions"
    assert code(None, weights, after="宣讲宪法", unit="场") == "law_training_sessions"
    assert code(None, weights, unit="场") is None


@pytest.mark.parametrize(("weight", "wanted"), [(PLAIN + 0.1, "theory_study_sessions"), (PLAIN - 0.1, None)])
def test_words_around_are_not_asked_where_the_label_speaks_plainly(weight: float, wanted: str | None) -> None:
    weights = weighing(("label", "活动", "theory_study_sessions", weight),
                       ("context", "年开", "theory_study_sessions", -weight - MUCH))
    assert code("theory_study_sessions", weights) == wanted


def test_a_run_of_characters_counts_once_however_often_it_stands() -> None:
    assert code(None, weighing(("label", "学", "law_training_sessions", LITTLE)), label="学学学学") is None


def test_no_code_is_given_in_a_unit_that_it_never_comes_in() -> None:
    weights = weighing(("label", "活动", "disputes_mediated", MUCH))
    assert code(None, weights, unit="件", unit_code="item") == "disputes_mediated"
    assert code(None, weights, unit="公里", unit_code="km") is None
    assert code(None, weights, unit="吨", unit_code="no_such_unit") is None


def test_a_newer_code_counts_as_its_nearest_ancestor_among_the_classes() -> None:
    given = "central_group_study_sessions"
    assert code(given, weighing(("label", "活动", "theory_study_sessions", MUCH))) == given
    assert code(given, weighing(("label", "活动", "law_training_sessions", MUCH))) == "law_training_sessions"


def test_newer_codes_without_an_ancestor_are_one_class() -> None:
    given = "vehicles_inspected"
    assert code(given, weighing(("label", "活动", NEWER, LITTLE))) == given
    assert code(given, weighing(("label", "活动", "law_training_sessions", MUCH), ("label", "开展", NEWER, MUCH))) == given
    assert code(given, weighing(("label", "活动", "law_training_sessions", MUCH))) == "law_training_sessions"


def test_a_newer_code_is_never_taken_away_for_none() -> None:
    assert code("vehicles_inspected", weighing(("label", "活动", "", 2 * MUCH))) == "vehicles_inspected"


def test_which_newer_code_it_is_the_classifier_does_not_know() -> None:
    weights = weighing(("label", "活动", NEWER, MUCH))
    assert code(None, weights) is None
    assert code("law_training_sessions", weights) is None


def test_figures_around_are_all_alike() -> None:
    weights = weighing(("context", "召开0次", "law_training_sessions", MUCH))
    assert code(None, weights, left="召开12.5次,活动") == "law_training_sessions"


def test_a_cell_of_a_table_is_told_by_its_headings() -> None:
    weights = weighing(("context", "年度培训", "law_training_sessions", MUCH))
    assert code(None, weights, left="|", tail=None, context="年度培训") == "law_training_sessions"


def test_changes_have_no_code() -> None:
    assert code(None, weighing(("label", "活动", "law_training_sessions", MUCH)), measure="change") is None


def test_without_weights_the_phrases_alone_decide() -> None:
    unlearnt = replace(knowledge(), weights=knowledge().weights.clear())
    assert code("theory_study_sessions", unlearnt) == "theory_study_sessions"
    assert code(None, unlearnt) is None


def test_no_observation_is_no_fault() -> None:
    rows = pl.LazyFrame(schema=dict.fromkeys(("label", "left", "tail", "context", "after", "unit", "unit_code", "measure", "indicator"), pl.String))
    assert reconsidered(rows, weighing(("label", "活动", "law_training_sessions", MUCH))).collect().is_empty()
