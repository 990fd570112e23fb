"""Whatever the text, nothing breaks, every quote stands at its offsets, and the tables hold together.

`make fuzz` takes 100,000 strings and 10,000 mangled reports through; the suite some of them. FAZHI_FUZZ_STRINGS and
FAZHI_FUZZ_REPORTS say how many, FAZHI_FUZZ_SEED where chance begins: the same seed gives the same texts.
"""

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.any_texts import drawn, mangled, strings
from tests.transforms.reading import cleaned, observed
from tests.transforms.sound import FAULTS, culprit, sound
from transforms.alignment import place_in_source

STRINGS = int(os.environ.get("FAZHI_FUZZ_STRINGS", "1000"))
REPORTS = int(os.environ.get("FAZHI_FUZZ_REPORTS", "100"))
SEED = int(os.environ.get("FAZHI_FUZZ_SEED", "20260601"))
ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path.read_text(encoding="utf-8")
    for folder in ("tests/gold/texts", "seeds/reports")
    for path in sorted((ROOT / folder).glob("*.txt"))
]
KINDS = [("strings", STRINGS, 1000), ("mangled reports", REPORTS, 100)]


@pytest.mark.parametrize(("kind", "wanted", "batch"), KINDS, ids=[kind for kind, _, _ in KINDS])
def test_no_text_breaks_anything(kind: str, wanted: int, batch: int) -> None:
    strategy = strings() if kind == "strings" else mangled(SOURCES)
    done = characters = found = 0
    for start in count(SEED):
        texts = drawn(strategy, min(batch, wanted - done), start)
        try:
            found += sound(texts).height
        except FAULTS as error:
            pytest.fail(f"seed {start}: {culprit(texts)!r} [{type(error).__name__}: {error}]")
        done += len(texts)
        characters += sum(map(len, texts))
        if done >= wanted:
            break
    print(f"\n{done} {kind} from seed {SEED} on, {characters} characters, {found} observations: all hold")  # noqa: T201


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="首页开展培训3场共\r\n\t １２％\u3000:：日期2024-03", max_size=120))
def test_every_kept_line_is_found_in_its_source(text: str) -> None:
    kept = cleaned(text)
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    place = place_in_source(kept, source.translate(str.maketrans("１２％\u3000", "12% ")))
    assert place(0) <= len(source)


def test_an_id_does_not_move_when_another_sentence_is_put_before() -> None:
    [alone] = observed("调解纠纷19件。")
    last = observed("走访企业12家。调解纠纷19件。")[-1]
    assert last["observation_id"] == alone["observation_id"]
