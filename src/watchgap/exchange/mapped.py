"""Brings logs of the state of devices, and lists of seals, into a ledger through a mapping of their columns.

No format of such files is public, so none is guessed: a mapping says which column is which, how times are
written, which measure of the case a device is, and which fact a state is.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchgap.case.files import CONTROL, read_raw
from watchgap.exchange.intake import Intake
from watchgap.exchange.mapping import IGNORE, LogMapping, read_mapping_of_log
from watchgap.exchange.record import LARGEST_FILE, Brought

MOST_LINES = 500_000
_LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says, with its number in the file and as it stands there."""

    device: str
    state: str
    when: datetime
    recorded: str
    comment: str
    line: int
    raw: str


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
    said = list(_lines(text, known, intake))
    for one in sorted(_collapsed(said), key=lambda one: one.line) if known.collapse else said:
        if known.states[one.state] != IGNORE:
            intake.take("fact", one.line, _cells(one, known))
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


def _rows(text: str, known: LogMapping, intake: Intake) -> Iterator[tuple[int, list[str], str]]:
    """Give the line on which each row begins, its cells, and the row as it stands in the file."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=known.delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            yield begin, cells, "".join(taken).rstrip("\r\n")
            taken.clear()
            begin = reader.line_num + 1
    except csv.Error as error:
        # The reader gives up far below a quote that is not closed: what helps is where its row begins.
        intake.stop(begin, f"this is not CSV ({error})", "mend the quotes of the row that begins here")


def _lines(text: str, known: LogMapping, intake: Intake) -> Iterator[_Said]:
    """Read the lines of the file; what is wrong with one is a fault."""
    rows = _rows(text, known, intake)
    _, header, _ = next(rows, (1, [], ""))
    header = [cell.strip() for cell in header]
    places = None if intake.over else _places(header, known, intake)
    if places is None:
        return
    for count, (line, cells, raw) in enumerate(rows, 1):
        if count > MOST_LINES:
            intake.stop(line, f"the file has more than {MOST_LINES} lines", "split it")
        if intake.over:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problem = f"the row has {len(cells)} cells under {len(header)} columns"
            intake.fault(line, problem, f"columns are parted by {known.delimiter!r}")
            continue
        found = {name: cells[at].strip() for name, at in places.items()}
        if (when := _moment(found, line, known, intake)) is not None:
            recorded = found.get("recorded", known.recorded or "")
            comment = found.get("comment", "")
            yield _Said(found["device"], found["state"], when, recorded, comment, line, raw)


def _places(header: list[str], known: LogMapping, intake: Intake) -> dict[str, int] | None:
    wanted = {name: heading for name, heading in known.columns.model_dump().items() if heading is not None}
    missing = [heading for heading in wanted.values() if header.count(heading) != 1]
    if missing:
        problem = f"the header has '{missing[0]}' {header.count(missing[0])} times"
        intake.stop(1, problem, f"it has {', '.join(header)[:200]}; name its columns in the mapping")
        return None
    return {name: header.index(heading) for name, heading in wanted.items()}


def _moment(cells: dict[str, str], line: int, known: LogMapping, intake: Intake) -> datetime | None:
    """Read the time of a line; None if that, its device or its state is not what the mapping says."""
    device, state = cells["device"], cells["state"]
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
    return when if device in known.devices and state in known.states else None


def _collapsed(said: list[_Said]) -> Iterator[_Said]:
    """Keep the last line, in order of time, of each run of one state of one device."""
    ordered = sorted(said, key=lambda one: (one.device, one.when, one.line))
    for one, following in zip(ordered, [*ordered[1:], None], strict=True):
        if following is None or (following.device, following.state) != (one.device, one.state):
            yield one


def _cells(one: _Said, known: LogMapping) -> dict[str, str]:
    when = one.when.replace(tzinfo=None)
    return {
        "id": known.id.replace("{line}", str(one.line)),
        "kind": known.states[one.state],
        "subject": known.devices[one.device],
        "from": when.date().isoformat() if known.days_only else when.isoformat(timespec="seconds"),
        "timing": "at",
        "recorded": one.recorded,
        "sources": known.source,
        "grade": known.grade,
        "read": "read",
        "quote": one.raw[:_LONGEST_QUOTE],
        "note": one.comment,
        "page": f"line {one.line}",
    }
