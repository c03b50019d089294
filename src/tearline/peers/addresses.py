"""Which addresses may be called, and what is said when nobody there can be used."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from tearline.facts.errors import Malformed

LONGEST = 400


class Unreachable(ConnectionError):
    """Whoever was called did not answer, or not in a way that can be used."""


def checked_url(url: str, file: str = "URL") -> str:
    """The address without a slash at its end. Malformed unless it is https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Malformed(file, url, "an address such as https://partner.example/ledger") from None
    plain = parts.scheme == "http" and _on_this_machine(host)
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    fits = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if not (host and bare and fits and (parts.scheme == "https" or plain)):
        raise Malformed(
            file,
            url,
            "an https address such as https://partner.example/ledger, without name, query or fragment",
        )
    return url.rstrip("/")


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
