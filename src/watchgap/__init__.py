"""Nobody was watching for a while: what can still be said, what would settle it, and until when.

    >>> import watchgap as wg
    >>> study = wg.brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> gap = study.claim("gap")
    >>> print(gap.in_hand.words, gap.latent.value, gap.posterior_headline.value)

The names below are all that users need; each lives in a room of its own, whose `__init__` tells its story.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchgap.base.errors import (
        CaseError,
        Fault,
        FaultyInput,
        LedgerError,
        OutOfRange,
        ProofError,
        UnknownName,
        WatchgapError,
    )
    from watchgap.case.new import new_case
    from watchgap.case.schema import case_schema
    from watchgap.flow import (
        Additions,
        Differences,
        Entering,
        Excerpt,
        Inquiry,
        Kept,
        Limits,
        LoadedCase,
        Reading,
        Sampling,
        Selection,
        Verification,
        Wish,
        add_entries,
        add_source,
        backtest,
        brief,
        check,
        check_proof,
        differences,
        export_ledger,
        import_file,
        import_reports,
        ledger_log,
        load,
        make_key,
        plan,
        prove_entry,
        prove_growth,
        read_key,
        read_verifiers,
        recover,
        sensitivity,
        sign_ledger,
        sign_with_new_key,
        situation_of,
        start_ledger,
        strata_of_reports,
        unknowns_of,
        verify_ledger,
        why,
    )
    from watchgap.plots import assurance_figure, pareto_figure, recovery_figure, render, tornado_figure
    from watchgap.recovery import (
        ThreeMethods,
        required_detection,
        required_sample,
        three_method_plan,
        worst_falsification,
    )
    from watchgap.sheets import write_plan
    from watchgap.study import (
        BackTest,
        InquiryStudy,
        PlanStudy,
        RecoveryStudy,
        Study,
        band_table,
        curve_table,
        exposure_table,
        factor_table,
        headline_table,
        no_return_table,
        plan_table,
        question_table,
        recovery_table,
        state_table,
        statement_table,
        study_json,
        swing_table,
        timeline_table,
    )

_HOMES = {
    "watchgap.base.errors": (
        "CaseError", "Fault", "FaultyInput", "LedgerError", "OutOfRange", "ProofError", "UnknownName",
        "WatchgapError",
    ),
    "watchgap.case.new": ("new_case",),
    "watchgap.case.schema": ("case_schema",),
    "watchgap.flow": (
        "Additions", "Differences", "Entering", "Excerpt", "Inquiry", "Kept", "Limits", "LoadedCase",
        "Reading", "Sampling", "Selection", "Verification", "Wish", "add_entries", "add_source",
        "backtest", "brief", "check", "check_proof", "differences", "export_ledger", "import_file",
        "import_reports", "ledger_log", "load", "make_key", "plan", "prove_entry", "prove_growth", "read_key",
        "read_verifiers", "recover", "sensitivity", "sign_ledger", "sign_with_new_key", "situation_of",
        "start_ledger", "strata_of_reports", "unknowns_of", "verify_ledger", "why",
    ),
    "watchgap.plots": ("assurance_figure", "pareto_figure", "recovery_figure", "render", "tornado_figure"),
    "watchgap.recovery": (
        "ThreeMethods", "required_detection", "required_sample", "three_method_plan", "worst_falsification",
    ),
    "watchgap.sheets": ("write_plan",),
    "watchgap.study": (
        "BackTest", "InquiryStudy", "PlanStudy", "RecoveryStudy", "Study", "band_table", "curve_table",
        "exposure_table", "factor_table", "headline_table", "no_return_table", "plan_table", "question_table",
        "recovery_table", "state_table", "statement_table", "study_json", "swing_table", "timeline_table",
    ),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Additions",
    "BackTest",
    "CaseError",
    "Differences",
    "Entering",
    "Excerpt",
    "Fault",
    "FaultyInput",
    "Inquiry",
    "InquiryStudy",
    "Kept",
    "LedgerError",
    "Limits",
    "LoadedCase",
    "OutOfRange",
    "PlanStudy",
    "ProofError",
    "Reading",
    "RecoveryStudy",
    "Sampling",
    "Selection",
    "Study",
    "ThreeMethods",
    "UnknownName",
    "Verification",
    "WatchgapError",
    "Wish",
    "add_entries",
    "add_source",
    "assurance_figure",
    "backtest",
    "band_table",
    "brief",
    "case_schema",
    "check",
    "check_proof",
    "curve_table",
    "differences",
    "export_ledger",
    "exposure_table",
    "factor_table",
    "headline_table",
    "import_file",
    "import_reports",
    "ledger_log",
    "load",
    "make_key",
    "new_case",
    "no_return_table",
    "pareto_figure",
    "plan",
    "plan_table",
    "prove_entry",
    "prove_growth",
    "question_table",
    "read_key",
    "read_verifiers",
    "recover",
    "recovery_figure",
    "recovery_table",
    "render",
    "required_detection",
    "required_sample",
    "sensitivity",
    "sign_ledger",
    "sign_with_new_key",
    "situation_of",
    "start_ledger",
    "state_table",
    "statement_table",
    "strata_of_reports",
    "study_json",
    "swing_table",
    "three_method_plan",
    "timeline_table",
    "tornado_figure",
    "unknowns_of",
    "verify_ledger",
    "why",
    "worst_falsification",
    "write_plan",
]


def __getattr__(name: str) -> Any:
    # Rooms load when they are asked for: `watchgap --help` must not pay for numpy.
    if name not in _HOME_OF:
        raise AttributeError(f"module 'watchgap' has no attribute '{name}'")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
