"""A synthetic State to be inspected at once: many strata, four activities, caps that bind."""

from dataclasses import dataclass
from math import ceil, exp, log
from time import perf_counter, process_time

from numpy.random import Generator, default_rng
from scipy.special import ndtr

from watchgap.recovery.evaluate import nondetection_of
from watchgap.recovery.plan_record import Caps, Offer, Plan, PlanProblem, Threat
from watchgap.recovery.planner import least_effort

SEED = 1994
GOAL = 8.0  # of plutonium [kg]
THRESHOLD = 3.0  # of a measurement, in its standard deviations [1]
# Relative standard deviations of three measurements, and the shares of an item that are gone.
DEVIATIONS = {"weighing": 0.12, "assay": 0.05, "destructive analysis": 0.003}
FRACTIONS = {"gross": 1.0, "partial": 0.3, "bias": 0.09}
COUNTING = "counting"
# Effort of an item, and of the first one in addition [person-day].
EFFORTS = {
    COUNTING: (0.004, 0.1),
    "weighing": (0.02, 0.25),
    "assay": (0.08, 0.5),
    "destructive analysis": (0.5, 1.0),
}
FALSE_ALARMS = {COUNTING: 0.0, "weighing": 1e-4, "assay": 1e-4, "destructive analysis": 2e-5}


@dataclass(frozen=True, slots=True)
class PlanSize:
    """How large an inspection is.

    strata: how many. capped: by activity, the share that is allowed of what the plan without caps takes [1].
    """

    strata: int = 200
    capped: tuple[tuple[str, float], ...] = (("destructive analysis", 0.9), ("assay", 0.85))


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What one plan cost to find: processor time and elapsed time [s]; and the plan."""

    processor: float
    elapsed: float
    plan: Plan


def build_problem(strata: int, generator: Generator, caps: Caps | None = None) -> PlanProblem:
    """Build an inspection of many strata of 50 to 2000 items, all different.

    Each has up to three threats, gross, partial and bias defects, and part of each is already detected.
    """
    populations: dict[str, int] = {}
    threats: list[Threat] = []
    offers: list[Offer] = []
    for number in range(strata):
        stratum = f"S{number:03d}"
        populations[stratum] = round(exp(generator.uniform(log(50), log(2000))))
        mass = float(generator.uniform(0.2, 2.5))
        for concealment, fraction in FRACTIONS.items():
            items = ceil(GOAL / (fraction * mass))
            left = float(generator.uniform(0.3, 1.0))
            if items <= populations[stratum]:
                name = f"{stratum} {concealment}"
                threats.append(Threat(name, stratum, items, left, 0.9, _recognition(fraction)))
        for activity, (item, first) in EFFORTS.items():
            factor = float(generator.uniform(0.8, 1.25))
            offers.append(
                Offer(activity, stratum, first, item * factor, FALSE_ALARMS[activity], populations[stratum])
            )
    return PlanProblem(populations, tuple(threats), tuple(offers), base_effort=10.0, caps=caps or Caps())


def capped_problem(size: PlanSize) -> PlanProblem:
    """The same inspection with caps below what the plan without caps takes."""
    plan = least_effort(build_problem(size.strata, default_rng(SEED)))
    taken = dict.fromkeys(EFFORTS, 0)
    for line in plan.lines:
        taken[line.activity] += line.sample
    items = {activity: int(share * taken[activity]) for activity, share in size.capped}
    return build_problem(size.strata, default_rng(SEED), Caps(items=items))


def measure(problem: PlanProblem) -> PlanCost:
    """Find the plan of least effort, and say what that cost."""
    processor, elapsed = process_time(), perf_counter()
    plan = least_effort(problem)
    return PlanCost(process_time() - processor, perf_counter() - elapsed, plan)


def report_plan(size: PlanSize) -> str:
    """Measure, check the plan against the targets, and write the section of the report."""
    problem = capped_problem(size)
    free, capped = measure(build_problem(size.strata, default_rng(SEED))), measure(problem)
    after = nondetection_of(
        problem, {(line.activity, line.stratum): line.sample for line in capped.plan.lines}
    )
    caps = ", ".join(f"{most} items of {activity}" for activity, most in problem.caps.items.items())
    said = (
        f"{len(EFFORTS)} activities and {len(problem.threats)} threats, with caps of {caps}. The greatest"
        f" non-detection after the plan is {max(after.values()):.6f}."
    )
    columns = (
        "caps",
        "status",
        "effort [person-day]",
        "proved bound",
        "gap",
        "processor time [s]",
        "elapsed [s]",
    )
    lines = [
        f"## The inspection of {size.strata} strata at once",
        "",
        said,
        "",
        f"| {' | '.join(columns)} |",
        f"|{' --- |' * len(columns)}",
        _row("none", free),
        _row("both", capped),
    ]
    return "\n".join(lines)


def _recognition(fraction: float) -> dict[str, float]:
    """Recognition [1] of an item of which this fraction is gone; counting sees only what is gone whole."""
    seen = {COUNTING: 0.95 if fraction == 1.0 else 0.0}
    return seen | {name: float(ndtr(fraction / spread - THRESHOLD)) for name, spread in DEVIATIONS.items()}


def _row(what: str, cost: PlanCost) -> str:
    plan = cost.plan
    efforts = f"{plan.effort:.6f} | {plan.bound:.6f} | {plan.gap:.1e}"
    return f"| {what} | {plan.status} | {efforts} | {cost.processor:.1f} | {cost.elapsed:.1f} |"


def main() -> None:
    """Measure the whole inspection and print the section."""
    print(report_plan(PlanSize()))


if __name__ == "__main__":
    main()
