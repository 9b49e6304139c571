"""Recovery: what would settle a claim, at what effort, and until when.

In: the assurance of many draws along time, and the scenarios that an inspection has to find. Out: the
distribution of the date of no return of each package (`no_return`), what can be done about a claim
(`states_of`), and the inspection plan of least effort with its proof (`least_effort`).

    >>> dates = no_return("full-range", times, assurance, target)
    >>> dates.dates[0.95]
    759.0

Next: `watchgap.study` puts the days and words to it.
"""

from watchgap.recovery.approximations import RULES, approximate_plan
from watchgap.recovery.dates import no_return, possible_by, reaches, states_of
from watchgap.recovery.evaluate import effort_of, lines_of, nondetection_of
from watchgap.recovery.plan_check import check_problem
from watchgap.recovery.plan_record import (
    Caps,
    Offer,
    ParetoPoint,
    Plan,
    PlanLine,
    PlanProblem,
    RulePlan,
    Status,
    Threat,
)
from watchgap.recovery.planner import best_assurance, least_effort, pareto
from watchgap.recovery.record import SURENESS, NoReturn, Outlook, State
from watchgap.recovery.reverification import required_detection, required_sample
from watchgap.recovery.three_methods import (
    ThreeMethods,
    three_method_plan,
    three_method_problem,
    worst_falsification,
)

__all__ = [
    "RULES",
    "SURENESS",
    "Caps",
    "NoReturn",
    "Offer",
    "Outlook",
    "ParetoPoint",
    "Plan",
    "PlanLine",
    "PlanProblem",
    "RulePlan",
    "State",
    "Status",
    "Threat",
    "ThreeMethods",
    "approximate_plan",
    "best_assurance",
    "check_problem",
    "effort_of",
    "least_effort",
    "lines_of",
    "no_return",
    "nondetection_of",
    "pareto",
    "possible_by",
    "reaches",
    "required_detection",
    "required_sample",
    "states_of",
    "three_method_plan",
    "three_method_problem",
    "worst_falsification",
]
