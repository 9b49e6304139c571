#!/usr/bin/env python
"""Renews the generated parts of the pages: what stands between `<!-- generated: NAME -->` and its end.

    python docs/generate.py

The tables come from the model of the case file, the kinds of facts, the units, the public names and the
commands. What a field or a fact means stands in `case-file-words.csv`, where each must have its words.
"""

import csv
import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import typer.main

import watchgap
from watchgap.app.cli import commands
from watchgap.base.units import UNITS, Dimension, units_of
from watchgap.case.quantity import Grade, Name, Quantity, Sentence, Sources, Strict, Unit, Within
from watchgap.case.record import Case, Day, Level
from watchgap.ledger.record import KINDS

DOCS = Path(__file__).resolve().parent
PAGES = ("case-file.md", "reference.md")
WORDS = "case-file-words.csv"

_MARKED = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end of generated: \2 -->)", re.DOTALL)
_COUNTED = {
    Dimension.TIME: "time",
    Dimension.MASS: "mass of the counted element or isotope",
    Dimension.ITEMS: "items",
    Dimension.SHARE: "a plain number: a share or a probability",
    Dimension.PER_TIME: "a hazard",
    Dimension.ITEMS_PER_TIME: "a handling rate",
    Dimension.EFFORT: "effort",
    Dimension.EFFORT_PER_ITEM: "effort for each item",
}
_FORMS: tuple[tuple[Any, str], ...] = (
    (str, "text"),
    (Name, "id"),
    (Sentence, "text"),
    (Sources, "source key, or a list of them"),
    (Day, "day"),
    (Grade, "`A`, `B`, `C` or `D`"),
    (Level, "one of the levels of access"),
    (Unit, "unit"),
    (bool, "`true` or `false`"),
)


class Unworded(LookupError):
    """A part of the case file without words, or words for what is no part of it."""


Row = tuple[str, ...]


def table(header: Row, rows: Iterable[Row]) -> str:
    """Write a Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def slug(heading: str) -> str:
    """Name the anchor that a heading has on the page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def named(names: Iterable[str]) -> str:
    """List names as code."""
    return ", ".join(f"`{name}`" for name in names)


# ---------------------------------------------------------------- the case file


def read_words() -> dict[tuple[str, str], str]:
    """Read what each field and each kind of fact means, by part and name."""
    with (DOCS / WORDS).open(encoding="utf-8", newline="") as file:
        return {(row["part"], row["name"]): row["words"] for row in csv.DictReader(file)}


def units_table() -> str:
    """The units that a number may be written in, by what it counts."""

    def factor(unit: str, dimension: Dimension) -> str:
        return f"`{unit}`" if unit == dimension else f"`{unit}` ({UNITS[unit][1]:.6g})"

    def written(dimension: Dimension) -> str:
        return ", ".join(factor(unit, dimension) for unit in units_of(dimension))

    rows = ((_COUNTED[dimension], f"`{dimension}`", written(dimension)) for dimension in Dimension)
    return table(("counts", "base unit", "may be written in"), rows)


def kinds_table(words: dict[tuple[str, str], str]) -> str:
    """The kinds of facts, with their subjects and details."""

    def rows() -> Iterator[Row]:
        for kind in KINDS.values():
            details = [f"**{key}**" if key in kind.needs else key for key in kind.keys]
            computed = "yes" if kind.moves else "no"
            yield f"`{kind.name}`", kind.about, ", ".join(details) or "-", computed, words["fact", kind.name]

    return table(("kind", "subject", "details", "computed with", "meaning"), rows())


def number_table(words: dict[tuple[str, str], str]) -> str:
    """The fields of a number."""
    return _fields_table(Quantity, words, sections())


def fields_tables(words: dict[tuple[str, str], str]) -> str:
    """The fields of every section of a case file, from the whole to its parts."""
    places = sections()
    parts = [
        f"### {_title(place)}\n\n{_first_paragraph(model)}\n\n{_fields_table(model, words, places)}"
        for model, place in places.items()
    ]
    return "\n".join(parts)


def check_words(words: dict[tuple[str, str], str]) -> None:
    """Raise Unworded unless each field and kind has its words, and nothing else has."""
    wanted = {("fact", kind) for kind in KINDS}
    models: list[type[Strict]] = [Quantity, *sections()]
    for model in models:
        wanted |= {(_home(model, name), name) for name in model.model_fields}
    silent, idle = sorted(wanted - words.keys()), sorted(words.keys() - wanted)
    if silent or idle:
        raise Unworded(f"{WORDS} has no words for {silent} and has idle words for {idle}")


def sections() -> dict[type[Strict], str]:
    """Every model of the case file, but numbers, with the place where it first stands: `routes[].steps[]`."""
    places: dict[type[Strict], str] = {}
    pending: list[tuple[str, type[Strict]]] = [("", Case)]
    while pending:
        place, model = pending.pop(0)
        if model in places or model is Quantity:
            continue
        places[model] = place
        hints = _hints(model).items()
        inner = [(_place(place, name, hint, part), part) for name, hint in hints for part in _models_in(hint)]
        pending = inner + pending
    return places


def _title(place: str) -> str:
    return f"`{place}`" if place else "The whole file"


def _place(outside: str, name: str, hint: Any, part: type[Strict]) -> str:
    place = f"{outside.split(' (', maxsplit=1)[0]}.{name}" if outside else name
    place += "[]" if _is_list(hint) else ""
    kinds = get_args(_hints(part).get("kind"))
    return f"{place} ({' or '.join(kinds)})" if len(list(_models_in(hint))) > 1 else place


def _home(model: type[Strict], name: str) -> str:
    """Name the class that states a field, so that what several share is explained once."""
    owner = next(one for one in model.__mro__ if name in inspect.get_annotations(one))
    return owner.__name__.lstrip("_")


def _hints(model: type[Strict]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _models_in(hint: Any) -> Iterator[type[Strict]]:
    if isinstance(hint, type) and issubclass(hint, Strict):
        yield hint
    for part in get_args(hint) if get_origin(hint) is not Literal else ():
        yield from _models_in(part)


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(_is_list(part) for part in _alternatives(hint))


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """What a hint may be, with notes and None taken away; nothing if it is not made of alternatives."""
    if get_origin(hint) is Annotated:
        return get_args(hint)[:1]
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(part for part in get_args(hint) if part is not type(None))
    return ()


def _fields_table(
    model: type[Strict], words: dict[tuple[str, str], str], places: dict[type[Strict], str]
) -> str:
    def rows() -> Iterator[Row]:
        for name, hint in _hints(model).items():
            need = "yes" if model.model_fields[name].is_required() else "no"
            yield f"`{name}`", _form(hint, places), need, words[_home(model, name), name]

    return table(("field", "holds", "needed", "meaning"), rows())


def _form(hint: Any, places: dict[type[Strict], str]) -> str:
    """Say in words what a field holds."""
    models = [places[part] for part in _models_in(hint) if part is not Quantity]
    if not models:
        return _plain_form(hint)
    links = " or ".join(f"[`{place}`](#{slug(place)})" for place in models)
    return f"list of {links}" if _is_list(hint) else links


def _plain_form(hint: Any) -> str:
    for known, words in _FORMS:
        if hint == known:
            return words
    if get_origin(hint) is Annotated:
        limits = [note for note in get_args(hint)[1:] if isinstance(note, Within)]
        return _number_form(limits[0]) if limits else _plain_form(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(hint))
    if get_origin(hint) is tuple:
        return f"list: {_plain_form(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        return f"mapping: {_plain_form(get_args(hint)[0])} to {_plain_form(get_args(hint)[1])}"
    alternatives = _alternatives(hint)
    if alternatives:
        return " or ".join(_plain_form(part) for part in alternatives)
    return "plain number" if hint in (int, float) else str(hint)


def _number_form(limits: Within) -> str:
    words = re.sub(r"^it must (be|lie) ", "", limits.words)
    if limits.high == inf:
        # Only a range without an end names its unit; elsewhere the last sign may be the bound 1.
        words = words.removesuffix(f" {limits.dimension}")
    return f"number [{limits.dimension}], {words}"


def _first_paragraph(part: object) -> str:
    return " ".join((inspect.getdoc(part) or "").split("\n\n")[0].split())


# ---------------------------------------------------------------- the public names


def names_pages() -> str:
    """Every public name, from its signature and docstring: functions, records, errors."""
    public = {name: getattr(watchgap, name) for name in watchgap.__all__}
    errors = {name for name, part in public.items() if isinstance(part, type) and issubclass(part, Exception)}
    records = {name for name, part in public.items() if isinstance(part, type)} - errors
    groups = (("Functions", public.keys() - records - errors), ("Records", records), ("Errors", errors))
    parts = []
    for title, names in groups:
        parts.append(f"## {title}\n")
        parts += [_name_page(name, public[name]) for name in sorted(names)]
    inner = [part for record in sorted(records) for part in _records_within(public[record])]
    parts.append("## Parts of these records\n")
    inner = [one for one in dict.fromkeys(inner) if one not in public.values()]
    parts += [_record_page(f"### `{one.__name__}`", one) for one in inner]
    return "\n".join(parts)


def _name_page(name: str, part: Any) -> str:
    if not isinstance(part, type):
        return f"### `watchgap.{name}(...)`\n\n{_signature(name, part)}\n{_docstring(part)}\n"
    return _record_page(f"### `watchgap.{name}`", part)


def _record_page(heading: str, part: type) -> str:
    page = f"{heading}\n\n{_docstring(part)}\n"
    if is_dataclass(part):
        hints = get_type_hints(part)
        rows = ((f"`{one.name}`", f"`{_type(hints[one.name])}`") for one in fields(part))
        page += "\n" + table(("field", "type"), rows)
    for name, member in vars(part).items():
        if name.startswith("_") or not isinstance(member, types.FunctionType | property):
            continue
        if isinstance(member, property):
            page += f"\n`.{name}`: {_docstring(member)}\n"
        else:
            page += f"\n{_signature(f'.{name}', member)}\n{_docstring(member)}\n"
    return page


def _records_within(record: type) -> Iterator[type]:
    """The records of this package that a record holds, and those that they hold."""
    if not is_dataclass(record):
        return
    for hint in get_type_hints(record).values():
        for part in _leaves(hint):
            if is_dataclass(part) and part.__module__.startswith("watchgap."):
                yield part
                yield from _records_within(part)


def _leaves(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for part in get_args(hint):
        yield from _leaves(part)


def _signature(name: str, function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    texts: list[str] = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and "*" not in texts:
            texts.append("*")
        if one.name != "self":
            default = "" if one.default is one.empty else f" = {one.default!r}"
            texts.append(f"{one.name}: {_type(one.annotation)}{default}")
    answer = _type(signature.return_annotation)
    line = f"{name}({', '.join(texts)}) -> {answer}"
    if len(line) > 100:
        line = f"{name}(\n" + "".join(f"    {text},\n" for text in texts) + f") -> {answer}"
    return f"```python\n{line}\n```\n"


def _type(hint: Any) -> str:
    if isinstance(hint, TypeVar):
        return hint.__name__
    text = hint if isinstance(hint, str) else inspect.formatannotation(hint)
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)
    return re.sub(r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+?)\d*\]\]", r"array of \1", text)


def _docstring(part: object) -> str:
    """A docstring as Markdown: sections in bold, and what could be taken for a tag escaped."""
    text = re.sub(r"^(\w+)\n-{3,}$", r"**\1**\n", inspect.getdoc(part) or "", flags=re.MULTILINE)
    lines = (line if line.startswith("    ") else line.replace("<", "&lt;") for line in text.splitlines())
    return "\n".join(lines)


# ---------------------------------------------------------------- the commands


def commands_pages() -> str:
    """Every command, from its help: usage, what it does, arguments and options."""
    group: Any = typer.main.get_command(commands.app)
    return "\n".join(_command_page(name, command) for name, command in group.commands.items())


def _command_page(name: str, command: Any) -> str:
    listed = [one for one in command.params if one.name != "help"]
    options = ["[OPTIONS]"] if any(one.param_type_name == "option" for one in listed) else []
    arguments = [_spelling(one) for one in listed if one.param_type_name == "argument"]
    usage = " ".join(["watchgap", name, *options, *arguments])
    page = f"### `watchgap {name}`\n\n```console\n$ {usage}\n```\n\n{command.help}\n"
    rows = [(f"`{_spelling(one)}`", "yes" if one.required else "no", one.help or "") for one in listed]
    return page + ("\n" + table(("argument or option", "needed", "help"), rows) if rows else "")


def _spelling(parameter: Any) -> str:
    # The help itself is not copied: how it is drawn changes with the version of the terminal library.
    value = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return str(value)
    written = " / ".join(parameter.opts)
    return written if parameter.is_flag else f"{written} {value}"


# ---------------------------------------------------------------- the pages


def generated() -> dict[str, str]:
    """Every generated part by its name. Raises Unworded if the words and the code are out of step."""
    words = read_words()
    check_words(words)
    return {
        "units": units_table(),
        "number": number_table(words),
        "fields": fields_tables(words),
        "kinds": kinds_table(words),
        "names": names_pages(),
        "commands": commands_pages(),
    }


def renewed(page: str, parts: dict[str, str]) -> str:
    """The text of a page with its generated parts renewed."""
    return _MARKED.sub(lambda match: f"{match[1]}\n{parts[match[2]]}\n{match[3]}", page)


def main() -> None:
    """Renew the pages in place."""
    parts = generated()
    for name in PAGES:
        path = DOCS / name
        path.write_text(renewed(path.read_text(encoding="utf-8"), parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
