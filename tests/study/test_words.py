"""Numbers into the words of the case, and scenarios into sentences."""

from dataclasses import replace
from datetime import date

import pytest

from watchgap.assurance import Scenario
from watchgap.case.record import Case, Rung
from watchgap.flow import LoadedCase, situation_of
from watchgap.study.words import days_in_words, plain_number, scenario_sentence, words_for

LADDER = tuple(
    Rung(at_least=mark, say=say) for mark, say in ((0.9, "stated"), (0.5, "degraded"), (0.0, "concluded"))
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "stated"),
        (0.9, "stated"),
        (0.9 - 1e-13, "stated"),
        (0.1 + 0.8, "stated"),
        (0.9 - 1e-9, "degraded"),
        (0.5, "degraded"),
        (0.4999, "concluded"),
        (0.0, "concluded"),
        (-1e-17, "concluded"),
        (-1e-9, "concluded"),
    ],
)
def test_words_at_the_edges_of_rungs(value: float, words: str) -> None:
    assert words_for(value, LADDER) == words


def test_one_rung_says_it_all() -> None:
    assert words_for(0.3, (Rung(at_least=0.0, say="anything"),)) == "anything"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.0, "0 hours"),
        (1 / 24, "1 hour"),
        (0.5, "12 hours"),
        (1.0, "1 day"),
        (1.4, "1 day"),
        (1.6, "2 days"),
        (59.4, "59 days"),
        (60.0, "9 weeks"),
        (700.0, "100 weeks"),
    ],
)
def test_days_in_words(days: float, words: str) -> None:
    assert days_in_words(days) == words


@pytest.mark.parametrize(("count", "words"), [(5, "5"), (1234567, "1,234,567"), (999.6, "1,000")])
def test_plain_number(count: float, words: str) -> None:
    assert plain_number(count) == words


# ---------------------------------------------------------------- sentences


@pytest.fixture(scope="module")
def scenarios(loaded: LoadedCase) -> dict[str, Scenario]:
    return {one.name: one for one in situation_of(loaded, as_of="2021-01-05").scenarios}


def test_a_sentence_of_a_gap(loaded: LoadedCase, scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios["nothing-taken/out-by-cask/abrupt/dummies"]
    sentence = scenario_sentence(loaded.case, scenario, date(2021, 5, 1), date(2021, 5, 7), 1.04)
    assert sentence == (
        "Assemblies are lifted into a cask, and the cask leaves by the gate: 51 of 240 items (1.0 SQ) of "
        "'irradiated fuel assemblies in the pond'; assemblies are taken, and dummies of the same shape are "
        "put in their place. At the abrupt rate it takes 6 days, begun on 2021-05-01 and over on 2021-05-07."
    )
    without_days = scenario_sentence(loaded.case, scenario, None, None, 1.04)
    assert without_days.endswith("in their place. At the abrupt rate it takes 6 days.")


def test_a_sentence_of_the_past(loaded: LoadedCase, scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios["as-declared/never-there/once/half-the-pins"]
    assert scenario_sentence(loaded.case, scenario, None, None, 1.0) == (
        "Assemblies had been exchanged before the period begins; no surveillance of the period can show it: "
        "102 of 240 items (1.0 SQ) of 'irradiated fuel assemblies in the pond'; half of the pins of an "
        "assembly are exchanged. Done before the period of the case."
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("IAEA seals are copied.", "; IAEA seals are copied. At"),
        ("Nothing", "; nothing. At"),
        ("A", "; a. At"),
        ("éclat", "; éclat. At"),
    ],
)
def test_how_a_sentence_goes_on(
    loaded: LoadedCase, scenarios: dict[str, Scenario], text: str, words: str
) -> None:
    scenario = scenarios["nothing-taken/out-by-cask/abrupt/dummies"]
    hidden = tuple(
        one.model_copy(update={"text": text}) if one.id == "dummies" else one
        for one in loaded.case.concealments
    )
    case: Case = loaded.case.model_copy(update={"concealments": hidden})
    assert words in scenario_sentence(case, scenario, None, None, 1.0)


def test_many_items_are_readable(loaded: LoadedCase, scenarios: dict[str, Scenario]) -> None:
    scenario = replace(scenarios["nothing-taken/out-by-cask/abrupt/dummies"], items=12345, population=9876543)
    sentence = scenario_sentence(loaded.case, scenario, None, None, 1.0)
    assert "12,345 of 9,876,543 items" in sentence
