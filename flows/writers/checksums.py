"""Write and check `SHA256SUMS`, the list of a release's files that `sha256sum --check` reads.

In: a release's folder. Out: one line per file, sorted by path; or the paths that do not match their line.

>>> write_checksums(folder); broken_files(folder)
[]
"""

import hashlib
from pathlib import Path

NAME = "SHA256SUMS"


def write_checksums(folder: Path) -> None:
    """Write the digests of all files under `folder`, but for the list itself."""
    lines = [f"{sha256_of(folder / path)}  {path}\n" for path in files_under(folder) if path != NAME]
    (folder / NAME).write_text("".join(lines), encoding="utf-8")


def broken_files(folder: Path) -> list[str]:
    """Return the files that are missing, altered or not listed; all is well when it is empty."""
    listed = read_checksums(folder)
    found = {path for path in files_under(folder) if path != NAME}
    altered = {path for path in found & listed.keys() if sha256_of(folder / path) != listed[path]}
    return sorted((found ^ listed.keys()) | altered)


def read_checksums(folder: Path) -> dict[str, str]:
    """Return the digests in the list, by path."""
    return parse_checksums((folder / NAME).read_text(encoding="utf-8"))


def parse_checksums(text: str) -> dict[str, str]:
    """Return the digests in the text of such a list, by path."""
    return {path: digest for digest, _, path in (line.partition("  ") for line in text.splitlines())}


def files_under(folder: Path) -> list[str]:
    """Return the paths of all files under `folder`, relative to it, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
