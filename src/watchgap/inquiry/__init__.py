"""Inquiry: which unknowns move an answer most, and what it is worth to learn one.

What enters: arrays over draws, of the unknowns and of the answers that were computed from them: assurance of
curves and packages, effort of packages. No case and no ledger; names are only handed on.

What leaves: the `Shares` of an answer's variance, from a `Design` whose points somebody else evaluates; the
`Swing` of an answer over each unknown; and the `Worth` of learning an unknown, or an outcome of chance,
before a package is asked for, in effort saved and in assurance gained.

An answer that is twice one unknown and once another:

    >>> import numpy as np
    >>> design = saltelli_design([(0,), (1,)], 1024, 7, names=["interval", "items"])
    >>> shares, = variance_shares(design, design.uniforms @ np.array([2.0, 1.0]))
    >>> [round(share, 2) for share in shares.first]
    [0.8, 0.2]

Two packages, of which the cheaper one is in vain unless the camera ran. Ask for it without knowing and 6
person-days are spent on average; knowing first saves 1 of them:

    >>> ran = np.arange(1024) % 2 == 0
    >>> decision = Decision(
    ...     ("collect", "verify"),
    ...     assurance=np.array([np.where(ran, 0.95, 0.5), np.full(1024, 0.95)]),
    ...     effort=np.array([np.full(1024, 2.0), np.full(1024, 8.0)]),
    ...     target=0.9,
    ... )
    >>> worth, = worth_of_learning(decision, {"camera ran": ran.astype(float)})
    >>> worth.best_before, worth.effort_before, worth.saved_effort
    ('collect', 6.0, 1.0)

Where to look next: `variance` (designs and shares), `swings` (from draws that are there already), `decision`
(what a choice costs, and what can be stated surely), `learning` (the worth of an answer), `bins` (how draws
are grouped).
"""

from watchgap.inquiry.decision import losses, tail_mean
from watchgap.inquiry.learning import value_of_outcome, worth_asking, worth_of_learning
from watchgap.inquiry.record import Choice, Decision, Design, Estimation, Outcome, Shares, Swing, Worth
from watchgap.inquiry.swings import given_data_share, swings
from watchgap.inquiry.variance import saltelli_design, variance_shares

__all__ = [
    "Choice",
    "Decision",
    "Design",
    "Estimation",
    "Outcome",
    "Shares",
    "Swing",
    "Worth",
    "given_data_share",
    "losses",
    "saltelli_design",
    "swings",
    "tail_mean",
    "value_of_outcome",
    "variance_shares",
    "worth_asking",
    "worth_of_learning",
]
