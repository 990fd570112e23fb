"""Hold a release back that would do silent harm, until a maintainer has looked.

In: the last release, the tables of the next, and the guards that a maintainer lets pass, each with a reason. Out: the
reasons, to be published, and `quality/guards.json`; or FazhiError (exit code 5) that names guards and rows.

>>> hold_or_pass(last, tables, accept={}, explained=frozenset(), quality=folder)
()
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from flows.corrections import GUARD as UNMATCHED
from flows.diff import read_release
from flows.errors import ExitCode, FazhiError
from flows.release_documents import read_datapackage
from flows.seeds import read_seed
from flows.table_files import metadata_of
from flows.writers.checksums import broken_files
from flows.writers.datapackage import table_schema
from transforms.guards import measure_guards
from transforms.id_changes import moved_ids, with_earlier
from transforms.release_schema import ID_CHANGES, RELEASE_TABLES
from transforms.renames import with_old_names
from transforms.schema import SCHEMA_VERSION
from transforms.schema_changes import breaking_changes, is_new_major, version_numbers

DAMAGED = "damaged_segments"
MOST_NAMED = 5
BANDS = Path(__file__).resolve().parent.parent / "seeds" / "release" / "guards.csv"


def hold_or_pass(
    last: Path, tables: Mapping[str, pl.LazyFrame], accept: Mapping[str, str], explained: frozenset[str], quality: Path
) -> tuple[str, ...]:
    """Return what is to be said of the guards let pass; raise FazhiError if any other does not hold.

    `explained` are ids that may be gone: of reports withdrawn, and those that `id_changes` gives a new one.
    """
    measured = measure_guards(read_release(last), tables, pl.read_csv(BANDS), explained)
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


def refuse_damaged_release(last: Path) -> None:
    """Raise FazhiError where the last release is not as it was published: nothing can be compared with it."""
    broken = broken_files(last)
    if broken:
        raise FazhiError(f"{last}: not as it was published: {', '.join(broken[:MOST_NAMED])}; bring the files back "
                         "from a copy of the release, `sha256sum --check SHA256SUMS` tells when they are right")


def refuse_damaged_segments(data_dir: Path, accept: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is to be said of damaged segments let pass; raise FazhiError if they are not."""
    built = sorted((data_dir / "tables" / "reports").glob("*.parquet"))
    damages = [damage for file in built if (damage := metadata_of(data_dir, file.stem, "reports").get("damage"))]
    if damages and DAMAGED not in accept:
        why = "A release would lose the rest: bring the file back from a copy and build again, or run"
        told = f"{'; '.join(damages[:MOST_NAMED])}. {why} `fazhi release --accept {DAMAGED} --why REASON`"
        raise FazhiError(told, ExitCode.HELD)
    return tuple(f"A damaged segment, {damage.removeprefix(f'{data_dir}/')}: let pass, because {accept[DAMAGED]}"
                 for damage in damages)


def refuse_broken_promises(last: Path) -> None:
    """Raise FazhiError where the schema breaks what the last release promised, under the same major version."""
    before = fields_of(last)
    now = {name: table_schema(table)["fields"] for name, table in with_old_names(RELEASE_TABLES, before).items()}
    broken = breaking_changes(before, now)
    promised = schema_version_of(last)
    if broken and not is_new_major(promised, SCHEMA_VERSION):
        raise FazhiError(f"the schema breaks what {last.name} promised: {'; '.join(broken)}; keep the old columns, "
                         f"or give SCHEMA_VERSION in transforms/schema.py a new major version ({SCHEMA_VERSION} now)")


def fields_of(release: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the columns of each table of a release, as its data package describes them."""
    return {resource["name"]: resource["schema"]["fields"] for resource in read_datapackage(release)["resources"]}


def schema_version_of(release: Path) -> str:
    """Return the version of the schema that a release was made with."""
    return str(read_datapackage(release)["processing"]["schema_version"])


def id_changes_since(last: Path, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Return the ids that moved since the last release because `seeds/release/id_changes.csv` says so, and before."""
    between = version_numbers(schema_version_of(last)), version_numbers(SCHEMA_VERSION)
    declared = {row["table"]: row["why"] for row in read_seed("release/id_changes").iter_rows(named=True)
                if between[0] < version_numbers(row["schema_version"]) <= between[1]}
    before = last / f"{ID_CHANGES.name}.parquet"
    earlier = pl.read_parquet(before).cast(ID_CHANGES.polars_schema) if before.exists() else ID_CHANGES.empty()
    return with_earlier(earlier.lazy(), moved_ids(read_release(last), tables, declared)).collect()


def known_guards() -> list[str]:
    """Name what may hold a release back and be let pass."""
    return [*pl.read_csv(BANDS)["guard"], DAMAGED, UNMATCHED]


def reason_for(guard: str, accept: Mapping[str, str]) -> str | None:
    """Return why a guard is let pass, named in full or by its kind: `median` for every `median:…`."""
    return accept.get(guard, accept.get(guard.partition(":")[0]))


def _say(guard: Mapping[str, Any]) -> str:
    low = "" if guard["lowest"] is None else f"{guard['lowest']:g}"
    high = "" if guard["highest"] is None else f"{guard['highest']:g}"
    band = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    rows = f", such as {guard['sample']}" if guard["sample"] else ""
    return f"{guard['guard']} is {guard['observed']:.4g}, not {band}, on {guard['rows']} rows{rows}"
