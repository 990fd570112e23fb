"""Series whose members name only what makes them different: each has the code of its whole, or of the first."""

import pytest

from tests.transforms.reading import observed


def codes(text: str) -> list[str | None]:
    return [row["indicator"] for row in observed(text)]


@pytest.mark.parametrize("text", [
    "新收行政复议案件341件,超过往年,涉及公安类150件、市场监管类88件。",
    "收到行政复议申请45件,以县政府为被申请人的8件。",
    "行政复议申请受理情况良好,全年收到复议申请60件,下半年31件。",
    "一般程序行政处罚案件办理13起,擅设弃置场的3起,露天焚烧的10起。",
    "收到各类交通审批、服务申请2946件,网上办的1382件,窗口办的1564件。",
])
def test_a_member_is_of_what_its_whole_is(text: str) -> None:
    [whole, *members] = codes(text)
    assert whole is not None
    assert set(members) == {whole}


@pytest.mark.parametrize(("text", "code"), [
    ("评选国家级民主法治示范村1个,省级8个,市级24个。", "rule_of_law_villages"),
    ("审查规范性文件38件次,涉及营商环境19件、民生保障11件。", "normative_documents_reviewed"),
    ("开展法治专题辅导13场(次),其中厅机关5场,直属单位8场。", "law_training_sessions"),
])
def test_levels_topics_and_bodies_are_members(text: str, code: str) -> None:
    assert set(codes(text)) == {code}


@pytest.mark.parametrize("text", [
    # No kind of penalty: there are more of them.
    "实施行政处罚26件,行政征收类1852件。",
    "实施行政处罚684件,撤销类2件。",
    "出台规范性文件12件,报送省厅3件。",
    "调解矛盾纠纷320件,涉及乡镇12个。",
    # The bodies are counted themselves.
    "整改问题30个,责任单位5个。",
    "开展法治讲座12场,书籍类30册。",
    "废止规范性文件16份,移送6份。",
    "审查政府合同64份,涉诉合同2份。",
    "收到行政复议申请60件,结转下年的4件。",
])
def test_another_stage_outcome_matter_or_unit_is_no_member(text: str) -> None:
    assert codes(text)[1] is None


@pytest.mark.parametrize(("text", "expected"), [
    ("对29件政府文件、46份合同和13项决策进行合法性审查。", ["legality_reviews", "contracts_reviewed", "legality_reviews"]),
    ("召开12次党组会议、6次局长办公会议研究部署法治政府建设。", ["rule_of_law_meetings"] * 2),
    ("召开党组会议9次、全面依法治县委员会会议4次,听取法治建设汇报。", ["rule_of_law_meetings"] * 2),
    ("局党组会议9次、办公会议4次讨论法治建设议题13个。", ["rule_of_law_meetings"] * 2 + ["topics_deliberated"]),
])
def test_the_words_after_the_last_of_a_series_are_of_all(text: str, expected: list[str | None]) -> None:
    assert codes(text) == expected


def test_words_that_run_up_to_a_further_number_are_of_that() -> None:
    assert codes("检查3个科室、4个站所共梳理廉政风险点112个。")[:2] == [None, None]
