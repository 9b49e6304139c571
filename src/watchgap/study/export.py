"""Writes a study as JSON that is the same for the same study, and gives it its digest."""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from math import isfinite
from typing import Any, TypeVar

import numpy as np

from watchgap.study.inquiry_record import InquiryStudy
from watchgap.study.plan_record import PlanStudy
from watchgap.study.record import Study
from watchgap.study.recovery import RecoveryStudy

Answer = Study | RecoveryStudy | PlanStudy | InquiryStudy
Digested = TypeVar("Digested", Study, RecoveryStudy, PlanStudy, InquiryStudy)

_FORMATS: dict[type, str] = {
    Study: "watchgap-study-1",
    RecoveryStudy: "watchgap-recovery-1",
    PlanStudy: "watchgap-plan-1",
    InquiryStudy: "watchgap-inquiry-1",
}


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


def study_json(study: Answer) -> str:
    """Write a study as JSON text with its keys in a fixed order."""
    return (
        json.dumps(
            {"format": _FORMATS[type(study)], **to_plain(study)},
            ensure_ascii=False,
            indent=1,
            allow_nan=False,
        )
        + "\n"
    )


def with_digest(study: Digested) -> Digested:
    """Give a study the SHA-256 of all its other content."""
    plain = to_plain(replace(study, digest=""))
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return replace(study, digest=hashlib.sha256(text.encode()).hexdigest())
