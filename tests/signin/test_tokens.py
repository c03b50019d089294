"""The API's door: a good token stands for its holder in one role, and nothing else opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute
from starlette.requests import Request

from tearline.facts.admission import Scope
from tearline.facts.errors import Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import PersonId, TokenId
from tearline.ledger.ledger import Ledger
from tearline.node import Node, Order
from tearline.rooms.parties.keys import IntroducePersonKey
from tearline.rooms.release.dissents import RecordDissent
from tearline.signin.identity import Identity, Way
from tearline.signin.limits import TooOften
from tearline.signin.secrets import hash_of, written
from tearline.signin.tokens import Tokens
from tests.nodes import KEYS, Clock, same_ledger
from tests.rooms.test_tokens import ADA, FEED, ended, issued, machine, machined, revoked
from tests.signing import introduced
from tests.worlds import ANA, LEO, PROTOCOLS, World, dissent, on

TOKEN, FEEDS = written(TokenId("tok"), b"\x01" * 32), written(TokenId("feed-tok"), b"\x02" * 32)
MADE_UP = written(TokenId("tok"), b"\x03" * 32)


class Place:
    """A node that is no demonstration, with a world in its ledger, and the door of its API."""

    def __init__(self, folder: Path, world: World) -> None:
        self.clock = Clock()
        self.ledger = Ledger.make(f"sqlite:///{folder}/ledger.db", KEYS, self.clock)
        self.node = Node(self.ledger, PROTOCOLS, self.clock)
        self.tell(*[Draft(fact=r.fact, happened_at=r.happened_at, by=r.by) for r in world.facts])
        self.tokens = Tokens(self.node)

    def tell(self, *drafts: Draft) -> None:
        size = self.ledger.size()
        self.ledger.append(drafts, unless=None, after=size, key=f"world-{size}")

    def says(self, fact: Fact, by: Actor) -> None:
        self.tell(Draft(fact=fact, happened_at=self.clock.now, by=by))

    def let_in(self, token: str = TOKEN) -> Identity | None:
        return self.tokens.identify(asking(f"Bearer {token}"))


def asking(*headers: str, path: str = "/api/v1/items", host: str = "198.51.100.7") -> Request:
    lines = [(b"authorization", h.encode("latin-1")) for h in headers]
    scope = {"type": "http", "method": "GET", "path": path, "headers": lines, "client": (host, 4711),
             "query_string": b"", "server": ("desk.example", 443), "scheme": "https", "root_path": ""}  # fmt: skip
    return Request(scope)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    world = machined().tell(issued(days=60, secret=hash_of(TOKEN)), by=ANA, at=on(-1))
    feed = issued("feed", Role.LIAISON, name="feed-tok", secret=hash_of(FEEDS), scopes=tuple(Scope))
    place = Place(tmp_path, world.tell(feed, by=LEO, at=on(-1)))
    yield place
    place.ledger.close()


def test_a_token_stands_for_its_holder_in_its_role_as_far_as_its_scopes(place: Place) -> None:
    assert place.let_in() == Identity(
        person=PersonId("ana"),
        role=Role.CASE_AGENT,
        roles=(Role.CASE_AGENT,),
        way=Way.TOKEN,
        scopes=frozenset({Scope.READ}),
    )
    feed = place.let_in(FEEDS)
    assert feed is not None
    assert (feed.actor, feed.scopes) == (FEED, frozenset(Scope))


def test_a_token_of_that_name_with_another_secret_opens_nothing(place: Place) -> None:
    assert place.let_in(MADE_UP) is None
    assert place.let_in() is not None
    assert place.let_in(written(TokenId("nobodys"), b"\x01" * 32)) is None


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("",),
        ("Bearer",),
        ("Bearer ",),
        (f"Basic {TOKEN}",),
        (TOKEN,),
        (f"Bearer  {TOKEN}",),
        (f"Bearer {TOKEN} ",),
        (f"Bearer {TOKEN}, Bearer {TOKEN}",),
        (f"Bearer {TOKEN}", f"Bearer {TOKEN}"),
        (f"Bearer {TOKEN.upper()}",),
        ("Bearer \xff",),
        (f"Bearer {'A' * 100_000}",),
    ],
)
def test_what_is_no_token_in_one_header_opens_nothing(place: Place, headers: tuple[str, ...]) -> None:
    assert place.tokens.identify(asking(*headers)) is None


def test_the_scheme_s_name_is_read_in_any_case(place: Place) -> None:
    assert place.tokens.identify(asking(f"bEaReR {TOKEN}")) is not None


def test_a_token_opens_nothing_from_the_moment_it_is_revoked(place: Place) -> None:
    assert place.let_in() is not None
    place.says(revoked(), ANA)
    assert place.let_in() is None


def test_a_token_opens_nothing_from_the_moment_its_role_ends(place: Place) -> None:
    assert place.let_in() is not None
    place.says(ended("ana", Role.CASE_AGENT), ADA)
    assert place.let_in() is None


def test_a_token_expires_by_the_node_s_clock(place: Place) -> None:
    place.clock.now = on(59.9)
    assert place.let_in() is not None
    place.clock.now = on(60)
    assert place.let_in() is None


def test_a_machine_s_token_opens_nothing_when_its_answerer_has_no_role_or_another_answers(
    place: Place,
) -> None:
    assert place.let_in(FEEDS) is not None
    place.says(machine(answers="ana"), ADA)
    assert place.let_in(FEEDS) is None
    place.says(machine(answers="leo"), ADA)
    assert place.let_in(FEEDS) is None, "tokens of the time before stay worth nothing"


def test_a_machine_s_token_dies_with_its_answerer_s_roles(place: Place) -> None:
    assert place.let_in(FEEDS) is not None
    place.says(ended("leo", Role.LIAISON), ADA)
    assert place.let_in(FEEDS) is None


def test_what_another_process_recorded_counts_at_once(place: Place, tmp_path: Path) -> None:
    other = same_ledger(tmp_path, place.clock)
    door = Tokens(Node(other.ledger, PROTOCOLS, place.clock))
    assert door.identify(asking(f"Bearer {TOKEN}")) is not None
    place.says(revoked(), ANA)
    assert door.identify(asking(f"Bearer {TOKEN}")) is None
    other.ledger.close()


def test_a_machine_signs_nothing_that_binds(place: Place) -> None:
    with pytest.raises(Refused) as refused:
        place.node.record(Order(command=RecordDissent(dissent(request=None)), by=FEED))
    assert refused.value.rule == "a-person-signs"
    demo = Node(place.ledger, PROTOCOLS, place.clock, demo=True)
    with pytest.raises(Refused) as refused:
        demo.record(Order(command=RecordDissent(dissent(request=None)), by=FEED))
    assert refused.value.rule == "a-person-signs"


def test_no_key_is_introduced_for_a_machine(place: Place) -> None:
    order = introduced("feed")
    assert isinstance(order, IntroducePersonKey)
    with pytest.raises(Refused) as refused:
        place.node.record(Order(command=order, by=LEO))
    assert refused.value.rule == "known"


def test_an_address_that_guesses_is_kept_waiting_and_others_are_not(place: Place) -> None:
    place.tokens = Tokens(place.node, failures=RateLimitItemPerMinute(3))
    for _ in range(3):
        assert place.let_in(MADE_UP) is None
    with pytest.raises(TooOften) as too_often:
        place.let_in()
    assert 1 <= too_often.value.after <= 60
    assert place.let_in(FEEDS) is not None, "another holder behind the same gateway"
    with pytest.raises(TooOften):
        place.let_in(written(TokenId("nobodys"), b"\x04" * 32))
    with pytest.raises(TooOften):
        place.let_in("no token at all")
    assert place.tokens.identify(asking(f"Bearer {TOKEN}", host="198.51.100.8")) is not None


def test_a_token_is_used_so_often_and_no_more_and_nobody_else_can_use_that_up(place: Place) -> None:
    place.tokens = Tokens(place.node, often=RateLimitItemPerMinute(2))
    for _ in range(5):
        assert place.let_in(MADE_UP) is None
    assert place.let_in() is not None
    assert place.let_in() is not None
    with pytest.raises(TooOften):
        place.let_in()
    assert place.let_in(FEEDS) is not None
