"""The tables that only a release has: the phrases of the codebook, coverage, what people did, the changes.

In: nothing. Out: `RELEASE_TABLES`, every table of a release in the order that its documents list them.

>>> RELEASE_TABLES["changes"].key
('table', 'key', 'column')
"""

import polars as pl

from transforms.columns import Column, Table
from transforms.schema import DIVISION_CODE, REPORT_ID, REPORT_YEAR, TABLES

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

COVERAGE = Table(
    "coverage", "One row per body that must report, and year", "应当报告的机关与年度,每项一行",
    ("division_code", "report_year"),
    (
        Column("division_code", pl.String, "Division code: GB/T 2260 (6 digits) or township code (9 digits)",
               "行政区划代码(6位)或乡级代码(9位)", False, pattern=r"^(\d{6}|\d{9})$"),
        REPORT_YEAR,
        Column("level", pl.String, "Level of the division", "层级", False,
               allowed=("province", "prefecture", "county", "township")),
        Column("name", pl.String, "Name of the division", "名称", False),
        Column("province", pl.String, "Province that it is in", "省级区划"),
        Column("city", pl.String, "Prefecture-level division that it is in", "地级区划"),
        Column("county", pl.String, "County-level division that it is in", "县级区划"),
        Column("outcome", pl.String, "What is known of its report; not_found says nothing of whether there is one",
               "结果", False, allowed=("published", "not_found", "quarantined", "withdrawn")),
        Column("report_id", pl.String, "Its report; the first published where there are several", "报告标识"),
        Column("n_reports", pl.Int32, "How many reports of it are in this release", "报告数", False, minimum=0),
        Column("published_date", pl.Date, "Date of publication that the page gives", "发布日期"),
        Column("in_time", pl.Boolean,
               "Whether it was published before 1 April of the next year; null without a date, or if none was due",
               "是否按期(次年4月1日前)发布"),
    ),
    ("report_year", "division_code"),
    {"report_id": "reports"},
)

PHRASES = Table(
    "phrases", "One row per phrase that means a code", "指标用语,每条一行", ("phrase_id",),
    (
        Column("phrase_id", pl.String, "Stable id of the phrase, from its words", "用语标识", False,
               pattern=r"^p_[0-9a-f]{16}$"),
        Column("indicator", pl.String, "Code that it means", "指标代码", False),
        Column("must", pl.String, "Groups of words, one of each of which the label has", "标签须含"),
        Column("near", pl.String, "Groups of words, one of each of which stands near", "上下文须含"),
        Column("must_not", pl.String, "Words that the label must not have", "标签不得含"),
        Column("not_near", pl.String, "Words that must not stand near", "上下文不得含"),
        Column("units", pl.String, "Canonical units that it holds for, separated by spaces; all of the code's if null",
               "适用单位"),
        Column("note", pl.String, "Why it is as it is", "说明"),
    ),
    ("indicator", "phrase_id"),
    {"indicator": "indicators"},
)

WEIGHTS = Table(
    "weights", "One row per weight that the classifier of codes gives", "指标分类器权重,每条一行", ("weight_id",),
    (
        Column("weight_id", pl.String, "Stable id of the weight, from the three next columns", "权重标识", False,
               pattern=r"^w_[0-9a-f]{16}$"),
        Column("scope", pl.String, "Where it looks: a text or a field of the observation; intercept: before it looks",
               "位置", False,
               allowed=("label", "context", "after", "unit", "unit_code", "measure", "code_before", "code_after",
                        "intercept")),
        Column("text", pl.String, "What it finds there: a run of characters (^ and $ are the ends), or the whole value",
               "字串"),
        Column("indicator", pl.String, "Code that it speaks for, or against; null: for no code", "指标代码"),
        Column("weight", pl.Float64, "How much it speaks for the code; against it, if negative", "权重", False),
    ),
    ("indicator", "scope", "weight_id"),
    {"indicator": "indicators"},
)

ID_CHANGES = Table(
    "id_changes", "One row per id that moved because the scheme of ids did", "标识变更,每处一行", ("table", "old_id"),
    (
        Column("table", pl.String, "Table that the id is of", "所在表", False,
               allowed=("reports", "sections", "observations")),
        Column("old_id", pl.String, "Id in the releases before", "原标识", False),
        Column("new_id", pl.String, "Id since", "新标识", False),
        Column("reason", pl.String, "Why, in words", "原因", False),
    ),
    ("table", "old_id"),
)

CORRECTIONS = Table(
    "corrections", "One row per correction made by hand that holds in this release", "人工更正,每处一行",
    ("correction_id",),
    (
        Column("correction_id", pl.String, "Stable id of the correction, from what it says", "更正标识", False,
               pattern=r"^k_[0-9a-f]{16}$"),
        REPORT_ID,
        Column("field", pl.String, "Column of `reports` that was corrected; text: the text of the report", "更正内容",
               False),
        Column("find", pl.String, "What stood there", "原内容"),
        Column("replacement", pl.String, "What is right", "更正后内容"),
        Column("reason", pl.String, "Why, in words", "更正原因", False),
        Column("corrected_on", pl.Date, "Day of the correction", "更正日期", False),
    ),
    ("report_id", "correction_id"),
    {"report_id": "reports"},
)

RELEASE_TABLES: dict[str, Table] = {
    **TABLES,
    **{
        table.name: table for table in (PHRASES, WEIGHTS, COVERAGE, CORRECTIONS, WITHDRAWN, CHANGES, ID_CHANGES)
    }
}
VOLATILE = {
    "reports": frozenset({"retrieved_at", "last_checked", "payload_digest"}),
    "harvest_log": frozenset(TABLES["harvest_log"].column_names),
    "changes": frozenset(CHANGES.column_names),
    "id_changes": frozenset(ID_CHANGES.column_names),
}
"""Columns that tell of the fetching, or of the last release, and alone make no new one."""
