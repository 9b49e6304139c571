"""Brings accounting reports into a case: inventory changes as facts, listings as strata."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from watchgap.accounting import (
    Accounts,
    Dialect,
    Report,
    facts_of_reports,
    read_layout,
    read_mapping,
    read_reports,
    strata_of_listing,
    strata_text,
)
from watchgap.base.errors import FaultyInput, OutOfRange
from watchgap.flow.additions import Additions
from watchgap.flow.keeping import Entering, Kept, add_entries

_DIALECTS: dict[str, Dialect] = {one: one for one in get_args(Dialect)}
_LISTING = "P"


@dataclass(frozen=True, slots=True)
class Reading:
    """How accounting reports are read.

    dialect: 'uk', 'code10-labelled' or 'code10-fixed'. mapping: the YAML file that says what their areas and
    key measurement points are in the case. layout: a State's own table of labels or columns, without which
    Code 10 reports cannot be read.
    """

    dialect: str
    mapping: Path
    layout: Path | None = None


def import_reports(
    folder: str | Path, paths: Sequence[str | Path], entering: Entering, reading: Reading
) -> Kept:
    """Enter the inventory changes of accounting reports into the ledger of a case, all of them or none.

    The reports of several files are held against each other too. Each fact quotes its line of a report.

    Raises FaultyInput with every fault of the reports, their mapping or layout, OutOfRange for another
    dialect, and what `add_entries` raises.
    """
    accounts = _accounts(paths, reading)
    rows = facts_of_reports(accounts.reports, read_mapping(reading.mapping))
    # A fact has no line of its own: a report of several lines may give one, and one line several.
    return add_entries(folder, Additions("the reports", facts=tuple(enumerate(rows, 1))), entering)


def strata_of_reports(paths: Sequence[str | Path], reading: Reading) -> str:
    """Propose the strata of a case from the last listing of each material balance area, as YAML.

    The text is the items of `strata:` in case.yaml; that items of a stratum are alike is for the author of
    the case to judge.

    Raises FaultyInput with every fault of the reports, and OutOfRange if there is no listing among them.
    """
    accounts, mapping = _accounts(paths, reading), read_mapping(reading.mapping)
    last: dict[str, Report] = {}
    for report in accounts.reports:
        if report.type == _LISTING and _taken(report) >= _taken(last.get(report.area, Report())):
            last[report.area] = report
    if not last:
        raise OutOfRange("there is no physical inventory listing among the reports; name a file with one")
    proposals = [one for report in last.values() for one in strata_of_listing(report, mapping)]
    return strata_text(proposals, mapping)


def _taken(report: Report) -> date:
    return report.taking or date.min


def _accounts(paths: Sequence[str | Path], reading: Reading) -> Accounts:
    if reading.dialect not in _DIALECTS:
        known = ", ".join(_DIALECTS)
        raise OutOfRange(f"'{reading.dialect[:40]}' is no dialect of reports; use one of {known}")
    dialect = _DIALECTS[reading.dialect]
    layout = None if reading.layout is None else read_layout(reading.layout, dialect)
    accounts = read_reports([Path(path) for path in paths], dialect=dialect, layout=layout)
    if accounts.faults:
        raise FaultyInput(accounts.faults)
    return accounts
