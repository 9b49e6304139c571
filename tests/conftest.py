"""What holds for every test: the requirement marker, reproducible properties, and no crumbs."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
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


# ---------------------------------------------------------------- a real PostgreSQL server on loopback


def programs_of_postgresql() -> Path | None:
    """The folder of the server's programs, of the system or else of a package of the test extra."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    package = find_spec("pgserver")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of an empty database on a server that this test run has started, and stops again."""
    programs = programs_of_postgresql()
    if programs is None:
        if os.environ.get("WATCHGAP_NO_POSTGRES") == "1":
            pytest.skip("no PostgreSQL is installed, and WATCHGAP_NO_POSTGRES says that none is wanted")
        pytest.fail("no PostgreSQL is installed; install it, or set WATCHGAP_NO_POSTGRES=1 to go without")
    # The server refuses to run as root, who therefore lets another account run it.
    account: dict[str, object] = {}
    folder = Path(tempfile.mkdtemp(prefix="wg-"))
    try:
        if os.geteuid() == 0:
            owner = next(one for one in pwd.getpwall() if one.pw_name in ("postgres", "nobody"))
            account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            if "site-packages" in programs.parts:
                # Another account cannot look into the folders of root. The programs find their libraries
                # by their place beside them.
                installed = programs.parents[2]
                for part in ("pgserver/pginstall", "pgserver.libs"):
                    shutil.copytree(installed / part, folder / "server" / part)
                programs = folder / "server" / "pgserver" / "pginstall" / "bin"
            shutil.chown(folder, owner.pw_uid, owner.pw_gid)
        port = free_port()

        def run(*arguments: str) -> None:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(arguments, check=True, cwd=folder, **quiet, **account)

        data = str(folder / "data")
        run(str(programs / "initdb"), "--no-sync", "-A", "trust", "-U", "watchgap", "-E", "UTF8", "-D", data)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run(str(programs / "pg_ctl"), "-w", "-D", data, "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://watchgap@127.0.0.1:{port}/postgres"
        finally:
            run(str(programs / "pg_ctl"), "-w", "-m", "immediate", "-D", data, "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
