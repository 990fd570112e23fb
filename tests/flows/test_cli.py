"""The command line: quick to answer, one line for an error, an exit code that tells what happened."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import COMMANDS, main
from flows.errors import ExitCode

HEAVY = ("prefect", "polars", "great_expectations", "pandas", "pyarrow", "httpx", "rich", "fastwarc")


def exit_code(*arguments: str) -> int:
    """Run the command line and return how it ends."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert isinstance(end.value.code, int)
    return end.value.code


def test_no_heavy_library_is_imported_before_a_command_is_called() -> None:
    loaded = "import sys, flows.cli; print(*sorted(name for name in sys.modules if '.' not in name))"
    names = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert "click" in names
    assert set(HEAVY) & set(names) == set()


def test_a_guard_that_is_none_is_not_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("release", "--accept", "rows_panl", "--why", "totals come from tables now") == ExitCode.USAGE
    assert "rows_panl: is no guard; the guards are reports, " in capsys.readouterr().err


def test_help_answers_within_half_a_second() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "flows.cli", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Of the processor, which a machine that does other things beside does not lengthen.
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < 0.5


def test_help_fits_a_screen_and_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 50
    assert any(line.strip().startswith("fazhi run") for line in lines)
    assert any("Exit codes" in line for line in lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(name, "--help") == ExitCode.OK
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(f"Usage: fazhi {name}")
    assert len(COMMANDS[name][1]) <= 66, "its line in the list breaks"


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code() == ExitCode.OK
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("no-such-command",), ("run", "--no-such-option"), ("show",), ("import",)])
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert exit_code(*arguments) == ExitCode.USAGE


@pytest.mark.parametrize(
    ("arguments", "code", "names"),
    [
        (("show", "两路"), ExitCode.UNEXPECTED, "no report is built yet"),
        (("release",), ExitCode.UNEXPECTED, "no whole segment"),
        (("import", "no-such-file.txt"), ExitCode.SOME_FAILED, "no-such-file.txt"),
    ],
)
def test_an_error_is_one_line_that_names_the_input(
    arguments: tuple[str, ...], code: int, names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*arguments) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert names in lines[0]


@pytest.mark.parametrize("command", ["run", "serve"])
@pytest.mark.parametrize(("name", "value", "told"), [
    ("FAZHI_WORKERS", "many", "FAZHI_WORKERS=many: give a number of workers"),
    ("FAZHI_WEBHOOK", "http://example.org/", "FAZHI_WEBHOOK: give an address with https://"),
    ("FAZHI_PUBLISH", "ftp://example.org/", "ftp://… is no place to publish to"),
    ("FAZHI_PUBLISH", "s3://bucket/fazhi", "no keys for the store"),
])
def test_what_a_run_could_not_use_in_the_end_is_told_before_anything_is_started(
    command: str, name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    assert exit_code(command) == ExitCode.USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert told in line
    assert not Path(os.environ["FAZHI_DATA"]).exists()


def test_what_was_not_foreseen_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "break", ("tests.flows.test_cli:no_command", "Break."))
    assert exit_code("break") == ExitCode.UNEXPECTED
    error = capsys.readouterr().err
    assert error.startswith("fazhi: TypeError: ")
    assert len(error.splitlines()) == 1
    monkeypatch.setenv("FAZHI_DEBUG", "1")
    with pytest.raises(TypeError):
        main(["break"])


no_command = None


@pytest.mark.parametrize("arguments", [("--data", "{}", "build"), ("build", "--data", "{}")])
def test_the_data_folder_is_named_before_or_after_the_command(arguments: tuple[str, ...], tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    assert exit_code(*(argument.format(there) for argument in arguments)) == ExitCode.OK
    assert (there / "tables").is_dir()
    assert not Path(os.environ["FAZHI_DATA"]).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    assert exit_code("build", "--data", str(tmp_path / "data")) == ExitCode.UNEXPECTED
    assert str(tmp_path) in capsys.readouterr().err


