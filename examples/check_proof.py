"""Check a proof file of a ledger with the standard library and `cryptography` alone.

    python check_proof.py PROOF KEY        one entry stands in the ledger; prints the entry
    python check_proof.py PROOF KEY OLD    the ledger only grew since the signed checkpoint OLD

PROOF and OLD are files. KEY is the verifier key of the ledger, `name+id+base64`, which you have from somebody
you trust: what is proven is that whoever signs with this key committed to it. The exit code is 0 if the proof
holds, and 1 if it does not. The forms are described at c2sp.org (tlog-proof, tlog-witness, tlog-checkpoint,
signed-note), the hashing in RFC 6962, and the two checks in RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def require(holds: bool, problem: str) -> None:
    """Refuse the proof unless the condition holds."""
    if not holds:
        raise ValueError(problem)


def read_base64(text: str) -> bytes:
    """Read base64 in its one proper form."""
    data = b64decode(text, validate=True)
    require(b64encode(data).decode() == text, "base64 in another than its proper form")
    return data


def read_number(text: str) -> int:
    """Read a number in its one proper form."""
    require(text.isascii() and text.isdigit() and len(text) < 20, "something else where a number is due")
    require(text == str(int(text)), "a number with leading zeros")
    return int(text)


def read_path(lines: list[str]) -> list[bytes]:
    """Read the hashes of a proof."""
    path = [read_base64(line) for line in lines]
    require(all(len(one) == 32 for one in path), "a hash that has not 32 bytes")
    return path


def node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees to the one above them."""
    return sha256(b"\x01" + left + right).digest()


def open_checkpoint(note: str, key: str) -> tuple[str, int, bytes]:
    """Check the signature of the ledger on a checkpoint; give the ledger's name, size and root."""
    name, key_id, coded = key.split("+", 2)
    public = read_base64(coded)
    require(len(public) == 33 and public[0] == 1, "the key is no Ed25519 key of a ledger")
    whole_id = sha256(name.encode() + b"\n" + public).digest()
    require(whole_id[:4].hex() == key_id, "the key does not fit its own id")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    signed = [line.split(" ") for line in signatures.split("\n") if line.startswith(f"\N{EM DASH} {name} ")]
    made = [read_base64(parts[2]) for parts in signed if len(parts) == 3]
    made = [one[4:] for one in made if one[:4] == whole_id[:4]]
    require(bool(made), f"the checkpoint is not signed by {name}")
    for one in made:
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(one, text.encode())
    origin, size, root, *_ = text.split("\n")
    require(origin == name, f"the checkpoint is of {origin!r}, the key of {name!r}")
    return origin, read_number(size), read_path([root])[0]


def check_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """Check that a leaf stands in the tree (RFC 9162, 2.1.3.2)."""
    require(index < size, "the index lies outside of the ledger")
    place, last, top = index, size - 1, sha256(b"\x00" + leaf).digest()
    for beside in path:
        require(last > 0, "the path is too long")
        if place & 1 or place == last:
            top = node(beside, top)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            top = node(top, beside)
        place, last = place >> 1, last >> 1
    require(last == 0, "the path is too short")
    require(top == root, "leaf and path do not lead to the root")


def check_consistency(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    require(0 < old <= new, "the old ledger is empty or the larger one")
    if old == new:
        require(not path and old_root == new_root, "two ledgers of one size differ")
        return
    if old & (old - 1) == 0:
        path = [old_root, *path]
    require(bool(path), "the path is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        require(last > 0, "the path is too long")
        if place & 1 or place == last:
            before, after = node(beside, before), node(beside, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, beside)
        place, last = place >> 1, last >> 1
    require(last == 0, "the path is too short")
    require(before == old_root and after == new_root, "the path does not lead to the two roots")


def check(proof: str, key: str, old_note: str | None) -> str:
    """Check a proof and say what is proven."""
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    origin, size, root = open_checkpoint(note, key)
    if old_note is not None:
        _, old, old_root = open_checkpoint(old_note, key)
        require(lines[0] == f"old {old}", "the proof does not begin at the old checkpoint")
        check_consistency(old, size, read_path(lines[1:]), old_root, root)
        return f"{origin}: its first {old} of {size} entries are those of the old checkpoint"
    require(lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3, "this is no proof of one entry")
    require(
        lines[1].startswith("extra ") and lines[2].startswith("index "), "lines 'extra' and 'index' are due"
    )
    leaf, index = read_base64(lines[1][6:]), read_number(lines[2][6:])
    check_inclusion(leaf, index, size, read_path(lines[3:]), root)
    return f"{origin}: entry {index + 1} of {size} is {leaf.decode()}"


def main(arguments: list[str]) -> int:
    """Read the files, check the proof, and print what is proven or why not."""
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 2
    try:
        files = [Path(name).read_bytes().decode() for name in (arguments[0], *arguments[2:])]
        said, code = check(files[0], arguments[1], files[1] if files[1:] else None), 0
    except InvalidSignature:
        said, code = "NOT PROVEN: a signature does not hold", 1
    except (ValueError, OSError) as error:
        said, code = f"NOT PROVEN: {error}", 1
    print("".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in said))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
