"""`fazhi harvest`: what came of it, in words and in the exit code. Nothing but this machine is asked."""

import socket
from pathlib import Path

import pytest

from flows.cli import main
from flows.errors import ExitCode


def harvest(*arguments: str | Path) -> int:
    """Run the command and return how it ends."""
    with pytest.raises(SystemExit) as end:
        main(["harvest", *map(str, arguments)])
    assert isinstance(end.value.code, int)
    return end.value.code


def write_sources(folder: Path, *urls: str) -> Path:
    """Write a list of sources."""
    path = folder / "sources.csv"
    path.write_text("\n".join(["source_id,url", *(f"s{number},{url}" for number, url in enumerate(urls))]) + "\n")
    return path


def test_no_source_is_nothing_due(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert harvest("--sources", write_sources(tmp_path)) == ExitCode.OK
    assert "nothing was due" in capsys.readouterr().out


def test_a_server_that_is_not_there_gives_6(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = tmp_path / "settings.toml"
        settings.write_text(
            'attempts = 1\nprivate_networks = ["127.0.0.1/32"]\nfailures_until_given_up = 1\n'
            f'[hosts]\n"www.a.gov.cn" = "127.0.0.1:{closed.getsockname()[1]}"\n'
        )
        sources = write_sources(tmp_path, "http://www.a.gov.cn/1.html")
        assert harvest("--sources", sources, "--settings", settings) == ExitCode.NOTHING_FETCHED
    assert "refused" in capsys.readouterr().out


def test_a_setting_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("speed = 9\n")
    assert harvest("--sources", write_sources(tmp_path), "--settings", settings) == ExitCode.USAGE
    assert "speed is no harvest setting" in capsys.readouterr().err
