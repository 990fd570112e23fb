"""Clean a decoded text: page chrome off, characters of equal meaning made equal, lines kept whole and in order.

In: `doc`, `text` as decoded. Out: `doc`, `text`: the text that all offsets refer to. Characters are replaced one for
one, and only whole lines are dropped, so that every kept line can be found again in the source.

>>> clean(pl.LazyFrame({"doc": [0], "text": ["首页\n共１２件"]}), knowledge).collect()["text"].item()
'共12件'
"""

import polars as pl

from transforms.knowledge import Knowledge

BLANKS = "\u00a0\u3000\u2002\u2003\u2009\u200b\u200c\u200d\ufeff\u202f\v\f\u2028\u2029"
WIDE = 0xFEE0
ASCII = [chr(code) for code in range(ord("0"), ord("z") + 1) if chr(code).isalnum()] + ["%", ".", "+"]
EQUAL = {chr(ord(mark) + WIDE): mark for mark in ASCII} | {"﹪": "%"} | dict.fromkeys(BLANKS, " ")
CONTROLS = r"[\x00-\x08\x0e-\x1f\x7f]"
HEAD_LINES = 12
DATED_WIDTH = 1200


def clean(texts: pl.LazyFrame, knowledge: Knowledge) -> pl.LazyFrame:
    """Return `texts` cleaned; a text without any kept line becomes empty."""
    lines = (
        texts.select("doc", line=normalised(pl.col("text"), knowledge).str.split("\n"))
        .explode("line")
        .filter(pl.col("line").str.contains(r"\S"))
        .with_columns(line_number=pl.int_range(pl.len()).over("doc"))
    )
    kept = lines.filter(~is_chrome(knowledge)).group_by("doc", maintain_order=True).agg("line")
    cleaned = kept.select("doc", cleaned=pl.col("line").list.join("\n"))
    return texts.join(cleaned, on="doc", how="left", maintain_order="left").with_columns(
        text=pl.col("cleaned").fill_null("")
    ).drop("cleaned")


def normalised(text: pl.Expr, knowledge: Knowledge) -> pl.Expr:
    """Line ends made one, control characters and blanks made spaces, letters and digits of full width made half.

    Traditional characters are written simplified: 受理申請３項 becomes 受理申请3项.
    """
    equal = EQUAL | dict(knowledge.traditional.iter_rows())
    return (
        text.str.replace_all("\r\n", "\n", literal=True)
        .str.replace_all("\r", "\n", literal=True)
        .str.replace_many(list(equal), list(equal.values()))
        .str.replace_all(CONTROLS, " ")
    )


def is_chrome(knowledge: Knowledge) -> pl.Expr:
    """Whether a line is of the page, not of the report."""
    line = pl.col("line").str.strip_chars(" \t")

    def matches(where: str) -> pl.Expr:
        patterns = knowledge.chrome.filter(pl.col("where") == where)["pattern"]
        return line.str.contains("|".join(f"(?:{pattern})" for pattern in patterns))

    short = line.str.len_chars() <= 250
    return short & (matches("any") | (matches("head") & (pl.col("line_number") < HEAD_LINES)))


def stated_date(text: pl.Expr, knowledge: Knowledge) -> pl.Expr:
    """The date of publication that a page's head states under one of its usual names, the surest name first."""
    head = text.str.head(DATED_WIDTH)
    day = r"(?P<y>20[0-9]{2}) ?[-年/.] ?(?P<m>[0-9]{1,2}) ?[-月/.] ?(?P<d>[0-9]{1,2})"
    stated = [head.str.extract_groups(rf"{name}[ \]】]*[:：|\t]\s*{day}") for name in knowledge.words["dated_line"]]
    written = [
        pl.concat_str((one.struct.field(part).str.zfill(2) for part in "ymd"), separator="-") for one in stated
    ]
    return pl.coalesce(written).str.to_date("%Y-%m-%d", strict=False)
