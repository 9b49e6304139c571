"""What each command leaves in its output folder: figures, the whole answer as JSON, tidy tables as CSV."""

from pathlib import Path

from watchgap.app.cli.files import as_csv, write_text, write_whole
from watchgap.plots import assurance_figure, pareto_figure, recovery_figure, render, tornado_figure
from watchgap.study import (
    InquiryStudy,
    PlanStudy,
    RecoveryStudy,
    Study,
    band_table,
    curve_table,
    factor_table,
    no_return_table,
    plan_table,
    question_table,
    recovery_table,
    state_table,
    study_json,
    swing_table,
)


def write_study(study: Study, folder: Path) -> tuple[Path, ...]:
    """Write a figure of each computed claim, `study.json`, `curves.csv`, and with draws `bands.csv`."""

    def make(scratch: Path) -> tuple[Path, ...]:
        made: list[Path] = []
        for claim in study.claims:
            if claim.kind != "completeness":
                figure = assurance_figure(study, claim=claim.id)
                made += render(figure, scratch / f"{study.case}-{claim.id}-{study.as_of}")
        made.append(write_text(scratch / "study.json", study_json(study)))
        made.append(write_text(scratch / "curves.csv", as_csv(curve_table(study))))
        if study.origin.draws:
            made.append(write_text(scratch / "bands.csv", as_csv(band_table(study))))
        return tuple(made)

    return write_whole(folder, make)


def write_recovery(study: RecoveryStudy, folder: Path) -> tuple[Path, ...]:
    """Write the figure of each claim that has packages, `recovery.json` and three tables."""

    def make(scratch: Path) -> tuple[Path, ...]:
        made: list[Path] = []
        for claim in study.claims:
            if claim.packages:
                figure = recovery_figure(study, claim=claim.id)
                made += render(figure, scratch / f"{study.case}-{claim.id}-recovery-{study.as_of}")
        made.append(write_text(scratch / "recovery.json", study_json(study)))
        made.append(write_text(scratch / "recovery.csv", as_csv(recovery_table(study))))
        made.append(write_text(scratch / "no-return.csv", as_csv(no_return_table(study))))
        made.append(write_text(scratch / "states.csv", as_csv(state_table(study))))
        return tuple(made)

    return write_whole(folder, make)


def write_plan_files(study: PlanStudy, folder: Path) -> tuple[Path, ...]:
    """Write the Pareto figure, `plan.json` and `plan.csv`."""

    def make(scratch: Path) -> tuple[Path, ...]:
        made: list[Path] = []
        if study.pareto:
            made += render(pareto_figure(study), scratch / f"{study.case}-plan-{study.by}")
        made.append(write_text(scratch / "plan.json", study_json(study)))
        made.append(write_text(scratch / "plan.csv", as_csv(plan_table(study))))
        return tuple(made)

    return write_whole(folder, make)


def write_inquiry(study: InquiryStudy, folder: Path) -> tuple[Path, ...]:
    """Write the tornado figure, `sensitivity.json` and three tables."""

    def make(scratch: Path) -> tuple[Path, ...]:
        made = [
            *render(tornado_figure(study), scratch / f"{study.case}-{study.claim}-sensitivity-{study.as_of}")
        ]
        made.append(write_text(scratch / "sensitivity.json", study_json(study)))
        made.append(write_text(scratch / "factors.csv", as_csv(factor_table(study))))
        made.append(write_text(scratch / "swings.csv", as_csv(swing_table(study))))
        made.append(write_text(scratch / "questions.csv", as_csv(question_table(study))))
        return tuple(made)

    return write_whole(folder, make)
