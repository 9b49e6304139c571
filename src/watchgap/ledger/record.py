"""One dated, sourced fact, and the kinds of facts that a ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

Timing = Literal["at", "during", "between"]


MOST_CUSTODIES = 10
"""Most custody periods beside one route: their draws are enumerated, and each one doubles the number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact.

    about: what its subject has to be ('device', 'seal', 'facility', 'place', 'stratum', 'evidence',
    'anomaly', 'actor', 'package', 'custody' or 'anything'). keys: the details that it takes; needs: those it
    cannot do without.
    moves: whether the engine uses it, so that it has to lie in the period of the case.
    """

    name: str
    about: str
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    moves: bool = True


_MATERIAL_KEYS = ("items", "batch", "element", "quantity", "unit")
_DEVICE_KEYS = ("found", "last-record", "record", "visit")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("installed", "device"),
        Kind("serviced", "device", _DEVICE_KEYS),
        Kind("collected", "device", _DEVICE_KEYS),
        Kind("found-working", "device", ("visit",)),
        Kind("found-dead", "device", ("last-record", "visit")),
        Kind("disabled", "device"),
        Kind("removed", "device", ("record", "visit")),
        Kind("transmitted-until", "device"),
        Kind("tampered", "device", ("visit",)),
        Kind("attached", "seal"),
        Kind("verified", "seal", ("visit",)),
        Kind("detached", "seal", ("record",)),
        Kind("broken", "seal", ("visit",)),
        Kind("visit", "facility", ("level",), moves=False),
        Kind("denied", "facility", ("asked",), moves=False),
        Kind("checked", "stratum", ("activity", "sample", "result", "visit"), ("activity", "sample")),
        Kind("loaded", "place", _MATERIAL_KEYS, moves=False),
        Kind("shutdown", "facility"),
        Kind("started", "facility"),
        Kind("discharged", "place", _MATERIAL_KEYS, moves=False),
        Kind("received", "place", _MATERIAL_KEYS, moves=False),
        Kind("shipped", "place", _MATERIAL_KEYS, moves=False),
        Kind("lost", "evidence"),
        Kind("preserved", "evidence", moves=False),
        Kind("raised", "anomaly", ("strata", "claims", "what"), ("what",)),
        Kind("resolved", "anomaly"),
        Kind("custody", "custody", ("measures",), ("measures",)),
        Kind("offered", "package", moves=False),
        Kind("withdrawn", "package", moves=False),
        Kind("stated", "actor", ("claim", "rung"), moves=False),
        Kind("met-condition", "actor", ("condition",), moves=False),
        Kind("withdrew-condition", "actor", ("condition",), moves=False),
        Kind("moved", "actor", moves=False),
        Kind("noted", "anything", ("quantity", "unit"), moves=False),
    )
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as it was recorded.

    first, last: the interval [d] from the start of the case's period; timing says what it means: 'at' a
    point, 'during' the whole interval, or at an unknown time 'between' its ends. page: of its first source,
    where the quotation stands. line: where it stands in its file; in a ledger, its number. recorder: who
    entered it, where a ledger knows. recorded_said: whether it says itself when it became known.
    """

    id: str
    kind: str
    subjects: tuple[str, ...]
    first: float
    last: float
    timing: Timing
    recorded: date
    sources: tuple[str, ...]
    grade: str
    read: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    quote: str = ""
    note: str = ""
    supersedes: str = ""
    page: str = ""
    file: str = "events.csv"
    line: int = 0
    recorder: str = ""
    recorded_said: bool = True

    @property
    def when(self) -> float:
        """The time [d] at which the fact takes effect.

        A fact that held 'during' an interval takes effect at its end; one that happened 'between' two dates
        is placed at the middle, the median of its uniform distribution.
        """
        if self.timing == "between":
            return (self.first + self.last) / 2
        return self.last

    def listed(self, key: str) -> tuple[str, ...]:
        """A detail that is a list of ids."""
        return tuple(part for part in self.detail.get(key, "").split("|") if part)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts and numbers cite by its key.

    digest: SHA-256 of the attached file in hexadecimal, empty if none is attached; media: its type, such as
    'application/pdf'; size: its number of bytes in decimal; file: the name that it came with.
    """

    key: str
    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    read: str = ""
    note: str = ""
    digest: str = ""
    media: str = ""
    size: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The facts that are known, in order of time, with the sources they cite.

    position: number of entries of the ledger, or rows of the file, that were read; digest: root of the
    ledger's tree at that position, or SHA-256 of the file's bytes, in hexadecimal; name: the ledger's own
    name, or that of the file.
    """

    entries: tuple[Entry, ...]
    sources: Mapping[str, Source]
    position: int
    digest: str
    name: str = "events.csv"

    def of_kind(self, *kinds: str) -> tuple[Entry, ...]:
        """Entries of these kinds, in order of time."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    def about(self, subject: str, *kinds: str) -> tuple[Entry, ...]:
        """Entries of these kinds about one subject, in order of time."""
        return tuple(entry for entry in self.of_kind(*kinds) if subject in entry.subjects)

    def before(self, time: float) -> "Ledger":
        """The ledger without facts that take effect at a time [d] or later; a custody acts once it begins."""
        kept = (
            entry
            for entry in self.entries
            if entry.when < time or (entry.kind == "custody" and entry.first < time)
        )
        return replace(self, entries=tuple(kept))
