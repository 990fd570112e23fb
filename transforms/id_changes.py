"""Find the new ids of what stands where it stood, where a release says that the scheme of ids moved.

In: the tables of the last release and of the next. Out: rows of `id_changes`. A row is the same when its page's
address and text, its place in the text and its words are; only ids of declared tables are looked for.

>>> moved_ids(old, new, {"observations": "a scheme with the heading in it"})
"""

from collections.abc import Mapping

import polars as pl

from transforms.release_schema import ID_CHANGES

SAME = {
    "reports": ("source_url", "payload_digest"),
    "sections": ("source_url", "text_digest", "char_start", "depth", "heading"),
    "observations": ("source_url", "text_digest", "char_start", "char_end", "quote"),
}
IDS = {"reports": "report_id", "sections": "section_id", "observations": "observation_id"}
Tables = Mapping[str, pl.LazyFrame]


def moved_ids(old: Tables, new: Tables, declared: Mapping[str, str]) -> pl.LazyFrame:
    """Return old and new id of every row whose id moved, for the tables declared, each with its reason."""
    found = [_moved(name, old, new).with_columns(reason=pl.lit(why)) for name, why in sorted(declared.items())]
    return pl.concat([ID_CHANGES.empty().lazy(), *(one.select(ID_CHANGES.column_names) for one in found)])


def with_earlier(earlier: pl.LazyFrame, moved: pl.LazyFrame) -> pl.LazyFrame:
    """Return all moves so far; the way from an id of long ago goes over those between."""
    return pl.concat([earlier, moved]).unique(ID_CHANGES.key, keep="last").sort(ID_CHANGES.sort)


def _moved(name: str, old: Tables, new: Tables) -> pl.LazyFrame:
    key, same = IDS[name], list(SAME[name])
    then, now = (_placed(name, tables).select(*same, key) for tables in (old, new))
    return (
        then.join(now, on=same, suffix="_new")
        .filter(pl.col(key) != pl.col(f"{key}_new"))
        .join(now, on=key, how="anti")
        .select(table=pl.lit(name), old_id=pl.col(key), new_id=pl.col(f"{key}_new"))
    )


def _placed(name: str, tables: Tables) -> pl.LazyFrame:
    """Return the rows with the address and text of their report."""
    if name == "reports":
        return tables[name]
    return tables[name].join(tables["reports"].select("report_id", "source_url", "text_digest"), on="report_id")
