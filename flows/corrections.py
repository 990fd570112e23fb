"""See that corrections made by hand still match, and publish those that hold.

In: the corrections of the seeds, and the reports of a release. Out: FazhiError (exit code 5) where a correction of a
report that is there did not match; the corrections with private persons masked.

>>> refuse_unmatched(read_corrections(), tables["reports"], accept={})
()
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from flows.errors import ExitCode, FazhiError
from flows.seeds import SEEDS, read_seed
from transforms.corrections import unmatched
from transforms.identity import identifier
from transforms.mask import mask
from transforms.mask_words import private_words

GUARD = "corrections"


def corrections_digest(corrections: pl.DataFrame, addresses: Collection[str]) -> str:
    """Return a digest of the corrections of some pages, so that only their segments are built again."""
    reports = {identifier("r", address) for address in addresses}
    concerned = corrections.filter(pl.col("report_id").is_in(list(reports)))
    return hashlib.sha256(concerned.write_csv().encode()).hexdigest()[:16] if concerned.height else ""


def refuse_unmatched(corrections: pl.DataFrame, reports: pl.LazyFrame, accept: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is to be said of corrections let pass that no longer match; raise FazhiError if they are not."""
    stale = unmatched(corrections.lazy(), reports).collect()
    if stale.is_empty():
        return ()
    told = "; ".join(f"{row['field']} of {row['report_id']}, {(row['find'] or '')[:40]!r}"
                     for row in stale.iter_rows(named=True))
    if GUARD not in accept:
        raise FazhiError(f"corrections no longer match: {told}. The page changed, or is read otherwise now: mend or "
                         "remove their rows in seeds/corrections.csv and build again, or run "
                         f"`fazhi release --accept {GUARD} --why REASON`", ExitCode.HELD)
    return (f"Corrections that no longer match, {told}: let pass, because {accept[GUARD]}",)


def published(corrections: pl.DataFrame, seeds: Path = SEEDS) -> pl.DataFrame:
    """Return corrections as they may be published: private persons masked."""
    words = private_words(read_seed("private", seeds))
    return corrections.with_columns(mask(pl.col(name), words).alias(name) for name in ("find", "replacement", "reason"))
