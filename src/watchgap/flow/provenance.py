"""Finds the facts that a measure's record rests on: those without which it would be another."""

from dataclasses import replace

from watchgap.case.record import Case
from watchgap.coverage import Life, measure_records
from watchgap.ledger import KINDS, Entry, Ledger

# Each fact is left out once, and the history played without it; a longer history is named as a whole.
_MOST_PLAYED = 40_000


class Provenance:
    """The facts behind the records of a case, from what counts at a moment.

    ledger: the facts that count. A fact matters to a stretch of time if without it the lives of the measure
    that touch this time, what was found of them or where their record lies would not be the same.
    """

    def __init__(self, case: Case, ledger: Ledger) -> None:
        self.case = case
        self.ledger = ledger
        self._known: dict[tuple[str, float, float], tuple[str, ...]] = {}

    def __call__(self, measure: str, first: float, last: float) -> tuple[str, ...]:
        """Ids of the facts that matter to a measure from one time to another [d], in order of time."""
        key = measure, first, last
        if key not in self._known:
            self._known[key] = tuple(one.id for one in self._mattering(measure, first, last))
        return self._known[key]

    def _mattering(self, measure: str, first: float, last: float) -> list[Entry]:
        about = [(fact, _for(fact, measure)) for fact in self.ledger.entries if _is_about(fact, measure)]
        player = _Player(self.case, self.ledger, measure, (first, last))
        if len(about) ** 2 > _MOST_PLAYED:
            return [fact for fact, _ in about]
        whole = player.lives([own for _, own in about])
        return [
            fact
            for place, (fact, _) in enumerate(about)
            if player.lives([own for number, (_, own) in enumerate(about) if number != place]) != whole
        ]


class _Player:
    """Plays the facts about one measure into the lives that touch a time."""

    def __init__(self, case: Case, ledger: Ledger, measure: str, span: tuple[float, float]) -> None:
        stated = tuple(one for one in case.measures if one.id == measure)
        self.case = case.model_copy(update={"measures": stated})
        self.ledger = ledger
        self.measure = measure
        self.first, self.last = span

    def lives(self, entries: list[Entry]) -> tuple[Life, ...]:
        records = measure_records(self.case, replace(self.ledger, entries=tuple(entries)))
        return tuple(
            one for one in records[self.measure].lives if one.begins < self.last and one.ends > self.first
        )


def _is_about(fact: Entry, measure: str) -> bool:
    if fact.kind == "custody":
        return measure in fact.listed("measures")
    return KINDS[fact.kind].moves and measure in fact.subjects


def _for(fact: Entry, measure: str) -> Entry:
    """The same fact about this measure alone, where it is about the records of several."""
    if fact.kind != "custody":
        return fact
    return replace(fact, detail={**fact.detail, "measures": measure})
