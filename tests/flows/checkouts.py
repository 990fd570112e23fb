"""A checkout of our own to change: another codebook, other words, other code, and what they make of the same store.

In: a folder. Out: a copy of the program and its seeds, and runs of it without expectations, which take seconds.

>>> copy_program(folder); make_release_with(folder, data, "new")
'released v2025.03.02'
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from flows.errors import FazhiError

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("flows", "transforms", "expectations", "seeds")
STEPS = """
import sys
from pathlib import Path
from flows.build import build
from flows.errors import FazhiError
from flows.importer import import_paths
from flows.release import ReleaseInputs, make_release
from flows.release_seeds import read_bodies
from flows.validate import read_codebook
data, accepted, *new = sys.argv[1:]
import_paths(Path(data), [Path(folder) for folder in new])
accept = {guard: "seen" for guard in accepted.split()}
try:
    build(Path(data))
    print(make_release(Path(data), ReleaseInputs(read_codebook(), divisions=read_bodies().head(40), accept=accept)).reason)
except FazhiError as error:
    sys.exit(f"FazhiError: {error}")
"""


def copy_program(folder: Path) -> Path:
    """Copy what runs into the folder and return it."""
    for part in PROGRAM:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def make_release_with(program: Path, data: Path, *new: Path, accept: str = "") -> str:
    """Import, build and release with a copy of the program; return the reason, or raise the FazhiError that it ends in."""
    ended = subprocess.run([sys.executable, "-c", STEPS, str(data), accept, *map(str, new)], cwd=program,
                           capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(program)})
    if ended.returncode:
        raise FazhiError(ended.stderr.strip().splitlines()[-1].removeprefix("FazhiError: "))
    return ended.stdout.strip()


def edit(file: Path, old: str, new: str) -> None:
    """Replace what a file of the copy says; it must say it."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} does not say {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")
