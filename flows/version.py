"""The version of what turns snapshots into tables: a segment is built again when it changes.

In: the sources of `transforms/` and the CSV files of `seeds/`. Out: the schema version and a digest.

>>> transform_version()
'1.1.0+0123456789abcdef'
"""

import hashlib
from functools import cache
from pathlib import Path

from transforms.schema import SCHEMA_VERSION

CORRECTIONS = "corrections.csv"
ROOT = Path(__file__).resolve().parent.parent


@cache
def transform_version(root: Path = ROOT) -> str:
    """Return the schema version with a digest over the names and bytes of transforms and seed tables.

    Corrections are left out: they concern few segments, which know those that concern them.
    """
    digest = hashlib.sha256()
    for name in sorted(_inputs(root)):
        digest.update(name.encode() + b"\0" + hashlib.sha256((root / name).read_bytes()).digest())
    return f"{SCHEMA_VERSION}+{digest.hexdigest()[:16]}"


def _inputs(root: Path) -> list[str]:
    files = [*(root / "transforms").rglob("*.py"), *(root / "seeds").glob("*.csv")]
    return [file.relative_to(root).as_posix() for file in files if file.name != CORRECTIONS]
