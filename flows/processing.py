"""Say what a release was made with, so that the next one can tell a better program from a changed codebook.

In: the sources of `transforms/` and the CSV files of `seeds/`. Out: the schema version and two digests.

>>> processing()["schema_version"]
'1.1.0'
"""

import hashlib
from functools import cache
from pathlib import Path

from flows.version import CORRECTIONS
from transforms.schema import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parent.parent
CODEBOOK = ("indicators.csv", "phrases.csv", "phrase_words.csv", "weights.csv", "audiences.csv")


@cache
def processing(root: Path = ROOT) -> dict[str, str]:
    """Return the schema version, a digest of the codebook, and one of all else that turns pages into tables.

    Corrections are a cause of their own, which each report names.
    """
    seeds = [file for file in sorted((root / "seeds").glob("*.csv")) if file.name != CORRECTIONS]
    codebook = [file for file in seeds if file.name in CODEBOOK]
    extractor = [*sorted((root / "transforms").rglob("*.py")), *(file for file in seeds if file.name not in CODEBOOK)]
    return {"schema_version": SCHEMA_VERSION, "extractor": _digest(root, extractor),
            "codebook": _digest(root, codebook)}


def _digest(root: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
