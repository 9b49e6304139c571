"""A study as JSON and as tables: the same for the same study, without a NaN, and ready for pandas."""

import json
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from watchgap.flow import LoadedCase, brief
from watchgap.study import (
    Study,
    back_test,
    curve_table,
    exposure_table,
    headline_table,
    statement_table,
    study_json,
    timeline_table,
    with_digest,
)
from watchgap.study.export import to_plain

AS_OF = "2021-06-30"
DIGEST = """
import sys
from watchgap import brief
sys.stdout.write(brief(sys.argv[1], as_of=sys.argv[2]).digest)
"""


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} stands in the JSON")


# ---------------------------------------------------------------- JSON


def test_json_is_strict_and_whole(study: Study) -> None:
    text = study_json(study)
    read = json.loads(text, parse_constant=refuse)
    assert text.endswith("}\n")
    assert read["format"] == "watchgap-study-1"
    assert set(read) == {"format", *(one.name for one in fields(Study))}
    assert read["digest"] == study.digest
    assert read["as_of"] == AS_OF
    assert read["known_on"] is None
    past = next(claim for claim in read["claims"] if claim["id"] == "as-declared")
    assert past["curves"]["in hand"][-1] is None
    gap = next(claim for claim in read["claims"] if claim["id"] == "nothing-taken")
    assert gap["curves"]["latent"] == study.claim("nothing-taken").curves["latent"].tolist()


def test_json_is_the_same_for_the_same_study(study: Study, loaded: LoadedCase) -> None:
    again = brief(loaded, as_of=date(2021, 6, 30))
    assert study_json(again) == study_json(study)
    assert again.digest == study.digest


def test_plain_values() -> None:
    plain = to_plain(
        {
            "rows": np.array([1.0, np.nan, np.inf]),
            "set": frozenset({"b", "a"}),
            "number": float("nan"),
            "whole": 3,
            "day": date(2021, 2, 3),
            "tuple": (1, None, True),
            4: "key",
        }
    )
    assert plain == {
        "rows": [1.0, None, None],
        "set": ["a", "b"],
        "number": None,
        "whole": 3,
        "day": "2021-02-03",
        "tuple": [1, None, True],
        "4": "key",
    }


# ---------------------------------------------------------------- the digest


def test_the_digest_is_of_all_but_itself(study: Study, undigested: Study) -> None:
    assert len(study.digest) == 64
    assert with_digest(study).digest == with_digest(undigested).digest == study.digest
    assert with_digest(replace(study, digest="another")).digest == study.digest


def changed(value: Any) -> Any:
    """The value with one thing in it changed: the last, and within it the last."""
    if is_dataclass(value) and not isinstance(value, type):
        name = fields(value)[-1].name
        return replace(value, **{name: changed(getattr(value, name))})
    if isinstance(value, np.ndarray):
        other = value.copy()
        other[-1] = 0.123 if np.isnan(other[-1]) else np.nextafter(other[-1], 2.0)
        return other
    if isinstance(value, dict) and not value:
        return {"more": 0.5}
    if isinstance(value, dict):
        *_, last = value
        return {**value, last: changed(value[last])}
    if isinstance(value, tuple):
        return (*value[:-1], changed(value[-1])) if value else ("more",)
    if isinstance(value, date):
        return value.replace(year=value.year + 1)
    return {None: 1.0, "": "more"}.get(value, f"{value} more" if isinstance(value, str) else 0.25)


@pytest.mark.parametrize("name", [one.name for one in fields(Study) if one.name != "digest"])
def test_the_digest_changes_with_everything(study: Study, name: str) -> None:
    other = replace(study, **{name: changed(getattr(study, name))})
    assert with_digest(other).digest != study.digest


def test_the_digest_changes_with_every_part_of_a_claim(study: Study) -> None:
    gap, *rest = study.claims
    digests = {study.digest}
    for one in fields(gap):
        other = replace(gap, **{one.name: changed(getattr(gap, one.name))})
        digests.add(with_digest(replace(study, claims=(other, *rest))).digest)
    assert len(digests) == len(fields(gap)) + 1


def test_the_digest_is_the_same_in_another_process(study: Study, folder: Path) -> None:
    command = [sys.executable, "-c", DIGEST, str(folder), AS_OF]
    result = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert result.stdout == study.digest


# ---------------------------------------------------------------- tables


def frame(table: dict[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(table)


def test_curves_are_tidy(study: Study) -> None:
    curves = frame(curve_table(study))
    assert list(curves.columns) == ["day", "claim", "stratum", "curve", "value", "state"]
    assert not curves.duplicated(["day", "claim", "stratum", "curve"]).any()
    assert curves["value"].isna().eq(curves["state"] != "number").all()
    assert curves["value"].dropna().between(0, 1).all()
    # All claims have their curves, posterior and prior; two of them have one stratum each.
    listed = sum(len(claim.curves) + 2 + sum(map(len, claim.by_stratum.values())) for claim in study.claims)
    assert len(curves) == len(study.days) * listed
    assert [len(claim.by_stratum) for claim in study.claims] == [1, 1, 0]
    wide = curves[curves["stratum"] == "all"].pivot(index="day", columns=["claim", "curve"], values="value")
    assert wide["nothing-taken", "latent"].tolist() == study.claim("nothing-taken").curves["latent"].tolist()
    assert set(curves[curves["claim"] == "nothing-else"]["state"]) == {"no number"}


def test_headlines_are_tidy(study: Study) -> None:
    headlines = frame(headline_table(study))
    assert not headlines.duplicated(["claim", "name"]).any()
    assert len(headlines) == sum(len(claim.headlines) + 1 for claim in study.claims)
    assert headlines["words"].str.len().gt(0).all()
    assert headlines[headlines["claim"] == "as-declared"]["value"].isna().all()


def test_timelines_are_tidy(study: Study) -> None:
    stretches = frame(timeline_table(study))
    assert set(stretches["measure"]) == {lane.measure for lane in study.lanes}
    assert set(stretches["state"]) <= {"seen", "recorded", "blind", "not known"}
    assert (stretches["begins"] <= stretches["ends"]).all()
    assert stretches["functioning_first"].ge(stretches["functioning_last"]).all()
    for _, own in stretches.groupby("measure"):
        assert own["ends"].tolist()[:-1] == own["begins"].tolist()[1:]


def test_exposures_are_tidy(study: Study) -> None:
    exposures = frame(exposure_table(study))
    assert exposures[["claim", "stratum"]].to_numpy().tolist() == [
        ["nothing-taken", "assemblies"],
        ["nothing-taken", "all strata"],
        ["as-declared", "assemblies"],
        ["as-declared", "all strata"],
    ]
    assert exposures["amount_sq"].isna().tolist() == [False, False, True, True]


def test_statements_are_tidy(study: Study, loaded: LoadedCase) -> None:
    statements = frame(statement_table(back_test(loaded.case, loaded.ledger(), study)))
    assert not statements.duplicated(["day", "actor", "claim", "curve"]).any()
    assert len(statements) == 5 * 5
    assert statements["level"].between(0, 2).all()


def test_tables_survive_csv(study: Study, tmp_path: Path) -> None:
    for number, table in enumerate((curve_table(study), headline_table(study), timeline_table(study))):
        path = tmp_path / f"{number}.csv"
        frame(table).to_csv(path, index=False)
        assert len(pd.read_csv(path)) == len(next(iter(table.values())))
