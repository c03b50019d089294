"""How a site is reached is read strictly, and it is served only where nothing is in doubt."""

import json
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.config import FILE, Endpoint, Oidc, Outside, Settings, Site, Tls
from tearline.config.serving import CREDENTIALS, read_secret, serving
from tearline.config.site import origin_host
from tearline.facts.errors import Malformed
from tearline.facts.words import Words

ACR = "site.oidc.claims.acr"
DESK = {"en": "The victims' desk", "es": "La mesa de víctimas"}
PROXIED = {"address": "https://node.agency.example", "proxies": ["127.0.0.1"]}
FULL = Site(
    address="https://node.agency.example:8443",
    listen=Endpoint(host="::", port=8443),
    tls=Tls(certificate=Path("/etc/tearline/node.pem"), key=Path("/etc/tearline/node.key")),
    proxies=("10.0.0.7",),
    idle_minutes=30,
    absolute_hours=8,
    stop_seconds=60,
    metrics=Endpoint(host="127.0.0.1", port=9464),
    oidc=Oidc(
        issuer="https://directory.agency.example/realms/staff",
        client_id="tearline",
        client_secret_file=Path("/run/credentials/tearline.service/oidc"),
        acr=("urn:example:hardware", "urn:example:two-factors"),
    ),
    outside=Outside(desk=Words("The victims' desk", "La mesa de víctimas"), answer_days=5),
)


def parsed(**members: object) -> Settings:
    return Settings.parse({"tearline": 1, "demo": False, "site": members}, FILE)


def refused(settings: Settings, **where: object) -> str:
    """The place of the refusal."""
    host, port = where.get("host"), where.get("port")
    assert host is None or isinstance(host, str)
    assert port is None or isinstance(port, int)
    with pytest.raises(Malformed) as wrong:
        serving(settings, FILE, host=host, port=port)
    return wrong.value.place


def test_a_site_returns_as_it_was_written(tmp_path: Path) -> None:
    for site in (Site(), FULL, Site(address="http://localhost:8080")):
        settings = Settings(demo=False, site=site)
        settings.write(tmp_path)
        assert Settings.read(tmp_path) == settings
    assert json.loads((tmp_path / FILE).read_text())["site"] == {"address": "http://localhost:8080"}


def test_a_node_says_nothing_of_its_site_unless_told() -> None:
    site = Settings.parse({"tearline": 1, "demo": True}, FILE).site
    assert str(site.listen) == "127.0.0.1:8080"
    assert (site.address, site.tls, site.proxies, site.metrics, site.oidc) == (None, None, (), None, None)
    assert (site.idle_minutes, site.absolute_hours, site.stop_seconds) == (15, 12, 20)
    assert site.hosts == ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize(
    "address",
    [
        "https://node.agency.example/",
        "https://node.agency.example/tearline",
        "https://node.agency.example?a",
        "https://*.agency.example",
        "https://*",
        "https://name:word@node.agency.example",
        "https://node.agency.example:443",
        "https://node.agency.example:0",
        "https://node.agency.example:",
        "https://Node.agency.example",
        "https://node_1.agency.example",
        "https://node.agency.example.",
        "https://-a.example",
        "https://a..example",
        "https://",
        "https:node.agency.example",
        "node.agency.example",
        "http://node.agency.example",
        "http://10.0.0.1",
        "ftp://node.agency.example",
        "https://[::1",
        "https://nöde.example",
        "https://node.agency.example\n",
        "https://" + "a" * 64,
        "",
        None,
        ["https://node.agency.example"],
    ],
)
def test_an_address_is_an_origin_in_its_one_form(address: object) -> None:
    with pytest.raises(Malformed) as wrong:
        parsed(address=address)
    assert wrong.value.place == "site.address"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://node.agency.example", "node.agency.example"),
        ("https://node.agency.example:8443", "node.agency.example"),
        ("http://localhost:8080", "localhost"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("https://[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_the_names_it_answers_to_follow_from_its_address(address: str, host: str) -> None:
    assert parsed(address=address).site.hosts == (host,)


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"hosts": ["*"]}, "site.hosts"),
        ({"workers": 4}, "site.workers"),
        ({"listen": "10.0.0.1"}, "site.listen"),
        ({"listen": "example.org:80"}, "site.listen"),
        ({"listen": ":8080"}, "site.listen"),
        ({"listen": "127.0.0.1:70000"}, "site.listen"),
        ({"listen": "::1:8080"}, "site.listen"),
        ({"listen": "[127.0.0.1]:8080"}, "site.listen"),
        ({"listen": "127.1:80"}, "site.listen"),
        ({"listen": 8080}, "site.listen"),
        ({"idle_minutes": 61}, "site.idle_minutes"),
        ({"idle_minutes": 0}, "site.idle_minutes"),
        ({"idle_minutes": True}, "site.idle_minutes"),
        ({"idle_minutes": 15.0}, "site.idle_minutes"),
        ({"absolute_hours": 25}, "site.absolute_hours"),
        ({"stop_seconds": 301}, "site.stop_seconds"),
        ({"metrics": "0.0.0.0:9464"}, "site.metrics"),
        ({"metrics": "10.0.0.1:9464"}, "site.metrics"),
        ({"metrics": True}, "site.metrics"),
        ({"proxies": ["*"]}, "site.proxies[0]"),
        ({"proxies": ["::"]}, "site.proxies[0]"),
        ({"proxies": ["10.0.0.0/8"]}, "site.proxies[0]"),
        ({"proxies": ["localhost"]}, "site.proxies[0]"),
        ({"proxies": ["10.0.0.1", "10.0.0.1"]}, "site.proxies[1]"),
        ({"proxies": "10.0.0.1"}, "site.proxies"),
        ({"tls": {"certificate": "/a"}}, "site.tls.key"),
        ({"tls": {"certificate": "a", "key": "/b"}}, "site.tls.certificate"),
        ({"tls": {"certificate": "/a", "key": "/b", "ca": "/c"}}, "site.tls.ca"),
        ({"tls": []}, "site.tls"),
        ({"outside": {}}, "site.outside.desk.en"),
        ({"outside": True}, "site.outside"),
        ({"outside": {"desk": "A desk"}}, "site.outside.desk"),
        ({"outside": {"desk": {"en": "A desk"}}}, "site.outside.desk.es"),
        ({"outside": {"desk": DESK, "days": 7}}, "site.outside.days"),
        ({"outside": {"desk": DESK, "answer_days": 61}}, "site.outside.answer_days"),
        ({"oidc": {}}, "site.oidc.issuer"),
        ({"oidc": {"issuer": "http://a.example", "client_id": "a", "client_secret_file": "/a"}}, "site.oidc.issuer"),
        ({"oidc": {"issuer": "https://a.example?b", "client_id": "a", "client_secret_file": "/a"}}, "site.oidc.issuer"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "a", "client_secret": "s"}}, "site.oidc.client_secret"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "", "client_secret_file": "/a"}}, "site.oidc.client_id"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "a", "claims": {"sub": "b"}}}, "site.oidc.claims.sub"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "a", "claims": {"acr": "b"}}}, "site.oidc.claims.acr"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "a", "claims": {"acr": [""]}}}, f"{ACR}[0]"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_ours_is_refused_with_its_place(members: dict[str, object], place: str) -> None:
    with pytest.raises(Malformed) as wrong:
        parsed(**members)
    assert wrong.value.place == place


@given(
    st.dictionaries(
        st.sampled_from(
            ["address", "listen", "proxies", "tls", "oidc", "metrics", "idle_minutes", "outside"]
        ),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
    )
)
def test_any_json_is_a_site_or_malformed(members: dict[str, object]) -> None:
    with suppress(Malformed):
        assert parsed(**members).site == Site.parse(parsed(**members).site.plain(), FILE)


@given(st.text(alphabet="htps:/.@*?#[]ab1-\\ \n", max_size=24))
def test_an_origin_holds_nothing_but_a_host_and_a_port(text: str) -> None:
    host = origin_host(text)
    if host:
        scheme, _, rest = text.partition("://")
        assert scheme in ("http", "https")
        assert rest.startswith((host, f"[{host}]"))
        assert not set(rest) & set("/@*?#\\ \n")


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"listen": "0.0.0.0:8080"}, "site.listen"),
        ({"listen": "0.0.0.0:8080", "address": "http://localhost:8080"}, "site.listen"),
        ({"address": "https://node.agency.example"}, "site.tls"),
        ({"proxies": ["127.0.0.1"]}, "site.proxies"),
        ({"address": "http://localhost", "proxies": ["127.0.0.1"]}, "site.proxies"),
        ({"tls": {"certificate": "/a", "key": "/b"}}, "site.tls"),
        ({"address": "http://localhost", "tls": {"certificate": "/a", "key": "/b"}}, "site.tls"),
        ({"oidc": {"issuer": "https://a.example", "client_id": "a"}}, "site.oidc"),
        ({"outside": {"desk": DESK}}, "site.outside"),
        ({"outside": {"desk": DESK}, "address": "http://localhost:8080"}, "site.outside"),
        ({**PROXIED, "tls": {"certificate": "/nowhere", "key": "/nowhere"}}, "site.tls.key"),
    ],
)
def test_where_it_is_not_sure_a_node_is_not_served(members: dict[str, object], place: str) -> None:
    assert refused(parsed(**members)) == place


def test_another_address_than_this_machines_asks_for_one_that_people_use() -> None:
    assert refused(parsed(), host="0.0.0.0") == "--host"  # noqa: S104
    served = serving(parsed(**PROXIED), FILE, host="0.0.0.0", port=443)  # noqa: S104
    assert str(served.site.listen) == "0.0.0.0:443"
    assert served.address == "https://node.agency.example"


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"listen": "0.0.0.0:8080"}, "site.listen"),
        ({"listen": "[2001:db8::1]:8080"}, "site.listen"),
        (PROXIED, "site.address"),
        ({"proxies": ["127.0.0.1"]}, "site.proxies"),
    ],
)
def test_a_demonstration_is_reached_from_its_own_machine_alone(
    members: dict[str, object], place: str
) -> None:
    demo = Settings.parse({"tearline": 1, "demo": True, "site": members}, FILE)
    assert refused(demo) == place
    assert serving(Settings(demo=True), FILE).demo


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o444])
def test_a_secret_that_others_can_read_stops_the_node(tmp_path: Path, mode: int) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b64encode(b"s" * 32))
    secret.chmod(0o600)
    oidc = {
        "issuer": "https://directory.example",
        "client_id": "tearline",
        "client_secret_file": str(secret),
    }
    settings = parsed(**PROXIED, oidc=oidc)
    serving(settings, FILE)
    secret.chmod(mode)
    assert refused(settings) == "site.oidc.client_secret_file"
    secret.unlink()
    assert refused(settings) == "site.oidc.client_secret_file"
    secret.mkdir()
    assert refused(settings) == "site.oidc.client_secret_file"


def test_a_credential_of_systemd_may_show_its_access_list_as_the_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "oidc"
    secret.write_bytes(b"word\n")
    secret.chmod(0o440)
    with pytest.raises(Malformed):
        read_secret(secret, FILE, "place")
    monkeypatch.setenv(CREDENTIALS, str(tmp_path))
    assert read_secret(secret, FILE, "place") == b"word\n"
    secret.chmod(0o444)
    with pytest.raises(Malformed):
        read_secret(secret, FILE, "place")


def test_what_would_be_done_is_said_in_both_languages() -> None:
    for settings in (
        Settings(demo=True),
        parsed(**PROXIED, metrics="127.0.0.1:9464"),
        parsed(**PROXIED, outside={"desk": DESK, "answer_days": 5}),
    ):
        for sentence in serving(settings, FILE).sentences():
            assert sentence.en.endswith(".")
            assert sentence.es.endswith(".")
            assert sentence.en != sentence.es
