"""Curves against what officials said: ranks against SciPy, dates, offers and the verdict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import kendalltau, spearmanr

from watchgap.flow import LoadedCase, backtest
from watchgap.study import BackTest, Study, back_test
from watchgap.study.backtest import kendall_tau, spearman_rho

Ranking = NDArray[np.float64]
rankings = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from((0.0, 0.1, 0.5, 0.5 + 1e-9, 1.0))), min_size=2, max_size=12
)


@pytest.fixture(scope="module")
def result(loaded: LoadedCase, study: Study) -> BackTest:
    return back_test(loaded.case, loaded.ledger(), study)


# ---------------------------------------------------------------- ranks


@given(pairs=rankings)
def test_ranks_agree_with_scipy(pairs: list[tuple[int, float]]) -> None:
    first, second = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    if len(set(first.tolist())) == 1 or len(set(second.tolist())) == 1:
        assert kendall_tau(first, second) is None
        assert spearman_rho(first, second) is None
        return
    assert kendall_tau(first, second) == pytest.approx(kendalltau(first, second, variant="b").statistic)
    assert spearman_rho(first, second) == pytest.approx(spearmanr(first, second).statistic)


def test_ranks_of_many_random_values() -> None:
    generator = np.random.default_rng(7)
    first, second = generator.normal(size=200), generator.normal(size=200).round(1)
    assert kendall_tau(first, second) == pytest.approx(kendalltau(first, second).statistic)
    assert spearman_rho(first, second) == pytest.approx(spearmanr(first, second).statistic)


@pytest.mark.parametrize("values", [[], [0.3]])
def test_ranks_of_too_few_values(values: list[float]) -> None:
    row = np.array(values)
    assert kendall_tau(row, row) is None
    assert spearman_rho(row, row) is None


def test_ranks_at_their_ends() -> None:
    up = np.array([1.0, 2.0, 3.0])
    assert (kendall_tau(up, up), kendall_tau(up, -up)) == (1.0, -1.0)
    assert (spearman_rho(up, up), spearman_rho(up, -up)) == (pytest.approx(1.0), pytest.approx(-1.0))


# ---------------------------------------------------------------- statements


def test_statements_until_the_day_with_a_rung(result: BackTest) -> None:
    assert [(one.day, one.level) for one in result.statements] == [
        (date(2021, 1, 2), 0),
        (date(2021, 2, 1), 0),
        (date(2021, 3, 15), 1),
        (date(2021, 5, 1), 1),
        (date(2021, 6, 20), 2),
    ]
    assert {(one.actor, one.claim) for one in result.statements} == {("inspectorate", "nothing-taken")}
    assert [one.quote for one in result.statements] == [
        "all is well",
        "",
        "[red]less[/red] well",
        "",
        "it is lost",
    ]
    assert {one.sources for one in result.statements} == {("invented",)}


def test_a_statement_is_laid_against_the_end_of_its_day(result: BackTest, study: Study) -> None:
    claim = study.claim("nothing-taken")
    for one in result.statements:
        place = study.days.index(one.day)
        for name, value in one.values.items():
            if value is not None:
                assert value == claim.curves[name][place], (one.day, name)
    assert "timely" not in result.statements[0].values


def test_a_package_counts_while_it_is_on_offer(result: BackTest) -> None:
    offered = {
        name: [one.values[f"restorable: {name}"] is not None for one in result.statements]
        for name in ("change-the-film", "short-visit", "full-inspection")
    }
    assert offered == {
        "change-the-film": [False, True, True, True, True],
        "short-visit": [False, True, True, False, False],
        "full-inspection": [False] * 5,
    }


def test_agreements(result: BackTest, study: Study) -> None:
    assert {one.claim for one in result.agreements} == {"nothing-taken"}
    by_curve = {one.curve: one for one in result.agreements}
    assert list(by_curve) == [
        "in hand",
        "latent",
        "restorable: change-the-film",
        "restorable: short-visit",
        "restorable: full-inspection",
    ]
    curve = study.claim("nothing-taken").curves["in hand"]
    values = [curve[study.days.index(one.day)] for one in result.statements]
    levels = [-one.level for one in result.statements]
    in_hand = by_curve["in hand"]
    assert in_hand.count == 5
    assert in_hand.tau == pytest.approx(kendalltau(levels, values).statistic)
    assert in_hand.rho == pytest.approx(spearmanr(levels, values).statistic)
    never = by_curve["restorable: full-inspection"]
    assert (never.count, never.tau, never.rho) == (0, None, None)


def test_back_test_of_the_flow_is_the_same(result: BackTest, loaded: LoadedCase) -> None:
    assert backtest(loaded, as_of="2021-06-30") == result


def test_nothing_was_said(loaded: LoadedCase) -> None:
    empty = backtest(loaded, as_of="2021-01-01")
    assert (empty.statements, empty.agreements, empty.verdicts) == ((), (), ())


def test_too_few_statements_for_a_verdict(loaded: LoadedCase) -> None:
    few = backtest(loaded, as_of="2021-02-10")
    (verdict,) = few.verdicts
    assert verdict == (
        "No assembly has been taken from the pond since the beginning of 2021: 2 dated statements, too few "
        "or too alike to rank against any curve."
    )


def test_a_statement_that_was_not_known_yet(loaded: LoadedCase) -> None:
    known = backtest(loaded, as_of="2021-06-30", known_on="2021-06-30")
    assert date(2021, 3, 15) not in {one.day for one in known.statements}
    assert len(known.statements) == 4


# ---------------------------------------------------------------- dates and the verdict


Curves = Callable[..., Study]


@pytest.fixture
def with_curves(study: Study) -> Curves:
    """The study with other curves of the gap: pairs of a day of the period and the value from then on."""

    def made(**pieces: Any) -> Study:
        claim = study.claim("nothing-taken")
        curves = dict(claim.curves)
        for name, steps in pieces.items():
            values = np.empty(len(study.days))
            for day, value in steps:
                values[day:] = value
            curves[name.replace("_", " ")] = values
        other = replace(claim, curves=curves)
        return replace(study, claims=tuple(other if one is claim else one for one in study.claims))

    return made


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param(((0, 1.0),), None, id="never"),
        pytest.param(((0, 1.0), (100, 0.5)), date(2021, 4, 11), id="after the first statement"),
        pytest.param(((0, 1.0), (100, 0.9)), None, id="still on the edge"),
        pytest.param(((0, 0.3),), date(2021, 1, 1), id="never on it"),
        pytest.param(((0, 1.0), (1, 0.4)), date(2021, 1, 2), id="on the day of the first statement"),
        pytest.param(((0, 1.0), (10, 0.4), (20, 1.0), (50, 0.1)), date(2021, 1, 11), id="for a while"),
        pytest.param(((0, 1.0), (10, np.nan), (20, 0.4)), date(2021, 1, 21), id="after a contradiction"),
        pytest.param(((0, np.nan),), None, id="no number"),
    ],
)
def test_the_day_on_which_a_curve_left_the_highest_rung(
    loaded: LoadedCase, with_curves: Curves, steps: Any, left: date | None
) -> None:
    result = back_test(loaded.case, loaded.ledger(), with_curves(in_hand=steps))
    assert next(one.left_top for one in result.agreements if one.curve == "in hand") == left


def test_a_curve_that_goes_the_other_way_is_not_what_they_spoke_of(
    loaded: LoadedCase, with_curves: Curves
) -> None:
    rising = tuple((day, day / 400) for day in range(0, 365, 5))
    names = back_test(loaded.case, loaded.ledger(), with_curves()).statements[0].values
    study = with_curves(**dict.fromkeys(names, rising))
    verdict = back_test(loaded.case, loaded.ledger(), study).verdicts[0]
    assert "follow" not in verdict


def test_left_before_the_first_statement(loaded: LoadedCase, with_curves: Curves) -> None:
    """It is the last day on which it left that counts, not an earlier one after which it came back."""
    first_in_may = loaded.ledger()
    late = replace(
        first_in_may,
        entries=tuple(one for one in first_in_may.entries if one.kind != "stated" or one.when >= 120.0),
    )
    study = with_curves(in_hand=((0, 1.0), (10, 0.4), (20, 1.0), (50, 0.1)))
    result = back_test(loaded.case, late, study)
    assert next(one.left_top for one in result.agreements if one.curve == "in hand") == date(2021, 2, 20)


def test_the_verdict_names_the_closest_curve(loaded: LoadedCase, with_curves: Curves) -> None:
    study = with_curves(in_hand=((0, 1.0), (20, 0.5), (40, 0.6)), latent=((0, 1.0), (60, 0.6), (150, 0.1)))
    (verdict,) = back_test(loaded.case, loaded.ledger(), study).verdicts
    assert verdict == (
        "No assembly has been taken from the pond since the beginning of 2021: the officials' words follow "
        "'latent' most closely (tau 1.00). 'In hand' left the highest rung on 2021-01-21, 'latent' on "
        "2021-03-02 (40 days later)."
    )


def test_a_curve_without_a_number_is_left_out(loaded: LoadedCase, with_curves: Curves) -> None:
    study = with_curves(in_hand=((0, 1.0), (100, np.nan)))
    result = back_test(loaded.case, loaded.ledger(), study)
    assert [one.values["in hand"] for one in result.statements] == [1.0, 1.0, 1.0, None, None]
    assert next(one for one in result.agreements if one.curve == "in hand").count == 3
