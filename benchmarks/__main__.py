"""Run the benchmarks and write what they measured to benchmarks/results.md."""

import argparse
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from benchmarks.commands import report_commands
from benchmarks.ensemble import report_ensemble
from benchmarks.growth import QUICK, WHOLE, report_growth
from benchmarks.ledger import LedgerSize, report_ledger
from benchmarks.plan import PlanSize, report_plan
from benchmarks.yongbyon import report_yongbyon

ROOT = Path(__file__).resolve().parents[1]
CASE = ROOT / "cases" / "yongbyon-1993"
LONG = {"few": 16, "more": 80}
SHORT = {"few": 1, "more": 3}
FEW_DRAWS: dict[str, Any] = {"blocks": (16,), "draws": 64}
FEW_ENTRIES = LedgerSize(5_000, 5_000, 20_000)
PARTS = ("yongbyon", "ensemble", "plan", "ledger", "commands", "state")


def machine_facts() -> str:
    """Describe what the measurements depend on, without a date."""
    facts = {
        "processors": os.cpu_count(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
    }
    rows = [f"| {name} | {value} |" for name, value in facts.items()]
    return "\n".join(["## The machine", "", "| what | which |", "| --- | --- |", *rows])


def main() -> None:
    """Run the chosen parts, print the report and write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small State and a short comparison")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; can be repeated")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.md"))
    options = parser.parse_args()
    reports = {
        "yongbyon": lambda: report_yongbyon(CASE, **(SHORT if options.quick else LONG)),
        "ensemble": lambda: report_ensemble(CASE, **(FEW_DRAWS if options.quick else {})),
        "plan": lambda: report_plan(PlanSize(20) if options.quick else PlanSize()),
        "ledger": lambda: report_ledger(FEW_ENTRIES if options.quick else LedgerSize()),
        "commands": lambda: report_commands(CASE),
        "state": lambda: report_growth(QUICK if options.quick else WHOLE),
    }
    sections = ["# What Watchgap costs", "Written by `python -m benchmarks`.", machine_facts()]
    sections.extend(reports[part]() for part in options.only or PARTS)
    text = "\n\n".join(sections) + "\n"
    print(text)
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
