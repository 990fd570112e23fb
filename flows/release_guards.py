"""Hold a release back that would do silent harm, until a maintainer has looked.

In: the last release, the tables of the next, and the guards that a maintainer lets pass, each with a reason. Out: the
reasons, to be published, and `quality/guards.json`; or FazhiError (exit code 5) that names guards and rows.

>>> hold_or_pass(last, tables, accept={}, withdrawn=frozenset(), quality=folder)
()
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from flows.diff import read_release
from flows.errors import ExitCode, FazhiError
from flows.release_documents import read_datapackage
from flows.writers.datapackage import table_schema
from transforms.guards import measure_guards
from transforms.release_schema import RELEASE_TABLES
from transforms.schema import SCHEMA_VERSION
from transforms.schema_changes import breaking_changes, is_new_major

BANDS = Path(__file__).resolve().parent.parent / "seeds" / "release" / "guards.csv"


def hold_or_pass(
    last: Path, tables: Mapping[str, pl.LazyFrame], accept: Mapping[str, str], withdrawn: frozenset[str], quality: Path
) -> tuple[str, ...]:
    """Return what is to be said of the guards let pass; raise FazhiError if any other does not hold."""
    measured = measure_guards(read_release(last), tables, pl.read_csv(BANDS), withdrawn)
    failed = measured.filter(~pl.col("holds")).to_dicts()
    held = [guard for guard in failed if reason_for(guard["guard"], accept) is None]
    if held:
        told = "; ".join(_say(guard) for guard in held)
        names = " ".join(f"--accept {guard['guard']}" for guard in held)
        raise FazhiError(f"held back against {last.name}: {told}. Look at these rows; if it is right so, run "
                         f"`fazhi release {names} --why REASON`", ExitCode.HELD)
    quality.mkdir(exist_ok=True)
    (quality / "guards.json").write_text(json.dumps(measured.to_dicts(), indent=2) + "\n", encoding="utf-8")
    return tuple(f"Guard {_say(guard)}: let pass, because {reason_for(guard['guard'], accept)}" for guard in failed)


def refuse_broken_promises(last: Path) -> None:
    """Raise FazhiError where the schema breaks what the last release promised, under the same major version."""
    package = read_datapackage(last)
    before = {resource["name"]: resource["schema"]["fields"] for resource in package["resources"]}
    now = {name: table_schema(table)["fields"] for name, table in RELEASE_TABLES.items()}
    broken = breaking_changes(before, now)
    promised = package["processing"]["schema_version"]
    if broken and not is_new_major(promised, SCHEMA_VERSION):
        raise FazhiError(f"the schema breaks what {last.name} promised: {'; '.join(broken)}; keep the old columns, "
                         f"or give SCHEMA_VERSION in transforms/schema.py a new major version ({SCHEMA_VERSION} now)")


def reason_for(guard: str, accept: Mapping[str, str]) -> str | None:
    """Return why a guard is let pass, named in full or by its kind: `median` for every `median:…`."""
    return accept.get(guard, accept.get(guard.partition(":")[0]))


def _say(guard: Mapping[str, Any]) -> str:
    low = "" if guard["lowest"] is None else f"{guard['lowest']:g}"
    high = "" if guard["highest"] is None else f"{guard['highest']:g}"
    band = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    rows = f", such as {guard['sample']}" if guard["sample"] else ""
    return f"{guard['guard']} is {guard['observed']:.4g}, not {band}, on {guard['rows']} rows{rows}"
