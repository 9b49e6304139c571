"""A number as a case states it: with unit, perhaps a distribution, and where it comes from."""

from dataclasses import dataclass
from math import inf
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from watchgap.base.distributions import (
    Beta,
    Distribution,
    Empirical,
    Fixed,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
)
from watchgap.base.units import UNITS, Dimension, units_of

Grade = Literal["A", "B", "C", "D"]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sentence = Annotated[str, Field(min_length=1, max_length=4000)]
Key = Annotated[str, Field(min_length=1, max_length=80)]
Number = FiniteFloat

MOST_ITEMS = 1e9
"""Items that a count may reach: more is a slip of the keyboard, and keeps every sum within its type."""
_LARGEST_RATIO = 1e6
# Within these bounds SciPy's quantiles of the beta distribution are as exact as a float can hold.
_BETA_RANGE = (0.01, 1e5)
_FORMS = ("value", "uniform", "triangular", "pert", "beta", "lognormal", "empirical")


def fault(problem: str, remedy: str) -> PydanticCustomError:
    """Make the error of one check: what is wrong, and what would be right."""
    context = {"problem": problem, "remedy": remedy}
    return PydanticCustomError("watchgap", "{problem}; {remedy}", context)


class Strict(BaseModel):
    """A frozen part of a case file that accepts no unknown field and no changed type."""

    # Building is deferred so that the parts are built once, as parts of the whole case.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


# A sequence of the file, whichever sequence the reader makes of it; what stands in it remains strict.
Item = TypeVar("Item")
TupleOf = Annotated[tuple[Item, ...], Field(strict=False)]
SomeOf = Annotated[tuple[Item, ...], Field(strict=False, min_length=1)]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_unit(value: object) -> object:
    # An author who writes `unit: 1` means the unit of a plain number, which YAML takes for an integer.
    return "1" if type(value) is int and value == 1 else value


Sources = Annotated[SomeOf[Key], BeforeValidator(_as_tuple, json_schema_input_type=Key | SomeOf[Key])]
Unit = Annotated[str, BeforeValidator(_as_unit), WithJsonSchema({"enum": [*UNITS, 1]})]


class Alternative(Strict):
    """Another published value of the same quantity, kept beside the one that is used."""

    say: Sentence
    source: Sources
    note: Sentence | None = None


def _exactly_one(schema: JsonSchemaValue) -> None:
    forms = [{"required": [form], "properties": {form: {"not": {"type": "null"}}}} for form in _FORMS]
    schema["oneOf"] = forms


class Quantity(Strict):
    """A number with its unit, either known (`value`) or not (one of the distributions), and its source.

    uniform: [low, high]; triangular and pert: [low, mode, high]; beta: [alpha, beta], on 0 to 1;
    lognormal: [median, ratio of the 95 % value to the median]; empirical: listed values, equally likely.
    """

    model_config = ConfigDict(json_schema_extra=_exactly_one)

    value: Number | None = None
    uniform: TupleOf[Number] | None = None
    triangular: TupleOf[Number] | None = None
    pert: TupleOf[Number] | None = None
    beta: TupleOf[Number] | None = None
    lognormal: TupleOf[Number] | None = None
    empirical: TupleOf[Number] | None = None
    unit: Unit
    source: Sources
    grade: Grade
    rationale: Sentence | None = None
    alternatives: TupleOf[Alternative] = ()

    @model_validator(mode="after")
    def _is_one_well_formed_number(self) -> Self:
        stated = [form for form in _FORMS if getattr(self, form) is not None]
        if len(stated) != 1:
            remedy = f"state it as exactly one of {', '.join(_FORMS)}"
            raise fault(f"the number is stated as {' and '.join(stated) or 'nothing'}", remedy)
        if self.unit not in UNITS:
            raise fault(f"unknown unit '{self.unit}'", f"use one of {', '.join(UNITS)}")
        if self.value is None:
            _check_shape(stated[0], getattr(self, stated[0]))
        if self.grade == "D" and self.rationale is None:
            remedy = "say in `rationale` why these values were chosen"
            raise fault("a figure of grade D has no rationale", remedy)
        return self

    @property
    def dimension(self) -> Dimension:
        """What the number counts."""
        return UNITS[self.unit][0]

    @property
    def distribution(self) -> Distribution:
        """The number as a distribution, in the unit in which it is stated."""
        if self.value is not None:
            return Fixed(self.value)
        if self.uniform is not None:
            return Uniform(*self.uniform)
        if self.triangular is not None:
            return Triangular(*self.triangular)
        if self.pert is not None:
            return Pert(*self.pert)
        if self.beta is not None:
            return Beta(*self.beta)
        if self.lognormal is not None:
            return Lognormal(*self.lognormal)
        return Empirical(self.empirical or ())

    def at(self, probability: float) -> float:
        """Value in base units that is not exceeded with this probability."""
        return self.distribution.quantile(probability) * UNITS[self.unit][1]

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value in base units."""
        low, high = self.distribution.support
        factor = UNITS[self.unit][1]
        return low * factor, high * factor


def _check_shape(form: str, numbers: tuple[float, ...]) -> None:
    counts = {"uniform": 2, "triangular": 3, "pert": 3, "beta": 2, "lognormal": 2}
    wanted = counts.get(form)
    if wanted is not None and len(numbers) != wanted:
        raise fault(f"{form} has {len(numbers)} numbers", f"give it {wanted}")
    if form == "empirical" and not numbers:
        raise fault("empirical lists no value", "list at least one value")
    listed = list(numbers)
    if form in ("uniform", "triangular", "pert") and listed != sorted(listed):
        raise fault(f"{form} {listed} is not in ascending order", f"write it as {sorted(listed)}")
    if form == "beta" and not _BETA_RANGE[0] <= min(numbers) <= max(numbers) <= _BETA_RANGE[1]:
        low, high = _BETA_RANGE
        raise fault(f"beta {listed} has a parameter out of range", f"keep both from {low:g} to {high:g}")
    if form == "lognormal" and not (numbers[0] > 0 and 1 < numbers[1] <= _LARGEST_RATIO):
        problem = f"lognormal {listed} is not a positive median with a ratio above 1"
        remedy = f"write it as [median, ratio of the 95 % value to the median, up to {_LARGEST_RATIO:g}]"
        raise fault(problem, remedy)


@dataclass(frozen=True, slots=True)
class Within:
    """The check that a quantity has a dimension and can only take values of a range, in base units."""

    dimension: Dimension
    low: float
    high: float
    open_low: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        units: list[str | int] = [*units_of(self.dimension)]
        if self.dimension is Dimension.SHARE:
            units.append(1)
        return {**handler(core), "properties": {"unit": {"enum": units}}}

    def check(self, quantity: Quantity) -> Quantity:
        """Give the quantity back if it fits; raises a PydanticCustomError if it does not."""
        if quantity.dimension is not self.dimension:
            raise fault(
                f"the unit '{quantity.unit}' does not fit this number",
                f"use one of {', '.join(units_of(self.dimension))}",
            )
        least, greatest = quantity.support
        # These two come as near to 0 as one likes, and never reach it.
        never_least = quantity.beta is not None or quantity.lognormal is not None
        too_low = least < self.low or (self.open_low and least <= self.low and not never_least)
        if too_low or greatest > self.high:
            raise fault(_outside(quantity, least, greatest), self.words)
        return quantity

    @property
    def words(self) -> str:
        """The range in words."""
        if self.high == inf:
            least = "greater than" if self.open_low else "at least"
            return f"it must be {least} {self.low:g} {self.dimension}"
        if self.open_low:
            return f"it must be greater than {self.low:g} and at most {self.high:g}"
        return f"it must lie between {self.low:g} and {self.high:g}"


def _outside(quantity: Quantity, least: float, greatest: float) -> str:
    if quantity.value is not None:
        unit = "" if quantity.unit == "1" else f" {quantity.unit}"
        return f"{quantity.value:g}{unit} is out of range"
    return f"the values from {least:g} to {greatest:g} [{quantity.dimension}] leave the range"


Probability = Annotated[Quantity, Within(Dimension.SHARE, 0, 1)]
Share = Annotated[Quantity, Within(Dimension.SHARE, 0, 1, open_low=True)]
Ratio = Annotated[Quantity, Within(Dimension.SHARE, 0, inf, open_low=True)]
Deviation = Annotated[Quantity, Within(Dimension.SHARE, 0, inf)]
Duration = Annotated[Quantity, Within(Dimension.TIME, 0, inf)]
PositiveDuration = Annotated[Quantity, Within(Dimension.TIME, 0, inf, open_low=True)]
PositiveMass = Annotated[Quantity, Within(Dimension.MASS, 0, inf, open_low=True)]
Count = Annotated[Quantity, Within(Dimension.ITEMS, 1, MOST_ITEMS)]
SampleSize = Annotated[Quantity, Within(Dimension.ITEMS, 0, MOST_ITEMS)]
HandlingRate = Annotated[Quantity, Within(Dimension.ITEMS_PER_TIME, 0, inf, open_low=True)]
Hazard = Annotated[Quantity, Within(Dimension.PER_TIME, 0, inf)]
Effort = Annotated[Quantity, Within(Dimension.EFFORT, 0, inf)]
EffortPerItem = Annotated[Quantity, Within(Dimension.EFFORT_PER_ITEM, 0, inf)]
