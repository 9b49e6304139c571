"""The README shows what the program gives today."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import watchgap as wg

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def maker(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("make_readme")


@pytest.fixture(scope="module")
def study(maker: ModuleType) -> wg.Study:
    return wg.brief(maker.CASE, as_of=maker.AS_OF)


def without_digest(text: str) -> str:
    # The digest covers the last bit of every number, which may differ from one processor to another.
    return re.sub(r"study [0-9a-f]{16}", "study ...", text)


def test_words_are_those_of_a_fresh_run(maker: ModuleType, study: wg.Study) -> None:
    committed = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = maker.with_brief(committed, maker.words(study))
    assert without_digest(committed) == without_digest(fresh), "run: python docs/make_readme.py"


def assert_same(committed: Any, fresh: Any, place: str = "figure") -> None:
    assert type(committed) is type(fresh) or isinstance(committed, int | float), place
    if isinstance(committed, dict):
        assert committed.keys() == fresh.keys(), place
        for key, value in committed.items():
            assert_same(value, fresh[key], f"{place}.{key}")
    elif isinstance(committed, list):
        assert len(committed) == len(fresh), place
        for number, (one, other) in enumerate(zip(committed, fresh, strict=True)):
            assert_same(one, other, f"{place}[{number}]")
    elif isinstance(committed, float):
        assert committed == pytest.approx(fresh, rel=1e-6, abs=1e-9), place
    else:
        assert committed == fresh, place


def test_picture_is_that_of_a_fresh_run(maker: ModuleType, study: wg.Study) -> None:
    committed = json.loads(maker.PICTURE.with_suffix(".json").read_text(encoding="utf-8"))
    assert_same(committed, maker.figure(study))
    for suffix in (".png", ".svg"):
        assert maker.PICTURE.with_suffix(suffix).stat().st_size > 10_000


def test_two_commands_set_everything_up() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    assert "watchgap brief cases/yongbyon-1993" in blocks[0]
    assert "pytest" in blocks[1]
