"""Writes the workbook of a plan, whole or not at all."""

import os
from pathlib import Path

from watchgap.base.errors import WatchgapError
from watchgap.base.time import midnight
from watchgap.sheets.contents import plan_sheets
from watchgap.study.plan_record import PlanStudy


class WorkbookWriterMissing(WatchgapError, ImportError):
    """The extra that writes workbooks is not installed."""


def write_plan(study: PlanStudy, path: str | Path) -> Path:
    """Write an inspection plan as an XLSX workbook, and give its path back.

    Its sheets: Plan, with columns to be filled in by hand and totals by formula; Scenarios; Proof; Pareto;
    Re-verification; Origin. The file is written beside its place and moved there when it is whole. It carries
    the day of the plan and no other time, so the same study gives the same bytes. The folder must exist.

    Raises WorkbookWriterMissing without the extra, OSError if the file cannot be written.
    """
    try:
        from watchgap.sheets.workbook import workbook_bytes
    except ImportError as error:
        raise WorkbookWriterMissing(
            "workbooks need their writer; install it with: pip install 'watchgap[excel]'"
        ) from error
    moment = midnight(study.by).replace(tzinfo=None)  # a workbook's times have no zone
    content = workbook_bytes(plan_sheets(study), creator=f"Watchgap {study.origin.version}", moment=moment)
    path = Path(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
