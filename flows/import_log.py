"""Record in the table `harvest_log` what an import refused.

In: refusals. Out: `data/tables/harvest_log/refused-<digest>.parquet`, named after what was refused and why, so that
the same files refused again add nothing.

>>> write_refusals(Path("data"), [Refusal("urn:fazhi:file:a.txt", "empty", "a.txt: is empty")], now)
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.import_files import Refusal
from flows.table_files import table_file, write_table_file
from flows.urls import canonical_url
from transforms.identity import identifier
from transforms.schema import HARVEST_LOG


def write_refusals(data_dir: Path, refused: Sequence[Refusal], now: datetime) -> Path | None:
    """Write a row for each refusal, unless they are written already; return the file."""
    if not refused:
        return None
    told = "\n".join(sorted(f"{one.url} {one.outcome} {one.payload_digest} {one.error}" for one in refused))
    path = table_file(data_dir, HARVEST_LOG.name, f"refused-{hashlib.sha256(told.encode()).hexdigest()[:16]}")
    if path.exists():
        return path
    rows = {row["attempt_id"]: row for row in (_row(one, now) for one in refused)}
    frame = pl.DataFrame(list(rows.values()), schema=HARVEST_LOG.polars_schema).sort(HARVEST_LOG.sort)
    write_table_file(path, frame)
    return path


def _row(refusal: Refusal, now: datetime) -> dict[str, object]:
    address = canonical_url(refusal.url)
    moment = now.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return {
        "attempt_id": identifier("a", address, moment, refusal.payload_digest or "", refusal.error),
        "url": refusal.url,
        "canonical_url": address,
        "attempted_at": now,
        "outcome": refusal.outcome,
        "n_bytes": refusal.n_bytes,
        "payload_digest": refusal.payload_digest,
        "error": refusal.error,
    }
