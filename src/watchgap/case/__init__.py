"""The case file: what is declared, what watches it, what could be done instead.

In: `case.yaml` of a folder. Out: a frozen `Case` in which every number has a unit, a source and perhaps a
distribution, or the list of all faults, each with its line.

    >>> case, document, faults = read_case(Path("cases/yongbyon-1993"))
    >>> case.strata[0].items.at(0.5)
    8000.0

Next: `watchgap.ledger` for what happened, `watchgap.flow` for a case with its ledger.
"""

from watchgap.case.check import check_case
from watchgap.case.document import Document
from watchgap.case.names import check_names, names_of
from watchgap.case.new import new_case
from watchgap.case.quantity import Quantity
from watchgap.case.read import CASE_FILE, read_case
from watchgap.case.record import LEVELS, Case
from watchgap.case.schema import SCHEMA_FILE, case_schema

__all__ = [
    "CASE_FILE",
    "LEVELS",
    "SCHEMA_FILE",
    "Case",
    "Document",
    "Quantity",
    "case_schema",
    "check_case",
    "check_names",
    "names_of",
    "new_case",
    "read_case",
]
