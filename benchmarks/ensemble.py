"""What an ensemble of draws of one case costs for each draw: building it, and assessing it in blocks."""

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

import numpy as np
from numpy.random import default_rng

from watchgap.assurance import Situation, assess, assess_many, build_situation
from watchgap.base.time import end_of
from watchgap.coverage import measure_records
from watchgap.draws import Drawer
from watchgap.flow import LoadedCase, load

SEED = 1993
BLOCKS = (64, 128, 256)
ALONE = 8


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
        value, ledger = drawer.draw(generator.uniform(0.001, 0.999, drawer.unknowns.columns))
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
    command = [sys.executable, "-m", "benchmarks.ensemble", str(case), str(draws)]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603
    return BlockCost(**json.loads(done.stdout))


def report_ensemble(case: Path, blocks: tuple[int, ...] = BLOCKS) -> str:
    """Measure blocks of several sizes."""
    lines = [
        f"## {case.name}: many draws together",
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
    print(json.dumps(asdict(measure_here(Path(sys.argv[1]), int(sys.argv[2])))))
