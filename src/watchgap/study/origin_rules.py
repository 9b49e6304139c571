"""The rules by which numbers are computed, each in one sentence with its equation and where it comes from."""

from watchgap.assurance.names import IN_HAND, LATENT, TIMELY
from watchgap.study.origin_record import Rule

DERIVED = "derived on that page and held against a simulator; no printed rule was found"
_JAECH = (
    "Jaech, J. L., and Russell, M., Algorithms to Calculate Sample Sizes for Inspection Sampling Plans, "
    "STR-261 (rev. 1), IAEA, Vienna, 1991"
)
_AVENHAUS = (
    "Avenhaus, R., and Canty, M. J., Compliance Quantified: An Introduction to Data Verification, Cambridge "
    "University Press, 1996"
)
_GLOSSARY = (
    "IAEA Safeguards Glossary, 2001 edition, International Nuclear Verification Series No. 3, IAEA, "
    "Vienna, 2002"
)
_SOBOL = (
    "Joe, S., and Kuo, F. Y., Constructing Sobol Sequences with Better Two-Dimensional Projections, SIAM "
    "Journal on Scientific Computing 30 (2008); Owen, A. B., Scrambling Sobol' and Niederreiter-Xing Points, "
    "Journal of Complexity 14 (1998)"
)


def _page(section: str) -> str:
    return f"docs/method.md#{section}"


def _assurance(what: str, *requirements: str) -> Rule:
    return Rule(
        sentence=(
            "Assurance is 1 less the greatest non-detection over all scenarios of the claim and all starts "
            f"from which they could be over by now; {what}."
        ),
        equation="A(t) = 1 - max over scenarios i and starts tau with tau + d_i <= t of beta_i(tau, t)",
        section=_page("assurance"),
        requirements=requirements,
        source=f"detection probability: {_GLOSSARY}; the worst case over starts is {DERIVED}",
        function="watchgap.assurance.engine.assess",
    )


_CURVES = {
    IN_HAND: _assurance("of surveillance what is in hand counts, and every check before now", "R01", "M10"),
    TIMELY: _assurance(
        "of each scenario only what came into hand within the timeliness goal after it was over counts",
        "M16",
        "M19",
    ),
    LATENT: _assurance(
        "of surveillance all counts that is not lost, as if it were collected now", "M13", "M21"
    ),
}
_RESTORABLE = _assurance(
    "the record counts that the package would collect now, what is in hand of the rest, and besides the "
    "checks that were made those of the package",
    "M05",
    "M16",
    "M35",
)


def rule_of_curve(curve: str) -> Rule:
    """The rule of a curve of assurance."""
    return _CURVES.get(curve, _RESTORABLE)


POSTERIOR = Rule(
    sentence=(
        "The posterior is the prior probability that the claim is false by a scenario that is over, after "
        "nothing was found in what is in hand; B is the mean non-detection over scenarios and starts under "
        "the prior."
    ),
    equation="P(t) = pi B / (1 - pi + pi B), pi = sum of w_i pi_i, pi B = sum of w_i pi_i B_i",
    section=_page("posterior"),
    requirements=("M23",),
    source=DERIVED,
    function="watchgap.assurance.engine.assess",
)
PRIOR = Rule(
    sentence=(
        "The prior is the probability, before any evidence, that the claim is false by a scenario that is "
        "over: from the hazard over the starts that windows allow, or as stated for the past."
    ),
    equation="pi(t) = sum of w_i pi_i, pi_i = integral over starts of lambda exp(-lambda (tau - sigma)) dtau",
    section=_page("posterior"),
    requirements=("M23",),
    source=DERIVED,
    function="watchgap.assurance.engine.assess",
)
EXPOSURE = Rule(
    sentence=(
        "Exposure is the most material that could be gone, in significant quantities, by a scenario of any "
        "number of items that would have been noticed with less than the target."
    ),
    equation="max of r g m / SQ with 1 - max over tau of beta_i(tau, t; r) < target, r <= N, within the time",
    section=_page("exposure"),
    requirements=("R03",),
    source=f"significant quantity: {_GLOSSARY}; the search is {DERIVED}",
    function="watchgap.assurance.exposure.exposure",
)
EXPOSURE_TOGETHER = Rule(
    sentence=(
        "Over all strata the most material is found that can be taken together, detection in each stratum "
        "taken as independent of the others."
    ),
    equation="max of sum x_S with sum of -ln beta_S(x_S) <= -ln(1 - target)",
    section=_page("exposure"),
    requirements=("R03",),
    source=DERIVED,
    function="watchgap.assurance.exposure.exposure",
)
EFFORT = Rule(
    sentence="The effort of a package is that of the visit and of each activity, fixed and for each item.",
    equation="e = e_visit + sum over activities of (f + n e_item)",
    section=_page("packages"),
    requirements=("M05",),
    source=DERIVED,
    function="watchgap.assurance.scenarios.build_situation",
)
LANE = Rule(
    sentence=(
        "The timeline of a measure says by the probability that it functioned, with what is known now, and "
        "by where its record is, whether it is seen, recorded, blind or not known."
    ),
    equation="blind: w <= 0.05; not known: 0.05 < w < 0.95; else seen (in hand) or recorded; w = 1 - F(age)",
    section=_page("timelines"),
    requirements=("R02", "M11", "M12", "M20"),
    source=DERIVED,
    function="watchgap.coverage.lanes.timelines",
)
NO_RETURN = Rule(
    sentence=(
        "The date of no return is the last day on which the package still reaches the target: one in each "
        "draw, and for a probability s the last day that at least that share of the draws reach."
    ),
    equation="D = max of t with A_P(t) >= target; the date for s is the last t with P(D >= t) >= s",
    section=_page("the-date-of-no-return"),
    requirements=("M20", "R12", "R13"),
    source=f"{DERIVED}; draws: {_SOBOL}",
    function="watchgap.recovery.dates.no_return",
)
STATE = Rule(
    sentence=(
        "A claim stands if what is in hand reaches the target, else it is restorable if records that exist "
        "would, else restorable at a cost if some package would, else irretrievable: in each draw one of the "
        "four."
    ),
    equation="stands: A_0 >= target; restorable: A_c >= target; at a cost: A_v >= target; else irretrievable",
    section=_page("the-date-of-no-return"),
    requirements=("R13",),
    source=f"{DERIVED}; draws: {_SOBOL}",
    function="watchgap.recovery.dates.states_of",
)
CONTRADICTED = Rule(
    sentence="While an anomaly is open, the claims and strata that it touches have no number.",
    equation="no number at t if raised < t <= resolved",
    section=_page("contradiction"),
    requirements=("R03",),
    source=DERIVED,
    function="watchgap.assurance.scenarios.build_situation",
)
DECLARED = Rule(
    sentence=(
        "The number is declared in the case; a single assessment takes its median, and with draws a value of "
        "its distribution is taken in each."
    ),
    equation="v = F^-1(1/2), and F^-1(x) in a draw",
    section=_page("a-single-assessment"),
    requirements=("R05",),
    source=_SOBOL,
    function="watchgap.case.quantity.Quantity",
)
FACT = Rule(
    sentence=(
        "A fact has the time at which it held and the day on which it was recorded; it counts from the end "
        "of its day on, and a correction is a new fact that takes its place from the day that it is recorded."
    ),
    equation="it counts at t if its time < t, recorded <= known on, and nothing known by then supersedes it",
    section=_page("time-and-facts"),
    requirements=("R06", "R07"),
    source=DERIVED,
    function="watchgap.ledger.query.known_entries",
)

_TOGETHER = "beta_M = u + (1 - u) times the product over lives of E^c"


def _measure(sentence: str, equation: str) -> Rule:
    return Rule(
        sentence=f"{sentence}; the blind spot u is the chance that none of its record is of use.",
        equation=f"{_TOGETHER}; {equation}",
        section=_page("measures"),
        requirements=("R01", "M11", "M12"),
        source=DERIVED,
        function="watchgap.assurance.factors.Watching.factor",
    )


_LOOKS = "E is the mean of phi(L) over the end of the life"
_STEPPED = f"phi(L) = (1-p)^k (1 - p (K-k)), K = L/s, k = floor(K); {_LOOKS}"
MEASURES = {
    "random-camera": _measure(
        "Pictures at random moments each show a step that is visible with the probability p f",
        f"phi(L) = exp(-p f L / D); {_LOOKS}",
    ),
    "fixed-camera": _measure(
        "Pictures are taken at the spacing s = D/f, at a phase that is not known", _STEPPED
    ),
    "imagery": _measure("It comes by at the spacing s = D/f, at a phase that is not known", _STEPPED),
    "item-monitor": _measure("Items pass at the spacing s = 1/(q f), and each shows with p", _STEPPED),
    "seal": _measure(
        "Each attachment period that a step touches is found opened with p when the seal is verified",
        "E = 1 - p for each period touched",
    ),
}
CUSTODY = Rule(
    sentence=(
        "Record that lay with the operator counts only if it is complete and authentic, by one draw for each "
        "custody; measures that share one are told together, outcome by outcome."
    ),
    equation="beta = sum over outcomes W of P(W) times the product of beta_M(W)",
    section=_page("all-measures-together-devices-blind-spots-custody"),
    requirements=("R01",),
    source=DERIVED,
    function="watchgap.assurance.roads.worlds_of",
)
CHECK = Rule(
    sentence="A random sample of the items finds none of those that are gone.",
    equation="sum over k of C(D,k) C(N-D,n-k) / C(N,n) (1-p)^k",
    section=_page("verification-by-sample"),
    requirements=("M17", "M18"),
    source=f"{_JAECH}; {_AVENHAUS}",
    function="watchgap.detection.sampling.sample_nondetection",
)
PLANNED = Rule(
    sentence="The package, carried out now, finds none of the items of a scenario that is over by a sample.",
    equation="sum over k of C(r,k) C(N-r,n-k) / C(N,n) (1-p)^k",
    section=_page("packages"),
    requirements=("M16", "M17"),
    source=f"{_JAECH}; {_AVENHAUS}",
    function="watchgap.assurance.samples.package_factor",
)

ALL = (
    *_CURVES.values(),
    _RESTORABLE,
    POSTERIOR,
    PRIOR,
    EXPOSURE,
    EXPOSURE_TOGETHER,
    EFFORT,
    LANE,
    NO_RETURN,
    STATE,
    CONTRADICTED,
    DECLARED,
    FACT,
    *MEASURES.values(),
    CUSTODY,
    CHECK,
    PLANNED,
)
"""Every rule, for the test that each leads to a heading, a requirement, a reference and a function."""
