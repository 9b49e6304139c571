"""The rules of the house, as tests: lint, types, walls, sizes, purity, start-up, names, requirements."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import watchgap

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "watchgap"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
COMPUTING_ROOMS = ("base", "detection", "chain", "draws", "coverage", "assurance", "recovery", "inquiry")
COMPUTING_SOURCES = [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] in COMPUTING_ROOMS]
LONGEST_FILE = 600
LONGEST_BODY = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=600)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if isinstance(node, ast.expr | ast.stmt | ast.ExceptHandler) else ""
    return f"{path.relative_to(ROOT)}{line}"


def project_files() -> list[Path]:
    """Every file of the project that is, or could next be, committed."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = run(git, "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()
        return [ROOT / name for name in listed if (ROOT / name).is_file()]
    unshipped = {"out", "build", "dist", "__pycache__"}
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return [
        path
        for path in found
        if not any(part.startswith(".") or part in unshipped for part in path.relative_to(ROOT).parts)
    ]


# ---------------------------------------------------------------- lint, types, walls


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."], id="ruff"),
        pytest.param([sys.executable, "-m", "mypy", "--strict", "src"], id="mypy"),
        pytest.param([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], id="import-linter"),
    ],
)
def test_tool_finds_no_fault(command: list[str]) -> None:
    result = run(*command)
    assert result.returncode == 0, result.stdout + result.stderr


# ---------------------------------------------------------------- sizes and words


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_length(function: Function) -> int:
    """Lines of a function from its first statement after the docstring to its last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def undocumented(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """The public functions, classes and methods without a docstring."""
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield node
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node)


def test_sources_are_where_they_are_expected() -> None:
    assert {*COMPUTING_ROOMS, "case", "ledger", "study", "flow", "app", "testing"} <= ROOMS


def test_files_are_short() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{place(path, function)} {function.name}": body_length(function)
        for path in SOURCES
        for function in functions(parse(path))
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_BODY} == {}


def test_public_names_have_docstrings() -> None:
    names = [f"{place(path, node)} {node.name}" for path in SOURCES for node in undocumented(parse(path))]
    modules = [place(path) for path in SOURCES if ast.get_docstring(parse(path)) is None]
    assert names + modules == []


def test_no_file_puts_work_off() -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{place(path)}: {line.strip()}" for line in text.splitlines() if words.search(line)]
    assert found == []


# ---------------------------------------------------------------- purity

IMPURE_NAMES = {"print", "open", "input", "breakpoint", "exec", "eval"}
IMPURE_MODULES = {"os", "sys", "time", "random", "pathlib", "io", "secrets", "uuid", "subprocess", "socket"}
IMPURE_METHODS = {"now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes", "open"}
RANDOM_TYPES = {"Generator", "SeedSequence", "BitGenerator", "PCG64", "Philox", "default_rng"}


def dotted(node: ast.AST) -> str:
    """The name `a.b.c` of a chain of attributes, empty for anything else."""
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def impurity(node: ast.AST) -> str | None:
    """Say how a node reads or changes the world outside its arguments; None if it does not."""
    if any(name.split(".")[0] in IMPURE_MODULES for name in imported(node)):
        return "imports the outside world"
    if uses_global_generator(node):
        return "draws from the global generator"
    return impure_call(node) if isinstance(node, ast.Call) else None


def uses_global_generator(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "numpy.random":
        return bool({alias.name for alias in node.names} - RANDOM_TYPES)
    return (
        isinstance(node, ast.Attribute)
        and dotted(node.value) in {"np.random", "numpy.random"}
        and node.attr not in RANDOM_TYPES
    )


def impure_call(call: ast.Call) -> str | None:
    name = dotted(call.func)
    if name in IMPURE_NAMES or (isinstance(call.func, ast.Attribute) and call.func.attr in IMPURE_METHODS):
        return "reads or writes outside"
    if name.split(".")[-1] == "default_rng" and not call.args and not call.keywords:
        return "makes a generator without a seed"
    return None


@pytest.mark.parametrize(
    "text",
    [
        "print(1)",
        "open('a')",
        "import os",
        "from os import environ",
        "import time",
        "datetime.now()",
        "datetime.datetime.now(tz=UTC)",
        "date.today()",
        "np.random.normal()",
        "from numpy.random import normal",
        "np.random.default_rng()",
        "files('watchgap').joinpath('a').read_text()",
    ],
)
def test_impurity_is_seen(text: str) -> None:
    assert any(impurity(node) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize(
    "text", ["generator: np.random.Generator", "np.random.default_rng(0)", "from datetime import date"]
)
def test_purity_is_left_alone(text: str) -> None:
    assert not any(impurity(node) for node in ast.walk(ast.parse(text)))


def test_computing_rooms_are_pure() -> None:
    found = [
        f"{place(path, node)} {reason}"
        for path in COMPUTING_SOURCES
        for node in ast.walk(parse(path))
        if (reason := impurity(node))
    ]
    assert found == []


def test_no_global_and_no_bare_except() -> None:
    found = [
        place(path, node)
        for path in SOURCES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Global) or (isinstance(node, ast.ExceptHandler) and node.type is None)
    ]
    assert found == []


# ---------------------------------------------------------------- the project file


def reasons(pattern: str) -> list[bool]:
    """For each line of pyproject.toml that the pattern matches, whether a reason of some words follows it."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return [bool(re.search(r",?\s+# \S+ \S+ \S+", line)) for line in lines if re.match(pattern, line)]


def test_each_dependency_states_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    expected = len(project["dependencies"]) + sum(map(len, project["optional-dependencies"].values()))
    assert reasons(r'    "[A-Za-z0-9_.\[\]-]+>=[0-9.]+(?:; [^"]+)?"') == [True] * expected


def test_each_disabled_rule_states_its_reason() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    expected = len(lint["ignore"]) + sum(map(len, lint["per-file-ignores"].values()))
    assert reasons(r'    "[A-Z]+[0-9]*",(?!\s*")') == [True] * expected


# ---------------------------------------------------------------- start-up

LIST_MODULES = """
import sys
from pathlib import Path

report, *arguments = sys.argv[1:]
sys.argv = ["watchgap", *arguments]
code = 0
if arguments:
    from watchgap.app.cli import main
    try:
        code = main()
    except SystemExit as leaving:
        code = leaving.code
else:
    import watchgap
Path(report).write_text("\\n".join(sys.modules), encoding="utf-8")
sys.exit(code)
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that `watchgap ARGUMENTS` loads; without arguments, those that `import watchgap` loads."""
    report = folder / "modules.txt"
    result = run(sys.executable, "-c", LIST_MODULES, str(report), *arguments, cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return set(report.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("arguments", [pytest.param([], id="import"), pytest.param(["--help"], id="help")])
def test_start_is_light(tmp_path: Path, arguments: list[str]) -> None:
    heavy = {"numpy", "scipy", "pydantic", "pandas", "ruamel", "ruamel.yaml", "vl_convert", "matplotlib"}
    modules = loaded(tmp_path, *arguments)
    assert "watchgap" in modules
    assert modules & heavy == set()


def test_brief_never_loads_the_slow_parts(tmp_path: Path) -> None:
    slow = {"scipy.stats", "scipy.optimize", "scipy.integrate", "pandas", "vl_convert", "matplotlib"}
    modules = loaded(tmp_path, "brief", str(ROOT / "cases" / "yongbyon-1993"))
    assert "watchgap.assurance" in modules
    assert modules & slow == set()


def test_check_runs_without_the_engine(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "check", str(ROOT / "cases" / "yongbyon-1993"))
    assert "watchgap.ledger.check" in modules
    assert not any(name.startswith(("watchgap.assurance", "watchgap.detection")) for name in modules)


def test_command_is_installed() -> None:
    result = run(str(Path(sys.executable).with_name("watchgap")), "--help")
    assert result.returncode == 0, result.stderr
    assert "brief" in result.stdout


# ---------------------------------------------------------------- public names


def test_public_names_are_the_documented_ones() -> None:
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    documented = re.findall(r"^### `watchgap\.(\w+)(?![\w.])", text, flags=re.MULTILINE)
    assert len(documented) > 0
    assert sorted(documented) == sorted(watchgap.__all__)


def test_public_names_exist() -> None:
    assert [name for name in watchgap.__all__ if not hasattr(watchgap, name)] == []


# ---------------------------------------------------------------- decisions


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    index = re.findall(
        r"^\| \[.+?\]\((.+?\.md)\) \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert index == records


# ---------------------------------------------------------------- requirements

REQUIREMENT = re.compile(r"## ([A-Z]+[0-9]+[a-z]?) \S.*")


def requirement_sections() -> dict[str, str]:
    """The text of each requirement by id; a second-rank heading must have one, and its own."""
    sections: dict[str, str] = {}
    for path in sorted((ROOT / "docs" / "requirements").glob("*.md")):
        if path.name == "README.md":
            continue
        for section in re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            heading, _, body = section.partition("\n")
            match = REQUIREMENT.fullmatch(heading.strip())
            assert match, f"{place(path)}: '{heading}' has no id; write '## M10 Title'"
            assert match[1] not in sections, f"{place(path)}: {match[1]} is there twice"
            sections[match[1]] = body
    return sections


def marks_in(nodes: list[ast.expr]) -> Iterator[str]:
    for call in (part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Call)):
        if dotted(call.func) == "pytest.mark.requirement":
            yield from (str(ast.literal_eval(argument)) for argument in call.args)


def requirement_marks(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """The ids that the tests of a file carry: on functions, on classes, and as `pytestmark`."""
    for node in tree.body:
        if isinstance(node, Function) and node.name.startswith("test_"):
            yield from marks_in(node.decorator_list)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from marks_in(node.decorator_list)
            yield from requirement_marks(node)
        elif isinstance(node, ast.Assign) and [dotted(target) for target in node.targets] == ["pytestmark"]:
            yield from marks_in([node.value])


def resolve(name: str) -> object:
    """The module, or the attribute of a module, that a dotted name means."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return found
    raise ModuleNotFoundError(name)


@pytest.fixture(scope="module")
def marked() -> set[str]:
    return {mark for path in (ROOT / "tests").rglob("test_*.py") for mark in requirement_marks(parse(path))}


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    return requirement_sections()


def test_marks_are_read_from_functions_classes_and_modules() -> None:
    text = """
pytestmark = [pytest.mark.slow, pytest.mark.requirement("A1")]
@pytest.mark.requirement("B2", "C3")
def test_one(): ...
@pytest.mark.requirement("D4")
class TestTwo:
    @pytest.mark.requirement("E5")
    def test_three(self): ...
@pytest.mark.requirement("F6")
def helper(): ...
"""
    assert list(requirement_marks(ast.parse(text))) == ["A1", "B2", "C3", "D4", "E5"]


def test_there_are_requirements(sections: dict[str, str]) -> None:
    assert len(sections) > 0


def test_every_requirement_has_a_test(sections: dict[str, str], marked: set[str]) -> None:
    assert sorted(sections.keys() - marked) == []


def test_every_mark_points_at_a_requirement(sections: dict[str, str], marked: set[str]) -> None:
    assert sorted(marked - sections.keys()) == []


def test_every_requirement_names_what_implements_it(sections: dict[str, str]) -> None:
    faults = []
    for identity, body in sections.items():
        lines = re.findall(r"^Implemented in: (.+)$", body, flags=re.MULTILINE)
        names = [name for line in lines for name in re.findall(r"watchgap(?:\.\w+)+", line)]
        if not names:
            faults.append(f"{identity}: no line 'Implemented in: watchgap....'")
        for name in names:
            try:
                resolve(name)
            except (ModuleNotFoundError, AttributeError) as error:
                faults.append(f"{identity}: {name}: {error}")
    assert faults == []
