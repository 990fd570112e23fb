"""Numbers as written: digits, Chinese characters, both mixed, parts of a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.numerals import read_number

DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(("text", "value", "step"), [
    ("145", 145, 1), ("4900", 4900, 100), ("1.50", 1.5, 0.1), ("12,345", 12345, 1), ("1 157", 1157, 1),
    ("两百", 200, 100), ("三万五千", 35_000, 1000), ("一百零五", 105, 1), ("十二", 12, 1), ("二〇二三", 2023, 1),
    ("百", 100, 100), ("3万5千", 35_000, 1000), ("1亿2000万", 120_000_000, 10_000_000), ("九点五", 9.5, 0.1),
    ("百分之九十五", 95, 1), ("百分之九十五点五", 95.5, 0.1), ("百分之98.6", 98.6, 0.1), ("八成", 80, 10),
    ("八成半", 85, 10), ("五分之二", 40, 1), ("一亿三千万", 130_000_000, 10_000_000),
])
def test_a_number_has_its_value_and_the_step_of_its_last_digit(text: str, value: float, step: float) -> None:
    number = read_number(text)
    assert number is not None
    assert (number.value, number.step) == pytest.approx((value, step))


@pytest.mark.parametrize(("text", "kind"), [
    ("百分之十", "percent"), ("七成", "tenths"), ("数十", "several"), ("几百", "several"), ("上千", "upwards"),
    ("三", "plain"),
])
def test_a_number_knows_what_it_is(text: str, kind: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.kind == kind


def in_chinese(value: int) -> str:
    """Write a number below ten thousand in Chinese characters."""
    written, gap = "", False
    for scale, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + mark
            gap = False
        else:
            gap = True
    return written


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_every_number_written_in_chinese_reads_back(myriads: int, rest: int) -> None:
    number = read_number(f"{in_chinese(myriads)}万{'零' if rest < 1000 else ''}{in_chinese(rest)}")
    assert number is not None
    assert number.value == myriads * 10_000 + rest


@given(st.text(alphabet="〇零一二两三四五六七八九十百千万亿点分之成半数几上0123456789.", min_size=1, max_size=12))
def test_no_row_of_number_characters_breaks_the_reader(text: str) -> None:
    read_number(text)


def test_more_digits_than_a_float_tells_apart_are_no_number() -> None:
    assert read_number("1" * 16) is None
    assert read_number("一" * 400) is None
