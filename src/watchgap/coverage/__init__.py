"""When could each measure see, and where is its record now.

In: a case and the facts about its devices and seals. Out: one `MeasureRecord` for each measure (lives, what
was found of them, and where the record lies), and the `Lane` of each measure at a time of assessment.

    >>> records = measure_records(case, ledger)
    >>> lanes = timelines(case, records, time=552.0)
    >>> lanes[0].stretches[-1].state
    'blind'

Next: `watchgap.assurance` computes what a scenario would have met on its way.
"""

from watchgap.coverage.histories import measure_records
from watchgap.coverage.lanes import timelines
from watchgap.coverage.record import NEVER, Finding, Holding, Lane, Life, MeasureRecord, Stretch

__all__ = [
    "NEVER",
    "Finding",
    "Holding",
    "Lane",
    "Life",
    "MeasureRecord",
    "Stretch",
    "measure_records",
    "timelines",
]
