"""Which thing each name of a case file stands for, taken from the document and not from the model.

So that a name that nothing bears, a name borne twice and a source that is not listed are found in the same
run as a wrong number elsewhere in the file, which leaves no model to ask.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from watchgap.base.errors import Fault
from watchgap.case.document import Document, Place

GROUPS = (
    "facilities", "points", "evidence", "strata", "claims", "concealments", "routes", "measures", "custodies",
    "instruments", "activities", "packages", "perils", "correlations", "actors",
)  # fmt: skip

# Where names stand, `*` for every item of a list, and the group in which what they name is declared. Where
# a mapping stands, its keys are the names.
UNKNOWN_SOURCE = "add it to the sources, or correct the key"
"""What helps where something cites a source that is not listed."""

_REFERENCES = (
    ("points.*.facility", "facilities"),
    ("strata.*.facility", "facilities"),
    ("measures.*.point", "points"),
    ("claims.*.strata", "strata"),
    ("routes.*.claims", "claims"),
    ("routes.*.stratum", "strata"),
    ("routes.*.concealments", "concealments"),
    ("routes.*.steps.*.facility", "facilities"),
    ("routes.*.steps.*.passes.*.point", "points"),
    ("activities.*.needs", "evidence"),
    ("activities.*.instrument", "instruments"),
    ("activities.*.detection", "concealments"),
    ("activities.*.without", "concealments"),
    ("packages.*.collects", "measures"),
    ("packages.*.activities.*.activity", "activities"),
    ("packages.*.activities.*.stratum", "strata"),
    ("perils.*.destroys", "evidence"),
    ("perils.*.loses", "measures"),
)

_LISTED = 12


def names_of(document: Document) -> dict[str, frozenset[str]]:
    """The ids that the document declares, by group, as far as they can be read."""
    return {group: frozenset(name for _, name in _at(document.values, f"{group}.*.id")) for group in GROUPS}


def kinds_of_measures(document: Document) -> dict[str, str]:
    """The kind of each measure that the document declares; empty text where it has none."""
    kinds = {place[:-1]: kind for place, kind in _at(document.values, "measures.*.kind")}
    return {name: kinds.get(place[:-1], "") for place, name in _at(document.values, "measures.*.id")}


def choose_from(known: Collection[str], otherwise: str) -> str:
    """Say which names there are to choose from; `otherwise` if there are none."""
    if not known:
        return otherwise
    listed = ", ".join(sorted(known)[:_LISTED])
    return f"use one of {listed}" + (" ..." if len(known) > _LISTED else "")


def check_names(document: Document, sources: Collection[str] | None) -> tuple[Fault, ...]:
    """List names that are borne twice or by nothing, and cited sources that are not listed.

    sources: the keys of the listed sources; None if they are not known, and then nothing is said of them.
    """
    names = names_of(document)
    faults = [*_borne_twice(document)]
    for path, group in _REFERENCES:
        for place, name in _at(document.values, path):
            if name not in names[group]:
                remedy = choose_from(names[group], f"declare it under {group}")
                faults.append(document.fault(place, f"'{name}' is not declared under {group}", remedy))
    for place, key in _cited(document.values, ()) if sources is not None else ():
        if sources is not None and key not in sources:
            problem = f"the source '{key}' is not known"
            faults.append(document.fault(place, problem, UNKNOWN_SOURCE))
    return tuple(sorted(set(faults)))


def _borne_twice(document: Document) -> Iterator[Fault]:
    # Facts refer to a thing by its id alone, so an id has to be one of the whole case.
    first: dict[str, str] = {}
    for group in GROUPS:
        for place, name in _at(document.values, f"{group}.*.id"):
            if name in first:
                problem = f"the id '{name}' is already used in {first[name]}"
                yield document.fault(place, problem, "give each thing its own id")
            first.setdefault(name, group)


def _at(values: Any, path: str) -> Iterator[tuple[Place, str]]:
    """Every name at the places of a path: a string, the strings of a list, or the keys of a mapping."""
    for place, value in _walk(values, tuple(path.split(".")), ()):
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            yield from (((*place, i), item) for i, item in enumerate(value) if isinstance(item, str))
        elif isinstance(value, dict):
            yield from (((*place, key), key) for key in value)


def _walk(values: Any, path: tuple[str, ...], place: Place) -> Iterator[tuple[Place, Any]]:
    if not path:
        yield place, values
    elif path[0] == "*" and isinstance(values, list):
        for position, item in enumerate(values):
            yield from _walk(item, path[1:], (*place, position))
    elif isinstance(values, dict) and path[0] in values:
        yield from _walk(values[path[0]], path[1:], (*place, path[0]))


def _cited(values: Any, place: Place) -> Iterator[tuple[Place, str]]:
    inside: Mapping[Any, Any] = values if isinstance(values, dict) else {}
    if isinstance(values, list):
        inside = dict(enumerate(values))
    for key, value in inside.items():
        if key == "source" and isinstance(value, str):
            yield (*place, key), value
        elif key == "source" and isinstance(value, list):
            yield from (((*place, key, i), item) for i, item in enumerate(value) if isinstance(item, str))
        else:
            yield from _cited(value, (*place, key))
