"""Signing in a real browser, with a virtual passkey: what stands in the boxes is what is signed."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tearline.facts.history import Actor
from tearline.facts.release import DissentRecorded, ReleaseSignedOff
from tearline.ledger import sdjwt
from tearline.rooms.release.dissents import RecordDissent
from tests.desk import SITE, Desk, desk_in
from tests.passkeys import signed
from tests.web.conftest import served
from tests.web.test_browser import SIZES, violations
from tests.worlds import HUGO, REX, SOL, dissent

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    made = desk_in(tmp_path / "node")
    with served(None, made.app) as address:
        yield made, address.replace("127.0.0.1", SITE)
    made.node.ledger.check()
    made.node.close()


def signed_in(
    browser: Browser,
    desk: Desk,
    address: str,
    actor: Actor,
    *,
    language: str = "en",
    size: str = "wide",
    script: bool = True,
) -> BrowserContext:
    desk.door.let_in(actor, "a-session")
    width, height = SIZES[size]
    made = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
    cookies = {"session": "a-session", "language": language}
    made.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return made


def with_passkey(page: Page, desk: Desk, actor: Actor, *, verifies: bool = True) -> None:
    """Plug the person's passkey into the browser."""
    held = desk.phones[actor.person].held[-1]
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    private = held.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": base64.b64encode(held.id).decode(),
        "isResidentCredential": True,
        "rpId": SITE,
        "privateKey": base64.b64encode(private).decode(),
        "userHandle": base64.b64encode(held.handle).decode(),
        "signCount": 1,
    }
    cdp.send("WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential})


def to_the_text(page: Page, address: str, button: str) -> None:
    """Through the form to the page on which it is signed."""
    page.goto(f"{address}/releases/ask/sign-off")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/signing/*")


@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_an_officer_signs_what_stands_in_the_boxes(
    browser: Browser, desk: tuple[Desk, str], language: str, size: str
) -> None:
    node, address = desk[0].node, desk[1]
    said: list[str] = []
    with signed_in(browser, desk[0], address, REX, language=language, size=size) as visit:
        page = visit.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        with_passkey(page, desk[0], REX)
        to_the_text(page, address, "Sign as" if language == "en" else "Firmar como")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        assert violations(page) == []
        boxes = page.locator("pre[data-signed]").all()
        text = "".join(str(box.evaluate("box => box.textContent")) for box in boxes)
        page.get_by_role("button", name="Sign with my" if language == "en" else "Firmar con mi").click()
        page.wait_for_url("**/releases/ask?recorded=*")
        assert said == []
    # What the pages opened stands on record after them, unsigned.
    payloads = [sdjwt.payload_of(node.ledger.entry(p).jws) for p in range(node.ledger.size())]
    claims = [payload["signed"] for payload in payloads if "signed" in payload][-2:]
    assert claims[0]["opening"] + "".join(claim["text"] for claim in claims) == text
    assert desk[0].facts(ReleaseSignedOff) == 1


def test_a_text_that_was_changed_on_the_page_is_not_signed_for_the_act(
    browser: Browser, desk: tuple[Desk, str]
) -> None:
    """Whoever changes the page has another text signed, and that is no signature over this act."""
    with signed_in(browser, desk[0], desk[1], REX) as visit:
        page = visit.new_page()
        with_passkey(page, desk[0], REX)
        to_the_text(page, desk[1], "Sign as")
        page.locator("pre[data-signed]").nth(1).evaluate(
            "box => { box.textContent = box.textContent.replace('releasing', 'second'); }"
        )
        page.get_by_role("button", name="Sign with my").click()
        expect(page.get_by_text("no signature over this act")).to_be_visible()
    assert desk[0].facts(ReleaseSignedOff) == 0


def test_a_deciding_fact_in_between_is_shown_and_it_is_signed_anew(
    browser: Browser, desk: tuple[Desk, str]
) -> None:
    with signed_in(browser, desk[0], desk[1], SOL) as visit:
        page = visit.new_page()
        with_passkey(page, desk[0], SOL)
        to_the_text(page, desk[1], "Sign as")
        signed(desk[0].node, RecordDissent(dissent()), HUGO, desk[0].phones["hugo"])
        page.get_by_role("button", name="Sign with my").click()
        expect(page.get_by_role("heading", name="It is shown anew")).to_be_visible()
        expect(page.get_by_role("link", name="A dissent was recorded")).to_be_visible()
        assert violations(page) == []
        assert desk[0].facts(ReleaseSignedOff) == 0
        page.get_by_role("button", name="Sign with my").click()
        page.wait_for_url("**/releases/ask?recorded=*")
    assert (desk[0].facts(ReleaseSignedOff), desk[0].facts(DissentRecorded)) == (1, 1)


def test_a_holder_who_is_not_verified_or_has_no_script_is_told(
    browser: Browser, desk: tuple[Desk, str]
) -> None:
    with signed_in(browser, desk[0], desk[1], REX) as visit:
        page = visit.new_page()
        with_passkey(page, desk[0], REX, verifies=False)
        to_the_text(page, desk[1], "Sign as")
        page.get_by_role("button", name="Sign with my").click()
        expect(page.get_by_role("heading", name="Your passkey did not sign")).to_be_visible()
        expect(page.get_by_role("button", name="Sign with my")).to_be_enabled()
        assert violations(page) == []
    assert desk[0].facts(ReleaseSignedOff) == 0
    with signed_in(browser, desk[0], desk[1], REX, script=False) as visit:
        page = visit.new_page()
        page.goto(f"{desk[1]}/releases/ask/sign-off")
        page.get_by_role("button", name="Sign as").click()
        expect(page.get_by_role("heading", name="A passkey needs script")).to_be_visible()
        expect(page.get_by_role("button", name="Sign with my")).to_be_hidden()
