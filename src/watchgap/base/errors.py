"""The errors of Watchgap.

WatchgapError
├── CaseError (ValueError)      a case folder that cannot be used; carries its faults
├── OutOfRange (ValueError)     a number outside the range where its rule holds
└── UnknownName (LookupError)   an id that the case does not declare
"""

from dataclasses import dataclass


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


class CaseError(WatchgapError, ValueError):
    """A case folder that cannot be used."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class OutOfRange(WatchgapError, ValueError):
    """A number outside the range where its rule holds."""


class UnknownName(WatchgapError, LookupError):
    """An id that the case does not declare."""
