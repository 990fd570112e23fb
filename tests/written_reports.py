"""Reports of our own writing, as files of each kind: plain text, a page with a table, a PDF.

In: a folder and numbers. Out: three files a number, none of which says what another does, and their addresses.

>>> write_reports(Path("new"), [1])
['https://town1.example.gov.cn/1.txt', 'https://town1.example.gov.cn/2.html', 'https://town1.example.gov.cn/3.pdf']
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from tests.transforms.pdf_writer import pdf, set_lines

NUMERALS = "一二三四五六七八九十"


def write_reports(folder: Path, numbers: Iterable[int], year: int = 2024) -> list[str]:
    """Write the reports and the `index.csv` that says where they are from; return their addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in numbers:
        kinds = (("1.txt", _text), ("2.html", _page), ("3.pdf", _pdf))
        for place, (ending, write) in enumerate(kinds):
            file = folder / f"{number}-{ending}"
            file.write_bytes(write(_lines(number * len(kinds) + place, year)))
            day = f"{year + 1}-03-{number % 28 + 1:02}T08:00:0{place}Z"
            rows.append((file.name, f"https://town{number}.example.gov.cn/{ending}", day))
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as index:
        csv.writer(index).writerows([("file", "url", "retrieved_at"), *rows])
    return [url for _, url, _ in rows]


def _lines(number: int, year: int) -> list[str]:
    name = f"临{NUMERALS[number % 10]}{NUMERALS[number // 10 % 10]}镇"
    return [
        f"{name}人民政府关于{year}年度法治政府建设情况的报告",
        "一、主要举措和成效",
        f"{year}年,{name}开展法治宣传活动{number + 11}场,发放宣传资料{number + 3}千余份,调解矛盾纠纷{number + 45}件,"
        f"其中调解成功{number + 44}件,调解成功率达98.{number % 10}%以上。",
        f"发放救助金{number + 145}万余元,同比增长{number % 7 + 1}.5%。无行政败诉案件。",
        "二、下一步工作安排",
        f"{year + 1}年,计划开展培训不少于{number + 4}次。",
    ]


def _text(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def _page(lines: list[str]) -> bytes:
    title, *paragraphs = lines
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    table = ("<table><tr><th>项目</th><th>数量(件)</th></tr><tr><td>行政处罚</td><td>68</td></tr>"
             "<tr><td>行政检查</td><td>1,204</td></tr></table>")
    return (f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
            f"<div class='content'>{body}{table}</div></body></html>").encode()


def _pdf(lines: list[str]) -> bytes:
    title, *paragraphs = lines
    return pdf([[(72, 790, title), *set_lines(paragraphs, top=750)]])
