"""How fast texts become observations, beside a bare scan for numbers over the same texts, in one run.

In: the texts of `tests/gold/texts` and `seeds/reports`, repeated, each copy with digits of its own so that no sentence
comes twice. Out: megabytes of UTF-8 a second, start-up and imports told apart.

>>> python -m benchmarks
"""

import random
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 12
SCAN = r"\d+(\.\d+)?"


def main() -> None:
    """Print start-up, throughput of extraction and of the bare scan, and their ratio."""
    began = time.perf_counter()
    import polars as pl

    from flows.seeds import read_knowledge
    from transforms.observations import observations
    from transforms.pipeline import outlined_sentences

    knowledge = read_knowledge()
    texts = copies()
    size = sum(len(text.encode()) for text in texts) / 1e6
    frame = pl.LazyFrame({"doc": range(len(texts)), "text": texts}).cast({"doc": pl.UInt32}).with_columns(
        report_id=pl.format("r{}", "doc"), report_year=pl.lit(2023, pl.Int32)
    )

    def extract(part: pl.LazyFrame) -> int:
        outlined = outlined_sentences(part, knowledge).collect().lazy()
        return observations(outlined, knowledge).select(pl.len()).collect().item()

    extract(frame.head(1))
    started = time.perf_counter() - began
    began = time.perf_counter()
    found = extract(frame)
    extraction = time.perf_counter() - began
    began = time.perf_counter()
    numbers = frame.select(pl.col("text").str.count_matches(SCAN).sum()).collect().item()
    scan = time.perf_counter() - began
    print(f"start-up, imports and the first text: {started:.2f} s")
    print(f"text -> observations: {size / extraction:.2f} MB/s ({size:.1f} MB, {found} observations)")
    print(f"bare number scan:     {size / scan:.1f} MB/s ({numbers} numbers)")
    print(f"extraction takes {extraction / scan:.0f} times as long as the scan")


def copies() -> list[str]:
    """Return the texts over and over, with other digits in each copy, until they are as many as wanted."""
    files = sorted((ROOT / "tests/gold/texts").glob("*.txt")) + sorted((ROOT / "seeds/reports").glob("*.txt"))
    sources = [file.read_text(encoding="utf-8") for file in files]
    chance = random.Random(0)
    texts: list[str] = []
    size = 0
    while size < MEGABYTES * 1e6:
        for source in sources:
            swapped = "".join(chance.choice("123456789") if mark in "3456789" else mark for mark in source)
            texts.append(swapped)
            size += len(swapped.encode())
    return texts
