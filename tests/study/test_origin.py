"""Rules that lead somewhere, names that are found, and texts that no terminal takes for commands."""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import watchgap as wg
from watchgap.base.errors import UnknownName
from watchgap.case import read_case
from watchgap.flow import LoadedCase, load
from watchgap.study import origin_rules as rules
from watchgap.study.origin_names import FigureName, Names, figures_of
from watchgap.study.origin_record import Rule
from watchgap.study.origin_shelf import Shelf, moment

ROOT = Path(__file__).resolve().parents[2]
YONGBYON = ROOT / "cases" / "yongbyon-1993"
STARTER = ROOT / "src" / "watchgap" / "case" / "starter"


@pytest.fixture(scope="module")
def yongbyon() -> LoadedCase:
    return load(YONGBYON)


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.sentence[:40])
def test_a_rule_leads_to_what_it_names(rule: Rule) -> None:
    page, _, anchor = rule.section.partition("#")
    text = (ROOT / page).read_text(encoding="utf-8")
    assert anchor in {slug(heading) for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    known = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs" / "requirements").glob("*.md"))
    for requirement in rule.requirements:
        assert f"\n## {requirement} " in known
    module, _, rest = rule.function.rpartition(".")
    try:
        assert hasattr(import_module(module), rest)
    except ModuleNotFoundError:
        module, _, cls = module.rpartition(".")
        assert hasattr(getattr(import_module(module), cls), rest)
    assert rule.equation
    assert rule.sentence.endswith(".")


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.sentence[:40])
def test_a_printed_source_stands_among_the_references(rule: Rule) -> None:
    references = (ROOT / "docs" / "method.md").read_text(encoding="utf-8").split("## References")[1]
    flat = " ".join(references.replace("*", "").split())
    for cited in rule.source.split("; "):
        part = re.sub("^(detection probability|significant quantity|draws): ", "", cited)
        if "derived on that page" in part or part in rules.DERIVED:
            continue
        author_and_title = re.split(r", [12]| \(", part)[0]
        assert author_and_title[:50] in flat, part


# ---------------------------------------------------------------- names


def test_names_of_a_claim(yongbyon: LoadedCase) -> None:
    names = figures_of(yongbyon.case)
    assert names["gap.restorable.full-range"] == FigureName(
        "gap.restorable.full-range", "curve", "gap", "restorable: full-range", "", "full-range"
    )
    assert names["gap.core.in-hand"].stratum == "core"
    assert "past.timely" not in names
    assert "completeness.prior" not in names
    assert len(set(names)) == len(names)


def test_a_name_is_found_in_its_room(yongbyon: LoadedCase) -> None:
    names = Names.of(yongbyon.case, yongbyon.entries, yongbyon.sources)
    assert names.find("gap.in-hand") == ("figure", "gap.in-hand")
    assert names.find("reactor-cameras.interval") == ("number", "reactor-cameras.interval")
    assert names.find("core.items") == ("number", "core.items")
    assert names.find("Y017") == names.find("fact:Y017") == ("fact", "Y017")
    assert names.find("MEMO") == names.find("source:MEMO") == ("source", "MEMO")


def test_the_room_can_be_said_where_a_name_stands_in_two(yongbyon: LoadedCase) -> None:
    (entry, *_) = yongbyon.entries
    namesake: Any = {"gap.in-hand": entry}
    names = Names(figures_of(yongbyon.case), frozenset({"gap.in-hand"}), namesake, {})
    assert names.find("gap.in-hand") == ("figure", "gap.in-hand")
    assert names.find("number:gap.in-hand") == ("number", "gap.in-hand")
    assert names.find("fact:gap.in-hand") == ("fact", "gap.in-hand")
    with pytest.raises(UnknownName):
        names.find("source:gap.in-hand")


@pytest.mark.parametrize(
    ("asked", "close"),
    [
        ("gap.inhand", "gap.in-hand"),
        ("past.latnt", "past.latent"),
        ("reactor-camera.interval", "reactor-cameras.interval"),
    ],
)
def test_a_wrong_name_is_answered_with_close_ones(yongbyon: LoadedCase, asked: str, close: str) -> None:
    names = Names.of(yongbyon.case, yongbyon.entries, yongbyon.sources)
    with pytest.raises(UnknownName, match=re.escape(close)):
        names.find(asked)


@pytest.mark.parametrize(
    "asked", ["", "\x1b[31m", "\u202egap", "x" * 100_000, "[red]", "figure:", ":", "figure:Y017"]
)
def test_a_hostile_name_is_refused_on_one_line(yongbyon: LoadedCase, asked: str) -> None:
    names = Names.of(yongbyon.case, yongbyon.entries, yongbyon.sources)
    with pytest.raises(UnknownName) as caught:
        names.find(asked)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600


def test_every_declared_number_has_its_line(yongbyon: LoadedCase) -> None:
    document = read_case(YONGBYON)[1]
    lines = (YONGBYON / "case.yaml").read_text(encoding="utf-8").splitlines()
    shelf = Shelf(yongbyon.case, (), yongbyon.ledger(), document.line_of, yongbyon.case.period.last)
    for name in shelf.numbers:
        number = shelf.number(name)
        field = name.rsplit(".", 1)[1]
        assert lines[number.line - 1].strip().startswith(f"{field}:"), name
        assert number.low <= number.value <= number.high


def test_moments_are_written_as_days_and_minutes() -> None:
    first = wg.load(STARTER).case.period.first
    assert moment(first, 1.0) == "the end of 2021-01-01"
    assert moment(first, 1.5) == "2021-01-02 12:00"
    assert moment(first, 31 + 1 / 1440) == "2021-02-01 00:01"
    assert moment(first, float("inf")) == "no end"
    assert moment(first, float("-inf")) == "the beginning"


def test_a_circle_of_corrections_ends(yongbyon: LoadedCase) -> None:
    one, other = yongbyon.entries[:2]
    circle = (replace(one, supersedes=other.id), replace(other, supersedes=one.id))
    shelf = Shelf(yongbyon.case, circle, yongbyon.ledger(), lambda _: 0, yongbyon.case.period.last)
    told = shelf.entry(one.id)
    assert [old.id for old in told.corrects] == [other.id]
