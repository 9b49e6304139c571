"""How messages name rules, fields, reports and lines."""

from watchgap.accounting.record import Dialect, Layout, Line, Report
from watchgap.accounting.tables import rules
from watchgap.base.errors import Fault


class Names:
    """The words of one layout: its tags for our fields."""

    def __init__(self, layout: Layout, dialect: Dialect) -> None:
        self.word = {"uk": "", "code10-labelled": "label ", "code10-fixed": "columns "}[dialect]
        self.tags = {
            (kind, name): field.tag
            for field in layout.fields
            for kind in field.reports or "IPM"
            for name in field.field.split("/")
        }

    def tag(self, kind: str, name: str) -> str:
        """Name a field as its file does, such as 'Fissile weight' or label '411' (code)."""
        tag = self.tags.get((kind, name), name)
        return f"{self.word}'{tag}' ({name})" if self.word else f"'{tag}'"

    def where(self, report: Report, line: Line | None, name: str) -> str:
        """Name a field of a report or of one of its lines."""
        number = "" if line is None else f", line {'?' if line.number is None else line.number}"
        return f"{report.name}{number}, {self.tag(report.type, name)}"

    def fault(self, file: str, line: int, problem: str, rule: str) -> Fault:
        """Make the fault of a rule that is not kept; the remedy is the rule, with its id."""
        return Fault(file, max(line, 1), problem, f"{_small(rules()[rule].sentence)} [{rule}]")


def _small(sentence: str) -> str:
    """A sentence without its stop, to follow another one."""
    return sentence.rstrip(".")
