"""Write `LICENSE` and `CITATION.cff` from their templates in `seeds/release/`.

In: the facts of a release. Out: the licence of the data (not of the code) and how to cite this version.

>>> write_licence(folder); write_citation(folder / "CITATION.cff", facts)
"""

import json
from pathlib import Path
from string import Template

from flows.writers.card import TEMPLATES
from flows.writers.facts import DESCRIPTION, KEYWORDS, PUBLISHER, TITLE, ReleaseFacts


def write_licence(path: Path) -> None:
    """Write the note on what is licensed, and the text of CC BY 4.0 under it."""
    parts = [(TEMPLATES / name).read_text(encoding="utf-8") for name in ("licence-note.txt", "CC-BY-4.0.txt")]
    path.write_text("".join(parts), encoding="utf-8")


def write_citation(path: Path, facts: ReleaseFacts) -> None:
    """Write how to cite this version, in the Citation File Format."""
    template = Template((TEMPLATES / "citation.cff").read_text(encoding="utf-8"))
    path.write_text(template.substitute(
        title=TITLE, description=DESCRIPTION, version=facts.version, released=facts.released.isoformat(),
        publisher=PUBLISHER,
        keywords="\n".join(f"  - {json.dumps(word, ensure_ascii=False)}" for word in KEYWORDS),
    ), encoding="utf-8")
