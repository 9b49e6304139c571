"""Rebuilds what the README shows: the words and the picture that the main command gives on the Yongbyon case.

Run it from the project's folder: `python docs/make_readme.py`. The tests compare the README with a fresh run.
"""

import io
import json
from pathlib import Path

from rich.console import Console

import watchgap as wg
from watchgap.app.cli.render import print_brief

ROOT = Path(__file__).parent.parent
CASE = ROOT / "cases" / "yongbyon-1993"
AS_OF = "1993-12-31"
CLAIM = "gap"
PICTURE = ROOT / "docs" / "pictures" / "yongbyon-gap"
BEGIN = "<!-- brief: made by docs/make_readme.py from cases/yongbyon-1993 -->\n"
END = "<!-- end of brief -->\n"
WIDTH = 100


def words(study: wg.Study) -> str:
    """What the command prints, on a terminal of a fixed width and without colour."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    with console.capture() as capture:
        print_brief(study, console)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def with_brief(readme: str, text: str) -> str:
    """Put the words between the two marks of the README."""
    before, rest = readme.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    command = f"$ watchgap brief cases/yongbyon-1993 --as-of {AS_OF}"
    return f"{before}{BEGIN}\n```text\n{command}\n{text}\n```\n\n{END}{after}"


def figure(study: wg.Study) -> dict[str, object]:
    """The figure as data, with numbers as they are written in JSON."""
    made: dict[str, object] = json.loads(json.dumps(wg.assurance_figure(study, claim=CLAIM)))
    return made


def main() -> None:
    """Rewrite the README's words and the picture's files."""
    study = wg.brief(CASE, as_of=AS_OF)
    path = ROOT / "README.md"
    path.write_text(with_brief(path.read_text(encoding="utf-8"), words(study)), encoding="utf-8")
    PICTURE.parent.mkdir(exist_ok=True)
    made = figure(study)
    wg.render(made, PICTURE)
    PICTURE.with_suffix(".json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
