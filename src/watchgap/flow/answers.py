"""The answers whose sensitivity can be asked for: how each is called, and what it is in every draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchgap.assurance import IN_HAND, Claim, Situation, assess_many, curve_names, exposure, restorable
from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.flow.blocks import FloatArray
from watchgap.flow.ensemble import Question
from watchgap.recovery import no_return, possible_by

POSTERIOR = "posterior"
EXPOSURE = "exposure"
NO_RETURN = "no return: "


@dataclass(frozen=True)
class Measured:
    """The work on one block of points: one answer about one claim, in every draw."""

    question: Question
    claim: str
    answer: str

    def __call__(self, points: FloatArray) -> FloatArray:
        """The answer at each point of a block, (draws,)."""
        return self.of(list(self.question.situations(points)))

    def of(self, situations: Sequence[Situation]) -> FloatArray:
        """The answer in each of several situations."""
        question = self.question
        if self.answer == EXPOSURE:
            return np.array([_exposure(one, self.claim, question.now) for one in situations])
        drawn = assess_many(situations).claims[self.claim]
        if self.answer == POSTERIOR:
            return drawn.posterior[:, question.position]
        if self.answer.startswith(NO_RETURN):
            package = self.answer.removeprefix(NO_RETURN)
            target = np.array([_claim(one, self.claim).target for one in situations])
            curve, possible = drawn.curves[restorable(package)], possible_by(drawn.curves[IN_HAND])
            last = no_return(package, question.times, curve, target, possible).last
            # What lies beyond the days looked at counts as their end, and never as their beginning.
            return np.clip(last, 0.0, question.times[-1])
        return drawn.curves[self.answer][:, question.position]


def answers_of(situation: Situation, claim: str) -> tuple[str, ...]:
    """Names of all answers about a claim whose sensitivity can be asked for."""
    curves = curve_names(situation, _claim(situation, claim))
    packages = tuple(f"{NO_RETURN}{package.name}" for package in situation.packages)
    return (*curves, POSTERIOR, EXPOSURE, *packages)


def named_answer(situation: Situation, claim: str, asked: str) -> str:
    """Find an answer by its name; a package's id alone stands for what it restores.

    Raises UnknownName if there is no such answer.
    """
    known = answers_of(situation, claim)
    for name in (asked, restorable(asked)):
        if name in known:
            return name
    raise UnknownName(f"no answer '{asked}' can be given of claim '{claim}'; use one of {', '.join(known)}")


def looks_ahead(answer: str) -> bool:
    """Whether an answer needs every day and not only the moment."""
    return answer.startswith(NO_RETURN)


def unit_of(answer: str) -> str:
    """Unit of an answer: '1' for assurance and probability, 'SQ' for an exposure, 'd' for a date."""
    if answer == EXPOSURE:
        return "SQ"
    return "d" if looks_ahead(answer) else "1"


def require_number(claim: str, values: FloatArray) -> None:
    """Raise OutOfRange if an answer has no number in some draw."""
    if not np.all(np.isfinite(values)):
        share = float(np.mean(~np.isfinite(values)))
        raise OutOfRange(
            f"claim '{claim}' has no number in {share:.0%} of the draws, because an open anomaly contradicts "
            "it; ask for another day"
        )


def _claim(situation: Situation, name: str) -> Claim:
    return next(claim for claim in situation.claims if claim.name == name)


def _exposure(situation: Situation, claim: str, now: float) -> float:
    return exposure(situation, _claim(situation, claim), now)[-1].amount
