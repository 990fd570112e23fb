"""Page chrome goes, the report stays, and the head of the page gives its date."""

from datetime import date

import polars as pl
import pytest

from tests.transforms.reading import cleaned, knowledge, observed
from transforms.clean import stated_date

REPORT = "青山镇2022年法治政府建设年度报告\n一、主要做法\n全年开展宣传12场。"


@pytest.mark.parametrize("chrome", [
    "您当前的位置:首页 > 政务公开 > 年度报告", "首页 > 政务公开", "日期:2023-01-15", "来源:司法所 浏览次数:12",
    "[ 索引号 ]\t11500112009345\t[ 发文字号 ]\t", "打印本页 关闭窗口", "扫一扫在手机打开当前页", "主办:青山县人民政府 承办:县政府办公室",
    "版权所有:青山县人民政府", "【字体:大 中 小】",
])
def test_a_line_of_the_page_is_dropped(chrome: str) -> None:
    assert cleaned(f"{chrome}\n{REPORT}\n{chrome if 'http' in chrome else ''}") == REPORT


@pytest.mark.parametrize("line", [
    "主办法治讲座12场,承办比赛3次。", "来源于基层的纠纷共12件。", "打印宣传册300份。", "时间紧任务重,全年调解纠纷35件。",
])
def test_a_line_of_the_report_stays(line: str) -> None:
    assert cleaned(f"{REPORT}\n{line}") == f"{REPORT}\n{line}"


def test_characters_are_made_equal_one_for_one() -> None:
    assert cleaned("共１２件，办结率９８％\u3000\u200b完") == "共12件，办结率98%  完"


def test_a_text_in_traditional_characters_is_read_as_in_simplified_ones() -> None:
    text = "全鄉調解糾紛３２件,辦結率98％,較上年減少5件;與後勤、於某條著作、乾安縣無關。"
    assert cleaned(text) == "全乡调解纠纷32件,办结率98%,较上年减少5件;与后勤、于某条著作、乾安县无关。"
    rows = observed(cleaned(text))
    assert [row["unit"] for row in rows] == ["件", "%", "件"]
    assert rows[0]["indicator"] == "disputes_mediated"


def test_traditional_characters_stand_for_one_that_is_none() -> None:
    table = knowledge().traditional
    assert set(table["traditional"].str.len_chars()) == set(table["simplified"].str.len_chars()) == {1}
    assert not set(table["traditional"]) & set(table["simplified"])
    assert table["traditional"].is_unique().all()


@pytest.mark.parametrize(("head", "found"), [
    ("发布日期:2023-01-15", date(2023, 1, 15)), ("时间:2017-08-20\n发布日期:2023年1月5日", date(2023, 1, 5)),
    ("[ 发布日期 ]\t2023-02-25", date(2023, 2, 25)), ("没有日期", None), ("日期:2023-02-31", None),
])
def test_the_surest_name_of_a_date_wins(head: str, found: date | None) -> None:
    frame = pl.DataFrame({"text": [head]}).select(stated_date(pl.col("text"), knowledge()))
    assert frame.item() == found
