"""Sentences whose numbers leave out their matter, which a heading or an earlier clause has named: each gets its code."""

import pytest

from tests.transforms.reading import observed


def codes(text: str) -> list[str | None]:
    return [row["indicator"] for row in observed(text)]


@pytest.mark.parametrize(("text", "code", "count"), [
    ("行政处罚情况:施工扬尘15件、违法搭建4件、无证施工2件。", "administrative_penalties", 3),
    ("各镇(街道)行政处罚量:东屿312件、南园207件、最少的柳湾18件。", "administrative_penalties", 3),
    ("(三)行政复议案件申请:公安类30件,自然资源类12件。", "reconsideration_applications", 2),
    ("受理的信访事项中,来信84件、网上投诉233件、上级交办51件。", "petitions_handled", 3),
    ("2024年行政处罚方面,市场监管领域41件,城市管理领域16件。", "administrative_penalties", 2),
])
def test_what_stands_under_a_heading_is_what_the_heading_names(text: str, code: str, count: int) -> None:
    assert codes(text) == [code] * count


@pytest.mark.parametrize(("text", "expected"), [
    # A doing with an object of its own counts that object.
    ("行政处罚方面:上门走访企业30家,印制宣传画200张。", "administrative_penalties"),
    ("行政处罚情况:其余2件,不予立案3件。", "administrative_penalties"),
    ("行政处罚案件12件,其中:外地电话回访5次。", "reconsideration_applications"),
    # A semicolon ends what a heading names.
    ("一是行政处罚:城管类12件;二是现场救援8件。", None),
])
def test_what_a_heading_does_not_name_has_not_its_code(text: str, expected: str | None) -> None:
    assert expected not in codes(text)[1:] if expected else codes(text)[1] is None


@pytest.mark.parametrize(("text", "code"), [
    ("对大额合同逐份审查,年内审查62份。", "contracts_reviewed"),
    ("采取院坝会的形式开展法治宣传,累计开展84场次。", "legal_publicity_events"),
    ("优待抚恤款及时足额发放,总额517万元。", "veterans_support"),
])
def test_a_bare_doing_or_amount_is_of_what_the_clause_before_names(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(("text", "code"), [
    ("受理委员提案49件,办结47件。", "cppcc_proposals_handled"),
    ("全年收到政府信息公开申请27件。按时办理完结25件。", "disclosure_requests"),
])
def test_what_was_dealt_with_is_of_what_was_counted_before(text: str, code: str) -> None:
    assert codes(text)[1] == code


@pytest.mark.parametrize(("text", "code"), [
    ("全年收到行政复议申请46件,其中涉及公安15件。审结38件。", "reconsiderations_concluded"),
    ("行政复议申请达1246件,较上年613件增加633件。受理1158件。", "reconsiderations_accepted"),
])
def test_the_sentence_before_names_it_beyond_its_parts_and_changes(text: str, code: str) -> None:
    assert codes(text)[-1] == code


@pytest.mark.parametrize(("text", "wanted"), [
    ("二是规范性文件管理环环相扣。全年备案19件、清理31件。", ["normative_documents_filed", "normative_documents_cleaned"]),
    ("三是加强信访工作。全年受理36件。", ["petitions_handled"]),
    # Another paragraph, a sentence with numbers, and a doing with an object of its own.
    ("规范性文件管理环环相扣。\n全年备案19件。", [None]),
    ("规范性文件管理环环相扣,设3个环节。全年备案19件。", [None, None]),
    ("三是加强信访工作。全年受理信用修复申请36件。", ["credit_repairs"]),
])
def test_a_bare_doing_is_of_the_matter_of_the_sentence_before(text: str, wanted: list[str | None]) -> None:
    assert codes(text) == wanted


def test_what_became_of_some_is_not_what_was_counted_before() -> None:
    assert codes("受理委员提案49件,退回2件,列为参考3件。")[1:] == [None, None]
    assert codes("走访企业49家,办结2件。")[1] != "enterprise_visits"


def test_a_list_before_a_number_is_read_as_a_whole() -> None:
    assert codes("外聘律师把关工程项目合同、特许经营协议8个。") == ["contracts_reviewed"]
    assert codes("审查项目合同、整改围挡8处。") == [None]


def test_kinds_are_of_what_the_clause_before_the_first_of_them_names() -> None:
    assert codes("全年出具的法律意见书,涉土地类41份,劳动人事类9份。") == ["legal_opinions_issued"] * 2
    assert codes("全年办理许可12件,涉土地类41份,劳动人事类9份。")[1:] == [None, None]
