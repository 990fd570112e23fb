"""Whatever breaks, the published release stays, the error is one line, and the next run ends well."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.catalogue import read_entries
from flows.errors import FazhiError
from flows.release import make_release
from flows.release_store import ReleaseStore
from tests.flows.published import THIRD, Made
from tests.flows.test_release import FIRST, INPUTS, SECOND, all_bytes, release, status
from tests.sample_tables import FACTS, MORNING, Page, write_segment

ROOT = Path(__file__).resolve().parents[2]
RELEASE = """
import sys
from pathlib import Path
from flows.release import ReleaseInputs, make_release
from tests.sample_tables import sample_divisions, sample_indicators
make_release(Path(sys.argv[1]), ReleaseInputs(sample_indicators(), divisions=sample_divisions()))
"""


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Path]:
    """A data folder with one release, which must be there untouched at the end."""
    first = release(tmp_path, one=[FIRST])
    before = all_bytes(first.path)
    yield tmp_path
    assert all_bytes(first.path) == before
    assert (tmp_path / "releases" / first.version).is_dir()


def test_what_an_interrupted_run_left_is_removed(published: Path) -> None:
    left = published / "releases" / ".building-99999" / ".work"
    left.mkdir(parents=True)
    (left / "reports.parquet").write_bytes(b"half")
    (published / "releases" / ".latest.part").symlink_to("nowhere")
    assert release(published, two=[SECOND]).created
    assert not [path for path in (published / "releases").iterdir() if path.name.startswith((".building", ".latest"))]


def test_a_release_whose_latest_did_not_move_is_finished(published: Path) -> None:
    second = release(published, two=[SECOND])
    latest = published / "releases" / "latest"
    latest.unlink()
    latest.symlink_to("v2026.03.02")
    result = make_release(published, INPUTS)
    assert (result.version, result.created) == (second.version, False)
    assert latest.resolve() == second.path


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
@pytest.mark.parametrize("table", ["observations", "texts", "harvest_log"])
def test_a_damaged_table_is_named(published: Path, table: str, damage: str) -> None:
    write_segment(published, "two", [SECOND])
    file = published / "tables" / table / "two.parquet"
    whole = bytearray(file.read_bytes())
    if damage == "flipped":
        for place in range(4, 60):
            whole[place] ^= 0xFF
    file.write_bytes({"flipped": bytes(whole), "cut": bytes(whole[: len(whole) // 2]), "empty": b""}[damage])
    with pytest.raises(FazhiError, match=rf"{table}/two.parquet is damaged; remove it and run `fazhi build`") as caught:
        make_release(published, INPUTS)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code != 0
    assert status(published)["outcome"] == "failed"


@pytest.mark.parametrize("damage", ["altered", "emptied", "gone", "unlisted"])
def test_an_older_version_that_cannot_be_listed_is_named_before_there_is_another(
    made: Made, tmp_path: Path, damage: str
) -> None:
    data = shutil.copytree(made.two, tmp_path / "data", symlinks=True)
    root, older = data / "releases", data / "releases" / "v2026.03.02"
    file = older / ("SHA256SUMS" if damage == "unlisted" else "datapackage.json")
    whole = file.read_bytes()
    file.write_bytes({"altered": whole.replace(b"2026", b"2126"), "emptied": b"{}"}.get(damage, b""))
    if damage in ("gone", "unlisted"):
        file.unlink()
    with pytest.raises(FazhiError, match=rf"^{file}: is not as it was released; bring it back .* or move {older} to"):
        release(data, three=[THIRD])
    assert status(data)["outcome"] == "failed"
    assert ReleaseStore(root).versions() == ["v2026.03.02", "v2026.03.03"]
    file.write_bytes(whole)
    assert [entry.version for entry in read_entries(root)] == ["v2026.03.03", "v2026.03.02"]


def test_a_disk_that_is_full_says_so(published: Path) -> None:
    write_segment(published, "two", [Page("https://b.test/2.html", MORNING, FACTS, "长" * 40_000)])
    ended = run_release(published, limit=20_000)
    assert ended.returncode != 0
    assert "File too large" in ended.stderr.splitlines()[-1]
    assert "the published releases are untouched" in ended.stderr.splitlines()[-1]
    assert not list((published / "releases").glob(".building-*"))
    assert make_release(published, INPUTS).created


def run_release(data: Path, limit: int) -> subprocess.CompletedProcess[str]:
    """Make a release in a process that may write no file larger than `limit` bytes."""
    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run([sys.executable, "-c", RELEASE, str(data)], cwd=ROOT, capture_output=True, text=True,
                          check=False, preexec_fn=bound)


class small_file_system:  # noqa: N801
    """A file system in memory, mounted for the time of a test; skips where this user may not mount."""

    def __init__(self, folder: Path, options: str) -> None:
        self.folder, self.options = folder, options

    def __enter__(self) -> Path:
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", self.options, "tmpfs", str(self.folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("mounting a small file system needs rights that this user has not")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
