"""Lays the computed curves against what was said at the time, rung by rung."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from watchgap.assurance import IN_HAND, LATENT, TIMELY, package_of
from watchgap.base.time import day_at
from watchgap.case.record import Case
from watchgap.ledger import Entry, Ledger
from watchgap.study.record import FloatArray, Study

FEWEST = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """An official statement with its rung (0 is the best), and the curves' values at the end of its day.

    values: by curve; None where the curve has no number, or a package was not on offer.
    """

    day: date
    actor: str
    claim: str
    rung: str
    level: int
    quote: str
    sources: tuple[str, ...]
    values: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a curve orders the statements of one claim: Kendall's tau-b and Spearman's rho, None if undefined.

    count: statements with a number. left_top: the day on which the curve left the highest rung of the case's
    scale for the time of the statements; None if it did not.
    """

    claim: str
    curve: str
    count: int
    tau: float | None
    rho: float | None
    left_top: date | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """All statements, how each curve agrees with them, and for each claim which curve they spoke of."""

    statements: tuple[Statement, ...]
    agreements: tuple[Agreement, ...]
    verdicts: tuple[str, ...]


def back_test(case: Case, ledger: Ledger, study: Study) -> BackTest:
    """Compare the curves of a study with the official statements up to its date.

    A statement is compared with each curve at the end of its day; a package's curve counts only while the
    package was on offer. Rank correlation, because rungs are ordered words: tau-b of Kendall ("Rank
    correlation methods", 1948, chapter 3), with ties, and Spearman's rho, both between the assurance and
    the standing of the rung, so that 1 is full agreement.
    """
    facts = [fact for fact in ledger.of_kind("stated") if {"claim", "rung"} <= set(fact.detail)]
    facts = [fact for fact in facts if 0 <= fact.when < study.times[-1]]
    statements = tuple(_statement(case, ledger, study, fact) for fact in facts)
    agreements: list[Agreement] = []
    for claim in study.claims:
        own = [one for one in statements if one.claim == claim.id]
        if own:
            agreements += [_agreement(study, claim.id, name, own) for name in own[0].values]
    verdicts = tuple(
        _verdict(study, claim.id, [one for one in agreements if one.claim == claim.id])
        for claim in study.claims
        if any(one.claim == claim.id for one in agreements)
    )
    return BackTest(statements, tuple(agreements), verdicts)


def _statement(case: Case, ledger: Ledger, study: Study, fact: Entry) -> Statement:
    claim = study.claim(fact.detail["claim"])
    number = int(np.searchsorted(study.times, fact.when, side="right"))
    values: dict[str, float | None] = {}
    for name, curve in claim.curves.items():
        if name == TIMELY:
            continue
        value = float(curve[number])
        package = package_of(name)
        offered = package is None or _on_offer(ledger, package, fact.when)
        values[name] = value if offered and np.isfinite(value) else None
    return Statement(
        day=day_at(case.period.first, fact.when),
        actor=fact.subjects[0],
        claim=claim.id,
        rung=fact.detail["rung"],
        level=case.scale.statements.index(fact.detail["rung"]),
        quote=fact.quote or fact.note,
        sources=fact.sources,
        values=values,
    )


def _on_offer(ledger: Ledger, package: str, time: float) -> bool:
    facts = [fact for fact in ledger.about(package, "offered", "withdrawn") if fact.when <= time]
    return bool(facts) and facts[-1].kind == "offered"


def _agreement(study: Study, claim: str, curve: str, statements: Sequence[Statement]) -> Agreement:
    pairs = [(one.level, value) for one in statements if (value := one.values[curve]) is not None]
    standing = np.array([-level for level, _ in pairs], dtype=np.float64)
    values = np.array([value for _, value in pairs], dtype=np.float64)
    return Agreement(
        claim=claim,
        curve=curve,
        count=len(pairs),
        tau=kendall_tau(standing, values),
        rho=spearman_rho(standing, values),
        left_top=_left_top(study, claim, curve, min(one.day for one in statements)),
    )


def _left_top(study: Study, claim: str, curve: str, first: date) -> date | None:
    """The day on which a curve left the highest rung for the time of the statements.

    If it was below already at the first statement, that is the day after it was last on it.
    """
    top = study.scale["assurance"][0][0] - 1e-12
    left: date | None = None
    for day, value in zip(study.days, study.claim(claim).curves[curve], strict=True):
        if value >= top:
            left = None
        elif value < top and left is None:
            left = day
        if left is not None and day >= first:
            return left
    return None


def kendall_tau(first: FloatArray, second: FloatArray) -> float | None:
    """Kendall's tau-b of two rankings, shape (n,); None with fewer than two values or if one is constant."""
    if first.size < 2:
        return None
    upper = np.triu_indices(first.size, 1)
    a = np.sign(first[:, None] - first[None, :])[upper]
    b = np.sign(second[:, None] - second[None, :])[upper]
    scale = float(np.sqrt(np.abs(a).sum() * np.abs(b).sum()))
    return float((a * b).sum()) / scale if scale > 0 else None


def spearman_rho(first: FloatArray, second: FloatArray) -> float | None:
    """Spearman's rho of two rankings, shape (n,), ties at their mean rank; None when one is constant."""
    if first.size < 2:
        return None
    a, b = _ranks(first), _ranks(second)
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / scale if scale > 0 else None


def _ranks(values: FloatArray) -> FloatArray:
    below = (values[None, :] < values[:, None]).sum(axis=1)
    same = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray(below + (same + 1) / 2, dtype=np.float64)


def _verdict(study: Study, claim: str, agreements: Sequence[Agreement]) -> str:
    ranked = [one for one in agreements if one.tau is not None and one.count >= FEWEST]
    text = study.claim(claim).text.rstrip(".")
    if not ranked:
        most = max(one.count for one in agreements)
        statements = "1 dated statement" if most == 1 else f"{most} dated statements"
        return f"{text}: {statements}, too few or too alike to rank against any curve."
    best = max(one.tau or 0.0 for one in ranked)
    if best <= 0:
        return f"{text}: no curve orders the statements as the officials did (best tau {best:.2f})."
    closest = [one.curve for one in ranked if (one.tau or 0.0) >= best - 1e-9]
    in_hand = next(one for one in agreements if one.curve == IN_HAND)
    latent = next(one for one in agreements if one.curve == LATENT)
    order = ""
    if in_hand.left_top and latent.left_top:
        order = (
            f" 'In hand' left the highest rung on {in_hand.left_top}, 'latent' on {latent.left_top}"
            f" ({(latent.left_top - in_hand.left_top).days} days later)."
        )
    words = " and ".join(f"'{name}'" for name in closest)
    return f"{text}: the officials' words follow {words} most closely (tau {best:.2f}).{order}"
