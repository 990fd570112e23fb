"""Sentences put end to end are the text; what comes without full stops is cut before it costs without measure."""

import time

import pytest

from tests.transforms.reading import observe
from transforms.sentences import LONGEST

PHRASES = [f"调解纠纷{11 + number % 900}件" for number in range(40_000)]


@pytest.mark.parametrize("joint", ["，", "、", "\t", ""])
def test_the_numbers_of_an_endless_sentence_stand_at_their_places(joint: str) -> None:
    text = joint.join(PHRASES[:2_000]) + "。"
    rows = observe([text])
    assert rows.height > 1_990
    assert all(text[start:end] == quote for start, end, quote in rows.select("char_start", "char_end", "quote").iter_rows())


def test_a_sentence_as_long_as_any_real_one_stays_whole() -> None:
    text = "，".join(PHRASES[:LONGEST // 9]) + "。"
    assert observe([text])["sentence"].unique().to_list() == [text]


def test_four_times_as_many_numbers_in_one_sentence_take_about_four_times_as_long() -> None:
    def seconds(phrases: list[str]) -> float:
        began = time.process_time()
        observe(["，".join(phrases) + "。"])
        return time.process_time() - began

    seconds(PHRASES[:100])
    assert seconds(PHRASES) < 8 * min(seconds(PHRASES[:10_000]) for _ in range(2))
