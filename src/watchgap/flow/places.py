"""Says where the ledger of a case lies: nowhere, in `ledger.db` beside the case, or behind `ledger.url`."""

from pathlib import Path

from watchgap.base.errors import LedgerError
from watchgap.case.files import decode, read_raw

LEDGER_FILE = "ledger.db"
LINK_FILE = "ledger.url"
_LARGEST_LINK = 4_000


def ledger_place(folder: Path) -> Path | str | None:
    """Find the ledger of a case folder: a path, the address of a shared one, or None if it has none.

    Raises LedgerError if the folder has two ledgers, or a link that cannot be read.
    """
    file, link = folder / LEDGER_FILE, folder / LINK_FILE
    if not link.exists():
        return file if file.exists() else None
    if file.exists():
        raise LedgerError(f"{folder} has both {LEDGER_FILE} and {LINK_FILE}; keep the one that counts")
    raw, faults = read_raw(link, largest=_LARGEST_LINK)
    text = ""
    if not faults:
        text, faults = decode(raw, LINK_FILE)
    if faults:
        raise LedgerError(str(faults[0]))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise LedgerError(f"{LINK_FILE} has {len(lines)} lines; it holds one, the address of the ledger")
    return lines[0]


def ledger_name(place: Path | str) -> str:
    """Name the file of a case folder by which its ledger is found."""
    return LEDGER_FILE if isinstance(place, Path) else LINK_FILE
