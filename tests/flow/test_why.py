"""From a number to the facts that it rests on: every number of a brief, and nothing that does not matter."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from math import isclose, prod
from pathlib import Path
from typing import Any

import pytest

import watchgap as wg
from watchgap.assurance.trace import trace
from watchgap.base.errors import CaseError, OutOfRange, UnknownName
from watchgap.coverage import measure_records
from watchgap.flow import LoadedCase, Sampling, brief, load, recover
from watchgap.flow.ensemble import ask
from watchgap.flow.origins import Origins, numbers, why
from watchgap.flow.provenance import Provenance
from watchgap.ledger import Ledger
from watchgap.study import study_json
from watchgap.study.origin import explanation_json, parts_of
from watchgap.study.origin_names import AHEAD, CURVE, figures_of
from watchgap.study.origin_record import Explanation, FactorOrigin

YONGBYON = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
STARTER = Path(str(files("watchgap.case").joinpath("starter")))
DAYS = ("1993-08-14", "1993-11-06", "1994-03-31", "1994-06-30")
BUSY_DAYS = ("2021-04-25", "2021-08-01", "2021-12-31")
# For the starting case: more fates of records, lost evidence, a second check and a correction.
_FACTS = (
    "k1,collected,gate-monitor,2021-03-01,,at,2021-05-01,,invented,A,whole,,,",
    "k2,serviced,hall-camera,2021-04-06,,at,2021-06-01,found=working;record=collected,invented,A,whole,,,e07",
    "k3,tampered,gate-monitor,2021-05-10,,at,,,invented,A,whole,,,",
    "k4,verified,hatch-seal,2021-08-20,,at,,,invented,A,whole,,,",
    "k5,checked,assemblies,2021-09-12,,at,,activity=counting; sample=120,invented,A,whole,,,",
    "k6,lost,loading-map,2021-09-20,,at,,,invented,A,whole,,,",
    "k7,serviced,hall-camera,2021-11-10,,at,,record=left,invented,A,whole,,,",
    "k8,collected,gate-monitor,2021-12-01,,at,,,invented,A,whole,,,",
)


@pytest.fixture(scope="module")
def yongbyon() -> LoadedCase:
    return load(YONGBYON)


@pytest.fixture(scope="module")
def busy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("busy")
    for name in ("case.yaml", "events.csv", "sources.csv"):
        shutil.copy(STARTER / name, folder / name)
    with (folder / "events.csv").open("a", encoding="utf-8") as events:
        events.write("\n".join(_FACTS) + "\n")
    return folder


@pytest.fixture(scope="module")
def busy(busy_folder: Path) -> LoadedCase:
    return load(busy_folder)


# ---------------------------------------------------------------- every number of a brief


def leaves(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*path, key))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from leaves(value, (*path, place))
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield path, float(part)


def slug(curve: str) -> str:
    return curve.replace("restorable: ", "restorable.").replace(" ", "-")


def name_and_place(claim: dict[str, Any], path: tuple[str | int, ...], days: int) -> tuple[str, str] | None:
    """By which name a number of a claim's JSON is asked for, and where its explanation holds it.

    None for the value of a curve on another day, which is the same name as of that day.
    """
    match path:
        case ("target",):
            return f"{claim['id']}.target", "figure"
        case ("headlines", str(curve), "value"):
            return f"{claim['id']}.{slug(curve)}", "figure"
        case ("headlines", str(curve), "binding", ("items" | "amount" | "nondetection") as field):
            return f"{claim['id']}.{slug(curve)}", str(field)
        case ("posterior_headline", "value"):
            return f"{claim['id']}.posterior", "figure"
        case ("exposures", int(line), "amount" | "items" as field):
            stratum = claim["exposures"][line]["stratum"]
            name = f"{claim['id']}.exposure" + ("" if stratum == "all strata" else f".{stratum}")
            return name, "figure" if field == "amount" else "exposed items"
        case ("curves", str(curve), int(day)):
            return (f"{claim['id']}.{slug(curve)}", "curve") if day == days - 1 else None
        case ("by_stratum", str(stratum), str(curve), int(day)):
            return (f"{claim['id']}.{stratum}.{slug(curve)}", "curve") if day == days - 1 else None
        case (("posterior" | "prior") as kind, int(day)):
            return (f"{claim['id']}.{kind}", "figure") if day == days - 1 else None
    raise AssertionError(f"a number without a name: {path}")


def held(told: Explanation, place: str) -> float | None:
    match place:
        case "figure" | "curve":
            return told.figure.value
        case "exposed items":
            return float(told.scenario.items) if told.scenario else 0.0
        case _:
            assert told.scenario is not None
            return float(getattr(told.scenario, place))


@pytest.mark.requirement("R22")
@pytest.mark.parametrize("day", DAYS)
def test_every_number_of_the_claims_can_be_asked_for(yongbyon: LoadedCase, day: str) -> None:
    study = json.loads(study_json(brief(yongbyon, as_of=day)))
    origins, known, asked = Origins(yongbyon, as_of=day), dict[str, Explanation](), 0
    for claim in study["claims"]:
        for path, value in leaves(claim):
            named = name_and_place(claim, path, len(study["days"]))
            if named is None:
                continue
            name, place = named
            told = known[name] if name in known else origins.why(name)
            known[name] = told
            own = held(told, place)
            if own is None:
                # Before a claim begins and while nothing could be over the curve is 1 and says nothing.
                assert place == "curve"
                assert told.notes
                continue
            assert own == pytest.approx(value, abs=1e-9, rel=1e-9), path
            assert told.rule is not None
            asked += 1
    assert asked > 40


@pytest.mark.parametrize("day", BUSY_DAYS)
def test_every_number_of_a_busy_case_can_be_asked_for(busy: LoadedCase, day: str) -> None:
    study = json.loads(study_json(brief(busy, as_of=day)))
    origins = Origins(busy, as_of=day)
    for claim in study["claims"]:
        for path, value in leaves(claim):
            named = name_and_place(claim, path, len(study["days"]))
            if named is not None:
                own = held(origins.why(named[0]), named[1])
                assert own is None or own == pytest.approx(value, abs=1e-9, rel=1e-9), path


def test_the_list_holds_every_name_and_each_can_be_asked_for(busy: LoadedCase) -> None:
    listed = numbers(busy, as_of="2021-09-01")
    names = [one.name for one in listed.figures]
    expected = [name for name, one in figures_of(busy.case).items() if one.kind not in AHEAD]
    assert names == expected
    origins = Origins(busy, as_of="2021-09-01")
    for one in listed.figures:
        assert origins.why(one.name).figure == one


def test_curves_are_named_as_in_the_study(yongbyon: LoadedCase) -> None:
    study = brief(yongbyon, as_of="1993-11-06")
    for claim in study.claims:
        named = [
            one.curve
            for one in figures_of(yongbyon.case).values()
            if (one.kind, one.claim, one.stratum) == (CURVE, claim.id, "")
        ]
        assert named == list(claim.headlines)


# ---------------------------------------------------------------- factors


def curve_names(loaded: LoadedCase) -> list[str]:
    return [name for name, one in figures_of(loaded.case).items() if one.kind == CURVE]


@pytest.mark.parametrize("which", ["yongbyon", "busy"])
def test_the_factors_multiply_to_the_printed_number(request: pytest.FixtureRequest, which: str) -> None:
    loaded: LoadedCase = request.getfixturevalue(which)
    found = 0
    for day in DAYS if which == "yongbyon" else BUSY_DAYS:
        origins = Origins(loaded, as_of=day)
        for name in curve_names(loaded):
            told = origins.why(name)
            if told.scenario is None:
                assert told.notes
                continue
            assert told.figure.value is not None
            product = prod(factor.nondetection for factor in told.factors)
            assert isclose(product, 1 - told.figure.value, abs_tol=1e-9)
            assert isclose(told.scenario.nondetection, product, abs_tol=1e-12)
            # The printed number is that of the worst of all scenarios, each assessed by itself.
            worst = [term.value for term in told.terms if term.title.startswith("greatest")]
            assert max(one for one in worst if one is not None) == pytest.approx(product, abs=1e-9)
            assert [one.nondetection for one in told.factors] == [
                pytest.approx(combined(one), abs=1e-9) for one in told.factors
            ]
            found += 1
    assert found > 20


def combined(factor: FactorOrigin) -> float:
    """A factor from its parts."""
    if factor.kind == "measure":
        blind = float(factor.combined.split(" + ")[0])
        exact = prod(one.nondetection for one in factor.parts)
        # The blind spot is written with six digits.
        return factor.nondetection if abs(blind + (1 - blind) * exact - factor.nondetection) < 2e-6 else -1.0
    if factor.kind == "custody":
        return sum((one.probability or 0.0) * combined(one) for one in factor.parts)
    if factor.kind == "outcome":
        return prod(combined(one) for one in factor.parts)
    return factor.nondetection


def test_a_custody_is_told_outcome_by_outcome(busy: LoadedCase) -> None:
    origins = Origins(busy, as_of="2021-12-31")
    told = [origins.why(name) for name in curve_names(busy) if name.startswith("nothing")]
    custodies = [factor for one in told for factor in one.factors if factor.kind == "custody"]
    assert len(custodies) >= 4
    for factor in custodies:
        assert sum(part.probability or 0 for part in factor.parts) == pytest.approx(1.0)
        assert factor.numbers == ("kept-by-operator.authentic",)
        assert any("e13" in part.entries for part in parts_of(factor))


def test_an_exposure_stays_below_the_target(yongbyon: LoadedCase) -> None:
    told = why(yongbyon, "gap.exposure", as_of="1993-09-30")
    assert told.scenario is not None
    assert told.figure.value == pytest.approx(told.scenario.amount)
    assert 1 - prod(one.nondetection for one in told.factors) < 0.9
    assert "gap.target" in {one.name for one in told.numbers}


@pytest.mark.parametrize(
    ("name", "day"), [("gap", "1993-11-06"), ("past", "1994-06-30"), ("gap", "1994-06-30")]
)
def test_a_posterior_is_put_together_from_its_terms(yongbyon: LoadedCase, name: str, day: str) -> None:
    told = why(yongbyon, f"{name}.posterior", as_of=day)
    prior = why(yongbyon, f"{name}.prior", as_of=day)

    def values(what: str) -> list[float]:
        return [one.value for one in told.terms if one.title.startswith(what) and one.value is not None]

    weights, chances, missed = values("weight"), values("chance"), values("mean")
    whole = sum(weight * chance for weight, chance in zip(weights, chances, strict=True))
    left = sum(w * c * b for w, c, b in zip(weights, chances, missed, strict=True))
    assert sum(weights) == pytest.approx(1.0)
    assert prior.figure.value == pytest.approx(whole, abs=1e-9)
    assert told.figure.value == pytest.approx(left / (1 - whole + left), abs=1e-9)


_SCRAP = """
  - id: scrap
    name: scrap in a drum
    facility: store
    material: plutonium
    category: irradiated-direct-use
    items: { value: 100, unit: item, source: invented, grade: A }
    item_mass: { value: 0.2, unit: kg, source: invented, grade: C }

# What is claimed."""
_OUT_BY_TRUCK = """
routes:
  - id: out-by-truck
    text: Drums are driven away.
    claims: [nothing-taken]
    stratum: scrap
    concealments: [open-removal]
    only_while_shut_down: true
    source: invented
    steps:
      - id: load
        text: Drums are loaded.
        facility: store
        setup: { value: 1, unit: d, source: invented, grade: C }
        rates:
          abrupt: { value: 20, unit: item/d, source: invented, grade: C }
"""


def test_two_strata_and_a_window(busy_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(busy_folder, tmp_path / "two"))
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("\n# What is claimed.", _SCRAP),
        ("strata: [assemblies]\n    since", "strata: [assemblies, scrap]\n    since"),
        ("\nroutes:\n", _OUT_BY_TRUCK),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    with (folder / "events.csv").open("a", encoding="utf-8") as events:
        events.write("s1,shutdown,store,2021-03-01,,at,,,invented,A,whole,,,\n")
        events.write("s2,started,store,2021-06-01,,at,2021-07-01,,invented,A,whole,,,\n")
    origins = Origins(folder, as_of="2021-08-01")
    study = brief(folder, as_of="2021-08-01")
    whole = origins.why("nothing-taken.exposure")
    assert whole.figure.value == study.claim("nothing-taken").exposures[-1].amount
    assert [one.ask for one in whole.terms] == [
        "nothing-taken.exposure.assemblies",
        "nothing-taken.exposure.scrap",
    ]
    for term in whole.terms:
        assert origins.why(term.ask).figure.value == term.value
    bound = origins.why("nothing-taken.scrap.in-hand")
    assert bound.scenario is not None
    assert (bound.scenario.stratum, bound.scenario.entries) == ("scrap", ("s1", "s2"))
    assert bound.factors == ()
    assert bound.scenario.nondetection == 1.0
    assert origins.why("nothing-taken.assemblies.latent").scenario is not None
    then = why(folder, "nothing-taken.scrap.in-hand", as_of="2021-06-15", known_on="2021-06-15")
    assert {one.entry.id: one.reason for one in then.unused}["s2"].startswith("it was recorded on 2021-07-01")


def test_an_effort_is_the_sum_of_its_terms(busy: LoadedCase) -> None:
    told = why(busy, "full-inspection.effort")
    assert told.figure.value == pytest.approx(sum(one.value or 0.0 for one in told.terms))
    assert told.figure.value == pytest.approx(3 + 1 + 240 * 0.005 + 3 + 40 * 0.1)


# ---------------------------------------------------------------- facts


def without(ledger: Ledger, *identities: str) -> Ledger:
    return replace(ledger, entries=tuple(one for one in ledger.entries if one.id not in identities))


def measure_factors(told: Explanation) -> list[FactorOrigin]:
    return [part for factor in told.factors for part in parts_of(factor) if part.kind == "measure"]


@pytest.mark.parametrize("which", ["yongbyon", "busy"])
def test_every_fact_that_is_named_changes_the_record_of_its_measure(
    request: pytest.FixtureRequest, which: str
) -> None:
    loaded: LoadedCase = request.getfixturevalue(which)
    tried = 0
    for day in DAYS[1:3] if which == "yongbyon" else BUSY_DAYS[1:]:
        ledger = ask(loaded, as_of=day).ledger
        records = measure_records(loaded.case, ledger)
        origins = Origins(loaded, as_of=day)
        for name in curve_names(loaded):
            told = origins.why(name)
            assert {key for one in told.factors for part in parts_of(one) for key in part.entries} <= {
                one.id for one in told.entries
            }
            for factor in measure_factors(told):
                for identity in factor.entries:
                    other = measure_records(loaded.case, without(ledger, identity))
                    assert other[factor.about] != records[factor.about], (name, identity)
                    tried += 1
    assert tried > 30


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("curve", ["in-hand", "latent", "restorable.maintenance"])
def test_the_facts_that_are_named_are_enough(yongbyon: LoadedCase, day: str, curve: str) -> None:
    told = why(yongbyon, f"gap.{curve}", as_of=day)
    if told.scenario is None:
        assert told.figure.words == "contradicted"
        return
    question = ask(yongbyon, as_of=day)
    measures = {one.about: one for one in measure_factors(told)}
    kept = {key for one in measures.values() for key in one.entries}
    others = [
        one.id
        for one in question.ledger.entries
        if one.id not in kept and measures.keys() & {*one.subjects, *one.listed("measures")}
    ]
    fewer = replace(yongbyon, entries=tuple(one for one in yongbyon.entries if one.id not in others))
    situation = ask(fewer, as_of=day).at_medians()
    scenario = next(one for one in situation.scenarios if one.name == told.scenario.name)
    name = curve.replace("restorable.", "restorable: ").replace("-", " ")
    start = told.scenario.start or 0.0
    again = trace(situation, scenario, start, question.now, name)
    assert again.nondetection == pytest.approx(told.scenario.nondetection, abs=1e-12)


def test_from_the_figure_to_the_quotation_and_its_line(yongbyon: LoadedCase) -> None:
    told = why(YONGBYON, "gap.latent", as_of="1993-11-06")
    dead = next(one for one in told.entries if one.id == "Y081")
    line = (YONGBYON / "events.csv").read_text(encoding="utf-8").splitlines()[dead.line - 1]
    assert (dead.file, line.split(",")[:2]) == ("events.csv", ["Y081", "found-dead"])
    assert dead.quote in line
    assert "MEMO" in {one.key for one in told.sources}
    interval = next(one for one in told.numbers if one.name == "reactor-cameras.interval")
    lines = (YONGBYON / "case.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[interval.line - 1].strip() == "interval:"
    assert (interval.form, interval.parameters, interval.unit) == ("triangular", (15.0, 17.7, 21.0), "min")
    cameras = next(one for one in told.factors if one.about == "reactor-cameras")
    assert set(cameras.entries) == {"Y066", "Y081"}
    # A case that was loaded before knows its lines too.
    assert why(yongbyon, "gap.latent", as_of="1993-11-06").numbers == told.numbers


def test_what_was_recorded_too_late_is_said(yongbyon: LoadedCase) -> None:
    then = why(yongbyon, "gap.in-hand", as_of="1994-05-26", known_on="1994-05-26")
    reasons = {one.entry.id: one.reason for one in then.unused}
    assert reasons["Y151"] == "it was recorded on 1994-05-30, after 1994-05-26"
    assert (then.figure.value, then.figure.words) == (None, "contradicted")
    assert [one.id for one in then.entries] == ["Y130"]
    later = why(yongbyon, "gap.in-hand", as_of="1994-05-26")
    assert later.figure.value is not None
    assert later.unused == ()


def test_a_correction_is_told_with_what_it_corrects(busy: LoadedCase) -> None:
    told = why(busy, "hall-camera.blind-since", as_of="2021-09-01")
    (correction,) = [one for one in told.entries if one.id == "k2"]
    assert [old.id for old in correction.corrects] == ["e07"]
    assert "e07" in {one.entry.id for one in told.unused}
    before = why(busy, "hall-camera.blind-since", as_of="2021-05-01", known_on="2021-05-01")
    assert "e07" in {one.id for one in before.entries}
    assert {one.entry.id: one.reason for one in before.unused}["k2"].startswith(
        "it was recorded on 2021-06-01"
    )


def test_a_fact_that_was_recorded_after_the_day_is_marked(busy: LoadedCase) -> None:
    told = why(busy, "gate-monitor.in-hand-until", as_of="2021-04-01")
    assert {one.id: one.recorded_later for one in told.entries} == {"e02": False, "k1": True}


def test_lost_evidence_is_named_with_its_fact(busy: LoadedCase) -> None:
    told = why(busy, "as-declared.restorable.full-inspection", as_of="2021-12-31")
    scan = next(one for one in told.factors if one.about == "scanning" and one.kind == "planned check")
    assert scan.entries == ("k6",)
    assert "'loading-map', which it needs, was lost by then." in scan.why
    assert "scanning.without.dummies" in scan.numbers or scan.nondetection == 1.0
    early = why(busy, "as-declared.restorable.full-inspection", as_of="2021-09-01")
    scan = next(one for one in early.factors if one.about == "scanning" and one.kind == "planned check")
    assert scan.entries == ()
    assert "gamma-scanner.random" in scan.numbers


# ---------------------------------------------------------------- where there is no number


@pytest.mark.parametrize(
    ("name", "day", "words", "entries"),
    [
        ("completeness.in-hand", "1993-11-06", "contradicted", ["Y032"]),
        ("completeness.in-hand", "1992-06-01", "not modelled", []),
        ("gap.in-hand", "1993-01-01", "not begun", []),
        ("gap.in-hand", "1993-02-07", "no scenario could be over yet", []),
        ("gap.core.latent", "1994-03-31", "contradicted", ["Y130"]),
        ("gap.exposure", "1994-03-31", "contradicted", ["Y130"]),
        ("gap.posterior", "1994-03-31", "contradicted", ["Y130"]),
    ],
)
def test_why_there_is_no_number(
    yongbyon: LoadedCase, name: str, day: str, words: str, entries: list[str]
) -> None:
    told = why(yongbyon, name, as_of=day)
    assert (told.figure.value, told.figure.words) == (None, words)
    assert [one.id for one in told.entries] == entries
    assert told.notes


# ---------------------------------------------------------------- draws


def test_intervals_are_those_of_the_brief(busy: LoadedCase) -> None:
    sampling = Sampling(draws=16, workers=1)
    study = brief(busy, as_of="2021-09-01", sampling=sampling)
    told = why(busy, "nothing-taken.latent", as_of="2021-09-01", sampling=sampling)
    assert told.figure.interval == study.claim("nothing-taken").latent.interval
    assert told.figure.binding_share == study.claim("nothing-taken").latent.binding_share
    assert told.figure.value == study.claim("nothing-taken").latent.value


def test_dates_and_states_are_those_of_recover(yongbyon: LoadedCase) -> None:
    sampling = Sampling(draws=16, workers=1)
    study = recover(yongbyon, as_of="1993-11-06", sampling=sampling)
    claim = next(one for one in study.claims if one.id == "past")
    package = next(one for one in claim.packages if one.id == "full-range")
    told = why(yongbyon, "past.no-return.full-range", as_of="1993-11-06", sampling=sampling)
    assert told.figure.text == "; ".join(f"{one.sureness:.0%}: {one.words}" for one in package.dates)
    assert "refuelling.hazard" in {one.name for one in told.numbers}
    state = why(yongbyon, "past.state", as_of="1993-11-06", sampling=sampling)
    assert state.figure.text == claim.state
    shares = [one.value for one in state.terms]
    assert shares == list(claim.states_now.values())
    gone = why(yongbyon, "past.state", as_of="1994-06-30", sampling=sampling)
    assert gone.figure.text == "irretrievable"
    assert "Y156" in {one.id for one in gone.entries}


# ---------------------------------------------------------------- declared numbers, facts, sources


def test_a_declared_number(yongbyon: LoadedCase) -> None:
    told = why(YONGBYON, "core.items")
    assert (told.figure.value, told.figure.unit, told.figure.words) == (8000.0, "item", "taken as known")
    (number,) = told.numbers
    assert [one.sources for one in number.alternatives] == [("MEM",), ("MEM",)]
    assert {"NKN-2012", "MEM"} <= {one.key for one in told.sources}
    unknown = why(yongbyon, "reactor-cameras.interval")
    assert "90 % between" in unknown.figure.words
    assert any("kind-of-camera-interval" in note for note in unknown.notes)


@pytest.mark.parametrize(
    ("name", "options", "note"),
    [
        ("Y066", {"as_of": "1993-11-06"}, "It counts at the end of 1993-11-06."),
        ("Y066", {"as_of": "1993-06-01"}, "It does not count at the end of 1993-06-01: it happened later"),
        ("Y151", {"known_on": "1994-05-26"}, "It does not count: it was recorded on 1994-05-30"),
        ("Y017", {}, "No number is computed from a fact of kind 'noted'"),
    ],
)
def test_a_fact(yongbyon: LoadedCase, name: str, options: dict[str, str], note: str) -> None:
    told = why(yongbyon, name, **options)
    assert [one.id for one in told.entries] == [name]
    assert any(one.startswith(note) for one in told.notes)


def test_a_fact_that_was_corrected(busy: LoadedCase) -> None:
    told = why(busy, "e07")
    assert told.notes == ("It does not count: 'k2', recorded on 2021-06-01, corrects it.",)
    then = why(busy, "e07", as_of="2021-05-01", known_on="2021-05-01")
    assert then.notes[0] == "It counts at the end of 2021-05-01."
    assert then.notes[1].startswith("'k2', recorded on 2021-06-01, corrects it (events.csv:17)")


def test_a_source(yongbyon: LoadedCase) -> None:
    told = why(yongbyon, "MEMO")
    asked = {one.ask for one in told.terms}
    assert {"fact:Y081", "number:reactor-cameras.interval"} <= asked
    for name in sorted(asked)[:5]:
        assert "MEMO" in {one.key for one in why(yongbyon, name).sources}


def test_an_attached_document_is_told_by_its_digest(yongbyon: LoadedCase) -> None:
    digest = "ab" * 32
    memo = replace(
        yongbyon.sources["MEMO"], digest=digest, media="application/pdf", size="12345", file="memo.pdf"
    )
    entries = tuple(
        replace(one, page="2", recorder="analyst") if one.id == "Y081" else one for one in yongbyon.entries
    )
    case = replace(yongbyon, sources={**yongbyon.sources, "MEMO": memo}, entries=entries)
    told = why(case, "gap.in-hand", as_of="1993-11-06")
    source = next(one for one in told.sources if one.key == "MEMO")
    assert (source.digest, source.media, source.size, source.file) == (
        digest,
        "application/pdf",
        "12345",
        "memo.pdf",
    )
    fact = next(one for one in told.entries if one.id == "Y081")
    assert (fact.page, fact.recorder) == ("2", "analyst")


# ---------------------------------------------------------------- what is refused, and what is written


def test_refusals(yongbyon: LoadedCase, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"close to it: .*gap\.in-hand"):
        why(yongbyon, "gap.in_hand")
    with pytest.raises(OutOfRange, match="lies outside the period"):
        why(yongbyon, "gap.in-hand", as_of="2001-01-01")
    with pytest.raises(CaseError):
        why(tmp_path / "nowhere", "gap.in-hand")


def test_json_leads_from_the_figure_to_the_place() -> None:
    text = explanation_json(why(YONGBYON, "gap.restorable.full-range", as_of=date(1993, 11, 6)))
    told = json.loads(text)
    assert told["format"] == "watchgap-why-1"
    entries = {one["id"]: one for one in told["entries"]}
    declared = {one["name"] for one in told["numbers"]}
    keys = {one["key"] for one in told["sources"]}
    for factor in told["factors"]:
        assert set(factor["numbers"]) <= declared
        assert set(factor["entries"]) <= entries.keys()
        assert set(factor["sources"]) <= keys
    for entry in entries.values():
        assert set(entry["sources"]) <= keys
        assert entry["line"] > 0
    for number in told["numbers"]:
        assert set(number["sources"]) <= keys
        assert number["line"] > 0
    assert text == explanation_json(why(YONGBYON, "gap.restorable.full-range", as_of="1993-11-06"))


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J\x9b31m", "\u202egnitirw", "[red]x[/]", "a" * 10_000, "\ud800", "\x00\n\t"]
)
def test_hostile_texts_stay_texts(yongbyon: LoadedCase, hostile: str) -> None:
    entries = tuple(replace(one, quote=hostile, note=hostile) for one in yongbyon.entries)
    sources = {key: replace(one, title=hostile, url=hostile) for key, one in yongbyon.sources.items()}
    case = replace(yongbyon, entries=entries, sources=sources)
    for name in ("gap.in-hand", "Y081", "MEMO"):
        text = explanation_json(why(case, name, as_of="1993-11-06"))
        assert all(c.isprintable() or c == "\n" for c in text)
        assert any(one["title"] == hostile for one in json.loads(text)["sources"])


def test_a_long_history_is_named_as_a_whole(busy: LoadedCase) -> None:
    (one,) = [entry for entry in busy.entries if entry.id == "e08"]
    many = tuple(
        replace(one, id=f"many{place}", first=100.0 + place / 100, last=100.0 + place / 100)
        for place in range(600)
    )
    ledger = replace(busy.ledger(), entries=(*busy.ledger().entries, *many))
    assert {"e03", "many0", "many599"} <= set(Provenance(busy.case, ledger)("hatch-seal", 0.0, 200.0))


def test_public_study_is_left_alone(yongbyon: LoadedCase) -> None:
    before = wg.brief(yongbyon, as_of="1993-11-06").digest
    why(yongbyon, "gap.posterior", as_of="1993-11-06")
    assert wg.brief(yongbyon, as_of="1993-11-06").digest == before
