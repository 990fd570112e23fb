"""Where a listing goes on: each content system has its own way to say so, most of them in a script."""

import csv
from pathlib import Path

import pytest

from transforms.decode.links import links
from transforms.discovery import DiscoveryRules, discover
from transforms.paging import next_pages

SITE = "https://www.jia.gov.cn"
COLUMN = f"{SITE}/fzbg/"
with (Path(__file__).parents[2] / "seeds" / "discovery.csv").open(encoding="utf-8", newline="") as file:
    RULES = DiscoveryRules.from_rows(csv.DictReader(file), [])


def variables(count: int, current: int) -> str:
    return f"<script>var currentPage = {current};//from 0\nvar countPage = {count}//pages\ndocument.write('下一页')</script>"


@pytest.mark.parametrize(("url", "text", "following"), [
    (COLUMN, 'createPageHTML(3, 0, "index", "html");', "index_1.html"),
    (f"{COLUMN}index_1.html", 'createPageHTML(3, 1, "index", "html");', "index_2.html"),
    (f"{COLUMN}index_2.html", 'createPageHTML(3, 2, "index", "html");', None),
    (COLUMN, "createPageHTML('2','0','list','shtml')", "list_1.shtml"),
    (COLUMN, 'createPageHTML(1, 0, "index", "html");', None),
    (f"{COLUMN}first.shtml", "createPageHTML('page_div',2, 1,'first','shtml',25);", "first_2.shtml"),
    (f"{COLUMN}first_2.shtml", "createPageHTML('page_div',2, 2,'first','shtml',25);", None),
    (COLUMN, variables(3, 0), "index_1.html"),
    (f"{COLUMN}index.shtml", variables(3, 0), "index_1.shtml"),
    (f"{COLUMN}index_1.htm", variables(3, 1), "index_2.htm"),
    (f"{COLUMN}index_2.htm", variables(3, 2), None),
    (f"{COLUMN}list.jsp?page=1", variables(3, 0), None),
    (f"{COLUMN}index_1.html", variables(3, 0), None),
])
def test_trs_numbers_its_pages(url: str, text: str, following: str | None) -> None:
    assert next_pages(url, text) == ([f"{COLUMN}{following}"] if following else [])


RECORDS = "<record><![CDATA[<a href='/art/1.html'>a</a>]]></record>" * 3


def test_hanweb_names_the_next_group_in_its_island() -> None:
    group = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&amp;columnid=7"></a>]]></nextgroup>'
    assert next_pages(f"{SITE}/col/col7/index.html", f"<datastore>{group}{RECORDS}</datastore>") == [
        f"{SITE}/module/web/jpage/dataproxy.jsp?page=1&columnid=7"]


def test_hanweb_asks_for_records_by_number_up_to_their_total() -> None:
    script = ("<script>new jpage({totalRecord:8, perPage:1, proxyUrl:'/module/jpage/dataproxy.jsp',"
              " params:{webid:'3', 'unitid':'55', path:'/'}})</script>")
    (second,) = next_pages(f"{SITE}/col/col7/index.html", f"<datastore>{RECORDS}</datastore>{script}")
    assert second == f"{SITE}/module/jpage/dataproxy.jsp?columnid=7&webid=3&path=%2F&unitid=55&startrecord=4&endrecord=6"
    answer = f"<datastore><totalrecord>8</totalrecord><recordset>{RECORDS}</recordset></datastore>"
    (third,) = next_pages(second, answer)
    assert third == second.replace("startrecord=4&endrecord=6", "startrecord=7&endrecord=9")
    assert next_pages(third, answer) == []


def test_a_hanweb_column_that_does_not_say_its_unit_ends() -> None:
    assert next_pages(f"{SITE}/col/col7/index.html", f"<datastore>{RECORDS}</datastore> totalRecord:8") == []


def pages(page: str, url: str) -> list[str]:
    return [find.url for find in discover(url, page, links(page, url), RULES) if find.verdict == "page"]


@pytest.mark.parametrize("words", ["下一页", "下页", "下一页>", "后一页", "»", " 下 一 页 ", "Next"])
def test_vsb_and_others_link_to_the_next_page(words: str) -> None:
    assert pages(f'<a href="fzzf/1.htm" class="Next">{words}</a>', f"{SITE}/zwgk/fzzf.htm") == [f"{SITE}/zwgk/fzzf/1.htm"]


def test_a_link_back_is_no_next_page() -> None:
    assert pages('<a href="../fzzf.htm">上页</a> <a href="2.htm">尾页</a>', f"{SITE}/zwgk/fzzf/1.htm") == []


@pytest.mark.parametrize(("n_articles", "following"), [(100, ["page=3&sid=7"]), (12, [])])
def test_a_catalogue_goes_on_while_its_pages_are_full(n_articles: int, following: list[str]) -> None:
    url = f"{SITE}/gkmlpt/api/all/721"
    assert next_pages(f"{url}?page=2&sid=7", "", n_articles) == [f"{url}?{query}" for query in following]
