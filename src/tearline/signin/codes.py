"""Codes of invitations: made here, shown once to whoever made them, and read again however they are typed.

Until it is shown it waits in the door's database, sealed under a key of this process alone: neither the files nor a
copy of them hold what lets anybody in, and a node that is started anew meanwhile has the invitation issued again.

A code is 140 random bits in Crockford's base32, in groups: ``K7QFM2X-J8R9TZW-D4HVNPK-2M6QXYT``. On record stands its
hash. It has to have 112 bits and more for a plain hash to be enough (OWASP ASVS 5.0, V6.5.2).
"""

import secrets
from base64 import b64decode, b64encode
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.identifiers import PersonId
from tearline.rooms.admission.passkeys import digest_of
from tearline.signin.store import DoorStore, codes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, so that nothing is mistaken."""
LENGTH, GROUP = 28, 7
SECONDS = 60 * 60
"""How long a code that was made for a form waits to be shown."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A new code, as it is hashed: without its hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as people read it."""
    return "-".join(code[n : n + GROUP] for n in range(0, LENGTH, GROUP))


def typed(text: str) -> str | None:
    """The code that somebody typed, in whatever case and spacing; None when it is none."""
    if len(text) > 4 * LENGTH:
        return None
    code = "".join(c for c in text.upper() if c.isalnum()).translate(_ALIKE)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


class Codes:
    """Codes between the form that made them and the page that shows them."""

    def __init__(self, store: DoorStore) -> None:
        self._store = store
        self._seal = AESGCM(AESGCM.generate_key(256))

    def make(self, person: PersonId, now: datetime) -> str:
        """A new code that this person may see, once. Its hash, as it is put on record."""
        code, at = new_code(), int(now.timestamp())
        digest = digest_of(code)
        with self._store.writing() as connection:
            connection.execute(codes.delete().where(codes.c.ends <= at))
            connection.execute(
                codes.insert().values(
                    digest=digest, person=str(person), code=self._sealed(code, digest), ends=at + SECONDS
                )
            )
        return digest

    def take(self, digest: str, person: PersonId, now: datetime) -> str | None:
        """The code behind this hash, for this person, the first time it is asked for; else None."""
        with self._store.writing() as connection:
            gone = connection.execute(
                codes.delete()
                .where(codes.c.digest == digest, codes.c.person == str(person))
                .returning(codes.c.code, codes.c.ends)
            ).first()
        if gone is None or gone.ends <= int(now.timestamp()):
            return None
        return self._opened(str(gone.code), digest)

    def _sealed(self, code: str, digest: str) -> str:
        nonce = secrets.token_bytes(12)
        return b64encode(nonce + self._seal.encrypt(nonce, code.encode(), digest.encode())).decode()

    def _opened(self, sealed: str, digest: str) -> str | None:
        """None when another process sealed it."""
        raw = b64decode(sealed)
        try:
            return self._seal.decrypt(raw[:12], raw[12:], digest.encode()).decode()
        except InvalidTag:
            return None
