"""What the documents of a release are written from.

In: nothing. Out: `ReleaseFacts`, one frozen value that the card, the data package, Croissant, JSON-LD, the
changelog and the citation all read, so that they cannot disagree.

>>> FileFacts("observations.csv", 10_240, "ab…").media_type
'text/csv'
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from transforms.columns import Table

MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
TITLE = "fazhi: what China's rule-of-law government reports state in numbers"
TITLE_ZH = "fazhi:法治政府建设年度报告数据集"
DESCRIPTION = (
    "Every number that the annual reports on building a rule-of-law government (法治政府建设年度报告) of Chinese "
    "government bodies state, with its words, bounds, unit, period, status and place in the text."
)
LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENSE_TITLE = "Creative Commons Attribution 4.0 International"
KEYWORDS = ("法治政府", "rule of law", "government reports", "China", "administrative law")
PUBLISHER = "fazhi contributors"


@dataclass(frozen=True)
class FileFacts:
    """A file of the release, as a reader finds it; `is_part` where it holds a year or province of a large table."""

    path: str
    n_bytes: int
    sha256: str
    is_part: bool = False

    @property
    def format(self) -> str:
        """The file's format, from its name."""
        return self.path.rsplit(".", 1)[-1]

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return MEDIA_TYPES[self.format]


@dataclass(frozen=True)
class TableFacts:
    """A table of the release: what it means, how many rows it has, and in which files it is."""

    table: Table
    n_rows: int
    files: tuple[FileFacts, ...]

    def file(self, file_format: str) -> FileFacts:
        """Return the file that holds the whole table in a format."""
        return next(file for file in self.files if file.format == file_format and not file.is_part)


@dataclass(frozen=True)
class ReleaseFacts:
    """A release: its version, its tables, and how they came about.

    `processing` names what made it: schema version, digests of extractor and codebook. `validation` is the
    outcome of the expectations, `accuracy` the scores against gold, both as published in `quality/`. `rebuild` says, of
    a version made from an older one without withdrawn reports, what it was made `of` and what it is `without`.
    """

    version: str
    released: date
    tables: dict[str, TableFacts]
    content_digest: str
    processing: dict[str, str]
    first_year: int
    last_year: int
    changes: pl.DataFrame
    previous: str | None = None
    validation: dict[str, Any] = field(default_factory=dict)
    accuracy: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rebuild: dict[str, Any] | None = None

    @property
    def number(self) -> str:
        """The version without its leading v, as software that wants numbers reads it."""
        return self.version.removeprefix("v")
