"""What a user wants of an inspection plan, held against the case before anything is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import floor, inf

from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.case.numbers import median
from watchgap.case.record import LEVELS, Activity, Case, Package
from watchgap.recovery import Caps

SAMPLES = ("independent", "disjoint")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an inspection plan is to do.

    claims: ids; none for all that have a number. by: the day at whose end it is carried out; None for the
    last of the period. target: detection probability [1] for all claims; None for each one's own. access: a
    package, or the highest level of access; None for any package. effort: the best assurance for so many
    person-days, visit included, instead of a target. sureness: share of the draws in which every target is
    to be reached [1]; None for a plan that reaches it at medians. samples: 'independent', or 'disjoint'
    where no item is taken twice. posterior: the probability of diversion [1] to be brought down to.
    """

    claims: tuple[str, ...] = ()
    by: date | str | None = None
    target: float | None = None
    access: str | None = None
    sureness: float | None = None
    effort: float | None = None
    samples: str = "independent"
    posterior: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an inspection may take.

    person_days: at most so much effort [person-day]. team: inspectors; days: on the spot [d]; together they
    are another cap on effort, and days cap the items of an activity that has a pace. most: items by activity.
    false_alarms: greatest probability of one or more false alarms [1].
    """

    person_days: float | None = None
    team: int | None = None
    days: float | None = None
    most: Mapping[str, int] = field(default_factory=dict)
    false_alarms: float | None = None


def claims_of(case: Case, wish: Wish) -> tuple[str, ...]:
    """Ids of the claims that are to be settled.

    Raises UnknownName for a claim that the case does not have, OutOfRange for one that nothing can settle.
    """
    kinds = {claim.id: claim.kind for claim in case.claims}
    for name in wish.claims:
        if name not in kinds:
            raise UnknownName(f"no claim '{name}' is in the case; it has {', '.join(kinds)}")
        if kinds[name] == "completeness":
            raise OutOfRange(
                f"claim '{name}' is about completeness: nothing at declared items can settle it; leave it out"
            )
    asked = tuple(dict.fromkeys(wish.claims)) or tuple(one for one in kinds if kinds[one] != "completeness")
    if not asked:
        raise OutOfRange(
            f"every claim of the case is about completeness ({', '.join(kinds)}): nothing at declared items "
            "can settle it; declare a claim of kind gap or past"
        )
    return asked


def packages_of(case: Case, wish: Wish) -> tuple[Package, ...]:
    """The packages that may be used. Raises UnknownName if the access is neither a package nor a level."""
    if not case.packages:
        raise OutOfRange("the case has no package, so no access that a plan could use; declare one")
    if wish.access is None:
        return case.packages
    if wish.access in LEVELS:
        highest = LEVELS.index(wish.access)
        allowed = tuple(one for one in case.packages if LEVELS.index(one.level) <= highest)
        if not allowed:
            raise UnknownName(
                f"no package of the case has the level '{wish.access}' or a lower one; its packages: "
                + ", ".join(f"{one.id} ({one.level})" for one in case.packages)
            )
        return allowed
    for package in case.packages:
        if package.id == wish.access:
            return (package,)
    known = ", ".join((*(package.id for package in case.packages), *LEVELS))
    raise UnknownName(f"no access '{wish.access}' is in the case; use a package or a level: {known}")


def allowed_by(case: Case, package: Package) -> tuple[Package, ...]:
    """A package and all those of lower levels: what its access allows."""
    level = LEVELS.index(package.level)
    return tuple(one for one in case.packages if one is package or LEVELS.index(one.level) < level)


def check_wish(case: Case, wish: Wish, limits: Limits) -> None:
    """Hold the numbers of a wish and its limits against one another.

    Raises OutOfRange or UnknownName, naming what is wrong.
    """
    if wish.target is not None and not 0 < wish.target < 1:
        raise OutOfRange(f"the target is {wish.target:g}; use a probability inside 0 to 1, such as 0.9")
    if wish.target is not None and wish.effort is not None:
        raise OutOfRange("a target and an effort are both given; give the target, or the effort to spend")
    if wish.sureness is not None and not 0 < wish.sureness <= 1:
        raise OutOfRange(
            f"the sureness is {wish.sureness:g}; use a share above 0 and at most 1, such as 0.95"
        )
    if wish.sureness is not None and wish.effort is not None:
        raise OutOfRange("a sureness and an effort are both given; give one of them")
    if wish.posterior is not None and not 0 < wish.posterior < 1:
        raise OutOfRange(f"the posterior wanted is {wish.posterior:g}; use a probability inside 0 to 1")
    if wish.samples not in SAMPLES:
        raise OutOfRange(f"samples are '{wish.samples}'; use {' or '.join(SAMPLES)}")
    if wish.effort is not None and not 0 <= wish.effort < inf:
        raise OutOfRange(f"the effort is {wish.effort:g} person-days; use a finite number of at least 0")
    _check_limits(case, limits)
    if wish.effort is not None and wish.effort > effort_cap(limits):
        raise OutOfRange(
            f"the effort of {wish.effort:g} person-days contradicts the cap of {effort_cap(limits):g}; "
            "lower the effort or raise the cap"
        )


def _check_limits(case: Case, limits: Limits) -> None:
    for what, number in (("person-days", limits.person_days), ("team", limits.team), ("days", limits.days)):
        if number is not None and not 0 < number < inf:
            raise OutOfRange(f"the cap on {what} is {number:g}; use a finite number above 0")
    if limits.false_alarms is not None and not 0 < limits.false_alarms < 1:
        problem = f"the cap on false alarms is {limits.false_alarms:g}"
        raise OutOfRange(f"{problem}; use a probability inside 0 to 1")
    if limits.team is not None and limits.days is None:
        raise OutOfRange("a team without days caps nothing; give the days on the spot too")
    paced = [activity.id for activity in case.activities if activity.pace is not None]
    if limits.days is not None and limits.team is None and not paced:
        raise OutOfRange("days cap nothing: no activity of the case has a pace; give the team too")
    known = {activity.id for activity in case.activities}
    for name, count in limits.most.items():
        if name not in known:
            raise UnknownName(
                f"no activity '{name}' is in the case; it has {', '.join(sorted(known)) or 'none'}"
            )
        if count < 0:
            raise OutOfRange(f"the cap on the items of '{name}' is {count}; use at least 0")


def effort_cap(limits: Limits) -> float:
    """The least of the caps on effort [person-day]; infinite if there is none."""
    team = inf if limits.team is None or limits.days is None else limits.team * limits.days
    return min(team, inf if limits.person_days is None else limits.person_days)


def caps_for(limits: Limits, activities: Mapping[str, Activity]) -> Caps:
    """The caps that hold for a plan made of these activities."""
    items = {name: count for name, count in limits.most.items() if name in activities}
    for name, activity in activities.items():
        if activity.pace is not None and limits.days is not None:
            paced = floor(median(activity.pace) * limits.days * (1 + 1e-12))
            items[name] = min(items.get(name, paced), paced)
    return Caps(effort=effort_cap(limits), items=items, false_alarms=limits.false_alarms)


def words_of(wish: Wish, limits: Limits, caps: Caps) -> dict[str, str]:
    """What is to be spent and the caps, in words, by what they limit."""
    told: dict[str, str] = {}
    if wish.effort is not None:
        told["to spend"] = f"{wish.effort:g} person-days, for the best assurance that they give"
    if caps.effort < inf:
        by_team = limits.team is not None and limits.days is not None
        team = f" ({limits.team} inspectors for {limits.days:g} days)" if by_team else ""
        told["effort"] = f"at most {caps.effort:g} person-days{team}"
    for name, count in caps.items.items():
        told[f"items of {name}"] = f"at most {count}"
    if caps.false_alarms is not None:
        told["false alarms"] = f"one or more with a probability of at most {caps.false_alarms:g}"
    return told
