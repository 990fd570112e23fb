"""The header of a page: every case is a page we wrote, and what must be read from it."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.transforms.header_seeds import knowledge
from transforms.header import HEADER, header_of, headers
from transforms.schema import LEVELS, OUTCOMES

BODY = """
一、主要举措和成效
全年办理行政复议案件12件。
二、存在的不足和原因
三、下一步工作安排
"""
IN_2025 = BODY.replace("一、", "一、2025年").replace("三、", "三、2026年")


def header(text: str, **given: Any) -> dict[str, Any]:
    """Return what the header says, without what it leaves open."""
    page = {"page_title": None, "page_date": None, "url": "https://www.example.gov.cn/a", "source_id": None, **given}
    found = header_of(text, **page, knowledge=knowledge())
    return {name: value for name, value in found.items() if value is not None}


def test_the_columns_of_a_whole_header() -> None:
    assert header(f"您当前的位置:法治政府建设年度报告\n吉水镇2024年法治政府建设年度报告\n发布日期:2025-01-07 10:20\n{BODY}"
                  "廉江市吉水镇人民政府\n2025年1月3日\n扫一扫在手机打开当前页") == {
        "title": "吉水镇2024年法治政府建设年度报告", "body": "廉江市吉水镇人民政府", "body_level": "township",
        "division_code": "440881103", "province": "广东省", "city": "湛江市", "county": "廉江市", "township": "吉水镇",
        "report_year": 2024, "published_date": date(2025, 1, 7), "signed_date": date(2025, 1, 3),
    }


@pytest.mark.parametrize(("text", "title"), [
    ("璧山区水利局\n关于2025年度\n法治政府建设情况的报告\n", "璧山区水利局关于2025年度法治政府建设情况的报告"),
    ("中共南乐县委 南乐县人民政府\n关于2025年法治政府建设情况的报告\n", "中共南乐县委 南乐县人民政府关于2025年法治政府建设情况的报告"),
    ("标题:璧山区2025年法治政府建设报告\n", "璧山区2025年法治政府建设报告"),
    ("璧山区2025年法治政府建设报告\n璧山区2025年法治政府建设报告\n", "璧山区2025年法治政府建设报告"),
    ("上海市水务局2025年法治政府建设情况报告 ( 2026年01月15日 )\n", "上海市水务局2025年法治政府建设情况报告"),
    ("关于印发《璧山区2025年法治政府建设情况报告》的通知\n", "璧山区2025年法治政府建设情况报告"),
    ("璧山区2025年法治政府建设情况\uff08报告\uff09公示\n", "璧山区2025年法治政府建设情况(报告)公示"),
])
def test_titles_over_several_lines_with_labels_or_told_twice(text: str, title: str) -> None:
    assert header(text + BODY)["title"] == title


def test_a_title_that_the_text_lacks_is_taken_from_the_page() -> None:
    found = header(IN_2025, page_title="清水县2025年法治政府建设年度报告-清水县人民政府")
    assert (found["title"], found["county"]) == ("清水县2025年法治政府建设年度报告", "清水县")


@pytest.mark.parametrize(("title", "year"), [
    ("璧山区关于2025年度法治政府建设情况的报告", 2025),
    ("2025年璧山区法治政府建设情况", 2025),
    ("璧山区2025度法治政府建设年度报告", 2025),
    ("璧山区2025法治政府建设年度报告", 2025),
    ("璧山区法治政府建设2025年度报告", 2025),
    ("璧山区法治政府建设年度报告(2025年度)", 2025),
    ("璧山区法治政府建设年度报告\uff082025年\uff09", 2025),
    ("璧山区二〇二五年度法治政府建设报告", 2025),
    ("璧山区 2025 年法治政府建设报告", 2025),
    ("璧山区2025年法治政府建设情况及2026年工作计划的报告", 2025),
    ("璧山区2016年依法行政工作报告", 2016),
])
def test_the_year_stands_before_inside_or_after_the_name(title: str, year: int) -> None:
    assert header(f"{title}\n{BODY}")["report_year"] == year


@pytest.mark.parametrize("cue", [
    "现将我区2025年法治政府建设情况报告如下:",
    "2025年,我区推进依法行政。",
    "一、2025年工作成效\n",
    "根据《法治政府建设实施纲要(2021—2025年)》和渝府发〔2024〕5号文件,现将2025年工作报告如下。",
])
def test_without_a_year_in_the_title_the_text_decides_and_the_address_never(cue: str) -> None:
    text = f"璧山区法治政府建设情况报告\n{cue}\n{BODY}二、2026年工作安排\n璧山区人民政府\n2026年1月3日"
    found = header(text, url="https://www.example.gov.cn/202403/t20240328_1.html", page_date=date(2026, 1, 8))
    assert found["report_year"] == 2025


@pytest.mark.parametrize(("title", "body", "outcome", "says"), [
    ("璧山区关于2022年和2023年法治政府建设情况的报告", BODY, "ambiguous_year", "the title names 2022 and 2023"),
    ("璧山区2022、2023年度法治政府建设情况的报告", BODY, "ambiguous_year", "the title names 2022 and 2023"),
    ("璧山区2021—2025年法治政府建设情况的报告", IN_2025, "ambiguous_year", "2021—2025年"),
    ("璧山区法治政府建设情况报告", "一、2024年成效\n二、2025年成效\n", "ambiguous_year", "2024 and 2025 alike"),
    ("璧山区法治政府建设情况报告", BODY, "no_year", "neither title nor text"),
])
def test_a_year_that_stays_open_is_said_so(title: str, body: str, outcome: str, says: str) -> None:
    found = header(f"{title}\n{body}", page_date=date(2024, 3, 1))
    assert found["header_outcome"] == outcome
    assert says in found["header_error"]
    assert "seeds/sources.csv" in found["header_error"]
    assert set(found) == {"header_outcome", "header_error"}


def test_the_year_of_a_title_wins_over_an_older_heading() -> None:
    assert header(f"璧山区2025年法治政府建设报告\n{BODY.replace('一、', '一、2024年')}")["report_year"] == 2025


@pytest.mark.parametrize(("title", "level", "department", "code"), [
    ("重庆市人民政府关于2025年法治政府建设情况的报告", "province", None, "500000"),
    ("2025年上海市法治政府建设情况报告", "province", None, "310000"),
    ("天水市人民政府关于2025年法治政府建设情况的报告", "prefecture", None, "620500"),
    ("杭州市人民政府关于杭州市2025年法治政府建设年度报告", "prefecture", None, "330100"),
    ("济源市人民政府关于2025年法治政府建设情况的报告", "county", None, "419001"),
    ("中共重庆市大渡口区委重庆市大渡口区人民政府2025年法治政府建设情况报告", "county", None, "500104"),
    ("关于那曲市色尼区2025年度法治政府建设情况的报告", "county", None, "540602"),
    ("中共大马营镇委员会 大马营镇人民政府关于2025年法治政府建设情况的报告", "township", None, "620725105"),
    ("鲤城区人民政府金龙街道办事处关于2025年度法治政府建设情况的报告", "subdistrict", None, "350502007"),
    ("高平市北城街街道办事处2025年法治政府建设年度报告", "subdistrict", None, "140581001"),
    ("璧山区司法局2025年法治政府建设报告", "department", "司法局", "500120"),
    ("绿春县林草局2025年法治政府建设报告", "department", "林业和草原局", "532531"),
    ("中共双牌县教育局党组2025年法治政府建设报告", "department", "教育局", "431123"),
    ("鹤城区人民政府办公室2025年法治政府建设报告", "department", "人民政府办公室", "431202"),
    ("岳阳市生态环境局岳阳县分局2025年法治政府建设报告", "department", "生态环境局岳阳县分局", "430621"),
    ("四川省交通运输厅2025年法治政府部门建设工作情况", "department", "交通运输厅", "510000"),
    ("中山市商务局2025年法治政府建设年度报告", "department", "商务局", "442000"),
    ("璧山区规划和自然资源局2025年法治政府建设年度报告", "department", "规划和自然资源局", "500120"),
    ("国家税务总局宝兴县税务局2025年法治政府建设情况报告", "department", "税务局", "511827"),
    ("武汉经开区统计局关于2025年度法治政府建设情况的报告", "department", "统计局", "420100"),
    ("璧山区卫生健康局2025年度法治政府建设述法报告", "department", "卫生健康局", "500120"),
    ("2025年天津经济技术开发区法治政府建设情况报告", "other", None, "120116"),
    ("火炬高新区(中山港街道)2025年法治政府建设年度报告", "other", None, "442000003"),
    ("农业农村部2025年度法治政府建设情况的报告", "ministry", None, None),
    ("体育总局关于2025年法治政府建设工作情况的报告", "ministry", None, None),
])
def test_level_department_and_division_of_the_issuer(
    title: str, level: str, department: str | None, code: str | None
) -> None:
    found = header(f"{title}\n{BODY}")
    assert (found["body_level"], found.get("department"), found.get("division_code")) == (level, department, code)


@pytest.mark.parametrize(("title", "text", "body", "code"), [
    ("王河镇人民政府关于2025年法治政府建设的报告", "清水县王河镇人民政府\n2026年3月6日", "清水县王河镇人民政府", "620521107"),
    ("区司法局关于2025年法治政府建设情况的报告", "重庆市璧山区司法局\n二〇二六年二月六日", "重庆市璧山区司法局", "500120"),
    ("关于2025年度法治政府建设情况的报告", "重庆市璧山区教育委员会\n2026年2月6日\n(此件公开发布)", "重庆市璧山区教育委员会", "500120"),
    ("市水务局2025年法治政府建设情况报告", "武汉市加强节水。武汉市完善制度。", "武汉市水务局", "420100"),
    ("西湖区2025年法治政府建设年度报告", "在南昌市委领导下推进。", "西湖区人民政府", "360103"),
])
def test_signature_and_text_complete_what_the_title_leaves_open(title: str, text: str, body: str, code: str) -> None:
    found = header(f"{title}\n{BODY}{text}")
    assert (found["body"], found["division_code"]) == (body, code)


def test_a_shared_name_without_evidence_has_no_code_but_keeps_its_name() -> None:
    found = header(f"东城街道2025年法治政府建设年度报告\n{BODY}")
    assert (found["body_level"], found["township"], found.get("division_code")) == ("subdistrict", "东城街道", None)


def test_a_place_outside_the_list_keeps_its_names() -> None:
    found = header(f"示例县水利局关于2025年度法治政府建设情况的报告\n{BODY}")
    assert (found["county"], found["department"], found["body_level"]) == ("示例县", "水利局", "department")
    found = header(f"重庆市渝北区新月街道2025年法治政府建设报告\n{BODY}")
    assert (found["township"], found["division_code"], found["body_level"]) == ("新月街道", "500112", "subdistrict")


def test_a_town_of_a_long_text_without_its_county_has_no_code() -> None:
    title = "阳光街道2025年法治政府建设年度报告\n"
    assert header(title + BODY)["division_code"] == "520111005"
    found = header(title + BODY + "街道办理群众诉求12件。" * 100)
    assert (found["township"], found.get("division_code")) == ("阳光街道", None)
    assert header(title + BODY + "花溪区支持街道办理群众诉求12件。" * 100)["division_code"] == "520111005"


def test_the_host_is_not_the_author() -> None:
    found = header(f"新疆维吾尔自治区人民政府关于2025年法治政府建设工作的报告\n{BODY}", url="https://www.shache.gov.cn/a.html")
    assert (found["body_level"], found["division_code"]) == ("province", "650000")


@pytest.mark.parametrize(("own", "level"), [("我局", "department"), ("我镇", "township"), ("我街道", "subdistrict")])
def test_words_for_itself_tell_the_level_when_nothing_else_does(own: str, level: str) -> None:
    assert header(f"2025年法治政府建设情况报告\n{own}办理案件。我市支持。{own}检查。{BODY}")["body_level"] == level


@pytest.mark.parametrize(("title", "reason"), [
    ("璧山区2025年政府信息公开工作年度报告", "open information"),
    ("《璧山区2025年法治政府建设年度报告》政策解读", "explains"),
    ("璧山区2025年法治政府建设工作要点", "plan"),
    ("璧山区法治政府建设实施方案(2021-2025年)", "plan"),
    ("璧山区召开2025年法治政府建设工作推进会", "news"),
    ("璧山区司法局长2025年述法报告", "leader"),
    ("璧山区水务局局长2025年度法治政府建设述法报告", "leader"),
    ("璧山区水务局党政主要负责人履行推进法治建设第一责任人职责情况报告", "leader"),
    ("璧山区十三五时期法治政府建设工作总结", "several years"),
    ("区领导赴璧山区调研法治政府建设情况", "news"),
    ("璧山区2025年行政执法情况年度报告", "enforcement"),
    ("璧山区2025年上半年法治政府建设情况的报告", "part of a year"),
    ("今天天气晴朗", "neither page nor text"),
])
def test_false_hits_are_told_apart_with_a_reason(title: str, reason: str) -> None:
    found = header(f"{title}\n{IN_2025}")
    assert found["header_outcome"] == "not_a_report"
    assert reason in found["header_error"]
    assert "\n" not in found["header_error"]
    assert set(found) == {"header_outcome", "header_error"}


@pytest.mark.parametrize("title", [
    "璧山区水务局2025年度法治政府建设情况暨主要负责人履行第一责任人职责情况报告",
    "璧山区水务局关于履行推进法治建设第一责任人职责及法治政府建设情况的报告",
    "璧山区2025年法治政府建设情况及2026年工作要点的报告",
])
def test_a_report_that_tells_something_else_besides_is_one(title: str) -> None:
    assert header(f"{title}\n{IN_2025}")["report_year"] == 2025


def test_a_page_that_lists_reports_is_none() -> None:
    titles = "\n".join(f"璧山区{year}年法治政府建设年度报告" for year in range(2019, 2025))
    assert header(titles, page_title="法治政府建设年度报告")["header_outcome"] == "not_a_report"


def test_a_report_without_any_title_is_known_by_its_text() -> None:
    text = IN_2025 + "2025年,我局推进法治政府建设。" * 50
    assert header(text, page_title="通知公告")["report_year"] == 2025


def test_fake_dates_are_not_taken() -> None:
    text = f"今天是:2019年10月31日\n更新时间:2026-05-01\n时间:2017-08-20 来源:某日报\n璧山区2025年法治政府建设报告\n{BODY}"
    assert "published_date" not in header(text)
    assert header(text, page_date=date(2026, 2, 26))["published_date"] == date(2026, 2, 26)
    assert header(text.replace("时间:2017-08-20", "发布日期:2026-01- 05"))["published_date"] == date(2026, 1, 5)


@pytest.mark.parametrize(("ending", "signed"), [
    ("璧山区水利局\n2026年1月19日", date(2026, 1, 19)),
    ("璧山区水利局 2026年1月19日", date(2026, 1, 19)),
    ("璧山区水利局\n二〇二六年一月十九日\n(联系人:███)", date(2026, 1, 19)),
    ("璧山区水利局\n2026 年 1 月 9 日\n附件:统计表", date(2026, 1, 9)),
    ("璧山区水利局\n2026年13月40日", None),
    ("璧山区水利局\n2019年1月19日", None),
])
def test_the_date_under_the_report(ending: str, signed: date | None) -> None:
    assert header(f"璧山区水利局2025年法治政府建设报告\n{BODY}{ending}").get("signed_date") == signed


def test_a_source_without_a_place_takes_none_from_its_host() -> None:
    """A row that was accepted from what a harvest found names no place."""
    known = knowledge()
    row = dict.fromkeys(known.sources.columns) | {"source_id": "d_1", "url": "https://www.shache.gov.cn/b.html"}
    accepted = pl.concat([known.sources, pl.DataFrame([row], schema=known.sources.schema)])
    assert replace(known, sources=accepted).host_places["shache.gov.cn"] == known.host_places["shache.gov.cn"] != ""


def test_what_a_person_entered_wins() -> None:
    source_id = knowledge().sources.filter(pl.col("township") == "银杏大街街道")["source_id"].item()
    found = header(f"关于2022年和2023年法治政府建设情况的报告\n{BODY}", source_id=source_id)
    assert (found["body"], found["report_year"]) == ("安阳市文峰区银杏大街街道办事处", 2025)
    assert (found["division_code"], found["township"], found["body_level"]) == ("410502", "银杏大街街道", "subdistrict")


def test_a_frame_gets_all_columns_and_a_bad_page_harms_no_other() -> None:
    texts = [None, "", "\n\t ", "乱" * 100_000, "\x00\uffff😀", f"璧山区2025年法治政府建设报告\n{BODY}"]
    pages = pl.LazyFrame({
        "text": texts, "page_title": None, "page_date": None, "url": "https://a.example.gov.cn/", "source_id": None,
        "kept": range(len(texts)),
    }, schema_overrides={"page_title": pl.String, "page_date": pl.Date, "source_id": pl.String})
    found = headers(pages, knowledge()).collect()
    assert dict(found.schema) == {**dict(pages.collect_schema()), **HEADER}
    assert found["header_outcome"].to_list() == ["empty"] * 3 + ["not_a_report"] * 2 + [None]
    assert found["report_year"].to_list()[-1] == 2025
    assert found["kept"].to_list() == list(range(len(texts)))
    assert set(found["header_outcome"].drop_nulls()) <= set(OUTCOMES)
    assert set(found["body_level"].drop_nulls()) <= set(LEVELS)
    assert headers(pages.filter(pl.col("kept") < 0), knowledge()).collect().is_empty()
