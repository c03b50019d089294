"""The node's ledger: its checkpoint, its proofs, and everything checked again."""

import sys
from typing import Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, opened
from tearline.cli.said import document
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
