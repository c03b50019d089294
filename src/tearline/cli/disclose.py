"""Making a bundle: sealed fields shown to somebody outside, with proof of the rest."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, opened
from tearline.cli.said import aside, document
from tearline.facts.errors import Malformed

if TYPE_CHECKING:
    from tearline.ledger.ledger import Ledger
    from tearline.node import Node

EXAMPLE = "Example: tearline ledger disclose 12 --fields title,content -o item.bundle.json"


def disclose(
    *,
    facts: Annotated[
        list[str], typer.Argument(metavar="FACT...", help="The fact's reference, or its position from 0.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="BUNDLE", help="A new file, readable by you alone.")
    ],
    fields: Annotated[
        str,
        typer.Option("--fields", metavar="A,B", help="Sealed fields to show; none: that it is on record."),
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="WHOM", help="Who will be given it; recorded, sealed.")
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="WHY", help="Why; recorded, sealed.")] = "",
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write a bundle that shows the named fields of facts and proves the rest. That it was made is recorded first."""
    names = fields.split(",") if fields else []
    if len(names) != len(set(names)):
        raise Malformed("--fields", fields, "each name once")
    with opened(data, database) as node, reserved(output):
        from tearline.config import replace_file
        from tearline.ledger import disclose as excerpt

        shown = _chosen(node.ledger, facts, names)
        published = node.published.read() if node.published else None
        bundle = excerpt.make(node.ledger, shown, published)
        # Recorded before there is a file: of a bundle that somebody holds, the ledger always knows.
        _record(node, shown, to, why)
        replace_file(output, bytes(bundle))
        vkey = str(node.ledger.vkey)
    aside(f"It is checked by: tearline ledger verify-bundle {output} --vkey {vkey}")
    if json:
        document(
            {"bundle": str(output), "facts": {str(p): sorted(n) for p, n in shown.items()}, "vkey": vkey}
        )
    else:
        for position, of_it in shown.items():
            print(f"Entry {position}: {', '.join(sorted(of_it)) or 'no sealed field'} shown in {output}")


@contextmanager
def reserved(output: Path) -> Iterator[None]:
    """A new file under this name, which is taken away again unless it could be filled."""
    try:
        os.close(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except FileExistsError:
        raise Malformed("--output", str(output), "a new file; this one is there already") from None
    except OSError as error:
        raise Malformed("--output", str(output), f"a file that can be written ({error.strerror})") from None
    try:
        yield
    except BaseException:
        output.unlink(missing_ok=True)
        raise


def _chosen(ledger: "Ledger", facts: Sequence[str], names: Sequence[str]) -> dict[int, list[str]]:
    """For each fact, by its position, those of the named fields that it has. Each name is a field of one at least."""
    from tearline.ledger.disclose import sealed_fields

    there = {
        position: sealed_fields(ledger, position) for position in sorted(_position(ledger, f) for f in facts)
    }
    known = sorted({name for of_it in there.values() for name in of_it})
    for name in names:
        if name not in known:
            raise Malformed(
                "--fields",
                name or '""',
                f"of {_those(facts)} one of: {', '.join(known)}"
                if known
                else f"nothing: {_those(facts)} has no sealed field, or they were purged",
            )
    return {position: [name for name in names if name in of_it] for position, of_it in there.items()}


def _those(facts: Sequence[str]) -> str:
    return f"fact {facts[0]}" if len(facts) == 1 else "these facts"


def _position(ledger: "Ledger", fact: str) -> int:
    from tearline.ledger import strict

    found = ledger.find(fact)
    if found is None:
        try:
            found = strict.decimal(fact)
        except ValueError:
            raise Malformed("FACT", fact, "the reference of a fact on record, or a position") from None
        if found >= ledger.size():
            raise Malformed("FACT", fact, f"a position below {ledger.size()}, the number of entries")
    return found


def _record(node: "Node", shown: Mapping[int, Sequence[str]], to: str, why: str) -> None:
    from tearline.facts.oversight import FieldsDisclosed
    from tearline.facts.shape import Place, record_of
    from tearline.folds.held import ITSELF
    from tearline.node import Order
    from tearline.rooms.oversight import DiscloseFields

    said = {"to": to or None, "why": why or None}
    refs = {position: node.ledger.entry(position).recorded.ref for position in shown}
    facts = [{"record": refs[position], "fields": names, **said} for position, names in shown.items()]
    form, place = record_of(FieldsDisclosed), Place("tearline ledger disclose")
    node.record_all([Order(command=DiscloseFields(form.parse(fact, place)), by=ITSELF) for fact in facts])
