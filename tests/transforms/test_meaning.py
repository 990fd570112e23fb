"""What a number means where it stands: label, measure, status, period, whole, code."""

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from tests.transforms.reading import observe, observed
from transforms.codes import lineage, settled


@pytest.mark.parametrize(("text", "labels"), [
    ("发放理论书籍4900册。", ["理论书籍"]),
    ("街道辖13个社区。", ["社区"]),
    ("遴选了68名“法律明白人”。", ["法律明白人"]),
    ("开展法律明白人培训4场次、260人次。", ["法律明白人培训", "法律明白人培训"]),
    ("调解案件409件,化解率99%。", ["调解案件", "化解率"]),
    ("受理、办结和回复分别为12件、10件和9件。", ["受理", "办结", "回复"]),
    ("为3个镇各配备2名调解员。", ["镇", "调解员"]),
    ("对120栋、3.5万平方米老旧楼房开展排查。", ["老旧楼房", "老旧楼房"]),
    ("应诉案件分别为12件、30件和5件。", ["应诉案件", "应诉案件", "应诉案件"]),
    ("集中签约45个项目。", ["签约项目"]),
    ("对36家各类企业开展检查。", ["对企业开展检查"]),
    ("对现有8名执法人员开展轮训。", ["对执法人员开展轮训"]),
    ("查处无证经营案件12件。", ["查处无证经营案件"]),
    ("开展述职评议和述法测评各1次。", ["述职评议", "述法测评"]),
    ("对9件采购、租赁合同进行审核。", ["采购、租赁合同"]),
    ("火灾起数、受伤人数均下降6%。", ["火灾起数", "受伤人数"]),
    ("中心组学法、局务会学法全年均达到5次。", ["中心组学法", "局务会学法"]),
    ("参观禁毒基地、旁听庭审,各完成2次。", ["参观禁毒基地", "旁听庭审"]),
    ("常务会和党组会学法次数均为6次。", ["常务会", "党组会学法"]),
    ("受理和办结复议案件各为36件、40件。", ["受理", "办结复议案件"]),
    ("复议案件、诉讼案件年均3件。", ["诉讼案件"]),
    ("中心组、常务会举办法治讲座各3次。", ["中心组举办法治讲座", "常务会举办法治讲座"]),
    ("全年结案(含案前调解、撤回申请)91件。", ["结案"]),
    ("代理民事、行政诉讼案件9件。", ["民事、行政诉讼案件"]),
    ("发放食品许可证30个、药店许可证(含校验)9个。", ["发放食品许可证", "发放药店许可证"]),
    ("120人参加考试,118人合格。", ["参加考试", "合格"]),
    ("考试通过9568人。", ["考试通过"]),
    ("召开党委(扩大)会议26次。", ["召开党委(扩大)会议"]),
    ("明确全年7大项、24小项工作任务。", ["工作任务", "工作任务"]),
    ("57名在编人员考试通过率100%。", ["在编人员", "通过率"]),
    ("举办培训3期共150人。", ["培训", "培训"]),
    ("举办法治培训班(2期、180人次)。", ["法治培训班", "法治培训班"]),
    ("县委先后8次开展会前学法。", ["开展会前学法"]),
    ("局党组会5次开展专题研讨,内容为行政诉讼法。", ["局党组会开展专题研讨"]),
    ("召开党组会5次开展专题研讨3场。", ["召开党组会", "开展专题研讨"]),
    ("信访事项列入重点任务,年内4次将积案清理列入镇长办公会。", ["将积案清理列入镇长办公会"]),
    ("全年抽查企业93户、药店8户。", ["抽查企业", "抽查药店"]),
    ("学法考法扎实推进,全市9331名在职人员全部参与考核。", ["在职人员"]),
    ("全市48个单位238人参加执法培训。", ["单位", "参加执法培训"]),
    ("分管领导、业务骨干共300余人次参加专题培训。", ["业务骨干参加专题培训"]),
    ("干部学法考试参考率、合格率均达100%。", ["参考率", "合格率"]),
    ("干部学法考试参考率优秀率均98%。", ["参考率", "优秀率"]),
    ("法治建设知晓率参与率满意率都达到95%。", ["知晓率", "参与率", "满意率"]),
    ("全县率先实现法律顾问覆盖率均达100%。", ["法律顾问覆盖率"]),
    ("事项网办、掌办率达98%。", ["网办率", "掌办率"]),
    ("排水户录入与巡查率都达到98%。", ["录入率", "巡查率"]),
    ("企业、群众满意率均达98%。", ["满意率"]),
    ("学法考试参考、合格两率均为98%。", ["参考率", "合格率"]),
    ("文件报备、及时、规范三个比率均是100%。", ["报备率", "及时率", "规范率"]),
    ("授权审批、委托受理比例均超91%。", ["授权审批比例", "委托受理比例"]),
    ("参考、合格两率分别为98%、97%。", ["参考率", "合格率"]),
    ("参考、合格两率平均为98%。", ["合格"]),
    ("研究生、本科生比例达90%。", ["本科生比例"]),
    ("事项认领率、事项发布率、证照签章率达到“四个100%”。", ["认领率", "发布率", "签章率"]),
    ("全县72家单位开展述职评议和述法测评各1次。", ["单位", "述职评议", "述法测评"]),
    ("就企业保护、欠薪清零等六项重点工作督察。", ["重点工作"]),
    ("举办依法行政培训12期四是加强监督。", ["依法行政培训"]),
    ("执法人员120人,其中本科90人(占75%)。", ["执法人员", "本科", "本科"]),
    ("制定7个和12件政府规章。", ["政府规章", "政府规章"]),
    ("建成9个村（社区）法律服务室。", ["村（社区）法律服务室"]),
    ("共检查学校、幼儿园77家次。", ["检查学校、幼儿园"]),
    ("召开4次法治新安(法治政府)建设推进会。", ["建设推进会"]),
    ("已检查商户28家、建筑工地7处,整改隐患3处。", ["检查商户", "检查建筑工地", "整改隐患"]),
    ("检查28家商户、7处建筑工地和3所学校。", ["检查商户", "检查建筑工地", "检查学校"]),
    ("对12家化工企业、30家运输企业开展检查。", ["对化工企业", "对运输企业开展检查"]),
    ("审查合同30份、规范性文件5件。", ["审查合同", "审查规范性文件"]),
    ("依法查处交通违法行为120起。", ["查处交通违法行为"]),
    ("每周组织干部开展宪法专题学习,全年累计开展35次。", ["开展宪法专题学习"]),
    ("稳妥开展行政应诉工作,共办理16件。", ["办理行政应诉工作"]),
    ("中心组、常务会议分别学法3次、9次。", ["中心组学法", "常务会议学法"]),
    ("市、县两级网办比例分别达到98.6%、97.9%。", ["市网办比例", "县两级网办比例"]),
    ("县、乡两级法律顾问分别为5名、24名。", ["县法律顾问", "乡两级法律顾问"]),
    ("市政府及其办公室文件、合同合法性审查分别为156件、39件。", ["其办公室文件", "合同合法性审查"]),
    ("城东所、城西所分别开展3次普法宣传。", ["开展普法宣传"]),
    ("热线转办的2.3万件诉求按时办结率达99.4%。", ["热线转办的诉求", "诉求,按时办结率"]),
    ("法院、检察院分别提出司法建议5条、检察建议8条。", ["法院提出司法建议", "检察院检察建议"]),
    ("复议收案88件,结案率95.5%,84件已办结。", ["复议收案", "复议收案,结案率", "复议收案"]),
    ("截至12月底受理申请92件。", ["受理申请"]),
    ("组织2期共180人次的法治培训班。", ["法治培训班", "法治培训班"]),
    ("县常务会研究、听取依法行政汇报4次。", ["常务会研究、听取依法行政汇报"]),
    ("围绕依法行政、法治建设开会7次。", ["围绕依法行政、法治建设开会"]),
    ("收到各类审批、服务申请46件。", ["收到各类审批、服务申请"]),
    ("政府文件、项目协议审查24件,规范性文件备案、合同审查12件。", ["政府文件、项目协议审查", "合同审查"]),
    ("参加行政执法培训、考试7期。", ["行政执法培训、考试"]),
    ("应对舆情、突发事件处置3起。", ["突发事件处置"]),
    ("立案45件,与上年同期的38件相比上升18%。", ["立案", "立案", "立案"]),
    ("办件满意度98%,比上年同期高1.2个百分点。", ["办件满意度", "办件满意度"]),
    ("15名队员通过结业考试,8人被评为优秀。", ["通过结业考试", "被评为优秀"]),
    ("受理许可申请38准予许可31不予许可2延期5。", ["受理许可申请", "准予许可", "不予许可", "延期"]),
])
def test_a_label_has_the_words_for_what_is_counted(text: str, labels: list[str]) -> None:
    rows = observed(text)
    assert len(rows) == len(labels)
    assert all(label in row["label"] for label, row in zip(labels, rows, strict=True))


@pytest.mark.parametrize(("text", "measure", "value", "low", "high"), [
    ("案件同比下降12.5%。", "change_ratio", -12.5, -12.5, -12.5),
    ("受理量同比增长8%。", "change_ratio", 8, 8, 8),
    ("办理时限压缩80%以上。", "change_ratio", -80, None, -80),
    ("精简申报材料288项。", "change", -288, -288, -288),
    ("比前一年多了76件。", "change", 76, 76, 76),
    ("收案量同比少23件。", "change", -23, -23, -23),
    ("收案净增12件。", "change", 12, 12, 12),
    ("收案增幅为59%。", "change_ratio", 59, 59, 59),
    ("净增市场主体23户。", "level", 23, 23, 23),
    ("比上年多受理35件。", "change", 35, 35, 35),
    ("满意度较全县平均低0.3个百分点。", "change", -0.3, -0.3, -0.3),
    ("合格率高于全省平均水平1.2个百分点。", "change", 1.2, 1.2, 1.2),
    ("安装护栏高12米。", "level", 12, 12, 12),
    ("出庭应诉率连续3年100%。", "level", 100, 100, 100),
    ("宣传活动多达30场。", "level", 30, 30, 30),
    ("满意度较上年提升5个百分点。", "change", 5, 5, 5),
    ("证明事项压减至9项。", "level", 9, 9, 9),
    ("新增执法人员20名。", "level", 20, 20, 20),
    ("按期办结率98%。", "level", 98, 98, 98),
    ("法治建设考核权重提高到8%。", "level", 8, 8, 8),
    ("一线执法人员占65%。", "share", 65, 65, 65),
    ("80%的案件当场办结。", "share", 80, 80, 80),
])
def test_level_share_and_change(text: str, measure: str, value: float, low: float | None, high: float | None) -> None:
    [row] = observed(text)
    assert (row["measure"], row["value"], row["value_low"], row["value_high"]) == (measure, value, low, high)


@pytest.mark.parametrize(("text", "status"), [
    ("开展培训3场。", ["reported"]),
    ("四、2024年工作安排\n培训执法人员300人次。", ["planned"]),
    ("投诉由120件减少到90件。", ["prior", "reported"]),
    ("投诉由120件至90件。", ["prior", "reported"]),
    ("将62项考核指标精简为13项。", ["prior", "reported"]),
    ("收案由100件增长到130件。", ["prior", "reported"]),
    ("收案90件,比去年的120件减少30件。", ["reported", "prior", "reported"]),
    ("收案90件,较2022年同期120件下降25%。", ["reported", "prior", "reported"]),
    ("收案90件,比去年80件多10件。", ["reported", "prior", "reported"]),
    ("与2022年12家单位续签协议。", ["reported"]),
    ("收案比去年多10件,结案95件。", ["reported", "reported"]),
    ("去年调解纠纷80件。", ["prior"]),
    ("受理复议申请(含上年结转、网上提交)80件。", ["reported"]),
    ("力争新建工作站5个。", ["planned"]),
    ("印发《2023年法治建设工作计划》等文件15件。", ["reported"]),
])
def test_status(text: str, status: list[str]) -> None:
    assert [row["status"] for row in observed(text)] == status


@pytest.mark.parametrize(("text", "start", "end"), [
    ("开展培训3场。", date(2023, 1, 1), date(2023, 12, 31)),
    ("2022年至今无行政败诉案件。", date(2022, 1, 1), date(2023, 12, 31)),
    ("上半年开展培训3场。", date(2023, 1, 1), date(2023, 6, 30)),
    ("截至11月,开展培训3场。", date(2023, 1, 1), date(2023, 11, 30)),
    ("五年来开展培训30场。", date(2019, 1, 1), date(2023, 12, 31)),
])
def test_the_period_is_what_the_clause_says(text: str, start: date, end: date) -> None:
    [row] = observed(text, 2023)
    assert (row["period_start"], row["period_end"]) == (start, end)


def test_a_part_names_its_whole_and_the_next_clause_is_no_part() -> None:
    whole, part, other = observed("调解案件共409件(其中物业纠纷272件),走访12户。")
    assert part["part_of"] == whole["observation_id"]
    assert other["part_of"] is None


@pytest.mark.parametrize("text", [
    "全年办案210件(其中简易程序90件、普通程序120件、移送公安6件)。", "办结纠纷210件;其中物业纠纷90件,邻里纠纷15件,借贷纠纷8件。",
])
def test_parts_go_on_to_the_end_of_their_bracket_or_behind_a_semicolon(text: str) -> None:
    whole, *parts = observed(text)
    assert [row["part_of"] for row in parts] == [whole["observation_id"]] * 3


@pytest.mark.parametrize(("text", "codes"), [
    ("办结行政执法案件30件,罚款8万元。按程序分,简易程序20件;普通程序9件。", ["enforcement_cases_closed"] * 2),
    ("办理行政许可138件。包括:企业设立48件;食品经营66件。", ["licences_granted"] * 2),
    ("现有行政执法人员27名:县局派驻9人,镇级6人。", ["enforcement_officers"] * 2),
    ("全年合法性审查61份。从类型看,采购合同45份,租赁合同6份。", ["legality_reviews"] * 2),
    ("收到行政复议申请60件。按结果分,审结50件,撤回3件。", ["reconsiderations_concluded", None]),
])
def test_kinds_of_what_was_counted_are_parts_of_it(text: str, codes: list[str | None]) -> None:
    whole, *others = observed(text)
    parts = [row for row in others if row["unit_code"] == whole["unit_code"]]
    assert [row["part_of"] for row in parts] == [whole["observation_id"]] * 2
    assert [row["indicator"] for row in parts] == codes


def test_a_semicolon_ends_kinds_that_commas_part() -> None:
    rows = observed("检查企业80家:商场9家,学校12家;走访困难家庭20家。")
    assert [row["part_of"] for row in rows] == [None, rows[0]["observation_id"], rows[0]["observation_id"], None]


def test_parts_may_come_in_another_unit_of_the_same_kind() -> None:
    whole, *parts = observed("全县信访总量1134件次,其中来信96件、来电412件、网信626件。")
    assert [row["part_of"] for row in parts] == [whole["observation_id"]] * 3


@pytest.mark.parametrize("text", [
    "现有政务服务事项515项,许可事项218项,其他事项297项。", "服务评价很满意802条,满意163条,合计965条。",
])
def test_numbers_that_add_up_exactly_are_parts_without_a_word(text: str) -> None:
    rows = observed(text)
    whole = max(rows, key=lambda row: row["value"])
    assert [row["part_of"] for row in rows if row is not whole] == [whole["observation_id"]] * 2
    assert whole["part_of"] is None


@pytest.mark.parametrize("text", [
    "全年办理处罚案件152件,罚款1735万元。罚款不满一万元的案件96件,占比63.2%;听证案件41件,占27%。",
    "公布决策事项8项;已出台2项,执行中3项,占38%,推迟3项,占38%。",
])
def test_numbers_told_with_their_share_of_a_count_are_parts_of_it(text: str) -> None:
    rows = observed(text)
    parts = [row for row, share in pairwise(rows) if share["unit"] == "%"]
    assert [row["part_of"] for row in parts] == [rows[0]["observation_id"]] * 2


def test_a_rest_that_fills_up_a_count_has_its_code_and_no_other() -> None:
    codes = [observed(f"公布重大行政决策事项8项;出台2项,其余{n}项按程序推进。")[-1]["indicator"] for n in (6, 5)]
    assert codes == ["major_decisions", None]


def test_what_was_done_with_some_is_no_part_of_them_for_being_told_as_a_share() -> None:
    assert [row["part_of"] for row in observed("征求意见300条,采纳240条,占80%。")] == [None] * 3


def test_small_numbers_add_up_by_chance() -> None:
    assert [row["part_of"] for row in observed("开展学习9次,召开会议6次,组织测试3次。")] == [None] * 3


def test_a_rate_keeps_its_name_behind_its_change() -> None:
    change, rate = observed("群众满意度较上年提升2.3个百分点,达96.5%。")
    assert (change["measure"], rate["measure"]) == ("change", "level")


def test_of_the_cases_counted_some_are_parts() -> None:
    whole, lost = observed("审结的146件行政应诉案件中,败诉46件。")
    assert lost["part_of"] == whole["observation_id"]


def test_a_remark_in_brackets_opens_no_parts_of_its_own() -> None:
    whole, *kinds = observed("现有诊所132家,其中:公立诊所100家(含村卫生室),民营诊所2家,个体诊所30家。")
    assert [row["part_of"] for row in kinds] == [whole["observation_id"]] * 3


def test_a_sentence_that_begins_with_among_them_goes_on_with_the_parts() -> None:
    whole, fine, part = observed("全区办理处罚案件4960件,罚款1700万元。其中,来自举报线索的案件871件。")
    assert (fine["part_of"], part["part_of"]) == (None, whole["observation_id"])


def test_a_report_that_begins_with_a_part_has_no_whole_in_another() -> None:
    parts = observe(["调解纠纷409件。", "其中物业纠纷272件。"])["part_of"]
    assert parts.null_count() == 2


def test_parts_add_up_to_no_more_than_the_whole() -> None:
    rows = observed("办理许可50件,其中新办30件、变更20件、注销15件。")
    assert [row["part_of"] is not None for row in rows] == [False, True, True, False]


@pytest.mark.parametrize(("text", "code"), [
    ("调解矛盾纠纷19件。", "disputes_mediated"),
    ("作出行政处罚12件。", "administrative_penalties"),
    ("负责人出庭应诉率100%。", "head_appearance_rate"),
    ("召开党组会议4次,研究部署法治建设。", "rule_of_law_meetings"),
    ("召开县政府常务会议31次,其中专题研究法治建设。", "government_meetings"),
    ("完成对3份部门规范性文件的备案审查。", "normative_documents_filed"),
    ("召开县政府常务会议4次。", "government_meetings"),
    ("召开党组会议4次。", None),
    ("中心组开展法治学习3次。", "central_group_study_sessions"),
    ("中心组开展学法3次。", "officials_law_study_sessions"),
    ("中心组集中学习3次。", "central_group_study_sessions"),
    ("开展法治学习和工作部署6次。", None),
    ("每季度组织法治培训不少于1次。", None),
    ("每个网格配备1名网格员。", None),
    ("开展安全监管及执法检查6家次。", "inspections"),
    ("会场摆放桌椅12套。", None),
    ("执法检查总次数300次。", "inspections"),
    ("发放《公共场所卫生许可证》86件。", "licences_granted"),
    ("作出行政处罚同比下降8%。", None),
])
def test_a_code_fits_or_none_is_given(text: str, code: str | None) -> None:
    assert [row["indicator"] for row in observed(text)] == [code]


def test_words_after_the_number_tell_what_it_is_of() -> None:
    [row] = observed("开展专题学习4次,重点学习宪法。")
    assert row["indicator"] == "officials_law_study_sessions"


@pytest.mark.parametrize(("matters", "code"), [("专题研究法治建设议题", "rule_of_law_meetings"), ("征求法治建设意见", None)])
def test_what_a_meeting_dealt_with_tells_what_it_is_of(matters: str, code: str | None) -> None:
    meeting, _ = observed(f"局里召开专题会议6次,{matters}12项。")
    assert meeting["indicator"] == code


def test_what_follows_a_noun_and_is_counted_itself_is_not_the_code_of_the_noun() -> None:
    assert [row["indicator"] for row in observed("全区24个单位办理行政处罚4119件。")] == [
        None, "administrative_penalties"
    ]


def test_villages_that_do_something_are_counted_and_what_they_do_it_with_by_the_next_number() -> None:
    rows = observed("全镇21个村设置网格132个、成立调解委员会21个。")
    assert [row["indicator"] for row in rows] == ["communities", "grid_cells", "mediation_organisations"]


def test_villages_that_win_a_title_are_counted_as_those_that_have_it() -> None:
    [row] = observed("年内5个村(社区)成功创建省级民主法治示范村(社区)。")
    assert row["indicator"] == "rule_of_law_villages"


def test_what_is_joined_to_the_next_number_keeps_its_code() -> None:
    rows = observed("召开2次依法治县委员会会议和4次依法治县办主任会议。")
    assert [row["indicator"] for row in rows] == ["rule_of_law_meetings", "rule_of_law_meetings"]


@pytest.mark.parametrize(("fitting", "code"), [
    (["grandchild", "child"], "grandchild"),
    (["child", "sibling"], "parent"),
    (["grandchild", "sibling"], "parent"),
    (["child", "stranger"], None),
    (["stranger"], "stranger"),
])
def test_of_codes_that_fit_alike_the_more_specific_wins_or_what_they_share(fitting: list[str], code: str | None) -> None:
    kinship = lineage(pl.DataFrame({
        "indicator": ["parent", "child", "sibling", "grandchild", "stranger"],
        "parent": [None, "parent", "parent", "child", None],
    })).lazy()
    tied = pl.LazyFrame({"case": [1] * len(fitting), "indicator": fitting})
    assert settled(tied, kinship).collect()["indicator"].to_list() == ([code] if code else [])


def test_cells_of_a_table_take_label_unit_and_scale_from_their_headings() -> None:
    rows = observed("表1 执法情况(单位:件)\n领域\t立案\t罚款(万元)\n市容\t2140\t68.2\n")
    assert [(row["value"], row["unit"], row["label"]) for row in rows] == [
        (2140.0, "件", "市容立案"), (682_000.0, "元", "市容罚款")
    ]
