"""Processor time of whole commands, from start to end, against a bare interpreter."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

RUNS = 5


def processor_time(command: list[str]) -> float:
    """Median over some runs of the user and system time of a command [s]."""
    return median(_once(command) for _ in range(RUNS))


def report_commands(case: Path) -> str:
    """Measure, and write the section of the report."""
    watchgap = str(Path(sys.executable).with_name("watchgap"))
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`watchgap --help`": [watchgap, "--help"],
        f"`watchgap brief {case.parent.name}/{case.name}`": [watchgap, "brief", str(case)],
    }
    seconds = {name: processor_time(command) for name, command in commands.items()}
    bare = seconds["`python -c pass`"]
    lines = [
        "## Whole commands",
        "",
        f"User and system time of the process, median of {RUNS} runs.",
        "",
        "| command | processor time [s] | times the bare interpreter |",
        "| --- | --- | --- |",
        *(f"| {name} | {time:.3f} | {time / bare:.1f} |" for name, time in seconds.items()),
    ]
    return "\n".join(lines)


def _once(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        # our own interpreter and our own command
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
