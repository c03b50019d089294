"""A release, signed on the site with passkeys by the people whom it binds, and checked by a stranger without the node.

What each of them signs is the text on the page. If a deciding fact arrives between looking and signing, nothing is
recorded and it is shown anew.
"""

import hashlib
import html
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.release import (
    DissentRecorded,
    ItemReleased,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.ledger import disclose, strict
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import SignOff
from tests.authenticator import Authenticator
from tests.desk import BASE, SITE, Desk, boxes, desk_in, opened
from tests.ledger.checking import check_ledger
from tests.ledger.damage import flip
from tests.passkeys import admitted, given_role, passkey, signed
from tests.signing import introduced
from tests.worlds import HUGO, LEO, REX, SOL, dissent, requested, signed_off


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path / "node")
    yield made
    check_ledger(made.node.ledger)
    made.node.close()


def challenge_of(page: str) -> bytes:
    """What the page's script has the passkey sign: computed from the text on the page and nothing else."""
    (_, opening), *sections = boxes(page)
    stated = [
        hashlib.sha256(hashlib.sha256(text.encode()).digest() + strict.base64url(one)).digest()
        for one, text in sections
    ]
    parts = [b"tearline/act/2\n", hashlib.sha256(opening.encode()).digest(), *stated]
    return hashlib.sha256(b"".join(parts)).digest()


def answer_of(phone: Authenticator, page: str) -> dict[str, str]:
    """The fields that the page's script sends once the passkey signed."""
    asked = json.loads(html.unescape(re.search(r'data-keys="([^"]*)"', page)[1]))  # type: ignore[index]  # or fail
    assert asked["site"] == SITE
    assert strict.to_base64url(phone.held[-1].id) in asked["keys"]
    return {"assertion": json.dumps(phone.get({"challenge": strict.to_base64url(challenge_of(page))}))}


def sign(browser: TestClient, phone: Authenticator, signing: str) -> str:
    """Read the page, sign its text, send it; where one is sent on to."""
    page = browser.get(signing)
    assert page.status_code == 200, page.text
    answer = browser.post(signing, data=answer_of(phone, page.text))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def by_a_stranger(bundle: Path, vkey: str) -> "subprocess.CompletedProcess[str]":
    """A fresh process that has the bundle and the log's key."""
    command = [sys.executable, "-m", "tearline.cli", "ledger", "verify-bundle", str(bundle), "--vkey", vkey]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_release_from_sign_off_to_a_strangers_desk(desk: Desk, tmp_path: Path) -> None:
    rex, sol = desk.at(REX), desk.at(SOL, language="es")
    for browser, actor in ((rex, REX), (sol, SOL)):
        signing = opened(browser, "/releases/ask/sign-off")
        assert signing.startswith("/signing/")
        on = sign(browser, desk.phones[actor.person], signing)
        assert on.startswith("/releases/ask?recorded=")
        assert browser.get(on).status_code == 200
    signing = opened(rex, "/releases/ask/release")
    page = rex.get(signing).text
    text = "".join(text for _, text in boxes(page))
    assert "I sign this act with my own key [tearline/act/2]\n" in text
    assert "2/3 An item was released [ItemReleased]\n" in text
    assert re.search(r'\(dossier_sha256\): "[0-9a-f]{64}"\n', text)
    sign(rex, desk.phones["rex"], signing)
    (released,) = desk.node.ledger.read(about(kinds=(ItemReleased,))).facts

    bundle = tmp_path / "release.json"
    bundle.write_bytes(bytes(disclose.make(desk.node.ledger, {released.position: ()})))
    checked = by_a_stranger(bundle, str(desk.node.ledger.vkey))
    assert checked.returncode == 0, checked.stderr
    assert "signed by rex with passkey" in checked.stdout
    for line in text.split("2/3")[1].split("3/3")[0].strip().splitlines():
        assert line in checked.stdout
    whole = bundle.read_bytes()
    bundle.write_bytes(flip(whole, 8 * (len(whole) // 2)))
    broken = by_a_stranger(bundle, str(desk.node.ledger.vkey))
    assert broken.returncode != 0
    assert "signed by" not in broken.stdout


def test_what_is_sealed_is_open_to_its_author_above_and_a_digest_in_the_text(desk: Desk) -> None:
    hugo = desk.at(HUGO)
    signing = opened(hugo, "/releases/ask/dissent", reasons="They <b>leak</b>.")
    page = hugo.get(signing).text
    assert "They &lt;b&gt;leak&lt;/b&gt;." in page
    text = "".join(text for _, text in boxes(page))
    assert "leak" not in text
    digest = re.search(r"in the text: ([\w-]{43})<", page)
    assert digest
    assert f'(_sd): "{digest[1]}"\n' in text
    assert desk.facts(DissentRecorded) == 0
    sign(hugo, desk.phones["hugo"], signing)
    assert desk.facts(DissentRecorded) == 1


def test_a_deciding_fact_between_looking_and_signing_has_it_shown_anew(desk: Desk) -> None:
    rex = desk.at(REX)
    signing = opened(rex, "/releases/ask/sign-off")
    page = rex.get(signing).text
    answer = answer_of(desk.phones["rex"], page)
    signed(desk.node, RecordDissent(dissent()), HUGO, desk.phones["hugo"])
    refused = rex.post(signing, data=answer)
    assert desk.facts(ReleaseSignedOff) == 0
    anew = str(refused.headers["location"])
    assert anew.startswith("/signing/")
    assert anew != signing
    again = rex.get(anew).text
    assert "It is shown anew: something was recorded that could change it" in again
    assert "A dissent was recorded</a>, " in again
    assert challenge_of(again) != challenge_of(page)
    # The old signature fits neither; nor does the old name open anything any more.
    assert rex.post(signing, data=answer).status_code == 404
    third = str(rex.post(anew, data=answer).headers["location"])
    assert "That was no signature over this act by a key of yours" in rex.get(third).text
    assert desk.facts(ReleaseSignedOff) == 0
    sign(rex, desk.phones["rex"], third)
    assert desk.facts(ReleaseSignedOff) == 1


def test_what_the_rules_refuse_by_now_is_refused_with_the_rule(desk: Desk) -> None:
    signed(desk.node, SignOff(signed_off("s-1", SignOffLine.RELEASING)), REX, desk.phones["rex"])
    signed(desk.node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL, desk.phones["sol"])
    rex = desk.at(REX)
    signing = opened(rex, "/releases/ask/release")
    answer = answer_of(desk.phones["rex"], rex.get(signing).text)
    signed(desk.node, RecordDissent(dissent()), HUGO, desk.phones["hugo"])
    refused = rex.post(signing, data=answer)
    assert refused.status_code == 409
    assert "protocol-says-release" in refused.text
    assert desk.facts(ItemReleased) == 0


def test_too_late_is_shown_anew(desk: Desk) -> None:
    rex = desk.at(REX)
    signing = opened(rex, "/releases/ask/sign-off")
    answer = answer_of(desk.phones["rex"], rex.get(signing).text)
    desk.clock.forward(minutes=16)
    anew = str(rex.post(signing, data=answer).headers["location"])
    assert "too much time went by" in rex.get(anew).text
    assert desk.facts(ReleaseSignedOff) == 0


def test_nobody_else_and_no_other_session_sees_or_signs_it(desk: Desk) -> None:
    rex = desk.at(REX)
    signing = opened(rex, "/releases/ask/sign-off")
    answer = answer_of(desk.phones["rex"], rex.get(signing).text)
    for other in (
        desk.at(SOL),
        desk.at(REX, "another-session"),
        desk.at(Actor(REX.person, Role.LIAISON), "x"),
    ):
        assert other.get(signing).status_code == 404
        assert other.post(signing, data=answer).status_code == 404
    for other_name in ("/signing/nothing", "/signing/" + "A" * 24):
        assert rex.get(other_name).status_code == 404
        assert rex.post(other_name, data=answer).status_code == 404
    assert rex.post(signing, data=answer).status_code == 303
    assert desk.facts(ReleaseSignedOff) == 1
    assert rex.post(signing, data=answer).status_code == 404
    assert desk.facts(ReleaseSignedOff) == 1


@pytest.mark.parametrize(
    "sent", ["", "{}", "null", "[]", '{"response":1}', "\ud800", "x" * 5000, '{"a":1,"a":1}']
)
def test_what_is_no_assertion_records_nothing(desk: Desk, sent: str) -> None:
    rex = desk.at(REX)
    signing = opened(rex, "/releases/ask/sign-off")
    body = urlencode({"assertion": sent}, errors="surrogatepass").encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = rex.post(signing, content=body, headers=form)
    assert answer.status_code in (303, 400, 422)
    assert desk.facts(ReleaseSignedOff) == 0


def test_a_key_elsewhere_or_another_person_signs_nothing(desk: Desk) -> None:
    rex = desk.at(REX)
    for phone in (
        passkey("sol", site=SITE, origin=BASE),
        passkey("rex", site=SITE, origin="https://evil.example"),
        passkey("rex", site="evil.example", origin=BASE),
    ):
        signing = opened(rex, "/releases/ask/sign-off")
        page = rex.get(signing).text
        said = phone.get({"challenge": strict.to_base64url(challenge_of(page))})
        anew = rex.post(signing, data={"assertion": json.dumps(said)}).headers["location"]
        assert "no signature over this act" in rex.get(anew).text
    assert desk.facts(ReleaseSignedOff) == 0


def test_two_at_once_record_once(desk: Desk) -> None:
    """The same signature sent twice at once, and the same act signed in two windows."""
    rex = desk.at(REX)
    windows = [opened(rex, "/releases/ask/sign-off") for _ in range(2)]
    answers = [answer_of(desk.phones["rex"], rex.get(one).text) for one in windows]
    posts: Sequence[tuple[str, dict[str, str]]] = [(windows[0], answers[0])] * 2 + [(windows[1], answers[1])]
    statuses: list[int] = []

    def post(path: str, data: dict[str, str]) -> None:
        statuses.append(desk.at(REX).post(path, data=data).status_code)

    threads = [threading.Thread(target=post, args=one) for one in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.facts(ReleaseSignedOff) == 1
    assert sorted(statuses) == [303, 404, 409]


def test_the_same_form_again_goes_on_to_what_was_recorded(desk: Desk) -> None:
    rex = desk.at(REX)
    shown = rex.get("/releases/ask/sign-off").text
    data = {"key": re.search(r'name="key" value="([^"]+)"', shown)[1]}  # type: ignore[index]  # or fail
    signing = str(rex.post("/releases/ask/sign-off", data=data).headers["location"])
    on = sign(rex, desk.phones["rex"], signing)
    assert rex.post("/releases/ask/sign-off", data=data).headers["location"] == on


def test_whoever_has_no_key_or_no_passkey_is_told_so(desk: Desk) -> None:
    max_, liaison = Actor(PersonId("max"), Role.RELEASING_OFFICER), passkey("leo", site=SITE, origin=BASE)
    given_role(desk.node, max_)
    admitted(desk.node, LEO, liaison)
    browser = desk.at(max_)
    shown = browser.get("/releases/ask/sign-off").text
    data = {"key": re.search(r'name="key" value="([^"]+)"', shown)[1]}  # type: ignore[index]  # or fail
    refused = browser.post("/releases/ask/sign-off", data=data)
    assert refused.status_code == 409
    assert "key-on-record" in refused.text
    signed(desk.node, introduced("max"), LEO, liaison)
    page = browser.get(opened(browser, "/releases/ask/sign-off")).text
    assert "You have no passkey for this site" in page
    assert 'id="sign"' not in page


def test_one_person_keeps_only_so_many_acts_waiting(desk: Desk) -> None:
    rex = desk.at(REX)
    names = [opened(rex, "/releases/ask/sign-off") for _ in range(21)]
    assert rex.get(names[0]).status_code == 404
    assert rex.get(names[1]).status_code == 200


def test_without_script_it_says_so(desk: Desk) -> None:
    rex = desk.at(REX, language="es")
    page = rex.get(opened(rex, "/releases/ask/sign-off")).text
    assert re.search(r"<noscript>.*necesita.*</noscript>", page, re.DOTALL)
    assert "Firmo este acto con mi propia clave [tearline/act/2]" in page


def test_nothing_is_released_by_going_to_the_page(desk: Desk) -> None:
    signed(desk.node, SignOff(signed_off("s-1", SignOffLine.RELEASING)), REX, desk.phones["rex"])
    signed(desk.node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL, desk.phones["sol"])
    verdicts = len(desk.node.ledger.read(about(kinds=(VerdictReached,))).facts)
    rex = desk.at(REX)
    opened(rex, "/releases/ask/release")
    assert desk.facts(ItemReleased) == 0
    assert len(desk.node.ledger.read(about(kinds=(VerdictReached,))).facts) == verdicts
    signed(desk.node, ReleaseItem(requested().request), REX, desk.phones["rex"])
    assert desk.facts(ItemReleased) == 1
