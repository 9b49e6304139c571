"""Puts beside the numbers of a study how sure they are."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from watchgap.draws import ClaimDraws, Ensemble
from watchgap.study.bands import FloatArray, band_of, interval_of
from watchgap.study.record import ClaimStudy, ExposureLine, Headline, Study


def with_sureness(
    study: Study, ensemble: Ensemble, exposures: Mapping[str, Mapping[str, FloatArray]]
) -> Study:
    """Give every curve of a study its band and every headline number its interval.

    ensemble: the same case at the same times. exposures: by claim and stratum, the amounts [SQ] of those
    draws for which they were computed.
    """
    return replace(
        study,
        claims=tuple(_claim(one, ensemble, exposures.get(one.id, {})) for one in study.claims),
        origin=replace(study.origin, draws=ensemble.draws, seed=ensemble.seed),
    )


def _claim(claim: ClaimStudy, ensemble: Ensemble, exposures: Mapping[str, FloatArray]) -> ClaimStudy:
    drawn = ensemble.claims.get(claim.id)
    if drawn is None:
        return claim
    bands = {name: band_of(curve) for name, curve in drawn.curves.items()}
    bands["posterior"] = band_of(drawn.posterior)
    headlines = {name: _headline(one, drawn, ensemble) for name, one in claim.headlines.items()}
    posterior = claim.posterior_headline
    if posterior.value is not None:
        posterior = replace(posterior, interval=bands["posterior"].at(ensemble.now))
    return replace(
        claim,
        bands=bands,
        headlines=headlines,
        posterior_headline=posterior,
        exposures=tuple(_exposure(line, exposures) for line in claim.exposures),
    )


def _headline(headline: Headline, drawn: ClaimDraws, ensemble: Ensemble) -> Headline:
    if headline.value is None or headline.binding is None:
        return headline
    values = drawn.curves[headline.name][:, ensemble.now]
    same = drawn.binding[headline.name] == ensemble.scenarios.index(headline.binding.scenario)
    known = values[np.isfinite(values)]
    interval = interval_of(known) if known.size else None
    return replace(headline, interval=interval, binding_share=float(np.mean(same)))


def _exposure(line: ExposureLine, exposures: Mapping[str, FloatArray]) -> ExposureLine:
    drawn = exposures.get(line.stratum)
    if line.amount is None or drawn is None or not drawn.size:
        return line
    return replace(line, interval=interval_of(drawn))
