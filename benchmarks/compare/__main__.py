"""`make compare`: fazhi's mentions and values beside those of other tools, on our gold, in one run.

In: `tests/gold`, and the other tools in an environment of their own. Out: a table in Markdown on standard output.

>>> python -m benchmarks.compare .venv/compare/bin/python
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.compare.matching import Mention, Result, Target, compare
from flows.gold import observe, read_gold
from flows.seeds import read_knowledge
from transforms.schema import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests/gold"
TOOLS = Path(__file__).with_name("tools.py")
NUMERAL = re.compile(r"[0-9０-９〇一二两三四五六七八九十百千万亿半几数]")
MEASURED = {"kg", "gram", "jin", "mg", "tonne", "litre", "ml", "m3"}
OURS = "fazhi"
Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of number: what the gold has of it, which mentions of fazhi are of it, and who else knows it."""

    name: str
    is_of: Callable[[Row], bool]
    tools: dict[str, str]


KINDS = (
    Kind("number", lambda _: True,
         {"digits": "number", "cn2an": "number", "Recognizers-Text": "number"}),
    Kind("percentage", lambda row: row["unit_code"] in ("percent", "percentage_point"),
         {"Recognizers-Text": "percentage"}),
    Kind("money", lambda row: row["dimension"] == "money", {"JioNLP": "money", "Recognizers-Text": "money"}),
    Kind("dimension", lambda row: row["dimension"] in ("area", "length") or row["unit_code"] in MEASURED,
         {"Recognizers-Text": "dimension"}),
    Kind("duration", lambda row: row["dimension"] == "time", {"JioNLP": "duration"}),
)


def main() -> None:
    """Score every tool on every kind it knows, on the held texts and on all."""
    knowledge = read_knowledge()
    gold = read_gold(GOLD / "gold.csv", None)
    dimensions = dict(knowledge.units.select("unit_code", "dimension").iter_rows())
    rows = [row | {"dimension": dimensions.get(row["unit_code"])} for row in gold.rows if has_numeral(row)]
    observed = [row for row in observe(gold, knowledge) if has_numeral(row)]
    others = run_tools(gold.texts)
    told = ", ".join(f"{name} {version}" for name, version in others["versions"].items())
    print(f"fazhi (schema {SCHEMA_VERSION}) beside {told}; {len(gold.texts)} texts, {len(rows)} numbers in gold")
    print(f"tried to reach the network: {', '.join(others['network']) or 'none'}")
    for title, splits in (("held texts", {"held"}), ("all texts", {"held", "tune"})):
        docs = {doc for doc, split in gold.splits.items() if split in splits}
        print(f"\n### {title} ({len(docs)})\n")
        print("| kind | tool | in gold | given | found | right value | precision |\n|---|---|--:|--:|--:|--:|--:|")
        print_kinds(docs, rows, observed, others["mentions"])
        print_every_numeral(docs, rows, observed, others["mentions"])


def has_numeral(row: Row) -> bool:
    """Whether a number is written; a zero in words (`无`, `未发生一起`) is none, and only fazhi knows those."""
    return bool(NUMERAL.search(row["quote"])) and (row["value"] != 0 or "0" in row["quote"])


def run_tools(texts: dict[str, str]) -> dict[str, Any]:
    """Run the other tools in their own environment, named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "texts.json", Path(folder) / "mentions.json"
        source.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        subprocess.run([sys.argv[1], TOOLS, source, target], check=True, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return result


def print_kinds(docs: set[str], rows: list[Row], observed: list[Row], mentions: list[list[Any]]) -> None:
    """Print each kind, fazhi first."""
    for kind in KINDS:
        wanted = targets(row for row in rows if row["doc"] in docs and kind.is_of(row))
        ours = own_mentions(row for row in observed if row["doc"] in docs and kind.is_of(row))
        print_row(kind.name, OURS, compare(wanted, ours))
        for tool, name in kind.tools.items():
            print_row(kind.name, tool, compare(wanted, other_mentions(mentions, tool, name, docs)))


def print_every_numeral(docs: set[str], rows: list[Row], observed: list[Row], mentions: list[list[Any]]) -> None:
    """Print who sees every numeral, dates and names included: a tool that finds all of them is no worse for it."""
    traps = [
        Target(row["doc"], int(row["char_start"]), int(row["char_end"]), None)
        for row in csv.DictReader((GOLD / "traps.csv").open(encoding="utf-8"))
        if row["doc"] in docs and NUMERAL.search(row["text"])
    ]
    numbers = targets(row for row in rows if row["doc"] in docs)
    read = {OURS: own_mentions(row for row in observed if row["doc"] in docs)}
    for tool in KINDS[0].tools:
        read[tool] = other_mentions(mentions, tool, "number", docs)
    read["JioNLP (money, time)"] = [
        one for name in ("money", "any time") for one in other_mentions(mentions, "JioNLP", name, docs)
    ]
    for tool, given in read.items():
        print_row("number or trap", tool, compare(numbers + traps, given), valued=False)
    for tool, given in read.items():
        print_row("trap taken", tool, compare(traps, given), valued=False, precise=False)


def targets(rows: Iterable[Row]) -> list[Target]:
    """What is to be found: each place once, and both ends of a range."""
    found = {
        Target(row["doc"], row["char_start"], row["char_end"], value)
        for row in rows
        for value in ([row["value"]] if row["value"] is not None else [row["value_low"], row["value_high"]])
    }
    return sorted(found, key=lambda target: (target.doc, target.start))


def own_mentions(rows: Iterable[Row]) -> list[Mention]:
    """Fazhi's observations as mentions: those that share a number are one."""
    found = {
        Mention(row["doc"], row["char_start"], row["char_end"],
                (row["value"],) if row["value"] is not None else (row["value_low"], row["value_high"]))
        for row in rows
    }
    return sorted(found, key=lambda mention: (mention.doc, mention.start))


def other_mentions(mentions: list[list[Any]], tool: str, kind: str, docs: set[str]) -> list[Mention]:
    """A tool's mentions of a kind in these texts."""
    return [
        Mention(doc, start, end, tuple(values))
        for by, of, doc, start, end, values in mentions
        if by == tool and of == kind and doc in docs
    ]


def print_row(kind: str, tool: str, result: Result, *, valued: bool = True, precise: bool = True) -> None:
    """Print one line of the table."""
    shares = (
        share(result.found, result.wanted),
        share(result.right_values, result.wanted) if valued else "",
        share(result.precise, result.given) if precise else "",
    )
    print(f"| {kind} | {tool} | {result.wanted} | {result.given} | {' | '.join(shares)} |")


def share(part: int, whole: int) -> str:
    """A share with three decimals."""
    return f"{part / whole:.3f}" if whole else "–"


if __name__ == "__main__":
    main()
