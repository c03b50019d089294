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
    with opened(data, database) as node:
        note = node.ledger.checkpoint()
        vkey = str(node.ledger.vkey)
    if json:
        origin, size, root = note.splitlines()[:3]
        document({"origin": origin, "size": int(size), "root": root, "vkey": vkey, "checkpoint": note})
    else:
        sys.stdout.write(note)


@app.command(epilog="Example: tearline ledger check")
def check(data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Verify every fact, signature, sealed field, tile and checkpoint again, from the facts up."""
    with opened(data, database) as node:
        node.ledger.check()
        size = node.ledger.size()
    if json:
        document({"whole": True, "size": size})
    else:
        print(f"The ledger is whole: {size} entries.")


@app.command(epilog="Example: tearline ledger prove 0 > entry-0.tlog-proof")
def prove(
    index: Annotated[int, typer.Argument(help="The entry's position, counted from 0.", min=0)],
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Print a C2SP tlog-proof that an entry stands under the latest checkpoint."""
    with opened(data, database) as node:
        size = node.ledger.size()
        if index >= size:
            raise Malformed(str(data), "INDEX", f"a position below {size}, the number of entries")
        proof = node.ledger.prove(index)
    if json:
        document({"index": index, "proof": proof})
    else:
        sys.stdout.write(proof)


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
