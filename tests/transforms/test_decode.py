"""Bytes to text: encodings, plain text, PDF, DOCX, and what is not read."""

import zipfile
from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.pdf_writer import pdf, set_lines
from transforms.decode import decode
from transforms.decode.encoding import decode_bytes

TEXT = "全年审核合同84份,提出意见213条;镕、喆、堃三人参加。"
URL = "urn:fazhi:file:a"


@pytest.mark.parametrize(("payload", "encoding"), [
    (TEXT.encode(), "utf-8"),
    (TEXT.encode("utf-8-sig"), "utf-8-sig"),
    (TEXT.encode("gb18030"), "gb18030"),
    (TEXT.encode("utf-16"), "utf-16"),
    (("12 a " + TEXT).encode("utf-16-le"), "utf-16-le"),
    (("12 a " + TEXT).encode("utf-16-be"), "utf-16-be"),
    (TEXT.encode()[:-1], "utf-8"),
    (TEXT.encode("gb18030")[:-1], "gb18030"),
    (TEXT.encode() * 20 + b"\xff", "utf-8"),
])
def test_encodings_are_told_from_the_bytes(payload: bytes, encoding: str) -> None:
    text, found = decode_bytes(payload) or ("", "")
    assert found == encoding
    assert "全年审核合同84份,提出意见213条;镕、喆、堃三人参加" in text


@pytest.mark.parametrize(("declared", "actual"), [
    ("utf-8", "gbk"), ("gb2312", "gb18030"), ("gbk", "utf-8"), ("iso-8859-1", "utf-8"), ("nonsense", "gb18030"),
    ("base64", "gb18030"), ("gb2312", "utf-8"),
])
def test_a_wrong_declaration_does_not_matter(declared: str, actual: str) -> None:
    text = "街道办理法律援助案件15件"
    assert (decode_bytes(text.encode(actual), f"text/html; charset={declared}") or ("",))[0] == text


def test_a_declared_big5_page_is_read() -> None:
    text = "辦理行政復議案件十二件"
    page = f'<meta charset="big5"><p>{text}</p>'.encode("big5")
    assert decode(page, "text/html", URL).text == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_wide_characters_is_a_page(encoding: str) -> None:
    page = "<html><head><title>年报</title></head><body><p>会议4次</p></body></html>"
    assert decode(page.encode(encoding), None, URL).text == "会议4次"


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_text(seed: int) -> None:
    import random
    payload = b"\x90" + random.Random(seed).randbytes(5000)
    assert decode(payload, "text/plain", URL).outcome in ("unreadable", "unsupported")


def test_plain_text_passes_unchanged_but_for_line_ends() -> None:
    text = "  第一行\t甲\r\n\r\n\u3000第二行 <p>不是标签\r第三行\n"
    assert decode(text.encode(), "text/plain", URL).text == "  第一行\t甲\n\n\u3000第二行 <p>不是标签\n第三行\n"


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"], exclude_characters="\r"), min_size=1),
       st.sampled_from(["utf-8", "gb18030"]))
def test_any_text_file_comes_through(text: str, encoding: str) -> None:
    text = f"会议12次,{text}办理案件"
    assert decode(text.encode(encoding), "text/plain", "urn:fazhi:file:a.txt").text is not None
    if encoding == "utf-8":
        assert decode(text.encode(encoding), "text/plain", "urn:fazhi:file:a.txt").text == text


@pytest.mark.parametrize("payload", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\x00\x00\x00\x00"])
def test_nothing_is_empty(payload: bytes) -> None:
    assert decode(payload, "text/plain", URL).outcome == "empty"


def archive(**files: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(("payload", "kind"), [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc, wps or xls"),
    (archive(OFD_xml="<ofd/>"), "ofd"),
    (archive(xl__workbook_xml="<x/>"), "xlsx"),
    (archive(a="b"), "zip archive"),
    (b"PK\x03\x04nonsense", "broken zip archive"),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
    (b"\xff\xd8\xff\xe0" + bytes(50), "image"),
    (b"{\\rtf1 x}", "rtf"),
    (b"Rar!\x1a\x07\x00" + bytes(9), "rar archive"),
])
def test_kinds_that_are_not_read_are_named(payload: bytes, kind: str) -> None:
    decoded = decode(payload, "text/html", "https://example.gov.cn/a.doc")
    assert decoded.outcome == "unsupported"
    assert (decoded.error or "").startswith(f"{kind} is not read")


PARAGRAPHS = [
    "一、工作开展情况",
    "全年办理行政许可307件,按期办结率100%;查处非法采砂案件11件,罚款46.8万元,移送公安机关1件,没有发生行政复议纠错和行政诉讼败诉的情况。",
    "(一)普法宣传。开展宣传8场,发放折页1.5万余份。",
    "二、存在的不足",
]


def test_lines_of_print_become_paragraphs_across_pages() -> None:
    lines = set_lines(PARAGRAPHS)
    first, second = lines[:3], [(x, y + 80, text) for x, y, text in lines[3:]]
    payload = pdf([[*first, (285, 40, "— 1 —")], [*second, (285, 40, "— 2 —")]])
    decoded = decode(payload, "application/pdf", "https://example.gov.cn/a.pdf")
    assert (decoded.text or "").split("\n") == PARAGRAPHS


def test_columns_in_print_are_cells() -> None:
    payload = pdf([[(72, 700, "项目"), (200, 700, "2023年"), (300, 700, "2024年"),
                    (72, 676, "行政许可"), (200, 676, "1203"), (300, 676, "1356")]])
    assert decode(payload, None, URL).text == "项目\t2023年\t2024年\n行政许可\t1203\t1356"


@pytest.mark.parametrize(("payload", "word"), [
    (pdf([[], []]), "OCR"),
    (b"%PDF-1.4\nnonsense", "cannot be opened"),
    (pdf([[(72, 700, "一")]])[:200], "cannot be opened"),
])
def test_a_pdf_without_readable_text_says_why(payload: bytes, word: str) -> None:
    decoded = decode(payload, None, URL)
    assert decoded.outcome == "unreadable"
    assert word in (decoded.error or "")


def word_file(document: object) -> bytes:
    buffer = BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def test_a_word_file_keeps_paragraphs_and_tables_in_order() -> None:
    document = docx.Document()
    document.core_properties.title = "某镇2024年法治政府建设情况报告"
    document.add_paragraph(PARAGRAPHS[0])
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, [["项目", "数量", ""], ["", "2023年", "2024年"], ["许可", "12", "15"]], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.add_paragraph("发放").add_run("4900").bold = True
    document.paragraphs[-1].add_run("余册")
    decoded = decode(word_file(document), None, URL)
    assert decoded.title == "某镇2024年法治政府建设情况报告"
    assert decoded.text == f"{PARAGRAPHS[0]}\n项目\t数量\t数量\n\t2023年\t2024年\n许可\t12\t15\n发放4900余册"


def test_a_word_file_keeps_what_stands_in_frames_and_insertions() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("受理")
    run = "<w:r><w:t>{}</w:t></w:r>"
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}>{run.format('12件')}</w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>13件</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:hyperlink {nsdecls('w')}>{run.format(',见附件')}</w:hyperlink>"))
    document.element.body.insert(0, parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run.format('标题')}</w:p></w:sdtContent></w:sdt>"))
    assert decode(word_file(document), None, URL).text == "标题\n受理12件,见附件"


LISTS = """<w:abstractNum {} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt
w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt
w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>"""


def test_numbers_that_word_counts_are_written_out() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(LISTS.format(nsdecls("w"))))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for depth, text in [(0, "成效"), (1, "会议4次"), (1, "培训2期"), (0, "不足"), (1, "人手少"), (None, "特此报告")]:
        paragraph = document.add_paragraph(text)
        if depth is not None:
            paragraph._p.get_or_add_pPr().append(parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'))
    assert decode(word_file(document), None, URL).text == "一、成效\n1.会议4次\n2.培训2期\n二、不足\n1.人手少\n特此报告"


def test_cells_merged_downwards_keep_their_label() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    for row, cells in zip(table.rows, [["机关", "事项", "件"], ["公安", "许可", "3"], ["", "处罚", ""], ["民政", "许可", "1"]],
                          strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).merge(table.cell(2, 2))
    assert decode(word_file(document), None, URL).text == "机关\t事项\t件\n公安\t许可\t3\n公安\t处罚\n民政\t许可\t1"


def test_a_broken_word_file_says_so() -> None:
    assert decode(archive(word__document_xml="<broken"), None, URL).outcome == "unreadable"
    assert decode(word_file(docx.Document()), None, URL).outcome == "unreadable"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.5\n", b"PK\x03\x04", b"<html>", b"\xff\xfe", b"WARC"]))
def test_no_bytes_break_it(payload: bytes, start: bytes) -> None:
    decoded = decode(start + payload, None, URL)
    assert (decoded.text is None) == (decoded.outcome is not None)
