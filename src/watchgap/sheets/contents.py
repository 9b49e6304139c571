"""Which values of a plan stand on which sheet of its workbook."""

from watchgap.sheets.record import Column, Form, Sheet, Table, Value
from watchgap.study.bands import Interval
from watchgap.study.plan_record import AccessPlan, PlanStudy

SAMPLES = {
    "independent": "Each activity draws its own sample from all items of its stratum.",
    "disjoint": "No item is taken by two activities.",
}
READING = (
    "Assurance is the detection probability of the least detectable scenario; it is not the probability that "
    "nothing happened."
)


def plan_sheets(study: PlanStudy) -> tuple[Sheet, ...]:
    """Lay out the chosen plan, and what it rests on, as the sheets of a workbook in their order."""
    return (
        _plan(study),
        _scenarios(study),
        _proof(study),
        _pareto(study),
        _reverification(study),
        _origin(study),
    )


def _plan(study: PlanStudy) -> Sheet:
    plan = study.plan
    columns = (
        Column("stratum", 30),
        Column("activity", 34),
        Column("population [item]", 12, Form.COUNT),
        Column("sample [item]", 10, Form.COUNT, total=True),
        Column("effort [person-day]", 13, Form.EFFORT, total=True),
        Column("done [item]", 10, Form.COUNT, total=True, by_hand=True),
        Column("found [item]", 10, Form.COUNT, total=True, by_hand=True),
        Column("remarks", 38, by_hand=True),
    )
    rows = tuple(
        (line.stratum_name, line.activity_text, line.population, line.sample, line.effort, None, None, None)
        for line in plan.lines
    )
    table = Table(
        "Activities",
        columns,
        rows,
        total="All activities",
        extra=(("The visit itself", plan.visit_effort),),
        grand="In all",
        empty="No activity is needed beyond the visit.",
    )
    facts: tuple[tuple[str, Value], ...] = (
        ("Carried out", f"at the end of {study.by.isoformat()}, {_known(study)}"),
        ("Claims", ", ".join(study.claims)),
        ("Target", _target(study)),
        ("Access", f"{plan.access_name} ({plan.level})"),
        ("Result", _result(plan)),
    )
    return Sheet("Plan", study.title, facts, (table,))


def _known(study: PlanStudy) -> str:
    if study.known_on is None:
        return "with every fact in the ledger"
    return f"with what was known on {study.known_on.isoformat()}"


def _target(study: PlanStudy) -> str:
    if study.target is not None:
        return f"a detection probability of {study.target:g} for every scenario"
    return "the target of each claim, for each of its scenarios"


def _result(plan: AccessPlan) -> str:
    after = f"assurance {plan.assurance:.3f} after the plan"
    if plan.status == "optimal":
        return f"The target is reached at least effort: {after}."
    if plan.status == "unreachable":
        return f"The target cannot be reached under this access (see Proof): {after}."
    if plan.status == "over a cap":
        return f"The target cannot be reached within the caps (see Proof): {after}."
    return f"The proof of the least effort was not finished (see Proof): {after}."


def _scenarios(study: PlanStudy) -> Sheet:
    columns = (
        Column("scenario", 30),
        Column("claim", 14),
        Column("stratum", 18),
        Column("items gone [item]", 11, Form.COUNT),
        Column("non-detection before [1]", 14, Form.PROBABILITY),
        Column("non-detection after [1]", 14, Form.PROBABILITY),
        Column("wanted detection [1]", 12, Form.PROBABILITY),
        Column("what it is", 60),
    )
    rows = tuple(
        (one.scenario, one.claim, one.stratum, one.items, one.before, one.after, one.target, one.sentence)
        for one in study.plan.threats
    )
    binding = study.plan.binding or "none"
    facts = (("Binding scenario", binding), ("How to read it", READING))
    return Sheet("Scenarios", "Scenarios that the plan has to find", facts, (Table("", columns, rows),))


# ---------------------------------------------------------------- proof

_WIDTHS = (38, 70, 16, 16, 16, 16)  # long texts stand in the second column


def _columns(*titles: tuple[str, Form]) -> tuple[Column, ...]:
    """Columns of the tables of one sheet, which share their widths."""
    return tuple(Column(title, width, form) for (title, form), width in zip(titles, _WIDTHS, strict=False))


def _proof(study: PlanStudy) -> Sheet:
    plan = study.plan
    facts: tuple[tuple[str, Value], ...] = (
        ("Status", plan.status),
        ("Effort [person-day]", plan.effort),
        ("Proved bound [person-day]", plan.bound),
        ("Assurance after the plan [1]", plan.assurance),
        ("... in the draws of what is not known", _in_draws(study.assurance, study.reached)),
        ("Effort in these draws [person-day]", _in_draws(study.effort, None)),
        ("Probability of one or more false alarms [1]", plan.false_alarm),
        ("Samples", SAMPLES.get(study.samples, study.samples)),
        ("How it is proved", plan.proof),
    )
    return Sheet(
        "Proof",
        "What is proved, and how",
        facts,
        (_rules(study), _shortfalls(plan), _caps(study), _over(plan), _accesses(study)),
    )


def _in_draws(interval: Interval | None, reached: float | None) -> str:
    if interval is None:
        return "not computed"
    words = f"{interval.middle:.3f} ({interval.low:.3f} to {interval.high:.3f} in 90 % of them)"
    return words if reached is None else f"{words}; the target is reached in {100 * reached:.0f} % of them"


def _rules(study: PlanStudy) -> Table:
    columns = _columns(
        ("rule", Form.TEXT),
        ("samples", Form.TEXT),
        ("effort [person-day]", Form.EFFORT),
        ("detection [1]", Form.PROBABILITY),
        ("reaches the target", Form.TEXT),
        ("beyond the plan [person-day]", Form.EFFORT),
    )
    rows = tuple(
        (one.rule, one.samples, one.effort, one.detection, "yes" if one.reached else "no", one.difference)
        for one in study.rules
    )
    return Table("Plans by the usual rules, computed exactly", columns, rows)


def _shortfalls(plan: AccessPlan) -> Table:
    columns = _columns(
        ("scenario", Form.TEXT),
        ("why", Form.TEXT),
        ("best detection [1]", Form.PROBABILITY),
        ("wanted [1]", Form.PROBABILITY),
    )
    rows = tuple((one.scenario, one.why, one.best, one.target) for one in plan.shortfalls)
    return Table("Scenarios that no plan can find as wanted", columns, rows)


def _caps(study: PlanStudy) -> Table:
    columns = _columns(("cap", Form.TEXT), ("what it says", Form.TEXT))
    return Table("Caps", columns, tuple(study.caps.items()))


def _over(plan: AccessPlan) -> Table:
    columns = _columns(("number", Form.COUNT), ("what is exceeded", Form.TEXT))
    return Table("Caps that stand in the way", columns, tuple(enumerate(plan.over, start=1)))


def _accesses(study: PlanStudy) -> Table:
    columns = _columns(
        ("access", Form.TEXT),
        ("level", Form.TEXT),
        ("status", Form.TEXT),
        ("effort [person-day]", Form.EFFORT),
        ("proved bound [person-day]", Form.EFFORT),
        ("assurance [1]", Form.PROBABILITY),
    )
    rows = tuple(
        (one.access_name, one.level, one.status, one.effort, one.bound, one.assurance) for one in study.plans
    )
    return Table("The best plan under each access", columns, rows)


# ---------------------------------------------------------------- what lies beside the plan


def _pareto(study: PlanStudy) -> Sheet:
    columns = (
        Column("effort [person-day]", 16, Form.EFFORT),
        Column("assurance [1]", 16, Form.PROBABILITY),
        Column("samples", 100),
    )
    rows = tuple((one.effort, one.assurance, one.samples) for one in study.pareto)
    table = Table("", columns, rows, empty="not computed")
    return Sheet("Pareto", "Plans that no other beats in both effort and assurance", (), (table,))


def _reverification(study: PlanStudy) -> Sheet:
    columns = (
        Column("claim", 14),
        Column("stratum", 18),
        Column("hidden by", 28),
        Column("activity", 22),
        Column("posterior before [1]", 13, Form.PROBABILITY),
        Column("posterior wanted [1]", 13, Form.PROBABILITY),
        Column("detection needed [1]", 13, Form.PROBABILITY),
        Column("sample [item]", 10, Form.COUNT),
        Column("in words", 60),
    )
    rows = tuple(
        (
            one.claim,
            one.stratum,
            one.concealment,
            one.activity,
            one.before,
            one.after,
            one.detection,
            "none" if one.sample is None else one.sample,
            one.words,
        )
        for one in study.reverification
    )
    table = Table("", columns, rows, empty="not asked for")
    return Sheet(
        "Re-verification", "Samples that bring the posterior from one value to another", (), (table,)
    )


def _origin(study: PlanStudy) -> Sheet:
    origin = study.origin
    values: tuple[tuple[str, Value], ...] = (
        ("case", study.case),
        ("digest of this plan", study.digest),
        ("digest of the case", origin.case_digest),
        ("ledger", origin.ledger_name),
        ("digest of the ledger", origin.ledger_digest),
        ("position in the ledger", origin.ledger_position),
        ("facts known", origin.facts_known),
        ("facts used", origin.facts_used),
        ("facts recorded later", origin.recorded_later),
        ("known on", origin.known_on.isoformat() if origin.known_on else "every fact in the ledger"),
        ("valuation", origin.valuation),
        ("draws", origin.draws),
        ("seed of the draws", "none" if origin.seed is None else str(origin.seed)),
        ("version of Watchgap", origin.version),
    )
    columns = (Column("what", 30), Column("value", 90, Form.COUNT))
    return Sheet("Origin", "From what the plan was computed", (), (Table("", columns, values),))
