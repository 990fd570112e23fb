"""`fazhi score`: accuracy against observations annotated by hand.

In: a gold file, and the folder of its texts. Out: a line of figures per split, and every fault with its clause.

>>> fazhi score tests/gold/gold.csv
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.gold import Gold
    from transforms.knowledge import Knowledge
    from transforms.scoring import Fault, Score

WORDS_BEFORE, WORDS_AFTER = 30, 24
HELD = "held"
MEASURES = (
    "mention_f1", "mention_precision", "mention_recall", "qualifier", "bounds", "unit_code", "measure", "sign",
    "status", "period", "part_of", "label", "indicator_precision", "indicator_recall",
)


@click.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--texts", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the texts.")
@click.option("--split", help="Score only this split of documents.csv, such as tune or held.")
@click.option("--faults/--no-faults", default=True, help="Print every miss, extra and wrong field, with its clause.")
@click.option("--phenomena", is_flag=True, help="Print recall by phenomenon.")
def score(gold: Path, texts: Path | None, split: str | None, faults: bool, phenomena: bool) -> None:
    """Measure accuracy against GOLD: a CSV of observations annotated by hand, or a .txt of sentences with marked codes.

    A gold that has only codes of the codebook's first version is scored on those: a newer code counts as its nearest
    ancestor there. The faults of held texts are shown only with --split held, so that nobody tunes on them unawares.
    """
    from flows.gold import observe, read_gold
    from flows.seeds import read_knowledge

    knowledge = read_knowledge()
    if gold.suffix == ".txt":
        print_marked(gold, knowledge, faults and (HELD not in gold.stem or split == HELD))
        return
    read = read_gold(gold, texts)
    observed = observe(read, knowledge)
    for name in sorted(set(read.splits.values()) or {""}) if split is None else [split]:
        docs = {doc for doc in read.texts if not name or read.splits.get(doc) == name}
        shown = faults and (name != HELD or split == HELD)
        print_split(name or gold.stem, read, observed, docs, knowledge, shown, phenomena)


def print_split(
    name: str, gold: "Gold", observed: list[dict[str, Any]], docs: set[str], knowledge: "Knowledge",
    faults: bool, phenomena: bool,
) -> None:
    """Score one split and print it."""
    from flows.gold import score_gold

    result = score_gold(gold, observed, docs, knowledge)
    wanted = [row for row in gold.rows if row["doc"] in docs]
    print_figures(f"{name}: {len(docs)} texts, {len(wanted)} observations in gold", result)
    if phenomena:
        print_phenomena(wanted, result)
    if faults:
        print_faults(result, gold.texts)


def print_marked(path: Path, knowledge: "Knowledge", faults: bool) -> None:
    """Score marked sentences and print it."""
    from flows.gold import read_marked_file, score_sentences

    sentences = read_marked_file(path)
    result = score_sentences(sentences, knowledge)
    n_marks = sum(len(one.marks) for one in sentences.values())
    print_figures(f"{path.stem}: {len(sentences)} sentences, {n_marks} numbers marked", result)
    if faults:
        print_faults(result, {name: one.text for name, one in sentences.items()})


def print_faults(result: "Score", texts: "Mapping[str, str]") -> None:
    """Print every fault with its clause."""
    for fault in result.faults:
        click.echo(in_words(fault, texts))


def print_figures(title: str, result: "Score") -> None:
    """Print a title, and a line for each measure that there is something to count of."""
    click.echo(click.style(title, bold=True))
    for measure in MEASURES:
        ratio = result.ratio(measure)
        if ratio is not None:
            counts = f"  ({result.right[measure]} of {result.all[measure]})" if result.all[measure] else ""
            click.echo(f"  {measure:20} {ratio:.4f}{counts}")


def print_phenomena(wanted: list[dict[str, Any]], result: "Score") -> None:
    """Print recall of mentions by phenomenon."""
    from collections import Counter

    all_of = Counter(row.get("phenomenon") or "-" for row in wanted)
    missed = Counter(fault.phenomenon or "-" for fault in result.faults if fault.kind == "missed")
    for phenomenon, count in sorted(all_of.items()):
        click.echo(f"  {phenomenon:20} {1 - missed[phenomenon] / count:.4f}  ({count - missed[phenomenon]} of {count})")


def in_words(fault: "Fault", texts: "Mapping[str, str]") -> str:
    """Return a fault in one line, with its clause."""
    text = texts[fault.doc]
    clause = text[max(0, fault.place - WORDS_BEFORE):fault.place] + "【" + text[fault.place:fault.place + WORDS_AFTER]
    told = f"  {fault.kind:20} {fault.doc} {fault.place}: expected {fault.expected!r}, got {fault.got!r}"
    return f"{told} | {' '.join(clause.split())}"
