"""An agency's directory on a port of this machine, which can misbehave in each way that we know of.

It checks the code, the redirect address, our secret and PKCE as a directory does, and signs with its own keys.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.nodes import Clock

CLIENT, SECRET = "tearline-desk", "a secret: with+signs&more%"
KEYS: Mapping[str, Key] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
OTHERS = RSAKey.generate_key(2048, {"kid": "rsa"})
"""Another directory's key, under the same name."""


@dataclass
class Granted:
    """A code that was given out."""

    nonce: str
    challenge: str
    redirect_uri: str
    subject: str


@dataclass
class Directory:
    """Each field is one way of being another directory; ``fresh`` makes it honest again."""

    clock: Clock
    port: int = 0
    algorithm: str = "RS256"
    keys: list[Key] = field(default_factory=lambda: list(KEYS.values()))
    says: dict[str, Any] = field(default_factory=dict)
    """Changes to its description of itself; None leaves a member out."""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    signed: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    lenient: bool = False
    """Whether it forgets to check the code's verifier, and takes a code twice."""
    answers: Callable[[str], Response | None] = lambda _path: None
    may_return_to: tuple[str, ...] = ("https://desk.agency.example/sign-in",)
    asked: list[str] = field(default_factory=list)
    granted: dict[str, Granted] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    authorization: str = ""
    left: list[dict[str, str]] = field(default_factory=list)
    """What each browser that came to sign out brought."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    def description(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=a",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "end_session_endpoint": f"{self.issuer}/leave?tenant=a",
        }
        return {name: value for name, value in (said | self.says).items() if value is not None}

    def authorize(self, url: str, subject: str = "ana@directory") -> list[tuple[str, str]]:
        """What a person's browser comes back with, who signed in there as this subject."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.granted)}"
        self.granted[code] = Granted(
            nonce=asked["nonce"],
            challenge=asked["code_challenge"],
            redirect_uri=asked["redirect_uri"],
            subject=subject,
        )
        return [("code", code), ("state", asked["state"]), ("iss", self.issuer)]

    def id_token(self, granted: Granted, access_token: str) -> str:
        at = int(self.clock.now.timestamp())
        half = hashlib.sha512 if self.algorithm == "EdDSA" else hashlib.sha256
        digest = half(access_token.encode()).digest()
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": granted.subject,
            "aud": CLIENT,
            "exp": at + 300,
            "iat": at,
            "nonce": granted.nonce,
            "at_hash": base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("="),
        }
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        key = next((k for k in self.keys if isinstance(k, type(KEYS[key_of(self.algorithm)]))), self.keys[0])
        header = {"alg": self.algorithm, "kid": key.get("kid")} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        return self.signed(header, claims) if self.signed else sign(header, claims, key)

    async def serve(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/realm")
        self.asked.append(path)
        told = self.answers(path)
        if told is not None:
            return told
        match path:
            case "/.well-known/openid-configuration":
                return JSONResponse(self.description())
            case "/keys":
                return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/token":
                form = dict(parse_qsl((await request.body()).decode()))
                return self.exchange(form, request.headers.get("authorization", ""))
            case "/leave":
                return self.leave(parse_qsl(request.url.query))
        return Response(status_code=404)

    def leave(self, query: list[tuple[str, str]]) -> Response:
        """Where it sends a browser that signs out: back, to the one address registered for this client."""
        said = dict(query)
        assert len(said) == len(query), "no parameter twice"
        self.left.append(said)
        back = said.get("post_logout_redirect_uri", "")
        known = said.get("client_id") == CLIENT and back in self.may_return_to
        return RedirectResponse(back, 302) if known else Response("signed out", 200)

    def exchange(self, form: Mapping[str, str], authorization: str) -> Response:
        self.authorization = authorization
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        known = (unquote_plus(name), unquote_plus(secret)) == (CLIENT, SECRET)
        granted = self.granted.get(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        verified = granted is not None and (
            base64.urlsafe_b64encode(digest).decode().rstrip("=") == granted.challenge
            and form["code"] not in self.used
        )
        good = known and form["grant_type"] == "authorization_code" and (verified or self.lenient)
        if granted is None or not good or form["redirect_uri"] != granted.redirect_uri:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.used.add(form["code"])
        access_token = "an access token"
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": self.id_token(granted, access_token),
        } | self.tokens
        return JSONResponse({name: value for name, value in answer.items() if value is not None})


def key_of(algorithm: str) -> str:
    return "RS256" if algorithm == "PS256" or algorithm not in KEYS else algorithm


def sign(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    if header["alg"] == "EdDSA":
        # joserfc warns of this name, which directories still use.
        parts = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        private = key.private_key
        return f"{parts}.{_base64(private.sign(parts.encode()))}"  # type: ignore[union-attr,call-arg]  # an Ed25519 key
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def under(header: dict[str, Any], token: str) -> str:
    """The same token under another header."""
    return ".".join((_base64(json.dumps(header).encode()), *token.split(".")[1:]))


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """With ``alg`` none, as RFC 7519, section 6 writes it."""
    parts = (json.dumps(part).encode() for part in (header | {"alg": "none"}, claims))
    return ".".join(_base64(part) for part in parts) + "."


def with_the_public_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """HMAC under the text of the public key, which everybody knows."""
    public = KEYS["RS256"].as_pem(private=False)  # type: ignore[union-attr]  # it is an RSA key
    parts = ".".join(_base64(json.dumps(part).encode()) for part in (header | {"alg": "HS256"}, claims))
    return f"{parts}.{_base64(hmac.digest(public, parts.encode(), 'sha256'))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def redirect(to: str) -> Response:
    return RedirectResponse(to, 302)


@contextmanager
def running(directory: Directory) -> Iterator[Directory]:
    """Serve it on a port of its own."""
    methods = ["GET", "POST"]
    app = Starlette(routes=[Route("/{path:path}", directory.serve, methods=methods)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    directory.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield directory
    finally:
        server.should_exit = True
        thread.join(20)


def at(when: datetime) -> int:
    return int(when.timestamp())
