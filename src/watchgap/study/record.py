"""The one record that gathers the results of a case at a date, with everything needed to find them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.names import IN_HAND, LATENT, restorable
from watchgap.base.errors import UnknownName
from watchgap.coverage.record import Lane
from watchgap.study.bands import Band, Interval

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Binding:
    """The scenario that attains the greatest non-detection: which, when, and in words."""

    scenario: str
    stratum: str
    begins: date | None
    ends: date | None
    items: int
    amount: float
    nondetection: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of a claim with its words on the case's scale.

    value is None where the claim has no number: it is contradicted, or not modelled; `words` then says
    which. basis: what the number is computed from, in a few words. interval: over the draws of what is not
    known, None if it was computed at medians only; binding_share: share of the draws in which the same
    scenario binds [1].
    """

    name: str
    value: float | None
    words: str
    basis: str
    binding: Binding | None = None
    interval: Interval | None = None
    binding_share: float | None = None


@dataclass(frozen=True, slots=True)
class ExposureLine:
    """Exposure [SQ] of a stratum, with the scenario that attains it, and its interval over the draws."""

    stratum: str
    amount: float | None
    items: int
    sentence: str
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class PackageLine:
    """A package: its level on the access lattice, effort [person-day], and since when it is on offer."""

    id: str
    name: str
    level: str
    effort: float
    offered: date | None


@dataclass(frozen=True, slots=True)
class ClaimStudy:
    """Everything about one claim at the date of the study.

    state: 'computed', 'contradicted' or 'not modelled'. headlines: by curve name. curves: assurance [1] by
    curve name, shape (times,), NaN where there is no number. by_stratum: the same for each stratum.
    posterior, prior: probability [1] that the claim is false, shape (times,). bands: by curve name, and of
    the 'posterior', over the draws of what is not known; empty if there were none.
    """

    id: str
    kind: str
    text: str
    since: date
    target: float
    state: str
    headlines: Mapping[str, Headline]
    posterior_headline: Headline
    exposures: tuple[ExposureLine, ...]
    curves: Mapping[str, FloatArray]
    by_stratum: Mapping[str, Mapping[str, FloatArray]]
    posterior: FloatArray
    prior: FloatArray
    bands: Mapping[str, Band] = field(default_factory=dict)

    @property
    def in_hand(self) -> Headline:
        """Assurance with what was collected and verified."""
        return self.headlines[IN_HAND]

    @property
    def latent(self) -> Headline:
        """Assurance as if every record were collected today."""
        return self.headlines[LATENT]

    def restorable(self, package: str) -> Headline:
        """Assurance if a package were carried out today. Raises UnknownName if there is no such package."""
        name = restorable(package)
        if name not in self.headlines:
            raise UnknownName(f"no package '{package}' is in the study; it has {', '.join(self.headlines)}")
        return self.headlines[name]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An anomaly that is open at the date of the study."""

    id: str
    what: str
    raised: date
    claims: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: kind is 'service', 'refusal', 'check', 'loss' or 'anomaly'."""

    day: date
    time: float
    kind: str
    label: str
    entry: str


@dataclass(frozen=True, slots=True)
class Origin:
    """From what the study was computed: digests, ledger position, and the version of the program.

    ledger_name: the ledger's own name, 'events.csv' where the facts stand in that file; ledger_position and
    ledger_digest then count its rows and are its SHA-256, and else the entries and the root of their tree.

    draws: number of draws of what is not known, 0 if there were none; seed: of their points.
    """

    case_digest: str
    ledger_digest: str
    ledger_position: int
    facts_known: int
    facts_used: int
    recorded_later: int
    known_on: date | None
    valuation: str
    version: str
    draws: int = 0
    seed: int | None = None
    ledger_name: str = "events.csv"


@dataclass(frozen=True, slots=True)
class Study:
    """A case assessed at the end of a day.

    times [d] from the start of the period and days: the end of each day up to `as_of`, shape (times,).
    lanes: the timeline of each measure as known at the end of `as_of`. digest: SHA-256 of everything else.
    """

    case: str
    title: str
    period_first: date
    as_of: date
    known_on: date | None
    times: FloatArray
    days: tuple[date, ...]
    lanes: tuple[Lane, ...]
    claims: tuple[ClaimStudy, ...]
    packages: tuple[PackageLine, ...]
    anomalies: tuple[Anomaly, ...]
    marks: tuple[Mark, ...]
    scale: Mapping[str, tuple[tuple[float, str], ...]]
    origin: Origin
    digest: str = ""

    def claim(self, name: str) -> ClaimStudy:
        """Find a claim by its id. Raises UnknownName if the case has no such claim."""
        for claim in self.claims:
            if claim.id == name:
                return claim
        raise UnknownName(
            f"no claim '{name}' is in the study; it has {', '.join(one.id for one in self.claims)}"
        )
