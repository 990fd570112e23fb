"""Options that commands share.

In: what was typed. Out: parameters of commands.

>>> @click.command()
... @data_option
... def build(data: Path) -> None: ...
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.settings import data_folder

Function = TypeVar("Function", bound=Callable[..., Any])


class DataPath(click.Path):
    """A folder for data; it may not be there yet."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)


def data_option(function: Function) -> Function:
    """Give a command the parameter `data`: the folder named after it, before it, or by `FAZHI_DATA`."""
    option = click.option(
        "--data", type=DataPath(), callback=_resolve, help="Folder of all data; else FAZHI_DATA, else data/."
    )
    return option(function)


def _resolve(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    return data_folder(value or ctx.find_root().obj)
