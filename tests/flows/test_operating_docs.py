"""What docs/operating.md, the systemd units and the container file tell a maintainer to run is there, and is understood.

In: the files under docs/. Out: each command line parsed by the command that it names.
"""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flows import notify
from flows.cli import fazhi
from flows.settings import ROOT

DOCS = ROOT / "docs"
UNITS = sorted((DOCS / "systemd").iterdir())
CONTAINERFILE = (DOCS / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def understood(arguments: list[str]) -> None:
    """Parse a command line as `fazhi` does, and run nothing; fail where it has no such command or option."""
    group = click.Context(fazhi)
    command = fazhi.get_command(group, arguments[0]) if isinstance(fazhi, click.Group) else None
    assert command is not None, arguments
    command.make_context(arguments[0], arguments[1:], parent=group)


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every call of fazhi that has some."""
    for line in re.findall(r"(?:^|`|bin/)fazhi ((?:run|serve|status|release|build|validate)[^`\n]*)", text, re.M):
        yield shlex.split(line.replace("…", "because").replace("GUARD", "reports"), comments=True)


@pytest.mark.parametrize("name", ["docs/operating.md", "docs/systemd/fazhi.service", "docs/systemd/fazhi-serve.service"])
def test_each_command_is_understood(name: str) -> None:
    found = list(commands_in((ROOT / name).read_text(encoding="utf-8")))
    assert found
    for arguments in found:
        understood(arguments)


def test_the_container_copies_what_is_there_and_starts_what_is_understood() -> None:
    copied = [word for line in CONTAINERFILE if line.startswith("COPY") for word in line.split()[1:-1]]
    assert {"flows", "seeds", "requirements.lock"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    kept = (DOCS / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    assert {f"!{name}" for name in copied} == {line for line in kept if line.startswith("!")}
    lists = [re.findall(r'"([^"]+)"', line) for line in CONTAINERFILE if re.search(r'\["', line)]
    assert lists[-2:] == [["fazhi"], ["serve", "--host", "0.0.0.0"]]
    assert len(lists) == 3
    for words in lists:
        understood([word for word in words if word != "fazhi"] or ["status"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        here = unit.read_text(encoding="utf-8").replace("/opt/fazhi/.venv/bin/fazhi", sys.executable)
        (tmp_path / unit.name).write_text(here.replace("User=fazhi", "User=daemon"), encoding="utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in UNITS)], capture_output=True, text=True,
        check=False,
    )
    assert (told.returncode, [line for line in told.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


def test_the_units_name_each_other() -> None:
    assert {unit.name for unit in UNITS} == {"fazhi.service", "fazhi.timer", "fazhi-serve.service"}
    text = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert [unit.name for unit in UNITS if unit.name not in text] == []


def test_every_event_and_format_of_the_webhook_is_explained() -> None:
    text = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert [event for event in notify.IN_WORDS if f"| `{event}` |" not in text] == []
    assert [name for name in (*notify.FORMATS, notify.WEBHOOK, notify.FORMAT) if f"`{name}`" not in text] == []
