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
from watchgap.study.record import Binding, ClaimStudy, Headline, Origin, Study
from watchgap.study.tables import curve_table, exposure_table, headline_table, statement_table, timeline_table

__all__ = [
    "BackTest",
    "Binding",
    "ClaimStudy",
    "Headline",
    "Origin",
    "Results",
    "Study",
    "back_test",
    "curve_table",
    "exposure_table",
    "gather",
    "headline_table",
    "statement_table",
    "study_json",
    "timeline_table",
    "with_digest",
]
