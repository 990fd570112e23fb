"""Give people of whom only is said that they took part the code of those who take part in the event before.

In: coded rows, in order. Out: the same rows, with more of them coded.

>>> codes_of_audiences(rows_of("举办法治培训班3期,参与人数达40余人次"), knowledge).collect()["indicator"].to_list()
['law_training_sessions', 'law_training_participants']
"""

import polars as pl

from transforms.clauses import PEOPLE
from transforms.knowledge import Knowledge
from transforms.labels import last_in_sentence


def codes_of_audiences(rows: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Give those who take part, where they have no code, that of the last event of their sentence (`audiences`).

    An event without a code of its own has an audience without one.
    """
    event = pl.when(pl.col("unit_code") == "event").then(pl.col("indicator").fill_null(""))
    audience = dict(knowledge.audiences.select("event", "audience").iter_rows())
    of_event = last_in_sentence(event).replace_strict(audience, default=None, return_dtype=pl.String)
    is_audience = (
        pl.col("unit_code").is_in(PEOPLE) & (pl.col("measure") == "level")
        & pl.col("label").str.contains(took_part(knowledge))
    )
    return rows.with_columns(indicator=pl.coalesce("indicator", pl.when(is_audience).then(of_event)))


def took_part(knowledge: Knowledge) -> str:
    """Pattern of a label that says no more than that people took part: 参与人数, 覆盖群众, 听众."""
    other = f"(?:{knowledge.any_of('attendant')}|{knowledge.any_of('attendance_filler')})*"
    return f"^{other}{knowledge.any_of('attending')}(?:{knowledge.any_of('attending')}|{other})*$"
