"""Flow: the only place that runs one room after another.

In: a case folder. Out: its faults (`check`), its contents (`load`), its numbers (`situation_of`), its study
at a date (`brief`), the back-test of its curves (`backtest`), what would restore its claims and until when
(`recover`), the inspection that would (`plan`), and what to ask for first (`sensitivity`). Its ledger is
started, added to, filled from files and written out, read, compared, verified, signed and proved.

    >>> study = brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> study.claim("gap").latent.value
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from watchgap.flow.load import LoadedCase, check, load

if TYPE_CHECKING:
    from watchgap.flow.additions import Additions
    from watchgap.flow.asking import Inquiry, sensitivity
    from watchgap.flow.carrying import export_ledger, files_of_export, import_file
    from watchgap.flow.ensemble import Sampling, unknowns_of
    from watchgap.flow.history import Difference, Differences, Excerpt, Selection, differences, ledger_log
    from watchgap.flow.keeping import Entering, Kept, add_entries, add_source, start_ledger, trust_ledger
    from watchgap.flow.keyfiles import make_key, read_key, read_verifiers
    from watchgap.flow.origins import why
    from watchgap.flow.outlook import recover
    from watchgap.flow.planning import plan
    from watchgap.flow.proving import Verification, check_proof, prove_entry, prove_growth, verify_ledger
    from watchgap.flow.reports import Reading, import_reports, strata_of_reports
    from watchgap.flow.run import backtest, brief, situation_of
    from watchgap.flow.signing import Signed, sign_ledger, sign_with_new_key
    from watchgap.flow.wishes import Limits, Wish

# A case is checked without the engine, which takes longer to load than the check takes.
_LATER = {
    "Additions": "watchgap.flow.additions",
    "Difference": "watchgap.flow.history",
    "Differences": "watchgap.flow.history",
    "Entering": "watchgap.flow.keeping",
    "Excerpt": "watchgap.flow.history",
    "Inquiry": "watchgap.flow.asking",
    "Kept": "watchgap.flow.keeping",
    "Limits": "watchgap.flow.wishes",
    "Reading": "watchgap.flow.reports",
    "Sampling": "watchgap.flow.ensemble",
    "Selection": "watchgap.flow.history",
    "Signed": "watchgap.flow.signing",
    "Verification": "watchgap.flow.proving",
    "Wish": "watchgap.flow.wishes",
    "add_entries": "watchgap.flow.keeping",
    "add_source": "watchgap.flow.keeping",
    "backtest": "watchgap.flow.run",
    "brief": "watchgap.flow.run",
    "check_proof": "watchgap.flow.proving",
    "differences": "watchgap.flow.history",
    "export_ledger": "watchgap.flow.carrying",
    "files_of_export": "watchgap.flow.carrying",
    "import_file": "watchgap.flow.carrying",
    "import_reports": "watchgap.flow.reports",
    "ledger_log": "watchgap.flow.history",
    "make_key": "watchgap.flow.keyfiles",
    "plan": "watchgap.flow.planning",
    "prove_entry": "watchgap.flow.proving",
    "prove_growth": "watchgap.flow.proving",
    "read_key": "watchgap.flow.keyfiles",
    "read_verifiers": "watchgap.flow.keyfiles",
    "recover": "watchgap.flow.outlook",
    "sensitivity": "watchgap.flow.asking",
    "sign_ledger": "watchgap.flow.signing",
    "sign_with_new_key": "watchgap.flow.signing",
    "situation_of": "watchgap.flow.run",
    "start_ledger": "watchgap.flow.keeping",
    "strata_of_reports": "watchgap.flow.reports",
    "trust_ledger": "watchgap.flow.keeping",
    "unknowns_of": "watchgap.flow.ensemble",
    "verify_ledger": "watchgap.flow.proving",
    "why": "watchgap.flow.origins",
}

__all__ = [
    "Additions",
    "Difference",
    "Differences",
    "Entering",
    "Excerpt",
    "Inquiry",
    "Kept",
    "Limits",
    "LoadedCase",
    "Reading",
    "Sampling",
    "Selection",
    "Signed",
    "Verification",
    "Wish",
    "add_entries",
    "add_source",
    "backtest",
    "brief",
    "check",
    "check_proof",
    "differences",
    "export_ledger",
    "files_of_export",
    "import_file",
    "import_reports",
    "ledger_log",
    "load",
    "make_key",
    "plan",
    "prove_entry",
    "prove_growth",
    "read_key",
    "read_verifiers",
    "recover",
    "sensitivity",
    "sign_ledger",
    "sign_with_new_key",
    "situation_of",
    "start_ledger",
    "strata_of_reports",
    "trust_ledger",
    "unknowns_of",
    "verify_ledger",
    "why",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'watchgap.flow' has no attribute '{name}'")
    return getattr(import_module(_LATER[name]), name)
