"""The keys by which the node and its people sign."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.said import aside, document, printable
from tearline.cli.signing import PersonalKey
from tearline.facts.errors import Malformed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import KeyId, PersonId, well_formed
from tearline.facts.keys import (
    KeyPurpose,
    RevocationReason,
    is_public_key,
    thumbprint_of,
)
from tearline.facts.shape import Instant, Place
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tearline.jobs.keys import KnownKey
    from tearline.node import Node

app = typer.Typer(help="The keys of the node and of its people.", rich_markup_mode=None)
person_app = typer.Typer(help="Keys by which people sign what binds them.", rich_markup_mode=None)
app.add_typer(person_app, name="person")

KEYS = "keys"
EXAMPLE = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
IN_USE, REPLACED = Words("in use", "en uso"), Words("replaced", "sustituida")
REVOKED = Words("revoked since {since}: {reason}", "revocada desde {since}: {reason}")
THE_NODE = Words("the node, {purpose}", "el nodo, {purpose}")

By = Annotated[str | None, typer.Option("--by", metavar="PERSON", help="Who does it.")]
As = Annotated[
    Role, typer.Option("--as", metavar="ROLE", help="Their role: liaison or vetting-officer enrols people.")
]


@app.command("list", epilog="Example: tearline keys list --json")
def list_(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """List every key on record; with --json also what checks each log key, and the signed hand-overs."""
    from tearline.jobs.keys import known_keys

    with opened(data, database) as node:
        keys = known_keys(node)
        if json:
            document({"keys": [_plain(node, key) for key in keys]})
            return
    for key in keys:
        print(printable(f"{key.key}  {_holder(key, language)}  {_standing(key, language)}"))


@app.command(epilog="Example: tearline keys rotate log --data ./tearline-data")
def rotate(
    purpose: Annotated[
        KeyPurpose, typer.Argument(metavar="fact|log", help="The key that signs facts, or checkpoints.")
    ],
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Replace a key of the node: introduce a new one on record, signed by the old, and destroy the old."""
    from tearline.jobs.keys import known_keys, vkey
    from tearline.jobs.keys import rotate as replaced

    with opened(data, database) as node:
        fact = replaced(node, data / KEYS, purpose)
        (key,) = [k for k in known_keys(node) if k.key == fact.key]
        if json:
            document(_plain(node, key))
        elif purpose is KeyPurpose.LOG:
            aside(
                "Tell your witnesses and partners the new key; tearline keys list --json has the hand-over."
            )
            print(vkey(node, key))
        else:
            print(fact.key)


@app.command(
    epilog="Example: tearline keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --reason lost --by ana"
)
def revoke(
    *,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its thumbprint, as keys list shows it.")],
    reason: Annotated[RevocationReason, typer.Option("--reason", help="Why.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Not to be believed since; now if absent.")
    ] = None,
    by: By = None,
    role: As = Role.LIAISON,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Revoke a person's key, or a key of the node that was replaced. It never returns."""
    from tearline.jobs.keys import known_keys
    from tearline.jobs.keys import revoke as revoked

    at: datetime | None = None if since is None else Instant().parse(since, Place("--since", since))
    actor = None if by is None else _actor(by, role)
    with opened(data, database) as node:
        revoked(node, KeyId(key), reason, at, actor)
        (found,) = [k for k in known_keys(node) if k.key == key]
        if json:
            document(_plain(node, found))
        else:
            print(printable(f"{found.key}  {_holder(found, language)}  {_standing(found, language)}"))


@person_app.command("new", epilog="Example: tearline keys person new ana --out ana.key")
def person_new(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who will hold it.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="A new file for the private key, mode 0600.")
    ],
    json: AsJson = False,
) -> None:
    """Make a key for a person, on their own machine, and print its public part for whoever enrols people."""
    _identified("PERSON", person)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tearline.ledger import keyfile

    private = Ed25519PrivateKey.generate()
    # Whatever begins with a hyphen the command line takes for an option, where people type a key or its name.
    while any(name.startswith("-") for name in _names(private)):
        private = Ed25519PrivateKey.generate()
    try:
        keyfile.write(out, keyfile.pem(private))
    except FileExistsError:
        raise Malformed(str(out), "top", "a file that is not there yet: no key is overwritten") from None
    public, _ = _names(private)
    aside(f"The private key is in {out}: keep it, and keep it private.")
    if json:
        document({"person": person, "key": thumbprint_of(public), "public_key": public, "file": str(out)})
    else:
        print(public)


def _names(private: "Ed25519PrivateKey") -> tuple[str, str]:
    """The public part, and the name under which it stands on record."""
    from tearline.ledger import strict

    public = strict.to_base64url(private.public_key().public_bytes_raw())
    return public, thumbprint_of(public)


@person_app.command("vouch", epilog=f"Example: tearline keys person vouch ana {EXAMPLE} --key ana.key")
def person_vouch(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who holds both keys.")],
    public: Annotated[str, typer.Argument(metavar="PUBLIC", help="The public part of the new one.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key on record already.")],
    json: AsJson = False,
) -> None:
    """Sign for a further key of one's own, on one's own machine, and print what keys person add takes."""
    _identified("PERSON", person)
    _public(public)
    from tearline.ledger import keyfile, personal, strict

    name = thumbprint_of(public)
    signature = strict.to_base64url(personal.sign(personal.vouching(person, name), keyfile.private(key)))
    if json:
        document({"person": person, "key": name, "vouched": signature})
    else:
        print(signature)


@person_app.command("add", epilog=f"Example: tearline keys person add ana {EXAMPLE} --by leo")
def person_add(
    *,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who holds it.")],
    public: Annotated[str, typer.Argument(metavar="PUBLIC", help="What keys person new printed.")],
    by: Annotated[
        str, typer.Option("--by", metavar="PERSON", help="Who saw that they hold it; another person.")
    ],
    vouched: Annotated[
        str | None,
        typer.Option(
            "--vouched", metavar="SIGNATURE", help="By a key they have: what keys person vouch printed."
        ),
    ] = None,
    role: As = Role.LIAISON,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Put a person's public key on record, by which they will sign what binds them."""
    _identified("PERSON", person)
    _public(public)
    actor = _actor(by, role)
    from tearline.jobs.keys import introduce
    from tearline.ledger import keyfile, strict

    if vouched is not None:
        try:
            strict.base64url(vouched, 64)
        except ValueError as e:
            raise Malformed("--vouched", vouched, str(e)) from None
    with opened(data, database) as node:
        private = None if key is None else keyfile.private(key)
        name = introduce(node, PersonId(person), public, actor, vouched, private=private)
    if json:
        document({"person": person, "key": name, "public_key": public})
    else:
        print(name)


def _public(public: str) -> None:
    if not is_public_key(public):
        raise Malformed("PUBLIC", public, "an Ed25519 public key: 32 bytes in base64url, not of small order")


def _identified(option: str, given: str) -> None:
    if not well_formed(given):
        raise Malformed(option, given, "an identifier of a-z, 0-9 and inner hyphens")


def _actor(by: str, role: Role) -> Actor:
    _identified("--by", by)
    return Actor(PersonId(by), role)


def _plain(node: "Node", key: "KnownKey") -> dict[str, object]:
    from tearline.jobs.keys import vkey

    made: dict[str, object] = {
        "key": key.key,
        "public_key": key.public_key,
        "purpose": "person" if key.purpose is None else key.purpose.value,
        "in_use": key.in_use,
        "introduced_at": key.introduced_at.isoformat(),
    }
    if key.person is not None:
        made["person"] = key.person
    if key.replaces is not None:
        made["replaces"] = key.replaces
    if key.purpose is KeyPurpose.LOG:
        made["vkey"] = str(vkey(node, key))
    if key.hand_over is not None:
        made["hand_over"] = key.hand_over
    if key.revoked is not None:
        made["revoked"] = {
            "reason": key.revoked.reason.value,
            "since": key.revoked.since.isoformat(),
        }
    return made


def _holder(key: "KnownKey", language: Language) -> str:
    if key.purpose is None:
        return str(key.person)
    return THE_NODE.to(language).format(purpose=key.purpose.words.to(language))


def _standing(key: "KnownKey", language: Language) -> str:
    if key.revoked is not None:
        since = key.revoked.since.isoformat(timespec="minutes")
        return REVOKED.to(language).format(since=since, reason=key.revoked.reason.words.to(language))
    return (IN_USE if key.in_use else REPLACED).to(language)
