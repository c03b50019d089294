"""The pictures of the site: a page for every row of its table, and the states of pages that an address does not name.

``PICTURES`` is made by walking ``web/policy.py``, so that a new page is in it, or in ``WITHOUT`` with its reason.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tearline.facts.history import Role
from tearline.signin.policy import GET, Row
from tearline.web.policy import SITE
from tests.web.everything import FOLLOWED

ROOT = Path(__file__).resolve().parents[2]
INTO = ROOT / "docs" / "screenshots"
PAGE = ROOT / "docs" / "pages.md"
REQUEST = "allende-protocol.tell-the-unit"

NO_PAGE = "no page: for programs"
WITHOUT = {
    "/healthz": NO_PAGE,
    "/readyz": NO_PAGE,
    "/language": "a way to the same page in the other language",
    "/ledger/checkpoint": NO_PAGE,
    "/ledger/vkey": NO_PAGE,
    "/ledger/tile/{_path:path}": NO_PAGE,
    "/ledger/entries/{position}/proof": NO_PAGE,
    "/ledger/entries/{position}/fact": NO_PAGE,
    "/calendar.ics": NO_PAGE,
    "/calendar/load.svg": "a chart, in the picture of the calendar",
    "/releases/{request}/timeline.svg": "a chart, in the picture of the release",
    "/releases/{request}/exposure.svg": "a chart, in the picture of the release",
    "/items/{item}/exposure.svg": "a chart, in the picture of the item",
    "/harm/estimates/{estimate}/methods.svg": "a chart, in the picture of the estimate",
    "/harm/linkage/review": "see a pair side by side, below",
    "/harm/linkage/places": "see places that reports name, below",
    "/public/harm": "see what of the register is public, below",
    "/people/import/template.csv": "a table to fill in",
    "/harm/import/template.csv": "a table to fill in",
    "/harm/export.csv": "the register, as a table",
    "/harm/files/{file}/copies/{custody}": "a file, as it was kept",
    "/protocols/proposals/{proposal}/text": "the text of the proposal, as bytes",
    "/sign-in/directory": "a way to the agency's directory",
    "/sign-in/directory/callback": "a way back from the agency's directory",
    "/sign-in/directory/arrived": "on the way from the directory for a moment; then home",
    "/releases/{request}/review": "see the review of an expedited release, below",
    "/agreements/{agreement}/endorse": "see an agreement that another endorses, below",
    "/account/tokens/{token}/shown": "see a token, shown once, below",
    "/account/keys/new": "see a key that was just made, below",
    "/signing/{signing}": "see signing, below",
    "/investigations/{investigation}/traces": "see a text that was traced, below",
    "/people-and-access/invitations/{invitation}/approve": "one button, as that of a role",
    "/harm/warnings/{of}/{ground}/warned": "a form, as that of a warning on the page of an item",
    "/harm/warnings/{of}/{ground}/attempt": "a form, as that of a warning",
    "/harm/warnings/warning/{warning}/waiver": "a form, as that of the waiver of a threat",
    "/harm/assistance/needs/{need}/given": "a form, as that of a need",
    "/harm/assistance/needs/{need}/withdrawn": "a form, as that of a need",
    "/harm/assistance/referrals/{referral}/answer": "a form, as that of a referral",
    "/harm/assistance/given/new": "a form, as that of a need",
    "/harm/assistance/offers/{offer}/answer": "a form, as that of an offer",
    "/harm/outside/{outside}": "see a report from outside at the harm desk, below",
    "/harm/outside/{outside}/close": "a form like that of an answer",
}
"""Rows with GET of which there is no picture, and why."""

CASE, LIVED, HASTE, DOOR, DESK, FOUNDED, BARE = "case", "lived", "haste", "door", "desk", "founded", "bare"
TOLD, FIGURED, COUNTED = "told", "figured", "counted"
"""Where a picture is taken: the worked case; a small invented world; one in which a release was expedited; a founded
node with people at its door; a desk at which a release waits to be signed, and one at which an agreement waits to be
endorsed; a demonstration in which nothing is on record yet; one in which marked copies leaked; the fictional case, in
which an investigation has figured whom to ask first; a made register of harm, compared, judged, counted and public."""
AT_THE_DOOR = ("/sign-in", "/enrol", "/account", "/people-and-access", "/directory")
IN_A_DEMONSTRATION = ("/account/tokens", "/account/machines")
LIKED = (
    Role.RELEASING_OFFICER,
    Role.SENIOR_OFFICER,
    Role.CASE_AGENT,
    Role.LIAISON,
    Role.HARM_DESK,
    Role.OVERSEER,
)
"""As whom a page is looked at, if the table lets them."""
OTHERS = {
    "/harm/warnings": "senior-officer",
    "/harm/assistance": "harm-desk",
    "/copies/{copy}/receipt": "partner-liaison",
    "/copies/{copy}": "partner-liaison",
    "/account/machines/{machine}/token": "liaison",
    "/account": "cora",
    "/account/directory": "zoe",
    "/account/tokens": "case-agent",
    "/account/tokens/{token}/revoke": "case-agent",
    "/identity": "",
    "/report": "",
    "/report/follow": "",
    "/harm/outside": "harm-desk",
    "/sign-in": "",
    "/enrol": "",
    "/enrol/directory": "",
    "/sign-in/directory/nobody": "",
    "/sign-in/directory/down": "",
}
"""As whom else; nobody."""
QUERIES = {
    "/releases/new": "?item=practice.item-1&unit=practice.unit",
    "/readings/new": "?page=/items/practice.item-2",
    "/calendar": "?show=all",
    "/search": "?q=unit",
}

Steps = Callable[[Page], None]


def stay(page: Page) -> None:
    """Nothing is done on the page before its picture is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page in one state. ``who``: the value of a role in a demonstration, a person at a door, or "" for nobody."""

    name: str
    scene: str
    who: str
    path: str
    words: str = ""
    steps: Steps = stay


def walked() -> Iterator[Picture]:
    """One for each row of the table that yields a page."""
    for row in SITE.rows:
        if GET in row.methods and row.path not in WITHOUT:
            yield _of(row)


def _of(row: Row) -> Picture:
    door = row.path.startswith(AT_THE_DOOR) and not row.path.startswith(IN_A_DEMONSTRATION)
    if row.path in OTHERS:
        who = OTHERS[row.path]
    elif door:
        who = "abe"
    else:
        roles = [
            role for role in (*LIKED, *sorted(row.roles or ())) if row.roles is None or role in row.roles
        ]
        who = roles[0].value
    name = re.sub(r"[^a-z0-9]+", "-", row.path).strip("-") or "home"
    return Picture(
        name=name, scene=DOOR if door else LIVED, who=who, path=row.path + QUERIES.get(row.path, "")
    )


def send(page: Page) -> None:
    """Send the form of the page as it is, whatever the browser thinks of it."""
    form = page.locator("main form.tl-form, main form[method=post]").first
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("button[type=submit], button:not([type])").last.click()
    page.wait_for_load_state("networkidle")


def open_it(page: Page, why: str = "To weigh the source's warning before I answer for it.") -> None:
    """Say why what is closed on this page is read, and open it, unless it is open from the picture before."""
    if not page.locator("#opening").count():
        return
    page.locator("#opening input[name=why]").fill(why)
    page.locator("#opening button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def report(page: Page) -> None:
    """Report harm without an account."""
    page.locator("textarea[name=account]").fill("They took my brother from the bridge before dawn.")
    page.locator("label", has_text=re.compile("my code|mi código")).first.click()
    send(page)


def bring_code(page: Page) -> None:
    page.locator("input[name=code]").fill(FOLLOWED.lower())
    send(page)


def open_witnesses(page: Page) -> None:
    open_it(page, "To answer whoever wrote it.")


def issue_token(page: Page) -> None:
    page.locator("label", has=page.locator("xpath=preceding-sibling::input[@name='scopes']")).first.click()
    page.locator("input[name=expires]").fill("2026-12-20T09:00")
    send(page)


def make_key(page: Page) -> None:
    """With an authenticator that the browser brings along: https://w3c.github.io/webauthn/#sctn-automation."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    internal = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    internal |= {"hasUserVerification": True, "isUserVerified": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": internal})
    page.locator("form[data-passkey] input[name=name]").fill("blue security key")
    page.locator("form[data-passkey] button[type=submit]").click()
    page.wait_for_url("**/account/keys/new")


HEADER = "person,outcome,decided_by,deciding_office,valid_until,decided_on\n"
GOOD = "practice.commander,cleared,practice.police,Internal affairs,2027-06-30,2026-06-30\n"
BAD = "practice.nobody,fine,practice.nowhere,,30/06/2027,\n"


def bring(table: str) -> Steps:
    def brought(page: Page) -> None:
        page.locator("input[type=file]").set_input_files(
            {"name": "vetting.csv", "mimeType": "text/csv", "buffer": table.encode()}
        )
        send(page)

    return brought


REPORTS_GOOD = (
    "report_id,source,given_names,paternal_surname,age,date,place,consent,least,most\n"
    "a-1,a priest,Rosa María,Garza,34,2026-03-18,The old quay,count;search,,\n"
    "a-2,a driver,,,,2026-03-19,The old quay,count,2,5\n"
)
REPORTS_BAD = "a-3,a priest,Luz,Garza,-3,18/03/2026,The old quay,,,\na-1,a priest,Ana,,,,,,,\n"


def bring_reports(table: str) -> Steps:
    def brought(page: Page) -> None:
        page.locator("input[type=file]").set_input_files(
            {"name": "register.csv", "mimeType": "text/csv", "buffer": table.encode()}
        )
        page.locator("select[name=source_class]").select_option("witness")
        page.locator("select[name=harm]").select_option("disappeared")
        send(page)

    return brought


def menu(page: Page) -> None:
    """The menu of a phone, or that about oneself."""
    phone = page.locator("details.tl-menu > summary")
    (phone if phone.is_visible() else page.locator("details.tl-me > summary")).click()


def look_for(field: str, words: str) -> Steps:
    """Look for something to choose, and choose the second of what is found."""

    def found(page: Page) -> None:
        said = page.locator(f"#f-{field}-said")
        before = said.inner_text()
        page.locator(f"#f-{field}").fill(words)
        page.wait_for_function("([id, before]) => document.getElementById(id).innerText !== before",
                               arg=[f"f-{field}-said", before])  # fmt: skip
        page.locator(f"#f-{field}-list label").nth(1).click()

    return found


def a_state(
    name: str, who: str, path: str, words: str, steps: Steps = stay, *, scene: str = LIVED
) -> Picture:
    return Picture(name=name, scene=scene, who=who, path=path, words=words, steps=steps)


OVER = "over"
"""Whoever had a session, and has none any more."""
OFFICER = Role.RELEASING_OFFICER.value
STATES = (
    *(
        a_state(f"home-of-{role.value}", role.value, "/", f"home of {role.words.en}")
        for role in Role
        if role not in (Role.NODE, Role.CHRONICLER)
    ),
    a_state("home-empty", "case-agent", "/", "home of a node without anything in it", scene=BARE),
    a_state("releases-empty", "case-agent", "/releases", "no request yet", scene=BARE),
    a_state("search-empty", "case-agent", "/search?q=lorries", "nothing found", scene=BARE),
    a_state("search-new", "case-agent", "/search", "search, before anything is asked"),
    a_state("menu", OFFICER, "/releases", "the menu", menu),
    a_state("case-release", "overseer", f"/releases/{REQUEST}", "a request that was refused", scene=CASE),
    a_state("case-verdict", "overseer", "/first-verdict", "a verdict, rule by rule", scene=CASE),
    a_state(
        "case-harmed", "overseer", "/cases/allende-happened", "who was harmed, and what was owed", scene=CASE
    ),
    a_state(
        "case-rule", "overseer", "/protocols/cross-border/1/rules/no-protection-plan", "one rule", scene=CASE
    ),
    a_state("released", OFFICER, "/released", "a release, with who will see it"),
    a_state(
        "release-new-wrong",
        "case-agent",
        f"/releases/new{QUERIES['/releases/new']}",
        "a form with what is missing",
        send,
    ),
    a_state("release-new-first", "case-agent", "/releases/new", "what a form has to know first"),
    a_state(
        "choosing",
        "investigator",
        "/leaks/{compromise}/investigation",
        "choosing among more than can be shown",
        look_for("investigators", "officer"),
    ),
    a_state("refused", OFFICER, "/refused", "a refusal, with its rule and its facts", send),
    a_state(
        "item-closed", "sol", "/items/phones", "an item, closed until it is opened for a reason", scene=DESK
    ),
    a_state("item-opened", "sol", "/items/phones", "the same, opened", open_it, scene=DESK),
    a_state("token-shown", "case-agent", "/account/tokens/new", "a token, shown once", issue_token),
    a_state("calendar-mine", "case-agent", "/calendar", "a month in which nothing of mine falls due"),
    a_state("expedited", "senior-officer", "/rushed", "an expedited release", scene=HASTE),
    a_state("review", "senior-officer", "/review", "the review of an expedited release", scene=HASTE),
    a_state("endorse", "leo", "/endorse", "an agreement that another endorses", scene=FOUNDED),
    a_state("traced", "investigator", "/traced", "a text that was traced, with its gate open", scene=TOLD),
    a_state("to-trace", "investigator", "/to-trace", "too little text, and the form for more", scene=TOLD),
    a_state(
        "asked-first",
        "investigator",
        "/asked-first",
        "whom to ask first, and what it does not say",
        scene=FIGURED,
    ),
    a_state(
        "linkage-standing", "linkage-analyst", "/harm/linkage", "who is who, after reviewing", scene=COUNTED
    ),
    a_state(
        "linkage-review", "linkage-analyst", "/harm/linkage/review", "a pair side by side", scene=COUNTED
    ),
    a_state(
        "linkage-places",
        "linkage-analyst",
        "/harm/linkage/places",
        "places that reports name, and where they lie",
        scene=COUNTED,
    ),
    a_state(
        "estimated", "linkage-analyst", "/estimated", "an estimate, and how lists overlap", scene=COUNTED
    ),
    a_state("superseded", "linkage-analyst", "/superseded", "an estimate that is superseded", scene=COUNTED),
    a_state("harm-public", "", "/public/harm", "what of the register is public", scene=COUNTED),
    a_state("outside-wrong", "", "/report", "a report without an account: what is missing", send),
    a_state("outside-received", "", "/report", "a report without an account, its code shown once", report),
    a_state("outside-followed", "", "/report/follow", "what became of it, to who has the code", bring_code),
    a_state(
        "outside-opened",
        "harm-desk",
        "/harm/outside/{outside}",
        "a report from outside at the harm desk, opened",
        open_witnesses,
    ),
    a_state("outside-overseer", "overseer", "/harm/outside", "how long they wait, for the overseer"),
    a_state("anothers", "harm-desk", "/releases/{request}/release", "an act that is somebody else's"),
    a_state("not-there", OFFICER, "/items/nothing", "what is not there"),
    a_state(
        "import-preview",
        "vetting-officer",
        "/people/import",
        "vetting from a table: preview",
        bring(HEADER + GOOD),
    ),
    a_state(
        "import-errors",
        "vetting-officer",
        "/people/import",
        "vetting from a table: errors",
        bring(HEADER + GOOD + BAD),
    ),
    a_state("report-opened", "harm-desk", "/harm/reports/{report}", "a report of harm, opened", open_it),
    a_state("person-linkage", "linkage-analyst", "/harm/people/{victim}", "a person, to whoever links"),
    a_state(
        "table-preview",
        "harm-desk",
        "/harm/import",
        "reports from a table: preview",
        bring_reports(REPORTS_GOOD),
    ),
    a_state(
        "table-errors",
        "harm-desk",
        "/harm/import",
        "reports from a table: errors",
        bring_reports(REPORTS_GOOD + REPORTS_BAD),
    ),
    a_state("signing", "rex", "/releases/ask/sign-off", "what is signed, to the letter", send, scene=DESK),
    a_state("signing-anew", "rex", "/shown-anew", "shown anew: something was recorded meanwhile", scene=DESK),
    a_state("key-made", "cora", "/account", "a key that was just made", make_key, scene=DOOR),
    a_state("home-founded", "abe", "/", "home of the administrator of a new node", scene=DOOR),
    a_state("sign-in-enrolled", "", "/sign-in?enrolled", "sign-in, after a key was enrolled", scene=DOOR),
    a_state("sign-in-over", OVER, "/sign-in", "sign-in, after a session ended", scene=DOOR),
    a_state(
        "invitation-issued", "ada", "/invitation-issued", "an invitation, its code shown once", scene=DOOR
    ),
)
"""States of pages; an address without braces that is in no table is the scene's own name for one."""

PICTURES = (*walked(), *STATES)


def page() -> str:
    """docs/pages.md, ending in a newline."""
    lines = [OPENING, "## Every page of the table", "", "| address | as | pictures |", "| --- | --- | --- |"]
    lines += [f"| `{one.path}` | {one.who or 'nobody'} | {_pair(one)} |" for one in walked()]
    lines += ["", "## States of pages", "", "| what | address | as | pictures |", "| --- | --- | --- | --- |"]
    lines += [f"| {one.words} | `{one.path}` | {one.who or 'nobody'} | {_pair(one)} |" for one in STATES]
    lines += ["", "## Without a picture", "", *(f"- `{path}`: {why}" for path, why in WITHOUT.items())]
    return "\n".join(lines) + "\n"


def _pair(one: Picture) -> str:
    return f"[wide](screenshots/{one.name}-en.webp), [390 px](screenshots/{one.name}-es.webp)"


OPENING = """\
# Every page in pictures

Made by `python -m tests.web.screenshots`: each page at 1280 px in English and at 390 px in Spanish, cut off at a
height at which one still reads it. All of it is invented, but for the worked case.
"""
