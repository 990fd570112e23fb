"""Canonical addresses: one page, one address; two pages, two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.urls import canonical_url, url_rules
from transforms.urls import UrlRules

PAGE = "https://example.gov.cn/zwgk/202403/t20240328_6583952.html"

SAME = [
    "http://example.gov.cn/zwgk/202403/t20240328_6583952.html",
    "https://www.example.gov.cn/zwgk/202403/t20240328_6583952.html",
    "HTTP://WWW.Example.GOV.cn:80/zwgk/202403/t20240328_6583952.html",
    "https://example.gov.cn:443/zwgk/202403/t20240328_6583952.html#top",
    " https://example.gov.cn./zwgk/202403/t20240328_6583952.html?isMobile=true ",
    "https://example.gov.cn/zwgk/202403/t20240328_6583952.html?xxgkhide=1&jump=true",
    "https://example.gov.cn/zwgk/./x/../202403/t20240328_6583952.html",
    "http://www.example.gov.cn/zwgk/202403/t20240328_6583952.html;jsessionid=0A1B2C",
    "http://big5.example.gov.cn/gate/big5/www.example.gov.cn/zwgk/202403/t20240328_6583952.html",
    "https://www.example.gov.cn/gate/big5/https://example.gov.cn/zwgk/202403/t20240328_6583952.html?utm_source=x",
    "https://example.gov.cn/zw%67k/202403/t20240328%5f6583952.html",
]

APART = [
    ("https://example.gov.cn/article.html?infoid=433c", "https://example.gov.cn/article.html?infoid=433d"),
    ("https://example.gov.cn/details?id=1", "https://example.gov.cn/details?id=2"),
    ("https://example.gov.cn/A.html", "https://example.gov.cn/a.html"),
    ("https://example.gov.cn:8080/a.html", "https://example.gov.cn/a.html"),
    ("https://example.gov.cn/#/detail?id=1", "https://example.gov.cn/#/detail?id=2"),
    ("https://a.example.gov.cn/1.html", "https://example.gov.cn/1.html"),
]


@pytest.mark.parametrize("url", SAME)
def test_one_page_has_one_address(url: str) -> None:
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_pages_have_two_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("url", ["urn:fazhi:file:a/b.txt", "file:///tmp/a.txt", "ftp://example.gov.cn/a", "a b", "",
                                 "http://", "http://[::1", "https://a:port/x", "javascript:void(0)"])
def test_what_is_no_web_address_stays(url: str) -> None:
    assert canonical_url(url) == url


@pytest.mark.parametrize(("url", "expected"), [
    ("http://example.gov.cn", "https://example.gov.cn/"),
    ("http://example.gov.cn/a?b=2&a=1", "https://example.gov.cn/a?a=1&b=2"),
    ("http://example.gov.cn/报告.html", "https://example.gov.cn/%E6%8A%A5%E5%91%8A.html"),
    ("http://example.gov.cn/%e6%8a%a5%e5%91%8a.html", "https://example.gov.cn/%E6%8A%A5%E5%91%8A.html"),
    ("http://[::1]:8000/a", "https://[::1]:8000/a"),
    ("http://127.0.0.1:8000/a", "https://127.0.0.1:8000/a"),
])
def test_details_of_the_form(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


def test_an_unknown_kind_of_rule_is_named() -> None:
    with pytest.raises(ValueError, match="unknown kind 'gate'"):
        UrlRules.from_rows([{"kind": "gate", "value": "/x/"}])


def test_the_rules_are_read_from_the_seeds() -> None:
    assert "xxgkhide" in url_rules().view_parameters


URLS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        st.sampled_from(["www.a.gov.cn", "a.gov.cn:80", "WWW.www.b.cn.", "x:8080", "u:p@a.gov.cn"]),
        st.text(alphabet="/ab.%2e;=~报gate/big5", max_size=30).map(lambda path: f"/{path}"),
        st.text(alphabet="?&=#/!ab%jump", max_size=20),
    ),
)


@given(URLS)
def test_the_canonical_form_is_its_own(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
