"""Writes a study as JSON that is the same for the same study, and gives it its digest."""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from watchgap.study.record import Study

FORMAT = "watchgap-study-1"


def to_plain(part: Any) -> Any:
    """Turn a record into mappings, lists, text and numbers; what has no number becomes null."""
    if is_dataclass(part) and not isinstance(part, type):
        return {one.name: to_plain(getattr(part, one.name)) for one in fields(part)}
    if isinstance(part, np.ndarray):
        return [value if isfinite(value) else None for value in part.tolist()]
    if isinstance(part, dict):
        return {str(key): to_plain(value) for key, value in part.items()}
    if isinstance(part, tuple | list):
        return [to_plain(item) for item in part]
    if isinstance(part, frozenset):
        return sorted(to_plain(item) for item in part)
    if isinstance(part, date):
        return part.isoformat()
    if isinstance(part, float):
        return part if isfinite(part) else None
    return part


def study_json(study: Study) -> str:
    """Write a study as JSON text with its keys in a fixed order."""
    return (
        json.dumps({"format": FORMAT, **to_plain(study)}, ensure_ascii=False, indent=1, allow_nan=False)
        + "\n"
    )


def with_digest(study: Study) -> Study:
    """Give a study the SHA-256 of all its other content."""
    plain = to_plain(replace(study, digest=""))
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return replace(study, digest=hashlib.sha256(text.encode()).hexdigest())
