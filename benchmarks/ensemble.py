"""What an ensemble of draws of one case costs for each draw: building it, and assessing it in blocks."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.random import default_rng

from watchgap.assurance import Situation, assess, assess_many, build_situation
from watchgap.base.time import end_of
from watchgap.coverage import measure_records
from watchgap.draws import Drawer
from watchgap.flow import LoadedCase, brief, load
from watchgap.flow.ensemble import ask, draw_ensemble

SEED = 1993
BLOCKS = (64, 128, 256)
ALONE = 8
DRAWS = 4096
RUNS = 5


@dataclass(frozen=True, slots=True)
class BlockCost:
    """What one block of draws cost in a process of its own: processor time for each draw [s], memory [MB].

    built: making the records and the situation; together: in one call; alone: one by one, over a few of the
    draws. held, peak: most memory that the process had held before the block was assessed, and after.
    """

    draws: int
    built: float
    together: float
    alone: float
    held: float
    peak: float

    @property
    def ratio(self) -> float:
        """How many times sooner a draw is built and assessed than a draw is assessed alone."""
        return self.alone / (self.built + self.together)


def draw_situations(loaded: LoadedCase, draws: int) -> tuple[list[Situation], float]:
    """Draw situations of a case at all days of its period, and say what building them took [s]."""
    now = end_of(loaded.case.period.last, loaded.case.period.first)
    drawer = Drawer(loaded.case, loaded.ledger(), now)
    times, generator = np.arange(1.0, now + 1.0), default_rng(SEED)
    spent, situations = 0.0, []
    for _ in range(draws):
        value, ledger, _ = drawer.draw(generator.uniform(0.001, 0.999, drawer.unknowns.columns))
        begins = process_time()
        records = measure_records(loaded.case, ledger, value)
        situations.append(build_situation(loaded.case, ledger, records, times, value))
        spent += process_time() - begins
    return situations, spent


def measure_here(case: Path, draws: int) -> BlockCost:
    """Assess one block in this process and say what it cost."""
    situations, built = draw_situations(load(case), draws)
    begins = process_time()
    for situation in situations[:ALONE]:
        assess(situation)
    alone = (process_time() - begins) / len(situations[:ALONE])
    held = _peak_memory()
    begins = process_time()
    assess_many(situations)
    together = process_time() - begins
    return BlockCost(draws, built / draws, together / draws, alone, held, _peak_memory())


def measure_apart(case: Path, draws: int) -> BlockCost:
    """Measure one block in a process of its own, because a peak of memory never falls again."""
    return BlockCost(**_apart(case, "block", draws))


def _apart(case: Path, what: str, draws: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.ensemble", what, str(case), str(draws)]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603
    return dict(json.loads(done.stdout))


@dataclass(frozen=True, slots=True)
class WholeCost:
    """What one ensemble with daily curves cost in a process of its own, workers and all.

    elapsed: [s]. memory: most that the first process held, and the workers together [MB]. Elapsed time [s] of
    one assessment: alone, by the engine; briefed, in a process that has all loaded; and as a command.
    """

    draws: int
    workers: int
    elapsed: float
    memory: tuple[float, float]
    alone: float
    briefed: float
    command: float


def measure_whole(case: Path, draws: int) -> WholeCost:
    """Draw one ensemble in this process and its workers, and set single assessments beside it."""
    loaded = load(case)
    question = ask(loaded)
    workers = os.cpu_count() or 1
    begins = perf_counter()
    draw_ensemble(question, draws=draws, workers=workers)
    elapsed = perf_counter() - begins
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    memory = (_peak_memory(), worker * workers)
    situation = question.at_medians()
    watchgap = str(Path(sys.executable).with_name("watchgap"))
    return WholeCost(
        draws,
        workers,
        elapsed,
        memory,
        alone=_elapsed(lambda: assess(situation)),
        briefed=_elapsed(lambda: brief(loaded)),
        # our own command
        command=_elapsed(
            lambda: subprocess.run([watchgap, "brief", str(case)], check=True, capture_output=True)  # noqa: S603
        ),
    )


def _elapsed(work: Callable[[], object]) -> float:
    """Median over some runs [s], after one that loads what it needs."""
    work()
    times: list[float] = []
    for _ in range(RUNS):
        begins = perf_counter()
        work()
        times.append(perf_counter() - begins)
    return median(times)


def _whole_lines(cost: WholeCost) -> list[str]:
    singles = {
        "the engine alone, on a situation that is built": cost.alone,
        "`watchgap.brief` in a process that has all loaded": cost.briefed,
        "`watchgap brief` as a command": cost.command,
    }
    held = f"{cost.memory[0]:.0f} MB in the first process and {cost.memory[1]:.0f} MB in the workers"
    said = (
        f"The whole ensemble, {cost.draws:,} draws with daily curves of all claims, on {cost.workers} "
        f"processors: {cost.elapsed:.1f} s elapsed, at most {held}, with what they share counted in each."
    )
    rows = [
        f"| {name} | {one:.3f} | {one * cost.draws:.0f} | {one * cost.draws / cost.elapsed:.0f} |"
        for name, one in singles.items()
    ]
    head = f"| {cost.draws:,} single assessments in turn | one [s] | all [s] | times the ensemble |"
    return [said, "", head, "| --- | --- | --- | --- |", *rows]


def report_ensemble(case: Path, blocks: tuple[int, ...] = BLOCKS, *, draws: int = DRAWS) -> str:
    """Measure one whole ensemble, and blocks of several sizes."""
    whole = WholeCost(**_apart(case, "whole", draws))
    lines = [
        f"## {case.name}: many draws together",
        "",
        *_whole_lines(whole),
        "",
        "Processor time of one process for each draw; 'alone' is `assess` on one draw after the other.",
        "",
        "| draws in a block | build [ms] | assess together [ms] | assess alone [ms] | ratio | memory [MB] |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(measure_apart(case, draws)) for draws in blocks),
    ]
    return "\n".join(lines)


def _row(cost: BlockCost) -> str:
    times = " | ".join(f"{1000 * one:.2f}" for one in (cost.built, cost.together, cost.alone))
    return f"| {cost.draws} | {times} | {cost.ratio:.1f} | {cost.held:.0f} to {cost.peak:.0f} |"


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    measured = {"whole": measure_whole, "block": measure_here}[sys.argv[1]]
    print(json.dumps(asdict(measured(Path(sys.argv[2]), int(sys.argv[3])))))
