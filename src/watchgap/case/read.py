"""Reads a case file into its model, or lists all that is wrong with its form, each with its line."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from watchgap.base.errors import Fault
from watchgap.case.document import Document, Place, read_document
from watchgap.case.files import decode, read_raw
from watchgap.case.record import Case

CASE_FILE = "case.yaml"
LARGEST_CASE_FILE = 500_000
_MOST_FAULTS = 1_000
_NAME_RULE = "begin with a letter or digit, and go on with letters, digits, '.', '_' and '-'"


def read_case(folder: Path) -> tuple[Case | None, Document, tuple[Fault, ...]]:
    """Read the case file of a folder into its model, or list all that is wrong with its form.

    The document comes with both: with a case for the lines of its parts, without one for what can be said of
    its names all the same.
    """
    raw, faults = read_raw(folder / CASE_FILE, largest=LARGEST_CASE_FILE)
    if faults:
        return None, Document(CASE_FILE), faults
    text, faults = decode(raw, CASE_FILE)
    if faults:
        return None, Document(CASE_FILE), faults
    document, faults = read_document(text, CASE_FILE)
    document.digest = hashlib.sha256(raw).hexdigest()
    if not isinstance(document.values, dict):
        return None, document, faults
    try:
        case = Case.model_validate(document.values)
    except ValidationError as error:
        errors = error.errors(include_url=False)[:_MOST_FAULTS]
        found = {fault for details in errors if (fault := _as_fault(details, document)) is not None}
        return None, document, tuple(sorted(found.union(faults)))
    return (None if faults else case), document, faults


def _as_fault(details: ErrorDetails, document: Document) -> Fault | None:
    """Say one of pydantic's errors in our words; None if a place that could not be read explains it."""
    place, words = _locate(details["loc"], document.values)
    for refused in document.refused:
        if refused[: len(place)] == place or place[: len(refused)] == refused:
            return None
    kind, context = details["type"], details.get("ctx", {})
    # Pydantic also calls a list short when it is long enough and its items are wrong.
    if kind == "too_short" and len(details["input"]) >= context["min_length"]:
        return None
    if kind == "watchgap":
        return document.fault(place, f"{words}: {context['problem']}", context["remedy"])
    if kind == "missing":
        return document.fault(place, f"{words} is missing", f"add `{place[-1]}:`")
    if kind == "extra_forbidden":
        remedy = "remove it, or see `watchgap schema`"
        return document.fault(place, f"{words} is not a field of a case file", remedy)
    if kind == "union_tag_not_found":
        return document.fault(place, f"{words}.kind is missing", "add `kind:`")
    if kind == "union_tag_invalid":
        problem = f"{words}.kind is '{str(context['tag'])[:40]}'"
        return document.fault((*place, "kind"), problem, f"use one of {context['expected_tags']}")
    message = details["msg"][0].lower() + details["msg"][1:]
    remedy = _NAME_RULE if kind == "string_pattern_mismatch" else message
    return document.fault(place, f"{words} is {_short(details['input'])}", remedy)


def _locate(path: tuple[int | str, ...], values: Any) -> tuple[Place, str]:
    """Find the place in the document that pydantic means, and name it by the ids on the way to it.

    As in `measures[hall-cameras].interval`. Pydantic's path also holds the tags of unions, which are not in
    the document and which its author never wrote.
    """
    place: list[str | int] = []
    words = ""
    here = values
    for depth, part in enumerate(path):
        if isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            name = here.get("id") if isinstance(here, dict) else None
            words += f"[{name[:40] if isinstance(name, str) else part}]"
        elif (isinstance(here, dict) and part in here) or depth == len(path) - 1:
            if part == "[key]":
                continue
            here = here.get(part) if isinstance(here, dict) else None
            words += f".{str(part)[:40]}" if words else str(part)[:40]
        else:
            continue
        place.append(part)
    return tuple(place), words or "the file"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
