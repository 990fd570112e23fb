"""Places are read from names, as deep as they go, and never guessed where a name is shared."""

import polars as pl
import pytest

from tests.transforms.header_seeds import knowledge
from transforms.divisions import Gazetteer, choose, find_unit, mentions, place_of, read_place


def places() -> Gazetteer:
    return knowledge().places


@pytest.mark.parametrize(("text", "code", "names", "rest"), [
    ("重庆市渝北区人民政府两路街道办事处", "500112016", ("重庆市", None, "渝北区", "两路街道"), "办事处"),
    ("两路街道", "500112016", ("重庆市", None, "渝北区", "两路街道"), ""),
    ("彭水县", "500243", ("重庆市", None, "彭水苗族土家族自治县", None), ""),
    ("伊犁州水利局", "654000", ("新疆维吾尔自治区", "伊犁哈萨克自治州", None, None), "水利局"),
    ("济源市人民政府", "419001", ("河南省", None, "济源市", None), "人民政府"),
    ("东莞市卫生健康局", "441900", ("广东省", "东莞市", None, None), "卫生健康局"),
    ("中山市小榄镇", "442000118", ("广东省", "中山市", None, "小榄镇"), ""),
    ("嘉峪关市", "620200", ("甘肃省", "嘉峪关市", None, None), ""),
    ("洪江区沅江路街道", "431271002", ("湖南省", "怀化市", "怀化市洪江管理区", "沅江路街道"), ""),
    ("文峰区银杏大街街道", "410502", ("河南省", "安阳市", "文峰区", "银杏大街街道"), ""),
    ("郑东新区管理委员会", "410100", ("河南省", "郑州市", None, None), "管理委员会"),
    ("东疆综合保税区", "120116403", ("天津市", None, "滨海新区", None), ""),
])
def test_a_name_gives_code_and_units_above(
    text: str, code: str, names: tuple[str | None, ...], rest: str
) -> None:
    reading = read_place(text, places())
    assert len(reading.units) == 1
    place = place_of(reading.units[0])
    assert (place.code, (place.province, place.city, place.county, place.township)) == (code, names)
    assert text[reading.end:] == rest


def test_a_shared_name_gives_all_its_units_and_the_text_decides() -> None:
    units = read_place("西湖区", places()).units
    assert {place_of(unit).city for unit in units} == {"杭州市", "南昌市"}
    assert choose(units, []) is None
    assert place_of(choose(units, [("南昌市西湖区城市管理局", 1)])).city == "南昌市"
    assert choose(units, [("杭州市与南昌市", 1)]) is None


def test_words_that_only_begin_like_a_place_are_none() -> None:
    for text in ("市场监督管理局", "城市管理局", "区司法局", "教育局", ""):
        assert read_place(text, places()).units == ()


def test_units_are_found_by_the_names_of_a_curated_row() -> None:
    assert place_of(find_unit(("河北省", None, None, None), places())).code == "130000"
    assert place_of(find_unit(("甘肃省", "天水市", "清水县", "王河镇"), places())).code == "620521107"
    assert find_unit((None, None, None, None), places()) is None
    assert find_unit(("河北省", "天水市"), places()) is None


def test_mentions_count_names_that_only_one_place_bears() -> None:
    counts = mentions("璧山区办理,璧山区反馈,鼓楼区不计", places(), (3,))
    assert [(unit.name, count) for unit, count in counts.items()] == [("璧山区", 2)]


def test_every_unit_of_the_list_lies_in_a_unit_of_the_list() -> None:
    divisions = knowledge().divisions
    codes = divisions.filter(pl.col("file") != "extra")["code"].to_list()
    # 东莞, 中山 and 儋州 stand in the list as cities and as their own counties.
    assert len(codes) == 31 + 342 + 2978 + 41352 == len(set(codes)) + 3
    orphans = divisions.filter(pl.col("parent").is_not_null() & ~pl.col("parent").is_in(codes))
    assert orphans.is_empty()
