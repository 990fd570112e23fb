"""The tables that only a release has: what was taken out, and what changed against the last one.

In: nothing. Out: `RELEASE_TABLES`, every table of a release in the order that its documents list them.

>>> RELEASE_TABLES["changes"].key
('table', 'key', 'column')
"""

import polars as pl

from transforms.columns import Column, Table
from transforms.schema import DIVISION_CODE, REPORT_ID, TABLES

KINDS_OF_CHANGE = ("added", "changed", "gone")
CAUSES = ("source", "extractor", "codebook", "correction", "withdrawal")
COMPARED = ("reports", "sections", "observations", "panel", "checks", "indicators")

CHANGES = Table(
    "changes", "One row per value that differs from the last release", "与上一版本的差异,每处一行",
    ("table", "key", "column"),
    (
        Column("table", pl.String, "Table that the row is in", "所在表", False, allowed=COMPARED),
        Column("key", pl.String, "Key of the row; the parts of a longer key are separated by a space", "行的键", False),
        Column("report_id", pl.String, "Report that the row belongs to", "报告标识"),
        Column("indicator", pl.String, "Code of the row, the new one where it changed", "指标代码"),
        Column("change", pl.String, "What became of the row", "变化", False, allowed=KINDS_OF_CHANGE),
        Column("column", pl.String, "Column that changed; for a row added or gone, the one that its value is shown of",
               "所在列", False),
        Column("old_value", pl.String, "Value in the last release, as text", "原值"),
        Column("new_value", pl.String, "Value in this release, as text", "新值"),
        Column("cause", pl.String, "Why: the page changed, the extractor, the codebook, a correction, a withdrawal",
               "原因", False, allowed=CAUSES),
    ),
    ("table", "change", "key", "column"),
)

WITHDRAWN = Table(
    "withdrawn", "One row per report that was taken out", "已撤回的报告,每份一行", ("report_id",),
    (
        REPORT_ID,
        Column("withdrawn_on", pl.Date, "Day on which it was taken out", "撤回日期", False),
        Column("reason", pl.String, "Why, in words", "撤回原因", False),
        DIVISION_CODE,
        Column("report_year", pl.Int16, "Year reported on", "报告所述年度", unit="year", minimum=2004, maximum=2100),
    ),
    ("report_id",),
)

RELEASE_TABLES: dict[str, Table] = {**TABLES, **{table.name: table for table in (WITHDRAWN, CHANGES)}}
VOLATILE = {
    "reports": frozenset({"retrieved_at", "last_checked", "payload_digest"}),
    "harvest_log": frozenset(TABLES["harvest_log"].column_names),
    "changes": frozenset(CHANGES.column_names),
}
"""Columns that tell of the fetching, or of the last release, and alone make no new one."""
