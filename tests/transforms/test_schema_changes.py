"""A schema may grow under the same major version; what readers rely on may not go."""

from typing import Any

import pytest

from transforms.schema_changes import breaking_changes, is_new_major

OLD: dict[str, list[dict[str, Any]]] = {"panel": [
    {"name": "value", "type": "number"},
    {"name": "status", "type": "string", "constraints": {"required": True, "enum": ["reported", "planned"]}},
]}
VALUE, STATUS = OLD["panel"]


@pytest.mark.parametrize(("new", "breaks"), [
    (OLD, []),
    ({**OLD, "coverage": []}, []),
    ({"panel": [*OLD["panel"], {"name": "more", "type": "string"}]}, []),
    ({"panel": [STATUS, VALUE]}, []),
    ({"panel": [VALUE, {**STATUS, "constraints": {"required": True, "enum": ["reported", "planned", "prior"]}}]}, []),
    ({}, ["table panel is gone"]),
    ({"panel": [VALUE]}, ["panel.status is gone"]),
    ({"panel": [{"name": "value", "type": "string"}, STATUS]}, ["panel.value is string and was number"]),
    ({"panel": [VALUE, {**STATUS, "constraints": {"enum": ["reported", "planned"]}}]},
     ["panel.status may be missing and was never"]),
    ({"panel": [VALUE, {**STATUS, "constraints": {"required": True, "enum": ["reported"]}}]},
     ["panel.status has no planned any more"]),
])
def test_what_breaks(new: dict[str, list[dict[str, Any]]], breaks: list[str]) -> None:
    assert breaking_changes(OLD, new) == breaks


@pytest.mark.parametrize(("old", "new", "major"), [("1.0.0", "1.9.0", False), ("1.9.0", "2.0.0", True), ("2.0.0", "1.0.0", False)])
def test_only_a_new_major_version_may_break(old: str, new: str, major: bool) -> None:
    assert is_new_major(old, new) is major
