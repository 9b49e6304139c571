"""What the tests of the chain share: a tree kept as a store keeps it, keys, and the example's own checker."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from watchgap.chain import (
    HASH_SIZE,
    Checkpoint,
    ConsistencyProof,
    Edge,
    InclusionProof,
    Signer,
    consistency_path,
    extend,
    inclusion_path,
    new_signer,
    root_at,
    sign_checkpoint,
    write_consistency_proof,
    write_inclusion_proof,
)

CHECK_PROOF = Path(__file__).resolve().parents[2] / "examples" / "check_proof.py"
ORIGIN = "example.org/yongbyon"


@dataclass(frozen=True)
class Book:
    """Leaves with the hashes that each completes, and proofs about them signed with one key."""

    leaves: list[bytes]
    completed: list[bytes]
    signer: Signer

    def node(self, level: int, index: int) -> bytes:
        kept = self.completed[((index + 1) << level) - 1]
        return kept[HASH_SIZE * level : HASH_SIZE * (level + 1)]

    def root(self, size: int) -> bytes:
        return root_at(self.node, size)

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.signer.name, size, self.root(size))

    def signed(self, size: int) -> str:
        return sign_checkpoint(self.checkpoint(size), [self.signer])

    def entry_file(self, index: int, size: int) -> str:
        path = inclusion_path(self.node, index, size)
        return write_inclusion_proof(InclusionProof(index, path, self.signed(size), self.leaves[index]))

    def growth_file(self, old: int, new: int) -> str:
        path = consistency_path(self.node, old, new)
        return write_consistency_proof(ConsistencyProof(old, path, self.signed(new)))


def make_book(leaves: list[bytes]) -> Book:
    return Book(leaves, extend(Edge(), leaves)[1], new_signer(ORIGIN, bytes(range(32))))


@pytest.fixture(scope="session")
def book_of() -> Callable[[list[bytes]], Book]:
    return make_book


@pytest.fixture(scope="session")
def book() -> Book:
    return make_book([b'{"entry":"%d","text":"\xed\x95\xb5"}' % number for number in range(71)])


@pytest.fixture(scope="session")
def example() -> ModuleType:
    """The example, which imports nothing of this package and checks by other algorithms."""
    assert "watchgap" not in CHECK_PROOF.read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location("check_proof", CHECK_PROOF)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
