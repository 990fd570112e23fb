"""How fast texts become observations, beside a bare scan for numbers over the same texts, in one run.

In: the seed report, which is as dense in numbers as reports are, and the texts of `tests/gold/texts`, which are far
denser; each repeated, each copy with digits of its own and with some characters of its own, so that words and sentences
differ as they do between reports. Out: megabytes of UTF-8 a second on all cores, start-up and imports told apart.

>>> python -m benchmarks
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
# As many as a full segment of the archive has.
MEGABYTES = 64
SCAN = r"\d+(\.\d+)?"
CORPORA = {"seed report": "seeds/reports", "gold texts": "tests/gold/texts"}
# One character in so many is another one: about every third label of a copy is then found in no other.
OTHER_CHARACTER = 40


def main() -> None:
    """Print start-up, and for each corpus the throughput of extraction and of the bare scan, and their ratio."""
    began = time.perf_counter()
    extract = extraction()
    extract(pl.DataFrame({"doc": [0], "text": ["调解8起。"]}))
    print(f"start-up, imports and the first text: {time.perf_counter() - began:.2f} s")
    for name, folder in CORPORA.items():
        documents = pl.DataFrame({"text": copies(ROOT / folder)}).with_row_index("doc")
        report(name, documents, extract)


def extraction() -> Callable[[pl.DataFrame], int]:
    """Return a function that counts the observations in documents, by the way that a build takes."""
    from flows.chunks import in_chunks
    from flows.seeds import read_knowledge
    from transforms.computed import computed
    from transforms.observations import observations
    from transforms.pipeline import outlined_sentences

    knowledge = read_knowledge()

    def observed(chunk: pl.DataFrame) -> int:
        texts = chunk.lazy().with_columns(report_id=pl.format("r{}", "doc"), report_year=pl.lit(2023, pl.Int32))
        outlined = computed(outlined_sentences(texts, knowledge)).lazy()
        return computed(observations(outlined, knowledge)).height

    return lambda documents: sum(in_chunks(documents, observed))


def report(name: str, documents: pl.DataFrame, extract: Callable[[pl.DataFrame], int]) -> None:
    """Print how fast one corpus is read."""
    from flows.settings import core_count

    size = documents["text"].str.len_bytes().sum()
    wall, processor, found = timed(lambda: extract(documents))
    again, _, _ = timed(lambda: extract(documents))
    scan, _, numbers = timed(lambda: documents.select(pl.col("text").str.count_matches(SCAN).sum()).item())
    print(f"{name}: {size / 1e6:.1f} MB, {found} observations, {1000 * found / size:.1f} a KB")
    print(f"  text -> observations: {size / wall / 1e6:.2f} MB/s on {core_count()} cores "
          f"({wall:.2f} s, {processor:.2f} s of processor time)")
    print(f"    again:              {size / again / 1e6:.2f} MB/s, as a further segment is read: memory is taken")
    print(f"  bare number scan:     {size / scan / 1e6:.0f} MB/s ({numbers} numbers)")
    print(f"  extraction takes {wall / scan:.0f} times as long as the scan")


def timed(work: Callable[[], int]) -> tuple[float, float, int]:
    """Return seconds by the clock, seconds of processor time, and what the work returned."""
    began, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - began, time.process_time() - processor, result


def copies(folder: Path) -> list[str]:
    """Return the texts of a folder over and over, each copy varied, until they are as many bytes as wanted."""
    sources = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt"))]
    characters = sorted({mark for source in sources for mark in source if "一" <= mark <= "龥"})
    chance = random.Random(0)
    texts: list[str] = []
    size = 0
    while size < MEGABYTES * 1e6:
        for source in sources:
            texts.append("".join(varied(mark, characters, chance) for mark in source))
            size += len(texts[-1].encode())
    return texts


def varied(mark: str, characters: list[str], chance: random.Random) -> str:
    """Return another digit for one that may change, now and then another character for a Chinese one."""
    if mark in "3456789":
        return chance.choice("123456789")
    if "一" <= mark <= "龥" and chance.randrange(OTHER_CHARACTER) == 0:
        return chance.choice(characters)
    return mark
