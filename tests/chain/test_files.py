"""Proof files: what they prove, what spoils them, and that the example comes to the same judgement."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import ProofError
from watchgap.chain import (
    EMPTY_ROOT,
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    add_signature,
    inclusion_path,
    new_signer,
    read_consistency_proof,
    read_inclusion_proof,
    verify_consistency_proof,
    verify_inclusion_proof,
    write_consistency_proof,
    write_inclusion_proof,
)
from watchgap.testing.strategies import examples

# The request of the example in c2sp.org/tlog-witness, and its checkpoint.
PUBLISHED_GROWTH = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""


@pytest.fixture(scope="module")
def verifiers(book):
    return [book.signer.verifier]


@pytest.fixture(scope="module")
def entry_file(book):
    return book.entry_file(4, 11)


@pytest.fixture(scope="module")
def growth_file(book):
    return book.growth_file(6, 11)


def flipped(file):
    """The file with each single bit flipped, as bytes."""
    whole = file.encode()
    for place in range(len(whole)):
        for bit in range(8):
            bent = bytearray(whole)
            bent[place] ^= 1 << bit
            yield bytes(bent)


# ---------------------------------------------------------------- one entry


def test_the_form_of_a_proof_of_inclusion(book, entry_file):
    lines = entry_file.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 4"
    assert [len(line) for line in lines[3:7]] == [44] * 4
    assert lines[7:10] == ["", book.signer.name, "11"]


def test_an_entry_is_proven(book, verifiers, entry_file):
    for file in (entry_file, entry_file.encode()):
        proven = verify_inclusion_proof(file, verifiers)
        assert (proven.number, proven.leaf) == (5, book.leaves[4])
        assert proven.checkpoint == book.checkpoint(11)
        assert proven.note.names == (book.signer.name,)


def test_every_entry_of_every_small_ledger_is_proven(book, verifiers, example):
    key = verifiers[0].text
    for size in range(1, 18):
        for index in range(size):
            file = book.entry_file(index, size)
            assert verify_inclusion_proof(file, verifiers).number == index + 1
            assert f"entry {index + 1} of {size} is " in example.check(file, key, None)


def test_no_bit_of_a_proof_of_inclusion_can_flip(verifiers, entry_file):
    for file in flipped(entry_file):
        with pytest.raises(ProofError):
            verify_inclusion_proof(file, verifiers)


def test_a_leaf_from_elsewhere(book, verifiers, entry_file):
    assert verify_inclusion_proof(entry_file, verifiers, leaf=book.leaves[4]).number == 5
    with pytest.raises(ProofError, match="another leaf than the one given"):
        verify_inclusion_proof(entry_file, verifiers, leaf=book.leaves[3])
    bare = write_inclusion_proof(replace(read_inclusion_proof(entry_file), leaf=None))
    assert verify_inclusion_proof(bare, verifiers, leaf=book.leaves[4]).leaf == book.leaves[4]
    with pytest.raises(ProofError, match="no line 'extra' with its leaf; give the leaf"):
        verify_inclusion_proof(bare, verifiers)
    with pytest.raises(ProofError, match="the root"):
        verify_inclusion_proof(bare, verifiers, leaf=book.leaves[3])


def test_an_empty_leaf(book_of, verifiers):
    assert verify_inclusion_proof(book_of([b""]).entry_file(0, 1), verifiers).leaf == b""


def test_a_proof_under_another_checkpoint(book, verifiers, entry_file):
    proof = read_inclusion_proof(entry_file)
    with pytest.raises(ProofError, match="a path of"):
        verify_inclusion_proof(write_inclusion_proof(replace(proof, checkpoint=book.signed(5))), verifiers)
    with pytest.raises(ProofError, match="the root"):
        verify_inclusion_proof(write_inclusion_proof(replace(proof, checkpoint=book.signed(12))), verifiers)
    forger = new_signer(book.signer.name, bytes(32))
    forged = add_signature(book.signed(11).replace(book.signer.name + " ", "somebody "), forger)
    with pytest.raises(ProofError, match="none of the 1 known keys"):
        verify_inclusion_proof(write_inclusion_proof(replace(proof, checkpoint=forged)), verifiers)


def test_witnesses_are_told(book, verifiers, entry_file):
    witness = new_signer("witness.example/w1", bytes([5]) * 32, cosigns=True)
    proof = read_inclusion_proof(entry_file)
    cosigned = write_inclusion_proof(
        replace(proof, checkpoint=add_signature(proof.checkpoint, witness, time=99))
    )
    proven = verify_inclusion_proof(cosigned, [*verifiers, witness.verifier])
    assert [one.time for one in proven.note.signatures] == [None, 99]
    assert verify_inclusion_proof(cosigned, verifiers).note.names == (book.signer.name,)


HASH = "A" * 43 + "="


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("", "line 1: '' is not c2sp.org/tlog-proof@v1"),
        ("c2sp.org/tlog-proof@v2\nindex 0", "line 1"),
        (" c2sp.org/tlog-proof@v1\nindex 0", "line 1"),
        ("c2sp.org/tlog-proof@v1", "line 2: 'index' and a number are due, not the end"),
        ("c2sp.org/tlog-proof@v1\nextra AA==", "line 3: 'index' and a number are due, not the end"),
        ("c2sp.org/tlog-proof@v1\nextra\nindex 0", "line 2: 'index' and a number are due, not 'extra'"),
        ("c2sp.org/tlog-proof@v1\nextra AB==\nindex 0", "line 2: 'AB==' is not base64"),
        ("c2sp.org/tlog-proof@v1\nextra !\nindex 0", "line 2: '!' is not base64"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra AA==", "line 3: 'extra AA==' is not base64"),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0", "line 3: 'index' and a number are due"),
        ("c2sp.org/tlog-proof@v1\nindex", "line 2: 'index' and a number are due"),
        ("c2sp.org/tlog-proof@v1\nindex ", "line 2: '' is not a number"),
        ("c2sp.org/tlog-proof@v1\nindex 00", "line 2: '00' is not a number"),
        ("c2sp.org/tlog-proof@v1\nindex -1", "line 2: '-1' is not a number"),
        ("c2sp.org/tlog-proof@v1\nindex 9223372036854775808", "line 2"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA", "line 3: 'AAAA' stands for 3 bytes"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH} ", "line 3: .* is not base64"),
        ("c2sp.org/tlog-proof@v1\nindex 0" + f"\n{HASH}" * 64, "more than 63 hashes"),
        ("c2sp.org/tlog-proof@v1\nindex 0" + "\nA" * 100_000, "more than 63 hashes"),
        ("c2sp.org/tlog-proof@v1\r\nindex 0", "line 1: has the control character"),
        ("\ufeffc2sp.org/tlog-proof@v1\nindex 0", "line 1"),
    ],
)
def test_heads_that_no_proof_of_inclusion_has(book, head, problem):
    with pytest.raises(ProofError, match=problem):
        read_inclusion_proof(f"{head}\n\n{book.signed(3)}")


@pytest.mark.parametrize("read", [read_inclusion_proof, read_consistency_proof])
@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("", "no blank line before its checkpoint"),
        ("old 1\n", "no blank line"),
        (b"\xff\xfe", "not text in UTF-8"),
        ("\x00" * 1000, "control character"),
        ("A" * (16 * 2**20 + 1), "longer than 16777216 bytes"),
        (b"\n" * (16 * 2**20 + 1), "longer than 16777216 bytes"),
        ("é" * (9 * 2**20), "longer than 16777216 bytes"),
    ],
)
def test_files_that_are_no_proof(read, file, problem):
    with pytest.raises(ProofError, match=problem):
        read(file)


def test_a_file_of_nothing_but_lines(verifiers):
    with pytest.raises(ProofError, match="line 1: '' is not"):
        verify_inclusion_proof("\n" * (16 * 2**20), verifiers)


def test_a_proof_without_a_checkpoint(verifiers):
    with pytest.raises(ProofError, match="the note has no signatures"):
        verify_inclusion_proof("c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n\n", verifiers)


def test_a_leaf_of_several_mebibytes(book_of, verifiers):
    book = book_of([bytes(3 * 2**20), b"small"])
    assert len(verify_inclusion_proof(book.entry_file(0, 2), verifiers).leaf) == 3 * 2**20


# ---------------------------------------------------------------- growth


def test_the_form_of_a_proof_of_consistency():
    proof = read_consistency_proof(PUBLISHED_GROWTH)
    assert (proof.old, len(proof.path)) == (20_852_014, 4)
    assert proof.checkpoint.startswith("example.com/behind-the-sofa\n20852163\n")
    assert write_consistency_proof(proof) == PUBLISHED_GROWTH


def test_growth_is_proven(book, verifiers, growth_file):
    for file in (growth_file, growth_file.encode()):
        proven = verify_consistency_proof(file, verifiers, held=book.checkpoint(6))
        assert (proven.old, proven.new) == (book.checkpoint(6), book.checkpoint(11))
        assert proven.note.names == (book.signer.name,)


def test_every_growth_of_every_small_ledger_is_proven(book, verifiers, example):
    key = verifiers[0].text
    for new in range(1, 14):
        for old in range(new + 1):
            file = book.growth_file(old, new)
            assert verify_consistency_proof(file, verifiers, held=book.checkpoint(old)).new.size == new
            if old:
                said = example.check(file, key, book.signed(old))
                assert f"its first {old} of {new} entries" in said


def test_no_bit_of_a_proof_of_consistency_can_flip(book, verifiers, growth_file):
    held = book.checkpoint(6)
    for file in flipped(growth_file):
        with pytest.raises(ProofError):
            verify_consistency_proof(file, verifiers, held=held)


def test_growth_from_another_checkpoint(book, verifiers, growth_file):
    with pytest.raises(ProofError, match="begins at 6 entries, where the old checkpoint has 7"):
        verify_consistency_proof(growth_file, verifiers, held=book.checkpoint(7))
    with pytest.raises(ProofError, match=r"is of 'example.org/yongbyon', the old checkpoint of 'else'"):
        verify_consistency_proof(growth_file, verifiers, held=replace(book.checkpoint(6), origin="else"))
    with pytest.raises(ProofError, match="the tree of 6 leaves the root"):
        verify_consistency_proof(growth_file, verifiers, held=replace(book.checkpoint(6), root=bytes(32)))


def test_a_rewritten_ledger_is_found_out(book, book_of, verifiers):
    """Whoever has the key can sign another history; whoever holds an old checkpoint sees it."""
    rewritten = book_of([*book.leaves[:3], b"what never was", *book.leaves[4:11]])
    file = rewritten.growth_file(6, 11)
    assert verify_consistency_proof(file, verifiers, held=rewritten.checkpoint(6)).new.size == 11
    with pytest.raises(ProofError, match="the tree of 6 leaves the root"):
        verify_consistency_proof(file, verifiers, held=book.checkpoint(6))


def test_a_ledger_that_lost_its_end_is_found_out(book, verifiers):
    file = write_consistency_proof(ConsistencyProof(11, (), book.signed(6)))
    with pytest.raises(ProofError, match="a tree of 11 leaves cannot be the beginning of one of 6"):
        verify_consistency_proof(file, verifiers, held=book.checkpoint(11))


def test_growth_from_nothing(book, verifiers):
    held = Checkpoint(book.signer.name, 0, EMPTY_ROOT)
    assert verify_consistency_proof(book.growth_file(0, 3), verifiers, held=held).old.size == 0


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("new 1", "line 1: 'old' and a number are due, not 'new 1'"),
        ("old", "line 1"),
        ("old 01", "line 1: '01' is not a number"),
        ("old -1", "line 1"),
        ("old 1\nAAAA", "line 2: 'AAAA' stands for 3 bytes"),
        (f"old 1\n{HASH}=", "line 2: .* is not base64"),
        ("old 1" + f"\n{HASH}" * 64, "more than 63 hashes"),
        ("old 1" + "\n" + "A" * 1_000_000, "line 2"),
    ],
)
def test_heads_that_no_proof_of_consistency_has(book, head, problem):
    with pytest.raises(ProofError, match=problem):
        read_consistency_proof(f"{head}\n\n{book.signed(3)}")


def test_sixty_three_hashes_are_read(book):
    full = ConsistencyProof(1, (bytes(32),) * 63, book.signed(3))
    assert read_consistency_proof(write_consistency_proof(full)) == full
    full = InclusionProof(1, (bytes(32),) * 63, book.signed(3), b"leaf")
    assert read_inclusion_proof(write_inclusion_proof(full)) == full


# ---------------------------------------------------------------- any file


@examples(100)
@given(st.data())
def test_any_splice_of_proofs_is_read_or_refused(book, entry_file, growth_file, verifiers, data):
    lines = [f"{line}\n" for line in {*entry_file.split("\n"), *growth_file.split("\n")}]
    start = data.draw(st.sampled_from([entry_file, growth_file, ""]))
    cut = data.draw(st.integers(0, len(start)))
    file = start[:cut] + "".join(
        data.draw(st.lists(st.sampled_from(lines) | st.text(max_size=3), max_size=8))
    )
    problems = []
    for read in (
        lambda: verify_inclusion_proof(file, verifiers).leaf == book.leaves[4],
        lambda: verify_consistency_proof(file, verifiers, held=book.checkpoint(6)).new.size == 11,
    ):
        try:
            assert read()
        except ProofError as error:
            problems.append(str(error))
    assert len(problems) >= 1
    assert all(problem.isprintable() for problem in problems)


# ---------------------------------------------------------------- the example


def test_the_example_refuses_every_flipped_bit(book, verifiers, example, entry_file, growth_file):
    key, old = verifiers[0].text, book.signed(6)
    for file, held in ((entry_file, None), (growth_file, old)):
        for bent in flipped(file):
            with pytest.raises((ValueError, example.InvalidSignature)):
                example.check(bent.decode(), key, held)


def test_the_example_refuses_other_keys(book, example, entry_file):
    name, seed = book.signer.name, book.signer.seed
    for key, problem in (
        (new_signer(name, bytes(32)).verifier.text, "not signed by example.org/yongbyon"),
        (new_signer("else", seed).verifier.text, "not signed by else"),
        (new_signer(name, seed, cosigns=True).verifier.text, "no Ed25519 key of a ledger"),
        (book.signer.verifier.text.replace("+", "+0", 1), "does not fit its own id"),
        (book.signer.text, "Only base64 data is allowed"),
        ("", "not enough values"),
    ):
        with pytest.raises(ValueError, match=problem):
            example.check(entry_file, key, None)


def test_the_example_from_the_command_line(book, tmp_path, example, entry_file, growth_file):
    key = book.signer.verifier.text
    for name, text in (("entry", entry_file), ("growth", growth_file), ("old", book.signed(6))):
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "bent").write_bytes(entry_file.replace("index 4", "index 5").encode())

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, example.__file__, *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    told = book.leaves[4].decode()
    assert run("entry", key) == (0, f"example.org/yongbyon: entry 5 of 11 is {told}\n")
    assert run("bent", key) == (1, "NOT PROVEN: leaf and path do not lead to the root\n")
    code, said = run("growth", key, "old")
    assert (code, said) == (
        0,
        "example.org/yongbyon: its first 6 of 11 entries are those of the old checkpoint\n",
    )


def test_the_example_says_why_not(book, tmp_path, example, capsys, entry_file):
    def run(text, *more):
        (tmp_path / "proof").write_bytes(text)
        code = example.main([str(tmp_path / "proof"), book.signer.verifier.text, *more])
        said = capsys.readouterr().out
        assert code == 1
        assert said.removesuffix("\n").isprintable()
        return said

    assert "a signature does not hold" in run(entry_file.replace("\n11\n", "\n12\n").encode())
    assert "not signed by example.org/yongbyon" in run(b"")
    assert "NOT PROVEN" in run(b"\xff\xfe")
    assert "this is no proof of one entry" in run(book.growth_file(6, 11).encode())
    assert "No such file" in run(entry_file.encode(), str(tmp_path / "nowhere"))
    assert example.main([]) == 2


def test_the_example_prints_an_entry_that_a_terminal_only_shows(book_of, tmp_path, example, capsys):
    book = book_of([b"\x1b[2J\xe2\x80\xae\xed\x95\xb5", b"other"])
    (tmp_path / "proof").write_bytes(book.entry_file(0, 2).encode())
    assert example.main([str(tmp_path / "proof"), book.signer.verifier.text]) == 0
    assert capsys.readouterr().out.endswith("is \\x1b[2J\\u202e핵\n".replace("핵", "\ud575"))


def test_a_path_may_be_too_short_or_too_long_for_the_example(book, example):
    path = list(inclusion_path(book.node, 4, 11))
    for bent, problem in ((path[:-1], "too short"), ([*path, bytes(32)], "too long")):
        with pytest.raises(ValueError, match=problem):
            example.check_inclusion(book.leaves[4], 4, 11, bent, book.root(11))
