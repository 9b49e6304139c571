"""Sheets: an inspection plan as a workbook that can be carried, filled in by hand, and printed.

In: a `PlanStudy` and the path of a file. Out: an XLSX file with the sheets Plan, Scenarios, Proof, Pareto,
Re-verification and Origin. The same study gives the same bytes.

    >>> from watchgap.sheets import write_plan
    >>> write_plan(study, Path("out/plan.xlsx"))
    PosixPath('out/plan.xlsx')

Only `write_plan` needs the extra `watchgap[excel]`. The workbook holds what the study holds, and computes
nothing but totals, by formula.

    record      a sheet as plain values: facts, tables, columns
    contents    which values of a plan stand on which sheet
    workbook    sheets as the bytes of an XLSX file
    write       the file, whole or not at all
"""

from watchgap.sheets.write import WorkbookNotWritten, WorkbookWriterMissing, require_place, write_plan

__all__ = ["WorkbookNotWritten", "WorkbookWriterMissing", "require_place", "write_plan"]
