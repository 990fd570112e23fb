"""Read a number: digits, Chinese characters, both mixed, or a part of a whole in words.

In: the text of one number. Out: its `Number`: value, step of its last written non-zero digit, and what it is.

>>> read_number("三万五千")
Number(value=35000.0, step=1000.0, kind='plain')
>>> read_number("百分之九十五点五").value
95.5
"""

import math
import re
from typing import Literal, NamedTuple

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HALF = "半数"
WHOLE = "百分百"
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10_000, "亿": 100_000_000}
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
MIXED_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([十百千万亿]*)")
PRECISION = 6
# More digits are a code, and more than a float tells apart; the longest number in words is 九千九百九十九亿九千….
MOST_DIGITS, MOST_CHARACTERS = 15, 24

Kind = Literal["plain", "percent", "tenths", "several", "upwards"]


class Number(NamedTuple):
    """A number as written. `several` (数十, 几百) has no single value: it is more than one and less than ten steps."""

    value: float
    step: float
    kind: Kind


def read_number(text: str) -> Number | None:
    """Return the number that `text` writes, or None where its characters make none."""
    # As nearly all are.
    if len(text) <= MOST_DIGITS and PLAIN.fullmatch(text):
        return Number(float(text), step_of(text), "plain")
    bare = re.sub(r"[ ,，]", "", text)
    if len(bare) > MOST_CHARACTERS or sum(mark in DIGITS or mark.isdigit() for mark in bare) > MOST_DIGITS:
        return None
    if PLAIN.fullmatch(bare):
        return Number(float(bare), step_of(bare), "plain")
    if not bare:
        return None
    if bare.startswith("百分之"):
        percent = read_number(bare.removeprefix("百分之"))
        return percent and percent._replace(kind="percent")
    if bare == WHOLE:
        return Number(100.0, 100, "percent")
    if "分之" in bare:
        return read_fraction(bare)
    if bare == HALF:
        return Number(50.0, 10, "percent")
    if "成" in bare:
        return read_tenths(bare)
    if bare[0].isdigit():
        return read_mixed(bare)
    if bare[0] in "数几上":
        scale = chinese(bare[1:])
        return None if scale is None else Number(scale, scale, "upwards" if bare[0] == "上" else "several")
    return read_chinese(bare)


def read_mixed(text: str) -> Number | None:
    """Read digits with scale characters among them: 3万5千, 1亿2000万."""
    parts = [(digits, math.prod(scale_of(mark) for mark in marks)) for digits, marks in MIXED_PART.findall(text)]
    if not parts or "".join(MIXED_PART.sub("", text)):
        return None
    digits, scale = parts[-1]
    total = sum(float(number) * factor for number, factor in parts)
    return Number(round(total, PRECISION), step_of(digits) * scale, "plain")


def read_fraction(text: str) -> Number | None:
    """Read 三分之二 as a percentage."""
    whole, _, part = text.partition("分之")
    denominator, numerator = chinese(whole), chinese(part)
    if not denominator or numerator is None:
        return None
    return Number(round(100 * numerator / denominator, PRECISION), 1, "percent")


def read_tenths(text: str) -> Number | None:
    """Read 八成 or 八成半 as a percentage."""
    tenths = chinese(text.rstrip("半多").removesuffix("成"))
    if tenths is None:
        return None
    return Number(10 * tenths + (5 if text.endswith("半") else 0), 10, "tenths")


def read_chinese(text: str) -> Number | None:
    """Read Chinese characters, with 点 as the decimal point."""
    whole, point, decimals = text.partition("点")
    value = chinese(whole)
    if value is None:
        return None
    if not point:
        return Number(value, step_of(f"{value:.0f}"), "plain")
    written = f"{value:.0f}." + "".join(str(DIGITS.get(character, "")) for character in decimals)
    return Number(float(written), step_of(written), "plain") if decimals else None


def chinese(text: str) -> float | None:
    """Return the value of Chinese numeral characters; a bare scale (百) counts as one of it."""
    if text.isdigit() and text.isascii():
        return float(text)
    if text and all(character in DIGITS for character in text):
        return float("".join(str(DIGITS[character]) for character in text))
    total, section, digit = 0, 0, None
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in SMALL:
            section += (1 if digit is None else digit) * SMALL[character]
            digit = None
        elif character in LARGE:
            section += digit or 0
            if total and LARGE[character] > total:
                total = (total + section) * LARGE[character]
            else:
                total += (section or (0 if total else 1)) * LARGE[character]
            section, digit = 0, None
        else:
            return None
    return float(total + section + (digit or 0)) if text else None


def scale_of(mark: str) -> int:
    """Return the factor of a scale character."""
    return SMALL.get(mark) or LARGE[mark]


def step_of(digits: str) -> float:
    """Return one step of the last written non-zero digit: 145 -> 1, 4900 -> 100, 1.5 -> 0.1."""
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0")
    if decimals:
        return float(10.0 ** -len(decimals))
    return float(10.0 ** (len(whole) - len(whole.rstrip("0")))) if whole.strip("0") else 1.0
