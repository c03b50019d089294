"""An act in ordinary presentation, beside the text that is signed: what the digests of its sealed fields stand for."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from tearline.facts.fact import Sealed
from tearline.facts.history import Draft, Role
from tearline.facts.shape import Field, record_of
from tearline.ledger import sdjwt, strict
from tearline.ledger.prepared import PreparedFact
from tearline.node import Prepared
from tearline.web import show
from tearline.web.look import sealed
from tearline.web.show import Shown
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

Row = tuple[str, Shown, None, str | None]
OPAQUE = re.compile(r"[0-9a-f]{64}|[a-z2-7]{12}|[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFact:
    """One fact: its kind in words, whether it follows by rule, its fields, and the text that is signed of it.

    ``opaque`` are those of its fields that say nothing to a person: hashes, and identifiers made by the site.
    """

    title: str
    follows: bool
    rows: Sequence[Row]
    opaque: Sequence[Row]
    text: str
    statement: str


def shown(visit: Visit, prepared: Prepared) -> list[ShownFact]:
    """Each fact of the act, in its order."""
    return [
        ShownFact(
            title=visit.say(type(draft.fact).in_words),
            follows=draft.by.role is Role.NODE,
            rows=[row for row in rows if not _says_nothing(row)],
            opaque=[row for row in rows if _says_nothing(row)],
            text=text,
            statement=strict.to_base64url(statement),
        )
        for draft, fact, text, statement in zip(
            prepared.drafts, prepared.facts.facts, prepared.sections, prepared.statements, strict=True
        )
        for rows in (_rows(visit, draft, fact),)
    ]


def _says_nothing(row: Row) -> bool:
    return OPAQUE.fullmatch(row[1]) is not None


def _rows(visit: Visit, draft: Draft, fact: PreparedFact) -> list[Row]:
    """Every field; a sealed one opened where the signer wrote it, or reads its compartment, and with its digest."""
    digests = digests_by_name(fact)
    return [
        (visit.say(one.label), _value(visit, draft, one), None, _digest(visit.say, digests.get(one.name)))
        for one in record_of(type(draft.fact)).fields
    ]


def _value(visit: Visit, draft: Draft, one: Field) -> Shown:
    held = getattr(draft.fact, one.name)
    if isinstance(held, Sealed) and one.compartment is not None:
        own = draft.by.role is not Role.NODE
        if not own and not visit.access.opens(one.compartment):
            return sealed(visit.say, one.compartment)
        if not own:
            # Who signs reads what follows by rule, whether or not they sign in the end.
            visit.opened.one(one.compartment, getattr(draft.fact, "item", None))
    return show.text(visit.say, draft.fact, one.name)


def _digest(say: Tongue, digest: str | None) -> str | None:
    return None if digest is None else say("sealed; in the text: %(digest)s", digest=digest)


def digests_by_name(fact: PreparedFact) -> dict[str, str]:
    """The digest that stands for each sealed field. The others in the fact are decoys."""
    found: dict[str, str] = {}
    for disclosures in fact.hidden.disclosures.values():
        for one in disclosures:
            name = json.loads(urlsafe_b64decode(one + "=" * (-len(one) % 4)))[1]
            found[str(name)] = sdjwt.digest_of(one)
    return found
