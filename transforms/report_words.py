"""Whether a text names itself a report on law-based government, to tell the few records of an archive that matter.

In: title, text, and the rows of `seeds/header_words.csv`. Out: yes or no. It is generous: what is no report after
all is told later, from the whole text (`transforms.header`).

>>> ReportWords(("法治政府建设",), ("报告",)).name_a_report("首页", "某镇2023年法治政府建设情况报告\\n一、…")
True
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIRST_LINES = 60
_LONGEST_TITLE = 120


@dataclass(frozen=True)
class ReportWords:
    """The words of a title: what it is on (`subjects`), and what kind of document it is (`forms`)."""

    subjects: tuple[str, ...]
    forms: tuple[str, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str | None]]) -> "ReportWords":
        """Take the words out of the rows with `kind` and `word`."""
        words = [(row["kind"], row["word"] or "") for row in rows]
        return cls(
            tuple(sorted(word for kind, word in words if kind == "subject")),
            tuple(sorted(word for kind, word in words if kind == "form")),
        )

    def name_a_report(self, title: str | None, text: str) -> bool:
        """Tell whether the title, or one of the first lines, names a subject and a form."""
        lines = [title or "", *text.split("\n", _FIRST_LINES)[:_FIRST_LINES]]
        return any(self._is_title("".join(line.split())) for line in lines if len(line) <= 2 * _LONGEST_TITLE)

    def may_be_in(self, payload: bytes) -> bool:
        """Tell, at no cost, whether the bytes can hold such a title in an encoding of the web."""
        return any(word.encode(encoding) in payload for word in self.subjects for encoding in ("utf-8", "gb18030"))

    def _is_title(self, line: str) -> bool:
        if len(line) > _LONGEST_TITLE:
            return False
        for subject in self.subjects:
            _, found, behind = line.partition(subject)
            if found and any(form in behind for form in self.forms):
                return True
        return False
