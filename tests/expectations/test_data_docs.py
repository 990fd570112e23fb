"""The Data Docs tell of every expectation, byte for byte the same, and carry nothing hostile or private."""

import json
import re

import polars as pl
import pytest

from expectations.data_docs import data_docs
from expectations.engine import run_suite
from expectations.limits import Limits
from expectations.results import Validation
from expectations.rules import between
from expectations.runner import suite_rules, validate_schema, validate_tables
from tests.expectations.good_tables import Tables, changed, good_tables, seed, views_of
from transforms.schema import TABLES

LIMITS = Limits(seed("limits"))
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)> $x {{ 7*7 }} 联系13912345678"


def validate(tables: Tables) -> Validation:
    return validate_schema(tables) + validate_tables(views_of(tables), LIMITS)


def hostile_tables() -> Tables:
    tables = good_tables()
    for table, frame in tables.items():
        for column, kind in frame.schema.items():
            if kind == pl.String:
                tables = changed(tables, table, column, HOSTILE)
    return tables


@pytest.fixture(scope="module")
def hostile() -> Validation:
    return validate(hostile_tables())


@pytest.fixture(scope="module")
def pages(hostile: Validation) -> dict[str, str]:
    return {name: page.decode() for name, page in data_docs(hostile).items()}


def test_there_is_a_page_for_every_suite_and_an_index(pages: dict[str, str]) -> None:
    assert sorted(pages) == sorted(f"{name}.html" for name in ("index", "schema", *TABLES))
    for name in TABLES:
        assert f'href="{name}.html"' in pages["index.html"]


def test_every_expectation_is_told(hostile: Validation, pages: dict[str, str]) -> None:
    for result in hostile.results:
        assert f"[{hostile_severity(result.suite, result.expectation)}] {result.expectation}:" in pages[f"{result.suite}.html"]


def hostile_severity(suite: str, name: str) -> str:
    rules = {rule.name: rule.severity for rule in suite_rules(suite, LIMITS)} if suite in TABLES else {}
    return rules.get(name, "critical")


def test_hostile_text_does_not_come_out(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert not re.search(r"<script|<img|onerror|alert\(|13912345678|\{\{", page), name
    assert "(no id)" in pages["sections.html"]


def test_nothing_is_fetched_and_no_time_or_place_is_told(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert not re.search(r"https?://|src=|url\(", page), name
        assert not re.search(r"20\d\d-\d\d-\d\dT|/home/|/root/|/work/", page), name


def test_text_of_failing_rows_is_not_shown() -> None:
    tables = changed(good_tables(), "sections", "heading", "拨打13912345678")
    tables = changed(tables, "sections", "theme", "13912345678")
    validation = validate(tables)
    assert {result.expectation for result in validation.failures("row")} == {"no_private_number", "theme.in_set"}
    written = b"".join(data_docs(validation).values()).decode() + json.dumps(validation.summary())
    assert "13912345678" not in written
    assert tables["sections"]["section_id"][0] in written


def test_hostile_words_of_our_own_rules_come_out_escaped() -> None:
    rule = between("odd", "warning", "a <b>bold</b> & $odd sentence", column="depth", high=0)
    run = run_suite("sections", [rule], good_tables()["sections"], ("section_id",))
    page = data_docs(Validation(run.results, {}, {"sections": run.document}))["sections.html"].decode()
    assert "a &lt;b&gt;bold&lt;/b&gt; &amp; $odd sentence" in page


def test_the_same_tables_give_the_same_bytes(hostile: Validation) -> None:
    again = validate(hostile_tables())
    assert data_docs(again) == data_docs(hostile)
    assert again.summary() == hostile.summary()
