"""Which reports are one and the same, found at several addresses, and under which of them it is kept.

In: the newest snapshots of all reports, and their observations. Out: for each report the group that it is in, and the
reports of a group in the order of preference.
Equal texts are one report, unless they are of different places: towns copy from each other. So are texts that differ
in their frame only (a footer, a line with the source): those of one year, level, department and place that state their
numbers in the same sentences.

>>> same_reports(reports, observations).collect().rows()
[('r_0f3a…', 'r_0f3a…'), ('r_77b1…', 'r_0f3a…')]
"""

import polars as pl

_SHARED = 0.8
_LEAST_SENTENCES = 3
# A sentence that stands in more reports of a year than this is a phrase that all use.
_MOST_COPIES = 20
_STRANGERS = 3
_PLACE = ("division_code", "township")
_ISSUER = ("report_year", "body_level", "department")
_GROUPS = pl.Schema({"report_id": pl.String, "group": pl.String})


def same_reports(reports: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """Return `report_id` and `group`, a row for each report; a group bears the smallest id in it."""
    itself = reports.select("report_id", other="report_id")
    pairs = pl.concat([itself, _equal(reports), _alike(reports, observations)])
    return pairs.map_batches(
        _grouped, schema=_GROUPS, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )


def by_preference(reports: pl.LazyFrame) -> pl.LazyFrame:
    """Sort reports so that the issuer's own site comes before one that hosts it, then by when they were first seen.

    A site that publishes mostly reports of other places only hosts this one, and a local file is no site. Of a
    government's sites the main one is its own; of a department's, that of the department.
    """
    host = pl.col("canonical_url").str.extract(r"^https?://([^/:]+)")
    home = pl.col("division_code").str.slice(0, 6).fill_null("")
    n_there, n_at_home = pl.len().over(host), pl.len().over(host, home)
    n_labels = host.str.count_matches(".", literal=True).cast(pl.Int32)
    is_guest = (n_there - n_at_home >= _STRANGERS) & (n_at_home * 2 < n_there)
    is_department = pl.col("body_level") == "department"
    order = {
        "is_file": host.is_null(),
        "is_guest": is_guest,
        "rank_of_site": pl.when(is_department).then(-n_labels).otherwise(n_labels),
    }
    return reports.with_columns(**order).sort(*order, "first_seen", "canonical_url", nulls_last=True).drop(*order)


def _equal(reports: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of reports with the same text, of places that agree."""
    texts = reports.select("report_id", "text_digest", "report_year", *_PLACE)
    shared = texts.join(texts, on=["text_digest", "report_year"], nulls_equal=True, suffix="_of_other").filter(
        pl.col("report_id") < pl.col("report_id_of_other"), *map(_agree, _PLACE)
    )
    return shared.select("report_id", other="report_id_of_other")


def _alike(reports: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of reports that state their numbers in the same sentences."""
    issuer = reports.select("report_id", *_ISSUER, *_PLACE)
    sentences = observations.select(
        "report_id", sentence=pl.col("sentence").str.replace_all(r"\s+", "").hash()
    ).unique()
    sentences = sentences.with_columns(n_sentences=pl.len().over("report_id")).join(issuer, on="report_id")
    copies = pl.len().over("sentence", "report_year")
    told_again = sentences.filter(copies.is_between(2, _MOST_COPIES))
    shared = told_again.join(told_again, on=["sentence", *_ISSUER], nulls_equal=True, suffix="_of_other").filter(
        pl.col("report_id") < pl.col("report_id_of_other"), *map(_agree, _PLACE)
    )
    counted = shared.group_by(other="report_id", report_id="report_id_of_other").agg(
        n_shared=pl.len(), n_most=pl.max_horizontal(pl.col("n_sentences").max(), pl.col("n_sentences_of_other").max())
    )
    is_same = (pl.col("n_shared") >= _LEAST_SENTENCES) & (pl.col("n_shared") >= _SHARED * pl.col("n_most"))
    return counted.filter(is_same).select("report_id", "other")


def _agree(column: str) -> pl.Expr:
    """Whether both name the same, or one of them names none, or its county only."""
    one, other = pl.col(column).fill_null(""), pl.col(f"{column}_of_other").fill_null("")
    return one.str.starts_with(other) | other.str.starts_with(one)


def _grouped(pairs: pl.DataFrame) -> pl.DataFrame:
    """Put reports together that are linked by pairs, over any number of steps."""
    leader: dict[str, str] = {}

    def find(report: str) -> str:
        leader.setdefault(report, report)
        while leader[report] != report:
            leader[report] = leader[leader[report]]
            report = leader[report]
        return report

    for one, other in pairs.sort("report_id", "other").iter_rows():
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    rows = [(report, find(report)) for report in sorted(leader)]
    return pl.DataFrame(rows, schema=_GROUPS, orient="row")
