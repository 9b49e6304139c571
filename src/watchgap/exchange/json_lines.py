"""Reads facts and sources from JSON Lines: the leaves of a ledger, or plain objects, one row a line."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from watchgap.base.errors import LedgerError
from watchgap.case.files import decode
from watchgap.exchange.comma import unknown_header
from watchgap.exchange.intake import Intake
from watchgap.exchange.record import GIVEN_NUMBER, type_of
from watchgap.ledger import COLUMNS, GIVEN_COLUMNS, read_leaf

LONGEST_LEAF = 8_000_000
"""Most bytes of a leaf, more than the longest cells together can have."""

_LEAF = {"content", "entered", "number", "recorder", "type"}


class _NotARow(ValueError):
    """A line that is JSON, and no row."""


def take_json_lines(raw: bytes, intake: Intake) -> None:
    """Take the rows of a JSON Lines file; a line that is a leaf has to be one to the byte."""
    text, faults = decode(raw, intake.file)
    if faults:
        intake.faults.extend(faults)
        return
    for line, part in enumerate(text.split("\n"), start=1):
        if part.strip():
            _take_line(part.strip(), line, intake)
        if intake.over:
            return


def _take_line(part: str, line: int, intake: Intake) -> None:
    try:
        found = json.loads(part, object_pairs_hook=_object, parse_constant=_refuse)
        if not isinstance(found, dict):
            raise _NotARow("it is no object")
        if found.keys() >= _LEAF:
            posting = read_leaf(part.encode("utf-8", "surrogatepass"))
            intake.take(posting.content.type, line, posting.content.cells, replaces=True)
            return
        cells = _cells(found)
    except _NotARow as error:
        intake.fault(line, f"this is no row ({error})", 'write it as {"id": "F1", "kind": "noted", ...}')
        return
    except LedgerError as error:
        intake.fault(line, str(error), "take the line from an export as it is, or write its content alone")
        return
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)[:80]
        intake.fault(line, f"this is not JSON ({reason})", "write one object on each line")
        return
    kind = type_of(list(cells))
    if kind is None:
        intake.fault(line, *unknown_header(list(cells)))
    elif unknown := [name for name in cells if name not in COLUMNS[kind]]:
        intake.fault(line, f"the row has the unknown cell '{unknown[0][:40]}'", f"a {kind} has none such")
    else:
        intake.take(kind, line, cells, replaces=GIVEN_NUMBER in found)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice = next(key for key in counted if counted[key] > 1)
        raise _NotARow(f"the key '{twice[:40]}' stands twice in it")
    return found


def _refuse(constant: str) -> NoReturn:
    raise _NotARow(f"{constant} is no JSON")


def _cells(found: dict[str, Any]) -> dict[str, str]:
    """Take the cells of a plain object, without those that a ledger gives itself; null is an empty cell."""
    cells: dict[str, str] = {}
    for key, value in found.items():
        if key in GIVEN_COLUMNS or value is None:
            continue
        if not isinstance(value, str):
            raise _NotARow(f"the cell '{key[:40]}' is no text")
        cells[key] = value
    return cells


def read_leaves(path: str | Path) -> Iterator[bytes]:
    """Give the leaves of a JSON Lines export, to restore its ledger exactly.

    Streams: one line is in memory at a time. Every line has to be the canonical JSON of an entry, its
    number one more than that of the line before, and its end a line feed alone.

    Raises LedgerError that names the line, also where the file cannot be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            line = 0
            while part := file.readline(LONGEST_LEAF + 1):
                line += 1
                yield _leaf(part, line, path.name)
    except OSError as error:
        raise LedgerError(f"cannot read '{path}' ({error.strerror or error})") from error


def _leaf(part: bytes, line: int, name: str) -> bytes:
    if not part.endswith(b"\n"):
        reason = (
            f"it has more than {LONGEST_LEAF} bytes" if len(part) > LONGEST_LEAF else "the file is cut off"
        )
        raise LedgerError(f"{name}:{line}: the line has no end ({reason})")
    leaf = part[:-1]
    try:
        posting = read_leaf(leaf)
    except LedgerError as error:
        raise LedgerError(f"{name}:{line}: {error}") from None
    if posting.number != line:
        raise LedgerError(f"{name}:{line}: entry {posting.number} stands here, not entry {line}")
    return leaf
