"""The command line.

In: words typed by a person. Out: tables on a terminal, files, and an exit code: 0 for done, 2 for input that
cannot be used (with every fault, its file and line).

    $ watchgap brief cases/yongbyon-1993 --as-of 1993-11-06
"""

from watchgap.app.cli.commands import main

__all__ = ["main"]
