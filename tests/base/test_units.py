import pytest

from watchgap.base.units import UNITS, Dimension, units_of


def test_the_base_unit_of_each_dimension_is_a_unit_of_factor_one() -> None:
    assert {dimension: UNITS[dimension.value] for dimension in Dimension} == {
        dimension: (dimension, 1.0) for dimension in Dimension
    }


def test_every_unit_belongs_to_one_dimension() -> None:
    listed = [unit for dimension in Dimension for unit in units_of(dimension)]
    assert sorted(listed) == sorted(UNITS)


@pytest.mark.parametrize(
    ("one", "many", "ratio"),
    [
        # SI brochure, 9th edition, BIPM 2019, table 8 and section 5.4.7; Julian year of the IAU, 365.25 d.
        ("min", "s", 60),
        ("h", "min", 60),
        ("d", "h", 24),
        ("week", "d", 7),
        ("a", "d", 365.25),
        ("a", "month", 12),
        ("t", "kg", 1000),
        ("kg", "g", 1000),
        ("1", "%", 100),
        ("item/h", "item/d", 24),
        ("item/d", "item/week", 7),
        ("item/d", "item/a", 365.25),
        ("1/d", "1/a", 365.25),
        ("1/month", "1/a", 12),
    ],
)
def test_units_have_their_printed_ratios(one: str, many: str, ratio: float) -> None:
    assert UNITS[one][0] is UNITS[many][0]
    assert UNITS[one][1] / UNITS[many][1] == pytest.approx(ratio, rel=1e-14)
