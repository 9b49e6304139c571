"""The names of the fields of reports and lines, and what kind of value each has."""

from collections.abc import Mapping

from watchgap.accounting.contents import kind_of

NEEDED: Mapping[str, tuple[str, ...]] = {
    "I": (
        "area", "report_type", "report_number", "first", "last",
        "number", "code", "day", "batch", "element", "element_weight",
    ),
    "P": (
        "area", "report_type", "report_number", "taking",
        "number", "kmp", "batch", "element", "element_weight",
    ),
    "M": (
        "area", "report_type", "report_number", "first", "last",
        "number", "code", "element", "element_weight",
    ),
}  # fmt: skip
"""What a report of each type cannot do without."""

HEADER: Mapping[str, str] = {
    "area": "area",
    "report_type": "type",
    "report_number": "number",
    "report_date": "completed",
    "first": "first",
    "last": "last",
    "taking": "taking",
    "lines_stated": "lines_stated",
    "person": "person",
    "country": "country",
    "facility": "facility",
    "report_note": "note",
}
"""Fields of the header, with the name that each has in `Report`."""

KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("report_number", "lines_stated", "number", "items", "previous_report", "previous_line"), "count"
    ),
    **dict.fromkeys(("element_weight", "fissile_weight"), "number"),
    **dict.fromkeys(("report_date", "first", "last", "taking", "day"), "date"),
}
"""What a field holds that is not text."""

WEIGHTS = frozenset(("element", "element_weight", "unit", "isotope", "fissile_weight"))
"""Fields of an entry that may come again, once for each weight."""

LINE_FIELDS = frozenset(
    (
        "number", "code", "day", "area_from", "area_to", "kmp", "batch", "items", "form", "container",
        "state", "element", "element_weight", "unit", "isotope", "fissile_weight", "measurement",
        "obligation", "correction", "previous_report", "previous_line", "check_sum", "previous_check_sum",
        "note",
    )
)  # fmt: skip
"""Fields that `Line` has a place for."""


def is_header(name: str) -> bool:
    """Whether a field belongs to the report and not to one of its lines."""
    return name in HEADER or name.startswith("report_")


def unread_name(name: str) -> str:
    """The name under which `other` keeps the text of a field that could not be read; no field has it."""
    return f"report_{name} (unread)" if is_header(name) else f"{name} (unread)"


def field_problem(name: str, content: str) -> tuple[str, str] | None:
    """Say what is wrong with a field of a table: its name, or a content that cannot hold it."""
    if not (0 < len(name) <= 40 and name.isascii() and name.replace("_", "a").isalnum() and name.islower()):
        return f"'{name[:40]}' is no name of a field", "use small letters, digits and _"
    kind, held = KINDS.get(name), kind_of(content)
    fits = kind is None or kind == held or (kind == "number" and held == "count")
    if not fits:
        wanted = {"count": "Number (8)", "number": "Number (24.3)", "date": "DDMMYYYY or YYYYMMDD"}[str(kind)]
        return f"'{content}' cannot hold '{name}'", f"give it a content such as {wanted}"
    return None
