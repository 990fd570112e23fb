"""Run commands in forks of a warm process, and kill them at a chosen moment.

In: a command's name, a data folder and a moment: so many seconds after the start, or before the n-th change of a file
that Python makes. Out: how it ended, how long it took, how many changes it made, and which processes outlived it.
A further command is one more line in `COMMANDS`.

>>> with Runner() as runner: runner.run("release", Path("data"), seconds=0.4).code
-9
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

WARM = ("duckdb", "flows.build", "flows.importer", "flows.publish_s3", "flows.release", "flows.validate")
WARM_TO_VALIDATE = ("expectations.data_docs", "expectations.runner", "great_expectations")
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate"})
PATIENCE = 60.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: `code` is 0, 1 for an error (`told` has its line), -9 for one that was killed."""

    code: int
    told: str
    seconds: float
    changes: int
    outlived_by: list[str]


class Runner:
    """A process that has everything imported and forks for each command."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.flows.killing"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.communicate()

    def run(self, command: str, data: Path, seconds: float | None = None, change: int | None = None) -> Ended:
        """Run a command to its end, or to its death after `seconds` or before its `change`-th change of a file."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([command, str(data), seconds, change]) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))


def take_in(data: Path) -> None:
    """`fazhi import` of the folder `new` beside the data folder."""
    from flows.importer import import_paths

    assert not import_paths(data, [data.parent / "new"]).refused


def build(data: Path) -> None:
    """`fazhi build`."""
    from flows.build import build as build_all
    from flows.warc_store import recover_segments

    recover_segments(data)
    assert all(result.is_clean for result in build_all(data))


def release(data: Path) -> None:
    """`fazhi release` without expectations, which take seconds and change no file."""
    from flows.release import ReleaseInputs, make_release
    from flows.validate import read_codebook
    from tests.sample_tables import sample_divisions

    make_release(data, ReleaseInputs(read_codebook(), divisions=sample_divisions()))


def validated_release(data: Path) -> None:
    """`fazhi release`."""
    from flows.release import ReleaseInputs, make_release
    from flows.validate import read_codebook, release_validator

    make_release(data, ReleaseInputs(read_codebook(), release_validator(data)))


def publish(data: Path) -> None:
    """`fazhi publish` to the target that a file in the data folder names, at the address on its second line."""
    from flows.publish import publish as publish_all

    target, address = (data / "target").read_text(encoding="utf-8").splitlines()
    os.environ.update({"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": address})
    publish_all(data, target)


def withdraw(data: Path) -> None:
    """`fazhi withdraw --everywhere`, of the report that is withdrawn."""
    from flows.withdraw_everywhere import withdraw_everywhere
    from flows.withdrawals import read_withdrawn

    withdraw_everywhere(data, read_withdrawn(data)["report_id"][0])


COMMANDS: dict[str, Callable[[Path], None]] = {
    "import": take_in, "build": build, "release": release, "validated release": validated_release,
    "publish": publish, "withdraw": withdraw,
}


def serve() -> None:
    """Answer each request on standard input with a line on standard output, until there are no more."""
    for module in WARM:
        importlib.import_module(module)
    for line in sys.stdin:
        command, data, seconds, change = json.loads(line)
        for module in WARM_TO_VALIDATE if command == "validated release" else ():
            importlib.import_module(module)
        sys.stdout.write(json.dumps(_fork(command, Path(data), seconds, change)) + "\n")
        sys.stdout.flush()


def _fork(command: str, data: Path, seconds: float | None, change: int | None) -> dict[str, Any]:
    reads, writes = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _run(command, data, change, writes)
    os.close(writes)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    took = time.monotonic() - started
    with os.fdopen(reads, encoding="utf-8") as pipe:
        changes, told = json.loads(pipe.read() or '[0, ""]')
    return {"code": code, "told": told, "seconds": took, "changes": changes, "outlived_by": _left_of(child)}


def _run(command: str, data: Path, change: int | None, writes: int) -> None:
    """Run the command in this fork, which is a session of its own so that what it starts can be found."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    changed, told, code = 0, "", 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal changed
        is_written = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if (is_written or event in CHANGES) and str(arguments[0]).startswith(str(data)):
            changed += 1
            if changed == change:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    try:
        COMMANDS[command](data)
    except BaseException as error:  # noqa: BLE001 - it is told to the test
        code, told = 1, f"{type(error).__name__}: {error}"
    os.write(writes, json.dumps([changed, told]).encode())
    # As an interpreter ends, so that pools of processes are stopped; the server's own output is not flushed twice.
    with contextlib.suppress(Exception):
        import atexit

        atexit._run_exitfuncs()
    os._exit(code)


def left_of_data(data: Path) -> list[str]:
    """Return the processes that were started with `FAZHI_DATA` as the data folder and are still there after a while."""
    wanted = f"FAZHI_DATA={data}".encode()
    return _left(lambda folder: wanted in (folder / "environ").read_bytes().split(b"\0"))


def _left_of(session: int) -> list[str]:
    """Return the processes of a session that are still there after a while."""
    return _left(lambda folder: int(_fields(folder)[3]) == session)


def _left(belongs: Callable[[Path], bool]) -> list[str]:
    until = time.monotonic() + PATIENCE
    while (left := _processes(belongs)) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _processes(belongs: Callable[[Path], bool]) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if belongs(folder) and _fields(folder)[0] != "Z":
                found.append((folder / "cmdline").read_text(encoding="utf-8").replace("\0", " ").strip())
    return found


def _fields(folder: Path) -> list[str]:
    """Return what the system tells of a process, from its state on: the parent, the group, the session."""
    return (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


if __name__ == "__main__":
    serve()
