"""Says where a number of a case comes from: from figure to rule to factors to facts to quotation."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from watchgap.assurance import Claim
from watchgap.flow.ensemble import Question, Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase
from watchgap.flow.outlook import recover
from watchgap.flow.tracing import Traced
from watchgap.ledger import KINDS, Entry
from watchgap.study import ClaimRecovery, RecoveryStudy
from watchgap.study import origin_names as names
from watchgap.study import origin_rules as rules
from watchgap.study.origin import Asked, Found, gather_explanation
from watchgap.study.origin_figures import figure_of, written
from watchgap.study.origin_names import FigureName, Names
from watchgap.study.origin_record import Explanation, Figure, NumberList, NumberOrigin, Term, Unused
from watchgap.study.origin_shelf import LineOf

_CITING = 200
# Details of a fact that name things of the case it is about.
_LISTS = ("measures", "strata", "claims")
_AHEAD_NOTE = (
    "It is found from draws of what is not known, day by day until the end of the period; facts after the "
    "day looked from are not used."
)


class Origins:
    """The numbers of a case at the end of a day, ready to be asked for where they come from.

    What is computed for one number is kept for the next.
    """

    def __init__(
        self,
        case: str | Path | LoadedCase,
        *,
        as_of: date | str | None = None,
        known_on: date | str | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        self.question, line_of = _asked(case, as_of, known_on)
        loaded = self.question.loaded
        self.names = Names.of(loaded.case, loaded.entries, loaded.sources)
        self._traced = Traced(self.question, line_of, sampling)

    def why(self, number: str) -> Explanation:
        """Say where a number comes from. Raises UnknownName if nothing is called so."""
        room, name = self.names.find(number)
        found, about = _ROOMS[room](self._traced, name)
        unused = () if room in (names.FACT, names.SOURCE) else tuple(_unused(self._traced, about))
        asked = Asked(number, self.question.as_of, self.question.known_on)
        return gather_explanation(self._traced.shelf, asked, found, unused, origin_of(self.question))

    def numbers(self) -> NumberList:
        """List every number that a brief prints, with the name by which its origin is asked for."""
        study = self._traced.study
        listed = (one for one in self.names.figures.values() if one.kind not in names.AHEAD)
        return NumberList(
            case=study.case,
            title=study.title,
            as_of=study.as_of,
            known_on=study.known_on,
            figures=tuple(figure_of(study, name) for name in listed),
            origin=study.origin,
        )


def why(
    case: str | Path | LoadedCase,
    number: str,
    *,
    as_of: date | str | None = None,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> Explanation:
    """Say where a number comes from: its rule and factors, its facts and declared numbers, and their sources.

    number: a name as `numbers` lists it, that of a declared number, the id of a fact or the key of a source;
    `figure:`, `number:`, `fact:` or `source:` before it says which is meant. sampling: give the figure its
    interval over draws of what is not known; a date of no return or a state is found from draws in any case.

    Raises CaseError if the folder has faults, UnknownName if nothing is called so, with the names that come
    close, and OutOfRange for a day outside the period.
    """
    return Origins(case, as_of=as_of, known_on=known_on, sampling=sampling).why(number)


def numbers(
    case: str | Path | LoadedCase,
    *,
    as_of: date | str | None = None,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> NumberList:
    """List every number that a brief prints, with the name by which `why` tells its origin.

    Raises what `brief` raises.
    """
    return Origins(case, as_of=as_of, known_on=known_on, sampling=sampling).numbers()


def _asked(
    case: str | Path | LoadedCase, as_of: date | str | None, known_on: date | str | None
) -> tuple[Question, LineOf]:
    question = ask(case, as_of=as_of, known_on=known_on)
    return question, question.loaded.line_of


# ---------------------------------------------------------------- figures

Subjects = frozenset[str]


def _figure(traced: Traced, asked: str) -> tuple[Found, Subjects]:
    name = names.figures_of(traced.case)[asked]
    told = _KINDS[name.kind](traced, name)
    return told, frozenset(_subjects(traced, name))


def _subjects(traced: Traced, name: FigureName) -> Iterator[str]:
    """The things of which facts can bear on a figure: measures, strata, evidence, places, packages."""
    if name.measure:
        yield name.measure
    if name.package:
        yield name.package
    if name.claim:
        claim = traced.claim(name.claim)
        yield from (one.id for one in traced.measures_beside(claim))
        yield claim.name
        yield from claim.strata
        yield from (one.anomaly for one in traced.situation.contradictions if claim.name in one.claims)
        yield from (one.id for one in traced.case.evidence)
        yield from _window_places(traced, claim)


def _window_places(traced: Traced, claim: Claim) -> Iterator[str]:
    for route in traced.case.routes:
        if claim.name in route.claims and route.only_while_shut_down:
            yield route.steps[0].facility


def _no_return(traced: Traced, name: FigureName) -> Found:
    study, claim = _recovery(traced, name)
    package = next((one for one in claim.packages if one.id == name.package), None)
    title = f"last day on which '{name.package}' still reaches the target of claim '{claim.id}'"
    if package is None:
        figure = Figure(name.name, title, None, "d", claim.sentence, claim.state)
        return Found(figure, rules.NO_RETURN, notes=(claim.sentence,))
    dates = "; ".join(f"{one.sureness:.0%}: {one.words}" for one in package.dates)
    figure = Figure(
        name=name.name,
        title=title,
        value=None,
        unit="d",
        text=dates,
        words="with a probability of 95, 50 and 5 %",
        basis=f"{study.origin.draws} draws, seed {study.origin.seed}",
    )
    restored = f"{claim.id}.restorable.{package.id}"
    now = package.now.middle if package.now else None
    terms = (
        Term("assurance if carried out now, middle of the draws", now, "1", written(now, "1"), restored),
        Term("target", claim.target, "1", written(claim.target, "1"), f"{claim.id}.target"),
        _share("reaches the target if carried out now", package.probability_now),
    )
    return _ahead(traced, claim, Found(figure, rules.NO_RETURN, terms=terms))


def _state(traced: Traced, name: FigureName) -> Found:
    study, claim = _recovery(traced, name)
    shares = [_share(state, share) for state, share in claim.states_now.items()]
    figure = Figure(
        name=name.name,
        title=f"what can be done about claim '{claim.id}'",
        value=claim.states_now.get(claim.state),
        unit="1",
        text=claim.state,
        words=claim.sentence,
        basis=f"{study.origin.draws} draws, seed {study.origin.seed}",
    )
    return _ahead(traced, claim, Found(figure, rules.STATE, terms=tuple(shares)))


def _share(title: str, share: float) -> Term:
    return Term(f"share of the draws: {title}", share, "1", written(share, "1"))


def _recovery(traced: Traced, name: FigureName) -> tuple[RecoveryStudy, ClaimRecovery]:
    question = traced.question
    study = recover(
        question.loaded, as_of=question.as_of, known_on=question.known_on, sampling=traced.sampling
    )
    return study, next(one for one in study.claims if one.id == name.claim)


def _ahead(traced: Traced, claim: ClaimRecovery, found: Found) -> Found:
    """Add the facts, the perils and the numbers that a look ahead rests on."""
    happened = [loss.entry for loss in claim.losses if loss.happened]
    perils = [loss.entry for loss in claim.losses if not loss.happened]
    places = [traced.shelf.place(claim.id, "target"), *(traced.shelf.place(one) for one in perils)]
    stated = traced.claim(claim.id)
    places += [traced.shelf.place(one.id) for one in traced.measures_beside(stated)]
    peril_sources = {one.id: one.source for one in traced.case.perils}
    return Found(
        figure=found.figure,
        rule=found.rule,
        terms=found.terms,
        notes=(_AHEAD_NOTE, *(loss.sentence for loss in claim.losses)),
        entries=(*happened, *traced.facts_of(stated)),
        numbers=traced.shelf.under(*places),
        sources=tuple(key for one in perils for key in peril_sources[one]),
    )


_KINDS: Mapping[str, Callable[[Traced, FigureName], Found]] = {
    names.CURVE: Traced.curve,
    names.POSTERIOR: Traced.belief,
    names.PRIOR: Traced.belief,
    names.EXPOSURE: Traced.exposure,
    names.EFFORT: Traced.effort,
    names.FUNCTIONING: Traced.lane,
    names.BLIND_SINCE: Traced.lane,
    names.IN_HAND_UNTIL: Traced.lane,
    names.NO_RETURN: _no_return,
    names.STATE: _state,
}


# ---------------------------------------------------------------- declared numbers, facts, sources


def _declared(traced: Traced, asked: str) -> tuple[Found, Subjects]:
    number = traced.shelf.number(asked)
    figure = Figure(
        name=asked,
        title=f"declared number '{asked}'",
        value=number.value,
        unit=number.unit,
        text=written(number.value, number.unit),
        words=_spread(number),
        basis=f"{number.file}:{number.line}" if number.line else number.file,
    )
    notes = [f"It does not vary freely: see correlation '{one}'." for one in number.correlations]
    return Found(figure, rules.DECLARED, notes=tuple(notes), numbers=(asked,)), frozenset()


def _spread(number: NumberOrigin) -> str:
    if number.low == number.high:
        return "taken as known"
    unit = "" if number.unit == "1" else f" {number.unit}"
    return f"not known: 90 % between {number.low:.4g} and {number.high:.4g}{unit}"


def _fact(traced: Traced, asked: str) -> tuple[Found, Subjects]:
    fact = traced.shelf.facts[asked]
    told = traced.shelf.entry(asked)
    figure = Figure(
        name=asked,
        title=f"fact {asked}: {fact.kind} {', '.join(fact.subjects)}",
        value=None,
        unit="1",
        text=told.when,
        words=told.role,
        basis=f"{fact.file}:{fact.line}",
    )
    return Found(figure, rules.FACT, notes=tuple(_standing(traced, fact)), entries=(asked,)), frozenset()


def _standing(traced: Traced, fact: Entry) -> Iterator[str]:
    """Whether a fact counts at the day that is asked about, and if not, why."""
    question, reason = traced.question, _not_known(traced, fact)
    if reason:
        yield f"It does not count: {reason}."
    elif not KINDS[fact.kind].moves:
        yield f"No number is computed from a fact of kind '{fact.kind}'; it is kept for its reader."
    elif fact.id not in {one.id for one in question.ledger.entries}:
        when = traced.shelf.entry(fact.id).when
        yield f"It does not count at the end of {question.as_of}: it happened later, {when}."
    else:
        yield f"It counts at the end of {question.as_of}."
    for other in traced.correcting.get(fact.id, ()):
        if not reason.startswith(f"'{other.id}'"):
            yield f"'{other.id}', recorded on {other.recorded}, corrects it ({other.file}:{other.line})."


def _source(traced: Traced, asked: str) -> tuple[Found, Subjects]:
    source = traced.shelf.source(asked)
    facts = [one.id for one in traced.question.loaded.entries if asked in one.sources]
    declared = [name for name, (_, one) in traced.shelf.numbers.items() if asked in one.source]
    figure = Figure(
        name=asked,
        title=f"source {asked}",
        value=None,
        unit="1",
        text=source.title,
        words=", ".join(part for part in (source.publisher, source.date) if part),
        basis=source.url,
    )
    cited = [Term(f"fact {one}", None, "1", "", f"fact:{one}") for one in facts]
    cited += [Term(f"number {one}", None, "1", "", f"number:{one}") for one in declared]
    notes = [f"{len(facts)} facts and {len(declared)} declared numbers cite it."]
    if len(cited) > _CITING:
        notes.append(f"The first {_CITING} of them are listed.")
    return Found(figure, terms=tuple(cited[:_CITING]), notes=tuple(notes), sources=(asked,)), frozenset()


_ROOMS: Mapping[str, Callable[[Traced, str], tuple[Found, Subjects]]] = {
    names.FIGURE: _figure,
    names.NUMBER: _declared,
    names.FACT: _fact,
    names.SOURCE: _source,
}


# ---------------------------------------------------------------- what was not used


def _unused(traced: Traced, about: Subjects) -> Iterator[Unused]:
    """Facts about the same things, of a time before now, that were recorded too late or corrected."""
    for fact in traced.question.loaded.entries:
        began = fact.first if fact.kind == "custody" else fact.when
        own = (*fact.subjects, *(name for key in _LISTS for name in fact.listed(key)))
        if began < traced.now and about.intersection(own) and KINDS[fact.kind].moves:
            reason = _not_known(traced, fact)
            if reason:
                yield Unused(traced.shelf.entry(fact.id), reason)


def _not_known(traced: Traced, fact: Entry) -> str:
    """Why a fact is not known on the day of record that is asked for; empty if it is."""
    known_on = traced.question.known_on
    if known_on is not None and fact.recorded > known_on:
        return f"it was recorded on {fact.recorded}, after {known_on}"
    for other in traced.correcting.get(fact.id, ()):
        if known_on is None or other.recorded <= known_on:
            return f"'{other.id}', recorded on {other.recorded}, corrects it"
    return ""
