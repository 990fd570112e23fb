"""One report over runs and addresses, from servers to the combined tables: corrected, copied, shown on the wrong host."""

from pathlib import Path

import polars as pl

from flows.build import build
from flows.release_tables import combine_segments
from flows.warc_store import read_snapshots, segments
from tests.flows.sites.harvesting import harvest, settings_for
from tests.flows.sites.server import Page, Pages, Server

TITLE = "青石县水务局2024年法治政府建设年度报告"
BODY = (
    "2024年,青石县水务局推进法治政府建设。", "一、主要举措和成效", "全年办理行政许可{}件,按期办结率100%。",
    "查处非法采砂案件11件,罚款46.8万元。", "开展宣传8场,发放折页1.5万余份。", "二、存在的不足", "执法人员只有12人。",
    "青石县水务局", "2025年1月19日",
)


def trs(permits: int = 307) -> Page:
    """The page on the bureau's own site."""
    body = "".join(f"<p>{line.format(permits)}</p>" for line in BODY)
    return Page(f"<html><head><title>{TITLE}_青石县水务局</title></head><body><h1>{TITLE}</h1>"
                f"<div>来源:青石县水务局 发布时间:2025-01-20</div><div class='TRS_Editor'>{body}</div></body></html>")


def vsb(permits: int = 307) -> Page:
    """The same report within the frame of the county's site."""
    body = "".join(f"<p>&nbsp;&nbsp;{line.format(permits)}</p>" for line in BODY)
    return Page(f"<html><head><title>{TITLE}-青石县人民政府</title></head><body><h2>{TITLE}</h2><div>{body}</div>"
                "<p>上一篇:无</p><p>青石县人民政府办公室主办</p></body></html>")


def tables_of(data: Path, folder: Path) -> dict[str, pl.DataFrame]:
    build(data)
    folder.mkdir(exist_ok=True)
    return {name: frame.collect() for name, frame in combine_segments(data, folder)[0].items()}


def test_a_corrected_report_replaces_the_old_one_and_both_stay_in_the_store(tmp_path: Path) -> None:
    site = Pages({"/1.html": trs(307)})
    with Server({"slj.qingshi.gov.cn": site}) as server:
        urls = ["http://slj.qingshi.gov.cn/1.html"]
        harvest(tmp_path, urls, settings_for(server))
        site.pages["/1.html"] = trs(370)
        harvest(tmp_path, urls, settings_for(server))
        harvest(tmp_path, urls, settings_for(server))
    tables = tables_of(tmp_path / "data", tmp_path / "work")
    report = tables["reports"].row(0, named=True)
    assert (tables["reports"].height, report["revision"]) == (1, 2)
    assert report["first_seen"] < report["last_changed"] < report["last_checked"]
    assert "370件" in tables["observations"]["quote"].to_list()
    assert "307件" not in tables["observations"]["quote"].to_list()
    stored = [snapshot.payload for segment in segments(tmp_path / "data") for snapshot in read_snapshots(segment)]
    assert {trs(307).payload, trs(370).payload} <= set(stored)


def test_a_copy_found_in_a_later_run_is_a_source_and_no_report(tmp_path: Path) -> None:
    sites = {"www.qingshi.gov.cn": Pages({"/info/1/9.htm": vsb()}), "slj.qingshi.gov.cn": Pages({"/1.html": trs()})}
    county, own = "http://www.qingshi.gov.cn/info/1/9.htm", "http://slj.qingshi.gov.cn/1.html"
    with Server(sites) as server:
        harvest(tmp_path, [county], settings_for(server))
        harvest(tmp_path, [county, own], settings_for(server))
    tables = tables_of(tmp_path / "data", tmp_path / "work")
    assert tables["reports"].select("source_url", "other_source_urls").rows() == [(own, county)]
    assert tables["observations"]["quote"].to_list().count("307件") == 1
    made = tables["harvest_log"].filter(pl.col("outcome") == "fetched", pl.col("report_id").is_not_null())
    assert made["report_id"].unique().to_list() == tables["reports"]["report_id"].to_list()
    assert set(made["url"]) == {county, own}
