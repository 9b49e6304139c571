"""The errors of Watchgap.

WatchgapError
├── FaultyInput (ValueError)    a file that cannot be used; carries its faults
│   └── CaseError               a case folder that cannot be used
├── LedgerError (ValueError)    a ledger that cannot be opened, read or written
├── ProofError (ValueError)     a proof, checkpoint or signature that does not hold
├── OutOfRange (ValueError)     a number outside the range where its rule holds
└── UnknownName (LookupError)   an id that the case does not declare
"""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with an input: where, what, and what would be right."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.problem}; {self.remedy}"
        # A fault repeats what stands in the input, and stays one line that a terminal only shows.
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class WatchgapError(Exception):
    """Anything that Watchgap refuses to do."""


class FaultyInput(WatchgapError, ValueError):
    """A file that cannot be used, with every fault of it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))

    @classmethod
    def of(cls, file: str, problem: str, remedy: str, *, line: int = 1) -> Self:
        """Make the error of a file with one fault."""
        return cls((Fault(file, line, problem, remedy),))


class CaseError(FaultyInput):
    """A case folder that cannot be used."""


class LedgerError(WatchgapError, ValueError):
    """A ledger that cannot be opened, read or written."""


class ProofError(WatchgapError, ValueError):
    """A proof, checkpoint or signature that does not hold."""


class OutOfRange(WatchgapError, ValueError):
    """A number outside the range where its rule holds."""


class UnknownName(WatchgapError, LookupError):
    """An id that the case does not declare."""
