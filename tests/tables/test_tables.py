"""The tables against print."""

import pytest

from watchgap.base.errors import UnknownName
from watchgap.tables import significant_quantities, significant_quantity, timeliness_goal, timeliness_goals

# IAEA Safeguards Glossary, 2001 edition, table II. [kg]
SIGNIFICANT_QUANTITIES = {
    "plutonium": 8,
    "uranium-233": 8,
    "high-enriched-uranium": 25,
    "low-enriched-uranium": 75,
    "natural-uranium": 10_000,
    "depleted-uranium": 20_000,
    "thorium": 20_000,
}
# IAEA Safeguards Glossary, 2001 edition, 3.20: one month, three months, one year. [months]
TIMELINESS_GOALS = {"unirradiated-direct-use": 1, "irradiated-direct-use": 3, "indirect-use": 12}


def test_significant_quantities_are_those_in_print() -> None:
    assert {name: row.value for name, row in significant_quantities().items()} == SIGNIFICANT_QUANTITIES


def test_timeliness_goals_are_those_in_print() -> None:
    months = {name: row.value / (365.25 / 12) for name, row in timeliness_goals().items()}
    assert months == pytest.approx(TIMELINESS_GOALS)


def test_every_number_says_where_it_is_printed_and_where_it_holds() -> None:
    rows = [*significant_quantities().values(), *timeliness_goals().values()]
    assert len(rows) == 10
    assert all(row.source and row.range for row in rows)


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName) as caught:
        significant_quantity("americium")
    known = ", ".join(SIGNIFICANT_QUANTITIES)
    assert str(caught.value) == f"no material 'americium' is tabulated; the table has {known}"
    with pytest.raises(UnknownName) as caught:
        timeliness_goal("slow")
    assert (
        str(caught.value) == f"no category 'slow' is tabulated; the table has {', '.join(TIMELINESS_GOALS)}"
    )
