"""What a store tells about a ledger, as frozen records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a ledger after a commit.

    size: number of entries; root: of the tree over them, 32 bytes; entered: when the last of them was
    entered, empty while there is none.
    """

    size: int
    root: bytes
    entered: str


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of contents that were to be appended.

    first, last: numbers of the new entries; last is first - 1 if there are none. added, skipped: how many are
    new, and how many the ledger already had.
    """

    first: int
    last: int
    added: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that is kept in a ledger.

    digest: SHA-256 of its bytes in hexadecimal; media: its type, such as 'application/pdf'; size: [bytes].
    """

    digest: str
    media: str
    size: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a ledger.

    first, last: numbers of the entries among which it lies; 0 and 0 if it concerns no entry.
    """

    first: int
    last: int
    problem: str

    def __str__(self) -> str:
        if not self.first:
            return self.problem
        where = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"{where}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    size, root: of the tree over the entries as far as they were read. findings: what is wrong, those about
    entries first and in their order. unattached: digests that sources cite and that are not attached; whether
    a document was removed or never attached, a ledger cannot tell.
    """

    size: int
    root: bytes
    findings: tuple[Finding, ...]
    unattached: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
