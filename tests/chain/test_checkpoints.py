"""Checkpoints, against one of a public log with its witnesses, and every text that is no checkpoint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import ProofError
from watchgap.chain import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    Checkpoint,
    KeyType,
    add_signature,
    checkpoint_text,
    new_signer,
    open_checkpoint,
    read_checkpoint,
    read_verifier,
    sign_checkpoint,
    sign_note,
    stated_checkpoint,
)
from watchgap.testing.strategies import examples

# A checkpoint that the log arche2025h1 of transparency.dev published, with one signature of a kind that is
# unknown here, and cosignatures of witnesses.
LOG = read_verifier(
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
REMORA = read_verifier("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")
PUBLISHED = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev \
zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev \
ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— witness1.smartit.nu/witness1 \
pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de \
2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""

ORIGIN = "example.org/yongbyon"
SIGNER = new_signer(ORIGIN, bytes([7]) * 32)
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
TEXT = f"{ORIGIN}\n20852163\n{ROOT}\n"


def test_a_published_checkpoint_and_its_cosignature():
    checkpoint, note = open_checkpoint(PUBLISHED, [LOG, REMORA])
    assert (checkpoint.origin, checkpoint.size) == (LOG.name, 1_432_088_532)
    assert [(one.verifier, one.time) for one in note.signatures] == [(LOG, None), (REMORA, 0x6A122120)]
    assert checkpoint_text(checkpoint) == note.text


def test_the_same_with_another_size():
    with pytest.raises(ProofError, match="does not hold"):
        open_checkpoint(PUBLISHED.replace("1432088532", "1432088533"), [LOG])
    with pytest.raises(ProofError, match="does not hold"):
        open_checkpoint(PUBLISHED.replace("1432088532", "1432088533"), [REMORA])


def test_a_witness_does_not_stand_for_the_ledger():
    with pytest.raises(
        ProofError, match=r"not signed by a known key of its ledger .* only by 'remora\.n621\.de'"
    ):
        open_checkpoint(PUBLISHED, [REMORA])


def test_a_cosigner_with_the_name_of_the_ledger_does_not_either():
    cosigner = new_signer(ORIGIN, bytes([8]) * 32, cosigns=True)
    note = sign_note(TEXT, [cosigner], time=1)
    with pytest.raises(ProofError, match="not signed by a known key of its ledger"):
        open_checkpoint(note, [cosigner.verifier])
    checkpoint, opened = open_checkpoint(add_signature(note, SIGNER), [cosigner.verifier, SIGNER.verifier])
    assert checkpoint.size == 20_852_163
    assert {one.verifier.type for one in opened.signatures} == {KeyType.SIGNATURE, KeyType.COSIGNATURE}


def test_a_known_key_of_another_name_does_not_either():
    other = new_signer("example.org/else", SIGNER.seed)
    with pytest.raises(ProofError, match=r"not signed by a known key .* only by 'example\.org/else'"):
        open_checkpoint(sign_note(TEXT, [other]), [other.verifier, SIGNER.verifier])


def test_what_is_only_stated_is_read_without_any_key():
    assert stated_checkpoint(PUBLISHED) == open_checkpoint(PUBLISHED, [LOG])[0]
    assert stated_checkpoint(PUBLISHED.replace("1432088532", "7").encode()).size == 7
    with pytest.raises(ProofError, match="no signatures"):
        stated_checkpoint(TEXT)
    with pytest.raises(ProofError, match="line 2"):
        stated_checkpoint(PUBLISHED.replace("1432088532", "07"))


def test_two_keys_of_one_ledger_may_sign():
    other = new_signer(ORIGIN, bytes([9]) * 32)
    note = sign_checkpoint(read_checkpoint(TEXT), [SIGNER, other])
    for verifiers in ([SIGNER.verifier], [other.verifier], [SIGNER.verifier, other.verifier]):
        assert len(open_checkpoint(note, verifiers)[1].signatures) == len(verifiers)


def test_what_is_signed_but_no_checkpoint():
    with pytest.raises(ProofError, match="the checkpoint has 1 lines"):
        open_checkpoint(sign_note("hello\n", [SIGNER]), [SIGNER.verifier])


def test_extensions_are_read_and_written():
    text = f"{TEXT}one\ntwo words\n"
    assert read_checkpoint(text).extensions == ("one", "two words")
    assert checkpoint_text(read_checkpoint(text.encode())) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "does not end with a newline"),
        (TEXT[:-1], "does not end with a newline"),
        ("\n", "has 1 lines"),
        (f"{ORIGIN}\n1\n", "has 2 lines"),
        (TEXT.replace(ORIGIN, ""), "one line of text, not ''"),
        (f"{TEXT}\n", "one line of text, not ''"),
        (TEXT.replace("2085", "02085"), "line 2: '020852163' is not a number"),
        (TEXT.replace("20852163", "-1"), "line 2"),
        (TEXT.replace("20852163", "+1"), "line 2"),
        (TEXT.replace("20852163", ""), "line 2: ''"),
        (TEXT.replace("20852163", "1e3"), "line 2"),
        (TEXT.replace("20852163", "1_000"), "line 2"),
        (TEXT.replace("20852163", " 1"), "line 2"),
        (TEXT.replace("20852163", "٣"), "line 2"),
        (TEXT.replace("20852163", str(LARGEST_SIZE + 1)), "line 2"),
        (TEXT.replace("20852163", "9" * 10_000), "line 2"),
        (TEXT.replace("20852163", "0"), "the root of an empty tree"),
        (TEXT.replace("I=", "J="), "line 3: .* is not base64"),
        (TEXT.replace("I=", "I"), "line 3: .* is not base64"),
        (TEXT.replace(ROOT, ROOT + " "), "line 3: .* is not base64"),
        (TEXT.replace(ROOT, "AAAA"), "line 3: 'AAAA' stands for 3 bytes"),
        (TEXT.replace("\n", "\r\n"), "line 1: has the control character"),
        (TEXT.replace("org", "\x1b[2J"), "line 1: has the control character"),
        (TEXT.encode() + b"\xff\n", "not text in UTF-8"),
        (TEXT + "x" * 1_000_000 + "\n", "longer than"),
    ],
)
def test_texts_that_are_no_checkpoint(text, problem):
    with pytest.raises(ProofError, match=problem):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "values",
    [
        ("", 1, bytes(32)),
        ("a\nb", 1, bytes(32)),
        ("a\ud800", 1, bytes(32)),
        ("a", -1, bytes(32)),
        ("a", LARGEST_SIZE + 1, bytes(32)),
        ("a", 1, bytes(31)),
        ("a", 0, bytes(32)),
        ("a", 1, bytes(32), ("",)),
        ("a", 1, bytes(32), ("b\n",)),
    ],
)
def test_no_checkpoint_that_could_not_be_read_back(values):
    with pytest.raises(ProofError):
        Checkpoint(*values)


def test_the_empty_ledger_has_a_checkpoint():
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, [SIGNER]), [SIGNER.verifier])[0] == empty


@examples(50)
@given(
    st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1, max_size=20),
    st.integers(1, LARGEST_SIZE),
    st.binary(min_size=32, max_size=32),
)
def test_a_checkpoint_comes_back_from_its_text(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)
    assert read_checkpoint(checkpoint_text(checkpoint)) == checkpoint


@examples(100)
@given(
    st.lists(
        st.sampled_from([ORIGIN, "20852163", ROOT, "\n", "0", " ", "é"]) | st.text(max_size=2), max_size=9
    )
)
def test_any_text_is_a_checkpoint_or_refused(pieces):
    text = "".join(pieces)
    try:
        read = checkpoint_text(read_checkpoint(text))
    except ProofError as error:
        read, problem = text, str(error)
    else:
        problem = ""
    assert read == text
    assert problem.isprintable()
