"""Releases to publish, and a reader of what was published: over HTTP or from a folder, trusting only digests.

In: where it was published. Out: the newest version, after every one of its files was read and its digest compared.

>>> whole_release(over_http("http://127.0.0.1:9000/published"))
'v2026.03.02'
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from flows.catalogue import write_catalogue
from flows.release_documents import read_datapackage
from flows.writers.checksums import parse_checksums, write_checksums
from tests.flows.s3_server import ask
from tests.flows.test_release import FIRST, SECOND, release
from tests.sample_tables import MORNING, Page

KEPT = ("reports", "observations", "panel")
Read = Callable[[str], bytes]
THIRD = Page("https://c.test/3.html", MORNING + timedelta(days=2), title="临溪镇2025年报告")
OTHER = Page(FIRST.url, MORNING, title="别的镇2025年报告")


@dataclass(frozen=True)
class Made:
    """Data folders with releases, made once and only read: `one` has v2026.03.02, `two` that and v2026.03.03.

    `new` has v2026.03.03 alone, `newest` v2026.03.04 alone, and `other` other content under v2026.03.02. Most tables are
    left out, as if they had never been, so that publishing takes a third of the time.
    """

    root: Path

    def make(self) -> None:
        """Make them."""
        release(self.one, one=[FIRST])
        shutil.copytree(self.one, self.two, symlinks=True)
        release(self.two, two=[SECOND])
        release(self.new, two=[SECOND])
        release(self.newest, three=[THIRD])
        release(self.other, one=[OTHER])
        for version in self.root.glob("*/releases/v*"):
            leave_out_tables(version)
        for releases in self.root.glob("*/releases"):
            write_catalogue(releases)

    def __getattr__(self, name: str) -> Path:
        return self.root / name


def leave_out_tables(version: Path) -> None:
    """Leave most tables out of a release, in its files and its data package."""
    package = read_datapackage(version)
    package["resources"] = [one for one in package["resources"] if one["name"] in KEPT]
    (version / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for file in [*version.glob("*.parquet"), *version.glob("*.csv")]:
        if file.stem not in KEPT:
            file.unlink()
    write_checksums(version)


def over_http(address: str) -> Read:
    return lambda path: ask("GET", f"{address}/{quote(path)}")


def from_folder(folder: Path) -> Read:
    return lambda path: (folder / path).read_bytes()


def whole_release(read: Read) -> str:
    """Read the newest release as `latest.json` leads to it; fail unless all of it is there and right."""
    latest = json.loads(read("latest.json"))
    sums = read(f"{latest['path']}SHA256SUMS")
    assert f"sha256:{hashlib.sha256(sums).hexdigest()}" == latest["digest"]
    digests = parse_checksums(sums.decode())
    assert digests == {file["path"]: file["sha256"] for file in latest["files"]}
    for path, digest in digests.items():
        assert hashlib.sha256(read(f"{latest['path']}{path}")).hexdigest() == digest, path
    version: str = latest["version"]
    return version


def everything(read: Read) -> str:
    """Read the newest release, and see that `latest/`, the index and the feed say the same."""
    version = whole_release(read)
    index = json.loads(read("index.json"))
    assert index["latest"] == version
    for path in ["SHA256SUMS", *(file["path"] for file in json.loads(read("latest.json"))["files"])]:
        assert read(f"latest/{path}") == read(f"{version}/{path}"), path
    for listed in index["versions"]:
        if "path" in listed:
            assert f"sha256:{hashlib.sha256(read(listed['path'] + 'SHA256SUMS')).hexdigest()}" == listed["digest"]
        assert listed["version"] in read("feed.xml").decode()
    return version
