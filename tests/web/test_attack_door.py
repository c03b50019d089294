"""What somebody beside the door tries: a page at a name below the site's, a clock set back, a flood of beginnings."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from tearline.facts.admission import RoleEnded
from tearline.facts.errors import Malformed, Refused
from tearline.facts.history import Role, about
from tearline.facts.identifiers import PersonId
from tearline.node import open_node
from tearline.signin.ceremonies import Ceremonies
from tearline.signin.cookies import new_secret
from tearline.signin.limits import Limits
from tests.authenticator import base64url
from tests.doors import Entrance, entrance
from tests.stories.test_signed_release import challenge_of
from tests.web.test_door import browser, does, form_of, signs_in

SITE = "https://tearline.example"
END = "/people-and-access/people/newt/roles/case-agent/end"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Entrance]:
    """Ada and abe have keys that are bound to a site with a name."""
    made = entrance(tmp_path, origin=SITE).enrolled("ada", "abe")
    yield made
    made.close()


@pytest.mark.parametrize("origin", ["https://evil.tearline.example", "https://tearline.example:8443"])
def test_what_was_signed_on_a_page_beside_the_site_is_not_recorded(door: Entrance, origin: str) -> None:
    """To an authenticator a page below the site's name, or on another port of it, is of the same site."""
    door.admit("newt", Role.CASE_AGENT)
    ada, phone = browser(door, origin=SITE), door.phone("ada")
    assert signs_in(ada, phone).status_code == 200
    signing = ada.post(END, data=form_of(ada.get(END).text, reason="moved")).headers["location"]
    phone.origin = origin
    posted = phone.get({"challenge": base64url(challenge_of(ada.get(signing).text))})
    anew = ada.post(signing, data={"assertion": json.dumps(posted)}).headers["location"]
    assert "no signature over this act" in ada.get(anew).text
    assert not door.node.ledger.read(about(kinds=(RoleEnded,))).facts
    phone.origin = SITE
    does(ada, END, phone, reason="moved")
    assert len(door.node.ledger.read(about(kinds=(RoleEnded,))).facts) == 1


def _request(door: Entrance, secret: str) -> Request:
    cookie = f"{door.address.cookie('tearline')}={secret}".encode()
    return Request({"type": "http", "headers": [(b"cookie", cookie)], "method": "GET", "path": "/"})


def test_a_clock_that_is_set_back_lets_no_session_live_on(door: Entrance) -> None:
    secret = door.session("ada")
    door.clock.forward(seconds=-10)
    assert door.sessions.identify(_request(door, secret)) is not None
    door.clock.forward(days=-1)
    assert door.sessions.identify(_request(door, secret)) is None
    door.clock.forward(days=1)
    assert door.sessions.identify(_request(door, secret)) is None, "it has ended"


def test_a_flood_of_beginnings_keeps_out_nobody_who_answers(
    door: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tearline.signin.ceremonies.MOST", 3)
    waiting, now = Ceremonies(door.store), door.clock.now
    made = []
    for _ in range(5):
        whose = new_secret()
        made.append((whose, waiting.begin(whose, "enter", "", door.clock.now)))
        door.clock.forward(seconds=1)
    answered = [waiting.finish(whose, "enter", challenge, now) is not None for whose, challenge in made]
    assert answered == [False, False, True, True, True]


def test_the_addresses_of_one_network_count_as_one() -> None:
    """Whoever has one address of IPv6 has 2^64 of them."""
    limits = Limits()
    assert limits._place("2001:db8::1") == limits._place("2001:db8::ffff:2")
    assert limits._place("2001:db8::1") != limits._place("2001:db8:0:1::1")
    assert limits._place("::ffff:198.51.100.7") == limits._place("198.51.100.7")
    assert limits._place("198.51.100.7") != limits._place("198.51.100.8")


def test_no_code_of_an_invitation_lies_in_the_folder_before_it_is_shown_or_after(door: Entrance) -> None:
    """Two of them in a copy of the folder, and whoever has it comes in as the one who was invited."""
    codes, ada = door.door.codes, PersonId("ada")
    digest = codes.make(ada, door.clock.now)

    def kept() -> bytes:
        folder = Path(str(door.store._engine.url.database)).parent
        return b"".join(file.read_bytes() for file in folder.glob("door.db*"))

    before = kept()
    code = codes.take(digest, ada, door.clock.now)
    assert code is not None
    assert code.encode() not in before
    assert code.encode() not in kept()


def test_a_key_that_counts_no_further_signs_no_act(door: Entrance) -> None:
    door.admit("newt", Role.CASE_AGENT)
    ada, phone = browser(door, origin=SITE), door.phone("ada")
    assert signs_in(ada, phone).status_code == 200
    signing = ada.post(END, data=form_of(ada.get(END).text, reason="moved")).headers["location"]
    phone.held[-1].count -= 1
    posted = phone.get({"challenge": base64url(challenge_of(ada.get(signing).text))})
    anew = ada.post(signing, data={"assertion": json.dumps(posted)}).headers["location"]
    assert "no signature over this act" in ada.get(anew).text
    assert not door.node.ledger.read(about(kinds=(RoleEnded,))).facts


def test_a_node_with_founders_opens_as_no_demonstration(tmp_path: Path) -> None:
    """One word in its settings, and whoever is on the machine would act as anybody."""
    entrance(tmp_path).close()
    settings = tmp_path / "node" / "node.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"demo": True}))
    with pytest.raises(Malformed, match="has founders"):
        open_node(tmp_path / "node")


def test_nobody_is_called_as_the_node_itself(door: Entrance) -> None:
    with pytest.raises(Refused, match="the-nodes-own-name"):
        door.enrols("node")
