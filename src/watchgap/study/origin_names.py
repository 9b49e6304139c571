"""The names by which numbers are asked for: those of a brief, declared numbers, facts and sources.

A name is the id of what the number is of, and what it is, with dots between, such as `gap.in-hand` or
`gap.restorable.full-range`. Before it the room can be said where the same name stands in two:
`figure:`, `number:`, `fact:` or `source:`.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice

from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, restorable
from watchgap.base.errors import UnknownName
from watchgap.case.record import Case
from watchgap.case.record import Claim as StatedClaim
from watchgap.case.unknowns import number_names
from watchgap.ledger import Entry, Source

FIGURE, NUMBER, FACT, SOURCE = "figure", "number", "fact", "source"
ROOMS = (FIGURE, NUMBER, FACT, SOURCE)

# What a figure is.
CURVE, POSTERIOR, PRIOR, EXPOSURE = "curve", "posterior", "prior", "exposure"
EFFORT, FUNCTIONING, BLIND_SINCE, IN_HAND_UNTIL = "effort", "functioning", "blind-since", "in-hand-until"
NO_RETURN, STATE = "no-return", "state"
AHEAD = (NO_RETURN, STATE)
"""Figures of `recover`, which need draws of what is not known."""

_SHOWN_OF_NAME = 60
_LONGEST_NAME = 200
_COMPARED = 5_000
_CLOSE = 5


@dataclass(frozen=True, slots=True)
class FigureName:
    """What the name of a figure means: its kind, and the ids that it is about, empty where they say nothing.

    curve: as the study calls it. stratum: for a number of one stratum of a claim.
    """

    name: str
    kind: str
    claim: str = ""
    curve: str = ""
    stratum: str = ""
    package: str = ""
    measure: str = ""


def figures_of(case: Case) -> dict[str, FigureName]:
    """Every number that `brief` prints of a case and that `recover` adds, by name, in order."""
    found: dict[str, FigureName] = {}
    for figure in chain(
        *(_of_measure(one.id) for one in case.measures),
        *(_of_claim(case, claim) for claim in case.claims),
        (FigureName(f"{package.id}.effort", EFFORT, package=package.id) for package in case.packages),
        *(_ahead(case, claim) for claim in case.claims if claim.kind != "completeness"),
    ):
        found.setdefault(figure.name, figure)
    return found


def _of_measure(measure: str) -> Iterator[FigureName]:
    for kind in (FUNCTIONING, BLIND_SINCE, IN_HAND_UNTIL):
        yield FigureName(f"{measure}.{kind}", kind, measure=measure)


def _of_claim(case: Case, claim: StatedClaim) -> Iterator[FigureName]:
    yield from _curves(case, claim, "")
    if claim.kind == "completeness":
        yield FigureName(f"{claim.id}.posterior", POSTERIOR, claim.id)
        return
    yield FigureName(f"{claim.id}.exposure", EXPOSURE, claim.id)
    for stratum in claim.strata:
        yield FigureName(f"{claim.id}.exposure.{stratum}", EXPOSURE, claim.id, stratum=stratum)
    yield FigureName(f"{claim.id}.posterior", POSTERIOR, claim.id)
    yield FigureName(f"{claim.id}.prior", PRIOR, claim.id)
    for stratum in claim.strata:
        yield from _curves(case, claim, stratum)


def _curves(case: Case, claim: StatedClaim, stratum: str) -> Iterator[FigureName]:
    """The curves of a claim, or of one stratum of it, as they are called in a study."""
    head = f"{claim.id}.{stratum}" if stratum else claim.id
    plain = (IN_HAND, LATENT) if claim.kind == "past" else (IN_HAND, TIMELY, LATENT)
    for curve in plain:
        yield FigureName(f"{head}.{curve.replace(' ', '-')}", CURVE, claim.id, curve, stratum)
    for package in case.packages:
        name = f"{head}.restorable.{package.id}"
        yield FigureName(name, CURVE, claim.id, restorable(package.id), stratum, package.id)


def _ahead(case: Case, claim: StatedClaim) -> Iterator[FigureName]:
    yield FigureName(f"{claim.id}.{STATE}", STATE, claim.id)
    for package in case.packages:
        yield FigureName(f"{claim.id}.{NO_RETURN}.{package.id}", NO_RETURN, claim.id, package=package.id)


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a case with its record."""

    figures: dict[str, FigureName]
    numbers: frozenset[str]
    facts: Mapping[str, Entry]
    sources: Mapping[str, Source]

    @classmethod
    def of(cls, case: Case, entries: tuple[Entry, ...], sources: Mapping[str, Source]) -> "Names":
        """Gather the names of a case and its record."""
        return cls(figures_of(case), number_names(case), {one.id: one for one in entries}, sources)

    def find(self, asked: str) -> tuple[str, str]:
        """Say in which room a name stands, and how it is called there.

        Raises UnknownName, with the names that come close.
        """
        room, colon, rest = asked.partition(":")
        if colon and room in ROOMS and rest in self._room(room):
            return room, rest
        for room in ROOMS:
            if asked in self._room(room):
                return room, asked
        raise UnknownName(self._unknown(asked))

    def all(self) -> Iterator[str]:
        """Every name, those of a brief first."""
        return chain(self.figures, sorted(self.numbers), self.facts, self.sources)

    def _room(self, room: str) -> Container[str]:
        rooms: dict[str, Container[str]] = {
            FIGURE: self.figures,
            NUMBER: self.numbers,
            FACT: self.facts,
            SOURCE: self.sources,
        }
        return rooms[room]

    def _unknown(self, asked: str) -> str:
        known = islice((one for one in self.all() if len(one) <= _LONGEST_NAME), _COMPARED)
        close = get_close_matches(asked[:_LONGEST_NAME], known, n=_CLOSE, cutoff=0.5)
        hint = f"close to it: {', '.join(close)}" if close else "none is close to it"
        shown = asked if len(asked) <= _SHOWN_OF_NAME else f"{asked[:_SHOWN_OF_NAME]}..."
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)
        listed = "`watchgap why CASE` lists those of the brief"
        return f"no number, fact or source is called '{shown}'; {hint}; {listed}"
