"""The JSON Schema of a case file, by which an editor completes and checks it."""

from typing import Any

from watchgap.case.record import Case

SCHEMA_FILE = "case.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def case_schema() -> dict[str, Any]:
    """Make the JSON Schema (2020-12) of a case file from the model that reads it.

    It accepts every file that the reader accepts, and turns away unknown fields, missing fields, wrong types
    and units of the wrong kind; ranges and names take the whole case, and are left to the check.
    """
    schema = _closed(Case.model_json_schema())
    return {"$schema": _DIALECT, **schema, "title": "Watchgap case file"}


def _closed(part: Any) -> Any:
    """Close the mappings whose keys are names: pydantic leaves keys of another form open."""
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    return closed | {"additionalProperties": False} if "patternProperties" in closed else closed
