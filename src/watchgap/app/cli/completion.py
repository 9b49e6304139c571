"""What the shell offers while an entry is typed: kinds, names of the case, sources and ids.

A completion that fails offers nothing: it must never put a traceback on somebody's command line.
"""

from collections.abc import Iterator
from pathlib import Path

import typer

from watchgap.base.errors import WatchgapError


def kinds(incomplete: str) -> list[tuple[str, str]]:
    """Kinds of facts, each with what it is about."""
    from watchgap.ledger import KINDS

    return [
        (kind.name, f"about: {kind.about}") for kind in KINDS.values() if kind.name.startswith(incomplete)
    ]


def subjects(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of the case that a fact of the kind typed before can be about."""
    from watchgap.case import read_case
    from watchgap.ledger import KINDS, subjects_of

    kind = KINDS.get(str(ctx.params.get("kind")))
    _, document, _ = read_case(_folder(ctx))
    names = subjects_of(document, kind.about if kind else "anything")
    return sorted(name for name in names if name.startswith(incomplete))


def details(ctx: typer.Context, incomplete: str) -> list[str]:
    """Details that the kind typed before takes, ready for their value."""
    from watchgap.ledger import KINDS

    kind = KINDS.get(str(ctx.params.get("kind")))
    return [f"{key}=" for key in (kind.keys if kind else ()) if key.startswith(incomplete)]


def sources(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Keys of sources, each with its title."""
    return list(_entries(ctx, incomplete, "source", "title"))


def facts(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Ids of facts, each with its kind."""
    return list(_entries(ctx, incomplete, "fact", "kind"))


def grades(incomplete: str) -> list[str]:
    """The grades of a source."""
    return [grade for grade in ("A", "B", "C", "D") if grade.startswith(incomplete.upper())]


def timings(incomplete: str) -> list[str]:
    """What an interval can mean."""
    return [timing for timing in ("at", "during", "between") if timing.startswith(incomplete)]


def _folder(ctx: typer.Context) -> Path:
    return Path(str(ctx.params.get("case") or "."))


def _entries(ctx: typer.Context, incomplete: str, wanted: str, told: str) -> Iterator[tuple[str, str]]:
    from watchgap.flow import Selection, ledger_log

    try:
        excerpt = ledger_log(_folder(ctx), Selection())
    except WatchgapError:
        return
    names = {
        one.content.name: one.content.cells.get(told, "")
        for one in excerpt.entries
        if one.content.type == wanted and one.content.name.startswith(incomplete)
    }
    yield from names.items()
