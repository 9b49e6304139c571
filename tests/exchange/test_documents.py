"""Documents to attach: told by their bytes, and their names made harmless."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import FaultyInput, LedgerError
from watchgap.exchange import carried_name, drafts, plain_name, read_document_file
from watchgap.testing.strategies import examples


@pytest.mark.parametrize(
    ("raw", "media"),
    [
        (b"%PDF-1.7\n\x00", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00", "image/tiff"),
        (b"GIF89a\x00", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("caf\xe9".encode(), "text/plain"),
    ],
)
def test_the_bytes_tell_the_type(tmp_path: Path, raw: bytes, media: str) -> None:
    (tmp_path / "paper.exe").write_bytes(raw)
    assert read_document_file(tmp_path / "paper.exe") == (raw, media)


@pytest.mark.parametrize("raw", [b"", b"  \n", b"a\x00b", b"\xff\xfea", b"MZ\x90\x00", b"PK\x03\x04\xff"])
def test_other_bytes_are_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "paper.pdf").write_bytes(raw)
    with pytest.raises(FaultyInput, match="neither PDF, image nor text"):
        read_document_file(tmp_path / "paper.pdf")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.pdf"):
        with pytest.raises(FaultyInput):
            read_document_file(path)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a letter.pdf", "a letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\memo.txt", "memo.txt"),
        ("..", "document"),
        ("", "document"),
        ("in\u202efdp.exe", "infdp.exe"),
        ("a\x1b[31m\n.pdf", "a[31m.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_reduced_to_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@examples(80)
@given(name=st.text(max_size=200))
def test_no_name_leads_elsewhere(name: str) -> None:
    plain = plain_name(name)
    assert plain == Path(plain).name
    assert plain not in ("", ".", "..")
    assert plain.isprintable()


def test_a_carried_document_is_named_by_its_digest() -> None:
    assert carried_name("ab12", "application/pdf") == "ab12.pdf"
    assert carried_name("ab12", "text/html") == "ab12.bin"


def test_drafts_take_their_place_together_or_not_at_all(tmp_path: Path) -> None:
    places = (tmp_path / "a", tmp_path / "b")
    with drafts(places) as parts:
        for part in parts:
            part.write_text("one", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot write"), drafts(places) as parts:
        parts[0].write_text("three", encoding="utf-8")  # the other draft is never written
    assert [place.read_text(encoding="utf-8") for place in places] == ["one", "one"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_drafts_need_a_folder_and_no_folder_in_their_place(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none" / "a"):
        with pytest.raises(LedgerError, match="cannot write"), drafts((place,)):
            pass
