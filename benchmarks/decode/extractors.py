"""Compare extractors of main content on pages in the manner of Chinese content systems, by text recall and speed.

In: `tests/transforms/pages/*.html`, each with a `.txt` that lists the paragraphs of its body. Out: a table.
Recall is the share of the body's characters whose paragraph is in the output; `lines` is the share of paragraphs
that are lines of it; `chrome` is how much longer the output is than the body.

>>> python benchmarks/decode/extractors.py
"""

import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from resiliparse.extract.html2text import extract_plain_text

from transforms.decode.encoding import decode_bytes
from transforms.decode.html import read

PAGES = Path(__file__).resolve().parents[2] / "tests" / "transforms" / "pages"
ROUNDS = 20
EXTRACTORS: dict[str, Callable[[str], str]] = {
    "resiliparse, main content": lambda page: extract_plain_text(
        page, main_content=True, preserve_formatting=True, list_bullets=False, alt_texts=False),
    "resiliparse, whole page": lambda page: extract_plain_text(
        page, main_content=False, preserve_formatting=True, list_bullets=False, alt_texts=False),
    "trafilatura": lambda page: trafilatura.extract(page, include_comments=False) or "",
    "trafilatura, favor_recall": lambda page: trafilatura.extract(
        page, include_comments=False, favor_recall=True) or "",
    "ours: resiliparse, tables as rows, no link blocks": lambda page: read(page, "https://example.gov.cn/").text or "",
}


def main() -> None:
    """Print a line for each extractor."""
    pages = [(_page(path), path.with_suffix(".txt").read_text(encoding="utf-8").splitlines())
             for path in sorted(PAGES.glob("*.html"))]
    print(f"{len(pages)} pages\n{'extractor':50} recall  lines chrome ms/page")
    for name, extract in EXTRACTORS.items():
        scores = [_score(body, extract(page)) for page, body in pages]
        start = time.perf_counter()
        for _ in range(ROUNDS):
            for page, _body in pages:
                extract(page)
        milliseconds = (time.perf_counter() - start) / ROUNDS / len(pages) * 1000
        recall, lines, chrome = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        print(f"{name:50} {recall:6.3f} {lines:6.3f} {chrome:6.2f} {milliseconds:7.2f}")


def _page(path: Path) -> str:
    text, _encoding = decode_bytes(path.read_bytes(), None, markup=True) or ("", "")
    return text


def _score(body: list[str], text: str) -> tuple[float, float, float]:
    lines = {_squeezed(line) for line in text.split("\n")}
    whole = _squeezed(text)
    size = sum(len(_squeezed(paragraph)) for paragraph in body)
    found = sum(len(_squeezed(paragraph)) for paragraph in body if _squeezed(paragraph) in whole)
    return found / size, sum(_squeezed(paragraph) in lines for paragraph in body) / len(body), len(whole) / size


def _squeezed(text: str) -> str:
    """Leave out spaces; cells of a table must still be apart, so tabs stay (and so does what stands for them)."""
    return text.strip().replace(" ", "").replace("\u3000", "").replace("\xa0", "").replace("|", "\t").strip("\t")


if __name__ == "__main__":
    main()
