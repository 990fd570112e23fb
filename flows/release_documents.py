"""Write every document of a release, in an order in which each can name the digests of those before it.

In: the folder of a release with its tables, and the facts. Out: card, changelog, licence, citation, data package,
Croissant, JSON-LD, and last the list of digests over all files.

>>> write_documents(folder, facts, last_release=None)
"""

import json
from pathlib import Path
from typing import Any

from flows.errors import FazhiError
from flows.writers.card import write_card
from flows.writers.changelog import write_changelog
from flows.writers.checksums import write_checksums
from flows.writers.croissant import write_croissant
from flows.writers.datapackage import write_datapackage
from flows.writers.facts import ReleaseFacts
from flows.writers.jsonld import write_jsonld
from flows.writers.licence import write_citation, write_licence

PACKAGE = "datapackage.json"


def write_documents(folder: Path, facts: ReleaseFacts, last_release: Path | None) -> None:
    """Write the documents into `folder`; the changelog goes on from that of the last release."""
    earlier = (last_release / "CHANGELOG.md").read_text(encoding="utf-8") if last_release else ""
    write_card(folder / "README.md", facts)
    write_changelog(folder / "CHANGELOG.md", facts, earlier)
    write_licence(folder / "LICENSE")
    write_citation(folder / "CITATION.cff", facts)
    write_datapackage(folder / PACKAGE, facts)
    write_croissant(folder / "croissant.json", facts)
    write_jsonld(folder / "dataset.jsonld", facts)
    write_checksums(folder)


def read_datapackage(release: Path) -> dict[str, Any]:
    """Return the data package of a release; raise FazhiError where it is missing or torn."""
    path = release / PACKAGE
    try:
        package: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FazhiError(f"{path} cannot be read ({error}); is {release} a release of fazhi?") from error
    return package
