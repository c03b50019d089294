"""An act as its person signs it, and the check of that signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.errors import Broken, Refused
from tearline.facts.history import Actor, Draft, Question
from tearline.facts.keys import PersonKeyIntroduced
from tearline.facts.words import Words
from tearline.folds.keys import Held
from tearline.ledger import personal, strict, webauthn
from tearline.ledger.prepared import Prepared as PreparedFacts
from tearline.ledger.sdjwt import LARGEST_FACT
from tearline.node.order import Order

TO_SIGN = timedelta(minutes=15)
"""How long what was decided may wait for its signature: a clearance or an agreement may have run out since."""

NOT_THEIR_SIGNATURE = Words(
    "this is no signature over this act by a key that is on record as this person's",
    "esta no es una firma de este acto con una clave registrada de esta persona",
)

SHOWN_ANEW = Words(
    "since this was shown, something was recorded that could change it, or too much time went by: look again,"
    " and sign again",
    "desde que se mostró esto se registró algo que podría cambiarlo, o pasó demasiado tiempo: revíselo y firme de"
    " nuevo",
)

TOO_MANY_FACTS = Words(
    f"one signature covers at most {personal.MOST_FACTS} facts; do this in several acts",
    f"una firma cubre a lo más {personal.MOST_FACTS} hechos; hágalo en varios actos",
)

TOO_LONG = Words(
    "this is too much to be shown and signed as one fact; do it in several acts",
    "esto es demasiado para mostrarse y firmarse como un solo hecho; hágalo en varios actos",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An act as its person signs it: decided, with its salts made. It is recorded as it stands here, or not at all.

    Whoever signs with a passkey is shown ``text``, which is the opening and a section for each fact, and signs the 32
    bytes of ``shown_challenge``. With a key of their own they sign ``challenge``.
    """

    orders: tuple[Order, ...]
    drafts: tuple[Draft, ...]
    after: int
    challenge: bytes
    shown_challenge: bytes
    opening: str
    sections: tuple[str, ...]
    decided_at: datetime
    facts: PreparedFacts = field(repr=False)
    statements: tuple[bytes, ...] = field(repr=False)
    shown_statements: tuple[bytes, ...] = field(repr=False)
    unless: Question = field(repr=False)
    purging: tuple[int, ...] = field(repr=False)
    key: str = field(repr=False)

    @property
    def text(self) -> str:
        """What is shown, and hashed: these very characters in UTF-8."""
        return self.opening + "".join(self.sections)

    @property
    def by(self) -> Actor:
        """Who signs it."""
        return self.orders[0].by


def verify(prepared: Prepared, held: Held, signature: bytes | webauthn.Assertion) -> None:
    """Broken unless this key made this signature over what was prepared."""
    match held.fact, signature:
        case PasskeyEnrolled() as enrolled, webauthn.Assertion():
            passkey = webauthn.Passkey.parse(enrolled.public_key, enrolled.site)
            webauthn.verify_assertion(prepared.shown_challenge, signature, passkey)
        case PersonKeyIntroduced() as introduced, bytes():
            public = personal.public_key(introduced.public_key)
            personal.verify_challenge(prepared.challenge, signature, public)
        case _:
            raise Broken("this key signs in another way")


ROOM = 3_000
"""Bytes of JSON that a fact's other claims, and a passkey's assertion of the longest kind, take at most."""


def not_too_long(stated: Sequence[Mapping[str, object]], opening: str, sections: Sequence[str]) -> None:
    """Refuse before it is shown what could not be recorded with its text beside it."""
    for one, text in zip(stated, sections, strict=True):
        size = len(strict.to_json([one, opening, text])) + 46 * len(sections) + ROOM
        if size * 4 // 3 > LARGEST_FACT:
            raise Refused("signed-in-parts", TOO_LONG)
