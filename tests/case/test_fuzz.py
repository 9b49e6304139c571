"""Whatever stands in the three files, `check` answers with faults or with none, soon, and raises nothing."""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from watchgap.base.errors import Fault
from watchgap.flow.load import check

FILES = ("case.yaml", "events.csv", "sources.csv")

# Pieces that mean something to YAML, to CSV, to the model or to Python.
PIECES = st.sampled_from(
    [
        b"", b"\n", b"\t", b" ", b"  ", b":", b": ", b"- ", b"? ", b",", b";", b"=", b"|", b"'", b'"',
        b'""', b"#", b"{", b"}", b"[", b"]", b"[]", b"{}", b"&a ", b"*a", b"<<: ", b"!", b"!!int ",
        b"!!float ", b"!!bool ", b"!!null ", b"!!timestamp ", b"!!set ", b"!!omap ", b"!!python/none ",
        b"%YAML 1.1\n---\n", b"---\n", b"...\n", b">\n", b"|\n", b"~", b"null", b"true", b"yes", b"0",
        b"-1", b"1e999", b"-1e308", b"1e-320", b".nan", b"-.inf", b"0x" + b"f" * 90, b"9" * 90,
        b"9" * 5000, b"1_0", b"0o7", b"1:30", b"2021-02-29", b"0000-00-00", b"9999-12-31", b"0001-01-01",
        b"2021", b"2021-01-01T99:00", b"id", b"value", b"beta: [0.01, 1e5]", b"lognormal: [1e-308, 1e6]",
        b"uniform: [0, 0]", b"unit: item", b"hall-camera", b"e01", b"sample=0", b"\x00", b"\x1b", b"\x7f",
        b"\x80", b"\xff\xfe", b"\xef\xbb\xbf", "\u2028".encode(), "\ufffe".encode(), "\u0660".encode(),
        b"\\ud800", b'"\\ud800"', b"\r", b"[" * 2000, b"- " * 300,
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.one_of(PIECES, st.binary(max_size=12))),
    min_size=1,
    max_size=4,
)


def edited(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in edits:
        begin = int(where * len(content))
        content = content[:begin] + piece + content[begin + length :]
    return content


def assert_answered(folder: Path) -> None:
    begin = process_time()
    faults = check(folder)
    assert process_time() - begin < 10
    assert all(
        isinstance(fault, Fault) and fault.line >= 1 and fault.problem and fault.remedy for fault in faults
    )
    assert all(str(fault).isprintable() for fault in faults)
    assert list(faults) == sorted(set(faults))


SLOWLY = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", FILES)
@given(edits=EDITS)
@SLOWLY
def test_a_spoilt_file_is_answered(folder: object, name: str, edits: list[tuple[float, int, bytes]]) -> None:
    path = folder.path / name  # type: ignore[attr-defined]
    right = path.read_bytes()
    path.write_bytes(edited(right, edits))
    assert_answered(path.parent)
    path.write_bytes(right)


@pytest.mark.parametrize("name", FILES)
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
    )
)
@example(content=b"a: &a [*a]")
@example(content=b"&a {? *a : 1}")
@example(content=b"? {a: b}\n: c")
@example(content=b"!!omap [a: 1]")
@SLOWLY
def test_a_file_of_anything_is_answered(folder: object, name: str, content: bytes) -> None:
    path = folder.path / name  # type: ignore[attr-defined]
    right = path.read_bytes()
    path.write_bytes(content)
    assert_answered(path.parent)
    path.write_bytes(right)
