"""A session: opaque, bounded, revocable, and gone with what it rests on. On SQLite and on PostgreSQL."""

import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.requests import Request

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.node import Order
from tearline.rooms.parties.keys import RevokePersonKey
from tearline.signin.address import Address
from tearline.signin.ceremonies import MOST_OF_A_BROWSER, Ceremonies
from tearline.signin.codes import Codes, typed
from tearline.signin.cookies import new_secret
from tearline.signin.identity import Identity, Way
from tearline.signin.limits import Limits, TooOften, What
from tearline.signin.sessions import MOST_OF_A_PERSON, Sessions
from tearline.signin.store import DoorStore, codes, door_url, sessions
from tests.doors import Entrance

ADA, ABE = PersonId("ada"), PersonId("abe")


def seen(
    door: Entrance,
    secret: str | None,
    name: str | None = None,
    *,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> Identity | None:
    cookie = f"{name or door.address.cookie('tearline')}={secret}".encode()
    sent = [(b"cookie", cookie), *headers]
    return door.sessions.identify(Request({"type": "http", "method": "GET", "headers": sent}))


@pytest.mark.both_databases
def test_whoever_signed_in_is_recognised_and_nobody_else(door_on: Entrance) -> None:
    secret = door_on.session("ada")
    identity = seen(door_on, secret)
    assert identity is not None
    assert (identity.person, identity.role, identity.roles) == (
        "ada",
        Role.ADMINISTRATOR,
        (Role.ADMINISTRATOR,),
    )
    assert identity.way is Way.PASSKEY
    for other in (None, "", "x", new_secret(), secret[:-1], secret + "A", identity.session, "é" * 43):
        assert seen(door_on, other) is None
    assert seen(door_on, secret, "__Host-tearline") is None


@pytest.mark.both_databases
def test_what_opens_a_session_is_not_in_the_database(door_on: Entrance) -> None:
    secret = door_on.session("ada")
    with door_on.store.reading() as connection:
        stored = repr(connection.execute(sa.select(sessions)).all())
    assert secret not in stored
    assert "'ada'" in stored


@pytest.mark.both_databases
def test_a_session_ends_when_it_is_idle(door_on: Entrance) -> None:
    secret = door_on.session("ada")
    door_on.clock.forward(minutes=14)
    assert seen(door_on, secret)
    door_on.clock.forward(minutes=14)
    assert seen(door_on, secret), "it was used meanwhile"
    door_on.clock.forward(minutes=15)
    assert seen(door_on, secret) is None
    door_on.clock.forward(minutes=-15)
    assert seen(door_on, secret) is None, "and stays so"


def test_a_page_that_renews_itself_keeps_no_session_alive(door: Entrance) -> None:
    """The queue asks for itself every minute: whoever leaves it open and goes is signed out all the same."""
    secret, by_itself = door.session("ada"), [(b"hx-request", b"true")]
    for _ in range(14):
        door.clock.forward(minutes=1)
        assert seen(door, secret, headers=by_itself)
    door.clock.forward(minutes=1)
    assert seen(door, secret, headers=by_itself) is None


@pytest.mark.both_databases
def test_a_session_ends_after_twelve_hours_however_busy_it_is(door_on: Entrance) -> None:
    secret = door_on.session("ada")
    for _ in range(71):
        door_on.clock.forward(minutes=10)
        assert seen(door_on, secret)
    door_on.clock.forward(minutes=10)
    assert seen(door_on, secret) is None


@pytest.mark.both_databases
def test_whoever_changes_role_gets_another_secret_and_the_old_one_is_worth_nothing(door_on: Entrance) -> None:
    secret = door_on.session("ada")
    identity = seen(door_on, secret)
    assert identity is not None
    assert door_on.sessions.switched(identity, Role.OVERSEER) is None
    again = door_on.sessions.switched(identity, Role.ADMINISTRATOR)
    assert seen(door_on, secret) is None
    assert seen(door_on, again)
    assert door_on.sessions.switched(identity, Role.ADMINISTRATOR) is None, "by the old one"


@pytest.mark.both_databases
def test_a_session_is_ended_by_a_name_that_it_had_before_a_change_of_role(door_on: Entrance) -> None:
    """Whoever stole it changes roles again and again, and is still in the session that was seen in the list."""
    mine, stolen = door_on.session("abe"), door_on.session("ada")
    (shown,) = door_on.sessions.of(ADA)
    for _ in range(2):
        identity = seen(door_on, stolen)
        assert identity is not None
        stolen = door_on.sessions.switched(identity, Role.ADMINISTRATOR) or ""
        assert seen(door_on, stolen)
    assert not door_on.sessions.end(shown.name, of=ABE)
    assert door_on.sessions.end(shown.name, of=ADA)
    assert seen(door_on, stolen) is None
    assert not door_on.sessions.end(shown.name)
    assert seen(door_on, mine)


@pytest.mark.both_databases
def test_a_session_is_ended_by_its_owner_alone_or_by_whoever_may(door_on: Entrance) -> None:
    mine, other = door_on.session("ada"), door_on.session("abe")
    (session,) = door_on.sessions.of(ABE)
    assert not door_on.sessions.end(session.name, of=ADA)
    assert seen(door_on, other)
    assert {s.person for s in door_on.sessions.all()} == {"ada", "abe"}
    assert door_on.sessions.end(session.name)
    assert seen(door_on, other) is None
    assert seen(door_on, mine)


@pytest.mark.both_databases
def test_a_session_ends_with_the_key_by_which_it_began(door_on: Entrance) -> None:
    secret, other = door_on.session("ada"), door_on.session("abe")
    known = door_on.node.ledger.read(about("person:ada", kinds=(PasskeyEnrolled,)))
    fact = PersonKeyRevoked(
        person=ADA,
        key=known.of(PasskeyEnrolled)[0].fact.key,
        reason=RevocationReason.EXPOSED,
        since=door_on.clock.now,
    )
    door_on.node.record(Order(command=RevokePersonKey(fact), by=Actor(ABE, Role.ADMINISTRATOR)))
    assert seen(door_on, secret) is None
    assert seen(door_on, other)
    assert door_on.sessions.of(ADA) == []


@pytest.mark.both_databases
def test_a_session_acts_in_no_role_that_its_person_does_not_hold(door_on: Entrance) -> None:
    key = door_on.entered("ada").key
    secret = door_on.sessions.begin(ADA, Role.OVERSEER, Way.PASSKEY, key, "a browser")
    assert seen(door_on, secret) is None
    secret = door_on.sessions.begin(ADA, Role.ADMINISTRATOR, Way.PASSKEY, "another key", "a browser")
    assert seen(door_on, secret) is None
    secret = door_on.sessions.begin(ADA, Role.ADMINISTRATOR, Way.DIRECTORY, key, "a browser")
    assert seen(door_on, secret) is None


@pytest.mark.both_databases
def test_a_person_has_ten_sessions_and_the_one_idle_longest_gives_way(door_on: Entrance) -> None:
    secrets = []
    key = door_on.entered("ada").key
    for _ in range(MOST_OF_A_PERSON + 1):
        door_on.clock.forward(seconds=1)
        secrets.append(door_on.sessions.begin(ADA, Role.ADMINISTRATOR, Way.PASSKEY, key, "a browser"))
    assert [seen(door_on, s) is not None for s in secrets] == [False] + [True] * MOST_OF_A_PERSON


@pytest.mark.both_databases
def test_a_proof_is_fresh_for_as_long_as_an_act_asks(door_on: Entrance) -> None:
    identity = seen(door_on, door_on.session("ada"))
    assert identity is not None
    assert door_on.sessions.fresh(identity, timedelta(minutes=5))
    door_on.clock.forward(minutes=6)
    assert not door_on.sessions.fresh(identity, timedelta(minutes=5))
    door_on.sessions.proved(identity)
    assert door_on.sessions.fresh(identity, timedelta(minutes=5))


@pytest.mark.both_databases
def test_a_browser_has_a_few_challenges_and_the_door_so_many(
    door_on: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, now = Ceremonies(door_on.store), door_on.clock.now
    first = waiting.begin(door_on.browser, "enter", "", now)
    for _ in range(MOST_OF_A_BROWSER):
        waiting.begin(door_on.browser, "enter", "", now)
    assert waiting.finish(door_on.browser, "enter", first, now) is None
    monkeypatch.setattr("tearline.signin.ceremonies.MOST", 3)
    for _ in range(2):
        waiting.begin(new_secret(), "enter", "", now)
    whose = new_secret()
    latest = waiting.begin(whose, "enter", "", now + timedelta(seconds=1))
    assert waiting.finish(whose, "enter", latest, now) is not None
    assert waiting.begin(new_secret(), "enter", "", now + timedelta(minutes=5))


@pytest.mark.both_databases
def test_a_code_is_shown_once_to_whoever_made_it(door_on: Entrance) -> None:
    made, now = Codes(door_on.store), door_on.clock.now
    digest = made.make(ADA, now)
    assert made.take(digest, ABE, now) is None
    code = made.take(digest, ADA, now)
    assert code is not None
    assert typed(code) == code
    assert made.take(digest, ADA, now) is None
    late = made.make(ADA, now)
    assert made.take(late, ADA, now + timedelta(hours=1)) is None
    with door_on.store.reading() as connection:
        assert connection.execute(sa.select(codes)).all() == []


# What has no database in it


def test_only_the_nodes_operator_reads_its_file(door: Entrance) -> None:
    folder = door.node.published.folder.parent if door.node.published else Path()
    assert door_url(folder, None) == f"sqlite:///{folder / 'door.db'}"
    assert door_url(folder, "postgresql+psycopg://u@h/d") == "postgresql+psycopg://u@h/d"
    for file in folder.glob("door.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.parametrize("origin", ["https://tearline.example", "https://a.example:8443"])
def test_passkeys_are_bound_to_the_configured_address(origin: str) -> None:
    address = Address(origin)
    assert address.secure
    assert address.cookie("tearline") == "__Host-tearline"
    assert "/" not in address.rp_id
    assert ":" not in address.rp_id


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "tearline.example",
        "http://tearline.example",
        "https://tearline.example/",
        "https://tearline.example/x",
        "https://TEARLINE.example",
        "https://tearline.example:443",
        "https://user@tearline.example",
        "https://127.0.0.1",
        "http://127.0.0.1:8080",
        "https://[::1]",
        "https://tearline",
        "https://tearlíne.example",
        "ftp://localhost",
        "http://localhost:80801",
        "https://tearline.example?x",
    ],
)
def test_an_address_at_which_passkeys_do_not_work_is_refused(origin: str) -> None:
    with pytest.raises(Malformed):
        Address(origin)


def test_on_localhost_alone_a_cookie_goes_without_tls() -> None:
    assert Address("http://localhost:8080").cookie("tearline") == "tearline"
    assert Address("https://localhost").cookie("tearline") == "__Host-tearline"


def test_after_so_many_tries_one_waits() -> None:
    limits = Limits()
    for _ in range(10):
        limits.tried(What.CODE, "198.51.100.7")
    with pytest.raises(TooOften) as refused:
        limits.tried(What.CODE, "198.51.100.7")
    assert 1 <= refused.value.after <= 60
    limits.tried(What.CODE, "198.51.100.8")
    limits.tried(What.KEY, "198.51.100.7")


def test_whoever_comes_memory_stays_bounded() -> None:
    limits = Limits()
    places = {limits._place(str(n)) for n in range(20_000)}
    assert 3_900 < len(places) <= 4_096


def put_back(door: Entrance, copy: Path) -> DoorStore:
    """The node is stopped, the copy put in the place of its tables, and the node started again."""
    door.store.close()
    place = door_url(door.folder, None).removeprefix("sqlite:///")
    for end in ("", "-wal", "-shm"):
        Path(f"{place}{end}").unlink(missing_ok=True)
    copy.rename(place)
    door.store = DoorStore(door_url(door.folder, None), door.node.published)
    return door.store


def copied(door: Entrance, to: Path) -> Path:
    place = door_url(door.folder, None).removeprefix("sqlite:///")
    with closing(sqlite3.connect(place)) as held, closing(sqlite3.connect(to)) as copy:
        held.backup(copy)
    return to


@pytest.mark.parametrize("how", ["ended", "signed-in", "changed-role"])
def test_an_older_copy_of_the_door_brings_no_session_back(door: Entrance, tmp_path: Path, how: str) -> None:
    """Whoever put it there had a session that was ended, or a secret from before a change of role."""
    secret = door.session("ada")
    identity = seen(door, secret)
    assert identity is not None
    copy = copied(door, tmp_path / "older.db")
    match how:
        case "ended":
            assert door.sessions.end(identity.session or "")
        case "signed-in":
            door.session("abe")
        case _:
            assert door.sessions.switched(identity, Role.ADMINISTRATOR)
    again = Sessions(door.node, put_back(door, copy), door.address)
    assert not again.all()
    assert again.begin(ADA, Role.ADMINISTRATOR, Way.PASSKEY, door.entered("abe").key, "a browser")
    assert [one.person for one in again.all()] == ["ada"]


def test_a_restart_ends_no_session_and_neither_does_a_copy_that_misses_nothing(
    door: Entrance, tmp_path: Path
) -> None:
    door.session("ada")
    copy = copied(door, tmp_path / "same.db")
    door.store.close()
    once = DoorStore(door_url(door.folder, None), door.node.published)
    assert len(Sessions(door.node, once, door.address).all()) == 1
    once.close()
    assert len(Sessions(door.node, put_back(door, copy), door.address).all()) == 1


def test_a_door_without_its_number_is_not_opened(door: Entrance) -> None:
    """The file in the second store that says how far it came is damaged: nobody can tell old from new."""
    door.session("ada")
    assert door.node.published is not None
    (door.node.published.folder / "door").write_text("-1")
    with pytest.raises(Broken, match="damaged"):
        DoorStore(door_url(door.folder, None), door.node.published)
    (door.node.published.folder / "door").write_text("1000\n")
