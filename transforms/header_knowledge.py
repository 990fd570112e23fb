"""What the header of a report is read with: places, words, departments and the curated list of sources.

In: frames read from `seeds/`, every column as text. Out: `HeaderKnowledge`.

>>> knowledge.words("form")  # knowledge = HeaderKnowledge(<seeds>)
('报告', '总结', '情况', '年报', '汇报', '工作报告', '公示', '公告')
"""

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from transforms.divisions import Gazetteer, Unit, find_unit, gazetteer

DIVISION_FILES = ("provinces", "cities", "counties", "townships", "extra")


@dataclass(frozen=True)
class HeaderKnowledge:
    """The frames, all columns text, empty cells null.

    How to read them (`flows/seeds.py`), with `read(name) = pl.read_csv(seeds / name, infer_schema=False)`:

    - `divisions`: `pl.concat([read(f"divisions/{file}.csv").with_columns(file=pl.lit(file)) for file in FILES])`,
      with `FILES = DIVISION_FILES`
    - `header_words`: `read("header_words.csv")`, columns kind, word, value
    - `departments`: `read("departments.csv")`, columns word, name
    - `sources`: `read("sources.csv")`
    """

    divisions: pl.DataFrame
    header_words: pl.DataFrame
    departments: pl.DataFrame
    sources: pl.DataFrame

    def words(self, kind: str) -> tuple[str, ...]:
        """Return the words of a kind, in the order of the file."""
        return tuple(self._by_kind.get(kind, {}))

    def values(self, kind: str) -> dict[str, str]:
        """Return words and values of a kind."""
        return self._by_kind.get(kind, {})

    def any_of(self, *kinds: str) -> str:
        """Return a regular expression for any word of the kinds, longest first."""
        if kinds not in self._patterns:
            words = sorted({word for kind in kinds for word in self.words(kind)}, key=lambda word: (-len(word), word))
            self._patterns[kinds] = "(?:" + "|".join(map(re.escape, words)) + ")" if words else r"[^\s\S]"
        return self._patterns[kinds]

    @cached_property
    def places(self) -> Gazetteer:
        """The index of places."""
        return gazetteer(self.divisions, self.words("ethnic"))

    @cached_property
    def department_names(self) -> dict[str, str]:
        """Full names of departments by their short ones."""
        return dict(self.departments.select("word", "name").iter_rows())

    @cached_property
    def curated(self) -> dict[str, dict[str, str | None]]:
        """Rows of the sources by `source_id`."""
        return {row["source_id"]: row for row in self.sources.iter_rows(named=True)}

    @cached_property
    def host_places(self) -> dict[str, str]:
        """Names of the deepest place that all curated reports of a host share, as words to look for."""
        shared: dict[str, list[str]] = {}
        for row in self.sources.iter_rows(named=True):
            match = re.match(r"https?://(?:www\.)?([^/:]+)", row["url"] or "")
            names = [row[level] for level in ("province", "city", "county") if row[level]]
            if match and names:
                known = shared.setdefault(match.group(1), names)
                shared[match.group(1)] = [name for name in known if name in names]
        return {host: " ".join(names) for host, names in shared.items()}

    def source_unit(self, row: dict[str, str | None]) -> Unit | None:
        """Return the place that a curated row names."""
        return find_unit((row["province"], row["city"], row["county"], row["township"]), self.places)

    @cached_property
    def _patterns(self) -> dict[tuple[str, ...], str]:
        return {}

    @cached_property
    def _by_kind(self) -> dict[str, dict[str, str]]:
        kinds: dict[str, dict[str, str]] = {}
        for kind, word, value in self.header_words.select("kind", "word", "value").iter_rows():
            kinds.setdefault(kind, {})[word] = value or ""
        return kinds
