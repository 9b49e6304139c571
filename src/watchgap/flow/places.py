"""Says where the ledger of a case lies: nowhere, in `ledger.db` beside the case, or behind `ledger.url`."""

import os
from pathlib import Path

from watchgap.base.errors import LedgerError
from watchgap.case.files import decode, read_raw
from watchgap.flow.trust import require_trusted
from watchgap.store import is_url

LEDGER_FILE = "ledger.db"
LINK_FILE = "ledger.url"
_LARGEST_LINK = 4_000
_FORM = "postgresql://user@host:port/database#schema"


def ledger_place(folder: Path) -> Path | str | None:
    """Find the ledger of a case folder: a path, the address of a shared one, or None if it has none.

    Raises LedgerError if the folder has two ledgers, one that is not its own, or a link that cannot be read
    or leads to a server that this user does not trust.
    """
    address = linked_address(folder)
    if address is not None:
        require_trusted(address)
        return address
    file = folder / LEDGER_FILE
    if not _is_there(file):
        return None
    if file.is_symlink():
        raise LedgerError(f"{LEDGER_FILE} is a link to elsewhere; put the ledger itself into {folder}")
    return file


def linked_address(folder: Path) -> str | None:
    """Read the address of the shared ledger of a case folder, trusted or not; None if it has none.

    Raises LedgerError if the link cannot be read, or is none.
    """
    link = folder / LINK_FILE
    if not _is_there(link):
        return None
    if _is_there(folder / LEDGER_FILE):
        raise LedgerError(f"{folder} has both {LEDGER_FILE} and {LINK_FILE}; keep the one that counts")
    raw, faults = read_raw(link, largest=_LARGEST_LINK)
    text = ""
    if not faults and raw.strip():
        text, faults = decode(raw, LINK_FILE)
    if faults:
        raise LedgerError(str(faults[0]))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise LedgerError(f"{LINK_FILE} has {len(lines)} lines; it holds one, the address of the ledger")
    require_address(lines[0])
    return lines[0]


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError) as error:
        raise LedgerError(f"'{str(path)[:80]}' cannot be looked for ({error})") from None


def require_address(address: str) -> None:
    """Raise LedgerError if a text is no address of a shared ledger."""
    if not is_url(address):
        raise LedgerError(f"'{address[:80]}' is no address of a shared ledger; write it as {_FORM}")


def ledger_name(place: Path | str) -> str:
    """Name the file of a case folder by which its ledger is found."""
    return LEDGER_FILE if isinstance(place, Path) else LINK_FILE
