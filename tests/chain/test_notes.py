"""Signed notes, against published ones, and every way in which a text is no note that somebody signed."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import ProofError
from watchgap.chain import (
    KeyType,
    Verifier,
    add_signature,
    new_signer,
    open_note,
    read_signer,
    read_verifier,
    sign_note,
)
from watchgap.testing.strategies import examples

# golang.org/x/mod/sumdb/note, note_test.go
PETER = read_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PETER_SIGNER = read_signer("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
ENOCH = read_verifier("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}"

# A signed tree of the checksum database of Go: github.com/google/trillian-examples, tests of formats/log.
GO = read_verifier("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
GO_NOTE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""

# The example of a verifier key and its signature in c2sp.org/signed-note.
FOO = read_verifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""

ANN = new_signer("ann", bytes([1]) * 32)
BOB = new_signer("bob", bytes([2]) * 32)
WITNESS = new_signer("witness", bytes([3]) * 32, cosigns=True)


def bent(old, new):
    return f"{TEXT}\n{PETER_LINE.replace(old, new)}"


def opened(note, *verifiers):
    return open_note(note, verifiers)


def test_published_notes_open():
    assert opened(NOTE, PETER, ENOCH).names == ("PeterNeumann", "EnochRoot")
    assert opened(NOTE, ENOCH).names == ("EnochRoot",)
    assert opened(NOTE.encode(), PETER).text == TEXT
    assert opened(FOO_NOTE, FOO).text == "This is an example message.\n"
    assert opened(GO_NOTE, GO).text.startswith("go.sum database tree\n6476701\n")


def test_signing_gives_the_published_note():
    assert sign_note(TEXT, [PETER_SIGNER]) == f"{TEXT}\n{PETER_LINE}"
    assert add_signature(f"{TEXT}\n{ENOCH_LINE}", PETER_SIGNER) == f"{TEXT}\n{ENOCH_LINE}{PETER_LINE}"


def test_no_bit_of_a_note_can_flip():
    whole = f"{TEXT}\n{PETER_LINE}".encode()
    for place in range(len(whole)):
        for bit in range(8):
            bent = bytearray(whole)
            bent[place] ^= 1 << bit
            with pytest.raises(ProofError):
                opened(bytes(bent), PETER)


def test_a_bad_signature_of_a_known_key_spoils_the_note():
    note = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE.replace('zmZa', 'zmZb')}"
    assert opened(note, PETER).names == ("PeterNeumann",)
    with pytest.raises(ProofError, match=r"line 5: the signature of 'EnochRoot' \(af0cfe78\) does"):
        opened(note, PETER, ENOCH)


def test_a_known_key_that_signed_once_well_and_once_badly():
    with pytest.raises(ProofError, match="line 5"):
        opened(f"{TEXT}\n{PETER_LINE}{PETER_LINE.replace('ZJku', 'ZJkv')}", PETER)


def test_a_signature_that_stands_twice_is_one():
    assert len(opened(f"{TEXT}\n{PETER_LINE * 3}", PETER).signatures) == 1


def test_unknown_keys_are_ignored_and_do_not_suffice():
    other = Verifier("PeterNeumann", ENOCH.key)  # shares the name with the key that signed, not the id
    with pytest.raises(ProofError, match=r"none of the 1 known keys .* 'PeterNeumann' \(c74f20a3\)"):
        opened(NOTE, other)
    with pytest.raises(ProofError, match="none of the 0 known keys"):
        opened(NOTE)


def test_two_known_keys_of_one_name_and_id():
    assert opened(NOTE, PETER, PETER).names == ("PeterNeumann",)

    class Twin(Verifier):
        id = ENOCH.id

    with pytest.raises(ProofError, match="two known keys have the name 'EnochRoot'"):
        opened(NOTE, ENOCH, Twin("EnochRoot", PETER.key))


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("", "no signatures"),
        ("\n\n", "no signatures"),
        (TEXT, "no signatures"),
        (f"{TEXT}\n", "no signatures"),
        (f"{TEXT}{PETER_LINE}", "no signatures"),
        (f"{TEXT}\n{PETER_LINE}"[:-1], "does not end with a newline"),
        (f"{TEXT}\n{PETER_LINE}\n", "no signatures"),
        (f"{TEXT}\n{PETER_LINE}\n{TEXT}", "line 6: 'If you think"),
        (f"{TEXT}\n{PETER_LINE}Unexpected line.\n", "line 5: 'Unexpected line.' is no signature"),
        (f"\x01{TEXT}\n{PETER_LINE}", "line 1: has the control character"),
        (f"{TEXT}\t\n\n{PETER_LINE}", "line 3: has the control character"),
        (NOTE.replace("\n", "\r\n"), "control character '.r'"),
        (b"\xff" + NOTE.encode(), "not text in UTF-8"),
        (NOTE.encode("utf-16"), "not text in UTF-8"),
        ("\ud800" + NOTE, "not text in UTF-8"),
        (bent("PeterNeumann", "Peter Neumann"), "no signature"),
        (bent("PeterNeumann", "Peter+Neumann"), "no signature"),
        (bent("PeterNeumann", "Peter\u2003Neumann"), "no signature"),
        (bent("PeterNeumann", ""), "no signature"),
        (bent("—", "-"), "no signature"),
        (bent("—", "--"), "no signature"),
        (bent("—", "\u2013"), "no signature"),
        (bent("—", "\u2015"), "no signature"),
        (bent("— ", "—\u00a0"), "no signature"),
        (bent("— ", "—  "), "no signature"),
        (f"{TEXT}\n {PETER_LINE}", "no signature"),
        (f"{TEXT}\n{PETER_LINE[:-1]} \n", "no signature"),
        (bent("AM=", "AN="), "not base64"),
        (bent("AM=", "AM"), "not base64"),
        (bent("AM=", "AM=="), "not base64"),
        (bent("/", "_"), "not base64"),
        (f"{TEXT}\n— PeterNeumann x08gow==\n", "is empty"),
        (f"{TEXT}\n— PeterNeumann x08go/Y=\n", "does not hold"),
        (f"{TEXT}\n{PETER_LINE * 101}", "more than 100 signatures"),
        (f"{TEXT}\n{PETER_LINE}" + "\n" * 1_000_000, "longer than 1000000 bytes"),
        ("é" * 600_000, "longer than 1000000 bytes"),
    ],
)
def test_texts_that_are_no_signed_note(note, problem):
    with pytest.raises(ProofError, match=problem):
        opened(note, PETER)


def test_a_text_may_have_blank_lines_and_lines_like_signatures():
    text = f"\n\nfirst\n\n{PETER_LINE}\nlast\n"
    assert opened(sign_note(text, [ANN]), ANN.verifier, PETER).text == text
    assert opened(sign_note(text, [ANN]), ANN.verifier, PETER).names == ("ann",)


def test_sixteen_signatures_and_more_are_taken():
    signers = [new_signer(f"key{number}", bytes([number]) * 32) for number in range(100)]
    note = sign_note(TEXT, signers)
    assert len(opened(note, *(signer.verifier for signer in signers)).signatures) == 100
    with pytest.raises(ProofError, match="more than 100 signatures"):
        add_signature(note, ANN)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no newline", "ends with a newline"),
        ("", "ends with a newline"),
        ("a\rb\n", "control character"),
        ("\ud800\n", "not text in UTF-8"),
        ("x" * 1_000_000 + "\n", "longer than"),
    ],
)
def test_texts_that_are_not_signed(text, problem):
    with pytest.raises(ProofError, match=problem):
        sign_note(text, [ANN])


def test_nobody_signs_nothing():
    with pytest.raises(ProofError, match="no signatures"):
        sign_note(TEXT, [])


# ---------------------------------------------------------------- cosignatures


def test_a_cosignature_states_its_time_and_signs_it():
    """Against the wording of c2sp.org/tlog-cosignature, with the library alone."""
    note = add_signature(sign_note(TEXT, [ANN]), WITNESS, time=1_679_315_147)
    payload = b64decode(note.splitlines()[-1].split(" ")[2])
    assert payload[:4] == WITNESS.verifier.id
    assert int.from_bytes(payload[4:12], "big") == 1_679_315_147
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()
    Ed25519PrivateKey.from_private_bytes(WITNESS.seed).public_key().verify(payload[12:], message)
    signatures = opened(note, ANN.verifier, WITNESS.verifier).signatures
    assert [(one.verifier.name, one.time) for one in signatures] == [
        ("ann", None),
        ("witness", 1_679_315_147),
    ]


def test_no_bit_of_a_cosignature_can_flip():
    note = sign_note(TEXT, [WITNESS], time=1_679_315_147)
    start, _, last = note.rpartition(" ")
    payload = int.from_bytes(b64decode(last), "big")
    for bit in range(8 * 76):
        bent = b64encode((payload ^ 1 << bit).to_bytes(76, "big")).decode()
        with pytest.raises(ProofError):
            opened(f"{start} {bent}\n", WITNESS.verifier)


def test_the_same_key_used_for_both_kinds_is_two_keys():
    plain = new_signer("witness", WITNESS.seed)
    with pytest.raises(ProofError, match="none of the 1 known keys"):
        opened(sign_note(TEXT, [plain]), WITNESS.verifier)
    with pytest.raises(ProofError, match="none of the 1 known keys"):
        opened(sign_note(TEXT, [WITNESS], time=5), plain.verifier)
    assert (plain.verifier.type, WITNESS.verifier.type) == (KeyType.SIGNATURE, KeyType.COSIGNATURE)


@pytest.mark.parametrize("time", [None, -1, 2**63])
def test_no_cosignature_without_a_time(time):
    with pytest.raises(ProofError, match="needs its time"):
        sign_note(TEXT, [WITNESS], time=time)


def test_a_cosignature_of_a_time_that_none_may_have():
    stamp = (2**63).to_bytes(8, "big")
    message = b"cosignature/v1\ntime %d\n" % 2**63 + TEXT.encode()
    made = Ed25519PrivateKey.from_private_bytes(WITNESS.seed).sign(message)
    line = f"— witness {b64encode(WITNESS.verifier.id + stamp + made).decode()}\n"
    with pytest.raises(ProofError, match="its time is above"):
        opened(f"{TEXT}\n{line}", WITNESS.verifier)


def test_a_later_signature_of_a_key_takes_the_place_of_its_earlier_one():
    first = sign_note(TEXT, [WITNESS, BOB], time=10)
    later = add_signature(first, WITNESS, time=20)
    signatures = opened(later, WITNESS.verifier, BOB.verifier).signatures
    assert [(one.verifier.name, one.time) for one in signatures] == [("bob", None), ("witness", 20)]


# ---------------------------------------------------------------- any text


@examples(50)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(32)))), max_size=30),
    st.lists(st.sampled_from([ANN, BOB, WITNESS]), min_size=1, max_size=3, unique=True),
)
def test_what_was_signed_opens(text, signers):
    note = open_note(sign_note(f"{text}\n", signers, time=7), [signer.verifier for signer in signers])
    assert note.text == f"{text}\n"
    assert note.names == tuple(signer.name for signer in signers)


@examples(200)
@given(st.data())
def test_any_text_is_a_note_or_refused(data):
    pieces = [TEXT, "\n", "\n\n", PETER_LINE, ENOCH_LINE, "— ", "PeterNeumann", " ", "x08gow==", "\r", "é"]
    note = "".join(data.draw(st.lists(st.sampled_from(pieces) | st.text(max_size=3), max_size=8)))
    try:
        text = open_note(note, [PETER, ENOCH]).text
    except ProofError as error:
        problem = str(error)
    else:
        problem = ""
        assert text == TEXT
    assert problem.isprintable()
