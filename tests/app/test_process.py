"""The command line as a process of its own: pipes, encodings, signals."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EARLY = "2021-02-01"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of another kind")


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    return kept | more


def start(*arguments: str | Path, **more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "watchgap", *(str(one) for one in arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**more))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("schema",), id="schema"),
        pytest.param(("--help",), id="help"),
        pytest.param(("brief", "STARTER", "--as-of", EARLY), id="tables"),
        pytest.param(("brief", "STARTER", "--as-of", EARLY, "--json"), id="json"),
    ],
)
def test_a_reader_that_goes_away(starter: Path, arguments: tuple[str, ...]) -> None:
    process = start(*(str(starter) if one == "STARTER" else one for one in arguments))
    assert process.stdout is not None
    assert process.stderr is not None
    # As `head -c 1` does, or goes even before anything was written.
    if arguments[0] != "--help":
        assert process.stdout.read(1)
    process.stdout.close()
    problem = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1}
    assert problem == ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_of_few_signs(starter: Path, encoding: str) -> None:
    process = start("brief", starter, "--as-of", EARLY, PYTHONIOENCODING=encoding)
    out, problem = process.communicate(timeout=60)
    assert (process.returncode, problem) == (0, b"")
    assert b"Claim 'nothing-taken' (gap)" in out
    assert out.decode(encoding)


def test_json_is_utf_8_everywhere(starter: Path, tmp_path: Path) -> None:
    for name in ("case.yaml", "events.csv", "sources.csv"):
        text = (starter / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("Northmere spent", "Nørðmere 燃料"), encoding="utf-8")
    process = start("brief", tmp_path, "--as-of", EARLY, "--json", PYTHONIOENCODING="ascii")
    out, problem = process.communicate(timeout=60)
    assert (process.returncode, problem) == (0, b"")
    assert json.loads(out.decode("utf-8"))["title"].startswith("Nørðmere 燃料")


def test_an_interrupt_leaves_no_trace(starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "study.json").write_text("older", encoding="utf-8")
    # A shell starts background jobs deaf to the interrupt, and children inherit that: these tests may be one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = start("brief", starter, "--as-of", EARLY, "--out", out)
    finally:
        signal.signal(signal.SIGINT, before)
    # It makes its files in a folder beside them: interrupt it while it does.
    while process.poll() is None and not list(out.glob(".watchgap-*")):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, problem = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in problem
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == {"study.json": "older"}
