"""The pages that are generated from the code are in step with it."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from watchgap.case.read import LARGEST_CASE_FILE
from watchgap.ledger import MOST_ROWS
from watchgap.ledger.read import LARGEST_LEDGER_FILE

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("case-file.md", "reference.md")
REMEDY = "run `python docs/generate.py`"


@pytest.fixture(scope="module")
def generate(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("generate")


@pytest.fixture(scope="module")
def parts(generate: ModuleType) -> dict[str, str]:
    made: dict[str, str] = generate.generated()
    return made


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_generated(generate: ModuleType, parts: dict[str, str], name: str) -> None:
    assert generate.renewed(page(name), parts) == page(name), REMEDY


def test_every_generated_part_stands_on_a_page(generate: ModuleType, parts: dict[str, str]) -> None:
    assert PAGES == generate.PAGES
    marks = [mark for name in PAGES for mark in re.findall(r"<!-- generated: ([a-z-]+) -->", page(name))]
    assert sorted(marks) == sorted(parts)
    assert all(part.strip() for part in parts.values())


def test_a_page_out_of_step_is_mended(generate: ModuleType) -> None:
    old = "before\n<!-- generated: units -->\nold\n<!-- end of generated: units -->\nafter\n"
    new = "before\n<!-- generated: units -->\n\nnew\n\n<!-- end of generated: units -->\nafter\n"
    assert generate.renewed(old, {"units": "new\n"}) == new
    assert generate.renewed(new, {"units": "new\n"}) == new


def test_a_field_without_words_is_found(generate: ModuleType) -> None:
    words = generate.read_words()
    del words["Stratum", "items"]
    with pytest.raises(generate.Unworded, match=re.escape("no words for [('Stratum', 'items')]")):
        generate.check_words(words)


def test_words_for_nothing_are_found(generate: ModuleType) -> None:
    words = generate.read_words() | {("fact", "imagined"): "It was imagined."}
    with pytest.raises(generate.Unworded, match=re.escape("idle words for [('fact', 'imagined')]")):
        generate.check_words(words)


def test_every_field_of_a_measure_is_on_the_page(parts: dict[str, str]) -> None:
    section = parts["fields"].split("### `measures[] (imagery)`")[1].split("###")[0]
    fields = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
    assert {"id", "point", "recognition", "revisit", "processing_lag"} <= set(fields)


@pytest.mark.parametrize(
    ("section", "row"),
    [
        ("claims[]", "| `target` | number [1], between 0 and 1 | yes |"),
        ("concealments[]", "| `defect_fraction` | number [1], greater than 0 and at most 1 | yes |"),
        ("claims[]", "| `goal` | number [kg], greater than 0 | no |"),
        ("claims[].prior", "| `hazard` | number [1/d], at least 0 | no |"),
    ],
)
def test_a_range_has_both_its_bounds(parts: dict[str, str], section: str, row: str) -> None:
    assert row in parts["fields"].split(f"### `{section}`")[1].split("###")[0]


def test_the_page_says_how_much_is_read() -> None:
    files = {"case.yaml": "500 kB", "events.csv": "64 MB, 200 000 rows", "sources.csv": "64 MB, 200 000 rows"}
    rows = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", page("case-file.md"), flags=re.MULTILINE)
    assert {name: most for name, most in rows if name in files} == files
    assert (LARGEST_CASE_FILE, LARGEST_LEDGER_FILE, MOST_ROWS) == (500_000, 64_000_000, 200_000)
