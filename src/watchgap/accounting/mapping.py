"""Reads how the areas and materials of accounting reports stand in a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from watchgap.base.errors import Fault, FaultyInput
from watchgap.case.document import Document, read_document
from watchgap.case.files import decode, read_raw
from watchgap.case.quantity import Grade

LARGEST_MAPPING = 1_000_000
_KINDS = ("received", "shipped", "loaded", "discharged", "noted")
_KEYS = ("source", "grade", "prefix", "areas", "points", "kinds", "materials")
_NEEDED = ("source", "grade", "areas")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_PREFIX = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})?")


@dataclass(frozen=True, slots=True)
class Material:
    """What an element category is in a case: a material of the significant quantities, and a category."""

    material: str
    category: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """How reports stand in a case.

    source, grade: the key of a source and its grade, for every fact and number. prefix: what ids begin with.
    areas: a facility of the case by material balance area. points: a facility or a stratum by 'AREA/KMP',
    where a fact is about that and not the facility. kinds: the kind of fact by change code, where it is not
    that of the list of codes. materials: by element category, or by 'category/form' where forms differ.
    """

    source: str
    grade: str
    areas: Mapping[str, str]
    prefix: str = ""
    points: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, Material] = field(default_factory=dict)


def read_mapping(path: Path) -> Mapped:
    """Read a mapping, a small YAML file with the keys source, grade, areas and what else `Mapped` has.

    Raises FaultyInput with every fault of the file.
    """
    raw, faults = read_raw(path, largest=LARGEST_MAPPING)
    text, wrong = decode(raw, path.name) if not faults else ("", ())
    if faults or wrong:
        raise FaultyInput((*faults, *wrong))
    document, faults = read_document(text, path.name)
    if faults:
        raise FaultyInput(faults)
    found = _faults(document)
    if found:
        raise FaultyInput(tuple(sorted(found)))
    values: dict[str, Any] = document.values
    materials = {key: Material(**value) for key, value in values.get("materials", {}).items()}
    return Mapped(**{**values, "materials": materials})


def _faults(document: Document) -> list[Fault]:
    values: dict[str, Any] = document.values
    faults = [
        document.fault((key,), f"the key '{key[:40]}' is not known", f"use {', '.join(_KEYS)}")
        for key in values
        if key not in _KEYS
    ]
    faults += [
        document.fault((), f"the key '{key}' is missing", f"add {key}: ...")
        for key in _NEEDED
        if key not in values
    ]
    if not isinstance(values.get("source", ""), str) or values.get("source") == "":
        faults.append(document.fault(("source",), "the source is no key", "name a row of sources.csv"))
    if "grade" in values and values["grade"] not in get_args(Grade):
        faults.append(document.fault(("grade",), "the grade is not known", "use A, B, C or D"))
    prefix = values.get("prefix", "")
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        remedy = "begin with a letter or digit, and use letters, digits, '.', '_' and '-'"
        faults.append(document.fault(("prefix",), "the prefix cannot begin an id", remedy))
    for key in ("areas", "points", "kinds", "materials"):
        if key in values:
            faults += _table_faults(document, key, values[key])
    return faults


def _table_faults(document: Document, key: str, table: object) -> list[Fault]:
    if not isinstance(table, dict):
        return [document.fault((key,), f"'{key}' is not a mapping", "write `name: value` below it")]
    faults = []
    for name, value in table.items():
        place = (key, name)
        if key == "materials":
            if (
                not isinstance(value, dict)
                or set(value) != {"material", "category"}
                or not all(isinstance(one, str) and _NAME.fullmatch(one) for one in value.values())
            ):
                remedy = "write {material: plutonium, category: irradiated-direct-use}, or another pair"
                faults.append(document.fault(place, f"'{name[:40]}' has no material and category", remedy))
        elif key == "kinds" and value not in _KINDS:
            faults.append(document.fault(place, "the kind is not known", f"use one of {', '.join(_KINDS)}"))
        elif not isinstance(value, str) or not _NAME.fullmatch(value):
            faults.append(document.fault(place, f"'{name[:40]}' has no id", "name a facility or stratum"))
    return faults
