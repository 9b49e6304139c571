"""Brings logs of the state of devices, and lists of seals, into a ledger through a mapping of their columns.

No format of such files is public, so none is guessed: a mapping says which column is which, how times are
written, which measure of the case a device is, and which fact a state is.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from watchgap.case.files import CONTROL, read_raw
from watchgap.exchange.intake import Intake
from watchgap.exchange.mapping import IGNORE, LogMapping, read_mapping_of_log
from watchgap.exchange.record import LARGEST_FILE, Brought

MOST_LINES = 500_000
_LONGEST_QUOTE = 400

# What a line says: device, state, time, day of recording, its number, the comment, and the line itself.
Said = tuple[str, str, datetime, str, int, str, str]


def read_mapped(path: str | Path, mapping: str | Path) -> Brought:
    """Read a log of devices or a list of seals through a mapping.

    Each line of a state that is not ignored is a fact, about the measure, at the time, of the kind that the
    mapping says; with `collapse` a run of lines of one device in one state is one fact, at the last of them.
    The fact quotes its line and has its number for a page, so that it can be found again. Devices and states
    that the mapping does not know are faults, each by its line.

    Raises FaultyInput with every fault of the mapping.
    """
    path, known = Path(path), read_mapping_of_log(Path(mapping))
    raw, faults = read_raw(path, largest=LARGEST_FILE)
    if faults:
        return Brought(path.name, faults=faults)
    intake = Intake(path.name, hashlib.sha256(raw).hexdigest())
    text = _decoded(raw, known, intake)
    if text is None:
        return intake.brought()
    lines = sorted(_lines(text, known, intake), key=lambda one: (one[0], one[2], one[4]))
    kept = sorted(_collapsed(lines) if known.collapse else lines, key=lambda one: one[4])
    for said in kept:
        if known.states[said[1]] != IGNORE:
            intake.take("fact", said[4], _cells(said, known))
    return intake.brought()


def _decoded(raw: bytes, known: LogMapping, intake: Intake) -> str | None:
    name = "utf-8-sig" if known.encoding == "utf-8" else known.encoding
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        intake.stop(line, f"a byte here is not {known.encoding}", "name the encoding in the mapping")
        return None
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problem = f"the control character {ord(found[0]):#04x} stands here"
        intake.stop(line, problem, "remove it, or name the encoding in the mapping")
        return None
    return text


def _lines(text: str, known: LogMapping, intake: Intake) -> Iterator[Said]:
    """Read the lines of the file; what is wrong with one is a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=known.delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        places = _places(header, known, intake)
        if places is None:
            return
        for number, cells in enumerate(islice(reader, MOST_LINES), 2):
            line = reader.line_num if reader.line_num > number else number
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = f"the row has {len(cells)} cells under {len(header)} columns"
                intake.fault(line, problem, f"columns are parted by {known.delimiter!r}")
                continue
            said = _said({name: cells[at].strip() for name, at in places.items()}, line, known, intake)
            if said is not None:
                yield (*said, known.delimiter.join(cells)[:_LONGEST_QUOTE])
        if next(reader, None) is not None:
            intake.stop(MOST_LINES, f"the file has more than {MOST_LINES} lines", "split it")
    except csv.Error as error:
        intake.stop(reader.line_num, f"this is not CSV ({error})", "mend the quotes")


def _places(header: list[str], known: LogMapping, intake: Intake) -> dict[str, int] | None:
    wanted = {name: heading for name, heading in known.columns.model_dump().items() if heading is not None}
    missing = [heading for heading in wanted.values() if header.count(heading) != 1]
    if missing:
        problem = f"the header has '{missing[0]}' {header.count(missing[0])} times"
        intake.stop(1, problem, f"it has {', '.join(header)[:200]}; name its columns in the mapping")
        return None
    return {name: header.index(heading) for name, heading in wanted.items()}


def _said(
    cells: dict[str, str], line: int, known: LogMapping, intake: Intake
) -> tuple[str, str, datetime, str, int, str] | None:
    device, state = cells["device"], cells["state"]
    before = len(intake.faults)
    if device not in known.devices:
        intake.fault(line, f"the device '{device[:40]}' is not in the mapping", "add it under `devices`")
    if state not in known.states:
        remedy = f"add it under `states`, if only as '{IGNORE}'"
        intake.fault(line, f"the state '{state[:40]}' is not in the mapping", remedy)
    try:
        when = known.moment(cells["time"])
    except (ValueError, OverflowError):
        intake.fault(line, f"the time '{cells['time'][:40]}' is not written as {known.time}", "correct it")
        return None
    if len(intake.faults) > before:
        return None
    return device, state, when, cells.get("recorded", known.recorded or ""), line, cells.get("comment", "")


def _collapsed(lines: list[Said]) -> Iterator[Said]:
    """Keep the last line of each run of one state of one device; lines are in order of device and time."""
    for said, following in zip(lines, [*lines[1:], None], strict=True):
        if following is None or following[:2] != said[:2]:
            yield said


def _cells(said: Said, known: LogMapping) -> dict[str, str]:
    device, state, when, recorded, line, comment, raw = said
    return {
        "id": known.id.replace("{line}", str(line)),
        "kind": known.states[state],
        "subject": known.devices[device],
        "from": f"{when:%Y-%m-%dT%H:%M:%S}",
        "timing": "at",
        "recorded": recorded,
        "sources": known.source,
        "grade": known.grade,
        "read": "read",
        "quote": raw,
        "note": comment,
        "page": f"line {line}",
    }
