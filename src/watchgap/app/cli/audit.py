"""The commands that read a ledger: its entries, what changed, whether it holds, and proofs for others."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchgap.app.cli import completion, terminal
from watchgap.app.cli.options import AsJson, CaseFolder, KnownOn, LedgerAt, Replace
from watchgap.base.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from watchgap.chain import Verifier

DOES_NOT_HOLD = 1


def log(
    case: CaseFolder,
    subject: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Facts about this.", autocompletion=completion.subjects),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND", help="Facts of this kind, or 'source'.", autocompletion=completion.kinds
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            help="The fact of this id, or the versions of a source.",
            autocompletion=completion.facts,
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Facts that may have held on this day.")
    ] = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    last: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the last N of them.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the entries of a case's ledger, who entered them when, and what was corrected since."""
    from watchgap.app.cli.render_ledger import log_json, print_log
    from watchgap.flow import Selection, ledger_log

    wanted = Selection(
        subject=subject,
        kind=kind,
        name=name,
        on=terminal.as_date("--on", on),
        known_on=terminal.as_date("--known-on", known_on),
        ledger_at=ledger_at,
        last=last,
    )
    excerpt = ledger_log(case, wanted)
    if as_json:
        terminal.write_json(log_json(excerpt))
    else:
        print_log(excerpt, terminal.console())


def diff(
    case: CaseFolder,
    between: Annotated[
        tuple[str, str],
        typer.Option(metavar="A B", help="Two days (what had been recorded by then), or two positions."),
    ],
    as_json: AsJson = False,
) -> None:
    """Say what changed in what was known between two days, or between two positions of the ledger."""
    from watchgap.app.cli.render_ledger import differences_json, print_differences
    from watchgap.flow import differences

    found = differences(case, *between)
    if as_json:
        terminal.write_json(differences_json(found))
    else:
        print_differences(found, terminal.console())


def export(
    case: CaseFolder,
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET",
            help="A file .xlsx or .jsonl, or with --form csv or parquet a folder for two files.",
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(metavar="FORM", help="csv, xlsx, parquet or jsonl; by default what TARGET says."),
    ] = None,
    ledger_at: LedgerAt = None,
    documents: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the attached documents here, named by digest.")
    ] = None,
    replace: Replace = False,
) -> None:
    """Write the entries of a case's ledger as CSV, XLSX, Parquet or JSON Lines."""
    from watchgap.flow import export_ledger, files_of_export

    terminal.require_free(*files_of_export(target, form), replace=replace)
    for path in export_ledger(case, target, form=form, ledger_at=ledger_at, documents=documents):
        terminal.console().print(f"wrote {path}", soft_wrap=True)


def verify(
    case: Annotated[
        Path | None, typer.Argument(metavar="[CASE]", help="A case folder; not needed with --proof.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A signed head kept elsewhere that the ledger has to agree with."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY", help="A verifier key, or a file with one; with it signatures are checked."
        ),
    ] = None,
    proof: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check this proof instead, without any ledger.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find and name the first entry of a ledger that was altered, dropped, reordered or inserted."""
    from watchgap.flow import read_verifiers

    verifiers = read_verifiers(key or ())
    try:
        if proof is not None:
            if case is not None:
                raise typer.BadParameter("a proof is checked without the ledger", param_hint="CASE")
            if not verifiers:
                message = "a proof is worth the key it is checked with; give --key"
                raise typer.BadParameter(message, param_hint="--proof")
            _check_proof(proof, verifiers, checkpoint[0] if checkpoint else None, as_json=as_json)
        elif case is None:
            raise typer.BadParameter("name a case folder, or a proof with --proof", param_hint="CASE")
        else:
            _verify(case, verifiers, checkpoint or [], as_json=as_json)
    except ProofError as error:
        sys.stderr.write(f"watchgap: it does not hold: {error}\n")
        raise typer.Exit(DOES_NOT_HOLD) from None


def _check_proof(proof: Path, verifiers: "Sequence[Verifier]", since: Path | None, *, as_json: bool) -> None:
    from watchgap.app.cli.render_ledger import print_proven, proven_json
    from watchgap.flow import check_proof

    proven = check_proof(proof, verifiers, since=since)
    if as_json:
        terminal.write_json(proven_json(proven))
    else:
        print_proven(proven, terminal.console())


def _verify(case: Path, verifiers: "Sequence[Verifier]", checkpoints: list[Path], *, as_json: bool) -> None:
    from watchgap.app.cli.render_ledger import print_verification, verification_json
    from watchgap.flow import verify_ledger

    found = verify_ledger(case, checkpoints=checkpoints, verifiers=verifiers)
    if as_json:
        terminal.write_json(verification_json(found))
    else:
        print_verification(found, terminal.console(), keys=len(verifiers))
    if not found.sound:
        raise typer.Exit(DOES_NOT_HOLD)


def sign(
    case: CaseFolder,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The file of the key that signs.")],
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make the ledger's key first, in the file named by --key.")
    ] = False,
    witness: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="With --new-key: a witness's key of this name instead, which states the time.",
        ),
    ] = None,
    another_key: Annotated[
        bool,
        typer.Option("--another-key", help="With --new-key: though the ledger was signed with a key before."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the checkpoint here, to be kept elsewhere.")
    ] = None,
    replace: Replace = False,
) -> None:
    """Sign the head of a case's ledger, once it verifies, and keep the checkpoint in it."""
    from watchgap.app.cli.render_ledger import print_checkpoint
    from watchgap.flow import sign_ledger, sign_with_new_key

    if not new_key and (witness is not None or another_key):
        raise typer.BadParameter(
            "it is about a new key; add --new-key", param_hint="--witness, --another-key"
        )
    terminal.require_free(out, replace=replace)
    if new_key:
        signed = sign_with_new_key(case, key, witness=witness, another=another_key)
    else:
        signed = sign_ledger(case, key)
    if out is not None:
        terminal.write_file(out, signed.note)
    print_checkpoint(signed.note, signed.verifier, terminal.console())


def prove(
    case: CaseFolder,
    entry: Annotated[
        str | None,
        typer.Argument(
            metavar="[ENTRY]",
            help="The number of an entry, the id of a fact or the key of a source.",
            autocompletion=completion.facts,
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Prove that the ledger only grew since this checkpoint."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The checkpoint to prove it to; by default the last one kept."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the proof here.")] = None,
    replace: Replace = False,
) -> None:
    """Prove to somebody without the ledger that an entry stands in it, or that it only grew."""
    from watchgap.flow import prove_entry, prove_growth

    if (entry is None) == (since is None):
        which = "name an entry, or an old checkpoint with --since"
        raise typer.BadParameter(f"{which}{'' if entry is None else ', and not both'}", param_hint="ENTRY")
    terminal.require_free(out, replace=replace)
    if since is not None:
        text = prove_growth(case, since, checkpoint=checkpoint)
    else:
        text = prove_entry(case, entry or "", checkpoint=checkpoint)
    if out is None:
        terminal.write_json(text)
    else:
        terminal.write_file(out, text)
        sys.stdout.write(f"wrote {out}\n")
