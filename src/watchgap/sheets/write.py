"""Writes the workbook of a plan, whole or not at all."""

import os
from pathlib import Path

from watchgap.base.errors import WatchgapError
from watchgap.base.time import midnight
from watchgap.sheets.contents import plan_sheets
from watchgap.study.plan_record import PlanStudy


class WorkbookWriterMissing(WatchgapError, ImportError):
    """The extra that writes workbooks is not installed."""


class WorkbookNotWritten(WatchgapError, OSError):
    """There is no writing a workbook where it was wanted."""


def write_plan(study: PlanStudy, path: str | Path) -> Path:
    """Write an inspection plan as an XLSX workbook, and give its path back.

    Its sheets: Plan, with columns to be filled in by hand and totals by formula; Scenarios; Proof; Pareto;
    Re-verification; Origin. The file is written beside its place and moved there when it is whole. It carries
    the day of the plan and no other time, so the same study gives the same bytes. The folder must exist.

    Raises WorkbookWriterMissing without the extra, WorkbookNotWritten if the file cannot be written.
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
    require_place(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(path, error.strerror or str(error)) from error
    return path


def require_place(path: Path) -> None:
    """Make sure that a file could stand at a path, before anything is computed for it.

    Raises WorkbookNotWritten if a folder is there, or none is where the file would be put.
    """
    try:
        taken, housed = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise _not_written(path, error.strerror or str(error)) from error
    if taken:
        raise _not_written(path, "a folder is there")
    if not housed:
        raise _not_written(path, f"there is no folder '{path.parent}'")


def _not_written(path: Path, reason: str) -> WorkbookNotWritten:
    return WorkbookNotWritten(
        f"cannot write the workbook '{path}' ({reason}); name a file in a folder that is there"
    )
