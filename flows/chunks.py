"""Work on the documents of a segment in chunks, side by side, so that all cores are busy and memory stays bounded.

In: a frame of documents with `text`, and what to do with a part of it. Out: what it returned for each chunk, in order.
Chunks are whole documents, so nothing may come out otherwise than from all documents at once.

>>> sum(in_chunks(documents, lambda part: part.height)) == documents.height
True
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import polars as pl

from flows.settings import core_count

Result = TypeVar("Result")

# Bytes of text worked on at a time, on any number of cores: their frames take 2 GB. Planning a chunk costs as much as
# reading 1.5 MB, so that smaller ones are slower.
BYTES_AT_A_TIME = 66_000_000
SMALL_BYTES = 1_000_000


def in_chunks(documents: pl.DataFrame, work: Callable[[pl.DataFrame], Result]) -> list[Result]:
    """Return what `work` makes of each chunk; it is run in threads, as polars does its part without the interpreter."""
    return list(_workers().map(work, chunks(documents)))


def chunks(documents: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut documents into parts of about equal bytes, so many that all cores are busy and memory is bounded."""
    size = pl.col("text").str.len_bytes().fill_null(0).cast(pl.Int64)
    total = documents.select(size.sum()).item()
    if total <= SMALL_BYTES:
        return [documents]
    rounds = -(-total // BYTES_AT_A_TIME)
    chunk = (size.cum_sum() - size) * (rounds * at_a_time()) // total
    return documents.with_columns(chunk=chunk).partition_by("chunk", maintain_order=True, include_key=False)


@cache
def _workers() -> ThreadPoolExecutor:
    """Return the threads that all segments share, so that no more chunks than these are in memory."""
    return ThreadPoolExecutor(max_workers=at_a_time(), thread_name_prefix="chunk")


def at_a_time() -> int:
    """Return how many chunks are worked on side by side: planning one leaves cores idle, so one more."""
    return core_count() + 1
