import pytest

from watchgap.base.errors import CaseError, Fault, OutOfRange, UnknownName, WatchgapError


def test_a_fault_is_written_as_place_problem_and_remedy() -> None:
    assert str(Fault("case.yaml", 7, "this is wrong", "do that")) == "case.yaml:7: this is wrong; do that"


def test_a_fault_stays_one_line_that_a_terminal_only_shows() -> None:
    written = str(Fault("case.yaml", 1, "'a\nb\x1b[2J\ud800\u202e' is wrong", "mend it"))
    assert written == "case.yaml:1: 'a\\nb\\x1b[2J\\ud800\\u202e' is wrong; mend it"


def test_faults_stand_in_the_order_of_their_files() -> None:
    last, first = Fault("b.csv", 2, "x", "y"), Fault("a.csv", 10, "x", "y")
    assert sorted([last, Fault("a.csv", 11, "a", "b"), first]) == [first, Fault("a.csv", 11, "a", "b"), last]


def test_a_case_error_carries_its_faults_and_says_each_on_a_line() -> None:
    faults = (Fault("a", 1, "p", "r"), Fault("b", 2, "q", "s"))
    error = CaseError(faults)
    assert (error.faults, str(error)) == (faults, "a:1: p; r\nb:2: q; s")


@pytest.mark.parametrize(
    ("error", "builtin"), [(CaseError, ValueError), (OutOfRange, ValueError), (UnknownName, LookupError)]
)
def test_each_error_is_ours_and_a_builtin(error: type, builtin: type) -> None:
    assert issubclass(error, WatchgapError)
    assert issubclass(error, builtin)
