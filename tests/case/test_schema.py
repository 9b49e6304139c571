"""The schema against an independent reader of schemas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from watchgap.case import case_schema
from watchgap.case.read import read_case
from watchgap.case.record import Case

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return case_schema()


def errors_of(schema: dict[str, Any], folder: Path) -> list[str]:
    document = read_case(folder)[1]
    found = Draft202012Validator(schema).iter_errors(document.values)
    return sorted(f"{error.json_path}: {error.message}" for error in found)


def test_the_schema_is_one_of_2020_12(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Watchgap case file"


def test_every_part_is_described(schema: dict[str, Any]) -> None:
    assert schema["description"] == Case.__doc__
    assert [name for name, part in schema["$defs"].items() if not part.get("description")] == []


def test_it_accepts_what_the_check_accepts(schema: dict[str, Any], folder: Any) -> None:
    assert errors_of(schema, folder.path) == []
    assert errors_of(schema, ROOT / "cases" / "yongbyon-1993") == []


def test_it_accepts_the_shorthands_of_the_check(schema: dict[str, Any], folder: Any) -> None:
    folder.spoil('value: 0.95, unit: "1"', "value: 0.95, unit: 1")
    folder.spoil("  source: invented\n  assurance", "  source: [invented, invented]\n  assurance")
    folder.spoil("last: 2021-12-31", 'last: "2021-12-31"')
    folder.spoil("value: 240,", "value: 240.0, uniform: null,")
    assert folder.faults() == []
    assert errors_of(schema, folder.path) == []


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("watchgap: 1", "watchgap: 2", "$.watchgap: 1 was expected"),
        (
            "value: 240,",
            'value: "240",',
            "$.strata[0].items.value: '240' is not valid under any of the given schemas",
        ),
        (
            "    declared: true\n",
            "    colour: red\n",
            "$.facilities[0]: Additional properties are not allowed ('colour' was unexpected)",
        ),
        ("    name: Northmere store\n", "", "$.facilities[0]: 'name' is a required property"),
        (
            "unit: d, source: invented, grade: C",
            "unit: kg, source: invented, grade: C",
            (
                "$.routes[0].steps[0].setup.unit: 'kg' is not one of ['s', 'min', 'h', 'd', 'week', "
                "'month', 'a']"
            ),
        ),
        (
            "- id: gate\n",
            "- id: the gate\n",
            "$.points[1].id: 'the gate' does not match '^[A-Za-z0-9][A-Za-z0-9._-]*$'",
        ),
        ("grade: A }", "grade: F }", "$.strata[0].items.grade: 'F' is not one of ['A', 'B', 'C', 'D']"),
    ],
)
def test_it_turns_away_what_the_check_turns_away(
    schema: dict[str, Any], folder: Any, old: str, new: str, error: str
) -> None:
    folder.spoil(old, new)
    assert folder.faults() != []
    assert error in errors_of(schema, folder.path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 240, ", ""),
        ("value: 240, ", "value: 240, empirical: [240], "),
        ("kind: random-camera", "kind: camera"),
        ("      open-removal:", "      open removal:"),
        ("actors:\n", "actors:\n  - nobody\n"),
    ],
)
def test_it_turns_away_more(schema: dict[str, Any], folder: Any, old: str, new: str) -> None:
    folder.spoil(old, new)
    assert folder.faults() != []
    assert errors_of(schema, folder.path) != []


def test_no_part_takes_unknown_fields(schema: dict[str, Any]) -> None:
    open_parts = [part for part in objects_in(schema) if part.get("additionalProperties") is not False]
    assert open_parts == []


def objects_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, list):
        for item in part:
            yield from objects_in(item)
    elif isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for value in part.values():
            yield from objects_in(value)
