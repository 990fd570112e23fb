"""Publish to a folder, which a web server or a share then offers.

In: files. Out: the same files under the folder; each is written aside, read again and renamed, and `latest` is a
relative link that is replaced in one step.

>>> with FolderTarget(Path("/srv/www/fazhi")) as target: target.held()
{}
"""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.errors import FazhiError
from flows.locks import held
from flows.publish_target import Document, Held, Outgoing, Target
from flows.whole_files import replacing
from flows.writers.checksums import files_under, sha256_of

PART = ".part"
VERSIONS = "v[0-9]*"


class FolderTarget(Target):
    """A folder, written by one publisher at a time."""

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, str(root)
        busy = FazhiError(f"{root}: another run is publishing there; wait for its end")
        self._lock = held(root / ".publishing", busy)

    def __enter__(self) -> Self:
        self._lock.__enter__()
        with self._told("."):
            for left in [*self.root.glob(f".*{PART}"), *self.root.glob(f"{VERSIONS}/**/.*{PART}")]:
                left.unlink()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.__exit__(kind, error, at)

    def held(self) -> dict[str, Held]:
        """Return the files of versions that are there, by path."""
        with self._told("."):
            found = [f"{folder.name}/{path}" for folder in self.root.glob(VERSIONS) for path in files_under(folder)]
            return {path: Held((self.root / path).stat().st_size) for path in found}

    def holds(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell whether what is held has the content of `outgoing`, by reading it."""
        with self._told(outgoing.path):
            return held.n_bytes == outgoing.n_bytes and sha256_of(self.root / outgoing.path) == outgoing.sha256

    def was_spoilt(self, outgoing: Outgoing, held: Held) -> bool:
        """Tell that no file is: each is read before it gets its name."""
        return False

    def send(self, outgoing: Outgoing, held: Held | None) -> None:
        """Copy a file, read the copy, and rename it into place."""
        if held is not None:
            raise FazhiError(f"{self.name}/{outgoing.path} has other content; a published version is never changed")
        target = self.root / outgoing.path
        with self._told(outgoing.path), replacing(target) as aside:
            shutil.copyfile(outgoing.file, aside)
            if sha256_of(aside) != outgoing.sha256:
                raise FazhiError(f"{self.name}/{outgoing.path} was not stored as it was sent; check the disk")

    def read(self, path: str) -> Document | None:
        """Return a document, or None where there is none."""
        with self._told(path):
            return Document((self.root / path).read_bytes(), "") if (self.root / path).exists() else None

    def replace(self, path: str, content: bytes, seen: Document | None) -> bool:
        """Put a document into place in one step; no one else can have changed it while the folder is locked."""
        with self._told(path), replacing(self.root / path) as aside:
            aside.write_bytes(content)
        return True

    def point_latest_at(self, version: str, digests: Mapping[str, str]) -> None:
        """Replace the link `latest`."""
        with self._told("latest"), replacing(self.root / "latest") as aside:
            aside.symlink_to(version)

    def shows_latest(self, version: str, digests: Mapping[str, str]) -> bool:
        """Tell whether the link `latest` leads to a version."""
        link = self.root / "latest"
        return link.is_symlink() and link.readlink() == Path(version)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Turn an error of the operating system into one line that names the file and the remedy."""
        try:
            yield
        except OSError as error:
            remedy = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "check its owner and rights"
            raise FazhiError(f"{os.path.join(self.name, path)} cannot be written or read "  # noqa: PTH118
                             f"({error.strerror or error}); {remedy}, then publish again to go on") from error
