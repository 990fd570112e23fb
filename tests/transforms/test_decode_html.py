"""Pages to text: whatever the content system, every paragraph of the body is there, one a line and in order."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.decode import Decoded, decode
from transforms.decode.html import read
from transforms.decode.links import links

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
URL = "https://www.example.gov.cn/zwgk/202501/t20250120_1.html"


def page(markup: str) -> Decoded:
    return decode(markup.encode(), "text/html; charset=utf-8", URL)


def squeezed(text: str) -> str:
    return text.replace(" ", "").replace("\u3000", "")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_paragraph_of_the_body_is_lost_or_moved(path: Path) -> None:
    decoded = decode(path.read_bytes(), "text/html", URL)
    assert decoded.outcome is None
    lines = iter(squeezed(decoded.text or "").split("\n"))
    body = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert [paragraph for paragraph in body if squeezed(paragraph) not in lines] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_lists_of_other_pages_are_gone(path: Path) -> None:
    text = decode(path.read_bytes(), "text/html", URL).text or ""
    assert "燃放管理" not in text
    assert "数据开放" not in text
    assert "不应出现" not in text


@pytest.mark.parametrize(("name", "title", "day"), [
    ("trs", "青石镇2024年法治政府建设情况报告", date(2025, 1, 20)),
    ("hanweb", "江北区水务局2023年法治政府建设工作报告", date(2024, 2, 8)),
    ("eshimin", "江北区水务局2023年法治政府建设工作报告", date(2024, 2, 8)),
    ("ucap", "江北区水务局2023年法治政府建设工作报告", date(2024, 2, 7)),
    ("vsb", "青石镇2024年法治政府建设情况报告-青石镇", None),
])
def test_title_and_date_come_from_the_metadata(name: str, title: str, day: date | None) -> None:
    decoded = decode((PAGES[0].parent / f"{name}.html").read_bytes(), None, URL)
    assert (decoded.title, decoded.page_date) == (title, day)


def test_a_date_that_is_none_is_left_out() -> None:
    assert page("<meta name=PubDate content=2024-13-45><p>会议4次</p>").page_date is None


@pytest.mark.parametrize(("markup", "text"), [
    ("<p>发放<span>49</span><b>00</b>余册</p>", "发放4900余册"),
    ("<p>全年办理\n    案件12件</p>", "全年办理案件12件"),
    ("<div>&nbsp;&nbsp;一、成效<br>&emsp;&emsp;二、不足</div>", "一、成效\n二、不足"),
    ("<p>一</p><p hidden>二</p><p style='display: none'>三</p><p>四" + "文" * 60 + "</p>", "一\n四" + "文" * 60),
    ("<p style='display:none'>正文共5件</p><script>show()</script>", "正文共5件"),
    ("<pre>一、成效\n二、不足</pre>", "一、成效\n二、不足"),
    ("<ul><li>会议4次</li><li>培训2期</li></ul>", "会议4次\n培训2期"),
    ("<p>&lt;12件&gt; &amp; 3件</p>", "<12件> & 3件"),
])
def test_markup_leaves_the_words_as_a_reader_sees_them(markup: str, text: str) -> None:
    assert page(markup).text == text


@pytest.mark.parametrize(("rows", "lines"), [
    ("<tr><th>项目<th>件数</tr><tr><td>许可<td>12</tr>", "项目\t件数\n许可\t12"),
    ("<tr><td rowspan=2>许可<td>县<td>3</tr><tr><td>乡<td>4</tr>", "许可\t县\t3\n许可\t乡\t4"),
    ("<tr><td>甲<td>乙<td>丙</tr><tr><td>合计<td colspan=2>12件</tr>", "甲\t乙\t丙\n合计\t12件"),
    ("<tr><td colspan=2>2024年<td>备注</tr><tr><td>1<td>2<td></tr>", "2024年\t2024年\t备注\n1\t2"),
    ("<tr><td>行政<br>许可<td><p>1</p><p>2</p></tr><tr><td>a<td>b</tr>", "行政许可\t1 2\na\tb"),
])
def test_tables_are_rows_with_tabs(rows: str, lines: str) -> None:
    assert page(f"<p>前</p><table>{rows}</table><p>后</p>").text == f"前\n{lines}\n后"


def test_a_table_that_lays_out_the_page_is_read_as_paragraphs() -> None:
    body = "<p>" + "</p><p>".join(["第一段" * 80, "第二段" * 80, "第三段" * 80]) + "</p>"
    text = page(f"<table><tr><td>标题</td><td>栏</td></tr><tr><td>左</td><td>{body}</td></tr></table>").text or ""
    assert "\t" not in text
    assert [line for line in text.split("\n") if len(line) > 100] == ["第一段" * 80, "第二段" * 80, "第三段" * 80]


def test_documents_linked_or_shown_are_named() -> None:
    decoded = page(
        "<p>报告见附件</p><a href='./P02024.pdf'>附件</a><a href='/down?id=3'>附件2.docx</a><a href='/x.html'>别的</a>"
        "<iframe src='/pdfjs/web/viewer.html?file=%2Ffiles%2Fa.pdf'></iframe><a href='./P02024.pdf#p2'>再来</a>"
        "<a href='javascript:down(\"x.pdf\")'>脚本</a>")
    assert decoded.attachments == (
        "https://www.example.gov.cn/zwgk/202501/P02024.pdf", "https://www.example.gov.cn/down?id=3",
        "https://www.example.gov.cn/files/a.pdf")


@pytest.mark.parametrize(("markup", "names"), [
    ('<script>createPageHTML(3, 0, "t20250120_1", "html");</script>', ["t20250120_1_1.html", "t20250120_1_2.html"]),
    ("<a href='t20250120_1_3.html'>3</a><a href='./t20250120_1_2.html'>2</a><a href='t20250120_1_2.html'>下一页</a>",
     ["t20250120_1_2.html", "t20250120_1_3.html"]),
    ('<script>createPageHTML(3, 1, "t20250120_1", "html");</script>', []),
    ('<script>createPageHTML(3, 0, "index", "html");</script>', []),
    ("<a href='t20250120_2.html'>下一篇</a><a href='/t20250120_1_2.html'>2</a><a href='t20250120_1_20250121.html'>x</a>", []),
])
def test_pages_that_a_report_goes_on_at_are_named_in_order(markup: str, names: list[str]) -> None:
    assert page(f"<p>会议4次</p>{markup}").further_pages == tuple(URL.replace("t20250120_1.html", name) for name in names)


@pytest.mark.parametrize("markup", [
    "<html><body><script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script></body></html>",
    "<html><head><meta id='x' content='ab'><script>$_ts=window['$_ts'];</script></head><body></body></html>",
    "<body><p>请开启JavaScript并刷新</p><script>var a</script></body>",
])
def test_a_page_behind_a_script_is_known_as_such(markup: str) -> None:
    decoded = page(markup)
    assert (decoded.outcome, decoded.text) == ("javascript_challenge", None)


@pytest.mark.parametrize("markup", ["<html></html>", "<html><body><p> &nbsp;</p></body></html>", "<title>t</title>"])
def test_a_page_without_text_is_empty(markup: str) -> None:
    decoded = page(markup)
    assert (decoded.outcome, decoded.text) == ("empty", None)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<table>", "</table>", "<tr>", "<td colspan=3>", "<td rowspan=x>", "</td>", "<a href=x.pdf>", "</a>",
    "<ul>", "<li>", "<div hidden>", "</div>", "<br>", "会议12次", "\n", "<script>", "</script>", "<!--", "-->", "&#0;", "\x00",
    "<body>", "</body>", "<html>", "<pre>", "<textarea>", "<svg>", "<a><a><a>", "<template>", "<frameset>",
]), max_size=40))
def test_no_markup_breaks_it(pieces: list[str]) -> None:
    decoded = decode("".join(pieces).encode(), "text/html", URL)
    assert (decoded.text is None) == (decoded.outcome is not None)


SENTENCES = st.text(alphabet="全年办理行政复议案件合同审核培训场次人达到余万12345670.%,。、(一)", min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=12), st.sampled_from(["p", "div", "h2", "li", "section"]))
def test_any_paragraphs_come_out_in_order(paragraphs: list[str], tag: str) -> None:
    markup = "".join(f"<{tag}>{paragraph}</{tag}>" for paragraph in paragraphs)
    assert page(f"<html><body>{markup}</body></html>").text == "\n".join(paragraphs)


def test_a_page_with_eight_times_the_links_takes_no_more_than_its_share_longer() -> None:
    def seconds(n_links: int) -> float:
        page = "<body>" + "".join(f"<p>栏目<a href='/{number}.html'>之{number}</a>的说明</p>" for number in range(n_links))
        started = time.process_time()
        read(page, URL)
        links(page, URL)
        return time.process_time() - started

    assert min(seconds(1600) for _ in range(3)) < 40 * min(seconds(200) for _ in range(3))
