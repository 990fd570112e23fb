"""From documents to tables: the whole way through the transforms.

In: decoded documents, one row per snapshot, and `Knowledge`. Out: frames of the tables that a segment has, and
`rejected`: the documents that gave no report, each with its outcome and what to do.

>>> build_tables(documents, knowledge)["reports"].collect()["report_year"].to_list()
[2023]
"""

import polars as pl

from transforms.checks import checks
from transforms.clean import clean, normalised, stated_date
from transforms.computed import computed
from transforms.corrections import correct_fields, correct_texts
from transforms.header import headers
from transforms.identity import digest, identifiers
from transforms.knowledge import Knowledge
from transforms.mask import MASK, mask
from transforms.observations import observations
from transforms.outline import outline, sections
from transforms.panel import panel
from transforms.schema import REPORTS, SECTIONS, TEXTS
from transforms.sentences import sentences

USABLE = ["imported", "fetched"]
REJECTED = ("canonical_url", "payload_digest", "retrieved_at", "outcome", "error")


def build_tables(documents: pl.LazyFrame, knowledge: Knowledge) -> dict[str, pl.LazyFrame]:
    """Return the tables of the documents; each frame has the columns of its schema."""
    headed = read_headers(documents, knowledge)
    found = headed.filter(pl.col("outcome").is_in(USABLE)).drop("outcome", "error").with_row_index("doc")
    masked = computed(with_masked_text(found, knowledge)).lazy()
    outlined = computed(outlined_sentences(masked, knowledge)).lazy()
    stated = computed(observations(outlined, knowledge))
    speaking = masked.filter(pl.col("report_id").is_in(stated["report_id"].unique().implode()))
    silent = masked.join(speaking, on="report_id", how="anti").with_columns(
        outcome=pl.lit("no_numbers"),
        error=pl.lit("the text states no number; look whether decoding got the whole text, and import it again"),
    )
    tables = {
        "sections": section_rows(outlined.join(speaking, on="report_id", how="semi", maintain_order="left")),
        "observations": stated.lazy(),
        "texts": speaking.select(*TEXTS.column_names),
    }
    reports = report_rows(speaking, tables)
    refused = headed.filter(~pl.col("outcome").is_in(USABLE))
    return tables | {
        "reports": reports,
        "panel": panel(stated.lazy(), reports),
        "checks": checks(stated.lazy(), knowledge),
        "rejected": pl.concat([frame.select(*REJECTED) for frame in (refused, silent)]),
    }


def read_headers(documents: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Clean the documents and read their headers; one that is no report has the reason as its outcome."""
    usable = pl.col("outcome").is_in(USABLE)
    newest = documents.sort("retrieved_at", "payload_digest").with_row_index("doc")
    superseded = usable & (pl.col("doc") != pl.col("doc").filter(usable).max().over("canonical_url"))
    current = newest.filter(~superseded.fill_null(False))
    dated = current.filter(usable).with_columns(
        page_date=pl.coalesce("page_date", stated_date(pl.col("text"), knowledge)),
        page_title=normalised(pl.col("page_title"), knowledge),
    )
    readable = correct_texts(clean(dated, knowledge), knowledge.corrections)
    headed = headers(readable.drop("doc"), knowledge.header)
    found = correct_fields(headed, knowledge.corrections).with_columns(
        outcome=pl.coalesce("header_outcome", "outcome"), error=pl.coalesce("header_error", "error")
    )
    unreadable = current.filter(~usable).drop("doc")
    return computed(pl.concat([found, unreadable], how="diagonal_relaxed")).lazy()


def with_masked_text(found: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Mask private persons, and give each report its id and the digest of its text."""
    made = pl.col("text").map_batches(
        lambda texts: pl.Series([digest(text) for text in texts], dtype=pl.String), return_dtype=pl.String
    )
    return (
        found.with_columns(mask(pl.col(name), knowledge.private).alias(name) for name in ("text", "title", "body"))
        .with_columns(report_id=identifiers("r", "canonical_url"), text_digest=made)
        .with_columns(report_year=pl.col("report_year").cast(pl.Int32))
    )


def outlined_sentences(masked: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """The sentences of the reports, each with the section that it stands in."""
    cut = sentences(masked).join(
        masked.select("doc", "report_id", "report_year"), on="doc", how="left", maintain_order="left"
    )
    return outline(cut, knowledge)


def section_rows(outlined: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of the table `sections`."""
    ids = outlined.select("doc", "section", "report_id", "section_id").unique(["doc", "section"], maintain_order=True)
    return (
        sections(outlined)
        .join(ids, on=["doc", "section"], how="left", maintain_order="left")
        .join(
            ids.select("doc", parent="section", parent_section_id="section_id"),
            on=["doc", "parent"], how="left", maintain_order="left",
        )
        .select(*SECTIONS.column_names)
        .cast(SECTIONS.polars_schema)
    )


def report_rows(speaking: pl.LazyFrame, tables: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Rows of the table `reports`, with their counts; its history is of this snapshot alone."""
    counts = [
        tables[name].group_by("report_id").agg(pl.len().cast(pl.Int32).alias(f"n_{name}"))
        for name in ("sections", "observations")
    ]
    reports = speaking
    for count in counts:
        reports = reports.join(count, on="report_id", how="left", maintain_order="left")
    return (
        reports.with_columns(
            source_url="url",
            other_source_urls=pl.lit(None, pl.String),
            first_seen="retrieved_at", last_changed="retrieved_at", last_checked="retrieved_at",
            revision=pl.lit(1),
            n_characters=pl.col("text").str.len_chars(),
            n_masked=pl.col("text").str.count_matches(MASK),
            n_sections=pl.col("n_sections").fill_null(0),
        )
        .select(*REPORTS.column_names)
        .cast(REPORTS.polars_schema)
    )
