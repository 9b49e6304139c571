"""From a folder to a study: which facts are used, and what is refused."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import watchgap
from watchgap.base.errors import CaseError, OutOfRange
from watchgap.flow import LoadedCase, backtest, brief, check, load, situation_of

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
EARLY = "2021-04-20"
# A collection that was recorded late, and a correction of a service that was recorded later still.
_FACTS = (
    "k1,collected,gate-monitor,2021-03-01,,at,2021-05-01,,invented,A,whole,,,",
    "k2,serviced,hall-camera,2021-04-06,,at,2021-06-01,found=dead; record=lost,invented,A,whole,,,e07",
    "k3,collected,gate-monitor,2021-04-25,,at,,,invented,A,whole,,,",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (folder / name).write_bytes((STARTER / name).read_bytes())
    events = (folder / "events.csv").read_text(encoding="utf-8")
    (folder / "events.csv").write_text(events + "\n".join(_FACTS) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedCase:
    return load(folder)


# ---------------------------------------------------------------- which day


@pytest.mark.parametrize("run", [brief, backtest, situation_of])
@pytest.mark.parametrize("day", ["2020-12-31", "2022-01-01", date(1993, 11, 6)])
def test_a_day_outside_the_period(loaded: LoadedCase, run: object, day: date | str) -> None:
    assert callable(run)
    with pytest.raises(OutOfRange) as caught:
        run(loaded, as_of=day)
    assert str(caught.value) == (
        f"as of {day} lies outside the period of the case; it runs 2021-01-01 to 2021-12-31"
    )


@pytest.mark.parametrize("option", ["as_of", "known_on"])
@pytest.mark.parametrize("day", ["yesterday", "", "2021-02-30", "[/]"])
def test_what_is_no_day(loaded: LoadedCase, option: str, day: str) -> None:
    with pytest.raises(OutOfRange) as caught:
        brief(loaded, **{option: day})
    assert re.fullmatch(
        rf"'{re.escape(day)}' is not a day( of the calendar \(.*\))?; write it as 1993-11-06",
        str(caught.value),
    )


def test_the_first_day_and_the_last(loaded: LoadedCase) -> None:
    study = brief(loaded, as_of="2021-01-01")
    assert study.times.tolist() == [1.0]
    in_hand = study.claim("nothing-taken").in_hand
    assert (in_hand.value, in_hand.words) == (None, "no scenario could be over yet")
    assert study.claim("nothing-taken").curves["in hand"].tolist() == [1.0]
    assert study.claim("nothing-taken").exposures[0].amount == 0.0
    assert situation_of(loaded).times[-1] == 365.0


def test_a_day_as_text_and_as_a_date(loaded: LoadedCase, folder: Path) -> None:
    assert brief(loaded, as_of="2021-02-01").digest == brief(folder, as_of=date(2021, 2, 1)).digest
    assert brief(str(folder), as_of="2021-02-01").days[-1] == date(2021, 2, 1)


def test_public_names_are_the_same(folder: Path) -> None:
    assert watchgap.load(folder).digest == load(folder).digest
    assert watchgap.check(folder) == check(folder) == ()


# ---------------------------------------------------------------- what was known when


def test_all_that_is_recorded_is_known(loaded: LoadedCase) -> None:
    origin = brief(loaded, as_of=EARLY).origin
    # Fourteen facts of the starting case and three more, of which one stands in the place of another.
    assert (origin.ledger_position, origin.facts_known) == (17, 16)
    assert origin.facts_used == 9
    assert origin.recorded_later == 2
    assert origin.known_on is None
    assert origin.valuation == "each number that is not known at its median"


def test_only_what_was_recorded_by_a_day(loaded: LoadedCase) -> None:
    study = brief(loaded, as_of=EARLY, known_on=EARLY)
    assert study.known_on == study.origin.known_on == date(2021, 4, 20)
    # The fact that a later one corrects is still there.
    assert (study.origin.facts_known, study.origin.facts_used, study.origin.recorded_later) == (8, 8, 0)


@pytest.mark.parametrize(
    ("known_on", "collected", "found"),
    [
        ("2021-04-20", False, "working"),
        ("2021-04-30", False, "working"),
        ("2021-05-01", True, "working"),
        ("2021-05-31", True, "working"),
        ("2021-06-01", True, "dead"),
        (None, True, "dead"),
    ],
)
def test_knowledge_grows(loaded: LoadedCase, known_on: str | None, collected: bool, found: str) -> None:
    records = situation_of(loaded, as_of=EARLY, known_on=known_on).records
    monitor = records["gate-monitor"].lives[0]
    assert (monitor.holdings[0].in_hand == 59.0) is collected
    camera = records["hall-camera"].lives[0]
    assert camera.findings[0].dead_by == (95.0 if found == "dead" else np.inf)
    assert (camera.holdings[0].lost == 95.0) is (found == "dead")


def test_a_fact_after_the_day_changes_nothing_before(loaded: LoadedCase) -> None:
    """`as_of` cuts by the time of a fact, `known_on` by the day on which it was recorded."""
    early, late = brief(loaded, as_of=EARLY), brief(loaded, as_of="2021-05-10")
    for claim in early.claims:
        for name, curve in claim.curves.items():
            after = late.claim(claim.id).curves[name][: curve.size]
            assert after == pytest.approx(curve, abs=1e-9), name
    assert early.origin.facts_used < late.origin.facts_used


def test_digests_name_what_was_read(folder: Path, loaded: LoadedCase, tmp_path: Path) -> None:
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert (load(tmp_path).digest, load(tmp_path).case_digest) == (loaded.digest, loaded.case_digest)
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as events:
        events.write("\n")
    other = load(tmp_path)
    assert other.digest != loaded.digest
    assert other.case_digest == loaded.case_digest
    assert brief(other, as_of="2021-01-02").digest != brief(loaded, as_of="2021-01-02").digest


# ---------------------------------------------------------------- faults


def test_every_fault_of_every_file(folder: Path, tmp_path: Path) -> None:
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    case = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    case = case.replace("visible: { value: 0.8", "visible: { value: 1.8").replace(
        "kind: past", "kind: passed"
    )
    (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
    events = (tmp_path / "events.csv").read_text(encoding="utf-8")
    (tmp_path / "events.csv").write_text(events.replace("e01,installed", "e01,put"), encoding="utf-8")
    with (tmp_path / "sources.csv").open("a", encoding="utf-8") as sources:
        sources.write("invented,again,,,,,\n")
    faults = check(tmp_path)
    assert {fault.file for fault in faults} == {"case.yaml", "events.csv", "sources.csv"}
    assert len(faults) >= 4
    for run in (load, brief, backtest):
        with pytest.raises(CaseError) as caught:
            run(tmp_path)
        assert caught.value.faults == faults
        assert str(caught.value) == "\n".join(str(fault) for fault in faults)


@pytest.mark.parametrize("name", ["nowhere", "case.yaml", "no\0where", "a" * 5000])
def test_a_folder_that_is_not_there(folder: Path, name: str) -> None:
    missing = folder / name
    (fault,) = check(missing)
    assert fault.problem == f"there is no folder '{missing}'"
    assert fault.remedy == "name a case folder, or start one with `watchgap new`"
    with pytest.raises(CaseError):
        load(missing)


@pytest.mark.parametrize(
    "fact",
    [
        "i1,disabled,satellite,2021-03-01,,at,,,invented,A,,,,",
        "i1,lost,satellite,2021-03-01,,at,,,invented,A,,,,",
        "i1,transmitted-until,hall-camera,2021-03-01,,at,,,invented,A,,,,",
        "i1,custody,kept-by-operator,2021-03-03,2021-03-09,during,,measures=satellite,invented,A,,,,",
    ],
)
def test_a_fact_that_would_do_nothing_is_a_fault(folder: Path, tmp_path: Path, fact: str) -> None:
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as events:
        events.write(f"{fact}\n")
    assert len(check(tmp_path)) == 1
