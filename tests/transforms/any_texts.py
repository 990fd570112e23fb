"""Texts that nobody writes: strings of number grammar, traps and anything else, and reports mangled.

In: for reports, the texts to mangle. Out: hypothesis strategies, and `drawn`, many texts of one with a seed.

>>> len(drawn(strings(), 10, start=1))
10
"""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

Edit = Callable[[str, int, int, str], str]

WORDS = (
    "开展 培训 发放 资料 其中 包括 分别为 共 共计 累计 约 超 近 不足 余 多 以上 以内 左右 百分之 千分之 三分之二 八成 半数 一半 翻一番 "
    "两倍 万 亿 千 百 十 一 两 几 数十 上千 1 2 35 1.5 12,345 2023 12345 1３５ ０ 100% 5‰ 3．5％ 5个百分点 年 月 日 个 次 件 人次 "
    "万元 平方米 ㎡ km² 元/(微克/立方米) 课时 个工作日 同比 环比 较上年 增长 下降 精简 压减 至 到 由 从 减少 无 未 未发生 没有 零 "
    "不存在 案件 事故 率 办结率、满意率均为 每 人均 平均 日均 、 和 及 与 , ， 。 ； ： ( ) （ ） “ ” 《 》 〔 〕 【 】 [ ] 〈 〉 < > "
    "一、 (一) 1. (1) ① 一是 第 号 条 届 次会议 〔2023〕15号 2021—2025年 2023年3月 二〇二三年 1月至10月 “1+3+N” 八五普法 12345热线 "
    "党的二十大 三个工作日内 - — ～ 至 / + × █ 联系人:张三 13912345678 0511-87654321 热线 街道 社区 镇 法治政府建设情况报告 "
    "二、存在的问题 三、2024年工作计划"
)
BLANKS = [" ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\t", "\n", "\r\n", "\r", "\x00", "\x0b", "\u2028", "\x85", "\u202e"]
NUMERALS = "0123456789０１２９一二三十百千万亿零〇两半几余多.．,，、 -—~～约%％‰/至到成分之点"
OPEN, CLOSE = "((（[【〔“《〈", "))）]】〕”》〉"
LONGEST_RUN = 3000
N_EDITS = 24
SPAN = 60
QUICK = settings(
    phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def words() -> st.SearchStrategy[str]:
    """A word of the grammar of numbers, or of what looks like it."""
    return st.sampled_from(WORDS.split(" "))


def pieces() -> st.SearchStrategy[str]:
    """A word, a blank, a number that may be none, or any characters but surrogates, which no UTF-8 has."""
    return st.one_of(
        words(), words(), st.sampled_from(BLANKS), st.text(NUMERALS, max_size=12), st.text(max_size=8)
    )


def strings() -> st.SearchStrategy[str]:
    """Sentences of pieces, tables, nested brackets, one piece very often, or any characters at all."""
    sentences = st.lists(pieces(), max_size=40).map("".join)
    rows = st.lists(st.lists(pieces(), min_size=1, max_size=6).map("\t".join), min_size=1, max_size=8)
    return st.one_of(
        sentences, sentences, sentences, st.lists(words(), max_size=60).map("".join),
        st.text(NUMERALS, max_size=80), rows.map("\n".join), nested(), runs(), st.text(max_size=120),
    )


def nested() -> st.SearchStrategy[str]:
    """Brackets in brackets, most of them closed by their own kind."""
    pairs = st.one_of(
        st.sampled_from(list(zip(OPEN, CLOSE, strict=True))), st.tuples(st.sampled_from(OPEN), st.sampled_from(CLOSE))
    )
    return st.recursive(
        pieces(), lambda inner: st.tuples(inner, pairs, inner).map(lambda t: f"{t[0]}{t[1][0]}{t[2]}{t[1][1]}"),
        max_leaves=16,
    )


def runs() -> st.SearchStrategy[str]:
    """One piece again and again, between two others."""
    often = st.tuples(pieces(), st.integers(2, LONGEST_RUN)).map(lambda run: (run[0] * run[1])[:LONGEST_RUN])
    return st.tuples(pieces(), often, pieces()).map("".join)


def mangled(reports: list[str]) -> st.SearchStrategy[str]:
    """A report with spans deleted, doubled, swapped and put in, and with digits and marks changed."""
    edits = st.tuples(
        st.sampled_from(EDITS),
        st.integers(0, 1 << 16), st.integers(0, 1 << 16), pieces(),
    )
    return st.tuples(st.sampled_from(reports), st.lists(edits, min_size=1, max_size=N_EDITS)).map(
        lambda drawing: edited(*drawing)
    )


def edited(text: str, edits: list[tuple[Edit, int, int, str]]) -> str:
    """Return the text after its edits, one after the other."""
    for edit, place, size, piece in edits:
        start = place % (len(text) + 1)
        text = edit(text, start, start + 1 + size % SPAN, piece)
    return text


def delete(text: str, start: int, end: int, _piece: str) -> str:
    """Leave a span out."""
    return text[:start] + text[end:]


def double(text: str, start: int, end: int, _piece: str) -> str:
    """Say a span twice."""
    return text[:end] + text[start:]


def swap(text: str, start: int, end: int, _piece: str) -> str:
    """Put a span before what stands before it."""
    before = max(0, 2 * start - end)
    return text[:before] + text[start:end] + text[before:start] + text[end:]


def insert(text: str, start: int, _end: int, piece: str) -> str:
    """Put a piece in."""
    return text[:start] + piece + text[start:]


def other_digit(text: str, start: int, end: int, _piece: str) -> str:
    """Make the digits from a place on others, full-width ones among them, each by its own place."""
    return text[:start] + "".join(
        "0123456789０１２九十"[(start + place) % 15] if mark.isdigit() else mark
        for place, mark in enumerate(text[start:end])
    ) + text[end:]


def other_mark(text: str, start: int, end: int, piece: str) -> str:
    """Make each mark of punctuation in a span the piece."""
    return text[:start] + "".join(piece if mark in "，。；：、,;:()（）《》“”" else mark for mark in text[start:end]) + text[end:]


EDITS: tuple[Edit, ...] = (delete, double, swap, insert, other_digit, other_mark)


def drawn(strategy: st.SearchStrategy[str], count: int, start: int) -> list[str]:
    """Return at most `count` texts of a strategy, the same for the same start."""
    texts: list[str] = []

    @seed(start)
    @settings(QUICK, max_examples=count)
    @given(strategy)
    def draw(text: str) -> None:
        texts.append(text)

    draw()
    return texts
