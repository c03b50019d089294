"""Checking a bundle: what it proves, printed without a node, a database or a network."""

import json as json_text
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tearline.cli.options import AsJson, read
from tearline.cli.said import console, document, posix, printable, say

if TYPE_CHECKING:
    from tearline.ledger.bundle import Excerpt, Proven
    from tearline.ledger.keyring import Key

EXAMPLE = (
    "Example: tearline ledger verify-bundle item.bundle.json --vkey agency.example/node-1+8b4d1c0e+AY3S…"
)


def verify_bundle(
    *,
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle (JSON).")],
    vkey: Annotated[str, typer.Option("--vkey", metavar="VKEY", help="The log's public key: name+id+key.")],
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", metavar="VKEY", help="A witness who must have cosigned; may be repeated."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Check a bundle and print what it proves. Needs no node, no database and no network."""
    from tearline.ledger.bundle import LARGEST, verify
    from tearline.ledger.note import Vkey

    log = Vkey.parse(vkey, "--vkey")
    witnesses = [Vkey.parse(one, "--witness") for one in witness or ()]
    excerpt = verify(read(bundle, LARGEST), log, witnesses, str(bundle))
    if json:
        document(_plain(excerpt))
    else:
        _show(excerpt)


def _plain(excerpt: "Excerpt") -> dict[str, object]:
    return {
        "verified": True,
        "origin": excerpt.checkpoint.origin,
        "size": excerpt.checkpoint.size,
        "root": excerpt.checkpoint.text().splitlines()[2],
        "cosigned": [
            {"name": key.name, "vkey": str(key), "at": posix(at)} for key, at in excerpt.cosigned.items()
        ],
        "facts": [_fact(fact) for fact in excerpt.facts],
        "unchecked": list(excerpt.unchecked),
    }


SAID = ("kind", "ref", "recorded_at", "happened_at", "precision", "by", "role")


def _fact(fact: "Proven") -> dict[str, object]:
    said = {name: fact.payload[name] for name in SAID}
    return {
        "position": fact.position,
        **said,
        "told": fact.payload.get("told"),
        "clear": fact.clear,
        "shown": fact.shown,
        "hidden": fact.hidden,
        "purged_at": fact.purged,
        "issued": _key(fact.issued),
        "signed": fact.signed and _key(fact.signed),
        "text": fact.text,
    }


def _key(key: "Key") -> dict[str, object]:
    return {
        "key": key.name,
        "passkey_of": key.site,
        "person": key.person,
        "introduced_at": key.introduced,
        "revoked_at": key.revoked,
        "not_believed_since": key.since and key.since.isoformat().replace("+00:00", "Z"),
    }


def _show(excerpt: "Excerpt") -> None:
    out = console()
    say(
        out,
        f"Proven: on record in {excerpt.checkpoint.origin}, under its checkpoint of"
        f" {excerpt.checkpoint.size} entries.",
    )
    for witness, at in excerpt.cosigned.items():
        say(out, f"Cosigned by {witness.name} at {posix(at)}.")
    say(out, "Not shown by it:")
    for unchecked in excerpt.unchecked:
        say(out, f"  {unchecked}")
    for fact in excerpt.facts:
        out.print()
        for line in _heading(fact):
            say(out, line)
        if fact.text is not None:
            say(out, "  this text was shown to them, and is what they signed:")
            for line in fact.text.splitlines():  # to the letter: not wrapped
                out.print(f"  | {printable(line)}", soft_wrap=True)
        for line in _fields(fact):
            say(out, line)


def _heading(fact: "Proven") -> Iterator[str]:
    said = fact.payload
    yield f"Entry {fact.position}: {_title(said['kind'])}, fact {said['ref']}"
    yield f"  recorded at {said['recorded_at']}; said to have happened at {said['happened_at']} ({said['precision']})"
    if said.get("told"):
        yield f"  a fact of a worked case, {_value(said['told'].get('telling'))}, and no act of those who are named"
    yield f"  by {said['by']}, as {said['role']}; {_signature(fact)}"


def _fields(fact: "Proven") -> Iterator[str]:
    for name, value in fact.clear.items():
        yield f"  {name}: {_value(value)}"
    for name, value in fact.shown.items():
        yield f"  {name}: {_value(value)}   (sealed, shown here)"
    if fact.purged is not None:
        yield f"  its sealed fields were purged, as entry {fact.purged} records"
    if fact.hidden:
        yield f"  {fact.hidden} digests more: sealed fields that are not shown, or decoys"


def _title(kind: str) -> str:
    import tearline.facts.vocabulary  # noqa: F401  every kind declared
    from tearline.facts.fact import KINDS

    return f"{kind} ({KINDS[kind].in_words.en})" if kind in KINDS else kind


def _signature(fact: "Proven") -> str:
    key = fact.signed
    if key is None:
        return "said by the node itself" if fact.payload["role"] == "node" else "not signed by the person"
    named = f"key {key.name}" if key.site is None else f"passkey {key.name} for {key.site}"
    if key.revoked is None:
        return f"signed by {key.person} with {named}, on record since entry {key.introduced}"
    return (
        f"signed by {key.person} with {named}, which entry {key.revoked} revoked:"
        f" not to be believed since {_key(key)['not_believed_since']}"
    )


def _value(value: Any) -> str:
    return json_text.dumps(value, ensure_ascii=False)
