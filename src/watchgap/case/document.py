"""Turns the text of a case file into plain values, and keeps the line of each for the faults."""

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from watchgap.base.errors import Fault
from watchgap.case.files import CONTROL

_DEEPEST = 40
_TOO_DEEP = (f"the file is nested deeper than {_DEEPEST} levels", "flatten it")
_LONGEST_NUMBER = 100
_TAG = "tag:yaml.org,2002:"
_TEXT = ("!!str", "!!timestamp", "!!merge", "!!value")
_TRUTH = {"true": True, "false": False}
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
# The parser takes seconds over what no author writes.
_STEEP = re.compile(rf"(?:[\[{{][ \t]*){{{_DEEPEST + 1}}}")
_DECIMAL = re.compile(r"[-+]?[0-9_]+")

Place = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A file as plain values, the line of each place in it, and the places that could not be read.

    digest: SHA-256 of the file's bytes; empty if they could not be read.
    """

    file: str
    digest: str = ""
    values: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    refused: set[Place] = field(default_factory=set)

    def line_of(self, place: Place) -> int:
        """Line of a place, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, place: Place, problem: str, remedy: str) -> Fault:
        """Make a fault at a place."""
        return Fault(self.file, self.line_of(place), problem, remedy)


def read_document(text: str, file: str) -> tuple[Document, tuple[Fault, ...]]:
    """Read a YAML text that has to be one mapping, with all that a case does not need turned away.

    The values are dictionaries, lists, strings, finite and other floats, integers, booleans and None; dates
    stay strings. With a fault of the syntax there are no values.
    """
    if steep := _STEEP.search(text):
        line = text.count("\n", 0, steep.start()) + 1
        return Document(file), (Fault(file, line, *_TOO_DEEP),)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, RecursionError, ValueError, LookupError, AttributeError) as error:
        return Document(file), (_syntax_fault(error, text, file),)
    reader = _Reader(Document(file))
    document, faults = reader.document, reader.faults
    document.values = reader.plain(root, ())
    if not faults and not isinstance(document.values, dict):
        faults.append(document.fault((), "the file is not a mapping", "start from `watchgap new`"))
    return document, tuple(faults)


def _syntax_fault(error: Exception, text: str, file: str) -> Fault:
    if isinstance(error, RecursionError):
        return Fault(file, 1, *_TOO_DEEP)
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Fault(file, line, f"the character {error.character:#06x} is not allowed in YAML", "remove it")
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        reason = (error.problem or error.context or "no reason given").splitlines()[0]
        line = mark.line + 1 if mark else 1
        return Fault(file, line, f"this is not YAML ({reason})", "mend the line or the one before it")
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return Fault(file, 1, f"this is not YAML ({reason})", "mend the file")


class _Reader:
    """Turns YAML nodes into plain values, noting lines and refusing what a case does not need."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []
        self.visited: set[int] = set()

    def plain(self, node: Node | None, place: Place) -> Any:
        if node is None:
            return None
        self.document.lines.setdefault(place, node.start_mark.line + 1)
        # An alias gives the same node again: refusing it also stops documents that expand without end.
        if id(node) in self.visited:
            return self.refuse(place, "a YAML alias stands here", "write the value out")
        self.visited.add(id(node))
        if len(place) > _DEEPEST:
            return self.refuse(place, *_TOO_DEEP)
        tag = str(node.tag).replace(_TAG, "!!")
        if isinstance(node, MappingNode) and tag == "!!map":
            return self.mapping(node, place)
        if isinstance(node, SequenceNode) and tag == "!!seq":
            return [self.plain(item, (*place, position)) for position, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self.scalar(tag, node.value, place)
        return self.refuse(place, f"the tag {tag} is not used in case files", "remove it")

    def mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str) or CONTROL.search(key):
                self.add(line, "a key is not a word", "write it as `name: value`")
                continue
            if key in values:
                self.add(line, f"the key '{key[:40]}' stands twice in one mapping", "keep one of them")
                continue
            self.document.lines[(*place, key)] = line
            values[key] = self.plain(value_node, (*place, key))
        return values

    def scalar(self, tag: str, text: str, place: Place) -> Any:
        """Read a scalar; a date stays text, because only the model knows where dates stand."""
        if CONTROL.search(text):
            return self.refuse(place, "a control character stands here", "remove it")
        if tag in _TEXT:
            return text
        try:
            if tag == "!!null":
                return None
            if tag == "!!bool":
                return _TRUTH[text.lower()]
            if tag in ("!!int", "!!float"):
                return _number(text)
        except (ValueError, LookupError):
            return self.refuse(place, f"'{text[:40]}' cannot be read as {tag}", "mend or quote it")
        return self.refuse(place, f"the tag {tag} is not used in case files", "remove it")

    def refuse(self, place: Place, problem: str, remedy: str) -> None:
        self.faults.append(self.document.fault(place, problem, remedy))
        self.document.refused.add(place)

    def add(self, line: int, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.document.file, line, problem, remedy))


def _number(text: str) -> int | float:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("the number is too long")
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    if _DECIMAL.fullmatch(text):
        return int(text.replace("_", ""))
    try:
        return int(text, 0)
    except ValueError:
        return float(text.replace("_", ""))
