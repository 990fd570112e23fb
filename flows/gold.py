"""Read gold and the texts that it annotates, and run the extraction on them.

In: a gold file (columns as in `tests/gold/README.md`; a file without `doc` is of one report) and a folder of texts.
Out: `Gold`, and the observations of its texts with offsets in the texts as given.

>>> read_gold(Path("tests/gold/gold.csv"), None).rows[0]["quote"]
'4次'
"""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import FazhiError
from flows.seeds import SEEDS, read_seed
from transforms.alignment import place_in_source
from transforms.clean import clean, normalised
from transforms.header import headers
from transforms.knowledge import Knowledge
from transforms.marked import Marked, read_marked, score_marked
from transforms.mask import mask
from transforms.observations import observations
from transforms.pipeline import outlined_sentences
from transforms.scoring import Row, Score, ancestors_in, score

Reading = Callable[[pl.LazyFrame, Knowledge], pl.LazyFrame]
HEADER_INPUTS = {"page_title": pl.String, "page_date": pl.Date, "url": pl.String, "source_id": pl.String}
YEAR_OF_SENTENCES = 2025
NUMBERS = ("value", "value_low", "value_high")


@dataclass(frozen=True)
class Gold:
    """Annotated observations, the texts that they are of, the year of each text, and the split it is in."""

    rows: list[dict[str, Any]]
    texts: dict[str, str]
    years: dict[str, int | None]
    splits: dict[str, str]


def read_gold(path: Path, texts: Path | None) -> Gold:
    """Read a gold file; raise FazhiError naming the file or row at fault, or the text that is missing."""
    rows = [read_row(row, path, line) for line, row in enumerate(csv_rows(path), start=2)]
    if not rows:
        raise FazhiError(f"{path}: has no rows; give a file with annotated observations")
    documents = path.parent / "documents.csv"
    described = {row["doc"]: row for row in csv_rows(documents)} if documents.is_file() else {}
    if rows[0]["doc"] is None:
        name, text = text_of_quotes(rows, texts or SEEDS / "reports", path)
        return Gold([row | {"doc": name} for row in rows], {name: text}, {name: None}, {})
    names = list(dict.fromkeys(row["doc"] for row in rows))
    if described and set(names) <= set(described):
        names = list(described)
    found = {name: read_text((texts or path.parent / "texts") / f"{name}.txt") for name in names}
    years = {name: year_of(name, described.get(name, {})) for name in names}
    return Gold(rows, found, years, {name: described.get(name, {}).get("split", "") for name in names})


def read_marked_file(path: Path) -> dict[str, Marked]:
    """Read a file of marked sentences, each named by the file and its line; raise FazhiError if it has none."""
    sentences = {f"{path.stem}:{sentence.line}": sentence for sentence in read_marked(read_text(path))}
    if not sentences:
        raise FazhiError(f"{path}: has no sentences; tests/gold/README.md says how they are marked")
    return sentences


def observe_marked(
    sentences: Mapping[str, Marked], knowledge: Knowledge, reading: Reading = observations
) -> list[dict[str, Any]]:
    """Return the observations of marked sentences, each read as a report of its own."""
    texts = {name: sentence.text for name, sentence in sentences.items()}
    return observe(Gold([], texts, dict.fromkeys(texts, YEAR_OF_SENTENCES), {}), knowledge, reading)


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file; raise FazhiError if it cannot be."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FazhiError(f"{path}: cannot be read as CSV in UTF-8 ({error})") from error


def read_row(row: dict[str, str], path: Path, line: int) -> dict[str, Any]:
    """Return a gold row with its numbers read and its empty fields None."""
    try:
        read: dict[str, Any] = {name: text or None for name, text in row.items()}
        read |= {name: float(row[name]) if row[name] else None for name in NUMBERS}
        read["doc"] = row.get("doc")
        read["char_start"] = int(row["char_start"]) if row.get("char_start") else None
        if read["char_start"] is not None:
            read["char_end"] = int(row.get("char_end") or read["char_start"] + len(row["quote"]))
        stated = row.get("period_start")
        read["period"] = f"{stated}/{row['period_end']}" if stated else None
        return read
    except (KeyError, ValueError) as error:
        raise FazhiError(f"{path}: line {line}: {error!r}; see tests/gold/README.md for the columns") from error


def text_of_quotes(rows: list[dict[str, Any]], folder: Path, path: Path) -> tuple[str, str]:
    """Return the text in which every quote stands at its place."""
    for file in sorted(folder.glob("*.txt")):
        text = read_text(file)
        if all(text[row["char_start"]:row["char_end"]] == row["quote"] for row in rows):
            return file.stem, text
    raise FazhiError(f"{path}: no text in {folder} has all its quotes at their places; name the folder with --texts")


def read_text(path: Path) -> str:
    """Read a text with its line breaks as they are."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FazhiError(f"{path}: cannot be read ({error}); name the folder of the texts with --texts") from error


def year_of(name: str, described: dict[str, str]) -> int | None:
    """Return the report's year by `documents.csv` or by the end of the document's name."""
    at_end = re.search(r"(20\d\d)$", name)
    year = described.get("year") or (at_end.group(1) if at_end else None)
    return int(year) if year else None


def observe(gold: Gold, knowledge: Knowledge, reading: Reading = observations) -> list[dict[str, Any]]:
    """Return the observations of the gold's texts, with `doc` and offsets in the texts as they were given.

    `reading` takes outlined sentences to rows; another one than `observations` may tell more of each.
    """
    names = list(gold.texts)
    given = pl.DataFrame({"doc": range(len(names)), "text": list(gold.texts.values())}).cast({"doc": pl.UInt32})
    sources = given.select(normalised(pl.col("text"), knowledge))["text"].to_list()
    cleaned = clean(given.lazy(), knowledge).collect()
    empty = {name: pl.lit(None, dtype) for name, dtype in HEADER_INPUTS.items()}
    told = headers(cleaned.lazy().with_columns(**empty), knowledge.header).collect()["report_year"]
    years = [gold.years[name] or year for name, year in zip(names, told, strict=True)]
    for name, year in zip(names, years, strict=True):
        if year is None:
            raise FazhiError(f"{name}: its year is not known; end its name with it or add it to documents.csv")
    masked = cleaned.lazy().with_columns(
        mask(pl.col("text"), knowledge.private).alias("text"),
        report_id=pl.Series(names),
        report_year=pl.Series(years, dtype=pl.Int32),
    )
    outlined = outlined_sentences(masked, knowledge).collect().lazy()
    to_source = {
        name: place_in_source(text, source)
        for name, text, source in zip(names, cleaned["text"], sources, strict=True)
    }
    rows = reading(outlined, knowledge).collect().iter_rows(named=True)
    return [
        row | {"doc": row["report_id"]}
        | {name: to_source[row["report_id"]](row[name]) for name in ("char_start", "char_end")}
        for row in rows
    ]


def score_gold(gold: Gold, observed: Iterable[Row], docs: Collection[str], knowledge: Knowledge) -> Score:
    """Score the observations of some documents, at the level of the codes that the gold knows."""
    return score(
        [row for row in gold.rows if row["doc"] in docs],
        [row for row in observed if row["doc"] in docs],
        known_as((row.get("indicator") for row in gold.rows), knowledge),
    )


def score_sentences(sentences: Mapping[str, Marked], knowledge: Knowledge) -> Score:
    """Score marked sentences, at the level of the codes that they are marked with."""
    codes = (code for sentence in sentences.values() for _, code in sentence.marks)
    return score_marked(sentences, observe_marked(sentences, knowledge), known_as(codes, knowledge))


def known_as(codes: Iterable[str | None], knowledge: Knowledge) -> dict[str, str | None]:
    """Map each code to its nearest ancestor among those that a gold uses; to nothing, as they are, if it uses all.

    A gold may use the codes of version 0 alone, or those and the newer ones that are no part of any of them.
    """
    used, first = {code for code in codes if code}, first_codes()
    if used <= set(first):
        return ancestors_among(first, knowledge)
    broad = broad_codes(knowledge)
    return ancestors_among(broad, knowledge) if used <= set(broad) else {}


def first_codes() -> pl.Series:
    """The codes of version 0."""
    return read_seed("codebook_v0")["indicator"]


def broad_codes(knowledge: Knowledge) -> list[str]:
    """The codes of version 0, and those that have no ancestor among them."""
    first = ancestors_among(first_codes(), knowledge)
    return [code for code, ancestor in first.items() if ancestor in (code, None)]


def ancestors_among(codes: Iterable[str], knowledge: Knowledge) -> dict[str, str | None]:
    """Map each code of the codebook to its nearest ancestor among `codes`, itself if it is one, or None."""
    return ancestors_in(codes, dict(knowledge.indicators.select("indicator", "parent").iter_rows()))
