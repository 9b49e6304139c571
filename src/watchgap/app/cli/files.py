"""Writes a study into a folder: every file is whole or, if anything fails, the older one stays as it was."""

import csv
import io
import os
import shutil
from errno import EISDIR
from pathlib import Path
from typing import Any

from watchgap.base.errors import WatchgapError
from watchgap.plots import assurance_figure, render
from watchgap.study import Study, curve_table, study_json


def write_study(study: Study, folder: Path) -> tuple[Path, ...]:
    """Write the figure of each computed claim (PNG and SVG), `study.json` and `curves.csv`.

    Everything is made in a temporary folder beside the files and moved into place at the end, so a failure
    leaves what was there before. Returns the paths written. Raises WatchgapError if the folder cannot be
    written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Named before it is made, so that an interrupt at any moment still finds what to clear away.
        scratch = folder / f".watchgap-{os.getpid()}"
        try:
            scratch.mkdir()
            made = {path: folder / path.name for path in _make(study, scratch)}
            for target in made.values():
                if target.is_dir():
                    raise IsADirectoryError(EISDIR, f"{target.name} is a folder there")
            return tuple(path.replace(target) for path, target in made.items())
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise WatchgapError(
            f"cannot write into {folder} ({error.strerror or error}); choose another --out"
        ) from error


def _make(study: Study, scratch: Path) -> tuple[Path, ...]:
    made: list[Path] = []
    for claim in study.claims:
        if claim.kind != "completeness":
            figure = assurance_figure(study, claim=claim.id)
            made += render(figure, scratch / f"{study.case}-{claim.id}-{study.as_of}")
    for name, text in (("study.json", study_json(study)), ("curves.csv", _csv(curve_table(study)))):
        path = scratch / name
        path.write_text(text, encoding="utf-8")
        made.append(path)
    return tuple(made)


def _csv(table: dict[str, list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()
