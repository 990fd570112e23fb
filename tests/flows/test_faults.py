"""Whatever happens to disk and files: one line that names the file and the remedy, and the published release untouched."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.build import build
from flows.errors import ExitCode, FazhiError
from flows.importer import import_paths
from flows.release import make_release
from flows.warc_store import segments
from tests.flows.test_release import INPUTS, all_bytes
from tests.flows.test_release_faults import small_file_system
from tests.written_reports import write_reports

Step = Callable[[Path], object]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one release, beside a folder of further reports."""
    folder = tmp_path_factory.mktemp("stored")
    write_reports(folder / "old", [1])
    write_reports(folder / "new", [2])
    for step in (lambda data: import_paths(data, [folder / "old"]), build, release):
        step(folder / "data")
    return folder


@pytest.fixture
def data(stored: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy, whose release must be there unchanged at the end."""
    folder = shutil.copytree(stored, tmp_path / "work", symlinks=True) / "data"
    with untouched(folder):
        yield folder


class untouched:  # noqa: N801
    """See that the published release is the same before and after."""

    def __init__(self, data: Path) -> None:
        self.latest = (data / "releases" / "latest").resolve()
        self.before = all_bytes(self.latest)

    def __enter__(self) -> None:
        """Nothing more to remember."""

    def __exit__(self, *_: object) -> None:
        assert all_bytes(self.latest) == self.before
        assert (self.latest.parent / "latest").resolve() == self.latest


def take_in(data: Path) -> object:
    return import_paths(data, [data.parent / "new"])


def release(data: Path) -> object:
    return make_release(data, INPUTS)


def complaint(step: Step, data: Path) -> FazhiError:
    with pytest.raises(FazhiError) as caught:
        step(data)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code != 0
    return caught.value


def flip(file: Path, *places: int) -> None:
    content = bytearray(file.read_bytes())
    for place in places:
        content[place] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_torn_warc_is_named_and_holds_the_release(data: Path, damage: str) -> None:
    [segment] = segments(data)
    whole = segment.read_bytes()
    if damage == "cut":
        segment.write_bytes(whole[:-200])
    else:
        flip(segment, *range(len(whole) // 2, len(whole) // 2 + 40))
    take_in(data)
    results = build(data)
    [told] = [result.damage for result in results if result.damage]
    assert told.startswith(f"{segment}: damaged at or after byte")
    assert "fetch or import the others again" in told
    held = complaint(release, data)
    assert held.exit_code == ExitCode.HELD
    assert f"{segment}: damaged" in str(held)
    assert "--accept damaged_segments" in str(held)
    segment.write_bytes(whole)
    assert all(result.is_clean for result in build(data))


@pytest.mark.parametrize("table", ["observations", "reports", "texts"])
def test_a_flipped_byte_in_a_table_is_found_and_mended_by_the_next_build(data: Path, table: str) -> None:
    """Eight bytes inside a column's page: polars would read them as other values."""
    [file] = (data / "tables" / table).glob("*.parquet")
    whole = file.read_bytes()
    flip(file, *range(60, 68))
    take_in(data)
    assert f"{file} is damaged; run `fazhi build`" in str(complaint(release, data))
    build(data)
    assert file.read_bytes() == whole


@pytest.mark.parametrize("name", ["observations.parquet", "panel.csv", "datapackage.json"])
def test_a_published_file_that_was_altered_stops_the_next_release(data: Path, name: str) -> None:
    take_in(data)
    build(data)
    file = (data / "releases" / "latest").resolve() / name
    whole = file.read_bytes()
    flip(file, 1000, 1001)
    told = str(complaint(release, data))
    assert f"{file.parent}: not as it was published: {name}; bring the files back" in told
    file.write_bytes(whole)


def on_small_disk(stored: Path, folder: Path, ready: tuple[Step, ...]) -> Path:
    """Copy the store onto a file system of its own and bring it to where the step under test comes next."""
    shutil.copytree(stored, folder, symlinks=True, dirs_exist_ok=True)
    for step in ready:
        step(folder / "data")
    return folder / "data"


@pytest.mark.parametrize(("step", "ready", "left"), [
    (take_in, (), 0), (build, (take_in,), 4096), (release, (take_in, build), 40_000), (release, (take_in, build), 400_000),
], ids=["import", "build", "release", "release-late"])
def test_a_full_disk(stored: Path, tmp_path: Path, step: Step, ready: tuple[Step, ...], left: int) -> None:
    with small_file_system(tmp_path / "small", "size=8m") as folder:
        data = on_small_disk(stored, folder, ready)
        filler = fill(folder, left)
        with untouched(data):
            told = str(complaint(step, data))
        assert str(data) in told
        assert "No space left on device" in told
        assert [path for path in data.rglob("*") if ".part" in path.name or ".building" in path.name] == []
        filler.unlink()
        step(data)


@pytest.mark.parametrize(("step", "ready"), [(take_in, ()), (build, (take_in,)), (release, (take_in, build))],
                         ids=["import", "build", "release"])
def test_a_folder_that_is_read_only(stored: Path, tmp_path: Path, step: Step, ready: tuple[Step, ...]) -> None:
    with small_file_system(tmp_path / "small", "size=8m") as folder:
        data = on_small_disk(stored, folder, ready)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with untouched(data):
            told = str(complaint(step, data))
        assert str(data) in told
        assert "Read-only file system" in told
        assert "check its" in told


@pytest.mark.parametrize(("full", "why"), [(True, "free some space"), (False, "check the rights")])
def test_a_whole_run_says_so_in_one_line_too(stored: Path, tmp_path: Path, full: bool, why: str) -> None:
    with small_file_system(tmp_path / "small", "size=8m") as folder:
        data = on_small_disk(stored, folder, ())
        if full:
            fill(folder, 100_000)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with untouched(data):
            ended = subprocess.run([sys.executable, "-m", "flows.cli", "--data", str(data), "run"], capture_output=True,
                                   text=True, check=False)
        assert ended.returncode == ExitCode.UNEXPECTED
        assert len(ended.stderr.splitlines()) == 1
        assert ended.stderr.startswith(f"fazhi: {data}")
        assert why in ended.stderr


def fill(folder: Path, left: int) -> Path:
    filler = folder / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * max(0, shutil.disk_usage(folder).free - left))
    return filler
