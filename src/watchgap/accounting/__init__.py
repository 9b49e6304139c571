"""Nuclear material accounting reports: reading, the rules they have to keep, facts and strata from them.

In: inventory change reports, physical inventory listings and material balance reports, in the terms of
IAEA Code 10 or of the UK schedule. Out: frozen reports whose lines keep their text, the list of all faults,
rows of facts for a ledger, and proposals of strata for a case.

    >>> accounts = read_reports(Path("icr-4.csv"), dialect="uk")
    >>> rows = facts_of_reports(accounts.reports, mapping)

Next: `watchgap.ledger` makes facts of the rows; an author of a case takes the strata over.
"""

from watchgap.accounting.facts import facts_of_reports
from watchgap.accounting.mapping import Mapped, Material, read_mapping
from watchgap.accounting.read import read_reports
from watchgap.accounting.record import (
    Accounts,
    Code,
    Dialect,
    Field,
    Layout,
    Line,
    Report,
    Rule,
)
from watchgap.accounting.strata import StratumProposal, strata_of_listing, strata_text
from watchgap.accounting.tables import (
    DIALECTS,
    codes_of,
    published_codes,
    published_layout,
    read_codes,
    read_layout,
    rules,
)
from watchgap.accounting.write import write_reports

__all__ = [
    "DIALECTS",
    "Accounts",
    "Code",
    "Dialect",
    "Field",
    "Layout",
    "Line",
    "Mapped",
    "Material",
    "Report",
    "Rule",
    "StratumProposal",
    "codes_of",
    "facts_of_reports",
    "published_codes",
    "published_layout",
    "read_codes",
    "read_layout",
    "read_mapping",
    "read_reports",
    "rules",
    "strata_of_listing",
    "strata_text",
    "write_reports",
]
