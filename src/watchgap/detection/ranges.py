"""The ranges in which the rules of detection hold; outside of them they refuse to answer."""

from math import inf

from watchgap.base.errors import OutOfRange


def require(holds: bool, message: str) -> None:
    """Raise OutOfRange with the message unless the condition holds."""
    if not holds:
        raise OutOfRange(message)


def require_positive(name: str, value: float, unit: str = "") -> None:
    """Raise OutOfRange unless a number, named with its unit, is finite and above 0."""
    require(0.0 < value < inf, f"{name} is {value}{unit and ' '}{unit}, not a finite number above 0")


def require_recognition(recognition: float) -> None:
    """Raise OutOfRange unless a recognition is a probability [1]."""
    require(0.0 <= recognition <= 1.0, f"recognition is {recognition}, not a probability in [0, 1]")
