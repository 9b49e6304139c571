"""Case files whose YAML is right and whose content is not: each fault with its line and the right words."""

from collections.abc import Iterator
from time import process_time
from typing import Any, get_args

import pytest

from watchgap.base.units import UNITS
from watchgap.case.names import GROUPS
from watchgap.case.record import Case

FORMS = "value, uniform, triangular, pert, beta, lognormal, empirical"
MEASURES = "use one of gate-monitor, hall-camera, hatch-seal, satellite"
CONCEALMENTS = "use one of dummies, half-the-pins, open-removal"

# What is replaced, by what, how many lines below it the fault stands, and the fault.
ONE_FAULT = [
    # wrong types
    (
        "watchgap: 1",
        "watchgap: 2",
        0,
        "watchgap: the format 2 is not known; write 1, and see `watchgap schema`",
    ),
    (
        "watchgap: 1",
        "watchgap: true",
        0,
        "watchgap: the format True is not known; write 1, and see `watchgap schema`",
    ),
    ("id: northmere-store", "id: 1993", 0, "id is 1993; input should be a valid string"),
    ("id: northmere-store", "id:", 0, "id is None; input should be a valid string"),
    (
        "value: 240,",
        'value: "240",',
        0,
        "strata[assemblies].items.value is '240'; input should be a valid number",
    ),
    (
        "value: 240,",
        "value: true,",
        0,
        "strata[assemblies].items.value is True; input should be a valid number",
    ),
    (
        "value: 240,",
        "value: .nan,",
        0,
        "strata[assemblies].items.value is nan; input should be a finite number",
    ),
    (
        "value: 240,",
        "value: .inf,",
        0,
        "strata[assemblies].items.value is inf; input should be a finite number",
    ),
    (
        "value: 240,",
        "value: 1e999,",
        0,
        "strata[assemblies].items.value is inf; input should be a finite number",
    ),
    (
        "[0.13, 0.16, 0.18]",
        "[0.13, .nan, 0.18]",
        0,
        "strata[assemblies].item_mass.triangular[1] is nan; input should be a finite number",
    ),
    (
        "[0.13, 0.16, 0.18]",
        "0.13",
        0,
        "strata[assemblies].item_mass.triangular is 0.13; input should be a valid tuple",
    ),
    ("declared: true", "declared: 1", 0, "facilities[store].declared is 1; input should be a valid boolean"),
    (
        "at_least: 0.9",
        "at_least: 90",
        0,
        "scale.assurance[0].at_least is 90; input should be less than or equal to 1",
    ),
    (
        "claims: [nothing-taken]",
        "claims: nothing-taken",
        0,
        "routes[out-by-cask].claims is 'nothing-taken'; input should be a valid tuple",
    ),
    (
        "- id: operator\n",
        "- id: the operator\n",
        0,
        (
            "actors[the operator].id is 'the operator'; begin with a letter or digit, and go on with "
            "letters, digits, "
            "'.', '_' and '-'"
        ),
    ),
    # fields
    (
        "    declared: true\n",
        "    declared: true\n    colour: red\n",
        1,
        "facilities[store].colour is not a field of a case file; remove it, or see `watchgap schema`",
    ),
    (
        "    interval: { value: 10, unit: min, source: invented, grade: B }\n",
        "",
        -4,
        "measures[hall-camera].interval is missing; add `interval:`",
    ),
    ("    kind: seal # what", "    # what", -1, "measures[hatch-seal].kind is missing; add `kind:`"),
    # numbers
    (
        "value: 0.95, unit",
        "value: 1.2, unit",
        0,
        "measures[hatch-seal].recognition: 1.2 is out of range; it must lie between 0 and 1",
    ),
    (
        'value: 5, unit: "%"',
        'value: 120, unit: "%"',
        0,
        "measures[hall-camera].blind_spot: 120 % is out of range; it must lie between 0 and 1",
    ),
    (
        "value: 1, unit: d",
        "value: -1, unit: d",
        0,
        "routes[out-by-cask].steps[into-the-cask].setup: -1 d is out of range; it must be at least 0 d",
    ),
    (
        "value: 10, unit: min",
        "value: 0, unit: min",
        0,
        "measures[hall-camera].interval: 0 min is out of range; it must be greater than 0 d",
    ),
    (
        "value: 50, unit",
        "value: 0, unit",
        0,
        (
            "concealments[half-the-pins].defect_fraction: 0 % is out of range; it must be greater than 0 "
            "and at most 1"
        ),
    ),
    (
        "value: 240,",
        "value: 1e300,",
        0,
        "strata[assemblies].items: 1e+300 item is out of range; it must lie between 1 and 1e+09",
    ),
    (
        "uniform: [0.5, 3]",
        "uniform: [3, 0.5]",
        0,
        (
            "routes[out-by-cask].steps[out-of-the-gate].wait: uniform [3.0, 0.5] is not in ascending order; "
            "write it as [0.5, 3.0]"
        ),
    ),
    (
        "uniform: [0.02, 0.1]",
        "uniform: [-0.5, 0.1]",
        0,
        (
            "measures[satellite].recognition: the values from -0.5 to 0.1 [1] leave the range; it must lie "
            "between 0 and 1"
        ),
    ),
    (
        "uniform: [0.5, 3]",
        "uniform: [0.5]",
        0,
        "routes[out-by-cask].steps[out-of-the-gate].wait: uniform has 1 numbers; give it 2",
    ),
    (
        "beta: [8, 2]",
        "beta: [0, 2]",
        0,
        (
            "measures[gate-monitor].recognition: beta [0.0, 2.0] has a parameter out of range; "
            "keep both from 0.01 to 100000"
        ),
    ),
    (
        "beta: [8, 2]",
        "empirical: []",
        0,
        "measures[gate-monitor].recognition: empirical lists no value; list at least one value",
    ),
    (
        "beta: [8, 2]",
        "lognormal: [0.1, 0.9]",
        0,
        (
            "measures[gate-monitor].recognition: lognormal [0.1, 0.9] is not a positive median with a "
            "ratio above 1; "
            "write it as [median, ratio of the 95 % value to the median, up to 1e+06]"
        ),
    ),
    (
        "value: 240,",
        "value: 240, empirical: [240],",
        0,
        (
            "strata[assemblies].items: the number is stated as value and empirical; state it as exactly "
            f"one of {FORMS}"
        ),
    ),
    (
        "value: 240, ",
        "",
        0,
        f"strata[assemblies].items: the number is stated as nothing; state it as exactly one of {FORMS}",
    ),
    (
        "grade: D, rationale: a night to a long weekend }",
        "grade: D }",
        0,
        (
            "routes[out-by-cask].steps[out-of-the-gate].wait: a figure of grade D has no rationale; "
            "say in `rationale` why these values were chosen"
        ),
    ),
    (
        "grade: D, rationale: a night to a long weekend }",
        "grade: E }",
        0,
        "routes[out-by-cask].steps[out-of-the-gate].wait.grade is 'E'; input should be 'A', 'B', 'C' or 'D'",
    ),
    # units
    (
        "unit: d, source: invented, grade: D",
        "unit: kg, source: invented, grade: D",
        0,
        (
            "routes[out-by-cask].steps[out-of-the-gate].wait: the unit 'kg' does not fit this number; "
            "use one of s, min, h, d, week, month, a"
        ),
    ),
    # days
    (
        "last: 2021-12-31",
        "last: 31.12.2021",
        0,
        "period.last: '31.12.2021' is not a day; write it as 1993-11-06",
    ),
    (
        "last: 2021-12-31",
        'last: "20211231"',
        0,
        "period.last: '20211231' is not a day; write it as 1993-11-06",
    ),
    ("last: 2021-12-31", "last: 20211231", 0, "period.last is 20211231; input should be a valid date"),
    (
        "last: 2021-12-31",
        "last: 2020-12-31",
        -2,
        "period: the period ends on 2020-12-31, before or when it begins; put `last` after `first`",
    ),
    ("last: 2021-12-31", "last: 2921-12-31", 0, "the period has 329083 days; keep it under 36525 days"),
    (
        "since: 2021-01-01",
        "since: 2020-12-31",
        0,
        "the claim begins on 2020-12-31, outside the period; the period is 2021-01-01 to 2021-12-31",
    ),
    # names
    (
        "point: gate\n    recog",
        "point: gait\n    recog",
        0,
        "'gait' is not declared under points; use one of gate, pond-hall",
    ),
    (
        "[hall-camera, hatch-seal]",
        "[hall-camera, hatch-seel]",
        0,
        f"'hatch-seel' is not declared under measures; {MEASURES}",
    ),
    (
        "concealments: [open-removal,",
        "concealments: [open,",
        0,
        f"'open' is not declared under concealments; {CONCEALMENTS}",
    ),
    ("      dummies:", "      dummy:", 0, f"'dummy' is not declared under concealments; {CONCEALMENTS}"),
    (
        "needs: [loading-map]",
        "needs: [map]",
        0,
        "'map' is not declared under evidence; use one of loading-map",
    ),
    (
        "instrument: gamma",
        "instrument: beta",
        0,
        "'beta-scanner' is not declared under instruments; use one of gamma-scanner",
    ),
    (
        "- activity: scanning",
        "- activity: x",
        0,
        "'x' is not declared under activities; use one of counting, scanning",
    ),
    (
        "  source: invented\n  assurance",
        "  source: [invented, imagined]\n  assurance",
        0,
        "the source 'imagined' is not known; add it to the sources, or correct the key",
    ),
    (
        "source: invented-newspaper",
        "source: journal",
        0,
        "the source 'journal' is not known; add it to the sources, or correct the key",
    ),
    (
        "category: irradiated-direct-use",
        "category: direct",
        0,
        (
            "no category 'direct' is tabulated; use one of unirradiated-direct-use, irradiated-direct-use, "
            "indirect-use"
        ),
    ),
    # what cannot be together
    (
        "sample: { value: 40,",
        "sample: { value: 241,",
        0,
        "the sample of 241 is larger than stratum 'assemblies'; it has 240 items",
    ),
    (
        "kind: past",
        "kind: gap",
        6,
        "the prior of a gap claim is a hazard; give `hazard`",
    ),
    (
        (
            "          protracted: { value: 5, unit: item/week, source: invented, grade: C }\n        "
            "passes:\n          - point: gate"
        ),
        "        passes:\n          - point: gate",
        -2,
        "step 'out-of-the-gate' has the rates abrupt; name the same as in the first step: abrupt, protracted",
    ),
    (
        "    claims: [nothing-taken]",
        "    windows: [{first: 2021-03-01, last: 2021-03-07}]\n    claims: [nothing-taken]",
        0,
        "at the protracted rate the first step fits into no window; widen a window, or leave the rate out",
    ),
    (
        "- id: out-of-the-gate",
        "- id: into-the-cask",
        0,
        "the route has two steps 'into-the-cask'; give each step its own id",
    ),
    (
        "        setup: { value: 1, unit: d",
        "        wait: { value: 1, unit: d, source: invented, grade: C }\n        setup: { value: 1, unit: d",
        0,
        "the first step has nothing to wait for; remove `wait`",
    ),
    (
        "    claims: [nothing-taken]",
        "    windows: [{first: 2021-03-01, last: 2021-02-01}]\n    claims: [nothing-taken]",
        0,
        "the window ends on 2021-02-01, before it begins; put `last` after `first`",
    ),
    (
        "    claims: [nothing-taken]",
        (
            "    only_while_shut_down: true\n    windows: [{first: 2021-02-01, last: 2021-02-01}]\n    "
            "claims: [nothing-taken]"
        ),
        1,
        "the route has windows and is bound to the shutdown; keep `windows` or `only_while_shut_down`",
    ),
    (
        "    kind: item-monitor\n",
        (
            "    kind: item-monitor\n    life:\n      - kind: film\n        part: film\n        pictures: "
            "{ value: 9, unit: item, source: invented, grade: C }\n"
        ),
        2,
        "an item monitor takes no pictures; describe the part by kind 'fixed'",
    ),
]


# The same with several faults, or with one that stands elsewhere; before the @, what stands in its line.
SEVERAL_FAULTS = [
    (
        "name: Northmere store",
        "nom: Northmere store",
        [
            "- id: store\n    nom@facilities[store].name is missing; add `name:`",
            (
                "nom: Northmere@facilities[store].nom is not a field of a case file; remove it, or see "
                "`watchgap schema`"
            ),
        ],
    ),
    (
        "kind: random-camera",
        "kind: camera",
        [
            (
                "kind: camera@measures[hall-camera].kind is 'camera'; use one of 'random-camera', "
                "'fixed-camera', "
                "'item-monitor', 'imagery', 'seal'"
            )
        ],
    ),
    (
        "unit: d, source: invented, grade: D",
        "unit: fortnight, source: invented, grade: D",
        [
            (
                "wait: { uniform@routes[out-by-cask].steps[out-of-the-gate].wait: unknown unit 'fortnight'; "
                "use one of "
            )
            + ", ".join(UNITS)
        ],
    ),
    (
        "- id: gate\n",
        "- id: store\n",
        [
            (
                "- id: store\n    facility@the id 'store' is already used in facilities; give each thing "
                "its own id"
            ),
            (
                "point: gate\n            visible@'gate' is not declared under points; use one of "
                "pond-hall, store"
            ),
            "point: gate\n    recognition@'gate' is not declared under points; use one of pond-hall, store",
            "point: gate\n    revisit@'gate' is not declared under points; use one of pond-hall, store",
        ],
    ),
    (
        "strata: [assemblies]",
        "strata: []",
        [
            (
                "strata: [@route 'out-by-cask' takes from 'assemblies', which the claim leaves out; "
                "add 'assemblies' to the strata of the claim"
            ),
            "strata: [@the claim is about no stratum; name at least one",
        ],
    ),
    (
        "material: plutonium",
        "material: neptunium",
        [
            (
                "material: neptunium@no material 'neptunium' is tabulated; use one of plutonium, "
                "uranium-233, high-enriched-uranium, "
                "low-enriched-uranium, natural-uranium, depleted-uranium, thorium"
            )
        ],
    ),
    (
        "    claims: [nothing-taken]",
        "    claims: [as-declared]",
        [
            (
                "strata: [@no route takes from stratum 'assemblies' against this claim; "
                "declare one: with no route every assurance would be 1"
            )
        ],
    ),
    (
        "value: 50, unit",
        "value: 1, unit",
        [
            f"- id: {route}@claim '{claim}' asks for 8 kg, which is 5084 items of 'assemblies' under "
            "'half-the-pins', and it has 240; lower the goal of the claim, or leave the concealment out"
            for route, claim in (("out-by-cask", "nothing-taken"), ("never-there", "as-declared"))
        ],
    ),
    (
        "at_least: 0.5\n",
        "at_least: 0.05\n",
        [
            (
                "scale:@scale: the assurance rungs begin at [0.9, 0.05, 0.2, 0.0]; "
                "list them from the highest to the lowest, the last at 0"
            )
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "below", "fault"), ONE_FAULT)
def test_each_fault_has_its_line_and_its_words(
    folder: Any, old: str, new: str, below: int, fault: str
) -> None:
    line = folder.spoil(old, new) + below
    assert folder.faults() == [f"case.yaml:{line}: {fault}"]


@pytest.mark.parametrize(("old", "new", "faults"), SEVERAL_FAULTS)
def test_each_of_several_faults_is_told(folder: Any, old: str, new: str, faults: list[str]) -> None:
    folder.spoil(old, new)
    text = (folder.path / "case.yaml").read_text(encoding="utf-8")
    parts = [fault.split("@") for fault in faults]
    lines = [text[: text.index(mark)].count("\n") + 1 for mark, _ in parts]
    expected = zip(lines, (words for _, words in parts), strict=True)
    assert folder.faults() == [f"case.yaml:{line}: {words}" for line, words in expected]


@pytest.mark.parametrize(
    ("day", "problem"),
    [("2021-02-29", "day"), ("2021-13-01", "month"), ("2021-00-10", "month"), ("2021-01-32", "day")],
)
def test_a_day_that_does_not_exist_is_named(folder: Any, day: str, problem: str) -> None:
    line = folder.spoil("last: 2021-12-31", f"last: {day}")
    (fault,) = folder.faults()
    assert fault.startswith(
        f"case.yaml:{line}: period.last: '{day}' is not a day of the calendar ({problem} "
    )
    assert fault.endswith("; write it as 1993-11-06")


def test_a_fault_of_each_kind_is_told_in_one_run(folder: Any) -> None:
    folder.spoil("id: northmere-store", "id: northmere-store\nid: twice")
    folder.spoil("value: 0.95, unit", "value: 1.2, unit")
    folder.spoil("uniform: [0.5, 3]", "uniform: [3, 0.5]")
    folder.spoil("needs: [loading-map]", "needs: [map]")
    folder.spoil("source: invented-newspaper", "source: journal")
    folder.spoil("    declared: true\n", "    declared: true\n    colour: red\n")
    folder.spoil("last: 2021-12-31", "last: 2021-02-30")
    folder.spoil("level: maintenance", "level: total")
    folder.spoil("e03,attached", "e03,glued", "events.csv")
    folder.spoil("invented-newspaper,", "invented,", "sources.csv")
    words = (
        "the key 'id' stands twice", "1.2 is out of range", "not in ascending order", "'map' is not declared",
        "colour is not a field", "'2021-02-30' is not a day", "level is 'total'", "unknown kind 'glued'",
        "the key 'invented' stands twice",
    )  # fmt: skip
    faults = folder.faults()
    assert [sum(word in fault for fault in faults) for word in words] == [1] * len(words)
    assert len(faults) == len(words)


def test_a_source_that_is_not_listed_is_told_beside_a_fault_of_form(folder: Any) -> None:
    folder.spoil("source: invented-newspaper", "source: journal")
    folder.spoil("value: 0.95, unit", "value: 1.2, unit")
    assert [fault.split("; ")[1] for fault in folder.faults()] == [
        "it must lie between 0 and 1",
        "add it to the sources, or correct the key",
    ]


def test_every_group_of_named_parts_is_known() -> None:
    groups = {
        name
        for name, field in Case.model_fields.items()
        if any("id" in getattr(kind, "model_fields", {}) for kind in _kinds_in(field.annotation))
    }
    assert set(GROUPS) == groups


def _kinds_in(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for kind in inner:
        yield from _kinds_in(kind)


def test_an_unquoted_1_is_the_unit_of_a_plain_number(folder: Any) -> None:
    folder.spoil('value: 0.95, unit: "1"', "value: 0.95, unit: 1")
    assert folder.faults() == []


def test_a_lognormal_number_is_positive_and_a_beta_share_is_above_0(folder: Any) -> None:
    folder.spoil("triangular: [0.13, 0.16, 0.18]", "lognormal: [0.16, 1.2]")
    folder.spoil('defect_fraction: { value: 50, unit: "%"', 'defect_fraction: { beta: [5, 5], unit: "1"')
    assert folder.faults() == []


@pytest.mark.parametrize("mass", ["1e-320", "5e-324", "1.7e308", "1e-200"])
def test_masses_at_the_ends_of_what_a_float_holds_are_no_exception(folder: Any, mass: str) -> None:
    folder.spoil("triangular: [0.13, 0.16, 0.18]", f"value: {mass}")
    faults = folder.faults()
    assert all("claim 'nothing-taken' asks for 8 kg" in fault or "'as-declared'" in fault for fault in faults)


def test_a_file_full_of_faults_is_answered_with_a_thousand(folder: Any) -> None:
    folder.spoil("actors:", "actors:\n" + "  - {}\n" * 5000)
    begin = process_time()
    faults = folder.faults()
    assert process_time() - begin < 20
    assert 900 < len(faults) <= 1_100
