"""What holds for every test: the requirement marker, reproducible properties, and no crumbs."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
UNTRACKED_BEFORE = pytest.StashKey[frozenset[str]]()
CRUMBS = pytest.StashKey[list[str]]()

# The same examples on every run, and no deadline, which measures the machine. To look for new examples:
# pytest --hypothesis-profile=explore
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, database=None, max_examples=2000)
settings.load_profile("house")


def untracked_files() -> frozenset[str]:
    """Files that git neither tracks nor ignores; none where this is no git checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return frozenset()
    command = [git, "ls-files", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return frozenset(result.stdout.splitlines())


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): what of docs/requirements the test checks")


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[UNTRACKED_BEFORE] = untracked_files()


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Only a run of everything is judged, and only by the process that the others report to: while single
    # files are being tested, somebody may be writing the next one.
    config = session.config
    if hasattr(config, "workerinput") or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    before = config.stash[UNTRACKED_BEFORE]
    crumbs = sorted(untracked_files() - before)
    if crumbs:
        config.stash[CRUMBS] = crumbs
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    crumbs = config.stash.get(CRUMBS, [])
    if crumbs:
        terminalreporter.section("files that the tests left behind", red=True, bold=True)
        terminalreporter.write_line("\n".join(crumbs))
