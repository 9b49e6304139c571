"""Holds the facts against the case: subjects, sources, dates, and histories that cannot be."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import islice
from math import inf

from watchgap.base.errors import Fault
from watchgap.base.time import days_since, parse_span
from watchgap.case.document import Document
from watchgap.case.names import UNKNOWN_SOURCE, choose_from, kinds_of_measures, names_of
from watchgap.case.numbers import population_of
from watchgap.case.record import LEVELS, Case
from watchgap.ledger.corrections import correction_faults
from watchgap.ledger.query import known_entries
from watchgap.ledger.read import EVENTS_FILE
from watchgap.ledger.record import KINDS, MOST_CUSTODIES, Entry
from watchgap.ledger.rows import MOST_FAULTS

_DEVICES = ("random-camera", "fixed-camera", "item-monitor", "imagery")
_BEGINS = ("installed", "attached")
_ENDS = ("removed", "detached", "broken")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "found": ("working", "dead"),
    "record": ("collected", "left", "lost"),
    "level": LEVELS,
    "result": ("as declared", "anomaly"),
}
# Details that name things of the case: one, or several with `|` between them; and the role of what they name.
_NAMES = {
    "activity": "activity",
    "claim": "claim",
    "claims": "claim",
    "strata": "stratum",
    "measures": "measure",
}
_LONGEST_COUNT = 9
_RECORDED = (date(1900, 1, 1), date(2200, 1, 1))

Complaint = tuple[str, str]


def check_events(
    entries: Sequence[Entry],
    document: Document,
    *,
    case: Case | None,
    sources: Collection[str] | None,
    complete: bool = True,
) -> tuple[Fault, ...]:
    """List every fact that does not fit the case, with its line.

    Parameters
    ----------
    entries : facts in the order of their file.
    document : the case file as read; the names in it are known even where it has faults.
    case : the case; None if it cannot be used, and then nothing is said of dates and numbers.
    sources : keys of the listed sources; None if they are not known.
    complete : whether every row gave an entry; if not, nothing is said of facts that seem to be missing.
    """
    ledger = _Ledger(entries, document, case, sources, complete=complete)
    faults = (
        Fault(entry.file, entry.line, problem, remedy)
        for entry in entries
        for problem, remedy in ledger.complaints(entry)
    )
    found = set(islice(faults, MOST_FAULTS))
    if complete and case is not None:
        found.update(_shutdowns(case, entries))
        found.update(_custodies(case, entries))
    if complete:
        found.update(islice(correction_faults(entries), MOST_FAULTS))
        fitted = {name for name, kind in kinds_of_measures(document).items() if kind != "imagery"}
        found.update(islice(_history(entries, fitted), MOST_FAULTS))
    return tuple(sorted(found))


def subjects_of(document: Document, about: str) -> frozenset[str]:
    """Names of a case that can be the subject of facts about something, such as 'device' or 'anything'."""
    roles = _roles(document)
    if about == "anything":
        return frozenset[str]().union(*roles.values())
    return roles.get(about, frozenset())


def _roles(document: Document) -> dict[str, frozenset[str]]:
    """The names that can stand for each role; empty if the case file could not be read at all."""
    if not isinstance(document.values, dict):
        return {}
    names = names_of(document)
    kinds = kinds_of_measures(document)
    return {
        # A measure of a kind that nobody knows has its own fault, and may be either.
        "device": frozenset(name for name, kind in kinds.items() if kind != "seal"),
        "seal": frozenset(name for name, kind in kinds.items() if kind not in _DEVICES),
        "measure": names["measures"],
        "facility": names["facilities"],
        "stratum": names["strata"],
        "place": names["facilities"] | names["strata"],
        "evidence": names["evidence"] | names["measures"],
        "actor": names["actors"],
        "package": names["packages"],
        "custody": names["custodies"],
        "claim": names["claims"],
        "activity": names["activities"],
    }


class _Ledger:
    """What the facts are held against, looked up once for all of them."""

    def __init__(
        self,
        entries: Sequence[Entry],
        document: Document,
        case: Case | None,
        sources: Collection[str] | None,
        *,
        complete: bool,
    ) -> None:
        self.roles = _roles(document)
        self.case = case
        self.sources = sources
        self.ids = {entry.id for entry in entries} if complete else None
        self.visits = {entry.id for entry in entries if entry.kind == "visit"}
        self.sent_until = {
            name: entry.when
            for entry in reversed(entries)
            if entry.kind == "transmitted-until"
            for name in entry.subjects
        }
        self.raised = {name for entry in entries if entry.kind == "raised" for name in entry.subjects}

    def complaints(self, entry: Entry) -> Iterator[Complaint]:
        """What is wrong with one fact."""
        yield from self.names(entry)
        yield from self.details(entry)
        if self.case is not None:
            yield from _against_case(self.case, entry)
            yield from self.unsaid_silence(self.case, entry)
        for key in entry.sources if self.sources is not None else ():
            if self.sources is not None and key not in self.sources:
                yield f"the source '{key}' is not known", UNKNOWN_SOURCE
        if self.ids is not None:
            yield from self.other_facts(entry, self.ids)

    def unsaid_silence(self, case: Case, entry: Entry) -> Iterator[Complaint]:
        """A transmitting device that is found dead was heard last on some day, which has to be said."""
        found_dead = entry.kind == "found-dead" or entry.detail.get("found") == "dead"
        if not found_dead or "last-record" in entry.detail:
            return
        for measure in case.measures:
            transmits = getattr(measure, "transmission_lag", None) is not None
            if (
                transmits
                and measure.id in entry.subjects
                and self.sent_until.get(measure.id, inf) > entry.when
            ):
                problem = f"'{measure.id}' transmits, and nothing says when it was heard last"
                yield problem, "add last-record=..., or a fact transmitted-until"

    def other_facts(self, entry: Entry, ids: Set[str]) -> Iterator[Complaint]:
        """Facts that this one builds on and that are not there."""
        corrected = entry.supersedes
        if corrected and (corrected == entry.id or corrected not in ids):
            problem = f"it supersedes '{corrected}', which is no other fact"
            yield problem, "name the id of the fact it corrects"
        visit = entry.detail.get("visit")
        if visit is not None and visit not in self.visits:
            yield f"visit={visit} is no fact of kind 'visit'", "name the id of the visit"
        for name in entry.subjects if entry.kind == "resolved" else ():
            if name not in self.raised:
                problem = f"the anomaly '{name}' is resolved but was never raised"
                yield problem, "add the fact that raised it"

    def names(self, entry: Entry) -> Iterator[Complaint]:
        """Names that stand for nothing in the case."""
        role = KINDS[entry.kind].about
        if role in self.roles:
            for subject in entry.subjects:
                if subject not in self.roles[role]:
                    yield f"'{subject}' is no {role} of the case", self.choose(role)
        for key, role in _NAMES.items():
            listed = entry.listed(key) if key in entry.detail and role in self.roles else ()
            for name in listed:
                if name not in self.roles[role]:
                    yield f"'{name}' in {key} is no {role} of the case", self.choose(role)

    def choose(self, role: str) -> str:
        """The names to choose from for a role."""
        return choose_from(self.roles[role], "declare it in case.yaml")

    def details(self, entry: Entry) -> Iterator[Complaint]:
        """Details that are not understood."""
        detail = entry.detail
        for key, words in _WORDS.items():
            if key in detail and detail[key] not in words:
                yield f"{key}={detail[key]} is not understood", f"use one of {', '.join(words)}"
        for key in ("sample", "items"):
            if key in detail and _count(detail[key]) is None:
                yield f"{key}={detail[key]} is not a number of items", "write a whole number of 1 or more"
        if not _RECORDED[0] <= entry.recorded <= _RECORDED[1]:
            yield f"it was recorded on {entry.recorded}", "correct the date"
        if entry.kind == "raised" and not (entry.listed("strata") or entry.listed("claims")):
            yield "the anomaly touches nothing", "name what it touches: strata=... or claims=..."
        if detail.get("found") == "working" and "last-record" in detail:
            remedy = "say found=dead, or remove last-record"
            yield "the device was found working and yet has a last record", remedy


def _count(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_COUNT):
        return None
    return int(text) or None


def _without_effect(case: Case, entry: Entry) -> Iterator[Complaint]:
    """Facts about measures that could have no effect, which their author surely did not mean."""
    measures = {measure.id: measure for measure in case.measures}
    about = KINDS[entry.kind].about
    if entry.kind == "custody" and len(entry.subjects) > 1:
        yield "the fact is about several custody periods", "give each a row of its own"
    named = entry.subjects if about in ("device", "evidence") else entry.listed("measures")
    for name in named:
        measure = measures.get(name)
        if measure is None:
            continue
        if measure.kind == "imagery":
            problem = f"'{name}' is imagery, which nobody installs, collects or loses"
            yield problem, "use kind 'noted'"
        elif entry.kind == "transmitted-until" and getattr(measure, "transmission_lag", None) is None:
            yield f"'{name}' does not transmit", "give it a `transmission_lag` in case.yaml"


def _against_case(case: Case, entry: Entry) -> Iterator[Complaint]:
    yield from _without_effect(case, entry)
    period = case.period
    length = float((period.last - period.first).days + 1)
    if KINDS[entry.kind].moves:
        if not 0 <= entry.first <= entry.last <= length:
            remedy = f"the period is {period.first} to {period.last}; widen it, or use kind 'noted'"
            yield "the date lies outside the period of the case", remedy
        if (entry.recorded - period.first).days + 1 <= entry.first:
            yield f"it was recorded on {entry.recorded}, before it happened", "correct one of the two dates"
    rung = entry.detail.get("rung")
    if rung is not None and rung not in case.scale.statements:
        ladder = ", ".join(case.scale.statements)
        remedy = f"use one of {ladder}" if ladder else "declare it in case.yaml"
        yield f"the rung '{rung}' is not on the ladder", remedy
    sample = _count(entry.detail.get("sample", "")) or 0
    for stratum in case.strata:
        population = population_of(stratum) if sample and stratum.id in entry.subjects else sample
        if sample > population:
            problem = f"the sample of {sample} is larger than stratum '{stratum.id}'"
            yield problem, f"it has {population} items"
    if "last-record" in entry.detail:
        yield from _last_record(case, entry)


def _last_record(case: Case, entry: Entry) -> Iterator[Complaint]:
    try:
        last = days_since(case.period.first, parse_span(entry.detail["last-record"]).last)
    except ValueError as error:
        problem, _, remedy = str(error).rpartition("; ")
        yield f"last-record: {problem}", remedy
        return
    if last > entry.last:
        yield "the last record is later than the visit that found it", "correct one of the two dates"


def _shutdowns(case: Case, entries: Sequence[Entry]) -> Iterator[Fault]:
    """Routes that wait for a shutdown at a place of which no shutdown is recorded."""
    turned = {name for one in entries if one.kind in ("shutdown", "started") for name in one.subjects}
    for route in case.routes:
        facility = route.steps[0].facility
        if route.only_while_shut_down and route.windows is None and facility not in turned:
            problem = (
                f"route '{route.id}' is open only while '{facility}' is shut down, of which there is no fact"
            )
            yield Fault(
                entries[0].file if entries else EVENTS_FILE,
                1,
                problem,
                "add facts of kind 'shutdown' and 'started'",
            )


def _custodies(case: Case, entries: Sequence[Entry]) -> Iterator[Fault]:
    """Routes beside which more custody periods lie than can be enumerated."""
    points = {measure.id: measure.point for measure in case.measures}
    for route in case.routes:
        passed = {glimpse.point for step in route.steps for glimpse in step.passes}
        beside: dict[str, Entry] = {}
        for entry in entries:
            if entry.kind == "custody" and any(points.get(one) in passed for one in entry.listed("measures")):
                beside.setdefault(entry.subjects[0], entry)
        if len(beside) > MOST_CUSTODIES:
            problem = f"{len(beside)} custody periods lie beside route '{route.id}'"
            remedy = f"join some: at most {MOST_CUSTODIES} can be enumerated"
            last = max(beside.values(), key=lambda entry: entry.line)
            yield Fault(last.file, last.line, problem, remedy)


def _history(entries: Sequence[Entry], fitted: Set[str]) -> Iterator[Fault]:
    """Facts about a device or seal while it is not in place, as far as corrections leave them standing."""
    days: dict[tuple[str, float], list[Entry]] = {}
    for entry in known_entries(entries, None):
        if KINDS[entry.kind].about in ("device", "seal"):
            for subject in fitted & set(entry.subjects):
                days.setdefault((subject, entry.when), []).append(entry)
    in_place: set[str] = set()
    for (subject, _), facts in days.items():
        begins = any(fact.kind in _BEGINS for fact in facts)
        ends = any(fact.kind in _ENDS for fact in facts)
        if subject not in in_place and not begins:
            problem = f"'{subject}' is '{facts[0].kind}' while it is not there"
            yield Fault(
                facts[0].file, facts[0].line, problem, "add the fact that it was installed or attached"
            )
        # Taken away and put in place on one day: replaced if it was there before, tried out if it was not.
        if ends and not begins:
            in_place.discard(subject)
        elif not ends:
            in_place.add(subject)
