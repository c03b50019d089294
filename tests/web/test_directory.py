"""The directory's pages: to the directory and back, in one browser; linked on an invitation, unlinked by one person."""

import base64
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response as Answer
from playwright.sync_api import Browser
from playwright.sync_api import Route as PlaywrightRoute
from starlette.responses import Response
from starlette.testclient import TestClient

from tearline.config import Oidc
from tearline.config import Site as Configured
from tearline.facts.admission import DirectoryAccountLinked, DirectoryAccountUnlinked, EndReason, RoleEnded
from tearline.facts.errors import Malformed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import PersonId
from tearline.peers.calls import new_client
from tearline.rooms.admission.roles import EndRole
from tearline.signin.arrivals import Arrivals, configured
from tearline.signin.directory import CALLBACK, COOKIE, Directory, DirectorySettings
from tearline.signin.identity import Identity
from tearline.web.app import create_app
from tests.doors import Entrance, entrance
from tests.nodes import Clock
from tests.signin import stub
from tests.signin.stub import CLIENT, SECRET
from tests.web.test_browser import SIZES, context, violations

ORIGIN = "https://desk.agency.example"
HTTP = new_client()
ADA = "ada@directory"
LINKED = about(kinds=(DirectoryAccountLinked, DirectoryAccountUnlinked))


@pytest.fixture(scope="module")
def served() -> Iterator[stub.Directory]:
    with stub.running(stub.Directory(Clock())) as directory, HTTP:
        yield directory


class Site:
    """A founded node whose agency has a directory."""

    def __init__(self, door: Entrance, directory: stub.Directory) -> None:
        self.door, self.directory = door, directory
        settings = DirectorySettings(issuer=directory.issuer, client_id=CLIENT, client_secret=SECRET)
        ours = Directory(settings, ORIGIN, client=HTTP)
        arrivals = Arrivals(door.node, ours, door.passkeys, door.sessions, door.door.limits)
        self.app = create_app(
            door.node, demo=False, door=door.door, arrivals=arrivals, site=Configured(address=ORIGIN)
        )

    def browser(self, language: str = "en") -> TestClient:
        made = TestClient(self.app, base_url=ORIGIN, follow_redirects=False, cookies={"language": language})
        made.headers["user-agent"] = "A browser"
        return made

    def back(self, browser: TestClient, url: str, subject: str = ADA) -> Answer:
        """A person signed in at the directory; what their browser is answered when it comes back."""
        return browser.get(CALLBACK, params=dict(self.directory.authorize(url, subject)))

    def linking(self, browser: TestClient, code: str) -> str:
        """Where the page for whoever brings a code leads."""
        page = browser.post("/enrol/directory", data={"code": code})
        assert page.status_code == 200, page.text
        found = re.search(r'href="(http://[^"]+)"', page.text)
        assert found is not None
        return found[1].replace("&amp;", "&")

    def linked(self, person: str = "ada", subject: str = ADA) -> TestClient:
        """A browser in which this founder has just linked their account."""
        browser = self.browser()
        answer = self.back(browser, self.linking(browser, self.door.codes[person]), subject)
        assert let_in(answer)
        return browser

    def comes(self, subject: str = ADA, browser: TestClient | None = None) -> Answer:
        """Somebody signs in by the directory."""
        browser = browser or self.browser()
        answer = browser.get("/sign-in/directory")
        assert answer.status_code == 303
        return self.back(browser, answer.headers["location"], subject)


@pytest.fixture
def site(tmp_path: Path, served: stub.Directory) -> Iterator[Site]:
    door = entrance(tmp_path, origin=ORIGIN, founders=("ada", "abe", "zoe"))
    vars(served).update(vars(stub.Directory(door.clock, port=served.port)))
    yield Site(door, served)
    door.close()


def let_in(answer: Answer) -> bool:
    """Whether they were; if not, they got the one answer for that."""
    assert answer.status_code == 303
    inside = answer.headers["location"].startswith("/sign-in/directory/arrived")
    assert inside == ("__Host-tearline=" in str(answer.headers))
    assert inside or answer.headers["location"] == "/sign-in/directory/nobody"
    return inside


def test_whoever_is_invited_links_their_account_and_signs_in_by_it(site: Site) -> None:
    browser = site.linked()
    (recorded,) = site.door.node.ledger.read(LINKED)
    assert isinstance(recorded.fact, DirectoryAccountLinked)
    assert (recorded.fact.person, recorded.fact.issuer) == ("ada", site.directory.issuer)
    assert ADA not in repr(recorded.fact)
    assert browser.get("/account/directory").status_code == 200
    other = site.browser()
    answer = site.comes(browser=other)
    assert let_in(answer)
    page = other.get(answer.headers["location"]).text
    assert "You are signed in" in page
    assert 'content="0; url=/"' in page
    assert "code" not in page
    assert other.get("/account/directory").status_code == 200
    (one, two) = site.door.sessions.of(PersonId("ada"))
    assert {one.way.value, two.way.value} == {"directory"}
    assert one.proof == two.proof == recorded.fact.account


def leads(answer: Answer) -> str:
    """Where the page after a sign-out leads on to."""
    assert answer.status_code == 200
    found = re.search(r'content="0; url=([^"]+)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def test_whoever_signed_in_by_the_directory_signs_out_there_too(site: Site) -> None:
    """Else whoever sits down next at that browser comes in with one press. A change of role meanwhile loses nothing."""
    browser = site.linked()
    (session,) = site.door.sessions.of(PersonId("ada"))
    role, way = session.role, session.way
    identity = Identity(person=PersonId("ada"), role=role, roles=(role,), way=way, session=session.name)
    switched = site.door.sessions.switched(identity, role)
    assert switched is not None
    browser.cookies.set("__Host-tearline", switched, domain="desk.agency.example")
    answer = browser.post("/sign-out", data={"post_logout_redirect_uri": "https://evil.invalid/"})
    there = leads(answer)
    assert not site.door.sessions.all()
    assert "no-store" in answer.headers["cache-control"]
    assert there.startswith(f"{site.directory.issuer}/leave?tenant=a&")
    returned = HTTP.get(there, follow_redirects=False)
    assert returned.headers["location"] == f"{ORIGIN}/sign-in"
    (said,) = site.directory.left
    assert said["client_id"] == CLIENT
    claims = json.loads(base64.urlsafe_b64decode(said["id_token_hint"].split(".")[1] + "=="))
    assert (claims["sub"], claims["aud"]) == (ADA, CLIENT)
    assert browser.post("/sign-out").headers["location"] == "/sign-in?left", "once"


def test_without_its_token_the_directory_is_told_by_whom_it_is_asked(site: Site) -> None:
    """After a restart of the node: the directory asks the person."""
    browser = site.linked()
    site.app.state.arrivals._tokens.clear()
    assert "id_token_hint" not in leads(browser.post("/sign-out"))


@pytest.mark.parametrize("says", [None, "down"])
def test_where_the_directory_offers_no_sign_out_one_signs_out_here(site: Site, says: str | None) -> None:
    site.directory.says["end_session_endpoint"] = None
    browser = site.linked()
    if says == "down":
        site.app.state.arrivals._directory._provider._metadata = None
        site.directory.answers = lambda _path: Response(status_code=503)
    assert browser.post("/sign-out").headers["location"] == "/sign-in?left"
    assert not site.door.sessions.all()


def test_whoever_signed_in_with_a_key_is_not_sent_to_the_directory(site: Site) -> None:
    site.door.enrolled("ada")
    browser, secret = site.browser(), site.door.session("ada")
    browser.cookies.set("__Host-tearline", secret, domain="desk.agency.example")
    assert browser.post("/sign-out").headers["location"] == "/sign-in?left"
    assert not site.door.sessions.all()


def test_the_cookie_of_the_way_there_is_kept_to_this_host_and_gone_afterwards(site: Site) -> None:
    browser = site.browser()
    began = browser.get("/sign-in/directory").headers["set-cookie"]
    assert began.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(began.split("; "))
    assert "Domain" not in began
    site.comes(browser=browser)
    assert COOKIE not in browser.cookies


def test_everybody_who_is_not_let_in_gets_one_answer(site: Site) -> None:
    site.linked()
    unknown = site.comes("nobody@directory")
    site.directory.claims = {"nonce": "another"}
    forged = site.comes()
    site.directory.claims = {}
    site.directory.tokens = {"id_token": "x"}
    broken = site.comes()
    site.directory.tokens = {}
    elsewhere = site.browser().get(CALLBACK, params={"code": "x", "state": "y"})
    nothing = site.browser().get(CALLBACK)
    site.linked("zoe", "zoe@directory")
    site.door.enrolled("abe")
    ended = RoleEnded(person=PersonId("zoe"), role=Role.ADMINISTRATOR, reason=EndReason.LEFT)
    site.door.does(EndRole(ended), "abe")
    roleless = site.comes("zoe@directory")
    answers = [unknown, forged, broken, elsewhere, nothing, roleless]
    assert not any(let_in(answer) for answer in answers)
    # A cookie is taken away as of this second; nonce and number are each request's own.
    own = ("content-security-policy", "x-request-id")
    said = [
        {n: re.sub(r"expires=[^;]*", "", v) for n, v in a.headers.items() if n not in own} for a in answers
    ]
    for one in said[1:]:
        assert one == said[0]
    assert len({answer.text for answer in answers}) == 1
    assert site.browser().get("/sign-in/directory/nobody").status_code == 403


def test_an_unlinked_account_opens_nothing_and_ends_what_it_opened(site: Site) -> None:
    browser = site.linked()
    page = browser.get("/account/directory").text
    path = re.search(r'href="(/directory/[^"]+/unlink)"', page)
    assert path is not None
    key = re.search(r'name="key" value="([^"]+)"', browser.get(path[1]).text)
    assert key is not None
    assert browser.post(path[1], data={"key": key[1]}).status_code == 303
    assert browser.get("/account/directory").status_code != 200
    assert not let_in(site.comes())


def test_an_administrator_sees_and_unlinks_everybody_s(site: Site) -> None:
    site.linked()
    abe = site.linked("abe", "abe@directory")
    page = abe.get("/directory").text
    assert "ada" in page
    paths = re.findall(r'href="(/directory/[^"]+/unlink)"', page)
    assert len(paths) == 2
    theirs = next(p for p in paths if "ada" in abe.get(p).text)
    assert abe.post(theirs, data={"key": "k"}).status_code == 303
    assert not let_in(site.comes())
    assert abe.get(theirs).status_code == 404
    assert abe.get("/directory/none/unlink").status_code == 404


def test_an_invitation_links_one_account_once(site: Site) -> None:
    site.linked()
    browser = site.browser()
    again = browser.post("/enrol/directory", data={"code": site.door.codes["ada"]})
    assert again.status_code == 403
    assert COOKIE not in browser.cookies
    # Two browsers, one code: whoever comes back first has it.
    one, two = site.browser(), site.browser()
    first, second = (site.linking(b, site.door.codes["abe"]) for b in (one, two))
    assert let_in(site.back(one, first, "abe@directory"))
    assert not let_in(site.back(two, second, "mallory@directory"))
    assert len(site.door.node.ledger.read(LINKED).facts) == 2


def test_an_account_that_somebody_has_is_not_linked_to_another(site: Site) -> None:
    site.linked()
    browser = site.browser()
    assert not let_in(site.back(browser, site.linking(browser, site.door.codes["abe"]), ADA))
    assert len(site.door.node.ledger.read(LINKED).facts) == 1


@pytest.mark.parametrize(
    "codes", [{}, {"code": ""}, {"code": "A" * 20}, {"code": "ñ"}, {"code": "x" * 10_000}]
)
def test_bad_codes_lead_nowhere(site: Site, codes: dict[str, str]) -> None:
    answer = site.browser().post("/enrol/directory", data=codes)
    assert answer.status_code == 403
    assert "A code is good once" in answer.text
    assert not site.directory.asked


def test_an_answer_counts_in_the_browser_that_began_and_once(site: Site) -> None:
    site.linked()
    site.directory.lenient = True
    mine, theirs = site.browser(), site.browser()
    url = mine.get("/sign-in/directory").headers["location"]
    theirs.get("/sign-in/directory")
    back = dict(site.directory.authorize(url, ADA))
    assert not let_in(theirs.get(CALLBACK, params=back))
    kept = mine.cookies[COOKIE]
    assert let_in(mine.get(CALLBACK, params=back))
    assert not let_in(mine.get(CALLBACK, params=back))
    replay = site.browser()
    replay.cookies.set(COOKIE, kept)
    assert not let_in(replay.get(CALLBACK, params=back))


def test_a_directory_that_is_down_says_so_and_points_to_passkeys(site: Site) -> None:
    site.directory.answers = lambda _path: Response(status_code=503)
    answer = site.browser().get("/sign-in/directory")
    assert answer.status_code == 503
    assert "passkey" in answer.text
    assert site.browser("es").get("/sign-in/directory").status_code == 503


def test_whoever_comes_too_often_is_kept_waiting(site: Site) -> None:
    browser = site.browser()
    answers = [browser.post("/enrol/directory", data={"code": "A" * 20}) for _ in range(11)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_cross_site_post_brings_no_codes(site: Site) -> None:
    browser = site.browser()
    answer = browser.post(
        "/enrol/directory",
        data={"code": site.door.codes["ada"]},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert COOKIE not in browser.cookies


def test_a_node_without_a_directory_has_no_such_pages(tmp_path: Path) -> None:
    door = entrance(tmp_path, origin=ORIGIN)
    app = create_app(door.node, demo=False, door=door.door, site=Configured(address=ORIGIN))
    client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    for path in ("/sign-in/directory", "/enrol/directory", CALLBACK):
        assert client.get(path).status_code == 404
    door.close()


def test_the_directory_s_pages_speak_spanish(site: Site) -> None:
    browser = site.browser("es")
    assert "códigos" in browser.get("/enrol/directory").text
    assert "No se le dejó entrar" in browser.get("/sign-in/directory/nobody").text
    assert "Ya entró" in browser.get("/sign-in/directory/arrived").text
    assert "no responde" in browser.get("/sign-in/directory/down").text


def test_a_directory_is_used_as_it_is_configured_and_its_secret_is_kept_close(
    site: Site, tmp_path: Path
) -> None:
    door, file = site.door, tmp_path / "secret"
    oidc = Oidc(
        issuer="https://login.agency.example", client_id=CLIENT, client_secret_file=file, acr=("phr",)
    )
    for content, mode in ((b"", 0o600), (b"\xff", 0o600), (b"a secret\n", 0o644)):
        file.write_bytes(content)
        file.chmod(mode)
        with pytest.raises(Malformed, match="client_secret_file"):
            configured(door.node, door.door, oidc, ORIGIN, file="node.json")
    file.chmod(0o600)
    arrivals = configured(door.node, door.door, oidc, ORIGIN, file="node.json")
    assert arrivals.sessions is door.sessions
    public = Oidc(issuer="https://login.agency.example", client_id=CLIENT)
    assert isinstance(configured(door.node, door.door, public, ORIGIN, file="node.json"), Arrivals)


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_the_directory_s_pages_keep_nobody_out(
    site: Site, browser: Browser, language: str, size: str
) -> None:
    """The browser is answered by the site itself, under its real name."""
    client = site.linked()
    client.cookies.set("language", language)

    def answered(route: PlaywrightRoute) -> None:
        asked = client.get(route.request.url)
        route.fulfill(status=asked.status_code, headers=dict(asked.headers), body=asked.content)

    ours = site.door.node.ledger.read(LINKED).facts[0].fact
    assert isinstance(ours, DirectoryAccountLinked)
    pages = ("enrol/directory", "sign-in/directory/nobody", "sign-in/directory/down", "account/directory")
    with context(browser, ORIGIN, Role.ADMINISTRATOR, language, size) as visit:
        page = visit.new_page()
        page.route("**/*", answered)
        for path in (*pages, "directory", f"directory/{ours.account}/unlink"):
            page.goto(f"{ORIGIN}/{path}")
            assert page.evaluate("document.documentElement.lang") == language
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path
            assert violations(page) == [], path
