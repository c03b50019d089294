"""The node's ledger: its checkpoint, its proofs, and everything checked again."""

import sys
from base64 import b64encode
from pathlib import Path
from typing import Annotated

import typer

from tearline.cli import bundles, disclose
from tearline.cli.options import HERE, AsJson, Data, Database, opened
from tearline.cli.progress import shown
from tearline.cli.said import aside, document, posix
from tearline.facts.errors import Malformed

app = typer.Typer(help="The ledger: checkpoint, proofs, checks.", rich_markup_mode=None)


@app.command(epilog="Example: tearline ledger checkpoint --data ./tearline-data")
def checkpoint(data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Print the latest signed checkpoint, a C2SP signed note."""
    with opened(data, database, reading=True) as node:
        note = node.ledger.checkpoint()
        vkey = str(node.ledger.vkey)
    if json:
        origin, size, root = note.splitlines()[:3]
        document({"origin": origin, "size": int(size), "root": root, "vkey": vkey, "checkpoint": note})
    else:
        sys.stdout.write(note)


@app.command(epilog="Example: tearline ledger check")
def check(data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Verify every fact, signature, role, sealed field, tile and checkpoint again, from the facts up."""
    from tearline.jobs.checking import check_node

    with opened(data, database, reading=True) as node:
        check_node(node)
        size = node.ledger.size()
    if json:
        document({"whole": True, "size": size})
    else:
        print(f"The ledger is whole: {size} entries.")


@app.command(epilog="Example: tearline ledger audit")
def audit(data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Hash every fact again, up to the signed root. Opens nothing and is quick; check does everything."""
    with opened(data, database, reading=True) as node:
        size = node.ledger.audit()
    if json:
        document({"whole": True, "size": size})
    else:
        print(f"All {size} entries hash to the signed root.")


@app.command(epilog="Example: tearline ledger rebuild")
def rebuild(data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Make the index of the ledger anew from its facts. Exit 1 when it was not what follows from them."""
    with opened(data, database) as node:
        count, same = node.ledger.rebuild()
    if json:
        document({"postings": count, "same": same})
    else:
        print(f"The index has {count} postings, {'as before' if same else 'and was another before'}.")
    if not same:
        raise typer.Exit(1)


@app.command(epilog="Example: tearline ledger prove 0 > entry-0.tlog-proof")
def prove(
    index: Annotated[int, typer.Argument(help="The entry's position, counted from 0.", min=0)],
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Print a C2SP tlog-proof that an entry stands under the latest checkpoint."""
    with opened(data, database, reading=True) as node:
        size = node.ledger.size()
        if index >= size:
            raise Malformed(str(data), "INDEX", f"a position below {size}, the number of entries")
        proof = node.ledger.prove(index)
    if json:
        document({"index": index, "proof": proof})
    else:
        sys.stdout.write(proof)


@app.command(epilog="Example: tearline ledger export ./public")
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder, or an earlier export to bring up to date.")
    ],
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write the public ledger as static files: checkpoint, tiles and leaves, for any file server.

    DIR holds a signed checkpoint with its cosignatures, the keys to check it, and all that it covers. It shows no fact.
    What is there already is compared and not written again; whenever it is interrupted, DIR verifies.
    """
    from tearline.config import Settings
    from tearline.jobs.exporting import export_ledger

    with opened(data, database, reading=True) as node, shown("Exporting") as progress:
        exported = export_ledger(node, Settings.read(data), folder, progress=progress)
        vkey = str(node.ledger.vkey)
    size, root = exported.checkpoint.size, b64encode(exported.checkpoint.root).decode("ascii")
    if json:
        files = {"written": exported.written, "kept": exported.kept, "removed": exported.removed}
        document(
            {
                "folder": str(folder),
                "origin": exported.checkpoint.origin,
                "size": size,
                "root": root,
                "vkey": vkey,
                "files": files,
            }
        )
    else:
        print(
            f"Exported {size} entries to {folder}: {exported.written} files written, {exported.kept} there already."
        )
        print(f"To check them: tearline ledger verify {folder} --vkey {vkey}")


@app.command(epilog="Example: tearline ledger verify ./public --vkey agency.example/node-1+8b4d1c0e+AY3S…")
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The export: what `ledger export` wrote.")],
    vkey: Annotated[
        str,
        typer.Option("--vkey", metavar="VKEY", help="The log's public key, learnt elsewhere than from DIR."),
    ],
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", metavar="VKEY", help="A witness that must have cosigned; again for more."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Check an export, every bit of it. Needs no node, no database and no network."""
    from tearline.ledger.note import Vkey
    from tearline.ledger.verify import verify as verified

    log = Vkey.parse(vkey, "--vkey")
    witnesses = [Vkey.parse(one, "--witness") for one in witness or ()]
    with shown("Verifying") as progress:
        found = verified(folder, log, witnesses, progress=progress)
    checkpoint = found.cosigned.checkpoint
    root = b64encode(checkpoint.root).decode("ascii")
    times = [(key, posix(at)) for key, at in found.cosigned.at.items()]
    if json:
        document(
            {
                "verified": True,
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": root,
                "cosigned": [{"name": key.name, "vkey": str(key), "at": at} for key, at in times],
                "announced": found.announced and found.announced.size,
            }
        )
        return
    print(f"Verified: {checkpoint.size} entries of {checkpoint.origin}, root {root}.")
    for key, at in times:
        print(f"Cosigned by {key.name} at {at}.")
    if found.announced:
        aside(
            f"An export to {found.announced.size} entries is under way, or was cut short: the next one ends it."
        )


app.command(epilog=bundles.EXAMPLE)(bundles.verify_bundle)
app.command(epilog=disclose.EXAMPLE)(disclose.disclose)
