"""The study: one record of everything that was computed for a case at a date, with its origin and digest.

In: a case, its ledger as known on a date, and the results of the computing rooms. Out: a frozen `Study`, its
JSON, its tidy tables, and the back-test of its curves against what officials said at the time.

    >>> study.claim("gap").in_hand.words
    'cannot be concluded'

Next: `watchgap.plots` draws it, `watchgap.app` prints it.
"""

from watchgap.study.backtest import BackTest, back_test
from watchgap.study.export import study_json, with_digest
from watchgap.study.gather import Results, gather
from watchgap.study.inquiry import gather_inquiry
from watchgap.study.inquiry_record import InquiryStudy
from watchgap.study.plan import (
    Commission,
    Drawn,
    PlanFindings,
    SolvedAccess,
    gather_plan,
)
from watchgap.study.plan_record import PlanStudy, ReverificationLine
from watchgap.study.record import Binding, ClaimStudy, Headline, Origin, Study
from watchgap.study.recovery import ClaimRecovery, PackageRecovery, RecoveryStudy, gather_recovery
from watchgap.study.sureness import with_sureness
from watchgap.study.tables import (
    band_table,
    curve_table,
    exposure_table,
    factor_table,
    headline_table,
    no_return_table,
    plan_table,
    question_table,
    recovery_table,
    state_table,
    statement_table,
    swing_table,
    timeline_table,
)

__all__ = [
    "BackTest",
    "Binding",
    "ClaimRecovery",
    "ClaimStudy",
    "Commission",
    "Drawn",
    "Headline",
    "InquiryStudy",
    "Origin",
    "PackageRecovery",
    "PlanFindings",
    "PlanStudy",
    "RecoveryStudy",
    "Results",
    "ReverificationLine",
    "SolvedAccess",
    "Study",
    "back_test",
    "band_table",
    "curve_table",
    "exposure_table",
    "factor_table",
    "gather",
    "gather_inquiry",
    "gather_plan",
    "gather_recovery",
    "headline_table",
    "no_return_table",
    "plan_table",
    "question_table",
    "recovery_table",
    "state_table",
    "statement_table",
    "study_json",
    "swing_table",
    "timeline_table",
    "with_digest",
    "with_sureness",
]
