"""The published tables: every column, its type, unit, allowed words and description, in one place.

In: nothing. Out: `TABLES`, from which the Parquet schema, the data dictionary, the data package and the column
expectations are derived.

>>> TABLES["observations"].key
('observation_id',)
"""

import polars as pl

from transforms.columns import UTC_TIMESTAMP, Column, Table

SCHEMA_VERSION = "1.1.0"

LEVELS = ("ministry", "province", "prefecture", "county", "township", "subdistrict", "department", "other")
THEMES = (
    "leadership", "functions", "rulemaking", "decision", "enforcement", "emergency", "disputes", "oversight",
    "publicity", "governance", "problems", "plans", "other",
)
QUALIFIERS = ("exact", "over", "approx", "at_least", "at_most", "near", "range")
DIMENSIONS = ("count", "ratio", "money", "area", "length", "time", "other")
MEASURES = ("level", "share", "change", "change_ratio")
STATUSES = ("reported", "planned", "prior")
CHECKS = ("part_of_whole", "rectified_of_found", "stated_rate", "rate_in_range", "same_fact")
CHECK_OUTCOMES = ("holds", "fails", "undecided")
OUTCOMES = (
    "imported", "fetched", "not_modified", "revisit", "not_found", "http_error", "refused", "dns_error", "timeout",
    "too_large", "truncated", "redirect_loop", "redirect_refused", "address_refused", "robots_disallowed",
    "tls_error", "javascript_challenge", "empty", "unreadable", "unsupported", "not_a_report", "no_numbers",
    "ambiguous_year", "no_year", "host_refused", "error",
)

REPORT_ID = Column("report_id", pl.String, "Stable id of the report, from the canonical URL of its page",
                   "报告标识,由网页的规范地址得出", False, pattern=r"^r_[0-9a-f]{16}$")
REPORT_YEAR = Column("report_year", pl.Int16, "Year reported on", "报告所述年度", False, unit="year",
                     minimum=2004, maximum=2100)
BODY = Column("body", pl.String, "Body that issued the report, as it names itself", "报告机关")
DIVISION_CODE = Column("division_code", pl.String, "Division code: GB/T 2260 (6 digits) or township code (9 digits)",
                       "行政区划代码(6位)或乡级代码(9位)", pattern=r"^(\d{6}|\d{9})$")
CHARS = "characters (Unicode code points) of texts.text"

REPORTS = Table(
    "reports", "One row per report", "报告,每份一行", ("report_id",),
    (
        REPORT_ID,
        Column("title", pl.String, "Title of the report, in one line", "标题", False),
        BODY,
        Column("body_level", pl.String, "Level of the body in the hierarchy", "机关层级", False, allowed=LEVELS),
        Column("department", pl.String, "Department, where a department reports", "部门"),
        DIVISION_CODE,
        Column("province", pl.String, "Province, autonomous region or municipality", "省级区划"),
        Column("city", pl.String, "Prefecture-level division", "地级区划"),
        Column("county", pl.String, "County-level division", "县级区划"),
        Column("township", pl.String, "Town, township or subdistrict", "乡级区划"),
        REPORT_YEAR,
        Column("published_date", pl.Date, "Date of publication that the page gives", "发布日期"),
        Column("signed_date", pl.Date, "Date under the report", "落款日期"),
        Column("source_url", pl.String, "Address that the page was fetched from", "来源网址", False),
        Column("canonical_url", pl.String, "Address that the id is made from", "规范网址", False),
        Column("other_source_urls", pl.String, "Further addresses of the same text", "其他来源网址"),
        Column("retrieved_at", UTC_TIMESTAMP, "When this snapshot was fetched", "抓取时间", False),
        Column("first_seen", UTC_TIMESTAMP, "When the page was first fetched", "首次抓取时间", False),
        Column("last_changed", UTC_TIMESTAMP, "When the text was last seen to have changed", "最近变更时间", False),
        Column("last_checked", UTC_TIMESTAMP, "When the page was last asked for", "最近检查时间", False),
        Column("revision", pl.Int32, "How many different texts the page has had", "版本序号", False, minimum=1),
        Column("media_type", pl.String, "Media type of the payload", "媒体类型", False),
        Column("payload_digest", pl.String, "SHA-256 of the payload as fetched", "原始内容摘要", False,
               pattern=r"^sha256:[0-9a-f]{64}$"),
        Column("text_digest", pl.String, "SHA-256 of the cleaned, masked text", "文本摘要", False,
               pattern=r"^sha256:[0-9a-f]{64}$"),
        Column("correction_ids", pl.String, "Corrections made by hand that hold here, separated by spaces",
               "人工更正标识"),
        Column("n_characters", pl.Int32, "Length of the cleaned text", "字数", False, unit="characters", minimum=0),
        Column("n_sections", pl.Int32, "Headings in the outline", "标题数", False, minimum=0),
        Column("n_observations", pl.Int32, "Observations extracted", "观测数", False, minimum=0),
        Column("n_masked", pl.Int32, "Characters masked to protect private persons", "遮蔽字数", False, minimum=0),
    ),
    ("report_year", "report_id"),
)

SECTIONS = Table(
    "sections", "One row per heading in a report's outline", "章节标题,每个一行", ("section_id",),
    (
        Column("section_id", pl.String, "Stable id of the section", "章节标识", False, pattern=r"^s_[0-9a-f]{16}$"),
        REPORT_ID,
        Column("path", pl.String, "Numerals of the heading and of those above it: 一/(七)", "标题序号路径", False),
        Column("depth", pl.Int8, "Depth in the outline; 0: before the first heading", "层次", False, minimum=0),
        Column("heading", pl.String, "Heading without its numeral; empty before the first heading", "标题", False),
        Column("theme", pl.String, "Theme of the section", "主题", False, allowed=THEMES),
        Column("status", pl.String, "Whether it tells results or plans", "状态", False, allowed=STATUSES),
        Column("parent_section_id", pl.String, "Section that this one is in", "上级章节"),
        Column("char_start", pl.Int32, "Where the section starts", "起始位置", False, unit=CHARS, minimum=0),
        Column("char_end", pl.Int32, "Where the section ends", "结束位置", False, unit=CHARS, minimum=0),
    ),
    ("report_id", "char_start", "depth"),
    {"report_id": "reports", "parent_section_id": "sections.section_id"},
)

OBSERVATIONS = Table(
    "observations", "One row per number that a report states", "观测值,每个一行", ("observation_id",),
    (
        Column("observation_id", pl.String, "Stable id of the observation", "观测标识", False,
               pattern=r"^o_[0-9a-f]{16}$"),
        REPORT_ID,
        Column("section_id", pl.String, "Section that it stands in", "所在章节", False),
        REPORT_YEAR,
        Column("char_start", pl.Int32, "Where the quote starts", "起始位置", False, unit=CHARS, minimum=0),
        Column("char_end", pl.Int32, "Where the quote ends", "结束位置", False, unit=CHARS, minimum=0),
        Column("quote", pl.String, "The number with its qualifiers and unit, as it stands in the text", "原文", False),
        Column("value", pl.Float64, "Number as written, in the base unit; percent is 0-100; null for a range",
               "数值(基本单位;百分数为0-100;区间为空)"),
        Column("qualifier", pl.String, "How exact the words are", "限定", False, allowed=QUALIFIERS),
        Column("value_low", pl.Float64, "Lower bound that the words imply; null where open", "下限"),
        Column("value_high", pl.Float64, "Upper bound that the words imply; null where open", "上限"),
        Column("unit", pl.String, "Unit as written, without its scale", "单位(原文)"),
        Column("unit_code", pl.String, "Canonical unit", "单位代码"),
        Column("dimension", pl.String, "What kind of quantity it is", "量纲", False, allowed=DIMENSIONS),
        Column("measure", pl.String, "Level, share of a whole, or change", "度量类型", False, allowed=MEASURES),
        Column("status", pl.String, "Reported result, plan, or of an earlier year", "状态", False, allowed=STATUSES),
        Column("period_start", pl.Date, "First day of the period that the number is of", "起始日期", False),
        Column("period_end", pl.Date, "Last day of the period that the number is of", "截止日期", False),
        Column("label", pl.String, "What is counted, from the words of the clause", "标签", False),
        Column("indicator", pl.String, "Code of the codebook; null when none fits", "指标代码"),
        Column("part_of", pl.String, "Observation of which this is a part", "所属总量的观测标识"),
        Column("sentence", pl.String, "Sentence that it stands in", "所在句", False),
    ),
    ("report_year", "report_id", "char_start", "observation_id"),
    {"report_id": "reports", "section_id": "sections", "indicator": "indicators",
     "part_of": "observations.observation_id"},
)

PANEL = Table(
    "panel", "One row per report and indicator", "面板:报告 × 指标", ("report_id", "indicator"),
    (
        REPORT_ID,
        Column("indicator", pl.String, "Code of the codebook", "指标代码", False),
        REPORT_YEAR, BODY, DIVISION_CODE,
        Column("value", pl.Float64, "Value chosen for the report's own period; null for a range", "数值"),
        Column("qualifier", pl.String, "How exact the words are", "限定", False, allowed=QUALIFIERS),
        Column("value_low", pl.Float64, "Lower bound; null where open", "下限"),
        Column("value_high", pl.Float64, "Upper bound; null where open", "上限"),
        Column("unit_code", pl.String, "Canonical unit", "单位代码"),
        Column("observation_id", pl.String, "Observation that the value was taken from", "来源观测标识", False),
        Column("n_candidates", pl.Int32, "Totals that could have been chosen", "候选数", False, minimum=1),
        Column("conflict", pl.Boolean, "Whether the candidates state different values", "候选是否不一致", False),
        Column("candidate_ids", pl.String, "Observations that could have been chosen, separated by spaces",
               "候选观测标识", False),
    ),
    ("report_year", "report_id", "indicator"),
    {"report_id": "reports", "indicator": "indicators", "observation_id": "observations"},
)

CHECKS_TABLE = Table(
    "checks", "One row per consistency check that a report allows", "一致性检验,每项一行", ("check_id",),
    (
        Column("check_id", pl.String, "Stable id of the check", "检验标识", False, pattern=r"^c_[0-9a-f]{16}$"),
        REPORT_ID, REPORT_YEAR,
        Column("check", pl.String, "What is checked", "检验类型", False, allowed=CHECKS),
        Column("left_observation_id", pl.String, "Observation on the left side", "左侧观测标识", False),
        Column("left_value", pl.Float64, "Value on the left side: the part, the stated rate", "左侧数值"),
        Column("right_observation_id", pl.String, "Observation on the right side", "右侧观测标识"),
        Column("right_value", pl.Float64, "Value on the right side: the whole, the rate worked out", "右侧数值"),
        Column("outcome", pl.String, "Whether both sides agree", "结果", False, allowed=CHECK_OUTCOMES),
        Column("statement", pl.String, "The check in words: 3627 of 3720", "说明", False),
    ),
    ("report_year", "report_id", "check", "check_id"),
    {"report_id": "reports", "left_observation_id": "observations.observation_id",
     "right_observation_id": "observations.observation_id"},
)

INDICATORS = Table(
    "indicators", "One row per code of the codebook", "指标编码,每个一行", ("indicator",),
    (
        Column("indicator", pl.String, "Code", "指标代码", False, pattern=r"^[a-z][a-z0-9_]*$"),
        Column("parent", pl.String, "Code that this one makes more specific", "上级指标"),
        Column("theme", pl.String, "Theme", "主题", False, allowed=THEMES),
        Column("name_zh", pl.String, "Chinese name", "中文名", False),
        Column("name_en", pl.String, "English name", "英文名", False),
        Column("definition", pl.String, "What is counted, and what is not", "定义", False),
        Column("dimension", pl.String, "Kind of quantity", "量纲", False, allowed=DIMENSIONS),
        Column("unit_codes", pl.String, "Canonical units it may come in, separated by spaces", "可用单位", False),
        Column("minimum", pl.Float64, "Smallest valid value", "最小值"),
        Column("maximum", pl.Float64, "Largest valid value", "最大值"),
        Column("direction", pl.String, "Whether more is better", "方向", False,
               allowed=("higher_is_better", "lower_is_better", "none")),
        Column("official_item", pl.String, "Item of the official index for model cities and counties (2021)",
               "市县法治政府建设示范指标体系条目"),
        Column("n_reports", pl.Int32, "Reports in this release that state it", "覆盖报告数", False, minimum=0),
        Column("n_observations", pl.Int32, "Observations in this release", "观测数", False, minimum=0),
    ),
    ("indicator",),
)

TEXTS = Table(
    "texts", "One row per report: the text that offsets refer to", "文本,每份一行", ("report_id",),
    (
        REPORT_ID,
        Column("text", pl.String, "Cleaned text, private persons masked with █", "清洗并遮蔽后的文本", False),
        Column("text_digest", pl.String, "SHA-256 of the text", "文本摘要", False, pattern=r"^sha256:[0-9a-f]{64}$"),
    ),
    ("report_id",),
    {"report_id": "reports"},
)

HARVEST_LOG = Table(
    "harvest_log", "One row per attempt to fetch or import", "抓取日志,每次一行", ("attempt_id",),
    (
        Column("attempt_id", pl.String, "Stable id of the attempt", "尝试标识", False, pattern=r"^a_[0-9a-f]{16}$"),
        Column("url", pl.String, "Address asked for", "网址", False),
        Column("canonical_url", pl.String, "Canonical form of the address", "规范网址", False),
        Column("attempted_at", UTC_TIMESTAMP, "When", "时间", False),
        Column("outcome", pl.String, "What came of it", "结果", False, allowed=OUTCOMES),
        Column("http_status", pl.Int16, "HTTP status, where there was one", "HTTP 状态"),
        Column("n_bytes", pl.Int64, "Size of the payload", "字节数", unit="bytes", minimum=0),
        Column("payload_digest", pl.String, "SHA-256 of the payload", "内容摘要"),
        Column("segment", pl.String, "WARC file that holds the exchange", "WARC 文件"),
        Column("report_id", pl.String, "Report made from it, if any", "报告标识"),
        Column("error", pl.String, "What went wrong and what to do, in words", "错误说明"),
    ),
    ("attempted_at", "attempt_id"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (REPORTS, SECTIONS, OBSERVATIONS, PANEL, CHECKS_TABLE, INDICATORS, TEXTS, HARVEST_LOG)
}
