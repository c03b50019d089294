"""The door in a real browser, with the authenticator that it brings for tests: enrol, sign in, act, sign out."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, CDPSession, Page, expect

from tearline.cli.nodes import listening
from tearline.signin.codes import shown
from tearline.web.app import create_app
from tests.doors import Entrance, entrance
from tests.web.test_browser import SIZES, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Entrance]:
    """Served at the port that its address names, as configured."""
    with closing(listening("127.0.0.1", 0)) as listener:
        door = entrance(tmp_path, origin=f"http://localhost:{listener.getsockname()[1]}")
        app = create_app(door.node, demo=False, door=door.door)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield door
        server.should_exit = True
        thread.join(20)
        door.close()


def authenticator(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return cdp, str(made["authenticatorId"])


def look(page: Page, width: int) -> None:
    """Nothing keeps anybody out, and nothing runs over the side."""
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_a_founder_enrols_signs_in_acts_and_signs_out(
    browser: Browser, site: Entrance, language: str, size: str
) -> None:
    origin, (width, height) = site.address.origin, SIZES[size]
    en = language == "en"
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies([{"name": "language", "value": language, "url": origin}])
    with context:
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on(
            "request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}")
        )
        authenticator(page)
        code = shown(site.codes["ada"])
        page.goto(f"{origin}/enrol#{code}")
        expect(page.locator("#f-code")).to_have_value(code)
        assert page.url == f"{origin}/enrol"
        page.goto(f"{origin}/enrol#K7QFM2X-J8R9TZW-D4HVNPK-2M6QXYT")
        expect(page.locator("#f-second")).to_have_value("K7QFM2X-J8R9TZW-D4HVNPK-2M6QXYT")
        page.locator("#f-second").clear()
        look(page, width)
        page.locator("#f-name").fill("test phone")
        page.get_by_role("button", name="Make and enrol" if en else "Crear e inscribir").click()
        page.wait_for_url("**/sign-in?enrolled")
        look(page, width)
        assert not any(code in one for one in asked), "a code is in no address that is asked for"
        page.get_by_role("button", name="Sign in with" if en else "Entrar con").click()
        page.wait_for_url(f"{origin}/")
        look(page, width)
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert cookies["tearline"]["httpOnly"]
        assert cookies["tearline"]["sameSite"] == "Strict"
        for path in ("/account", "/people-and-access", "/people-and-access/invitations/new"):
            page.goto(origin + path)
            look(page, width)
        page.goto(f"{origin}/account")
        page.get_by_role("main").get_by_role("button", name="Sign out" if en else "Cerrar sesión").click()
        page.wait_for_url("**/sign-in?left")
        look(page, width)
        page.goto(f"{origin}/account")
        assert page.url.startswith(f"{origin}/sign-in?back=")
        assert [text for text in said if "Clear-Site-Data" not in text] == []


def test_an_authenticator_that_does_not_make_sure_of_its_holder_is_refused(
    browser: Browser, site: Entrance
) -> None:
    """Asked of the browser; and by the node too, whatever a page asks."""
    origin = site.address.origin
    with browser.new_context() as context:
        page = context.new_page()
        cdp, name = authenticator(page)
        page.goto(f"{origin}/enrol#{shown(site.codes['ada'])}")
        page.locator("#f-name").fill("test phone")
        page.get_by_role("button", name="Make and enrol").click()
        page.wait_for_url("**/sign-in?enrolled")
        cdp.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})
        page.get_by_role("button", name="Sign in with").click()
        expect(page.get_by_role("alert")).to_contain_text("Nothing was signed")
        look(page, 1280)
        page.evaluate(
            """() => { const ask = navigator.credentials.get.bind(navigator.credentials);
            navigator.credentials.get = (asked) => {
              asked.publicKey.userVerification = "discouraged"; return ask(asked); }; }"""
        )
        page.get_by_role("button", name="Sign in with").click()
        expect(page.get_by_role("alert")).to_contain_text("That did not work")
        cdp.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": True})
        page.reload()
        page.get_by_role("button", name="Sign in with").click()
        page.wait_for_url(f"{origin}/")


def test_without_script_the_page_says_that_passkeys_need_it(browser: Browser, site: Entrance) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        for path, button in (("/sign-in", "Sign in with"), ("/enrol", "Make and enrol")):
            page.goto(site.address.origin + path)
            expect(page.get_by_text("passkeys do not work without it")).to_be_visible()
            expect(page.get_by_role("button", name=re.compile(button))).to_be_disabled()
