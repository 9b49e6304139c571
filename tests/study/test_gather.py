"""What stands in a study, and with which words."""

from datetime import date

import numpy as np
import pytest

from watchgap.base.errors import UnknownName
from watchgap.base.time import day_at
from watchgap.flow import LoadedCase, brief, situation_of
from watchgap.study import Study


def test_the_days_of_a_study(study: Study) -> None:
    assert (study.period_first, study.as_of, study.known_on) == (date(2021, 1, 1), date(2021, 6, 30), None)
    assert (study.days[0], study.days[-1], len(study.days)) == (date(2021, 1, 1), date(2021, 6, 30), 181)
    assert study.times.tolist() == list(range(1, 182))
    assert all(lane.stretches[-1].ends == 181.0 for lane in study.lanes)
    assert [lane.measure for lane in study.lanes] == [
        "hall-camera",
        "hatch-seal",
        "gate-monitor",
        "satellite",
    ]


def test_a_computed_claim(study: Study) -> None:
    gap = study.claim("nothing-taken")
    assert (gap.kind, gap.state, gap.target) == ("gap", "computed", 0.5)
    for name, headline in gap.headlines.items():
        assert headline.name == name
        assert headline.value == gap.curves[name][-1]
        assert headline.words in {say for _, say in study.scale["assurance"]}
        assert headline.binding is not None
        assert headline.binding.nondetection == pytest.approx(1 - headline.value)
        assert headline.binding.amount >= 1.0
    assert gap.in_hand is gap.headlines["in hand"]
    assert gap.latent is gap.headlines["latent"]
    assert gap.restorable("full-inspection") is gap.headlines["restorable: full-inspection"]
    assert gap.posterior_headline.value == gap.posterior[-1]
    assert gap.posterior_headline.words in {say for _, say in study.scale["posterior"]}


def test_a_contradicted_claim_has_no_number(study: Study) -> None:
    past = study.claim("as-declared")
    assert past.state == "contradicted"
    for headline in (*past.headlines.values(), past.posterior_headline):
        assert (headline.value, headline.words, headline.binding) == (None, "contradicted", None)
    for line in past.exposures:
        assert (line.amount, line.items, line.sentence) == (None, 0, "contradicted")
    assert np.isnan(past.curves["in hand"][-1])
    # It had one before, and between the anomalies.
    days = list(study.days)
    known = np.isfinite(past.curves["in hand"])
    assert not known[days.index(date(2021, 5, 10))]
    assert known[days.index(date(2021, 5, 9))]
    assert not known[days.index(date(2021, 2, 10)) : days.index(date(2021, 2, 20))].any()
    assert known[days.index(date(2021, 2, 20))]


def test_completeness_has_no_number_at_all(study: Study) -> None:
    claim = study.claim("nothing-else")
    assert claim.state == "not modelled"
    assert {headline.value for headline in claim.headlines.values()} == {None}
    assert claim.posterior_headline.words == "not modelled"
    for curve in (*claim.curves.values(), claim.posterior, claim.prior):
        assert np.isnan(curve).all()
    assert (claim.by_stratum, claim.exposures) == ({}, ())


def test_open_anomalies(study: Study) -> None:
    assert [(one.id, one.raised, one.what) for one in study.anomalies] == [
        ("rods", date(2021, 5, 10), "two rods were not found"),
        ("books", date(2021, 6, 10), "the second question"),
    ]
    assert {one.claims for one in study.anomalies} == {("as-declared",)}


def test_offers(study: Study) -> None:
    assert [(one.id, one.offered) for one in study.packages] == [
        ("change-the-film", date(2021, 2, 1)),
        ("short-visit", None),
        ("full-inspection", None),
    ]


def test_marks_are_what_happened_until_the_day(study: Study) -> None:
    assert all(0 <= mark.time < 181 for mark in study.marks)
    assert [mark.kind for mark in study.marks if mark.kind != "service"] == [
        "check",
        "anomaly",
        "anomaly",
        "anomaly",
    ]
    # Two services on one day are one mark.
    assert [mark.day for mark in study.marks if mark.kind == "service"] == [
        date(2021, 1, 10),
        date(2021, 4, 6),
    ]


def test_no_scenario_ends_after_the_day_of_the_study(study: Study) -> None:
    for claim in study.claims:
        for headline in claim.headlines.values():
            one = headline.binding
            if one is not None and one.begins is not None and one.ends is not None:
                assert study.period_first <= one.begins <= one.ends <= study.as_of
        for line in claim.exposures:
            assert "2021-07" not in line.sentence


def test_days_of_what_binds_are_those_of_the_computation(loaded: LoadedCase) -> None:
    """A start just before a kink is of its day, and what is over at midnight is over the day before."""
    as_of = "2021-04-10"
    study, situation = brief(loaded, as_of=as_of), situation_of(loaded, as_of=as_of)
    durations = {one.name: one.duration for one in situation.scenarios}
    for headline in study.claim("nothing-taken").headlines.values():
        one = headline.binding
        assert one is not None
        assert one.begins is not None
        assert one.ends is not None
        length = durations[one.scenario]
        assert abs((one.ends - one.begins).days + 1 - length) <= 1.001
        assert day_at(study.period_first, length) <= study.as_of


def test_exposure_says_how(study: Study) -> None:
    stratum, together = study.claim("nothing-taken").exposures
    assert (stratum.stratum, together.stratum) == ("assemblies", "all strata")
    assert stratum.amount == together.amount
    assert stratum.amount is not None
    assert stratum.amount > 0
    assert f"{stratum.items} of 240 items ({stratum.amount:.1f} SQ)" in stratum.sentence
    assert "over on 2021-06-30" in stratum.sentence


def test_names_that_are_not_there(study: Study) -> None:
    with pytest.raises(UnknownName) as caught:
        study.claim("gap")
    assert str(caught.value) == (
        "no claim 'gap' is in the study; it has nothing-taken, as-declared, nothing-else"
    )
    with pytest.raises(UnknownName, match=r"no package 'visit' is in the study; it has .*short-visit"):
        study.claim("nothing-taken").restorable("visit")
