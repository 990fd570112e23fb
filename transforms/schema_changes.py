"""Tell whether a schema breaks what readers of the last release rely on.

In: tables as a data package describes them (name, and a schema with fields), of the last release and of the next.
Out: a line per breaking change. A table, a column or an allowed word that is new breaks nothing, nor does
an old name that goes after its time (`transforms.renames`).

>>> breaking_changes({"panel": [{"name": "value", "type": "number"}]}, {"panel": []})
['panel.value is gone']
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from transforms.renames import had_their_time

Fields = Mapping[str, Sequence[Mapping[str, Any]]]


def breaking_changes(old: Fields, new: Fields) -> list[str]:
    """Return every change that a reader of `old` would trip over, in the order of the tables and columns."""
    return [change for table, fields in old.items() for change in _of_table(table, fields, new)]


def is_new_major(old: str, new: str) -> bool:
    """Whether the version `new` may break what `old` promised.

    >>> is_new_major("1.4.0", "2.0.0"), is_new_major("1.4.0", "1.5.0")
    (True, False)
    """
    return version_numbers(new)[0] > version_numbers(old)[0]


def version_numbers(version: str) -> tuple[int, ...]:
    """Return what versions of the schema are ordered by."""
    return tuple(int(part) for part in version.split("."))


def _of_table(table: str, fields: Sequence[Mapping[str, Any]], new: Fields) -> Iterator[str]:
    if table not in new:
        yield f"table {table} is gone"
        return
    now, gone_by_now = {field["name"]: field for field in new[table]}, had_their_time(fields)
    for field in fields:
        if field["name"] in gone_by_now:
            continue
        name = f"{table}.{field['name']}"
        if field["name"] not in now:
            yield f"{name} is gone"
        elif now[field["name"]]["type"] != field["type"]:
            yield f"{name} is {now[field['name']]['type']} and was {field['type']}"
        else:
            yield from _of_constraints(name, field, now[field["name"]])


def _of_constraints(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("constraints", {}), new.get("constraints", {})
    if before.get("required") and not after.get("required"):
        yield f"{name} may be missing and was never"
    lost = [word for word in before.get("enum", []) if "enum" in after and word not in after["enum"]]
    if lost:
        yield f"{name} has no {', '.join(lost)} any more"
