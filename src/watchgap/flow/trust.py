"""Remembers which shared ledgers this user trusts, so that somebody else's case cannot reach for a server.

To open a shared ledger is to show a server who one is, and perhaps a password. A case folder that comes from
elsewhere names a server of its author's choice: it is asked only once its user has said so.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from watchgap.base.errors import LedgerError
from watchgap.case.files import read_raw

_HERE = ("", "localhost", "127.0.0.1", "::1")
_FILE = "trusted-ledgers"
_LARGEST = 1_000_000


def is_trusted(address: str) -> bool:
    """Whether an address is on this machine, or of a server that this user trusts."""
    server = _server(address)
    return urlsplit(server).hostname in (None, *_HERE) or server in _trusted()


def require_trusted(address: str) -> None:
    """Raise LedgerError if an address leads to a server that this user has not said to trust."""
    if not is_trusted(address):
        raise LedgerError(
            f"the ledger lies on {_server(address)}, which you have not used before; "
            "if you know it, say so once with `watchgap ledger trust CASE`"
        )


def trust(address: str) -> str:
    """Remember that this user trusts the server of an address, and name the server.

    Raises LedgerError if that cannot be written down.
    """
    server = _server(address)
    if not is_trusted(address):
        path = _path()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{server}\n")
        except OSError as error:
            raise LedgerError(f"cannot write {path} ({error.strerror}); make it writable") from None
    return server


def _server(address: str) -> str:
    """The part of an address that says who is asked, and as whom; the schema is within it."""
    return address.partition("#")[0].partition("?")[0]


def _trusted() -> frozenset[str]:
    raw, faults = read_raw(_path(), largest=_LARGEST)
    return frozenset() if faults else frozenset(raw.decode("utf-8", "replace").split("\n"))


def _path() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "watchgap" / _FILE
