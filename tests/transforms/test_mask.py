"""Private persons are masked one for one; public numbers, amounts and the words of the field stay.

A case is (what it shows, text); in the text, what must be masked stands between ‹ and ›.
"""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.mask import MASK, mask, mask_text
from transforms.mask_words import PrivateWords, private_words

SEEDS = Path(__file__).parents[2] / "seeds"
WORDS = private_words(pl.read_csv(SEEDS / "private.csv", infer_schema=False))

MASKED = [
    ("contact line", "(联系领导:‹甲某某›;联系人:‹乙某某›;联系电话:‹13912345678›)"),
    ("full-width forms", "联系人\uff1a‹张三›\uff0c电话\uff1a‹\uff11\uff13\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18›"),
    ("mobile without a key", "有问题请拨打‹13912345678›咨询"),
    ("mobile with spaces", "手机‹139 1234 5678›"),
    ("mobile with dashes", "‹139-1234-5678›"),
    ("mobile with dots", "‹139.1234.5678›"),
    ("mobile with a country code", "‹+86 13912345678›"),
    ("mobile digit by digit", "电话:‹1 3 9 1 2 3 4 5 6 7 8›"),
    ("mobile in Chinese digits", "联系电话:‹一三九一二三四五六七八›"),
    ("mobile in Chinese digits with spaces", "‹一三九 一二三四 五六七八›"),
    ("mobile half hidden", "‹139****5678›"),
    ("two mobiles", "‹13912345678›、‹13887654321›"),
    ("name that ends in a digit word", "联系人:‹张三13912345678›"),
    ("landline", "‹0571-87654321›"),
    ("landline with brackets", "电话:‹(0571)8765 4321›"),
    ("landline with an extension", "联系电话:‹0571-87654321转8012›"),
    ("landline without separators", "‹02367188888›"),
    ("landline without area code", "联系电话:‹67188888›"),
    ("landlines in a list", "电话:‹0571-87654321›,‹87654322›;传真:‹87654323›"),
    ("landline in Chinese digits", "电话:‹〇五七一—八七六五四三二一›"),
    ("number in the next line", "联系电话:\n‹67188888›"),
    ("number in the next cell", "联系人\t‹张三›\t联系电话\t‹67188888›"),
    ("number before a date", "签发人:‹王小明› 联系电话 ‹67188888› 2024年1月19日"),
    ("short number after a name", "联系人:区司法局法规科 ‹李四›,‹67188888›"),
    ("number in public company", "电话:12345、‹67188888›"),
    ("ID number", "身份证号:‹33010619900101123X›"),
    ("ID number without a key", "当事人‹330106199001011234›到场"),
    ("ID number with spaces", "‹330106 19900101 1234›"),
    ("bank account", "账号:‹6222 0210 0112 3456 789›"),
    ("bank account without a key", "汇至‹6222021001123456789›"),
    ("QQ", "QQ:‹123456789›"),
    ("WeChat", "微信号:‹zhang_san99›"),
    ("e-mail", "邮箱:‹zhangsan@163.com›"),
    ("e-mail with spaces", "‹zhangsan @ 163.com›"),
    ("e-mail full-width", "‹zhang\uff20\uff11\uff16\uff13\uff0e\uff43\uff4f\uff4d›"),
    ("clerks", "填报人:‹张 三› 审核人:‹李四光› 签发人:‹阿卜杜拉·买买提›"),
    ("signature", "领导签名:‹赵某某›"),
    ("signature in brackets", "主要领导(签字):‹钱小二›"),
    ("name after a room", "联系人:党政办 ‹陈某某›"),
    ("name stuck to a room and an office", "联系人:法规科‹张三›科长"),
    ("name that ends like a body", "填表人:‹王小镇› 填报单位:示范局"),
    ("name of another people", "联系人:‹古丽巴哈尔›(‹13912345678›)"),
    ("names in a list", "联系人:‹张三›、‹李四›"),
    ("name in the next line", "联系人:\n‹张三›"),
    ("name without a colon", "(联系人‹张三›,‹67188888›)"),
    ("name beside a number", "‹张三›(‹13912345678›)、‹李四› ‹0571-87654321›"),
    ("name after a name set apart", "签发人:‹张 三›   ‹李四光›"),
    ("clerk of a table", "制表:‹张三› 审核:‹李四›"),
    ("landlines with slashes", "电话:‹010-66666666›/‹66666667›/‹66666668›"),
    ("number after a desk", "业务咨询:‹67188888›(工作日9:00-17:00)"),
    ("WeChat without a colon", "加微信 ‹abc_12345›"),
    ("ID number half hidden", "身份证号码(‹330106********1234›)"),
    ("editor", "编辑:‹李四光› 发布时间:2024-01-01"),
]

KEPT = [
    "发放补贴15800000000元",
    "完成投资15800000000 元",
    "累计办理15800000000件",
    "总投资12.345678901亿元",
    "税收13912345678.50元",
    "接通12345热线,12348平台,110警情,12315、12368",
    "电话:12345",
    "服务热线:96156",
    "服务热线:400-820-8820",
    "12345热线受理67188件",
    "12345热线接听电话1158902通",
    "电话回访1234567人次",
    "热线2023年接听来电20231件",
    "(2023)浙0106民初12345号",
    "浙政发〔2023〕13912345号",
    "统一社会信用代码:91110101199001011X",
    "项目代码:2019-440000-48-01-012345",
    "许可证编号:13912345678",
    "见https://www.example.gov.cn/art/1777633269802180610.html?tel=13912345678",
    "见www.example.gov.cn/02387654321.html",
    "发布时间:2024-03-15 10:30",
    "传真日期:2024-03-15",
    "《法治政府建设实施纲要(2021—2025年)》",
    "二〇二三年十二月三十一日",
    "1 157 3620 1380 0138 000",
    "1035\t4000\t13912\t345678",
    "组织联系人大代表12345人",
    "密切联系人民群众",
    "主要负责人履行推进法治建设第一责任人职责",
    "负责人:按照职责分工推进落实各项工作要求。",
    "负责人:镇党委书记",
    "责任编辑:办公室",
    "作者:普法办 来源:司法局",
    "联系人:详见附件",
    "签发:决定12件",
    "审核:通过。",
    "微信公众号:普法示范",
    "QQ群12345个",
    "执法证号:22010013912",
    "20230101-20231231",
    "罚没款1391234.5678万元",
    "手机尾号5678",
    "全国统一客服95598,预警96110",
    "党工委书记张三同志出席",
    "微信推送20231条",
]


def expected(marked: str) -> tuple[str, str]:
    """Return the text and its masked form from a text with ‹ and ›."""
    plain, masked, inside = "", "", False
    for char in marked:
        if char in "‹›":
            inside = char == "‹"
            continue
        plain += char
        masked += MASK if inside else char
    return plain, masked


@pytest.mark.parametrize(("shows", "marked"), MASKED, ids=[case[0] for case in MASKED])
def test_private_persons_are_masked_one_for_one(shows: str, marked: str) -> None:
    plain, masked = expected(marked)
    assert mask_text(plain, WORDS) == masked, shows


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask_text(text, WORDS) == text


def test_the_seed_report_loses_its_contact_line_only() -> None:
    for report in sorted((SEEDS / "reports").glob("*.txt")):
        text = report.read_text(encoding="utf-8")
        lines = zip(text.split("\n"), mask_text(text, WORDS).split("\n"), strict=True)
        changed = [line for line, masked in lines if line != masked]
        assert [line[:5] for line in changed] == ["(联系领导"]
        assert sum(mask_text(line, WORDS).count(MASK) for line in changed) == 17


@given(st.lists(st.sampled_from(
    ["联系人:", "电话", "\uff1a", "张三", "139", "12345678", "0571-", "@", "a.cn", "元", " ", "\n", "\t", "三", "QQ", "█", "(", "😀"]
), max_size=30).map("".join))
def test_masking_keeps_the_length_and_the_lines(text: str) -> None:
    masked = mask_text(text, WORDS)
    assert len(masked) == len(text)
    assert all(new in (old, MASK) for old, new in zip(text, masked, strict=True))
    assert masked.count("\n") == text.count("\n")


@given(st.text())
def test_masking_keeps_the_length_of_any_text(text: str) -> None:
    assert len(mask_text(text, WORDS)) == len(text)


@given(
    st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    st.sampled_from(["", " ", "-", "."]),
    st.sampled_from(["电话:", "电话", "(", "请拨打", "\n"]),
)
def test_any_mobile_number_is_masked(number: str, gap: str, before: str) -> None:
    written = gap.join((number[:3], number[3:7], number[7:]))
    assert not any(char.isdigit() for char in mask_text(f"{before}{written}。", WORDS))


def test_a_frame_is_masked_like_its_rows_and_null_stays_null() -> None:
    texts = [expected(marked)[0] for _, marked in MASKED] + KEPT + [None]
    frame = pl.LazyFrame({"text": texts}).with_columns(mask(pl.col("text"), WORDS)).collect()
    assert frame["text"].to_list() == [text and mask_text(text, WORDS) for text in texts]


def test_without_words_only_plain_numbers_are_known() -> None:
    assert mask_text("联系人:张三 13912345678", PrivateWords()) == "联系人:张三 " + MASK * 11


def test_an_unknown_kind_of_word_is_named() -> None:
    with pytest.raises(ValueError, match=r"seeds/private\.csv: unknown kind 'phon_key'"):
        private_words(pl.DataFrame({"kind": ["phon_key"], "word": ["电话"], "note": [""]}))
