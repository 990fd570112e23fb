"""Those of whom only is said that they took part are the audience of the last event of their sentence."""

import pytest

from flows.seeds import read_seed
from tests.transforms.reading import observed


def codes(text: str) -> list[str | None]:
    return [row["indicator"] for row in observed(text)]


@pytest.mark.parametrize(("text", "code"), [
    ("举办法治培训班3期,参与人数达40余人次。", "law_training_participants"),
    ("开展普法宣传活动32场,发放手册900份,服务群众2100余人。", "publicity_reach"),
    ("开展法治讲座5场,覆盖师生2000人次。", "publicity_reach"),
    ("组织消防应急演练2场,参与职工80人。", "drill_participants"),
])
def test_an_audience_has_its_code_by_the_event(text: str, code: str) -> None:
    assert codes(text)[-1] == code


@pytest.mark.parametrize("text", [
    # Nobody knows what the event was.
    "举办招聘会3场,参与群众500人次。",
    # Another sentence.
    "开展普法宣传活动32场。服务群众2100余人。",
    # They did something else.
    "开展法治讲座5场,聘任法治辅导员12人。",
    "举办法治培训班3期,参与企业40家。",
])
def test_others_are_no_audience(text: str) -> None:
    assert codes(text)[-1] not in {"publicity_reach", "law_training_participants"}


def test_events_and_audiences_are_codes_of_the_codebook_in_units_that_fit() -> None:
    codebook = read_seed("indicators")
    units = dict(codebook.select("indicator", "unit_codes").iter_rows())
    pairs = read_seed("audiences")
    assert pairs["event"].is_unique().all()
    for event, audience in pairs.iter_rows():
        assert "event" in units[event].split(), event
        assert {"person", "person_time"} <= set(units[audience].split()), audience
