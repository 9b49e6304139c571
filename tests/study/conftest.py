"""A study of the starting case, with an anomaly, offers, statements and a claim that nothing can settle."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from watchgap.flow import LoadedCase, brief, load
from watchgap.study import Study

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
AS_OF = "2021-06-30"
_NOTHING_ELSE = """
  - id: nothing-else
    kind: completeness
    text: There is no other store.
    strata: [assemblies]
    since: 2021-01-01
    target: { value: 0.5, unit: "1", source: invented, grade: D, rationale: the same as for the others }
    prior:
      probability: { value: 5, unit: "%", source: invented, grade: D, rationale: a guess }
    source: invented
"""
_GAP = "claim=nothing-taken"
_FACTS = (
    "x01,raised,rods,2021-05-10,,at,,claims=as-declared; what=two rods were not found,invented,A,whole,,,",
    "x02,raised,books,2021-02-10,,at,,claims=as-declared; what=the first question,invented,A,whole,,,",
    "x03,resolved,books,2021-02-20,,at,,,invented,A,whole,,,",
    "x04,raised,books,2021-06-10,,at,,claims=as-declared; what=the second question,invented,A,whole,,,",
    "x05,offered,change-the-film,2021-02-01,,at,,,invented,A,whole,,,",
    "x06,offered,change-the-film,2021-03-01,,at,,,invented,A,whole,,,",
    "x07,offered,short-visit,2021-02-01,,at,,,invented,A,whole,,,",
    "x08,withdrawn,short-visit,2021-04-01,,at,,,invented,A,whole,,,",
    "x09,collected,gate-monitor,2021-04-06,,at,,,invented,A,whole,,,",
    *(
        f"s{number},stated,inspectorate,{day},,at,{recorded},{_GAP}; rung={rung},invented,B,,{quote},,"
        for number, (day, recorded, rung, quote) in enumerate(
            (
                ("2021-01-02", "", "no indication of diversion", "all is well"),
                ("2021-02-01", "", "no indication of diversion", ""),
                ("2021-03-15", "2021-12-01", "continuity of knowledge is degrading", "[red]less[/red] well"),
                ("2021-05-01", "", "continuity of knowledge is degrading", ""),
                ("2021-06-20", "", "continuity of knowledge is lost", "it is lost"),
            )
        )
    ),
    f"s8,stated,inspectorate,2020-12-01,,at,,{_GAP}; rung=no indication of diversion,invented,B,,,,",
    "s9,stated,inspectorate,2021-06-21,,at,,,invented,B,,said nothing of a claim,,",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (folder / name).write_bytes((STARTER / name).read_bytes())
    case = (folder / "case.yaml").read_text(encoding="utf-8")
    before, mark, after = case.partition("# How a removal is hidden")
    (folder / "case.yaml").write_text(before.rstrip() + _NOTHING_ELSE + "\n" + mark + after, encoding="utf-8")
    events = (folder / "events.csv").read_text(encoding="utf-8")
    (folder / "events.csv").write_text(events + "\n".join(_FACTS) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def loaded(folder: Path) -> LoadedCase:
    return load(folder)


@pytest.fixture(scope="session")
def study(loaded: LoadedCase) -> Study:
    return brief(loaded, as_of=AS_OF)


@pytest.fixture(scope="session")
def undigested(study: Study) -> Study:
    return replace(study, digest="")
