"""Time and memory of the engine on a synthetic State, and how they grow with it."""

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.random import default_rng

from benchmarks.state import StateSize, build_state
from watchgap.assurance.engine import assess

SEED = 1994
WHOLE = StateSize()
QUICK = StateSize(facilities=2, strata=20, days=960, visits=8, spacing=8.0)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one assessment of a State cost in a process of its own.

    processor, elapsed: time of the assessment alone [s]. bare, built, peak: most memory that the process had
    held once it had loaded its modules, had built the situation, and had assessed it [MB].
    """

    processor: float
    elapsed: float
    bare: float
    built: float
    peak: float


@dataclass(frozen=True, slots=True)
class Series:
    """The costs of States that differ in one number only, and the growth exponents of time and memory."""

    what: str
    values: tuple[float, ...]
    costs: tuple[Cost, ...]

    @property
    def time_exponent(self) -> float:
        """Slope of log processor time over log size [1]."""
        return fit_exponent(self.values, [cost.processor for cost in self.costs])

    @property
    def memory_exponent(self) -> float:
        """Slope of log memory, less that of the bare process, over log size [1]."""
        return fit_exponent(self.values, [cost.peak - cost.bare for cost in self.costs])


def fit_exponent(sizes: tuple[float, ...], costs: list[float]) -> float:
    """Least-squares slope of log cost over log size [1]."""
    return float(np.polyfit([log(size) for size in sizes], [log(cost) for cost in costs], 1)[0])


def measure_here(size: StateSize) -> Cost:
    """Assess a State in this process and say what it cost."""
    bare = _peak_memory()
    situation = build_state(size, default_rng(SEED))
    built = _peak_memory()
    processor, elapsed = process_time(), perf_counter()
    assess(situation)
    return Cost(process_time() - processor, perf_counter() - elapsed, bare, built, _peak_memory())


def measure(size: StateSize) -> Cost:
    """Assess a State in a fresh process, so that its peak of memory is its own."""
    command = [sys.executable, "-m", "benchmarks.growth", json.dumps(asdict(size))]
    root = Path(__file__).resolve().parents[1]
    # our own interpreter and our own module
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603
    return Cost(**json.loads(done.stdout))


def measure_growth(whole: StateSize) -> list[Series]:
    """Measure a State, and smaller ones with a quarter and a half of its strata, its days or its visits.

    Days and visits grow on a quarter of the strata, which takes no longer than it must.
    """
    few = _shrunk(whole, 4, "facilities", "strata")
    last = measure(few)
    return [
        _series("strata", [few, _shrunk(whole, 2, "facilities", "strata"), whole], {few: last}),
        _series("days", [_shrunk(few, 4, "days"), _shrunk(few, 2, "days"), few], {few: last}),
        _series("visits", [_shrunk(few, 4, "visits"), _shrunk(few, 2, "visits"), few], {few: last}),
    ]


def report_growth(whole: StateSize) -> str:
    """Measure, and write the section of the report."""
    series = measure_growth(whole)
    cost = series[0].costs[-1]
    routes = whole.strata * whole.routes
    said = (
        f"{whole.days} days every {whole.spacing:g} d, {whole.visits} visits to each facility: all curves of"
        f" all strata in {cost.processor:.1f} s of processor time ({cost.elapsed:.1f} s elapsed) and"
        f" {cost.peak:.0f} MB at the peak, of which {cost.bare:.0f} MB are the bare process and"
        f" {cost.built - cost.bare:.0f} MB the situation. Days and visits grow on"
        f" {series[0].values[0]:g} strata; an exponent of 1 is growth in proportion."
    )
    lines = [
        f"## A State of {whole.facilities} facilities, {whole.strata} strata and {routes} routes",
        "",
        said,
        "",
        "| what grows | sizes | processor time [s] | exponent | memory over bare process [MB] | exponent |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in series),
    ]
    return "\n".join(lines)


def _row(series: Series) -> str:
    sizes = ", ".join(f"{value:g}" for value in series.values)
    seconds = ", ".join(f"{cost.processor:.2f}" for cost in series.costs)
    memory = ", ".join(f"{cost.peak - cost.bare:.0f}" for cost in series.costs)
    exponents = f"{series.time_exponent:.2f} | {memory} | {series.memory_exponent:.2f}"
    return f"| {series.what} | {sizes} | {seconds} | {exponents} |"


def _shrunk(whole: StateSize, part: int, *names: str) -> StateSize:
    changes = {name: max(getattr(whole, name) // part, 1) for name in names}
    return replace(whole, **changes)


def _series(what: str, sizes: list[StateSize], known: dict[StateSize, Cost]) -> Series:
    costs = tuple(known.get(size) or measure(size) for size in sizes)
    return Series(what, tuple(float(getattr(size, what)) for size in sizes), costs)


def _peak_memory() -> float:
    """Most memory that this process has held [MB]."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss of a child begins with what its parent held when it was started; this does not
        lines = status.read_text(encoding="ascii").splitlines()
        return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1 << 20) if sys.platform == "darwin" else held / 1024


def main() -> None:
    """Measure one State, whose size is on the command line as JSON, and print its cost as JSON."""
    print(json.dumps(asdict(measure_here(StateSize(**json.loads(sys.argv[1]))))))


if __name__ == "__main__":
    main()
