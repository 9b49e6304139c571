"""Reads what the columns of a log of devices, or of a list of seals, mean in a case."""

import re
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from watchgap.base.errors import Fault, FaultyInput
from watchgap.case.document import Document, read_document
from watchgap.case.files import decode, read_raw
from watchgap.ledger import KINDS

LARGEST_MAPPING = 1_000_000
IGNORE = "ignore"
"""What a state is mapped to of which no fact is made."""

_ABOUT = ("device", "seal", "evidence", "anything")
_KINDS = tuple(kind.name for kind in KINDS.values() if kind.about in _ABOUT and not kind.needs)

# A day and a time of day that no format can give by chance: what it loses shows.
_SAMPLE = datetime(2001, 2, 13, 16, 45, tzinfo=UTC)

Text = Annotated[str, Field(min_length=1, max_length=200)]
Encoding = Literal["utf-8", "utf-16", "cp1252", "latin-1"]


class Columns(BaseModel):
    """The headings of the columns that are read; `comment` and `recorded` may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    device: Text
    time: Text
    state: Text
    comment: Text | None = None
    recorded: Text | None = None


class LogMapping(BaseModel):
    """What a file of devices or seals means in a case.

    columns: the headings. time: how times are written, as for strptime; utc_offset: of the clock that wrote
    them, such as '+08:00'; a day without a time of day stays the day that is written. devices: a measure of
    the case by its name in the file. states: a kind of fact by the word in the file, or 'ignore'. collapse:
    whether a run of the same state of a device is one fact, at its last time, instead of one fact a line.
    source, grade: of every fact. id: of a fact, with {line} in it. recorded: the day on which all of it
    became known, where no column says it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: Columns
    time: Text
    devices: Annotated[dict[Text, Text], Field(min_length=1)]
    states: Annotated[dict[Text, Text], Field(min_length=1)]
    source: Text
    grade: Literal["A", "B", "C", "D"]
    id: Text
    utc_offset: Text = "+00:00"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Encoding = "utf-8"
    collapse: bool = False
    recorded: Text | None = None

    @model_validator(mode="after")
    def _usable(self) -> "LogMapping":
        for state, kind in self.states.items():
            if kind not in (*_KINDS, IGNORE):
                remedy = f"use {', '.join((*_KINDS, IGNORE))}"
                _refuse(("states", state), f"'{kind}' is no kind of fact about devices", remedy)
        if "{line}" not in self.id:
            _refuse(("id",), f"the id '{self.id}' would be that of every fact", "put {line} into it")
        if self.delimiter in '"\r\n':
            problem = f"columns cannot be parted by {self.delimiter!r}"
            _refuse(("delimiter",), problem, "use a comma, semicolon or tab")
        if self.columns.recorded is not None and self.recorded is not None:
            _refuse(("recorded",), "the day of recording stands in a column and here", "keep one of them")
        self._require_times()
        return self

    def _require_times(self) -> None:
        if self._zoned and "utc_offset" in self.model_fields_set:
            _refuse(("utc_offset",), "times with %z have an offset of their own", "remove utc_offset")
        try:
            read = self._read(_SAMPLE.strftime(self.time))
        except (ValueError, OverflowError, re.error) as error:
            problem = f"times cannot be read as '{self.time}' at {self.utc_offset} ({error})"
            _refuse(("time",), problem, "write the format as for strptime")
        if read.date() != _SAMPLE.date():
            _refuse(
                ("time",), f"times written as '{self.time}' do not tell the day", "name year, month and day"
            )
        if (read.hour, read.minute) not in ((16, 45), (16, 0), (0, 0)):
            problem = f"times written as '{self.time}' leave the time of day open"
            _refuse(("time",), problem, "name %H and %M, or %I, %M and %p")

    @cached_property
    def days_only(self) -> bool:
        """Whether times are days, without a time of day."""
        return self._read(_SAMPLE.strftime(self.time)).hour == 0

    @property
    def _zoned(self) -> bool:
        return "%z" in self.time.replace("%%", "")

    def moment(self, text: str) -> datetime:
        """Read a time of the file, in UTC; a day without a time of day stays that day.

        Raises ValueError, or OverflowError at the ends of the calendar, if it is written in another way.
        """
        read = self._read(text)
        return read if self.days_only else read.astimezone(UTC)

    def _read(self, text: str) -> datetime:
        if not self._zoned:
            return datetime.strptime(f"{text} {self.utc_offset}", f"{self.time} %z")
        return datetime.strptime(text, self.time)  # noqa: DTZ007 - the format has %z


def read_mapping_of_log(path: Path) -> LogMapping:
    """Read the mapping of a log or list, a small YAML file. Raises FaultyInput with every fault of it."""
    raw, faults = read_raw(path, largest=LARGEST_MAPPING)
    text, wrong = decode(raw, path.name) if not faults else ("", ())
    if faults or wrong:
        raise FaultyInput((*faults, *wrong))
    document, faults = read_document(text, path.name)
    if faults:
        raise FaultyInput(faults)
    try:
        return LogMapping.model_validate(document.values)
    except ValidationError as error:
        found = {_fault(document, details) for details in error.errors(include_url=False)[:100]}
        raise FaultyInput(tuple(sorted(found))) from None


def _refuse(place: tuple[str, ...], problem: str, remedy: str) -> NoReturn:
    context = {"place": place, "problem": problem, "remedy": remedy}
    raise PydanticCustomError("mapping", "{problem}; {remedy}", context)


def _fault(document: Document, details: Any) -> Fault:
    place = tuple(part for part in details["loc"] if part != "[key]")
    named = ".".join(map(str, place))[:80]
    if details["type"] == "mapping":
        context = details["ctx"]
        return document.fault(context["place"], context["problem"], context["remedy"])
    if details["type"] == "missing":
        return document.fault(place, f"the key '{named}' is missing", f"add `{place[-1]}:`")
    if details["type"] == "extra_forbidden":
        return document.fault(place, f"the key '{named}' is not known", "remove it, or correct its name")
    message = details["msg"][0].lower() + details["msg"][1:]
    return document.fault(place, f"the key '{named}' is {details['input']!r:.60}", message)
