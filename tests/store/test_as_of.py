"""What was known when, against the definition read out in plain Python."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from watchgap.ledger import Content
from watchgap.store import create_store
from watchgap.testing.strategies import examples

Place = Path | str

ORIGIN = "example.org/as-of"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
_DAY = 86_400
_END_OF_DAY = timedelta(days=1, seconds=-1)


@dataclass(frozen=True)
class When:
    """A written time, and the first and last moment that it may mean."""

    text: str
    first: datetime
    last: datetime


def of_day(day: datetime) -> When:
    return When(day.date().isoformat(), day, day + _END_OF_DAY)


def of_second(moment: datetime) -> When:
    return When(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment, moment)


def of_month(moment: datetime) -> When:
    first = moment.replace(day=1, hour=0, minute=0, second=0)
    days = calendar.monthrange(first.year, first.month)[1]
    return When(first.strftime("%Y-%m"), first, first + timedelta(days=days, seconds=-1))


# Few days, so that ties are frequent; and gaps of powers of two, at which the classes of width change.
_DAYS = st.integers(0, 40).map(lambda days: _BEGIN + timedelta(days=days))
_POWERS = st.builds(
    lambda power, more: _BEGIN + timedelta(seconds=2**power + more), *[st.integers(0, 24)] * 2
)
_WHEN = st.one_of(_DAYS.map(of_day), _DAYS.map(of_month), _POWERS.map(of_second))


@dataclass(frozen=True)
class Fact:
    start: When
    end: When | None
    recorded: datetime | None
    corrects: int | None

    @property
    def last(self) -> datetime:
        return (self.end or self.start).last

    @property
    def first(self) -> datetime:
        return self.start.first

    @property
    def day(self) -> date:
        return (self.recorded or self.last).date()

    def content(self, position: int) -> Content:
        cells = {"id": f"f{position}", "kind": "noted", "from": self.start.text}
        if self.end is not None:
            cells["to"] = self.end.text
        if self.recorded is not None:
            cells["recorded"] = self.recorded.date().isoformat()
        if self.corrects is not None:
            cells["supersedes"] = f"f{self.corrects}"
        return Content("fact", cells)


@st.composite
def lists_of_facts(draw: st.DrawFn) -> list[Fact]:
    facts: list[Fact] = []
    for position in range(draw(st.integers(1, 16))):
        start = draw(_WHEN)
        end = draw(st.none() | _WHEN.filter(lambda end, start=start: end.last >= start.first))
        corrects = draw(st.none() | st.integers(0, position - 1)) if position else None
        facts.append(Fact(start, end, draw(st.none() | _DAYS), corrects))
    return facts


@dataclass(frozen=True)
class Asked:
    first: datetime
    last: datetime
    recorded: date | None
    size: int | None


_MOMENTS = st.one_of(
    st.builds(lambda when, last: when.last if last else when.first, _WHEN, st.booleans()),
    st.builds(lambda when, more: when.first + timedelta(seconds=more), _WHEN, st.sampled_from((-1, 1))),
)
_ASKED = st.builds(
    lambda moments, *known: Asked(min(moments), max(moments), *known),
    st.tuples(_MOMENTS, _MOMENTS) | _MOMENTS.map(lambda moment: (moment, moment)),
    st.none() | _DAYS.map(lambda moment: moment.date()),
    st.none() | st.integers(0, 17),
)


def by_definition(facts: list[Fact], asked: Asked) -> list[str]:
    """Facts that were known, may have held, and were not corrected by one that was known."""
    known = [
        position
        for position, one in enumerate(facts)
        if (asked.recorded is None or one.day <= asked.recorded)
        and (asked.size is None or position < asked.size)
    ]
    corrected = {facts[position].corrects for position in known}
    return [
        f"f{position}"
        for position in known
        if position not in corrected
        and facts[position].first <= asked.last
        and facts[position].last >= asked.first
    ]


def seconds(moment: datetime) -> int:
    return round((moment - _EPOCH).total_seconds())


@given(facts=lists_of_facts(), questions=st.lists(_ASKED, min_size=10, max_size=25))
@examples(20)
def test_what_was_known_is_what_the_definition_says(
    new_place: Callable[[], Place], facts: list[Fact], questions: list[Asked]
) -> None:
    with create_store(new_place(), origin=ORIGIN) as store:
        with store.writing() as writer:
            writer.append([one.content(number) for number, one in enumerate(facts)], recorder="A. Analyst")
        for asked in questions:
            day = None if asked.recorded is None else asked.recorded.toordinal() - _EPOCH.toordinal()
            found = store.as_of(seconds(asked.first), seconds(asked.last), recorded=day, size=asked.size)
            assert [one.content.name for one in found] == by_definition(facts, asked)
            assert [one.number for one in found] == sorted(one.number for one in found)


def test_later_entries_change_nothing_of_an_earlier_size(place: Place) -> None:
    def fact(name: str, **cells: str) -> Content:
        return Content("fact", {"id": name, "kind": "noted", "from": "2021-05-01"} | cells)

    moment = seconds(datetime(2021, 5, 1, 12, tzinfo=UTC))
    with create_store(place, origin=ORIGIN) as store:
        with store.writing() as writer:
            writer.append([Content("source", {"key": "a", "title": "x"}), fact("f1")], recorder="A. Analyst")
        before = store.as_of(moment, moment, size=2)
        with store.writing() as writer:
            writer.append([fact("f2"), fact("f3", supersedes="f1")], recorder="A. Analyst")
        assert store.as_of(moment, moment, size=2) == before
        assert [one.content.name for one in before] == ["f1"]
        assert [one.content.name for one in store.as_of(moment, moment)] == ["f2", "f3"]


def test_the_longest_and_the_first_and_last_of_all_times(place: Place) -> None:
    whole = Content("fact", {"id": "whole", "kind": "noted", "from": "0001", "to": "9999"})
    day = Content("fact", {"id": "day", "kind": "noted", "from": "9999-12-31"})
    with create_store(place, origin=ORIGIN) as store:
        with store.writing() as writer:
            writer.append([whole, day], recorder="A. Analyst")
        first = seconds(datetime(1, 1, 1, tzinfo=UTC))
        last = seconds(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        assert [one.content.name for one in store.as_of(first, first)] == ["whole"]
        assert [one.content.name for one in store.as_of(last, last)] == ["whole", "day"]
        assert store.as_of(first - 1, first - 1) == store.as_of(last + 1, last + 1) == ()
        assert len(store.as_of(first - _DAY, last + _DAY)) == 2
        for far in (2**63, 10**30):
            assert len(store.as_of(-far, far)) == 2
            assert store.as_of(-far, -far) == store.as_of(far, far) == ()
