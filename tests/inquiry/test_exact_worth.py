"""The worth of an answer by brute force, in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.inquiry import (
    Choice,
    Decision,
    Estimation,
    Outcome,
    losses,
    tail_mean,
    value_of_outcome,
    worth_of_learning,
)
from watchgap.testing.strategies import examples

TARGET = Fraction(3, 4)


def exact_losses(assurance, effort):
    """The rule of the room, draw by draw, in fractions: (packages, draws)."""
    table = []
    for assured, efforts in zip(zip(*assurance, strict=True), zip(*effort, strict=True), strict=True):
        enough = [e for a, e in zip(assured, efforts, strict=True) if a >= TARGET]
        second = min(enough) if enough else max(efforts)
        table.append([e if a >= TARGET else e + second for a, e in zip(assured, efforts, strict=True)])
    return [list(row) for row in zip(*table, strict=True)]


def exact_tail_mean(weighted, tail):
    """Mean of the worst share of (value, weight) pairs, by filling the tail from below."""
    room = whole = tail * sum(weight for _, weight in weighted)
    total = Fraction(0)
    for value, weight in sorted(weighted):
        inside = min(weight, room)
        total += value * inside
        room -= inside
    return total / whole


def exact_worth(answers, packages, tail):
    """Saved effort, gain of the package asked for and gain by choice, from the draws of each answer.

    answers: for each answer a list of (weight, losses by package, assurance by package); weights sum to 1.
    """
    everything = [row for rows in answers for row in rows]

    def spent(rows, package):
        return sum(weight * losses[package] for weight, losses, _ in rows)

    def surely(rows, package):
        return exact_tail_mean([(assured[package], weight) for weight, _, assured in rows], tail)

    def share(rows):
        return sum(weight for weight, _, _ in rows)

    before = min(range(packages), key=lambda package: spent(everything, package))
    saved = spent(everything, before) - sum(
        min(spent(rows, package) for package in range(packages)) for rows in answers
    )
    gain = sum(share(rows) * surely(rows, before) for rows in answers) - surely(everything, before)
    choice = sum(
        share(rows) * max(surely(rows, package) for package in range(packages)) for rows in answers
    ) - max(surely(everything, package) for package in range(packages))
    return saved, gain, choice


@st.composite
def tables(draw):
    """Assurance and effort of some packages in some draws, as fractions that are exact in binary."""
    packages, draws = draw(st.integers(1, 4)), draw(st.integers(1, 9))
    eighths = st.integers(0, 8).map(lambda number: Fraction(number, 8))
    row = st.lists(eighths, min_size=draws, max_size=draws)
    efforts = st.lists(st.integers(0, 6).map(Fraction), min_size=draws, max_size=draws)
    table = st.lists(row, min_size=packages, max_size=packages)
    return draw(table), draw(st.lists(efforts, min_size=packages, max_size=packages))


def decision_of(assurance, effort):
    return Decision(
        tuple("abcd"[: len(assurance)]),
        np.array(assurance, dtype=float),
        np.array(effort, dtype=float),
        float(TARGET),
    )


def values_of(worth):
    return worth.saved_effort, worth.assurance_gain, worth.choice_gain


@given(tables())
@examples(60)
def test_losses_follow_their_rule(table):
    assert losses(decision_of(*table)).tolist() == exact_losses(*table)


@given(st.data())
@examples(100)
def test_the_worth_of_an_unknown_is_that_of_its_groups(data):
    assurance, effort = data.draw(tables())
    draws = len(assurance[0])
    unknown = data.draw(st.lists(st.integers(1, 3), min_size=draws, max_size=draws))
    tail = data.draw(st.sampled_from((Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(1))))
    lost, one = exact_losses(assurance, effort), Fraction(1, draws)
    rows = list(zip(zip(*lost, strict=True), zip(*assurance, strict=True), strict=True))
    answers = [
        [(one, *row) for row, own in zip(rows, unknown, strict=True) if own == value]
        for value in sorted(set(unknown))
    ]
    (worth,) = worth_of_learning(
        decision_of(assurance, effort),
        {"cameras": np.array(unknown, dtype=float)},
        estimation=Estimation(bins=3, tail=float(tail), permutations=0),
    )
    expected = exact_worth(answers, len(assurance), tail)
    assert values_of(worth) == pytest.approx([float(value) for value in expected], abs=1e-12)
    assert min(values_of(worth)) >= 0.0


@given(st.data())
@examples(100)
def test_the_worth_of_an_outcome_is_that_of_its_weights(data):
    running, effort = data.draw(tables())
    packages, draws = len(running), len(running[0])
    eighths = st.integers(0, 8).map(lambda number: Fraction(number, 8))
    row = st.lists(eighths, min_size=draws, max_size=draws)
    stopped = data.draw(st.lists(row, min_size=packages, max_size=packages))
    chance = data.draw(row)
    tail = data.draw(st.sampled_from((Fraction(1, 8), Fraction(1, 2))))
    answers, outcomes = [], []
    for name, assurance, own in (
        ("it runs", running, chance),
        ("it stopped", stopped, [1 - one for one in chance]),
    ):
        rows = zip(
            own, zip(*exact_losses(assurance, effort), strict=True), zip(*assurance, strict=True), strict=True
        )
        answers.append([(weight / draws, lost, assured) for weight, lost, assured in rows if weight > 0])
        outcomes.append(Outcome(name, np.array(own, dtype=float), decision_of(assurance, effort)))
    worth = value_of_outcome("does it run", outcomes, tail=float(tail))
    expected = exact_worth([rows for rows in answers if rows], packages, tail)
    assert values_of(worth) == pytest.approx([float(value) for value in expected], abs=1e-12)
    assert min(values_of(worth)) >= 0.0


@given(st.data())
@examples(60)
def test_the_tail_mean_is_that_of_filling_the_tail_from_below(data):
    eighths = st.integers(-8, 8).map(lambda number: Fraction(number, 8))
    weights = st.integers(1, 5).map(Fraction)
    pairs = data.draw(st.lists(st.tuples(eighths, weights), min_size=1, max_size=9))
    tail = data.draw(st.sampled_from((Fraction(1, 16), Fraction(1, 4), Fraction(1))))
    values, weight = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    expected = float(exact_tail_mean(pairs, tail))
    assert tail_mean(values, tail=float(tail), weights=weight) == pytest.approx(expected, abs=1e-12)
    # A weight is as many equal draws.
    repeated = np.repeat(values, weight.astype(int))
    assert tail_mean(repeated, tail=float(tail)) == pytest.approx(expected, abs=1e-12)


def test_a_decision_of_two_states_by_hand():
    # The film can be read in 5 of 8 draws. Collecting costs 2 and is in vain in the other 3, where verifying
    # the items, which costs 9, has to follow; verifying does without the film.
    readable = np.array([1, 1, 1, 1, 1, 0, 0, 0], dtype=float)
    decision = Decision(
        ("collect", "verify"),
        np.array([np.where(readable == 1.0, 0.95, 0.25), np.full(8, 0.9)]),
        np.array([np.full(8, 2.0), np.full(8, 9.0)]),
        0.9,
    )
    (worth,) = worth_of_learning(decision, {"film": readable}, estimation=Estimation(bins=2, permutations=0))
    # Collecting without asking: 2 + 3/8 of 9 = 43/8. Knowing: 5/8 of 2 and 3/8 of 9 = 37/8.
    assert (worth.best_before, worth.effort_before, worth.saved_effort) == ("collect", 43 / 8, 6 / 8)
    assert worth.best_after == (Choice("verify", (0.0, 0.0)), Choice("collect", (1.0, 1.0)))
    # The worst tenth of collecting is 0.25; knowing, it is 0.25 in 3/8 of the cases and 0.95 in the others.
    assert worth.assurance_before == pytest.approx(0.25)
    assert worth.assurance_gain == pytest.approx(5 / 8 * 0.7)
    # The surest package is to verify; knowing, it is to collect where the film can be read.
    assert worth.choice_gain == pytest.approx(5 / 8 * 0.05)


def test_an_outcome_of_chance_by_hand():
    # The camera runs with probability 1/2 in one draw and 1/4 in the other.
    def after(assurance):
        return Decision(("collect", "verify"), np.array([[assurance] * 2, [0.9] * 2]), effort, 0.9)

    effort = np.array([[2.0, 2.0], [8.0, 8.0]])
    runs, chance = after(1.0), np.array([0.5, 0.25])
    worth = value_of_outcome(
        "does it run", [Outcome("yes", chance, runs), Outcome("no", 1.0 - chance, after(0.0))]
    )
    # Collecting first: 2 + 5/8 of 8 = 7; knowing: 3/8 of 2 and 5/8 of 8 = 23/4.
    assert (worth.effort_before, worth.saved_effort, worth.saved_effort_noise) == (7.0, 5 / 4, 0.0)
    assert worth.best_after == (Choice("collect", None, "yes"), Choice("verify", None, "no"))
    # Of the worst tenth nothing can be stated; knowing that it runs, which it does in 3/8, everything.
    assert (worth.assurance_before, worth.assurance_gain) == pytest.approx((0.0, 3 / 8))
