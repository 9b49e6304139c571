"""Holds corrections against what they correct: one for each fact, later than it, and never in a circle."""

from collections.abc import Iterator, Mapping, Sequence

from watchgap.base.errors import Fault
from watchgap.ledger.record import Entry


def correction_faults(entries: Sequence[Entry]) -> Iterator[Fault]:
    """List what is wrong with corrections, each at its own line.

    A fact is left out of what was known from the day on which its correction became known. A correction that
    claims an earlier day than the fact itself would take that fact out of every day's knowledge.
    """
    facts = {entry.id: entry for entry in entries}
    first: dict[str, str] = {}
    for entry in entries:
        corrected = facts.get(entry.supersedes)
        if corrected is None or corrected.id == entry.id:
            continue
        for problem, remedy in _against(entry, corrected, first):
            yield Fault(entry.file, entry.line, problem, remedy)
        first.setdefault(corrected.id, entry.id)
    circles = _in_circles({one.id: one.supersedes for one in entries if one.supersedes not in ("", one.id)})
    for entry in entries:
        if entry.id in circles:
            problem = f"the corrections of '{entry.id}' lead back to it"
            yield Fault(entry.file, entry.line, problem, "let one of them stand for itself")


def _against(entry: Entry, corrected: Entry, first: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not entry.recorded_said:
        yield "the correction does not say when it became known", "give it a day of recording"
    elif entry.recorded < corrected.recorded:
        problem = f"it corrects '{corrected.id}', which became known only on {corrected.recorded}"
        yield problem, "give it that day of recording, or a later one"
    if corrected.id in first:
        other = first[corrected.id]
        problem = f"'{corrected.id}' is corrected already, by '{other}'"
        yield problem, f"correct '{other}', or leave this out"


def _in_circles(corrects: Mapping[str, str]) -> set[str]:
    """Facts from which one comes back to them by going to what is corrected; each is visited once."""
    done: set[str] = set()
    circles: set[str] = set()
    for start in corrects:
        way: dict[str, None] = {}
        here = start
        while here in corrects and here not in done and here not in way:
            way[here] = None
            here = corrects[here]
        if here in way:
            names = list(way)
            circles.update(names[names.index(here) :])
        done.update(way)
    return circles
