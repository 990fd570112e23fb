"""What is a quantity, with its value, bounds and unit, and what only looks like one."""

import pytest

from tests.transforms.reading import knowledge, observe, observed

DATED = ["日", "日历天", "月", "年", "日元"]
STATED = [
    ("发放城乡低保金145万余元。", "145万余元", 1_450_000, "over", 1_450_000, 1_460_000, "元", "CNY"),
    ("医疗救助36余万元。", "36余万元", 360_000, "over", 360_000, 370_000, "元", "CNY"),
    ("罚款1.234567812345万余元。", "1.234567812345万余元", 12345.678123, "over", 12345.678123, 12345.678124, "元", "CNY"),
    ("覆盖1.5万余人次。", "1.5万余人次", 15_000, "over", 15_000, 16_000, "人次", "person_time"),
    ("接待群众100余人。", "100余人", 100, "over", 100, 200, "人", "person"),
    ("补助约80万元。", "约80万元", 800_000, "approx", None, None, "元", "CNY"),
    ("开展讲座15次以上。", "15次以上", 15, "at_least", 15, None, "次", "event"),
    ("审查合同超185份。", "超185份", 185, "at_least", 185, None, "份", "item"),
    ("合同金额超37亿余元。", "超37亿余元", 3.7e9, "over", 3.7e9, 3.8e9, "元", "CNY"),
    ("培训近百人。", "近百人", 100, "near", None, 100, "人", "person"),
    ("现场咨询千余人。", "千余人", 1000, "over", 1000, 2000, "人", "person"),
    ("每季度召开会议3至5次。", "3至5次", None, "range", 3, 5, "次", "event"),
    ("登记人员1 157名。", "1 157名", 1157, "exact", 1157, 1157, "名", "person"),
    ("收到工单12,345件。", "12,345件", 12_345, "exact", 12_345, 12_345, "件", "item"),
    ("观看人次超1232万。", "超1232万", 12_320_000, "at_least", 12_320_000, None, "人次", "person_time"),
    ("评查案卷370余,优秀率高。", "370余", 370, "over", 370, 380, None, None),
    ("清查面积22.37万平米。", "22.37万平米", 223_700, "exact", 223_700, 223_700, "平米", "m2"),
    ("群众知晓率百分之九十五。", "百分之九十五", 95, "exact", 95, 95, "%", "percent"),
    ("召开会议两次。", "两次", 2, "exact", 2, 2, "次", "event"),
    ("开展宣讲十余场。", "十余场", 10, "over", 10, 20, "场", "event"),
    ("调解纠纷三百余件。", "三百余件", 300, "over", 300, 400, "件", "item"),
    ("协议金额3541.07万元2.开展清理。", "3541.07万元", 35_410_700, "exact", 35_410_700, 35_410_700, "元", "CNY"),
    ("立法、执法、普法四个协调小组运行。", "四个", 4, "exact", 4, 4, "个", "item"),
    ("6大行业主管部门述法。", "6大", 6, "exact", 6, 6, "大", "item"),
    ("集中签约45个项目。", "45个", 45, "exact", 45, 45, "个", "item"),
    ("节约资金外,再节约5300万元。", "5300万元", 53_000_000, "exact", 53_000_000, 53_000_000, "元", "CNY"),
    ("查找不足12条。", "12条", 12, "exact", 12, 12, "条", "item"),
    ("其中两人获聘公职律师。", "两人", 2, "exact", 2, 2, "人", "person"),
    ("自助机进驻十个村委会。", "十个", 10, "exact", 10, 10, "个", "item"),
    ("举办两期骨干培训班。", "两期", 2, "exact", 2, 2, "期", "event"),
    ("选派三名干部驻村。", "三名", 3, "exact", 3, 3, "名", "person"),
    ("全年共发布一份公告。", "一份", 1, "exact", 1, 1, "份", "item"),
    ("半数以上案件由调解结案。", "半数以上", 50, "at_least", 50, None, "%", "percent"),
    ("发放手册5000+份。", "5000+份", 5000, "over", 5000, 6000, "份", "item"),
    ("举办为期三天的封闭集训。", "三天", 3, "exact", 3, 3, "天", "day"),
    ("两位专家到场评查。", "两位", 2, "exact", 2, 2, "位", "person"),
    ("分三批下放许可权限。", "三批", 3, "exact", 3, 3, "批", "batch"),
    ("梳理出五大方面18个问题。", "五大", 5, "exact", 5, 5, "大", "item"),
    ("净水能力约9万吨/日。", "约9万吨/日", 90_000, "approx", None, None, "吨/日", None),
    ("全年清理证明事项26出台配套办法。", "26", 26, "exact", 26, 26, None, None),
    ("建成18个人民调解委员会。", "18个", 18, "exact", 18, 18, "个", "item"),
    ("学习《档案法》等五部法律。", "五部", 5, "exact", 5, 5, "部", "item"),
    ("就噪声治理、欠薪清零等六项重点工作组织督察。", "六项", 6, "exact", 6, 6, "项", "item"),
    ("将任务细分为九个方面66项举措。", "九个", 9, "exact", 9, 9, "个", "item"),
    ("党校教师讲授四期解读课程。", "四期", 4, "exact", 4, 4, "期", "event"),
    ("联合5部门整治市场。", "5部门", 5, "exact", 5, 5, "部门", "item"),
    ("对3市开展督察。", "3市", 3, "exact", 3, 3, "市", "item"),
    ("断面水质达标率保持百分百。", "百分百", 100, "exact", 100, 100, "%", "percent"),
    ("抽调9人工作小组驻点。", "9人", 9, "exact", 9, 9, "人", "person"),
    ("督促落实重大行政决策34三是推进立法。", "34", 34, "exact", 34, 34, None, None),
    ("参加考试40学时。", "40学时", 40, "exact", 40, 40, "学时", "class_hour"),
    ("参训人员1120(人次),年审证件318个。", "1120(人次)", 1120, "exact", 1120, 1120, "人次", "person_time"),
    ("窗口受理量比上年增长近一倍。", "近一倍", 1, "near", None, 1, "倍", "multiple"),
    ("臭氧浓度降到37µg/m3。", "37µg/m3", 37, "exact", 37, 37, "µg/m3", "ug_per_m3"),
    ("督察组赴9省(区、市)实地督察。", "9省(区、市)", 9, "exact", 9, 9, "省(区、市)", "item"),
    ("普法短片累计播出7万余小时。", "7万余小时", 70_000, "over", 70_000, 80_000, "小时", "hour"),
    ("隐患整改率(%)99.5,挂牌督办2处。", "99.5", 99.5, "exact", 99.5, 99.5, "%", "percent"),
    ("线上讲堂开讲6讲。", "6讲", 6, "exact", 6, 6, "讲", "event"),
    ("读书班集中学习5天。", "5天", 5, "exact", 5, 5, "天", "day"),
    ("两处列入考评的三个断面达标。", "三个", 3, "exact", 3, 3, "个", "item"),
    ("获评“守法单位”两项荣誉。", "两项", 2, "exact", 2, 2, "项", "item"),
    ("项目从拿地到开工仅12天。", "12天", 12, "exact", 12, 12, "天", "day"),
    ("优良天数超额完成12天。", "12天", 12, "exact", 12, 12, "天", "day"),
    ("开展2次多部门联合检查。", "2次", 2, "exact", 2, 2, "次", "event"),
    ("撤销5支行政执法队伍。", "5支", 5, "exact", 5, 5, "支", "item"),
    ("考评居全市第一、7个镇获表扬。", "7个", 7, "exact", 7, 7, "个", "item"),
    ("抽调骨干组成五个督察组。", "五个", 5, "exact", 5, 5, "个", "item"),
    ("五项重大行政决策公开征求意见。", "五项", 5, "exact", 5, 5, "项", "item"),
]


@pytest.mark.parametrize(("text", "quote", "value", "qualifier", "low", "high", "unit", "unit_code"), STATED)
def test_a_stated_quantity(
    text: str, quote: str, value: float | None, qualifier: str, low: float | None, high: float | None,
    unit: str | None, unit_code: str | None,
) -> None:
    [row] = [row for row in observed(text) if row["quote"] == quote]
    assert (row["value"], row["qualifier"], row["value_low"], row["value_high"]) == (value, qualifier, low, high)
    assert (row["unit"], row["unit_code"]) == (unit, unit_code)
    assert text[row["char_start"]:row["char_end"]] == quote


@pytest.mark.parametrize("text", [
    "在全市法治考评中进入前20名,满意度位列前三名。", "产值保持两位数增长。",
    "提请县十八届人大三次会议审议。", "落实市第六届人大二次会议精神。", "推出助企40条等政策。",
    "查处无照经营案件。", "对无法调解的纠纷引导诉讼。", "开展“零上访”村创建。",
    "建成二期工程。", "回访后二次办理。", "确保两人以上执法。", "给80-89岁老人拜年。", "90分以上的人数不多。",
    "不存在应当撤销的情形。", "不再收取无犯罪记录证明。", "5万元以上的重大处罚案件须经集体讨论。",
    "学习党的20大精神。", "市政府第49次、50次和54次常务会议会前学法。", "落实2024版许可清单。", "考评稳居全市前两名。",
    "2023年3月5日印发通知。", "落实2021—2025年规划。", "根据〔2023〕12号文件办理。", "依照第29条处理。",
    "一、主要做法", "(三)下一步", "推行“1+3+N”模式。", "开展“八五”普法。", "学习党的二十大精神。",
    "十四届人大三次会议召开。", "接听12345热线。", "3个工作日内办结。", "连续5年获评先进。", "第3季度检查。",
    "获一等奖。", "坚持两个维护。", "三级体系更加完善。", "一系列措施落地。", "实行一案一策。", "八小时之外的监督。",
    "推行公示、记录、审核等三项制度。从三个方面发力。聚焦教育、医疗等六个领域整治。干部、队员等三类人员必学。",
    "严查三包一挂行为。8市监所联动。罚款金额在一万元以下的案件占比不高。对5万元以上罚款进行审核。办好三件大事。服务实现“零距离”。业务实现零的突破。",
    "群众零距离办事。", "严查无证经营。", "没有形成长效机制。", "5G网络覆盖。", "地址在3号楼5楼。",
    "印发《2023年工作要点》。", "近三年来稳步推进。", "20256月完成。", "〔20212号文件。", "全天24小时值班。",
])
def test_what_only_looks_like_a_quantity(text: str) -> None:
    assert observed(text) == []


@pytest.mark.parametrize(("text", "quote", "labels"), [
    ("全年未发生一起安全事故。", "一起", ["安全事故"]),
    ("全年无行政败诉和行政复议案件。", "无", ["行政败诉", "行政复议案件"]),
    ("全年无安全事故、无重大舆情。", "无", ["安全事故", "重大舆情"]),
    ("没有发生行政诉讼案件。", "没有发生", ["行政诉讼案件"]),
    ("实现服务零投诉。", "零", ["投诉"]),
    ("较大安全事故“零发生”。", "零", ["较大安全事故"]),
    ("年内未发生越权执法情形。", "未发生", ["越权执法情形"]),
    ("涉企检查未出现过度执法问题。", "未出现", ["过度执法问题"]),
    ("保持“诉讼零败诉、赔偿零赔付”的成绩。", "零", ["败诉", "赔付"]),
    ('重大事故实现"零发生"。', "零", ["重大事故"]),
    ("较大事故“零”控制。", "零", ["较大事故"]),
    ("消防安全“零”事故。", "零", ["事故"]),
    ("未收到公民、法人和其他组织提出的复议申请。", "未收到", ["复议申请"]),
    ("全年未发生涉及本单位政府信息公开事务的行政复议案。", "未发生", ["行政复议案"]),
    ("年内未发生相关问题。", "未发生", ["相关问题"]),
    ("全年未出现过行政败诉案件。", "未出现过", ["行政败诉案件"]),
    ("未发生较大及以上事故、火灾。", "未发生", ["较大及以上事故", "火灾"]),
    ("受理申请均在期限内,无一逾期。", "无", ["逾期"]),
    ("涉旅重大舆情保持零纪录。", "零", ["涉旅重大舆情"]),
    ("本年度未制定行政规范性文件。", "未制定", ["规范性文件"]),
    ("本年度未新制定出台规范性文件。", "未新制定", ["规范性文件"]),
    ("无行政复议、行政诉讼败诉案件。", "无", ["行政复议败诉", "行政诉讼败诉"]),
    ("全年无行政复议或诉讼。", "无", ["行政复议", "诉讼"]),
    ("没有因执法被申请复议或者提起诉讼。", "没有", ["被申请复议", "提起诉讼"]),
    ("作出的决定均未引起复议或诉讼案件。", "未引起", ["复议", "诉讼案件"]),
    ("行政复议、行政诉讼案件均为零。", "零", ["行政复议", "行政诉讼案件"]),
    ("安全事故和重大舆情为0。", "0", ["安全事故", "重大舆情"]),
    ("未发生一起复议、诉讼案件。", "一起", ["复议", "诉讼案件"]),
    ("新增违法建设零增长。", "零", ["违法建设"]),
    ("严格公正执法,无越权执法、违法执法等情况。", "无", ["越权", "违法"]),
])
def test_a_zero_in_words(text: str, quote: str, labels: list[str]) -> None:
    rows = observed(text)
    assert [row["value"] for row in rows] == [0.0] * len(labels)
    assert {row["quote"] for row in rows} == {quote}
    assert all(any(label in row["label"] for row in rows) for label in labels)


def test_two_numbers_follow_each_other_without_a_separator() -> None:
    assert [row["quote"] for row in observed("培训干部50批次3.2万余人。")] == ["50批次", "3.2万余人"]


def test_every_unit_is_read_as_it_is_written() -> None:
    # Days, months and years are dates, or deadlines, without words that speak of time spent; 12日|元 begins with a day.
    units = [row for row in knowledge().units.iter_rows(named=True) if row["unit"] not in DATED]
    rows = observe([f"平均用时完成12{row['unit']},其余照常。" for row in units])
    read = {(row["report_id"], row["quote"], row["value"], row["unit_code"]) for row in rows.iter_rows(named=True)}
    assert read == {
        (str(place), f"12{row['unit']}", 12, row["unit_code"]) for place, row in enumerate(units)
    }


@pytest.mark.parametrize(("text", "values", "units"), [
    ("市容罚款明细(单位:万元):占道4.8,渣土39.2。", [48_000, 392_000], ["元", "元"]),
    ("救助支出（亿元）：低保1.5余、特困0.3；培训（人次）：镇级120。", [150_000_000, 30_000_000, 120], ["元", "元", "人次"]),
    ("年度罚没款(万元)436.5,办案31件。", [4_365_000, 31], ["元", "件"]),
    ("复议情况(件):受理25,罚款3.5万元,审结22。", [25, 35_000, 22], ["件", "元", "件"]),
    ("抽查讲座(场):讲座4所,党校1场。", [4, 1], ["所", "场"]),
    ("处罚数量(宗)警告0罚款317没收违法所得2合计(宗)319罚没金额(万元)10.5", [0, 317, 2, 319, 105_000], [*["宗"] * 4, "元"]),
])
def test_a_unit_with_its_scale_in_a_heading_holds_for_the_bare_numbers_under_it(
    text: str, values: list[float], units: list[str]
) -> None:
    rows = observed(text)
    assert [row["value"] for row in rows] == values
    assert [row["unit"] for row in rows] == units


def test_each_number_of_a_double_count_is_one() -> None:
    assert [row["value"] for row in observed("整改问题4大类17项。")] == [4, 17]


def test_equal_numbers_stand_each_at_its_own_place() -> None:
    first, second = observed("走访企业12家,走访农户12户。")
    assert first["char_start"] < second["char_start"]
    assert first["observation_id"] != second["observation_id"]


@pytest.mark.parametrize(("text", "quotes"), [
    ("报告书类项目由40%到38%。", ["40%", "38%"]),
    ("索引号 014330182-29", []),
    (f"编号6～{'0' * 40}份。", []),
])
def test_a_pair_that_falls_is_no_range(text: str, quotes: list[str]) -> None:
    assert [row["quote"] for row in observed(text)] == quotes


def test_a_name_with_a_number_among_what_is_denied_moves_no_later_quote() -> None:
    text = "全年无“12·9”类事故和信访事项、调解纠纷30件。"
    [row] = [row for row in observed(text) if row["value"] == 30]
    assert text[row["char_start"]:row["char_end"]] == row["quote"] == "30件"


def test_what_follows_a_title_is_no_beginning_of_a_sentence() -> None:
    assert [row["quote"] for row in observed("发布《以案释法》三则、指引2份。")] == ["三则", "2份"]
