"""Takes rows one by one, whatever file they come from, and adds a fault for each that is not well formed."""

from collections.abc import Callable, Mapping

from watchgap.base.errors import Fault
from watchgap.case.files import CONTROL
from watchgap.exchange.record import LONGEST_CELL, MOST_TEXT, Brought
from watchgap.ledger import COLUMNS, MOST_FAULTS, MOST_ROWS, NAMED_BY, EntryType, Row

Naming = Callable[[str], str]


def plain_naming(column: str) -> str:
    """Name a cell by its column."""
    return f"the cell '{column}'"


class Intake:
    """Rows of one file, its faults, and what has been seen of it."""

    def __init__(self, file: str, digest: str) -> None:
        self.file = file
        self.digest = digest
        self.rows: dict[EntryType, list[Row]] = {"fact": [], "source": []}
        self.faults: list[Fault] = []
        self.seen: dict[tuple[EntryType, str], int] = {}
        self.text = 0
        self.number = 0
        self.over = False

    def fault(self, line: int, problem: str, remedy: str) -> None:
        """Add a fault; with too many of them nothing more is taken."""
        if self.over:
            return
        self.faults.append(Fault(self.file, line, problem, remedy))
        if len(self.faults) >= MOST_FAULTS:
            self.stop(line, f"{MOST_FAULTS} faults were found up to here", "mend these first")

    def stop(self, line: int, problem: str, remedy: str) -> None:
        """Add a last fault."""
        if not self.over:
            self.faults.append(Fault(self.file, line, problem, remedy))
        self.over = True

    def take(
        self,
        kind: EntryType,
        line: int,
        cells: Mapping[str, str],
        *,
        replaces: bool = False,
        naming: Naming = plain_naming,
    ) -> None:
        """Take a row, with spaces around its cells dropped, or say what is wrong with it.

        replaces: whether a source may stand again, as it does in the export of a ledger. naming: names the
        cell of a column in a fault.
        """
        if self.over or not any(map(str.strip, cells.values())):
            return
        self.number += 1
        if self.number > MOST_ROWS:
            problem = f"the file has more than {MOST_ROWS} rows"
            self.stop(line, problem, "split it, or restore a ledger from its JSON Lines export")
            return
        row = {column: cells.get(column, "").strip() for column in COLUMNS[kind]}
        size = sum(map(len, row.values()))
        self.text += size
        if self.text > MOST_TEXT:
            problem = f"the cells up to here hold more than {MOST_TEXT} characters"
            self.stop(line, problem, "split the file")
            return
        sound = self._sound(row, line, size, naming)
        if self._first(kind, row[NAMED_BY[kind]], line, replaces=replaces) and sound:
            self.rows[kind].append((line, row))

    def _sound(self, row: Mapping[str, str], line: int, size: int, naming: Naming) -> bool:
        # One look at the whole row is enough for nearly all rows.
        if size <= LONGEST_CELL and CONTROL.search("\n".join(row.values())) is None:
            return True
        before = len(self.faults)
        for column, text in row.items():
            if len(text) > LONGEST_CELL:
                problem = f"{naming(column)} has {len(text)} characters"
                self.fault(line, problem, f"a cell holds {LONGEST_CELL}; attach long texts as documents")
            elif found := CONTROL.search(text):
                problem = f"{naming(column)} holds the control character {ord(found[0]):#04x}"
                self.fault(line, problem, "remove it")
        return len(self.faults) == before

    def _first(self, kind: EntryType, name: str, line: int, *, replaces: bool) -> bool:
        """Whether an entry of this name may stand here; a row without name is left to the check of facts."""
        first = self.seen.setdefault((kind, name), line) if name else line
        if first == line or (replaces and kind == "source"):
            return True
        shown = name if len(name) <= 40 else f"{name[:40]}..."
        problem = f"the {NAMED_BY[kind]} '{shown}' stands also on line {first}"
        self.fault(line, problem, f"give each {kind} its own {NAMED_BY[kind]}, or keep one of them")
        return False

    def brought(self) -> Brought:
        """What was taken, with the faults in the order of their lines."""
        ordered = tuple(sorted(self.faults, key=lambda fault: fault.line))
        facts, sources = (tuple(self.rows[kind]) for kind in ("fact", "source"))
        return Brought(self.file, self.digest, facts, sources, ordered)
