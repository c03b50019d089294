"""How a node's site is reached: the member ``site`` of ``node.json``.

``address`` is the origin under which people and partners reach it; host names, cookies and passkeys follow from it.
``listen`` is where this process answers. Where TLS ends is said and never guessed: in this process (``tls``) or in a
proxy in front of it (``proxies``), whose ``X-Forwarded-*`` headers are believed then, and nobody else's.
Everything here is shape; ``serving`` decides what may be served.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from tearline.facts.errors import Malformed
from tearline.facts.words import Words

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""How a browser on this machine names it."""
MOST_PROXIES = 16
IDLE_MINUTES, LONGEST_IDLE_MINUTES = 15, 60
ABSOLUTE_HOURS, LONGEST_ABSOLUTE_HOURS = 12, 24
"""NIST SP 800-63B-4 section 2.2.3 asks at AAL2 for a new sign-in after 24 hours, or one hour without activity."""
STOP_SECONDS, LONGEST_STOP_SECONDS = 20, 300
MOST_CONTEXTS = 8
LONGEST_TEXT = 400
ANSWER_DAYS, LONGEST_ANSWER_DAYS = 7, 60

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_PORT = re.compile(r"[0-9]{1,5}")
_MEMBERS = (
    "address",
    "listen",
    "tls",
    "proxies",
    "idle_minutes",
    "absolute_hours",
    "stop_seconds",
    "metrics",
    "oidc",
    "outside",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a socket listens: an IP address or ``localhost``, and a port; 0 takes any free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str, file: str, place: str) -> "Endpoint":
        """``127.0.0.1:8080`` or ``[::1]:8080``. Malformed for anything else, host names included."""
        host, _, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        bare = host[1:-1] if bracketed else host
        if not _PORT.fullmatch(port) or int(port) > 65535 or bracketed != (":" in bare) or not _is_host(bare):
            raise Malformed(file, place, "an IP address or localhost with a port, such as 127.0.0.1:8080")
        return cls(host=bare, port=int(port))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The files by which this process ends TLS itself, in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """The directory by which people may sign in. Without a secret the node is a public client of it (RFC 6749, 2.1).

    ``acr``: the authentication contexts of which it must state one, the strongest wish first; empty for any.
    """

    issuer: str
    client_id: str
    client_secret_file: Path | None = None
    acr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The door by which people without an account report harm. ``desk``: who answers there, as they are told.

    Within ``answer_days`` they are to be answered; they are told so.
    """

    desk: Words
    answer_days: int = ANSWER_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How the site is reached. ``address`` is None where only this machine reaches it."""

    address: str | None = None
    listen: Endpoint = field(default_factory=lambda: Endpoint(host="127.0.0.1", port=8080))
    tls: Tls | None = None
    proxies: tuple[str, ...] = ()
    idle_minutes: int = IDLE_MINUTES
    absolute_hours: int = ABSOLUTE_HOURS
    stop_seconds: int = STOP_SECONDS
    metrics: Endpoint | None = None
    oidc: Oidc | None = None
    outside: Outside | None = None

    @property
    def https(self) -> bool:
        return self.address is not None and self.address.startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names to which the site answers, without ports."""
        if self.address is None:
            return LOOPBACK_NAMES
        host = urlsplit(self.address).hostname or ""
        return (f"[{host}]" if ":" in host else host,)

    def plain(self) -> dict[str, object]:
        """The members of ``site``; what is at its default is left out."""
        default = Site()
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(default, f.name)]
        return {name: value for name, value in self.whole().items() if name in changed}

    def whole(self) -> dict[str, object]:
        """All members, those at their default too."""
        oidc, tls = self.oidc, self.tls
        return {
            "address": self.address,
            "listen": str(self.listen),
            "tls": tls and {"certificate": str(tls.certificate), "key": str(tls.key)},
            "proxies": list(self.proxies),
            "idle_minutes": self.idle_minutes,
            "absolute_hours": self.absolute_hours,
            "stop_seconds": self.stop_seconds,
            "metrics": self.metrics and str(self.metrics),
            "oidc": oidc
            and {
                "issuer": oidc.issuer,
                "client_id": oidc.client_id,
                "client_secret_file": oidc.client_secret_file and str(oidc.client_secret_file),
                "claims": {"acr": list(oidc.acr)},
            },
            "outside": self.outside
            and {
                "desk": {"en": self.outside.desk.en, "es": self.outside.desk.es},
                "answer_days": self.outside.answer_days,
            },
        }

    @classmethod
    def parse(cls, held: object, file: str) -> "Site":
        """Malformed, with the place in ``file``, when it is not exactly ours. What is absent is at its default."""
        members = _members(held, file, "site", _MEMBERS)
        default = cls()
        return cls(
            address=_address(members["address"], file) if "address" in members else None,
            listen=_endpoint(members["listen"], file, "listen") if "listen" in members else default.listen,
            tls=_tls(members["tls"], file) if "tls" in members else None,
            proxies=_proxies(members.get("proxies", []), file),
            idle_minutes=_number(members, "idle_minutes", IDLE_MINUTES, LONGEST_IDLE_MINUTES, file),
            absolute_hours=_number(members, "absolute_hours", ABSOLUTE_HOURS, LONGEST_ABSOLUTE_HOURS, file),
            stop_seconds=_number(members, "stop_seconds", STOP_SECONDS, LONGEST_STOP_SECONDS, file),
            metrics=_metrics(members["metrics"], file) if "metrics" in members else None,
            oidc=_oidc(members["oidc"], file) if "oidc" in members else None,
            outside=_outside(members["outside"], file) if "outside" in members else None,
        )


def is_loopback(host: str) -> bool:
    """Whether this IP address or name can be reached from this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    try:
        return host == "localhost" or str(ip_address(host)) == host
    except ValueError:
        return False


def _members(held: object, file: str, place: str, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(held, dict):
        raise Malformed(file, place, f"an object with members of {', '.join(known)}")
    for member in held:
        if member not in known:
            raise Malformed(file, f"{place}.{member}", f"no member but {', '.join(known)}")
    return held


def _text(held: Mapping[str, object], name: str, file: str, place: str, expected: str) -> str:
    value = held.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
        raise Malformed(file, f"{place}.{name}", expected)
    return value


def _number(
    held: Mapping[str, object], name: str, default: int, most: int, file: str, *, place: str = "site"
) -> int:
    value = held.get(name, default)
    # Python holds true for 1; JSON does not.
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Malformed(file, f"{place}.{name}", f"a number from 1 to {most}")
    return value


def _address(value: object, file: str) -> str:
    """An origin in its one form: lower case, no default port, nothing after the host."""
    expected = (
        "the origin under which the site is reached, such as https://node.agency.example: no path, no name, no"
        " wildcard, lower case; http for localhost alone"
    )
    if not isinstance(value, str) or not (host := origin_host(value)):
        raise Malformed(file, "site.address", expected)
    if value.startswith("http://") and not is_loopback(host):
        raise Malformed(file, "site.address", expected)
    return value


def origin_host(text: str) -> str:
    """The host of an http or https origin that is written in its one form; empty for anything else."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not (_NAME.fullmatch(host) or _is_host(host)):
        return ""
    shown = f"[{host}]" if ":" in host else host
    usual = port == (443 if parts.scheme == "https" else 80)
    written = f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")
    return host if written == text and len(text) <= LONGEST_TEXT and not usual and port != 0 else ""


def _endpoint(value: object, file: str, name: str) -> Endpoint:
    return Endpoint.parse(value if isinstance(value, str) else "", file, f"site.{name}")


def _metrics(value: object, file: str) -> Endpoint:
    endpoint = _endpoint(value, file, "metrics")
    if not endpoint.loopback:
        raise Malformed(file, "site.metrics", "a loopback address with a port, such as 127.0.0.1:9464")
    return endpoint


def _proxies(value: object, file: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_PROXIES:
        raise Malformed(file, "site.proxies", f"a list of at most {MOST_PROXIES} IP addresses")
    for n, one in enumerate(value):
        if not isinstance(one, str) or one == "localhost" or not _is_host(one) or one in value[:n]:
            raise Malformed(file, f"site.proxies[{n}]", "the IP address of a proxy, in its one form, once")
        if ip_address(one).is_unspecified:
            raise Malformed(file, f"site.proxies[{n}]", "the address of one proxy, not of everybody")
    return tuple(value)


def _path(held: Mapping[str, object], name: str, file: str, place: str) -> Path:
    expected = "the absolute path of a file"
    text = _text(held, name, file, place, expected)
    if not text.startswith("/"):
        raise Malformed(file, f"{place}.{name}", expected)
    return Path(text)


def _tls(value: object, file: str) -> Tls:
    held = _members(value, file, "site.tls", ("certificate", "key"))
    return Tls(
        certificate=_path(held, "certificate", file, "site.tls"), key=_path(held, "key", file, "site.tls")
    )


def _oidc(value: object, file: str) -> Oidc:
    place = "site.oidc"
    held = _members(value, file, place, ("issuer", "client_id", "client_secret_file", "claims"))
    claims = _members(held.get("claims", {}), file, f"{place}.claims", ("acr",))
    secret = held.get("client_secret_file")
    return Oidc(
        issuer=_issuer(held, file, place),
        client_id=_text(held, "client_id", file, place, "the name that the directory gave this node"),
        client_secret_file=None if secret is None else _path(held, "client_secret_file", file, place),
        acr=_contexts(claims.get("acr", []), file),
    )


def _outside(value: object, file: str) -> Outside:
    place = "site.outside"
    held = _members(value, file, place, ("desk", "answer_days"))
    name = _members(held.get("desk", {}), file, f"{place}.desk", ("en", "es"))
    expected = "what those who answer are called, as people who report are told it"
    return Outside(
        desk=Words(*(_text(name, language, file, f"{place}.desk", expected) for language in ("en", "es"))),
        answer_days=_number(held, "answer_days", ANSWER_DAYS, LONGEST_ANSWER_DAYS, file, place=place),
    )


def _contexts(value: object, file: str) -> tuple[str, ...]:
    """Values of the claim ``acr`` (OpenID Connect Core 1.0, section 2): without spaces, which divide them there."""
    place = "site.oidc.claims.acr"
    if not isinstance(value, list) or len(value) > MOST_CONTEXTS:
        raise Malformed(file, place, f"a list of at most {MOST_CONTEXTS} authentication contexts")
    for n, one in enumerate(value):
        if not isinstance(one, str) or not 0 < len(one) <= LONGEST_TEXT or one in value[:n]:
            raise Malformed(file, f"{place}[{n}]", "the name of an authentication context, once")
        if not one.isascii() or not one.isprintable() or " " in one:
            raise Malformed(file, f"{place}[{n}]", "a name without spaces")
    return tuple(value)


def _issuer(held: Mapping[str, object], file: str, place: str) -> str:
    """An https URL, perhaps with a path, no query or fragment (OpenID Connect Discovery 1.0, section 4.1)."""
    expected = "the https address of the directory, as its tokens name it"
    text = _text(held, "issuer", file, place, expected)
    try:
        parts = urlsplit(text)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        origin = ""
    bare = "?" not in text and "#" not in text and " " not in text and text.isascii()
    if not bare or not origin.startswith("https://") or not origin_host(origin):
        raise Malformed(file, f"{place}.issuer", expected)
    return text
