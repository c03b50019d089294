"""Signing in by an agency's directory: OpenID Connect, authorization code with PKCE (RFC 7636), state and nonce.

What a browser needs to come back with stands in a cookie of its own, sealed by this process: state, nonce and the
code verifier, for ten minutes and once. A callback without that cookie, with another's, or a second time, is nobody's.
The directory says who someone is; which person that is here, and what they may do, says the ledger alone.
"""

import hmac
import json
import logging
import secrets
import threading
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Malformed
from tearline.facts.identifiers import DirectoryAccountId
from tearline.folds.directory import account_id
from tearline.peers.addresses import checked_url
from tearline.signin.idtoken import Expected, NotRecognised, subject_of
from tearline.signin.provider import DirectoryDown, Metadata, Provider

LOG = logging.getLogger("tearline.signin")
COOKIE = "__Host-directory"
CALLBACK = "/sign-in/directory/callback"
LEFT = "/sign-in"
"""Where the directory sends a browser back that signed out there."""
BEGUN_LASTS = timedelta(minutes=10)
LASTS = int(BEGUN_LASTS.total_seconds())
LONGEST = {"code": 4096, "state": 64, "iss": 400, "error": 100}
MOST_USED = 100_000
_PURPOSE = b"tearline directory sign-in 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySettings:
    """The directory by which people may sign in: its issuer, what it calls this node, and how sure it must be.

    ``acr``: the authentication contexts of which it must state one, strongest wish first; empty for any.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    acr: tuple[str, ...] = ()

    def __repr__(self) -> str:  # a secret must not reach a log by way of a traceback
        return f"DirectorySettings({self.issuer})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a browser that was sent to the directory must come back with."""

    state: str
    nonce: str
    verifier: str
    until: float
    code: str | None = None
    second: str | None = None
    """The codes of the invitation on which an account is to be linked, if one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An account that the directory has recognised."""

    issuer: str
    account: DirectoryAccountId
    id_token: str = field(repr=False)
    """As it came: it is said back at sign-out, and is nowhere on record."""
    code: str | None = None
    second: str | None = None


class Directory:
    """One agency's directory. ``address`` is the origin under which this node's site is reached."""

    def __init__(
        self, settings: DirectorySettings, address: str, *, client: httpx2.Client | None = None
    ) -> None:
        checked_url(settings.issuer, "oidc.issuer")
        if settings.client_secret is not None and not settings.client_secret:
            raise Malformed("oidc.client_secret_file", "top", "a secret, or no such member")
        self.settings = settings
        self.callback, self.left = address + CALLBACK, address + LEFT
        self._provider = Provider(settings.issuer, client=client)
        self._seal = AESGCM(AESGCM.generate_key(256))
        self._used: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give back the connections."""
        self._provider.close()

    def begin(self, now: datetime, *, code: str | None = None, second: str | None = None) -> tuple[str, str]:
        """Where to send the browser, and what to put into its cookie. DirectoryDown when nobody answers there.

        ``code`` and ``second`` are an invitation's, and come back from ``finish``.
        """
        metadata = self._provider.metadata()
        begun = Begun(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            until=(now + BEGUN_LASTS).timestamp(),
            code=code,
            second=second,
        )
        more = {"acr_values": " ".join(self.settings.acr)} if self.settings.acr else {}
        url: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=self.callback,
            scope="openid",
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
            **more,
        )
        return url, self._sealed(begun)

    def finish(self, cookie: str, query: Sequence[tuple[str, str]], now: datetime) -> Seen:
        """The account that a browser came back with. NotRecognised, or DirectoryDown."""
        given = _once_each(query)
        begun = self._opened(cookie)
        # The state first: it says that this answer belongs to what this browser began.
        if not hmac.compare_digest(
            given.get("state", "").encode(errors="surrogatepass"), begun.state.encode()
        ):
            raise NotRecognised("state")
        if not now.timestamp() < begun.until:
            raise NotRecognised("took too long")
        self._once(begun, now)
        metadata = self._provider.metadata()
        # RFC 9207, section 2.4: an answer of another directory is no answer of ours (mix-up).
        if given.get("iss", metadata.issuer) != metadata.issuer or (metadata.says_iss and "iss" not in given):
            raise NotRecognised("answer of another issuer")
        if "error" in given or not given.get("code"):
            raise NotRecognised("the directory says no")
        id_token, access_token = self._exchanged(metadata, given["code"], begun)
        expected = Expected(
            issuer=metadata.issuer,
            client_id=self.settings.client_id,
            nonce=begun.nonce,
            acr=self.settings.acr,
        )
        subject = subject_of(id_token, expected, self._provider.key, now, access_token=access_token)
        account = account_id(metadata.issuer, subject)
        return Seen(
            issuer=metadata.issuer,
            account=account,
            id_token=id_token,
            code=begun.code,
            second=begun.second,
        )

    def sign_out(self, id_token: str | None) -> str | None:
        """Where to send a browser that signed out here, so that it signs out there too; None where that is not offered.

        OpenID Connect RP-Initiated Logout 1.0, section 2. Whence it comes back is ``left``, one fixed address of this
        node's: nothing that the browser sent is in it. Without the ID token the directory asks the person.
        """
        try:
            endpoint = self._provider.metadata().end_session_endpoint
        except DirectoryDown:
            return None
        if endpoint is None:
            return None
        hint = [] if id_token is None else [("id_token_hint", id_token)]
        said = [*hint, ("client_id", self.settings.client_id), ("post_logout_redirect_uri", self.left)]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(said)}"

    def _exchanged(self, metadata: Metadata, code: str, begun: Begun) -> tuple[str, str | None]:
        """The ID token, and the access token if one came with it, for the code."""
        settings = self.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": begun.verifier,
        }
        headers: dict[str, str] = {}
        if settings.client_secret is None:
            form["client_id"] = settings.client_id
        elif metadata.basic:
            # RFC 6749, section 2.3.1: both are form-encoded before they are put together.
            pair = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}"
            headers["authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        status, answer = self._provider.post(metadata.token_endpoint, urlencode(form).encode(), headers)
        if status >= 500 or 300 <= status < 400:
            raise DirectoryDown(f"{metadata.token_endpoint}: answered with {status}")
        if status != 200 or not isinstance(answer, dict):
            raise NotRecognised("code")
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not (access_token is None or isinstance(access_token, str)):
            raise NotRecognised("no ID token")
        return id_token, access_token

    def _once(self, begun: Begun, now: datetime) -> None:
        """Refuse what was finished before. Its end is remembered until it could not be finished anyway."""
        with self._lock:
            while self._used and (
                len(self._used) >= MOST_USED or next(iter(self._used.values())) <= now.timestamp()
            ):
                self._used.popitem(last=False)
            if begun.state in self._used:
                raise NotRecognised("a second time")
            self._used[begun.state] = begun.until

    def _sealed(self, begun: Begun) -> str:
        nonce = secrets.token_bytes(12)
        sealed = self._seal.encrypt(nonce, json.dumps(asdict(begun)).encode(), _PURPOSE)
        return urlsafe_b64encode(nonce + sealed).decode()

    def _opened(self, cookie: str) -> Begun:
        """What this process sealed. Of another process, or changed, or missing: NotRecognised."""
        try:
            sealed = urlsafe_b64decode(cookie.encode("ascii"))
            opened = self._seal.decrypt(sealed[:12], sealed[12:], _PURPOSE)
        except (ValueError, InvalidTag):
            raise NotRecognised("cookie") from None
        return Begun(**json.loads(opened))


def _once_each(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters of the answer, none twice (RFC 6749, section 3.1) and none too long; others are not looked at."""
    given: dict[str, str] = {}
    for name, value in query:
        if name not in LONGEST:
            continue
        if name in given or len(value) > LONGEST[name]:
            raise NotRecognised("parameters")
        given[name] = value
    return given
