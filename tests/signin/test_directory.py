"""Signing in by a directory: whoever comes back is who the directory says, to the browser that went there; or nobody.

The directory is a real one on a port of this machine, with real keys, that misbehaves in one way at a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, Response

from tearline.facts.errors import Malformed
from tearline.folds.directory import account_id
from tearline.peers.calls import new_client
from tearline.signin import provider
from tearline.signin.directory import BEGUN_LASTS, Directory, DirectorySettings, Seen
from tearline.signin.idtoken import NotRecognised
from tearline.signin.provider import DirectoryDown
from tests.nodes import Clock
from tests.signin import stub
from tests.signin.stub import CLIENT, KEYS, OTHERS, SECRET, at
from tests.worlds import NOON

ADDRESS = "https://desk.example"
HTTP = new_client()


@pytest.fixture(scope="module")
def served() -> Iterator[stub.Directory]:
    with stub.running(stub.Directory(Clock())) as directory, HTTP:
        yield directory


@pytest.fixture
def directory(served: stub.Directory) -> stub.Directory:
    """Honest again."""
    fresh = stub.Directory(Clock(), port=served.port)
    vars(served).update(vars(fresh))
    return served


@pytest.fixture
def ours(directory: stub.Directory) -> Directory:
    return made(settings(directory))


def made(of: DirectorySettings) -> Directory:
    return Directory(of, ADDRESS, client=HTTP)


def settings(directory: stub.Directory) -> DirectorySettings:
    return DirectorySettings(issuer=directory.issuer, client_id=CLIENT, client_secret=SECRET)


def through(ours: Directory, directory: stub.Directory, **more: Any) -> Seen:
    """There and back."""
    url, cookie = ours.begin(NOON, **more)
    return ours.finish(cookie, directory.authorize(url), NOON)


def refused(ours: Directory, directory: stub.Directory) -> str:
    """Why whoever went there and came back is nobody."""
    with pytest.raises(NotRecognised) as nobody:
        through(ours, directory)
    return nobody.value.reason


def test_what_one_signs_out_with_is_in_no_representation(ours: Directory, directory: stub.Directory) -> None:
    seen = through(ours, directory)
    assert seen.id_token.count(".") == 2
    assert seen.id_token not in repr(seen)


@pytest.mark.parametrize(
    "said", ["http://elsewhere.example/leave", "https://elsewhere.example/leave#x", "javascript:x", 1, ""]
)
def test_a_sign_out_that_is_no_address_makes_it_no_directory(
    ours: Directory, directory: stub.Directory, said: object
) -> None:
    directory.says["end_session_endpoint"] = said
    with pytest.raises(DirectoryDown):
        ours.begin(directory.clock())


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_whoever_comes_back_is_who_the_directory_says(
    ours: Directory, directory: stub.Directory, algorithm: str
) -> None:
    directory.algorithm = algorithm
    seen = through(ours, directory, code="one", second="two")
    assert seen == Seen(
        issuer=directory.issuer,
        account=account_id(directory.issuer, "ana@directory"),
        id_token=seen.id_token,
        code="one",
        second="two",
    )


def test_the_directory_is_sent_to_with_pkce_state_nonce_and_the_acr_we_want(
    directory: stub.Directory,
) -> None:
    ours = made(replace(settings(directory), acr=("gold", "silver")))
    one, two = ours.begin(NOON)[0], ours.begin(NOON)[0]
    assert one.startswith(f"{directory.issuer}/authorize?tenant=a&")
    assert "acr_values=gold+silver" in one or "acr_values=gold%20silver" in one
    assert "redirect_uri=https%3A%2F%2Fdesk.example%2Fsign-in%2Fdirectory%2Fcallback" in one
    differing = {part.partition("=")[0] for part in set(one.split("&")) ^ set(two.split("&"))}
    assert differing == {"state", "nonce", "code_challenge"}


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": [CLIENT, "another"]}, "audience"),
        ({"aud": []}, "audience"),
        ({"azp": "another"}, "authorized party"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"nonce": "ñ"}, "nonce"),
        ({"exp": at(NOON) - 61}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 1e300}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": at(NOON) + 120}, "issued too early or too late"),
        ({"iat": at(NOON) - 3600}, "issued too early or too late"),
        ({"nbf": at(NOON) + 120}, "not yet valid"),
        ({"at_hash": "another"}, "at_hash"),
        ({"at_hash": 7}, "at_hash"),
        ({"sub": None}, "subject"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "a" * 256}, "subject"),
        ({"sub": "añil"}, "subject"),
        ({"sub": "two\nlines"}, "subject"),
    ],
)
def test_a_token_that_says_the_wrong_thing_is_nobody_s(
    ours: Directory, directory: stub.Directory, claims: dict[str, Any], why: str
) -> None:
    directory.claims = claims
    assert refused(ours, directory) == why


@pytest.mark.parametrize("claims", [{"exp": at(NOON) - 30}, {"iat": at(NOON) + 30}, {"aud": [CLIENT]}, {"azp": CLIENT},
                                    {"at_hash": None}])  # fmt: skip
def test_a_token_may_be_a_little_off_and_say_less(
    ours: Directory, directory: stub.Directory, claims: dict[str, Any]
) -> None:
    directory.claims = claims
    through(ours, directory)


@pytest.mark.parametrize("signed", [stub.unsigned, stub.with_the_public_key])
def test_a_token_that_the_directory_did_not_sign_is_nobody_s(
    ours: Directory, directory: stub.Directory, signed: Callable[[dict[str, Any], dict[str, Any]], str]
) -> None:
    directory.signed = signed
    assert refused(ours, directory) == "algorithm"


def test_a_token_of_another_key_under_the_same_name_is_nobody_s(
    ours: Directory, directory: stub.Directory
) -> None:
    directory.signed = lambda header, claims: stub.sign(header, claims, OTHERS)
    assert refused(ours, directory) == "signature"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "ES256", "kid": "rsa"}, "key"),
        ({"kid": "nobody's"}, "key"),
        ({"kid": None}, None),
        ({"crit": ["exp"], "exp": 1}, "header"),
        ({"b64": False, "crit": ["b64"]}, "header"),
        ({"jwk": KEYS["EdDSA"].as_dict(private=False)}, None),
        ({"jku": "https://evil.example/keys"}, None),
    ],
)
def test_a_header_chooses_no_key_but_one_of_the_directory_s(
    ours: Directory, directory: stub.Directory, header: dict[str, Any], why: str | None
) -> None:
    """Without a name, the one key of the right sort is meant. A key that a header brings is not looked at."""

    def signed(head: dict[str, Any], claims: dict[str, Any]) -> str:
        return stub.under(head, stub.sign({"alg": "RS256"}, claims, KEYS["RS256"]))

    directory.header = header
    if why is None:
        directory.header = header
        through(ours, directory)
    else:
        directory.signed = signed
        assert refused(ours, directory) == why


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "....", "ñ.ñ.ñ", "e30.e30.", "x" * 20_000])
def test_what_is_no_token_is_nobody_s(ours: Directory, directory: stub.Directory, text: str) -> None:
    directory.tokens = {"id_token": text}
    assert refused(ours, directory) in {"form", "size", "algorithm"}


@pytest.mark.parametrize("tokens", [{"id_token": None}, {"id_token": 7}, {"access_token": ["x"]}])
def test_an_answer_without_an_id_token_is_nobody_s(
    ours: Directory, directory: stub.Directory, tokens: dict[str, Any]
) -> None:
    directory.tokens = tokens
    assert refused(ours, directory) == "no ID token"


def test_a_hash_of_an_access_token_that_did_not_come_is_no_hash(
    ours: Directory, directory: stub.Directory
) -> None:
    directory.tokens = {"access_token": None}
    assert refused(ours, directory) == "at_hash"


def test_the_directory_must_have_recognised_them_as_strongly_as_we_ask(directory: stub.Directory) -> None:
    ours = made(replace(settings(directory), acr=("gold",)))
    assert refused(ours, directory) == "acr"
    directory.claims = {"acr": "silver"}
    assert refused(ours, directory) == "acr"
    directory.claims = {"acr": "gold"}
    through(ours, directory)


def test_a_callback_counts_once(ours: Directory, directory: stub.Directory) -> None:
    directory.lenient = True
    url, cookie = ours.begin(NOON)
    back = directory.authorize(url)
    ours.finish(cookie, back, NOON)
    with pytest.raises(NotRecognised, match="a second time"):
        ours.finish(cookie, back, NOON)


def test_a_code_that_was_used_is_nobody_s(ours: Directory, directory: stub.Directory) -> None:
    url, cookie = ours.begin(NOON)
    back = directory.authorize(url)
    ours.finish(cookie, back, NOON)
    again, other = ours.begin(NOON)
    replayed = [back[0], *directory.authorize(again)[1:]]
    with pytest.raises(NotRecognised, match="code"):
        ours.finish(other, replayed, NOON)


@pytest.mark.parametrize("lenient", [False, True])
def test_another_s_code_put_into_one_s_own_answer_is_nobody_s(
    ours: Directory, directory: stub.Directory, *, lenient: bool
) -> None:
    """PKCE notices; and where the directory does not check it, the nonce does."""
    directory.lenient = lenient
    stolen = directory.authorize(ours.begin(NOON)[0], "bea@directory")
    url, cookie = ours.begin(NOON)
    mine = directory.authorize(url)
    with pytest.raises(NotRecognised, match="nonce" if lenient else "code"):
        ours.finish(cookie, [stolen[0], *mine[1:]], NOON)


def test_an_answer_that_another_browser_began_is_nobody_s(ours: Directory, directory: stub.Directory) -> None:
    """An attacker's answer in a victim's browser would sign the victim in as the attacker."""
    back = directory.authorize(ours.begin(NOON)[0], "mallory@directory")
    victims = ours.begin(NOON)[1]
    for cookie in (victims, "", "A" * 100, "ñ", "=", victims[:-4] + "AAAA"):
        with pytest.raises(NotRecognised, match=r"state|cookie"):
            ours.finish(cookie, back, NOON)


def test_another_node_s_cookie_is_no_cookie(ours: Directory, directory: stub.Directory) -> None:
    url, cookie = ours.begin(NOON)
    with pytest.raises(NotRecognised, match="cookie"):
        made(settings(directory)).finish(cookie, directory.authorize(url), NOON)


def test_an_answer_of_another_issuer_is_no_answer(ours: Directory, directory: stub.Directory) -> None:
    """Mix-up (RFC 9207): the code of an honest directory must not be carried to a dishonest one, nor back."""
    for changed in ([("iss", "https://evil.example")], []):
        url, cookie = ours.begin(NOON)
        back = [*directory.authorize(url)[:2], *changed]
        with pytest.raises(NotRecognised, match="issuer"):
            ours.finish(cookie, back, NOON)
    assert "/token" not in directory.asked


def test_a_directory_that_does_not_name_itself_may_leave_that_out(directory: stub.Directory) -> None:
    directory.says = {"authorization_response_iss_parameter_supported": None}
    ours = made(settings(directory))
    url, cookie = ours.begin(NOON)
    ours.finish(cookie, directory.authorize(url)[:2], NOON)
    url, cookie = ours.begin(NOON)
    with pytest.raises(NotRecognised, match="issuer"):
        ours.finish(cookie, [*directory.authorize(url)[:2], ("iss", "https://evil.example")], NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda back: [],
        lambda back: back[1:],
        lambda back: [*back, back[0]],
        lambda back: [*back, back[1]],
        lambda back: [("code", "x" * 5000), *back[1:]],
        lambda back: [("code", ""), *back[1:]],
        lambda back: [("error", "access_denied"), *back[1:]],
        lambda back: [*back, ("error", "access_denied")],
        lambda back: [back[0], ("state", "ñ"), back[2]],
    ],
)
def test_an_answer_that_is_none_signs_nobody_in(
    ours: Directory,
    directory: stub.Directory,
    change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]],
) -> None:
    url, cookie = ours.begin(NOON)
    with pytest.raises(NotRecognised):
        ours.finish(cookie, change(directory.authorize(url)), NOON)
    assert "/token" not in directory.asked


def test_whoever_takes_too_long_begins_again(ours: Directory, directory: stub.Directory) -> None:
    url, cookie = ours.begin(NOON)
    with pytest.raises(NotRecognised, match="too long"):
        ours.finish(cookie, directory.authorize(url), NOON + BEGUN_LASTS)


def test_keys_that_were_changed_are_fetched_anew_and_not_for_ever(
    ours: Directory, directory: stub.Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(ours, directory)
    directory.keys = [RSAKey.generate_key(2048, {"kid": "newer"})]
    assert (
        refused(ours, directory) == "key"
    )  # looked at a moment ago: a made-up name must not make us ask each time
    assert directory.asked.count("/keys") == 1
    monkeypatch.setattr(provider, "LOOK_AGAIN", 0.0)
    through(ours, directory)
    assert directory.asked.count("/keys") == 2
    directory.signed = lambda header, claims: stub.sign(header, claims, KEYS["RS256"])
    directory.header = {"kid": "rsa"}
    assert refused(ours, directory) == "key", "a key that the directory took back checks nothing"


def test_a_description_is_fetched_once(ours: Directory, directory: stub.Directory) -> None:
    for _ in range(3):
        through(ours, directory)
    assert directory.asked.count("/.well-known/openid-configuration") == 1
    assert directory.asked.count("/keys") == 1


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://a.example/#x"},
        {"authorization_endpoint": "https://a.example/?x y"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": "https://user:pass@a.example/token"},
        {"jwks_uri": None},
        {"jwks_uri": 7},
        {"code_challenge_methods_supported": ["plain"]},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"response_types_supported": ["id_token"]},
        {"response_types_supported": "code"},
    ],
)
def test_a_directory_that_describes_itself_so_is_not_used(
    directory: stub.Directory, says: dict[str, Any]
) -> None:
    directory.says = says
    with pytest.raises(DirectoryDown):
        made(settings(directory)).begin(NOON)


HUGE = Response(b" " * (provider.LARGEST + 1), media_type="application/json")


@pytest.mark.parametrize(
    "answer",
    [
        HUGE,
        Response(status_code=500),
        Response(status_code=404),
        Response(b"[]"),
        Response(b"{"),
        Response(b'{"issuer": "a", "issuer": "b"}'),
        Response(b"\xff"),
        Response(b"{}", headers={"content-encoding": "gzip"}),
        stub.redirect("https://evil.example/"),
        stub.redirect("/realm/elsewhere"),
    ],
)
@pytest.mark.parametrize("where", ["/.well-known/openid-configuration", "/keys"])
def test_a_document_that_is_none_is_as_if_the_directory_were_down(
    directory: stub.Directory, answer: Response, where: str
) -> None:
    directory.answers = lambda path: answer if path == where else None
    with pytest.raises(DirectoryDown):
        through(made(settings(directory)), directory)
    assert "/elsewhere" not in directory.asked


def test_too_many_keys_are_none(directory: stub.Directory) -> None:
    one = KEYS["RS256"].as_dict(private=False)
    directory.answers = lambda path: JSONResponse({"keys": [one] * 65}) if path == "/keys" else None
    with pytest.raises(DirectoryDown):
        through(made(settings(directory)), directory)


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "rsa", "n": "x", "e": "ñ"},
        {"kty": "RSA", "kid": "rsa"},
        {"kty": "EC", "kid": "rsa", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "kid": "rsa", "crv": "P-521"},
        {"kty": "oct", "kid": "rsa", "k": "c2VjcmV0"},
        {"kty": "AKP", "kid": "rsa"},
        {},
        "rsa",
        {**KEYS["RS256"].as_dict(private=False), "use": "enc"},
        {**KEYS["RS256"].as_dict(private=False), "alg": "PS256"},
        {**RSAKey.generate_key(2048, {"kid": "rsa"}).as_dict(private=False), "n": "A" * 342},
    ],
)
def test_a_key_that_is_weak_broken_or_for_something_else_checks_nothing(
    directory: stub.Directory, key: object
) -> None:
    directory.answers = lambda path: JSONResponse({"keys": [key]}) if path == "/keys" else None
    assert refused(made(settings(directory)), directory) == "key"


def test_two_keys_of_one_name_are_none(directory: stub.Directory) -> None:
    directory.keys = [KEYS["RS256"], OTHERS]
    assert refused(made(settings(directory)), directory) == "key"


def test_a_directory_that_is_down_is_not_asked_by_everybody(
    directory: stub.Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.answers = lambda _path: Response(status_code=503)
    ours = made(settings(directory))
    for _ in range(5):
        with pytest.raises(DirectoryDown):
            ours.begin(NOON)
    assert len(directory.asked) == 1
    monkeypatch.setattr(provider, "SILENCE_LASTS", 0.0)
    other = made(settings(directory))
    with pytest.raises(DirectoryDown):
        other.begin(NOON)
    directory.answers = lambda _path: None
    through(other, directory)


def test_nobody_at_the_address_is_a_directory_that_is_down() -> None:
    nowhere = DirectorySettings(issuer="http://127.0.0.1:1/realm", client_id=CLIENT, client_secret=SECRET)
    with pytest.raises(DirectoryDown):
        made(nowhere).begin(NOON)


@pytest.mark.parametrize("answer", [Response(status_code=502), stub.redirect("https://evil.example/"), HUGE])
def test_a_token_endpoint_that_fails_is_a_directory_that_is_down(
    ours: Directory, directory: stub.Directory, answer: Response
) -> None:
    directory.answers = lambda path: answer if path == "/token" else None
    with pytest.raises(DirectoryDown):
        through(ours, directory)


def test_our_secret_goes_where_the_directory_takes_it(directory: stub.Directory) -> None:
    through(made(settings(directory)), directory)
    assert directory.authorization.startswith("Basic ")
    directory.says = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert refused(made(settings(directory)), directory) == "code"  # ours reads the header alone
    assert directory.authorization == ""


@pytest.mark.parametrize(
    "issuer", ["http://directory.example", "ftp://a.example", "directory", "https://a.example/?q"]
)
def test_a_directory_without_https_is_not_configured(issuer: str) -> None:
    with pytest.raises(Malformed):
        made(DirectorySettings(issuer=issuer, client_id=CLIENT, client_secret=SECRET))


def test_a_secret_is_in_no_traceback() -> None:
    held = DirectorySettings(issuer="https://directory.example", client_id=CLIENT, client_secret=SECRET)
    assert SECRET not in repr(held)


def test_what_was_begun_is_forgotten_when_it_could_not_be_finished_anyway(
    ours: Directory, directory: stub.Directory
) -> None:
    through(ours, directory)
    assert len(ours._used) == 1
    directory.clock.forward(minutes=11)
    url, cookie = ours.begin(directory.clock.now)
    ours.finish(cookie, directory.authorize(url), directory.clock.now)
    assert len(ours._used) == 1
    assert timedelta(minutes=10) == BEGUN_LASTS
