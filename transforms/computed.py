"""Compute a frame where the way through the transforms needs its rows, not its plan.

In: a LazyFrame. Out: its DataFrame.

>>> computed(pl.LazyFrame({"doc": [0]})).height
1
"""

import polars as pl


def computed(frame: pl.LazyFrame) -> pl.DataFrame:
    """Compute a frame by the engine for data in memory: the streaming one cuts chunks small and starts over on each.

    Not for plans with `pl.format`: in polars 2.1 this engine panics where its columns are chunked differently.
    """
    return frame.collect(engine="in-memory")
