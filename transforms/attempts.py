"""The log of attempts: a row for each snapshot, with what became of it.

In: documents, what was rejected on the way to a report, and the reports made. Out: rows of the table `harvest_log`.

>>> attempts(documents, rejected, reports, "import-0123456789abcdef").collect()["outcome"].to_list()
['imported', 'not_a_report']
"""

import polars as pl

from transforms.identity import identifiers
from transforms.schema import HARVEST_LOG

SNAPSHOT = ("canonical_url", "payload_digest", "retrieved_at")


def attempts(
    documents: pl.LazyFrame, rejected: pl.LazyFrame, reports: pl.LazyFrame, segment: str
) -> pl.LazyFrame:
    """Return a row for each document; a rejection's outcome stands in place of the fetch's.

    `documents` also carries `http_status`. The same exchange stored twice is one attempt.
    """
    refused = rejected.select(*SNAPSHOT, refusal="outcome", reason="error").unique(SNAPSHOT, keep="first")
    made = reports.select("canonical_url", "payload_digest", "retrieved_at", "report_id").unique(SNAPSHOT)
    return (
        documents.join(refused, on=SNAPSHOT, how="left", nulls_equal=True)
        .join(made, on=SNAPSHOT, how="left", nulls_equal=True)
        .with_columns(
            attempted_at=pl.col("retrieved_at"),
            moment=pl.col("retrieved_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"),
            digest_or_none=pl.col("payload_digest").fill_null(""),
            outcome=pl.coalesce("refusal", "outcome"),
            error=pl.coalesce("reason", "error"),
            segment=pl.lit(segment),
        )
        .with_columns(attempt_id=identifiers("a", "canonical_url", "moment", "digest_or_none"))
        .unique("attempt_id", keep="first", maintain_order=True)
        .select(HARVEST_LOG.column_names)
        .cast(HARVEST_LOG.polars_schema)
        .sort(HARVEST_LOG.sort)
    )
