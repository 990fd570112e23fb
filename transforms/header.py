"""The header of a report: title, body, level, department, division, year and dates, or why a page has none.

In: documents with cleaned text (columns text, page_title, page_date, url, source_id) and `HeaderKnowledge`.
Out: the same rows with the columns of `HEADER`, of which `header_outcome` is null for a report.

>>> headers(documents, knowledge).select("title", "body_level", "division_code", "report_year")
"""

import re
from datetime import date
from typing import Any

import polars as pl

from transforms.divisions import place_of
from transforms.header_body import Body, find_body
from transforms.header_dates import published_date, signed_date
from transforms.header_knowledge import HeaderKnowledge
from transforms.header_title import Title, find_title, is_title
from transforms.header_years import Year, year_of

HEADER = pl.Schema({
    "title": pl.String, "body": pl.String, "body_level": pl.String, "department": pl.String,
    "division_code": pl.String, "province": pl.String, "city": pl.String, "county": pl.String, "township": pl.String,
    "report_year": pl.Int16, "published_date": pl.Date, "signed_date": pl.Date,
    "header_outcome": pl.String, "header_error": pl.String,
})
_INPUTS = ("text", "page_title", "page_date", "url", "source_id")
_HEAD, _TAIL, _LONGEST = 2000, 1500, 100_000
# A body without a title is a report if it speaks of the subject again and again, under the headings of such reports.
_MENTIONS, _LONG_ENOUGH = 4, 600
_TITLES_IN_A_LIST, _SENTENCES = 4, 10
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def headers(documents: pl.LazyFrame, knowledge: HeaderKnowledge) -> pl.LazyFrame:
    """Return `documents` with the columns of `HEADER`; a page that is no report has only outcome and error."""
    schema = pl.Schema({**documents.collect_schema(), **HEADER})

    def add(frame: pl.DataFrame) -> pl.DataFrame:
        rows = [header_of(*row, knowledge=knowledge) for row in frame.select(_INPUTS).iter_rows()]
        return frame.with_columns(pl.DataFrame(rows, schema=HEADER).get_columns())

    return documents.map_batches(add, schema=schema)


def header_of(
    text: str | None, page_title: str | None, page_date: date | None, url: str | None, source_id: str | None,
    *, knowledge: HeaderKnowledge,
) -> dict[str, Any]:
    """Return the header of one page, keyed like `HEADER`.

    What a person has entered in the list of sources (place, level, year) goes before what the page says.
    """
    if not text or not text.strip():
        return _no_header("empty", "the page has no text: look at the snapshot, or fetch it again")
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n{text[-_TAIL:]}"
    text, page_title = text.translate(_NARROW), (page_title or "").translate(_NARROW).strip()
    curated = knowledge.curated.get(source_id or "", {})
    is_listed = curated.get("kind") == "report"
    title = find_title(text, page_title, knowledge)
    refusal = _why_no_report(title, text, knowledge)
    if refusal and not is_listed:
        return _no_header("not_a_report", f"{refusal}: leave it out, or enter it in seeds/sources.csv as a report")
    heading = title.text or curated.get("title") or _stand_in(page_title, text)
    curated_year = curated.get("report_year")
    year = Year(int(curated_year)) if curated_year else year_of(title.text, text, knowledge)
    if year.outcome:
        return _no_header(year.outcome, year.error or "")
    body = find_body(title.issuer, page_title, text, _host_place(url, knowledge), knowledge)
    body = _as_curated(body, curated, knowledge) if curated else body
    return _row(heading, body, year.value, page_date or _curated_date(curated), text, knowledge)


def _why_no_report(title: Title, text: str, knowledge: HeaderKnowledge) -> str | None:
    if title.reason:
        return f"no report: {title.reason}"
    lines = {line.strip() for line in text[:8000].split("\n") if re.search(r"20\d\d", line)}
    if text.count("。") < _SENTENCES and sum(is_title(line, knowledge) for line in lines) >= _TITLES_IN_A_LIST:
        return "no report: it lists the titles of several"
    if title.text:
        return None
    headings = re.findall(rf"(?m)^[一二三四五六七八九][、.].{{0,40}}?{knowledge.any_of('reported', 'plan')}", text)
    if text.count("法治政府") >= _MENTIONS and len(text) >= _LONG_ENOUGH and headings:
        return None
    return "no report: neither page nor text bears the title of a report on 法治政府建设"


def _stand_in(page_title: str, text: str) -> str:
    """What names a report without a title: the title of its page, else its first line."""
    first = next(line.strip() for line in text.split("\n") if line.strip())
    return page_title or first[:80]


def _host_place(url: str | None, knowledge: HeaderKnowledge) -> str:
    host = re.match(r"https?://(?:www\.)?([^/:]+)", url or "")
    return knowledge.host_places.get(host.group(1), "") if host else ""


def _as_curated(body: Body, curated: dict[str, str | None], knowledge: HeaderKnowledge) -> Body:
    unit = knowledge.source_unit(curated)
    place = place_of(unit) if unit else body.place
    level = curated.get("org_level") or body.level
    department = body.department if level == "department" else None
    return Body(curated.get("org_name") or body.name, level, department, place)


def _curated_date(curated: dict[str, str | None]) -> date | None:
    written = curated.get("publish_date")
    return date.fromisoformat(written) if written else None


def _row(
    title: str, body: Body, year: int | None, page_date: date | None, text: str, knowledge: HeaderKnowledge
) -> dict[str, Any]:
    return {
        "title": title, "body": body.name, "body_level": body.level, "department": body.department,
        "division_code": body.place.code, "province": body.place.province, "city": body.place.city,
        "county": body.place.county, "township": body.place.township, "report_year": year,
        "published_date": published_date(text[:_HEAD], page_date, year, knowledge),
        "signed_date": signed_date(text[-_TAIL:], text[:_HEAD], year),
        "header_outcome": None, "header_error": None,
    }


def _no_header(outcome: str, error: str) -> dict[str, Any]:
    return {**dict.fromkeys(HEADER), "header_outcome": outcome, "header_error": error}
