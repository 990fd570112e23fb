"""What the transforms know of the field: the seed tables, as frames, with the grammar built from them.

In: frames as read from `seeds/*.csv`, all columns text. Out: a `Knowledge`, passed to every transform that needs it.

>>> knowledge.words["over"]
('余', '多', '几', '来')
"""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from transforms.grammar import Grammar, alternatives
from transforms.header_knowledge import HeaderKnowledge
from transforms.mask_words import PrivateWords


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The seed tables that extraction rests on.

    `units`: unit, unit_code, dimension, scale, note, not_before. `word_lists`: list, word. `traps`: name, pattern,
    example. `chrome`: where, pattern, example. `themes`: theme, status, words. `indicators` and `phrases`: the
    codebook. `weights`: scope, text, indicator, weight: what the classifier learnt (`transforms.classifier`).
    `audiences`: event, audience: the codes of events, and of those who take part in them.
    `private`: words around what is private. `header`: what the header of a report is read with. `traditional`:
    traditional, simplified: characters, one for one. `corrections`: what was mended by hand
    (`transforms.corrections.CORRECTIONS`). Raises KeyError when a list of words is missing.
    """

    units: pl.DataFrame
    word_lists: pl.DataFrame
    traps: pl.DataFrame
    chrome: pl.DataFrame
    themes: pl.DataFrame
    indicators: pl.DataFrame
    phrases: pl.DataFrame
    weights: pl.DataFrame
    audiences: pl.DataFrame
    private: PrivateWords
    header: HeaderKnowledge
    traditional: pl.DataFrame
    corrections: pl.DataFrame

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Lists of words by name."""
        lists = self.word_lists.group_by("list", maintain_order=True).agg("word")
        return {name: tuple(words) for name, words in lists.iter_rows()}

    @cached_property
    def grammar(self) -> Grammar:
        """The number grammar of these seeds."""
        return Grammar.of(self.units["unit"], self.words, self.traps["pattern"])

    @cached_property
    def patterns(self) -> dict[str, str]:
        """A regular expression for any word of each list, by its name."""
        return {name: alternatives(words) for name, words in self.words.items()}

    def any_of(self, name: str) -> str:
        """A regular expression for any word of the list called `name`."""
        return self.patterns[name]
