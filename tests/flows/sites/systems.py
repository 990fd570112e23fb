"""Sites in the manner of four content systems, each with good reports, false hits, and paging of its own kind.

In: nothing. Out: `four_systems()`: sites by host name, the addresses of all good reports, and the listings to start at.
All texts are ours.
"""

import json
from dataclasses import dataclass

from tests.flows.sites.server import Answer, Page, Pages

TRS, HANWEB, VSB, NFCMS = "www.trs.gov.cn", "www.hanweb.gov.cn", "www.vsb.gov.cn", "www.nfcms.gov.cn"
FALSE_HITS = (
    "某县2024年政府信息公开工作年度报告", "一图读懂某县法治政府建设年度报告", "某县2025年法治政府建设工作要点",
    "某县召开法治政府建设推进会", "某局主要负责人2024年述法报告",
)
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@dataclass(frozen=True)
class Systems:
    sites: dict[str, Pages]
    reports: tuple[str, ...]
    attachments: tuple[str, ...]
    listings: tuple[str, ...]


def report(title: str, extra: str = "") -> str:
    """Return a report page."""
    text = f"{title}。一年来,共办理行政复议案件31件,开展普法宣传12场次,培训执法人员260人次。"
    return (
        f"<html><head><title>{title}</title></head><body><div class='nav'><a href='/'>首页</a></div><h1>{title}</h1>"
        f"<div class='content'><p>{text}</p><p>存在的不足:基层法治力量有待加强。</p>{extra}</div></body></html>"
    )


def row(href: str, title: str, date: str = "2025-02-14") -> str:
    """Return a row of a listing."""
    return f'<li><a href="{href}" title="{title}">{title[:12]}...</a><span>{date}</span></li>'


def four_systems() -> Systems:
    """Return the sites."""
    sites = {TRS: _trs(), HANWEB: _hanweb(), VSB: _vsb(), NFCMS: _nfcms()}
    listings = (f"http://{TRS}/fzbg/", f"http://{HANWEB}/col/col101/index.html", f"http://{VSB}/zwgk/fzzf.htm",
                f"http://{NFCMS}/gkmlpt/index#721")
    reports = tuple(
        f"http://{host}{path}" for host, site in sites.items() for path in site.pages
        if path.endswith(("_1000.html", "_1001.html", "_1002.html", "/91001.htm", "/91002.htm", "post_5001.html"))
    )
    return Systems(sites, reports, (f"http://{TRS}/fzbg/202502/P020250214001.pdf",), listings)


def listing(rows: list[str], more: str = "") -> str:
    """Return a listing page."""
    return f"<html><head><title>法治政府建设年度报告</title></head><body><ul>{''.join(rows)}</ul>{more}</body></html>"


def _false_rows(prefix: str) -> list[str]:
    return [row(f"{prefix}t20250101_{number}.html", title) for number, title in enumerate(FALSE_HITS, 7000)]


def _trs() -> Pages:
    """Three pages, index.html, index_1.html, index_2.html, whose links a script writes; one report has an attachment."""
    pages: dict[str, Page | Answer] = {"/robots.txt": Page("User-agent: *\nDisallow: /admin/\n", "text/plain")}
    for number in range(3):
        name = "/fzbg/" if number == 0 else f"/fzbg/index_{number}.html"
        path = f"./202502/t20250214_{1000 + number}.html"
        rows = [row(path, f"甲县第{number}镇2024年法治政府建设年度报告"), *(_false_rows("./") if number == 0 else [])]
        pages[name] = Page(listing(rows, f'<script>createPageHTML(3, {number}, "index", "html");</script>'))
        extra = '<p>附件:<a href="./P020250214001.pdf">附件.pdf</a></p>' if number == 0 else ""
        pages[f"/fzbg/202502/t20250214_{1000 + number}.html"] = Page(report(f"甲县第{number}镇2024年法治政府建设年度报告", extra))
    pages["/fzbg/202502/P020250214001.pdf"] = Page(PDF, "application/pdf")
    return Pages(pages)


def _hanweb() -> Pages:
    """A data island, and further records behind a proxy that the island names; no etags, only dates."""
    date = "Mon, 03 Mar 2025 08:00:00 GMT"
    record = "<record><![CDATA[{}]]></record>"
    group = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&amp;columnid=101"></a>]]></nextgroup>'
    first = record.format(row("/art/2025/3/3/art_101_1000.html", "乙市2024年度法治政府建设情况的报告"))
    island = f'<script type="text/xml"><datastore>{group}<recordset>{first}</recordset></datastore></script>'
    second = record.format(row("/art/2025/3/3/art_101_1001.html", "乙市司法局2024年法治政府建设工作总结"))
    proxy = f"<?xml version='1.0'?><datastore><recordset>{second}</recordset></datastore>"
    return Pages({
        "/robots.txt": Answer(b"", 404),
        "/col/col101/index.html": Page(listing([], island), has_etag=False, modified=date),
        "/module/web/jpage/dataproxy.jsp?page=1&columnid=101": Page(proxy, "text/xml", has_etag=False, modified=date),
        "/art/2025/3/3/art_101_1000.html": Page(report("乙市2024年度法治政府建设情况的报告"), has_etag=False, modified=date),
        "/art/2025/3/3/art_101_1001.html": Page(report("乙市司法局2024年法治政府建设工作总结"), has_etag=False, modified=date,
                                                is_chunked=True),
    })


def _vsb() -> Pages:
    """Pages that count backwards, GBK declared as UTF-8, and a column that only a link in the frame names."""
    gbk = "text/html; charset=utf-8"
    front = listing([row("../info/1131/91001.htm", "丙区2024年法治政府建设年度报告"), row("https://www.clone-farm.com/info/1131/91001.htm", "丙区2024年法治政府建设年度报告")],
                    '<a href="fzzf/1.htm" class="Next">下页</a>')
    last = listing([row("../../info/1131/91002.htm", "丙区教育局2023年度依法行政工作报告")], '<a href="../fzzf.htm">上页</a>')
    return Pages({
        "/zwgk/fzzf.htm": Page(front.encode("gbk"), gbk),
        "/zwgk/fzzf/1.htm": Page(last.encode("gbk"), gbk),
        "/info/1131/91001.htm": Page(report("丙区2024年法治政府建设年度报告").encode("gbk"), gbk),
        "/info/1131/91002.htm": Page(report("丙区教育局2023年度依法行政工作报告").encode("gbk"), gbk),
    })


def _nfcms() -> Pages:
    """A catalogue whose page is written by a script: its rows come as JSON."""
    articles = [
        {"title": "丁市2024年法治政府建设年度报告", "url": f"http://{NFCMS}/content/post_5001.html",
         "display_publish_time": "2025-03-20"},
        {"title": "丁市2024年政府信息公开工作年度报告", "url": f"http://{NFCMS}/content/post_5002.html"},
    ]
    page = "<html><body><div id='app'></div><script>window._CONFIG = {SID: '662021', COL: '0'};</script></body></html>"
    return Pages({
        "/gkmlpt/index": Page(page),
        "/gkmlpt/api/all/721?page=1&sid=662021": Page(json.dumps({"articles": articles}), "application/json"),
        "/content/post_5001.html": Page(report("丁市2024年法治政府建设年度报告")),
    })
