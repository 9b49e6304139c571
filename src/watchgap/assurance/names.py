"""The names of the curves, in code as in tables and pictures."""

IN_HAND = "in hand"
LATENT = "latent"
TIMELY = "timely"
_RESTORABLE = "restorable: "


def restorable(package: str) -> str:
    """Name the curve of what a package would restore."""
    return f"{_RESTORABLE}{package}"


def package_of(curve: str) -> str | None:
    """Name the package of a curve; None if it is not the curve of a package."""
    return curve.removeprefix(_RESTORABLE) if curve.startswith(_RESTORABLE) else None
