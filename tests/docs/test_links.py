"""Every relative link of the documentation leads to a file, and its anchor to a heading."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# What a `Code:` or `Check:` paragraph names: a name in code, or a link to a file.
NAME = r"`[A-Za-z_][\w.]*`"
PLACE = re.compile(rf"\[[^\]]*\]\(([^)\s#]+)\)|{NAME}")
LED_BY = re.compile(rf"(?:(?:,| and|, and) {NAME})* in ")
PARAGRAPH = re.compile(r"^(?:Code|Check): .*?(?=^Check: |\n\n|\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors that headings have where Markdown is shown on GitHub."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", text_of(path), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        number = 0
        while (name := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(name)
    return found


def places(text: str) -> list[tuple[str, str]]:
    """The names of a `Code:` or `Check:` paragraph, each with the linked file that it is to be found in.

    It is the link that follows (`a`, `b` in [file](...)), or else the last one before ([file](...) (`a`)).
    """
    text = " ".join(text.split())
    found, link = [], ""
    for match in PLACE.finditer(text):
        if match[1]:
            link = match[1]
            continue
        led = LED_BY.match(text, match.end())
        after = PLACE.match(text, led.end()) if led else None
        found.append((match[0].strip("`"), after[1] if after and after[1] else link))
    return found


def strangers(page: Path) -> list[str]:
    """The names that the file beside them does not hold."""
    found = []
    for paragraph in re.findall(
        r"^(?:Code|Check): .*?(?=^Check: |\n\n|\Z)", text_of(page), re.MULTILINE | re.DOTALL
    ):
        for name, link in places(paragraph):
            target = page.parent / link
            code = target.read_text(encoding="utf-8") if target.is_file() else ""
            if not all(re.search(rf"\b{part}\b", code) for part in name.split(".")):
                found.append(f"{name} is not in {link or 'any file'}")
    return found


def faults(page: Path) -> list[str]:
    found = []
    for link in LINK.findall(text_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            found.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            found.append(f"{link}: no such heading")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert faults(page) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    links = "[a](page.md#one) [b](page.md#two) [c](gone.md) [d](https://a.org/x)"
    page.write_text(f"# One\n\n{links}\n", encoding="utf-8")
    assert faults(page) == ["page.md#two: no such heading", "gone.md: no such file"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_of_code_are_in_the_file_beside_them(page: Path) -> None:
    assert strangers(page) == []


def test_the_method_names_code_and_checks() -> None:
    paragraphs = re.findall(r"^(?:Code|Check): ", text_of(ROOT / "docs" / "method.md"), flags=re.MULTILINE)
    assert paragraphs.count("Code: ") == paragraphs.count("Check: ") > 10


def test_a_name_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def first() -> None: ...\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("class Second:\n    third = 3\n", encoding="utf-8")
    page = tmp_path / "page.md"
    code = "`first` in [`one.py`](one.py), `Second.third`, `first`\nin [two](two.py) (the last is `Third`)"
    check = "`Second` in [`one.py`](one.py)"
    page.write_text(f"`gone`\n\nCode: {code}.\nCheck: {check}.\n\n`gone`\n", encoding="utf-8")
    found = ["first is not in two.py", "Third is not in two.py", "Second is not in one.py"]
    assert strangers(page) == found
