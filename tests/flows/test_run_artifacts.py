"""What a run shows in Prefect is text, whatever a page or a server says; Prefect's pages render cells as Markdown."""

import pytest

from flows.run_artifacts import _cell


@pytest.mark.parametrize(("text", "cell"), [
    ("<script>alert(1)</script>", r"&lt;script&gt;alert\(1\)&lt;/script&gt;"),
    ("[link](javascript:alert(1))", r"\[link\]\(javascript:alert\(1\)\)"),
    ("![x](http://a.test/x.png)", r"!\[x\]\(http://a.test/x.png\)"),
    ("**strong** | pipe\n# heading", r"\*\*strong\*\* \| pipe \# heading"),
    ("https://a.test/b_c?d=1&e=2", "<https://a.test/b_c?d=1&e=2>"),
    ("https://a.test/<b>", "https://a.test/&lt;b&gt;"),
    ("https://a.test/?access_token=abcdef", r"<https://a.test/?access_token=***>"),
    (7, 7),
])
def test_hostile_text_is_shown_as_text(text: object, cell: object) -> None:
    assert _cell(text) == cell
