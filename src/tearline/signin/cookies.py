"""The two cookies of the door: that of a session, and that of a browser which is about to sign in.

Each holds 256 random bits and nothing else. Neither is sent along from another site (``SameSite=Strict``), nor shown
to scripts.
"""

import hashlib
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from tearline.signin.address import Address

SESSION = "tearline"
BEFORE = "tearline-at-the-door"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_secret() -> str:
    """256 random bits, as a cookie holds them."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def brought(request: Request, address: Address, name: str) -> str | None:
    """The secret in this cookie, if there is one of our form."""
    value = request.cookies.get(address.cookie(name), "")
    return value if _SECRET.fullmatch(value) else None


def give(response: Response, address: Address, name: str, secret: str) -> None:
    """Put the secret into the browser until it is closed."""
    response.set_cookie(
        address.cookie(name), secret, path="/", secure=address.secure, httponly=True, samesite="strict"
    )


def take_away(response: Response, address: Address, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        address.cookie(name), path="/", secure=address.secure, httponly=True, samesite="strict"
    )
