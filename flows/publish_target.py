"""What a place to publish to must be able to do, and what it is told of each file.

In: nothing. Out: `Target`, which `flows.publish_folder` and `flows.publish_s3` fulfil, and `open_target`, which finds
the one that a name asks for.

>>> with open_target("/srv/www/fazhi") as target: target.held()
{}
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from flows.errors import ExitCode, FazhiError
from flows.writers.checksums import sha256_of

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8", ".parquet": "application/vnd.apache.parquet", ".json": "application/json",
    ".jsonld": "application/ld+json", ".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8",
    ".cff": "application/yaml; charset=utf-8", ".xml": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    "": "text/plain; charset=utf-8",
}
FOR_EVER = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"
SIDE_BY_SIDE = 8
One = TypeVar("One")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Held:
    """What a listing says of a file at the target: its size in bytes, and the tag that changes with its content."""

    n_bytes: int
    tag: str = ""


@dataclass(frozen=True)
class Document:
    """A small file at the target that is replaced as a whole, with the tag of what was read."""

    content: bytes
    tag: str


@dataclass(frozen=True)
class Outgoing:
    """A file to be published: the path it gets at the target, where it is here, and the SHA-256 it must have."""

    path: str
    file: Path
    sha256: str

    @cached_property
    def n_bytes(self) -> int:
        """Its size."""
        return self.file.stat().st_size

    @cached_property
    def md5(self) -> str:
        """Its MD5, which many stores tell of what they hold."""
        with self.file.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

    def check(self) -> None:
        """Raise FazhiError unless the file here is what the release says it is."""
        if not self.file.is_file() or sha256_of(self.file) != self.sha256:
            raise FazhiError(f"{self.file} is missing or not what SHA256SUMS says; nothing of it was published: "
                             "restore it from a copy, or make the release again")


class Target(AbstractContextManager["Target"], Protocol):
    """A place to publish to. Every method raises FazhiError, naming the place and the file, where it fails."""

    name: str

    def held(self) -> dict[str, Held]:
        """Return the files of versions that are there, by path."""

    def holds(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell whether what is held at its path has the content of `outgoing`."""

    def was_spoilt(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell whether what is held was sent as `outgoing`, and stored wrongly."""

    def send(self, outgoing: Outgoing, held: Held | None) -> None:
        """Store a file of a version, see what was stored, and raise FazhiError if it differs.

        What is held there already is replaced only if it was spoilt.
        """

    def read(self, path: str) -> Document | None:
        """Return a document, or None where there is none."""

    def replace(self, path: str, content: bytes, seen: Document | None) -> bool:
        """Put a document in the place of the one seen, in one step; return False if another is there by now."""

    def point_latest_at(self, version: str, digests: Mapping[str, str]) -> None:
        """Have `latest/` give the files of a version (digests by path), and nothing else."""

    def shows_latest(self, version: str, digests: Mapping[str, str]) -> bool:
        """Tell whether `latest/` gives the files of a version, and nothing else."""


def media_type(path: str) -> str:
    """Return the media type to be told with a file."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def side_by_side(act: Callable[[One], object], them: Iterable[One]) -> None:
    """Act on each, some at a time; the first that fails stops those not begun, and is raised."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        for done in [pool.submit(act, one) for one in them]:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def open_target(name: str) -> Target:
    """Return the target that a folder or `s3://bucket/prefix` names; a library for S3 is loaded only for the latter."""
    if "://" not in name:
        from flows.publish_folder import FolderTarget

        return FolderTarget(Path(name).expanduser().resolve())
    parts = urlsplit(name)
    is_bucket = parts.scheme == "s3" and BUCKET.fullmatch(parts.netloc) and not parts.query and not parts.fragment
    if not is_bucket or any(part in ("", ".", "..") for part in parts.path.strip("/").split("/")[1:]):
        raise FazhiError(f"{parts.scheme}://… is no place to publish to: give a folder, or s3://bucket/prefix; keys "
                         "come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)", ExitCode.USAGE)
    from flows.publish_s3 import S3Target

    return S3Target(parts.netloc, parts.path.strip("/"))
