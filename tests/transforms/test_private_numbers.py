"""The guard behind the masking finds what identifies a person, and leaves what only looks alike."""

from pathlib import Path

import polars as pl
import pytest

from transforms.mask_words import PrivateWords, private_words
from transforms.private_numbers import holds_private_number

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def words() -> PrivateWords:
    return private_words(pl.read_csv(SEEDS / "private.csv", infer_schema=False))


def holds(text: str | None, words: PrivateWords) -> bool:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return bool(frame.select(holds_private_number(pl.col("text"), words)).item())


@pytest.mark.parametrize("text", [
    "13912345678",
    "请拨13912345678咨询",
    "139 1234 5678",
    "139-1234-5678",
    "139.1234.5678",
    "+86 13912345678",
    "１３９１２３４５６７８",
    "139\u30001234\u20115678",
    "1 3 9 1 2 3 4 5 6 7 8",
    "一三九一二三四五六七八",
    "0571-87654321",
    "（010）87654321",
    "0916 2345678",
    "电话：87654321",
    "联系电话:8765432",
    "330106199001011234",
    "330106 19900101 123X",
    "３３０１０６１９９００１０１１２３Ｘ",
    "第一行\n13912345678\n第三行",
    "张某\t13912345678\t12",
])
def test_finds_numbers_of_persons(text: str, words: PrivateWords) -> None:
    assert holds(text, words)


@pytest.mark.parametrize("text", [
    None,
    "",
    "拨打12345热线、12348和110",
    "投入15800000000元",
    "归集数据13912345678条",
    "归集数据 13800001111 余条",
    "统一社会信用代码:911101081990010112",
    "编号:13912345678",
    "见https://www.example.test/202403/13912345678.html",
    "指标\t139\t1234\t5678",
    "合计 12 139 1234 5678 90",
    "2023年10月18日至2023年12月31日",
    "渝府发〔2023〕12号",
    "联系电话:█████████████",
    "增长0.5712345678",
    "400-123-4567",
])
def test_leaves_what_only_looks_alike(text: str | None, words: PrivateWords) -> None:
    assert not holds(text, words)
