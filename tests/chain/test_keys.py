"""Keys as text, against the published keys of other programs, and every way in which a text is no key."""

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import ProofError
from watchgap.chain import KeyType, Signer, Verifier, name_problem, new_signer, read_signer, read_verifier
from watchgap.testing.strategies import examples

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
# The checksum database of Go, as its programs carry it.
GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
# github.com/transparency-dev/formats, note/note_cosigv1_test.go: the key of a witness.
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        (PETER, "PeterNeumann", KeyType.SIGNATURE),
        (ENOCH, "EnochRoot", KeyType.SIGNATURE),
        (GO, "sum.golang.org", KeyType.SIGNATURE),
        (REMORA, "remora.n621.de", KeyType.COSIGNATURE),
    ],
)
def test_published_verifier_keys(text, name, type_):
    verifier = read_verifier(text)
    assert (verifier.name, verifier.type, verifier.text) == (name, type_, text)


def test_published_signer_key():
    signer = read_signer(PETER_SIGNER)
    assert signer.text == PETER_SIGNER
    assert signer.verifier == read_verifier(PETER)


def test_the_id_is_the_beginning_of_a_hash_of_all_that_the_key_is():
    public = read_verifier(PETER).key
    expected = sha256(b"PeterNeumann\n\x04" + public).hexdigest()[:8]
    assert Verifier("PeterNeumann", public, KeyType.COSIGNATURE).id.hex() == expected


def test_every_part_of_a_key_is_no_key():
    for read, whole in ((read_verifier, PETER), (read_signer, PETER_SIGNER)):
        for start in range(len(whole)):
            for end in range(start, len(whole) + 1):
                if (start, end) != (0, len(whole)):
                    with pytest.raises(ProofError):
                        read(whole[start:end])


def test_no_bit_of_a_key_can_flip():
    for read, whole in ((read_verifier, PETER), (read_verifier, REMORA), (read_signer, PETER_SIGNER)):
        for place in range(len(whole)):
            for bit in range(7):
                with pytest.raises(ProofError):
                    read(whole[:place] + chr(ord(whole[place]) ^ 1 << bit) + whole[place + 1 :])


def coded(name, type_, public):
    key_id = sha256(name.encode() + b"\n" + bytes([type_]) + public).hexdigest()[:8]
    return f"{name}+{key_id}+{b64encode(bytes([type_]) + public).decode()}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "parts"),
        ("PeterNeumann", "1 parts"),
        ("PeterNeumann+c74f20a3", "2 parts"),
        (PETER.upper(), "its id is|no base64"),
        (PETER.replace("c74f20a3", "C74F20A3"), "its id is c74f20a3, not 'C74F20A3'"),
        (PETER.replace("c74f20a3", "00000000"), "its id is c74f20a3"),
        (PETER + "\n", "no base64"),
        (PETER + " ", "no base64"),
        (PETER[:-1] + "X", "its id is"),
        (PETER.replace("+ARp", "+\u0410Rp"), "no base64"),
        (coded("PeterNeumann", 2, bytes(32)), "its type is 2"),
        (coded("PeterNeumann", 6, bytes(32)), "its type is 6"),
        (coded("PeterNeumann", 1, bytes(33)), "no base64 of 33 bytes"),
        (coded("Peter Neumann", 1, bytes(32)), "has a space"),
        (coded("", 1, bytes(32)), "is empty"),
        ("Peter\tNeumann" + PETER[12:], "control character"),
        ("x" * 3000 + PETER, "longer than 2048"),
        ("\ud800" + PETER, "not text in UTF-8"),
        (PETER_SIGNER, "a signer key, which is secret"),
        ("+" * 2000, "is empty"),
    ],
)
def test_texts_that_are_no_verifier_key(text, problem):
    with pytest.raises(ProofError, match=problem):
        read_verifier(text)


@pytest.mark.parametrize(
    "text",
    [
        PETER_SIGNER.replace("c74f20a3", "c74f20a4"),
        PETER_SIGNER.replace("AYEK", "BYEK"),
        PETER_SIGNER + "A",
        PETER_SIGNER + "\n",
        PETER_SIGNER.replace("Neumann", " Neumann"),
        PETER_SIGNER.removeprefix("PRIVATE+KEY+"),
    ],
)
def test_no_message_shows_a_secret(text):
    with pytest.raises(ProofError) as raised:
        read_signer(text)
    seen, seed = str(raised.value), PETER_SIGNER[-43:]
    assert not any(seed[start : start + 6] in seen for start in range(len(seed) - 5))


def test_a_signer_does_not_show_its_seed():
    signer = new_signer("example.org/a", b"0123456789abcdef0123456789abcdef")
    assert "0123" not in repr(signer)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_seeds_of_another_length(seed):
    with pytest.raises(ProofError, match="not 32"):
        new_signer("example.org/a", seed)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a+b",
        "a\tb",
        "a\nb",
        "a\u00a0b",
        "a\u2003b",
        "a\u3000b",
        "a\u2028b",
        "a\x00b",
        "a\ud800",
    ],
)
def test_names_that_no_key_has(name):
    assert name_problem(name) is not None
    with pytest.raises(ProofError):
        Verifier(name, bytes(32))


@pytest.mark.parametrize("name", ["a", "example.org/yongbyon", "녕변", "é", "—"])
def test_names_that_a_key_may_have(name):
    assert name_problem(name) is None


@examples(30)
@given(
    st.text(min_size=1, max_size=20).filter(lambda name: name_problem(name) is None),
    st.binary(min_size=32, max_size=32),
    st.booleans(),
)
def test_keys_come_back_from_their_text(name, seed, cosigns):
    signer = new_signer(name, seed, cosigns=cosigns)
    assert read_signer(signer.text) == signer == Signer(name, seed, KeyType(4 if cosigns else 1))
    assert read_verifier(signer.verifier.text) == signer.verifier


@examples(100)
@given(st.text(alphabet="+AB=1é \n", max_size=60) | st.text(max_size=60))
def test_any_text_is_a_key_or_refused(text):
    for read in (read_verifier, read_signer):
        with pytest.raises(ProofError):
            read(text)
