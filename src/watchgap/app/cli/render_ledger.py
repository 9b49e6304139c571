"""Prints what a ledger holds, and what was found about it, for a person at a terminal or as JSON."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from watchgap.chain import Checkpoint, ProvenEntry, ProvenGrowth, Verifier
from watchgap.ledger import Content, Posting, read_leaf

if TYPE_CHECKING:
    from watchgap.flow import Differences, Excerpt, Kept, Verification

_SHOWN_ROOT = 16
_LISTED = 20
_FEW = 3
_MARKS: Mapping[str, tuple[str, str]] = {
    "added": ("+", "green"),
    "corrected": ("~", "yellow"),
    "revised": ("~", "yellow"),
    "gone": ("-", "red"),
}


def print_kept(kept: "Kept", console: Console) -> None:
    """Print what was entered, or would be."""
    shown = kept.added if len(kept.added) <= _LISTED else kept.added[:_FEW]
    for number, content in enumerate(shown, kept.first):
        console.print(Text.assemble((f"{number:>6}  ", "dim"), _told(content)), soft_wrap=True)
    if more := len(kept.added) - len(shown):
        console.print(f"        and {more:,} more")
    verb = "would be entered" if kept.dry_run else "entered"
    held = f"; {kept.skipped:,} held already" if kept.skipped else ""
    console.print(f"{_counted(len(kept.added))} {verb}{held}.", style="green", soft_wrap=True)
    console.print(_state(kept), style="dim", soft_wrap=True)


def print_log(excerpt: "Excerpt", console: Console) -> None:
    """Print entries as a table, with what corrected them."""
    table = Table(box=None, pad_edge=False, show_header=True, header_style="bold")
    table.add_column("", justify="right")
    for name in ("entered", "by", ""):
        table.add_column(name, overflow="fold")
    for one in excerpt.entries:
        told = _told(one.content)
        if one.number in excerpt.superseded:
            told.stylize("dim")
            told.append(f"  [corrected by {excerpt.superseded[one.number]}]", style="yellow")
        table.add_row(str(one.number), one.entered[:10], Text(_plain(one.recorder)), told)
    console.print(table)
    console.print(
        f"{_counted(len(excerpt.entries))} of {excerpt.size:,} in {excerpt.origin}.",
        style="dim",
        soft_wrap=True,
    )


def print_differences(found: "Differences", console: Console) -> None:
    """Print what changed, each change on its own lines."""
    for one in found.changes:
        mark, style = _MARKS[one.change]
        shown = one.after if one.after is not None and one.change != "gone" else one.before
        if shown is not None:
            console.print(Text.assemble((f"{mark} ", style), _told(shown.content)), soft_wrap=True)
        if one.change in ("corrected", "revised") and one.before is not None:
            console.print(
                Text.assemble("    before: ", _told(one.before.content)), style="dim", soft_wrap=True
            )
    summary = (
        f"{len(found.changes)} change{'s' * (len(found.changes) != 1)} from {found.first} to {found.second}"
    )
    console.print(f"{summary} in {found.origin}.", style="dim", soft_wrap=True)


def print_verification(found: "Verification", console: Console, *, keys: int) -> None:
    """Print whether a ledger holds, and if not, what was found first; keys: how many were given."""
    verdict = found.verdict
    for finding in verdict.findings[:_FEW]:
        console.print(Text(_plain(str(finding)), style="red"), soft_wrap=True)
    if (more := len(verdict.findings) - _FEW) > 0:
        console.print(f"and {more:,} more findings, most of which follow from these; see --json")
    for checkpoint, names in found.confirmed:
        signed = f"signed by {', '.join(names)}" if names else "its signatures were not checked; give --key"
        text = f"agrees with the checkpoint of {checkpoint.size:,} entries ({signed})"
        console.print(Text(_plain(text), style="green" if names else "yellow"), soft_wrap=True)
    if verdict.unattached:
        number = len(verdict.unattached)
        text = f"{number} document{'s' * (number != 1)} that sources name by digest: not attached"
        console.print(text, style="yellow", soft_wrap=True)
    if not found.sound:
        console.print(f"{found.origin or 'the ledger'} does not hold.", style="bold red", soft_wrap=True)
        return
    console.print(
        f"{found.origin}: {verdict.size:,} entries hold; root {verdict.root.hex()}",
        style="green",
        soft_wrap=True,
    )
    signed = f" ({found.signed} signed with the keys given)" if keys else ""
    rest = f"{found.kept:,} checkpoints{signed} and {found.documents:,} documents"
    console.print(
        f"It keeps {found.heads:,} heads, {rest}.",
        style="dim",
        soft_wrap=True,
    )
    if not found.confirmed:
        console.print(
            "Nothing inside a ledger can show that it was written anew, or cut short: for that, give a "
            "signed checkpoint that was kept elsewhere (--checkpoint).",
            style="dim",
        )


def print_checkpoint(note: str, verifier: Verifier, console: Console) -> None:
    """Print a checkpoint, and the key with which others check it."""
    console.print(Text(note.rstrip("\n")), soft_wrap=True)
    console.print(Text(f"\nverifier key, to be given to those who check: {verifier.text}"), soft_wrap=True)


def print_proven(proven: ProvenEntry | ProvenGrowth, console: Console) -> None:
    """Print what a proof proved."""
    if isinstance(proven, ProvenEntry):
        posting = read_leaf(proven.leaf)
        head = f"Entry {proven.number} stands in {_head(proven.checkpoint)}"
        console.print(
            Text(_plain(f"{head}, signed by {', '.join(proven.note.names)}."), style="green"), soft_wrap=True
        )
        console.print(Text(f"entered {posting.entered} by {_plain(posting.recorder)}"), soft_wrap=True)
        for column, cell in posting.content.cells.items():
            console.print(Text.assemble((f"{column}: ", "bold"), _plain(cell)), soft_wrap=True)
        return
    signed = ", ".join(proven.note.names)
    text = f"{_head(proven.old)} is the beginning of {_head(proven.new)}, signed by {signed}."
    console.print(Text(_plain(text), style="green"), soft_wrap=True)


def log_json(excerpt: "Excerpt") -> str:
    """Write entries as JSON."""
    entries = [
        _posting(one) | {"corrected_by": excerpt.superseded.get(one.number)} for one in excerpt.entries
    ]
    return _json("watchgap-log-1", origin=excerpt.origin, size=excerpt.size, entries=entries)


def differences_json(found: "Differences") -> str:
    """Write what changed as JSON."""
    changes = [
        {
            "change": one.change,
            "before": None if one.before is None else _posting(one.before),
            "after": None if one.after is None else _posting(one.after),
        }
        for one in found.changes
    ]
    return _json(
        "watchgap-diff-1", origin=found.origin, first=found.first, second=found.second, changes=changes
    )


def verification_json(found: "Verification") -> str:
    """Write whether a ledger holds as JSON."""
    return _json(
        "watchgap-verification-1",
        origin=found.origin,
        holds=found.sound,
        size=found.verdict.size,
        root=found.verdict.root.hex(),
        unattached=list(found.verdict.unattached),
        heads=found.heads,
        checkpoints=found.kept,
        checkpoints_signed=found.signed,
        documents=found.documents,
        findings=[
            {"first": one.first, "last": one.last, "problem": one.problem} for one in found.verdict.findings
        ],
        confirmed=[_checkpoint(one) | {"signed_by": list(names)} for one, names in found.confirmed],
    )


def proven_json(proven: ProvenEntry | ProvenGrowth) -> str:
    """Write what a proof proved as JSON."""
    signed = list(proven.note.names)
    if isinstance(proven, ProvenEntry):
        return _json(
            "watchgap-proven-1",
            entry=_posting(read_leaf(proven.leaf)),
            checkpoint=_checkpoint(proven.checkpoint),
            signed_by=signed,
        )
    return _json(
        "watchgap-proven-1", old=_checkpoint(proven.old), new=_checkpoint(proven.new), signed_by=signed
    )


def _json(form: str, **parts: Any) -> str:
    return json.dumps({"format": form, **parts}, ensure_ascii=False, indent=1) + "\n"


def _posting(one: Posting) -> dict[str, Any]:
    return {
        "number": one.number,
        "entered": one.entered,
        "recorder": one.recorder,
        "type": one.content.type,
        "content": dict(one.content.cells),
    }


def _checkpoint(one: Checkpoint) -> dict[str, Any]:
    return {"origin": one.origin, "size": one.size, "root": b64encode(one.root).decode("ascii")}


def _head(one: Checkpoint) -> str:
    return f"{one.origin} with {one.size:,} entries"


def _counted(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


def _state(kept: "Kept") -> str:
    return f"{kept.origin} ({kept.place}) has {_counted(kept.size)}; root {kept.root[:_SHOWN_ROOT]}"


def _told(content: Content) -> Text:
    """An entry in one line: what it says, and where it has it from."""
    cells = content.cells
    if content.type == "source":
        attached = f"  attached: {cells['file']}" if "digest" in cells else ""
        return Text(_plain(f"source {content.name}: {cells.get('title', '')}{attached}"))
    when = " to ".join(cells[name] for name in ("from", "to") if name in cells)
    timing = f" {cells['timing']}" if cells.get("timing", "at") != "at" else ""
    words = f"{cells.get('kind')} {cells.get('subject')} {when}{timing}"
    detail = f" ({cells['detail']})" if "detail" in cells else ""
    source = f"  [{cells.get('sources')} {cells.get('grade')}]"
    told = Text.assemble((_plain(content.name), "bold"), " ", _plain(f"{words}{detail}{source}"))
    if "supersedes" in cells:
        told.append(_plain(f"  corrects {cells['supersedes']}"))
    return told


def _plain(text: str) -> str:
    """A text as a terminal may show it: what steers it is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
