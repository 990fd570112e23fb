"""What ids rest on stays as it was when the first were given."""

import unicodedata

import polars as pl

from transforms.identity import identifiers, identity_text


def test_ids_rest_on_the_compatible_forms_of_all_characters_without_blanks() -> None:
    """By the definition of Unicode, as Python has it; characters that it does not know yet are left out."""
    every = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    wanted = ["".join(unicodedata.normalize("NFKC", mark).split()) for mark in every]
    assert pl.DataFrame({"mark": every}).select(identity_text(pl.col("mark")))["mark"].to_list() == wanted


def test_an_id_is_what_it_was() -> None:
    rows = pl.DataFrame({"report": ["r_1"], "text": ["共 ３ 件,"], "quote": ["3件"]})
    made = rows.with_columns(identity_text(pl.col("text"))).select(identifiers("o", "report", "text", "quote"))
    assert made.item() == "o_1373f07deb6a3de7"
