"""Acts that bind their person: shown first, then recorded under the person's own signature, or not at all.

A command that binds is answered with ``202`` and what is to be signed: the text, the 32 bytes of the challenge, when
the offer ends, and the person's keys on record. ``POST /api/v1/signatures/{id}`` brings the signature. Has a deciding
fact been recorded since, the signature is worth nothing: the answer, ``409`` of the kind ``shown-anew``, brings the act
as it would be recorded now, to be read and signed again. Nothing is ever signed anew by itself.

What waits is in this process's memory and nowhere else: it is not on record, and a new start forgets it; the command
is then sent again, under the same key. It is bounded, for all and for each person.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.api.bodies import Unfit, Wrong, pointer
from tearline.api.problems import Denied, Kind
from tearline.api.recorded import moment
from tearline.api.schemas import Schema, instant, many, maybe, record, ref, text, whole
from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.errors import Malformed, Refused
from tearline.facts.identifiers import KeyId
from tearline.facts.shape import Json
from tearline.facts.words import Language, Words
from tearline.folds.keys import Held, asks_keys_of, keys_of
from tearline.ledger import personal, strict, webauthn
from tearline.ledger.batch import Appended
from tearline.node import NOT_THEIR_SIGNATURE, TO_SIGN, Node, Order, Prepared
from tearline.projections import Forgetting
from tearline.signin.address import Address
from tearline.signin.identity import Identity

MOST, MOST_OF_ONE = 2_000, 20
"""Acts that wait for a signature at once: in all, and of one person."""
FORMS = (personal.FORM, personal.WEBAUTHN)
Signature = bytes | webauthn.Assertion


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One act that waits for its signature. ``values`` are what its body said."""

    id: str
    command: str
    identity: Identity
    order: Order
    values: Mapping[str, object]
    prepared: Prepared
    language: Language

    def expires(self) -> datetime:
        return self.prepared.decided_at + TO_SIGN


class Signatures:
    """What waits to be signed, by its id and by its submission. Safe among threads."""

    def __init__(
        self, node: Node, counted: Callable[[KeyId, int], bool], address: Address | None = None
    ) -> None:
        """``counted`` is told of each passkey that signed, and how often it says that it has; False: it was perhaps
        copied. ``address``: where passkeys sign, if this site says so."""
        self._node, self._counted, self._address = node, counted, address
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, Waiting] = OrderedDict()
        self._forgetting = Forgetting(node.ledger, self._forget)

    def offer(
        self,
        identity: Identity,
        command: str,
        order: Order,
        values: Mapping[str, object],
        key: str,
        *,
        language: Language,
    ) -> Waiting:
        """Decide the act and hold it for its person to sign; the same submission, sent again, is answered the same.

        Refused when the rules say no, or the person has no key on record. Denied when the body is another one.
        """
        self._forgetting.now()
        with self._lock:
            held = next((w for w in self._waiting.values() if w.prepared.key == key), None)
        if held is not None and self._node.clock() < held.expires():
            if (held.order.at, held.order.precision, held.values) != (order.at, order.precision, values):
                raise Denied(Kind.OTHER_BODY)
            return held
        prepared = self._node.prepare(order, key=key, language=language)
        waiting = Waiting(
            id=secrets.token_urlsafe(24),
            command=command,
            identity=identity,
            order=order,
            values=values,
            prepared=prepared,
            language=language,
        )
        self._hold(waiting)
        return waiting

    def take(self, identity: Identity, id_: str) -> Waiting:
        """The act of this id. Denied as for what is not there, when there is none or it is another person's."""
        self._forgetting.now()
        with self._lock:
            waiting = self._waiting.get(id_)
        if waiting is None or waiting.identity.actor != identity.actor:
            raise Denied(Kind.ABSENT)
        return waiting

    def sign(self, waiting: Waiting, signature: Signature) -> Appended:
        """Record it as it was shown. Refused as ``Node.record_prepared`` refuses it."""
        if isinstance(signature, webauthn.Assertion):
            self._as_at_the_site(waiting, signature)
        done = self._node.record_prepared(waiting.prepared, signature=signature)
        self.drop(waiting)
        self._forgetting.now()
        return done

    def _as_at_the_site(self, waiting: Waiting, signature: webauthn.Assertion) -> None:
        """Refused when a passkey signed elsewhere, or counts no further than before: nothing is told apart."""
        key = self._node.signed_by(waiting.prepared, signature)
        here = self._address is None or self._address.signed_here(signature.client)
        if not here or not self._counted(key, signature.count):
            raise Refused("signed-personally", NOT_THEIR_SIGNATURE, (waiting.identity.person,))

    def _forget(self) -> None:
        """What was prepared before a purge may show what was purged: it is sent again."""
        with self._lock:
            self._waiting.clear()

    def anew(self, waiting: Waiting) -> Waiting:
        """The same act, decided again now, to be read again."""
        self.drop(waiting)
        return self.offer(
            waiting.identity,
            waiting.command,
            waiting.order,
            waiting.values,
            waiting.prepared.key,
            language=waiting.language,
        )

    def drop(self, waiting: Waiting) -> None:
        with self._lock:
            self._waiting.pop(waiting.id, None)

    def _hold(self, waiting: Waiting) -> None:
        now = self._node.clock()
        with self._lock:
            for id_ in [w.id for w in self._waiting.values() if w.expires() <= now]:
                del self._waiting[id_]
            mine = [w.id for w in self._waiting.values() if w.identity.person == waiting.identity.person]
            for id_ in mine[: max(0, len(mine) - MOST_OF_ONE + 1)]:
                del self._waiting[id_]
            if len(self._waiting) >= MOST:
                raise TimeoutError("too many acts wait for their signatures")
            self._waiting[waiting.id] = waiting

    def tell(self, waiting: Waiting) -> dict[str, Json]:
        """What the person is shown, and signs."""
        person = waiting.identity.person
        keys = keys_of(self._node.ledger.read(asks_keys_of(person)), person)
        prepared = waiting.prepared
        return {
            "id": waiting.id,
            "command": waiting.command,
            "text": prepared.text,
            "after": prepared.after,
            "challenge": strict.to_base64url(prepared.challenge),
            "expires": moment(waiting.expires()),
            "keys": [_key(held, prepared) for held in keys.values()],
            "href": f"/api/v1/signatures/{waiting.id}",
        }


def _key(held: Held, prepared: Prepared) -> Json:
    """One of the person's keys, and what it signs: a passkey signs the text that is shown."""
    fact = held.fact
    if isinstance(fact, PasskeyEnrolled):
        return {
            "key": fact.key,
            "form": personal.WEBAUTHN,
            "challenge": strict.to_base64url(prepared.shown_challenge),
            "credential": fact.credential,
            "site": fact.site,
        }
    challenge = strict.to_base64url(prepared.challenge)
    return {
        "key": fact.key,
        "form": personal.FORM,
        "challenge": challenge,
        "credential": None,
        "site": None,
    }


def signature_of(given: Mapping[str, object]) -> Signature:
    """The signature in a body, of one of two forms. Unfit when it is none."""
    form = given.get("form")
    members = {personal.FORM: ("form", "signature"), personal.WEBAUTHN: ("form", "credential")}.get(str(form))
    if members is None or not isinstance(form, str):
        raise Unfit(Wrong("/form", " or ".join(FORMS)))
    wrong = [
        Wrong(pointer(name), f"one of the members {', '.join(members)}")
        for name in given
        if name not in members
    ]
    place = pointer(members[1])
    try:
        if form == personal.WEBAUTHN:
            signature: Signature = webauthn.Assertion.posted(given.get("credential"))
        else:
            said = given.get("signature")
            signature = strict.base64url(said if isinstance(said, str) else "", personal.SIGNATURE)
    except (ValueError, Malformed) as error:
        raise Unfit(*wrong, Wrong(place, str(error))) from None
    if wrong:
        raise Unfit(*wrong)
    return signature


SIGNING: Schema = record(
    {
        "id": text(),
        "command": text(),
        "text": text(Words("What is signed: read it", "Lo que se firma: léalo")),
        "after": whole(Words("Facts on record when it was decided", "Hechos registrados cuando se decidió")),
        "challenge": text(
            Words("What is signed, 32 bytes in base64url", "Lo que se firma, 32 bytes en base64url")
        ),
        "expires": instant(),
        "keys": many(
            record(
                {
                    "key": text(),
                    "form": {"type": "string", "enum": [*FORMS]},
                    "challenge": text(),
                    "credential": maybe(
                        text(Words("A passkey's credential id", "La credencial de la clave"))
                    ),
                    "site": maybe(text(Words("The site it is bound to", "El sitio al que está ligada"))),
                }
            )
        ),
        "href": text(Words("Where the signature is sent", "A dónde se envía la firma")),
    },
    Words("An act, as its person is to sign it", "Un acto, como su autor ha de firmarlo"),
)
OFFERED: Schema = record({"signing": ref("Signing")})
BODY: Schema = {
    "oneOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["form", "signature"],
            "properties": {
                "form": {"type": "string", "const": personal.FORM},
                "signature": {
                    "type": "string",
                    # 64 bytes in base64url: 85 characters, and a last one with no unused bits set
                    "pattern": "^[A-Za-z0-9_-]{85}[AQgw]$",
                },
            },
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["form", "credential"],
            "properties": {
                "form": {"type": "string", "const": personal.WEBAUTHN},
                "credential": {
                    "type": "object",
                    "description": "What PublicKeyCredential.toJSON() gives (AuthenticationResponseJSON)",
                },
            },
        },
    ]
}
