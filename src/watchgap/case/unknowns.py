"""Names every number of a case that is not known, and says where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from watchgap.case.document import Place
from watchgap.case.quantity import Quantity
from watchgap.case.record import Case

# What names a part of a list, best first: a step has an id, a part of a life a name, a view its point.
_NAMED_BY = ("id", "part", "point")


@dataclass(frozen=True, slots=True)
class UnknownQuantity:
    """A number of the case that is not known: its name, where it stands, and the number itself.

    name: the ids of what it belongs to and its field, such as `reactor-cameras.interval`.
    """

    name: str
    place: Place
    quantity: Quantity


def unknown_quantities(case: Case) -> tuple[UnknownQuantity, ...]:
    """List the numbers of a case that can take more than one value, in the order of the file."""
    return tuple(
        UnknownQuantity(".".join(name), place, quantity)
        for name, place, quantity in _walk(case, (), ())
        if quantity.value is None and quantity.distribution.support[0] < quantity.distribution.support[1]
    )


def number_names(case: Case) -> frozenset[str]:
    """The names of all numbers of a case, known or not, as unknowns are named."""
    return frozenset(".".join(name) for name, _, _ in _walk(case, (), ()))


def numbers_by_name(case: Case) -> dict[str, tuple[Place, Quantity]]:
    """Every number of a case, known or not, with its place in the file, by the name that unknowns have."""
    return {".".join(name): (place, quantity) for name, place, quantity in _walk(case, (), ())}


def quantities(case: Case) -> tuple[Quantity, ...]:
    """List every number of a case that is stated with a unit and a source, in the order of the file."""
    return tuple(quantity for _, _, quantity in _walk(case, (), ()))


def _walk(
    part: object, name: tuple[str, ...], place: Place
) -> Iterator[tuple[tuple[str, ...], Place, Quantity]]:
    if isinstance(part, Quantity):
        yield name, place, part
    elif isinstance(part, BaseModel):
        for field in type(part).model_fields:
            yield from _walk(getattr(part, field), (*name, field), (*place, field))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _walk(value, (*name, str(key)), (*place, str(key)))
    elif isinstance(part, tuple):
        for position, value in enumerate(part):
            # A part of a list is called by its own name, and the name of the list left out.
            yield from _walk(value, (*name[:-1], *_own_name(value, position)), (*place, position))


def _own_name(part: object, position: int) -> tuple[str, ...]:
    activity, stratum = getattr(part, "activity", None), getattr(part, "stratum", None)
    if activity is not None and stratum is not None:
        return activity, stratum
    for field in _NAMED_BY:
        if isinstance(own := getattr(part, field, None), str):
            return (own,)
    return (str(position + 1),)
