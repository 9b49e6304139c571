"""Non-detection by surveillance: printed numbers, the defining integral, simulation, properties."""

from itertools import pairwise
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from watchgap.base.errors import OutOfRange
from watchgap.detection import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    LifeKnowledge,
    LifeModel,
    LognormalLife,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
    expected_nondetection,
    nondetection,
)
from watchgap.testing.strategies import examples

NOTHING_KNOWN = LifeKnowledge()
NO_RATE = "not a finite number of at least 0"


class TestNondetection:
    @pytest.mark.parametrize(
        ("spacing", "recognition", "length", "detection"),
        [
            (20.0, 1.0, 15.0, 0.75),  # the mean of the two counts: tau = 20, T = 15
            (20.0, 1.0, 30.0, 1.0),  # E1: one frame certain
            (20.0, 0.5, 30.0, 0.625),  # E3: independent frames
            (20.0, 0.5, 20.0, 0.5),
            (20.0, 0.5, 40.0, 0.75),
            (20.0, 0.0, 40.0, 0.0),
        ],
    )
    def test_looks_at_a_fixed_spacing(self, spacing, recognition, length, detection):
        response = SteppedResponse(spacing, recognition)
        assert 1.0 - nondetection(response, np.array(length)) == pytest.approx(detection, abs=1e-15)

    def test_a_random_interval(self):
        # E2: mean 20, T = 15.
        assert 1.0 - nondetection(ExponentialResponse(1 / 20), np.array(15.0)) == pytest.approx(
            0.5276, abs=5e-5
        )

    @pytest.mark.parametrize(
        "response",
        [
            ExponentialResponse(36.0),
            ExponentialResponse(0.0),
            SteppedResponse(2.0, 1.0),
            SteppedResponse(2.0, 0.3),
            SteppedResponse(inf, 1.0),
            SealResponse(0.9),
        ],
    )
    def test_no_length_shows_nothing(self, response):
        assert nondetection(response, np.array([-5.0, 0.0])).tolist() == [1.0, 1.0]

    def test_a_seal_is_found_open_whatever_the_length(self):
        found = nondetection(SealResponse(0.9), np.array([0.0, 1e-9, 40.0]))
        assert found == pytest.approx([1.0, 0.1, 0.1])
        assert nondetection(SealResponse(1.0), np.array([0.0, 1.0])).tolist() == [1.0, 0.0]

    def test_many_faint_looks_keep_their_digits(self):
        computed = nondetection(SteppedResponse(1.0, 1e-9), np.array(1e6))
        assert computed == pytest.approx(exp(1e6 * np.log1p(-1e-9)), rel=1e-15)

    @pytest.mark.parametrize(
        ("response", "length", "message"),
        [
            (
                ExponentialResponse(-1.0),
                1.0,
                "rate of a response is -1.0 /d, not a finite number of at least 0",
            ),
            (
                ExponentialResponse(inf),
                1.0,
                "rate of a response is inf /d, not a finite number of at least 0",
            ),
            (SteppedResponse(0.0, 0.5), 1.0, "spacing of looks is 0.0 d, not a number above 0"),
            (SteppedResponse(1.0, 1.5), 1.0, "recognition is 1.5, not a probability in [0, 1]"),
            (SealResponse(-0.1), 1.0, "recognition is -0.1, not a probability in [0, 1]"),
            (SealResponse(0.1), inf, "a length of activity is not a finite number of days"),
        ],
    )
    def test_what_is_no_measure_is_refused(self, response, length, message):
        with pytest.raises(OutOfRange) as refused:
            nondetection(response, np.array(length))
        assert str(refused.value) == message


def law_of(part):
    """(density, survival) of a part, from scipy.stats; a fixed life has no density."""
    match part:
        case ExponentialLife(mean):
            law = stats.expon(scale=mean)
        case WeibullLife(scale, shape):
            law = stats.weibull_min(shape, scale=scale)
        case LognormalLife(median, sigma):
            law = stats.lognorm(sigma, scale=median)
        case TableLife(ages, survival):
            slopes = -np.diff(survival) / np.diff(ages)
            return (
                lambda x: slopes[np.searchsorted(ages, x) - 1] if 0.0 < x < ages[-1] else 0.0,
                lambda x: np.interp(x, ages, survival),
            )
        case FixedLife(length):
            return (lambda _: 0.0, lambda x: float(x < length))
    return law.pdf, law.sf


def phi(response, length):
    """Non-detection again, as the design writes it."""
    length = max(length, 0.0)
    if isinstance(response, ExponentialResponse):
        return exp(-response.rate * length)
    looks = length / response.spacing
    p, k = response.recognition, np.floor(looks)
    return (1 - p) ** k * (1 - p * (looks - k))


def by_definition(model, knowledge, responses, begins, ends):
    """E[prod phi] by adaptive quadrature over the density of the life, between all kinks, plus its atoms."""
    laws = [law_of(part) for part in model.parts]

    def seen(life):
        pieces = zip(responses, begins, ends, strict=True)
        return np.prod([phi(r, min(life - b, e - b)) for r, b, e in pieces])

    def alive(age):
        return float(np.prod([survival(age) for _, survival in laws]))

    def integrand(root):
        # The substitution age = low + root^2 takes away the pole of an infant-mortality density.
        age = low + root * root
        survivals = [survival(age) for _, survival in laws]
        if min(survivals) == 0.0:
            return 0.0
        hazard = sum(density(age) / s for (density, _), s in zip(laws, survivals, strict=True))
        return 2.0 * root * seen(age) * np.prod(survivals) * hazard

    low, high = knowledge.alive_until, knowledge.dead_by
    kinks = {low, *begins, *ends}
    for response, begin, end in zip(responses, begins, ends, strict=True):
        if isinstance(response, SteppedResponse):
            kinks |= set(np.arange(begin, end, response.spacing))
    atoms = [part.length for part in model.parts if isinstance(part, FixedLife)]
    tables = [age for part in model.parts if isinstance(part, TableLife) for age in part.ages]
    last = min([high, *atoms])
    kinks = sorted(kink for kink in kinks | set(tables) | {last} if low <= kink <= last and kink < inf)
    total = 0.0
    for start, stop in pairwise(kinks):
        a, b = np.sqrt(start - low), np.sqrt(stop - low)
        total += quad(integrand, a, b, epsabs=1e-15, epsrel=1e-12, limit=200)[0]
    if last == inf:
        total += alive(kinks[-1]) * seen(inf)
    elif last in atoms:
        total += alive(np.nextafter(last, 0.0)) * seen(last)
    within = alive(low) - (alive(high) if high < inf else 0.0)
    return total / within


MODELS = {
    "exponential": LifeModel((ExponentialLife(20.0),)),
    "infant": LifeModel((WeibullLife(30.0, 0.5),)),
    "wear": LifeModel((WeibullLife(20.0, 1.5),)),
    "steep": LifeModel((WeibullLife(20.0, 4.0),)),
    "lognormal": LifeModel((LognormalLife(15.0, 0.6),)),
    "table": LifeModel((TableLife((0.0, 6.0, 13.0, 21.0), (1.0, 0.95, 0.4, 0.1)),)),
    "fixed": LifeModel((FixedLife(12.3),)),
    "film and battery": LifeModel((FixedLife(17.0), WeibullLife(20.0, 1.5))),
    "everything": LifeModel(
        (
            FixedLife(25.0),
            ExponentialLife(60.0),
            WeibullLife(50.0, 0.5),
            LognormalLife(30.0, 1.0),
            TableLife((0.0, 10.0, 30.0), (1.0, 0.8, 0.5)),
        )
    ),
}
FAST, SLOW = ExponentialResponse(9.0), ExponentialResponse(0.08)
LOOKS, SURE_LOOKS = SteppedResponse(0.9, 0.5), SteppedResponse(1.7, 1.0)
FAINT_LOOKS = SteppedResponse(1.1, 0.02)
PIECES = {
    "one from service": ([SLOW], [0.0], [14.0]),
    "one fast": ([FAST], [11.5], [13.0]),
    "looks from service": ([FAINT_LOOKS], [0.0], [15.0]),
    "sure looks": ([SURE_LOOKS], [9.0], [18.5]),
    "two of a kind": ([SLOW, SLOW], [2.0, 9.0], [5.5, 16.0]),
    "two kinds, touching": ([LOOKS, FAST], [4.0, 11.7], [11.7, 14.0]),
    "three with an empty one": ([LOOKS, FAST, SLOW], [3.0, 0.0, 12.0], [6.3, 0.0, 21.0]),
    "three": ([FAINT_LOOKS, SLOW, LOOKS], [1.0, 8.0, 14.0], [7.7, 12.5, 19.0]),
}


@pytest.mark.parametrize("pieces", PIECES)
@pytest.mark.parametrize("name", MODELS)
def test_the_expectation_is_the_defining_integral(name, pieces):
    model, (responses, begins, ends) = MODELS[name], PIECES[pieces]
    for known in (NOTHING_KNOWN, LifeKnowledge(5.0), LifeKnowledge(3.0, 15.5), LifeKnowledge(0.0, 12.9)):
        computed = expected_nondetection(
            model, known, responses, np.array(begins)[:, None], np.array(ends)[:, None]
        )
        expected = by_definition(model, known, responses, begins, ends)
        assert computed == pytest.approx([expected], rel=1e-9, abs=1e-14), known


def test_a_life_that_ends_far_below_one_part_in_a_million_keeps_its_digits():
    # Closed form: one exponential response within one exponential life.
    rate, mean, begin, length = 36.0, 1e7, 1.0, 2.0
    hazard = 1.0 / mean
    lived = exp(-hazard * begin)
    expected = (1.0 - lived) + lived * (
        hazard / (hazard + rate) * -np.expm1(-(hazard + rate) * length) + exp(-(hazard + rate) * length)
    )
    computed = expected_nondetection(
        LifeModel((ExponentialLife(mean),)),
        NOTHING_KNOWN,
        [ExponentialResponse(rate)],
        np.array([[begin]]),
        np.array([[begin + length]]),
    )
    assert computed == pytest.approx([expected], rel=1e-10)
    assert computed < 2e-7


def test_thousands_of_looks_agree_with_a_sum_over_the_looks():
    # Exponential life: the integral over each look is elementary.
    spacing, recognition, mean, begin = 1 / 72, 0.003, 40.0, 7.0
    count = 3000
    edges = begin + spacing * np.arange(count + 1)
    lived = np.exp(-edges / mean)
    dead_in_look = spacing + mean * np.diff(lived)
    weights = recognition / spacing * (1 - recognition) ** np.arange(count)
    expected = (1 - recognition) ** count + np.sum(weights * dead_in_look)
    computed = expected_nondetection(
        LifeModel((ExponentialLife(mean),)),
        NOTHING_KNOWN,
        [SteppedResponse(spacing, recognition)],
        edges[None, :1],
        edges[None, -1:],
    )
    assert computed == pytest.approx([expected], rel=1e-10)


def test_a_device_known_to_outlive_the_piece_is_simply_the_measure():
    begins, ends = np.array([[3.0, 5.0]]), np.array([[4.0, 9.0]])
    for model, known in ((LifeModel(), NOTHING_KNOWN), (MODELS["everything"], LifeKnowledge(9.0))):
        computed = expected_nondetection(model, known, [LOOKS], begins, ends)
        assert computed.tolist() == nondetection(LOOKS, ends - begins)[0].tolist()


def test_a_device_known_to_be_dead_before_sees_nothing():
    begins, ends = np.array([[14.0, 30.0]]), np.array([[20.0, 31.0]])
    for model, known in ((MODELS["fixed"], NOTHING_KNOWN), (MODELS["wear"], LifeKnowledge(2.0, 14.0))):
        assert expected_nondetection(model, known, [FAST], begins, ends) == pytest.approx(
            [1.0, 1.0], rel=1e-15
        )


def test_a_death_at_a_known_age_or_length_cuts_the_piece_exactly():
    begins, ends = np.array([[10.0]]), np.array([[20.0]])
    for model, known in (
        (LifeModel((FixedLife(12.3),)), NOTHING_KNOWN),
        (MODELS["wear"], LifeKnowledge(12.3, 12.3)),
        (LifeModel((FixedLife(8.0),)), LifeKnowledge(12.3)),  # the facts win
    ):
        for response in (SLOW, FAST, LOOKS, SURE_LOOKS, FAINT_LOOKS):
            computed = expected_nondetection(model, known, [response], begins, ends)
            assert computed == pytest.approx(nondetection(response, np.array([2.3])), rel=1e-12)


@pytest.mark.parametrize("median", [7.833557464656965, 16.7773522297586 / 2, 16.6, 0.2])
def test_a_life_that_ends_abruptly_inside_one_look_is_not_overlooked(median):
    # A death near the middle of a look once made all symmetric rules agree on one half.
    spacing, sigma = 16.7773522297586, 0.021
    computed = expected_nondetection(
        LifeModel((LognormalLife(median, sigma),)),
        NOTHING_KNOWN,
        [SteppedResponse(spacing, 1.0)],
        np.array([[0.0]]),
        np.array([[26.0]]),
    )
    law = stats.lognorm(sigma, scale=median)
    seen, _ = quad(
        law.sf, 0.0, spacing, points=[0.8 * median, median, min(1.2 * median, spacing)], epsabs=1e-13
    )
    assert computed == pytest.approx([1.0 - seen / spacing], rel=1e-9)


def test_no_pieces_and_no_columns():
    none = np.zeros((0, 3))
    assert expected_nondetection(MODELS["wear"], NOTHING_KNOWN, [], none, none).tolist() == [1.0, 1.0, 1.0]
    empty = expected_nondetection(MODELS["wear"], NOTHING_KNOWN, [FAST], np.zeros((1, 0)), np.zeros((1, 0)))
    assert empty.shape == (0,)


def test_many_columns_are_what_each_is_alone():
    rng = np.random.default_rng(20)
    begins = rng.uniform(0.0, 40.0, (2, 3000))
    begins[1] += 50.0
    ends = begins + rng.uniform(0.0, 8.0, begins.shape)
    together = expected_nondetection(MODELS["everything"], NOTHING_KNOWN, [LOOKS, FAST], begins, ends)
    for column in (0, 1364, 1365, 2999):
        alone = slice(column, column + 1)
        single = expected_nondetection(
            MODELS["everything"], NOTHING_KNOWN, [LOOKS, FAST], begins[:, alone], ends[:, alone]
        )
        assert single == pytest.approx(together[alone], rel=1e-12)


def test_simulated_lives_and_pictures_agree():
    # Death, then pictures at a random phase: nothing of the formulas is used.
    rng = np.random.default_rng(1993)
    draws, begin, end, spacing, recognition = 200_000, 12.0, 19.0, 2.5, 0.4
    life = np.minimum(17.0, 20.0 * rng.weibull(1.5, draws))
    first = begin + spacing * rng.random(draws)
    missed = np.ones(draws, dtype=bool)
    for look in range(4):
        taken = first + spacing * look
        missed &= ~((taken < np.minimum(life, end)) & (rng.random(draws) < recognition))
    computed = expected_nondetection(
        MODELS["film and battery"],
        NOTHING_KNOWN,
        [SteppedResponse(spacing, recognition)],
        np.array([[begin]]),
        np.array([[end]]),
    )
    error = missed.std() / np.sqrt(draws)
    assert abs(computed[0] - missed.mean()) < 4.0 * error


@pytest.mark.parametrize(
    ("responses", "begins", "ends", "message"),
    [
        ([FAST, SealResponse(0.9)], [[0.0], [0.0]], [[1.0], [1.0]],
         "response 1 is a seal, not exponential or stepped: a seal has no life"),
        ([FAST], [0.0], [1.0],
         "begins and ends have shapes (1,) and (1,), not (1, columns) for 1 responses"),
        ([FAST], [[0.0]], [[1.0, 2.0]],
         "begins and ends have shapes (1, 1) and (1, 2), not (1, columns) for 1 responses"),
        ([FAST], [[-1.0]], [[1.0]], "a piece begins or ends at an age that is not finite and at least 0 d"),
        ([FAST], [[0.0]], [[inf]], "a piece begins or ends at an age that is not finite and at least 0 d"),
        ([FAST], [[2.0]], [[1.0]], "a piece ends before it begins; an empty piece begins where it ends"),
        ([FAST, FAST], [[2.0], [3.0]], [[4.0], [5.0]],
         "a piece begins before the one before it ends; pieces must follow one another"),
    ],
)  # fmt: skip
def test_pieces_that_make_no_sense_are_refused(responses, begins, ends, message):
    with pytest.raises(OutOfRange) as refused:
        expected_nondetection(MODELS["wear"], NOTHING_KNOWN, responses, np.array(begins), np.array(ends))
    assert str(refused.value) == message


PARTS = st.one_of(
    st.builds(FixedLife, st.floats(1.0, 60.0)),
    st.builds(ExponentialLife, st.floats(1.0, 500.0)),
    st.builds(WeibullLife, st.floats(1.0, 100.0), st.floats(0.3, 6.0)),
    st.builds(LognormalLife, st.floats(1.0, 100.0), st.floats(0.1, 2.0)),
)
LIVES = st.builds(LifeModel, st.lists(PARTS, max_size=3).map(tuple))
RESPONSES = st.one_of(
    st.builds(ExponentialResponse, st.floats(0.0, 50.0)),
    st.builds(SteppedResponse, st.floats(0.05, 20.0), st.floats(0.0, 1.0)),
)
LENGTHS = st.lists(st.floats(0.0, 30.0), min_size=4, max_size=4)


def in_order(lengths):
    """Two pieces with room before and between them, as (begins, ends)."""
    ages = np.cumsum(lengths)
    return ages[0::2, None], ages[1::2, None]


@examples(60)
@given(LIVES, RESPONSES, RESPONSES, LENGTHS, st.floats(0.0, 60.0))
def test_an_expectation_lies_between_a_dead_and_an_immortal_device(model, first, second, lengths, alive):
    begins, ends = in_order(lengths)
    value = expected_nondetection(model, LifeKnowledge(alive), [first, second], begins, ends)[0]
    immortal = np.prod(
        [nondetection(r, e - b)[0] for r, b, e in zip((first, second), begins, ends, strict=True)]
    )
    assert immortal * (1.0 - 1e-12) <= value <= 1.0


@examples(60)
@given(LIVES, RESPONSES, RESPONSES, LENGTHS, st.tuples(st.floats(0.0, 60.0), st.floats(0.0, 60.0)))
def test_a_device_found_working_later_never_raises_nondetection(model, first, second, lengths, alive):
    begins, ends = in_order(lengths)
    earlier, later = (
        expected_nondetection(model, LifeKnowledge(age), [first, second], begins, ends)[0]
        for age in sorted(alive)
    )
    # Where the model has ended before the device was found working it is dead from there on, by rule.
    excluded = any(isinstance(part, FixedLife) and part.length <= max(alive) for part in model.parts)
    assert later <= earlier * (1.0 + 1e-9) + 1e-14 or excluded


@examples(60)
@given(LIVES, st.floats(0.05, 20.0), st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), LENGTHS)
def test_better_recognition_never_raises_nondetection(model, spacing, recognitions, lengths):
    begins, ends = in_order(lengths)
    poor, good = (
        expected_nondetection(model, NOTHING_KNOWN, [SteppedResponse(spacing, p)] * 2, begins, ends)[0]
        for p in sorted(recognitions)
    )
    assert good <= poor * (1.0 + 1e-9) + 1e-14


@examples(60)
@given(LIVES, st.floats(0.0, 50.0), st.floats(0.0, 60.0), st.floats(0.0, 30.0), st.floats(0.0, 1.0))
def test_cutting_a_piece_in_two_changes_nothing_without_memory(model, rate, begin, length, cut):
    response, middle = ExponentialResponse(rate), begin + cut * length
    end = max(middle, begin + length)
    whole = expected_nondetection(model, NOTHING_KNOWN, [response], np.array([[begin]]), np.array([[end]]))
    halves = expected_nondetection(
        model, NOTHING_KNOWN, [response] * 2, np.array([[begin], [middle]]), np.array([[middle], [end]])
    )
    assert halves == pytest.approx(whole, rel=2e-9, abs=1e-14)
