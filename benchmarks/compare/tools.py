"""Run the other tools on texts, each called as its own documentation says. Runs in an environment of their own.

In: a JSON file `{name: text}`. Out: a JSON file `{"mentions": [[tool, kind, name, start, end, [number, ...]], ...],
"versions": {tool: version}, "network": [address that a tool tried to reach, ...]}`.

>>> .venv/compare/bin/python benchmarks/compare/tools.py texts.json mentions.json
"""

import json
import logging
import re
import socket
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Mention = tuple[str, str, int, int, list[float]]
NUMERAL = re.compile(r"\d+(?:\.\d+)?[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+")
DIGITS = re.compile(r"\d+(?:\.\d+)?")
attempts: list[str] = []


def main() -> None:
    """Read the texts, let every tool read them line by line, and write what each found."""
    source, target = map(Path, sys.argv[1:])
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    socket.getaddrinfo = refuse
    socket.socket.connect = refuse
    texts: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    found = []
    for read in (scan, cn2an_mentions, jionlp_mentions, recognizers_mentions):
        for name, text in texts.items():
            for offset, line in lines(text):
                found += [
                    (tool, kind, name, offset + start, offset + end, numbers)
                    for tool, kind, start, end, numbers in read(line)
                ]
    packages = ("cn2an", "jionlp", "recognizers-text-suite")
    result = {"mentions": found, "versions": {name: version(name) for name in packages}, "network": attempts}
    target.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def refuse(*address: Any, **_: Any) -> Any:
    """Stand in for the network: note who is called, and refuse."""
    attempts.append(str(address[-1]))
    raise OSError("the comparison has no network")


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their offsets."""
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1


def scan(line: str) -> Iterator[Mention]:
    """Digits alone, as a bare regular expression finds them."""
    for match in DIGITS.finditer(line):
        yield "digits", "number", match.start(), match.end(), [float(match.group())]


def cn2an_mentions(line: str) -> Iterator[Mention]:
    """What cn2an can convert; it finds nothing itself, so it is given every run of digits and numerals."""
    import cn2an

    for match in NUMERAL.finditer(line):
        try:
            number = float(cn2an.cn2an(match.group(), "smart"))
        except ValueError:
            continue
        yield "cn2an", "number", match.start(), match.end(), [number]


def jionlp_mentions(line: str) -> Iterator[Mention]:
    """JioNLP's amounts of money and spans of time."""
    import jionlp

    for found in jionlp.ner.extract_money(line, with_parsing=True) or []:
        numbers = found["detail"]["num"]
        yield "JioNLP", "money", *found["offset"], floats(numbers if isinstance(numbers, list) else [numbers])
    for found in jionlp.ner.extract_time(line, time_base={"year": 2024}, with_parsing=True) or []:
        yield "JioNLP", "any time", *found["offset"], []
        if found["type"] == "time_delta":
            spans = found["detail"]["time"]
            parts = spans if isinstance(spans, list) else [spans]
            yield "JioNLP", "duration", *found["offset"], floats([value for part in parts for value in part.values()])


def recognizers_mentions(line: str) -> Iterator[Mention]:
    """Recognizers-Text's numbers, percentages, currencies and dimensions; it gives the last character, not the end."""
    from recognizers_number import Culture, recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency, recognize_dimension

    rates = recognize_percentage(line, Culture.Chinese)
    counts = [
        one for one in recognize_number(line, Culture.Chinese)
        if not any(rate.start <= one.end and one.start <= rate.end for rate in rates)
    ]
    kinds = {
        "number": counts + rates,
        "percentage": rates,
        "money": recognize_currency(line, Culture.Chinese),
        "dimension": recognize_dimension(line, Culture.Chinese),
    }
    for kind, found in kinds.items():
        for one in found:
            numbers = floats([(one.resolution or {}).get("value")])
            yield "Recognizers-Text", kind, one.start, one.end + 1, numbers


def floats(written: list[Any]) -> list[float]:
    """The numbers among what a tool gives as values, which are strings, numbers or None."""
    numbers = []
    for value in written:
        try:
            numbers.append(float(str(value).rstrip("%")))
        except ValueError:
            continue
    return numbers


if __name__ == "__main__":
    main()
