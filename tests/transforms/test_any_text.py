"""Whatever the text, nothing breaks, and every quote stands at its offsets."""

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.reading import cleaned, observe, observed
from transforms.alignment import place_in_source

PIECES = (
    "开展 培训 发放 资料 其中 分别为 共 约 超 近 余 多 以上 左右 百分之 三分之二 八成 万 亿 千 百 十 一 两 几 数十 "
    "1 2 35 1.5 2023 12345 100% 5个百分点 年 月 日 个 次 件 人次 万元 平方米 同比 增长 下降 至 到 由 减少 无 未发生 零 "
    "案件 事故 率 、 和 及 , ， 。 ； ： ( ) （ ） “ ” 《 》 〔 〕 \t \n 一、 (一) 第 号 - — 、 热线 街道 社区"
)
TEXTS = st.lists(st.sampled_from(PIECES.split(" ")), max_size=40).map("".join)
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(st.lists(TEXTS, min_size=1, max_size=25))
def test_every_quote_stands_at_its_offsets(texts: list[str]) -> None:
    for row in observe(texts).iter_rows(named=True):
        assert texts[int(row["report_id"])][row["char_start"]:row["char_end"]] == row["quote"]


@PATIENT
@given(st.lists(st.text(max_size=80), min_size=1, max_size=25))
def test_no_text_breaks_the_extraction(texts: list[str]) -> None:
    rows = observe(texts)
    assert rows["observation_id"].is_unique().all()
    assert rows.filter(pl.col("value_low") > pl.col("value_high")).is_empty()


@PATIENT
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
