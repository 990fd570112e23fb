"""The same snapshots give the same bytes: all tables, all files of the release, digests included."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.importer import import_paths
from flows.warc_store import raw_folder, segments
from flows.writers.checksums import broken_files, files_under
from tests.written_reports import write_reports

HERE = {"POLARS_MAX_THREADS": "1", "FAZHI_WORKERS": "1", "PYTHONHASHSEED": "0", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}
THERE = {"POLARS_MAX_THREADS": "5", "FAZHI_WORKERS": "3", "PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C"}
ANOTHER_DAY = ["faketime", "-f", "@2031-07-01 23:59:30"]


@pytest.mark.slow
def test_the_same_snapshots_give_the_same_bytes(tmp_path: Path) -> None:
    """Two paths, with other threads, workers, hash seed, order of segments, zone, language and, with faketime, day."""
    here, there = tmp_path / "here", tmp_path / "some where" / "deeper" / "there"
    for number in range(1, 5):
        write_reports(tmp_path / f"{number}", [number, number + 10], 2022 + number % 2)
        import_paths(here, [tmp_path / f"{number}"])
    copy_in_another_order(here, there)
    wrapper = ANOTHER_DAY if shutil.which("faketime") else []
    for data, environment, before in ((here, HERE, []), (there, THERE, wrapper)):
        for command in ("build", "release"):
            subprocess.run([*before, sys.executable, "-m", "flows.cli", "--data", str(data), command],
                           env={**os.environ, **environment}, check=True, capture_output=True)
    latest = (here / "releases" / "latest").resolve()
    assert broken_files(latest) == []
    assert latest.name == (there / "releases" / "latest").resolve().name
    for part in (f"releases/{latest.name}", "tables"):
        names = files_under(here / part)
        assert names == files_under(there / part)
        assert len(names) > 25
        assert [name for name in names if (here / part / name).read_bytes() != (there / part / name).read_bytes()] == []


def copy_in_another_order(here: Path, there: Path) -> None:
    raw_folder(there).mkdir(parents=True)
    found = segments(here)
    random.Random(4).shuffle(found)
    for age, segment in enumerate(found):
        copied = shutil.copy(segment, raw_folder(there))
        os.utime(copied, (1_000_000_000 - age * 86_400,) * 2)
