"""The code by which somebody outside follows their report: made here, shown once, read again however it is typed.

    K7QF-2XJ8-R9TZ-WD4H

80 random bits in Crockford's base32. It is copied by hand, perhaps on a bad day, so it is no longer than it has to be:
nobody guesses 80 bits at a door that is slow and counts (``web.outside.limits``). Whoever steals the ledger can
try at home, and for that 80 bits behind a fast hash are too few (OWASP ASVS 5.0, V6.5.2 asks for 112); so what is
recorded is scrypt's (RFC 7914), which asks for 16 MiB and some 40 ms a try. A salt of its own for each code is not
possible, since the code is all by which a report is found; the log's name is in its place, so that tries against one
node are worth nothing against another.
"""

import base64
import hashlib
import secrets

from tearline.facts.identifiers import ReceiptId
from tearline.signin.codes import ALPHABET

LENGTH, GROUP = 16, 4
LONGEST_TYPED = 100
COST, BLOCK, LANES = 2**14, 8, 1
"""Of scrypt: 128 * COST * BLOCK bytes."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A new code, as it is hashed: without its hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as people read it."""
    return "-".join(code[n : n + GROUP] for n in range(0, LENGTH, GROUP))


def typed(text: str) -> str | None:
    """The code that somebody typed, in whatever case and spacing; None when it is none."""
    if len(text) > LONGEST_TYPED:
        return None
    code = "".join(c for c in text.upper() if c.isalnum()).translate(_ALIKE)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def receipt_of(code: str, origin: str) -> ReceiptId:
    """What is recorded of a code at the node whose log has this name."""
    salt = f"tearline outside receipt 1\n{origin}".encode()
    hashed = hashlib.scrypt(code.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, dklen=32)
    return ReceiptId(base64.urlsafe_b64encode(hashed).decode().rstrip("="))
