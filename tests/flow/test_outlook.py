"""What would restore a claim: before it begins, losses that are far off, evidence that was lost early."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from watchgap.case.quantity import Quantity
from watchgap.case.record import Peril
from watchgap.flow import LoadedCase, Sampling, load, recover
from watchgap.ledger import Entry

YONGBYON = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
FEW = Sampling(draws=8, workers=1)


@pytest.fixture(scope="module")
def loaded() -> LoadedCase:
    return load(YONGBYON)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        pytest.param("1993-02-05", "not begun", id="the day before"),
        pytest.param("1993-02-06", "no scenario could be over yet", id="the first day"),
        pytest.param("1993-11-06", "restorable", id="later"),
    ],
)
def test_a_claim_has_a_state_once_there_is_something_to_miss(
    loaded: LoadedCase, as_of: str, state: str
) -> None:
    study = recover(loaded, as_of=as_of, until=as_of, sampling=FEW)
    claim = next(one for one in study.claims if one.id == "gap")
    assert claim.state == state
    assert bool(claim.states) == (state == "restorable")


def test_a_peril_beyond_the_calendar_is_told(loaded: LoadedCase) -> None:
    rate = Quantity.model_validate({"value": 1e-4, "unit": "1/a", "source": ("MEMO",), "grade": "B"})
    slow = Peril.model_validate(
        {
            "id": "slow",
            "text": "Once in ten thousand years.",
            "kind": "other",
            "destroys": ("rod-positions",),
            "hazard": rate,
            "source": ("MEMO",),
            "grade": "B",
        }
    )
    case = loaded.case.model_copy(update={"perils": (slow,)})
    study = recover(replace(loaded, case=case), as_of="1993-11-06", until="1993-11-10", sampling=FEW)
    (loss,) = (one for claim in study.claims for one in claim.losses if one.entry == "slow")
    assert loss.last == date.max
    assert loss.first < loss.last
    assert loss.probability == 0.0


def test_evidence_that_was_lost_before_a_claim_begins_is_lost_for_it(loaded: LoadedCase) -> None:
    activities = tuple(
        one.model_copy(update={"needs": (*one.needs, "rod-positions")}) for one in loaded.case.activities
    )
    early = Entry(
        "X001", "lost", ("rod-positions",), 100.0, 100.0, "at", date(1992, 9, 1), ("MEMO",), "B", line=9999
    )
    changed = replace(
        loaded,
        case=loaded.case.model_copy(update={"activities": activities}),
        entries=(*loaded.entries, early),
    )
    study = recover(changed, as_of="1993-11-06", until="1993-11-06", sampling=FEW)
    for claim in study.claims[:2]:
        assert [one.entry for one in claim.losses if one.happened] == ["X001"]
