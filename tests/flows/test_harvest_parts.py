"""A page, the pages it goes on at and its attachments: stored where the build puts them together, whenever they came."""

from pathlib import Path

from flows.documents import read_documents
from flows.harvest import HarvestResult
from tests.flows.sites.harvesting import harvest, settings_for
from tests.flows.sites.server import Answer, Page, Pages, Server
from tests.flows.sites.systems import report
from tests.transforms.pdf_writer import pdf, set_lines

SITE, TITLE = "http://www.a.gov.cn", "甲县2024年法治政府建设年度报告"
URL = f"{SITE}/t20250301_1.html"
ATTACHED = "全年办理行政许可307件,按期办结率百分之百,没有发生行政复议纠错的情况。"
FILE = Page(pdf([set_lines([ATTACHED])]), "application/pdf")


def with_file(more: str = "") -> Page:
    return Page(report(TITLE, f"{more}<p>附件:<a href='/a.pdf'>报告全文</a></p>"))


def text_of(result: HarvestResult) -> str:
    """The text that the build reads from what a run stored, of the page."""
    (segment,) = result.segments
    frame = read_documents(segment).frame
    return "\n".join(row["text"] for row in frame.iter_rows(named=True) if row["text"] and row["url"] == URL)


def test_an_attachment_that_failed_joins_its_unchanged_page_in_a_later_run(tmp_path: Path) -> None:
    site = Pages({"/t20250301_1.html": with_file(), "/a.pdf": Answer(b"", 500)})
    with Server({"www.a.gov.cn": site}) as server:
        first = harvest(tmp_path, [URL], settings_for(server, attempts=1))
        site.pages["/a.pdf"] = FILE
        second = harvest(tmp_path, [URL], settings_for(server))
        server.requests.clear()
        third = harvest(tmp_path, [URL], settings_for(server))
    assert first.outcomes == {"fetched": 1, "http_error": 1}
    assert ATTACHED not in text_of(first)
    assert second.outcomes == {"not_modified": 1, "fetched": 1}
    assert ATTACHED in text_of(second)
    assert third.outcomes == {"not_modified": 2}


def test_a_changed_page_takes_its_unchanged_attachment_along(tmp_path: Path) -> None:
    site = Pages({"/t20250301_1.html": with_file(), "/a.pdf": FILE})
    with Server({"www.a.gov.cn": site}) as server:
        harvest(tmp_path, [URL], settings_for(server))
        site.pages["/t20250301_1.html"] = with_file("<p>更正:培训执法人员二百六十人次。</p>")
        result = harvest(tmp_path, [URL], settings_for(server))
    assert result.outcomes == {"fetched": 1, "not_modified": 1}
    assert "更正" in text_of(result)
    assert ATTACHED in text_of(result)


def test_a_report_over_several_pages_is_one_text(tmp_path: Path) -> None:
    def part(number: int) -> Page:
        script = f'<script>createPageHTML(3, {number}, "t20250301_1", "html");</script>'
        return Page(report(TITLE, f"<p>第{'一二三'[number]}部分,检查企业{40 + number}家次。</p>{script}"))

    names = ("/t20250301_1.html", "/t20250301_1_1.html", "/t20250301_1_2.html")
    with Server({"www.a.gov.cn": Pages({name: part(number) for number, name in enumerate(names)})}) as server:
        result = harvest(tmp_path, [URL], settings_for(server))
        again = harvest(tmp_path, [URL], settings_for(server))
    text = text_of(result)
    assert [text.index(f"检查企业{number}家次") for number in (40, 41, 42)] == sorted(
        text.index(f"检查企业{number}家次") for number in (40, 41, 42))
    assert text.count("行政复议案件31件") == 1
    assert (result.outcomes, again.outcomes) == ({"fetched": 3}, {"not_modified": 3})
    frame = read_documents(result.segments[0]).frame
    assert frame.filter(frame["text"].is_not_null())["url"].to_list() == [URL]
