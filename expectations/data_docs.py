"""Data Docs: the pages of great-expectations on what was expected and found, for `quality/` of a release.

In: a `Validation`. Out: file names and bytes: an index and one page a suite. The same validation gives the same
bytes; the pages fetch nothing, run no script, and show keys of rows but no text of theirs.

>>> sorted(data_docs(validation))[:2]
['checks.html', 'harvest_log.html']
"""

import copy
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from great_expectations.render.components import (
    CollapseContent,
    RenderedHeaderContent,
    RenderedStringTemplateContent,
    RenderedTableContent,
)
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from expectations.engine import quiet
from expectations.results import SEVERITIES, Validation
from transforms.schema import TABLES

TEMPLATES = Path(__file__).resolve().parent / "templates"
SHOWN = ("element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent",
         "unexpected_percent_nonmissing", "unexpected_percent_total", "observed_value")


def data_docs(validation: Validation) -> dict[str, bytes]:
    """Return the pages by file name."""
    view, renderer = _View(), _Renderer()
    pages = {"index.html": _index(view, validation)}
    for name, document in sorted(validation.documents.items()):
        samples = {result.expectation: result.sample for result in validation.results if result.suite == name}
        with quiet():
            page = str(view.render(renderer.render(_publishable(document, samples))))  # type: ignore[no-untyped-call]
        pages[f"{name}.html"] = page.replace("Sampled Unexpected Values", "Keys of failing rows (sample)")
    return {name: _tidy(page).encode() for name, page in pages.items()}


class _View(DefaultJinjaPageView):
    """The view of great-expectations with our page around it: without scripts, fonts and pictures from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        its_loader = self.env.loader
        self.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), *([its_loader] if its_loader else [])])

    def generate_html_element_uuid(self, prefix: str | None = None) -> str:
        """Return a fixed name: what it is appended to is unique in the page."""
        return f"{prefix or ''}body"


class _Renderer(ValidationResultsPageRenderer):
    """The renderer of great-expectations without links to pages that are not there, and without times."""

    @classmethod
    def _render_validation_header(cls, validation_results: Any) -> RenderedHeaderContent:
        name = validation_results.suite_name
        status = "all expectations met" if validation_results.success else "some expectations failed"
        described = TABLES[name].description if name in TABLES else "Of all tables"
        return RenderedHeaderContent(
            content_block_type="header", header=_words(name, "h5"), subheader=_words(f"{described}: {status}", "span"),
            styling={"classes": ["col-12", "p-0"]},
        )

    def _generate_collapse_content_block(
        self, collapse_content_blocks: list[RenderedTableContent], validation_results: Any
    ) -> CollapseContent:
        version = [["Great Expectations", validation_results.meta["great_expectations_version"]]]
        table = RenderedTableContent(content_block_type="table", table=version, header=_words("Made with", "h6"))
        return CollapseContent(collapse=[table], collapse_toggle_link="Versions")


def _words(text: str, tag: str) -> RenderedStringTemplateContent:
    template = {"template": "$words", "params": {"words": text}, "tag": tag}
    return RenderedStringTemplateContent(content_block_type="string_template", string_template=template)


def _publishable(document: Any, samples: Mapping[str, tuple[str, ...]]) -> Any:
    """Return a copy with counts and keys only: values of failing rows may be anybody's words, or markup."""
    published = copy.copy(document)
    published.meta = {"great_expectations_version": document.meta["great_expectations_version"]}
    published.results = [_counts_and_keys(found, samples) for found in document.results]
    return published


def _counts_and_keys(found: Any, samples: Mapping[str, tuple[str, ...]]) -> Any:
    shown = copy.deepcopy(found)
    counts = {name: _plain(found.result[name]) for name in SHOWN if name in found.result}
    keys = [escape(key) for key in samples[found.expectation_config.meta["name"]]]
    shown.result = {**counts, "partial_unexpected_list": keys} if counts.get("unexpected_count") else counts
    shown.exception_info = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    return shown


def _plain(value: Any) -> float | int | None:
    """Return a number of Python's own; the pages cannot write those of numpy. Text is not shown."""
    if value is None or isinstance(value, int):
        return value
    return float(value) if isinstance(value, float) else None


def _index(view: _View, validation: Validation) -> str:
    suites = []
    for name in sorted(validation.documents):
        of_suite = [result for result in validation.results if result.suite == name]
        failed: dict[str, int] = {
            severity: sum(not result.success and result.severity == severity for result in of_suite)
            for severity in SEVERITIES
        }
        rows = validation.failing_rows[name].height if name in validation.failing_rows else 0
        suites.append({"name": name, "expectations": len(of_suite), "rows": rows, **failed})
    return view.env.get_template("index.j2").render(suites=suites)


def _tidy(page: str) -> str:
    """Drop the blank lines that templates leave."""
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"
