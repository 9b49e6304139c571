"""Reads accounting reports from files, with every fault of them at once."""

import hashlib
from collections.abc import Sequence
from decimal import localcontext
from itertools import islice
from pathlib import Path

from watchgap.accounting.assemble import assemble
from watchgap.accounting.balance import check_areas
from watchgap.accounting.checks import check_report
from watchgap.accounting.contents import PRECISION
from watchgap.accounting.names import Names
from watchgap.accounting.record import Accounts, Code, Dialect, Layout, Report
from watchgap.accounting.split import split
from watchgap.accounting.tables import codes_of, published_layout
from watchgap.base.errors import Fault
from watchgap.case.files import CONTROL, decode, read_raw
from watchgap.ledger.rows import MOST_FAULTS

LARGEST_REPORT_FILE = 16_000_000
_TEXT = "(text)"


def read_reports(
    sources: Path | str | Sequence[Path | str],
    *,
    dialect: Dialect,
    layout: Layout | None = None,
    codes: Sequence[Code] = (),
) -> Accounts:
    """Read the accounting reports of one or several files and list all that is wrong with them.

    Everything that can be understood is read, and every line is kept as it stands in its file, also where it
    breaks a rule. Nothing that lies in a file raises an error.

    Parameters
    ----------
    sources : files, or texts; those of an area are held against each other.
    dialect : 'uk' (the tags of the UK schedule as columns of a CSV table, one row a line), 'code10-labelled'
        (elements `label:content#`) or 'code10-fixed' (columns of each line of the file).
    layout : the fields of the dialect, from `read_layout`; the published ones if none are given. Those of
        Code 10 are not public.
    codes : codes that add to the published ones or replace them, from `read_codes`.

    Raises
    ------
    UnknownName : for another dialect.

    Notes
    -----
    UK Nuclear Safeguards (EU Exit) Regulations 2019, Schedule 1, Parts 2 to 4. IAEA SG-FM-1172, Model
    Subsidiary Arrangement Code 10, of which only the first page could be read.
    """
    shape = layout if layout is not None else published_layout(dialect)
    listed = [sources] if isinstance(sources, Path | str) else list(sources)
    known = codes_of(dialect, codes)
    names = Names(shape, dialect)
    faults: list[Fault] = []
    reports: list[Report] = []
    digests: dict[str, str] = {}
    for source in listed:
        raw, text, file, found = _text_of(source)
        if not found and not shape.fields:
            problem = f"the labels and columns of {dialect} are not public, and no table of them was given"
            found.append(Fault(file, 1, problem, "give the table of your State's own Code 10 as a layout"))
        if text:
            records = split(text, dialect, shape, found, file=file)
            reports += assemble(records, dialect, shape, found, file=file)
        if len(found) >= MOST_FAULTS:
            last = max(fault.line for fault in found)
            found.append(Fault(file, last, f"{MOST_FAULTS} faults were found up to here", "mend these first"))
        faults += found
        if raw:
            digests[file] = hashlib.sha256(raw).hexdigest()
    with localcontext(prec=PRECISION):
        for report in reports:
            # A file that was not read to its end would seem to break rules that it keeps.
            if len(faults) >= MOST_FAULTS:
                break
            faults += islice(check_report(report, known, names), MOST_FAULTS)
        if len(faults) < MOST_FAULTS:
            faults += check_areas(reports, known, names)
    return Accounts(tuple(reports), _listed(faults), digests)


def _text_of(source: Path | str) -> tuple[bytes, str, str, list[Fault]]:
    """The bytes, the text and the name of a source, or why it cannot be read."""
    if isinstance(source, Path):
        raw, wrong = read_raw(source, largest=LARGEST_REPORT_FILE)
        if wrong:
            return b"", "", source.name, list(wrong)
        text, wrong = decode(raw, source.name)
        return raw, text, source.name, list(wrong)
    if len(source) > LARGEST_REPORT_FILE:
        return b"", "", _TEXT, [Fault(_TEXT, 1, f"the text has {len(source)} characters", "split it")]
    if found := CONTROL.search(source):
        line = source.count("\n", 0, found.start()) + 1
        problem = f"the control character {ord(found[0]):#04x} stands here"
        return b"", "", _TEXT, [Fault(_TEXT, line, problem, "remove it")]
    if not source.strip():
        return b"", "", _TEXT, [Fault(_TEXT, 1, "the text is empty", "give the text of a report")]
    return source.encode(), source, _TEXT, []


def _listed(faults: list[Fault]) -> tuple[Fault, ...]:
    """The faults in order of file and line, each once, and not more than anybody can mend."""
    ordered = sorted(set(faults))
    if len(ordered) <= MOST_FAULTS + 1:
        return tuple(ordered)
    last = ordered[MOST_FAULTS]
    more = Fault(last.file, last.line, f"there are more than {MOST_FAULTS} faults", "mend these first")
    return (*ordered[:MOST_FAULTS], more)
