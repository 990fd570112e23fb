"""The command line: `fazhi COMMAND`. Each command lives with its concern and is imported only when it is called.

In: arguments. Out: an exit code that a scheduler can use (`flows.errors.ExitCode`), errors as one line.
A further command is one more line in `COMMANDS`.

>>> main(["--version"])
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from flows.cli_options import DataPath
from flows.errors import ExitCode, FazhiError
from flows.stopping import EXIT_CODE, Stopped, end_on_sigterm, raising_signals

COMMANDS = {
    "run": ("flows.cli_run:run", "Import or harvest, build, validate and release, in one go."),
    "serve": ("flows.cli_serve:serve", "Run all of it every day, until stopped."),
    "harvest": ("flows.cli_harvest:harvest", "Fetch what is due from the sources, politely."),
    "sources": ("flows.cli_sources:sources", "Look through what a harvest found; accept or reject it."),
    "import": ("flows.cli_import:command", "Take files or folders into the store of snapshots."),
    "build": ("flows.cli_build:build", "Turn snapshots into tables; only what is new."),
    "validate": ("flows.cli_validate:command", "Check the tables against all expectations; publish nothing."),
    "release": ("flows.cli_release:release", "Make a release, unless there is nothing new."),
    "publish": ("flows.cli_publish:publish", "Publish the releases to a folder or an S3 store."),
    "diff": ("flows.cli_diff:diff", "Tell what differs between two releases, and why."),
    "withdraw": ("flows.cli_withdraw:withdraw", "Take a report out of all releases to come, or of all."),
    "score": ("flows.cli_score:score", "Measure accuracy against observations annotated by hand."),
    "codebook": ("flows.cli_codebook:codebook", "List or search the codes, or labels that have none."),
    "status": ("flows.cli_status:status", "Show how the last run ended, and whether runs still happen."),
    "show": ("flows.cli_show:show", "Show a report's observations, each with its words."),
}
EPILOG = """\b
Examples:
  fazhi run                          the reports that come with fazhi, and all in the store
  fazhi import ~/reports             a folder of .txt, .html, .pdf, .docx
  fazhi show 两路                    what was found in the reports whose title says 两路
  fazhi score tests/gold/gold.csv    how well it reads

\b
Data go to data/, or where --data DIR or FAZHI_DATA says.
Exit codes: 0 done, 1 error, 2 usage, 3 some inputs failed, 4 a critical expectation stopped the release,
5 a guard held it, 6 nothing could be fetched, 7 no run has ended well for too long,
130 stopped by Ctrl-C, 143 by SIGTERM."""

STOPPED = "stopped; run it again to go on from here"


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order that they are used in."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=DataPath(), help="Folder of all data; before or after the command.")
@click.version_option(package_name="fazhi", prog_name="fazhi")
@click.pass_context
def fazhi(ctx: click.Context, data: Path | None) -> None:
    """Numbers from China's annual reports on law-based government: fetched, read, checked, released."""
    ctx.obj = data


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    end_on_sigterm()
    sys.exit(_exit_code(sys.argv[1:] if arguments is None else arguments))


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        with raising_signals():
            result = fazhi.main(list(arguments), prog_name="fazhi", standalone_mode=False)
    except FazhiError as error:
        return _complain(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return ExitCode.OK
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _complain(STOPPED, 130)
    except Stopped:
        return _complain(STOPPED, EXIT_CODE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        # A user is told in one line; the developer gets the rest.
        if os.environ.get("FAZHI_DEBUG"):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _complain(f"{what[:500]} (not foreseen; FAZHI_DEBUG=1 shows where)", ExitCode.UNEXPECTED)
    return int(result or 0)


def _complain(message: str, code: int) -> int:
    click.echo(f"fazhi: {message}", err=True)
    return int(code)


if __name__ == "__main__":
    main()
