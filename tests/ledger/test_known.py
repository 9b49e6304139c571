"""What was known when, and when facts take effect."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.ledger import KINDS, Entry, Ledger, known_entries

DAY = date(1993, 11, 6)


def fact(
    name: str, *, first: float = 0.0, last: float | None = None, timing: str = "at", **more: object
) -> Entry:
    recorded = more.pop("recorded", DAY)
    end = first if last is None else last
    return Entry(  # type: ignore[arg-type]
        name, str(more.pop("kind", "noted")), ("x", "y"), first, end, timing, recorded, ("s",), "A", **more
    )


@pytest.mark.parametrize(("timing", "when"), [("at", 4.0), ("during", 4.0), ("between", 3.0)])
def test_a_fact_takes_effect_at_its_end_or_at_its_middle(timing: str, when: float) -> None:
    assert fact("a", first=2.0, last=4.0, timing=timing).when == when


def test_a_fact_is_known_from_the_day_on_which_it_was_recorded() -> None:
    entries = [
        fact("a", recorded=date(1993, 11, 5)),
        fact("b", recorded=DAY),
        fact("c", recorded=date(1993, 11, 7)),
    ]
    assert [entry.id for entry in known_entries(entries, DAY)] == ["a", "b"]
    assert [entry.id for entry in known_entries(entries, None)] == ["a", "b", "c"]


def test_a_fact_stands_until_its_correction_is_recorded() -> None:
    entries = [
        fact("a", recorded=date(1993, 1, 1)),
        fact("b", recorded=date(1993, 6, 1), supersedes="a"),
        fact("c", recorded=date(1993, 9, 1), supersedes="b"),
    ]
    days = [date(1992, 1, 1), date(1993, 5, 31), date(1993, 6, 1), date(1993, 9, 1)]
    assert [[entry.id for entry in known_entries(entries, day)] for day in days] == [[], ["a"], ["b"], ["c"]]


def test_facts_of_one_moment_keep_the_order_of_their_file() -> None:
    entries = [fact("a", first=2.0, line=2), fact("b", first=1.0, line=4), fact("c", first=1.0, line=3)]
    assert [entry.id for entry in known_entries(entries, None)] == ["c", "b", "a"]


@given(st.lists(st.tuples(st.floats(0, 99), st.dates()), max_size=20), st.dates(), st.dates())
def test_more_is_known_later_where_nothing_is_corrected(
    facts: list[tuple[float, date]], one: date, other: date
) -> None:
    entries = [fact(str(n), first=first, recorded=recorded) for n, (first, recorded) in enumerate(facts)]
    earlier, later = sorted((one, other))
    fewer, more = ({entry.id for entry in known_entries(entries, day)} for day in (earlier, later))
    assert fewer <= more
    assert more == {entry.id for entry in entries if entry.recorded <= later}


def test_a_ledger_is_asked_by_kind_and_by_subject() -> None:
    ledger = Ledger((fact("a", kind="visit"), fact("b"), fact("c", kind="visit")), {}, 3, "")
    assert [entry.id for entry in ledger.of_kind("visit")] == ["a", "c"]
    assert [entry.id for entry in ledger.about("y", "visit", "noted")] == ["a", "b", "c"]
    assert ledger.about("z", "visit") == ()


def test_a_detail_can_list_names() -> None:
    entry = fact("a", detail={"strata": "core|pond"})
    assert (entry.listed("strata"), entry.listed("claims")) == (("core", "pond"), ())


def test_every_kind_needs_only_details_that_it_takes() -> None:
    assert [kind.name for kind in KINDS.values() if not set(kind.needs) <= set(kind.keys)] == []
    assert [name for name, kind in KINDS.items() if name != kind.name] == []
