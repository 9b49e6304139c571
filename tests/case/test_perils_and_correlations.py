"""Perils and correlations of a case file: each fault with its line and the right words."""

import pytest

CORRELATED = "unknowns: [hall-camera.recognition, satellite.recognition]\n    rank: 0.5"
DAY = "day: { triangular: [2021-11-01, 2021-12-01, 2022-03-01] }"
HAZARD = "hazard: { value: 0.5, unit: 1/a, source: invented, grade: C }"
MATRIX = "unknowns: [hall-camera.recognition, satellite.recognition, gate-monitor.recognition]\n    matrix: "


@pytest.mark.parametrize(
    ("old", "new", "below", "fault"),
    [
        pytest.param(
            DAY,
            "destroys: []",
            -4,
            "perils[memory-full]: the peril needs one form; give either `day` or `hazard`",
            id="no form",
        ),
        pytest.param(
            DAY,
            DAY + "\n    " + HAZARD,
            -4,
            "perils[memory-full]: the peril needs one form; give either `day` or `hazard`",
            id="two forms",
        ),
        pytest.param(
            DAY,
            DAY + "\n    since: 2021-06-01",
            -4,
            "perils[memory-full]: `since` belongs to a hazard; remove it, the day says when",
            id="since with a day",
        ),
        pytest.param(
            "loses: [gate-monitor]",
            "loses: []",
            -3,
            "perils[memory-full]: the peril destroys nothing; name evidence in `destroys` or measures "
            "in `loses`",
            id="destroys nothing",
        ),
        pytest.param(
            "loses: [gate-monitor]",
            "loses: [satellite]",
            0,
            "imagery 'satellite' is sent at once, and no peril at its place can lose it; name measures whose "
            "record lies at the place",
            id="imagery",
        ),
        pytest.param(
            "destroys: [loading-map]\n    hazard",
            "destroys: [the-map]\n    hazard",
            0,
            "'the-map' is not declared under evidence; use one of loading-map",
            id="unknown evidence",
        ),
        pytest.param(
            "triangular: [2021-11-01, 2021-12-01, 2022-03-01]",
            "triangular: [2021-12-01, 2021-11-01, 2022-03-01]",
            0,
            "perils[memory-full].day: the days of triangular are not in order; write them as 2021-11-01, "
            "2021-12-01, 2022-03-01",
            id="days out of order",
        ),
        pytest.param(
            "triangular: [2021-11-01, 2021-12-01, 2022-03-01]",
            "triangular: [2021-11-01, 2022-03-01]",
            0,
            "perils[memory-full].day: triangular has 2 days; give it 3",
            id="too few days",
        ),
        pytest.param(
            "triangular: [2021-11-01, 2021-12-01, 2022-03-01]",
            "uniform: [1021-11-01, 2022-03-01]",
            0,
            "the day 1021-11-01 is more than a century from the period; correct the year",
            id="a slip in the year",
        ),
        pytest.param(
            "hazard: { value: 0.5, unit: 1/a,",
            "hazard: { uniform: [-1, 0.5], unit: 1/a,",
            0,
            "perils[rearranging].hazard: the values from -0.00273785 to 0.00136893 [1/d] leave the range; "
            "it must be at least 0 1/d",
            id="a hazard whose support leaves its range",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("satellite.recognition", "satellite.recogniton"),
            0,
            "'satellite.recogniton' is no number of this case; did you mean satellite.recognition",
            id="a misspelt unknown",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("satellite.recognition", "hall-camera.recognition"),
            0,
            "the unknown 'hall-camera.recognition' is already in correlation 'thoroughness'; put all that "
            "depend on one another in one matrix",
            id="an unknown twice",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("rank: 0.5", "rank: 1.5"),
            1,
            "correlations[thoroughness].rank is 1.5; input should be less than or equal to 1",
            id="a rank beyond 1",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("rank: 0.5", "matrix: [[1, 0.5]]"),
            -2,
            "correlations[thoroughness]: the matrix is not square; give 2 rows of 2 numbers, one for "
            "each unknown",
            id="not square",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("rank: 0.5", "matrix: [[1, 0.5], [0.4, 1]]"),
            -2,
            "correlations[thoroughness]: row 1, column 2 of the matrix is 0.5; keep it symmetric, from "
            "-1 to 1, with 1 on the diagonal",
            id="not symmetric",
        ),
        pytest.param(
            CORRELATED,
            CORRELATED.replace("\n    rank: 0.5", ""),
            -2,
            "correlations[thoroughness]: the correlation needs one form; give either `rank` or `matrix`",
            id="no correlation",
        ),
        pytest.param(
            CORRELATED,
            MATRIX + "[[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]",
            1,
            "the correlations contradict one another (not positive semidefinite, eigenvalue -0.816); bring "
            "them nearer to 0 until no three of them exclude each other",
            id="a matrix that is not positive semidefinite",
        ),
        pytest.param(
            CORRELATED,
            MATRIX.replace("\n    matrix: ", "\n    rank: -0.6"),
            1,
            "the correlations contradict one another (not positive semidefinite, eigenvalue -0.236); bring "
            "them nearer to 0 until no three of them exclude each other",
            id="three that are all opposed",
        ),
    ],
)
def test_one_fault(folder, old: str, new: str, below: int, fault: str) -> None:  # type: ignore[no-untyped-def]
    line = folder.spoil(old, new) + below
    faults = folder.faults()
    assert any(one.startswith(f"case.yaml:{line}: {fault}") for one in faults), faults


def test_grade_d_needs_a_rationale(folder) -> None:  # type: ignore[no-untyped-def]
    folder.spoil(DAY + "\n    source: invented\n    grade: C", DAY + "\n    source: invented\n    grade: D")
    assert "a peril of grade D has no rationale" in folder.faults()[0]


def test_a_number_that_is_known_may_stay_in_its_correlation(folder) -> None:  # type: ignore[no-untyped-def]
    folder.spoil(CORRELATED, CORRELATED.replace("satellite.recognition", "hatch-seal.recognition"))
    assert folder.faults() == []


def test_a_matrix_that_can_be_is_no_fault(folder) -> None:  # type: ignore[no-untyped-def]
    folder.spoil(CORRELATED, MATRIX + "[[1, 0.9, 0.7], [0.9, 1, 0.9], [0.7, 0.9, 1]]")
    assert folder.faults() == []


def test_an_activity_with_an_instrument_has_no_false_alarm_of_its_own(folder) -> None:  # type: ignore[no-untyped-def]
    folder.spoil(
        "    instrument: gamma-scanner\n",
        "    instrument: gamma-scanner\n"
        '    false_alarm: { value: 0.01, unit: "1", source: invented, grade: C }\n',
    )
    assert "the activity has a false-alarm rate beside that of its instrument" in folder.faults()[0]
