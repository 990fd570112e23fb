"""The outline of a report: its headings, what they speak of, and which sentence stands under which.

In: sentences with `report_id` and `report_year`. Out: the sentences with `section` (a running number within the text),
`section_id`, `depth`, `path`, `heading`, `theme` and `section_status`; and, by `sections`, one row per section with
its place.

>>> outline(sentences, knowledge).collect()["path"].to_list()
['', '一', '一/(一)']
"""

import polars as pl

from transforms.computed import computed
from transforms.identity import identifiers
from transforms.knowledge import Knowledge

CHINESE = "[一二三四五六七八九十]{1,3}"
HEADING_WIDTH = 60
NUMERALS = (
    (1, rf"^\s*(第{CHINESE}(?:章|部分|篇)|{CHINESE}(?:、|．|\.|,|，| ))"),
    (2, rf"^\s*([(（]{CHINESE}[)）]|{CHINESE}[)）])"),
    (3, r"^\s*([0-9]{1,2}(?:[.．、]|[)）]))[^0-9]"),
    (4, r"^\s*([(（][0-9]{1,2}[)）])"),
)
OTHER = "other"
YEAR = r"((?:20)[0-9]{2})年"


def outline(sentences: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Add to each sentence the section that it stands in; section 0 is the text before the first heading.

    What a section is, is read where it starts, and spread from there over its sentences.
    """
    is_heading = pl.col("sentence").str.contains("|".join(pattern for _, pattern in NUMERALS))
    is_start = pl.col("is_heading") | (pl.col("sentence_start") == 0)
    placed = computed(sentences.with_columns(is_heading=is_heading).with_columns(place=is_start.cum_sum())).lazy()
    described = described_sections(placed.filter(is_start), knowledge)
    return placed.drop("is_heading").join(described, on="place", how="left", maintain_order="left").drop("place")


def described_sections(starts: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Describe the sections that start with these sentences, one row each, by `place`."""
    depth = pl.coalesce(
        pl.when(pl.col("sentence").str.contains(pattern)).then(pl.lit(depth, pl.Int8)) for depth, pattern in NUMERALS
    )
    numeral = pl.coalesce(pl.col("sentence").str.extract(pattern) for _, pattern in NUMERALS)
    body = pl.col("sentence").str.strip_chars().str.head(HEADING_WIDTH)
    return (
        starts.with_columns(numeral=numeral.str.strip_chars(" 、.．,，"), own_depth=depth, body=body)
        .with_columns(
            section=pl.col("is_heading").cast(pl.Int32).cum_sum().over("doc"),
            depth=pl.col("own_depth").fill_null(0),
            heading=pl.when("is_heading").then(heading_text()).otherwise(pl.lit("")),
            **{f"n{depth}": level_numeral(depth) for depth, _ in NUMERALS},
        )
        .with_columns(**{f"n{depth}": pl.col(f"n{depth}").forward_fill().over("doc") for depth, _ in NUMERALS})
        .with_columns(own_theme=own_theme(knowledge))
        .with_columns(path=path_of(), number=pl.col("section").cast(pl.String), **subject(knowledge))
        .with_columns(section_id=identifiers("s", "report_id", "number", "heading"))
        .select("place", "section", "depth", "path", "heading", "theme", "plan_section_year", "section_status",
                "section_id")
    )


def heading_text() -> pl.Expr:
    """The heading without its numeral: up to the end of its sentence."""
    start = r"^\s*(?:第[一二三四五六七八九十]+(?:章|部分|篇)|[(（]?[一二三四五六七八九十0-9]{1,3}[)）]?[、．.,，]?)\s*"
    return pl.col("body").str.replace(start, "").str.strip_chars(" 。\n、")


def level_numeral(depth: int) -> pl.Expr:
    """The numeral where a section of this depth starts, an empty one where a section above it starts, else null."""
    return (
        pl.when(pl.col("own_depth") == depth).then("numeral")
        .when(pl.col("own_depth") < depth).then(pl.lit(""))
    )


def path_of() -> pl.Expr:
    """Numerals of the section and of those above it."""
    parts = [pl.col(f"n{depth}").replace("", None) for depth, _ in NUMERALS]
    return pl.concat_str(parts, separator="/", ignore_nulls=True)


def own_theme(knowledge: Knowledge) -> pl.Expr:
    """The theme that the words of the heading itself name."""
    named = (
        pl.when(pl.col("heading").str.contains("|".join(words.split()))).then(pl.lit(name))
        for name, words in knowledge.themes.select("theme", "words").iter_rows()
    )
    return pl.coalesce(*named, pl.lit(OTHER))


def subject(knowledge: Knowledge) -> dict[str, pl.Expr]:
    """Theme and status of each section, from the words of its heading; what is under a plan is planned."""
    plans = knowledge.any_of("plan_heading")
    is_top = pl.col("is_heading") & (pl.col("depth") == 1)
    top = pl.when(is_top).then("heading").forward_fill().over("doc").fill_null("")
    later_year = top.str.extract(YEAR).cast(pl.Int32) > pl.col("report_year")
    problems = knowledge.any_of("problem_heading")
    planned = (top.str.contains(plans) & ~top.str.contains(problems)) | (
        pl.col("heading").str.contains(plans) & ~pl.col("heading").str.contains(problems)
    ) | later_year.fill_null(False) & ~top.str.contains(problems)
    theme_above = pl.when(is_top).then("own_theme").forward_fill().over("doc").fill_null(OTHER)
    theme = pl.when(pl.col("own_theme") != OTHER).then("own_theme").otherwise(theme_above)
    return {
        "theme": pl.when(planned).then(pl.lit("plans")).otherwise(theme),
        "plan_section_year": top.str.extract(YEAR).cast(pl.Int32),
        "section_status": pl.when(planned).then(pl.lit("planned")).otherwise(pl.lit("reported")),
    }


def sections(outlined: pl.LazyFrame) -> pl.LazyFrame:
    """One row per section of the outlined sentences: its path, depth, heading, theme, status, place and `parent`."""
    end = pl.col("sentence_start") + pl.col("sentence").str.len_chars().cast(pl.Int32)
    found = outlined.group_by("doc", "section", maintain_order=True).agg(
        pl.col("path", "depth", "heading", "theme").first(),
        status=pl.col("section_status").first(),
        char_start=pl.col("sentence_start").min(),
        char_end=end.max(),
    )
    above = [
        pl.when(pl.col("depth") <= depth).then(pl.when(pl.col("depth") == depth).then("section").otherwise(-1))
        .forward_fill().over("doc").alias(f"last{depth}")
        for depth, _ in NUMERALS
    ]
    open_above = [
        pl.when((pl.col("depth") > depth) & (pl.col(f"last{depth}") >= 0)).then(f"last{depth}")
        for depth, _ in reversed(NUMERALS)
    ]
    return found.with_columns(above).with_columns(parent=pl.coalesce(open_above)).drop(
        f"last{depth}" for depth, _ in NUMERALS
    )
