"""The tutorial shows what the program gives today, and its Python runs."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"


@pytest.fixture(scope="module")
def maker(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("make_tutorial")


def without_digest(text: str) -> str:
    # The digest covers the last bit of every number, which may differ from one processor to another.
    return re.sub(r"study [0-9a-f]{16}", "study ...", text)


def without_outputs(text: str) -> str:
    """The page before it is played: commands without what they print, and empty `text` blocks."""
    blocks = re.compile(r"^```(console|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)

    def emptied(block: re.Match[str]) -> str:
        commands = [line for line in block[2].splitlines(keepends=True) if line.startswith("$ ")]
        return f"```{block[1]}\n{''.join(commands)}```"

    return blocks.sub(emptied, text)


def test_the_page_is_that_of_a_fresh_run(maker: ModuleType) -> None:
    # Starting without outputs shows that all of them come from the run. The Python blocks run in it too.
    committed = PAGE.read_text(encoding="utf-8")
    assert committed.count("```python\n") >= 2
    fresh = maker.renewed(without_outputs(committed))
    assert without_digest(fresh) == without_digest(committed), "run: python docs/make_tutorial.py"


def test_the_page_shows_only_blocks_that_are_played() -> None:
    fences = re.findall(r"^```(.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(fences) == {"console", "diff", "python", "text"}


def test_what_is_not_shown_is_marked(maker: ModuleType) -> None:
    lines = ["first", "a 1", "a 2", "b", "c", "end"]
    assert maker.excerpt(lines, "a 1 ... b") == ["a 1", "a 2", "b"]
    assert maker.excerpt(lines, "a; c") == ["a 1", "[...]", "c"]
    assert maker.excerpt(lines, "a 1; a 2; end") == ["a 1", "a 2", "[...]", "end"]
    with pytest.raises(maker.CannotPlay, match=r"no line with 'first' below line 4 of what was printed"):
        maker.excerpt(lines, "b; first")


def test_changes_are_made_where_they_belong(maker: ModuleType, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text("a\nb\nc\nd\n", encoding="utf-8")
    maker.change(tmp_path, "--- one\n a\n-b\n+B\n@@\n-d\n--- two\n+e\n")
    assert (tmp_path / "one").read_text(encoding="utf-8") == "a\nB\nc\n"
    assert (tmp_path / "two").read_text(encoding="utf-8") == "a\nb\nc\nd\ne\n"
    with pytest.raises(maker.CannotPlay, match="one holds what is to be replaced 0 times:\nb\n"):
        maker.change(tmp_path, "--- one\n-b\n")
    with pytest.raises(maker.CannotPlay, match="a change begins with `--- FILE`, not with '-b'"):
        maker.change(tmp_path, "-b\n")


def test_what_cannot_be_played_is_refused(maker: ModuleType) -> None:
    with pytest.raises(maker.CannotPlay, match="'rm store' is neither"):
        maker.renewed("```console\n$ rm store\n```\n")
    with pytest.raises(maker.CannotPlay, match="a block of which a part is shown has one command"):
        maker.renewed("<!-- show: a -->\n```console\n$ watchgap new a\n$ watchgap new b\n```\n")
    with pytest.raises(NameError, match="unknown"):
        maker.renewed("```python\nunknown\n```\n")


def test_outputs_are_put_in_their_place(maker: ModuleType) -> None:
    page = "a\n\n```python\nprint('x ', 1)\n```\n\n```text\nold\n```\n\n```text\nkept\n```\n\n"
    assert maker.renewed(page) == page.replace("old", "x  1")
    refused = "```console\n$ watchgap check nowhere\nOLD\n```\n"
    assert "OLD" not in maker.renewed(refused)
    assert "no folder 'nowhere'" in maker.renewed(refused)
