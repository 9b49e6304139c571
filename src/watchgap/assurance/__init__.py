"""Assurance: what can still be said of each claim, and by how much less than before.

In: a case with its facts and the records of its measures, as one `Situation` of plain numbers. Out: for each
claim the curves *in hand*, *timely*, *latent* and *restorable* by each package, the scenario that binds them,
the exposure in significant quantities, and beside them, never mixed, the posterior probability.

    >>> situation = build_situation(case, ledger, records, times)
    >>> answer = assess(situation).claims["gap"]
    >>> answer.curves["in hand"].value[-1], answer.posterior[-1]

Next: `watchgap.study` gathers the answers into one record.
"""

from watchgap.assurance.engine import assess, assess_many, curve_names, nondetection
from watchgap.assurance.exposure import exposure
from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, package_of, restorable
from watchgap.assurance.record import (
    Assessment,
    Bundle,
    Claim,
    ClaimAssessment,
    ClaimBundle,
    Curve,
    Exposure,
    Scenario,
    Situation,
)
from watchgap.assurance.scenarios import build_situation

__all__ = [
    "IN_HAND",
    "LATENT",
    "TIMELY",
    "Assessment",
    "Bundle",
    "Claim",
    "ClaimAssessment",
    "ClaimBundle",
    "Curve",
    "Exposure",
    "Scenario",
    "Situation",
    "assess",
    "assess_many",
    "build_situation",
    "curve_names",
    "exposure",
    "nondetection",
    "package_of",
    "restorable",
]
