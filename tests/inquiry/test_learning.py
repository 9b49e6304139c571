"""The worth of learning, against closed forms, with its noise and its bounds."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from watchgap.base.errors import OutOfRange
from watchgap.inquiry import (
    Choice,
    Decision,
    Estimation,
    Outcome,
    Worth,
    losses,
    tail_mean,
    value_of_outcome,
    worth_asking,
    worth_of_learning,
)
from watchgap.testing.strategies import examples

DRAWS = 4096
PLAIN = Estimation(bins=16, permutations=0)


@pytest.fixture
def generator():
    return np.random.default_rng(1993)


def linear(generator, mean, draws=DRAWS):
    """Two packages that both reach the target; the effort of one is 20 + mean + X + 2 Z."""
    x, z = generator.normal(size=(2, draws))
    return x, Decision(
        ("fixed", "open"),
        np.array([np.ones(draws), 0.5 + 0.05 * x + 0.1 * z]),
        np.array([np.full(draws, 20.0), 20.0 + mean + x + 2.0 * z]),
        0.0,
    )


# Unit normal loss integral: Raiffa and Schlaifer, Applied Statistical Decision Theory (1961), section 5.4.
@pytest.mark.parametrize("mean", [0.0, 0.5, -1.0])
@pytest.mark.parametrize("estimation", [PLAIN, Estimation()])
def test_the_effort_saved_in_a_linear_example_is_the_normal_loss_integral(mean, estimation):
    expected = norm.pdf(mean) - abs(mean) * norm.cdf(-abs(mean))
    found = []
    for seed in range(10):
        x, decision = linear(np.random.default_rng(seed), mean)
        (worth,) = worth_of_learning(decision, {"x": x}, estimation=estimation)
        assert worth.saved_effort > worth.saved_effort_noise
        found.append(worth.saved_effort)
    # The standard error of a mean of ten is some 0.01; what is corrected for bias is rather too low.
    assert np.mean(found) == pytest.approx(expected, abs=0.04 if estimation is PLAIN else 0.05)


def test_the_assurance_gained_in_a_linear_example_is_a_difference_of_normal_tails(generator):
    x, decision = linear(generator, 0.0)
    worst = norm.pdf(norm.ppf(0.1)) / 0.1
    known, all_ = 0.1, sqrt(0.05**2 + 0.1**2)
    for estimation in (PLAIN, Estimation()):
        (worth,) = worth_of_learning(decision, {"x": x}, stated=decision.assurance[1], estimation=estimation)
        assert worth.assurance_before == pytest.approx(0.5 - all_ * worst, abs=0.01)
        assert worth.assurance_gain == pytest.approx((all_ - known) * worst, rel=0.15)
        assert worth.assurance_gain > worth.assurance_gain_noise


def test_what_tells_nothing_is_within_its_noise(generator):
    _, decision = linear(generator, 0.0)
    unknowns = {f"unknown {number}": generator.normal(size=DRAWS) for number in range(100)}
    found = worth_of_learning(decision, unknowns, stated=decision.assurance[1])
    saving = [worth.saved_effort > worth.saved_effort_noise for worth in found]
    gaining = [worth.assurance_gain > worth.assurance_gain_noise for worth in found]
    # 5 % are above the 95 % point, by chance.
    assert 0 < sum(saving) <= 12
    assert 0 < sum(gaining) <= 12
    # As they come, without what is done against bias, they would seem to be worth much more.
    plain = worth_of_learning(decision, unknowns, stated=decision.assurance[1], estimation=PLAIN)
    for value in ("saved_effort", "assurance_gain"):
        kept, came = (np.mean([getattr(worth, value) for worth in worths]) for worths in (found, plain))
        assert came > 3.0 * kept


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from((0, 3)))
@examples(40)
def test_no_answer_is_worth_less_than_nothing_or_more_than_all(seed, packages, permutations):
    generator = np.random.default_rng(seed)
    decision = Decision(
        tuple("abcde"[:packages]),
        generator.uniform(size=(packages, 200)),
        generator.integers(1, 9, size=(packages, 200)).astype(float),
        generator.uniform(size=200),
    )
    unknowns = {"count": generator.integers(1, 4, size=200).astype(float), "part": decision.assurance[0]}
    estimation = Estimation(bins=4, permutations=permutations)
    lost = losses(decision)
    most = lost.mean(axis=1).min() - lost.min(axis=0).mean()
    for worth in worth_of_learning(decision, unknowns, estimation=estimation):
        assert 0.0 <= worth.saved_effort <= most + 1e-9
        assert 0.0 <= worth.assurance_gain <= decision.assurance.max() - worth.assurance_before
        assert worth.choice_gain >= 0.0
        assert min(worth.saved_effort_noise, worth.assurance_gain_noise, worth.choice_gain_noise) >= 0.0


def test_learning_everything_saves_all_that_can_be_saved():
    x = np.linspace(-1.0, 1.0, 64)
    decision = Decision(
        ("a", "b"), np.ones((2, 64)), np.array([np.full(64, 5.0), 5.0 + np.sign(x)]), np.full(64, 0.5)
    )
    (worth,) = worth_of_learning(decision, {"x": x}, estimation=Estimation(bins=4))
    assert worth.saved_effort == pytest.approx(0.5)
    assert worth.best_after == (Choice("b", (-1.0, x[31])), Choice("a", (x[32], 1.0)))


def test_another_package_is_named_only_where_it_is_surely_better(generator):
    # By 1 person-day with noise of 10 in each draw: not to be told from nothing in groups of 64.
    x = np.repeat([0.0, 1.0], 64)
    noise = generator.permuted(np.tile([10.0, -10.0], 64))
    effort = np.array(
        [np.full(128, 50.0), 50.5 - x + noise - noise.reshape(2, 64).mean(axis=1)[x.astype(int)]]
    )
    decision = Decision(("a", "b"), np.ones((2, 128)), effort, 0.5)
    (worth,) = worth_of_learning(decision, {"x": x}, estimation=PLAIN)
    assert worth.saved_effort == pytest.approx(0.25)
    assert worth.best_after == (Choice("a", (0.0, 1.0)),)


def test_packages_that_differ_by_rounding_alone_are_named_in_their_order():
    effort = np.repeat([[0.1 + 0.2], [0.3]], 128, axis=1)  # the first is greater by rounding
    decision = Decision(("a", "b"), np.ones((2, 128)), effort, 0.5)
    (worth,) = worth_of_learning(decision, {"x": np.arange(128.0)})
    assert (worth.best_before, worth.saved_effort) == ("a", 0.0)
    assert worth.best_after == (Choice("a", (0.0, 127.0)),)


def test_one_value_teaches_nothing(generator):
    _, decision = linear(generator, 0.0, draws=100)
    (worth,) = worth_of_learning(decision, {"still": np.ones(100)}, estimation=Estimation())
    assert (worth.saved_effort, worth.assurance_gain, worth.choice_gain) == (0.0, 0.0, 0.0)
    assert worth_asking([worth]) == ()


def test_without_packages_there_is_assurance_to_gain_alone(generator):
    x, z = generator.normal(size=(2, 1024))
    nothing = Decision((), np.zeros((0, 1024)), np.zeros((0, 1024)), 0.9)
    (worth,) = worth_of_learning(nothing, {"x": x}, stated=x + z)
    assert (worth.saved_effort, worth.effort_before, worth.best_before, worth.best_after) == (
        0.0,
        0.0,
        None,
        (),
    )
    assert (worth.choice_gain, worth.assurance_before) == (0.0, pytest.approx(tail_mean(x + z)))
    assert worth.assurance_gain > worth.assurance_gain_noise > 0.0
    stated = np.array([x, z])
    outcome = value_of_outcome(
        "runs", [Outcome(name, np.full(1024, 0.5), nothing) for name in ("yes", "no")], stated=stated
    )
    both = 0.5 * tail_mean(x) + 0.5 * tail_mean(z)
    assert outcome.assurance_gain == pytest.approx(both - tail_mean(stated.ravel()))
    assert (outcome.best_before, outcome.best_after) == (None, ())


def test_the_worth_of_an_unknown_does_not_hang_on_the_others_or_on_a_global_seed(generator):
    x, decision = linear(generator, 0.0, draws=512)
    y = generator.uniform(size=512)
    both = worth_of_learning(decision, {"y": y, "x": x})
    assert both[1:] == worth_of_learning(decision, {"x": x})
    assert both[1:] != worth_of_learning(decision, {"x": x}, estimation=Estimation(seed=1))


def test_a_certain_outcome_and_one_that_changes_nothing_tell_nothing(generator):
    _, decision = linear(generator, 0.0, draws=256)
    chance = np.full(256, 0.25)
    same = value_of_outcome("same", [Outcome("yes", chance, decision), Outcome("no", 1.0 - chance, decision)])
    assert (same.saved_effort, same.choice_gain) == (0.0, 0.0)
    assert same.assurance_gain == 0.0
    sure = value_of_outcome(
        "sure", [Outcome("yes", np.ones(256), decision), Outcome("no", np.zeros(256), decision)]
    )
    assert (sure.saved_effort, sure.assurance_gain, sure.choice_gain) == (0.0, 0.0, 0.0)
    assert [choice.outcome for choice in sure.best_after] == ["yes"]


def test_a_target_is_reached_but_for_rounding():
    decision = Decision(("a", "b"), np.array([[1.0 - 0.1], [0.9 - 1e-6]]), np.array([[3.0], [1.0]]), 0.9)
    assert losses(decision).tolist() == [[3.0], [4.0]]


def test_where_no_package_reaches_the_target_all_need_the_greatest_effort_too():
    decision = Decision(("a", "b"), np.array([[0.1], [0.2]]), np.array([[3.0], [7.0]]), 0.9)
    assert losses(decision).tolist() == [[10.0], [14.0]]


def worth(name, saved=0.0, gain=0.0, noise=0.0):
    return Worth(name, saved, noise, 0.0, gain, noise, 0.0, 0.0, 0.0, None, ())


def test_what_is_worth_asking_comes_in_order_and_above_its_noise():
    worths = [
        worth("within its noise", saved=0.5, gain=0.4, noise=0.5),
        worth("nothing"),
        worth("more assurance", gain=0.2),
        worth("b", saved=1.0, gain=0.1),
        worth("some assurance, and effort within noise", saved=0.1, gain=0.15, noise=0.1),
        worth("a", saved=1.0, gain=0.1),
        worth("both", saved=1.0, gain=0.2),
        worth("most effort", saved=2.0),
    ]
    order = ["most effort", "both", "a", "b", "more assurance", "some assurance, and effort within noise"]
    assert [one.name for one in worth_asking(worths, 9)] == order
    assert [one.name for one in worth_asking(worths)] == order[:3]
    with pytest.raises(OutOfRange, match="the count is 0; use 1 or more"):
        worth_asking(worths, 0)


def changed(**changes):
    fields = {
        "packages": ("a", "b"),
        "assurance": np.zeros((2, 128)),
        "effort": np.ones((2, 128)),
        "target": 0.9,
    }
    return Decision(**fields | changes)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (changed(packages=("a",)), r"assurance has the shape \(2, 128\), not \(1, draws\) for 1 packages"),
        (changed(assurance=np.zeros((2, 0))), r"assurance has the shape \(2, 0\), not \(2, draws\)"),
        (changed(effort=np.ones(2)), r"effort has the shape \(2,\), not that of assurance, \(2, 128\)"),
        (
            changed(target=np.zeros(3)),
            r"the target has the shape \(3,\), not one number or one for each draw",
        ),
        (changed(assurance=np.full((2, 128), np.nan)), "256 of 256 values of assurance are no finite number"),
        (changed(effort=np.full((2, 128), np.inf)), "256 of 256 values of effort are no finite number"),
        (changed(target=np.nan), "1 of 1 values of the target are no finite number"),
        (changed(effort=np.full((2, 128), -1.0)), "an effort is -1.0 person-days; use 0 or more"),
    ],
)
def test_decisions_that_cannot_be_computed_with(decision, message):
    with pytest.raises(OutOfRange, match=message):
        losses(decision)


@pytest.mark.parametrize(
    ("estimation", "message"),
    [
        (Estimation(bins=0), "bins are 0; use 1 to 32767"),
        (Estimation(permutations=-1), "permutations are -1; use 0 or more"),
        (Estimation(seed=-1), "the seed is -1; use a whole number of at least 0"),
        (Estimation(tail=0.0), "the tail is 0.0, not a share above 0 and at most 1"),
    ],
)
def test_estimations_that_cannot_be_made(estimation, message):
    with pytest.raises(OutOfRange, match=message):
        worth_of_learning(changed(), {}, estimation=estimation)


def test_what_else_cannot_be_learned_from():
    x = np.arange(128.0)
    with pytest.raises(OutOfRange, match="127 draws are too few to learn from by groups; use at least 128"):
        worth_of_learning(changed(assurance=np.zeros((2, 127)), effort=np.ones((2, 127))), {"x": x[1:]})
    with pytest.raises(
        OutOfRange, match=r"values of 'x' have the shape \(3,\), not \(128,\): one for each draw"
    ):
        worth_of_learning(changed(), {"x": np.zeros(3)})
    with pytest.raises(OutOfRange, match=r"the stated curve has the shape \(3,\), not \(128,\)"):
        worth_of_learning(changed(), {"x": x}, stated=np.zeros(3))
    with pytest.raises(OutOfRange, match="128 of 128 values of the stated curve are no finite number"):
        worth_of_learning(changed(), {"x": x}, stated=np.full(128, np.nan))
    with pytest.raises(OutOfRange, match="there is neither a package nor a stated curve; give one of them"):
        worth_of_learning(Decision((), np.zeros((0, 9)), np.zeros((0, 9)), 0.9), {})
    with pytest.raises(OutOfRange, match="weights are not one for each draw, at least 0, and not all 0"):
        tail_mean(x, weights=np.zeros(128))
    with pytest.raises(OutOfRange, match=r"values have the shape \(0,\), not \(draws,\)"):
        tail_mean(np.zeros(0))


def test_outcomes_that_do_not_fit():
    half = np.full(128, 0.5)
    with pytest.raises(OutOfRange, match="there is no outcome; give all ways in which it can turn out"):
        value_of_outcome("runs", [])
    with pytest.raises(
        OutOfRange, match="probabilities of the outcomes are not at least 0 with sum 1 in each"
    ):
        value_of_outcome("runs", [Outcome("yes", half, changed())])
    with pytest.raises(OutOfRange, match=r"outcome 'no' has the packages \('a', 'c'\), not \('a', 'b'\)"):
        value_of_outcome(
            "runs", [Outcome("yes", half, changed()), Outcome("no", half, changed(packages=("a", "c")))]
        )
    with pytest.raises(
        OutOfRange, match=r"outcome 'no' has probabilities of shape \(3,\) and assurance of shape"
    ):
        value_of_outcome("runs", [Outcome("yes", half, changed()), Outcome("no", half[:3], changed())])
