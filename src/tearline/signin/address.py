"""The address of the site: what passkeys and cookies are bound to.

It is configured and never taken from a request. Browsers offer passkeys over https, and over http on localhost only.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tearline.facts.errors import Malformed
from tearline.ledger import strict

LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Address:
    """``origin`` as browsers write it, such as ``https://tearline.agency.example``."""

    origin: str

    def __post_init__(self) -> None:
        """Malformed unless passkeys work there: https with a name, or http on localhost; and no path."""
        expected = "https://NAME or http://localhost, with a port if need be, and nothing behind it"
        try:
            parts = urlsplit(self.origin)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Malformed("site", "address", expected) from None
        named = parts.scheme == "https" and any(c.isalpha() for c in host) and "." in host and ":" not in host
        local = parts.scheme in ("http", "https") and host == LOCAL
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        again = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")
        if not (named or local) or self.origin != again or not self.origin.isascii():
            raise Malformed("site", "address", expected)

    @classmethod
    def local(cls, port: int) -> "Address":
        """That of a site on this port of the machine that one sits at."""
        return cls(f"http://{LOCAL}" if port == 80 else f"http://{LOCAL}:{port}")

    @property
    def rp_id(self) -> str:
        """The name to which passkeys are bound (WebAuthn's RP ID): the host, exactly."""
        return urlsplit(self.origin).hostname or ""

    def signed_here(self, client: bytes) -> bool:
        """Whether a browser says of what a passkey signed that it was on a page of this very site.

        To an authenticator, and to whoever checks the record, pages at a name below the site's or on another port of it
        are the site's own; but they show what they like. ``client``: the client data (WebAuthn section 5.8.1).
        """
        try:
            said = strict.from_json(client)
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("origin") == self.origin

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")

    def cookie(self, name: str) -> str:
        """What a cookie is called here. ``__Host-`` keeps it to this host, to https, and off any subdomain's reach."""
        return f"__Host-{name}" if self.secure else name
