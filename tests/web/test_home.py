"""Home: every need in one group by urgency, with a clock that is right without script; words where nothing waits."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.history import Role
from tearline.facts.words import Language
from tearline.rooms.protocols import OFFICERS
from tearline.rooms.release.requests import LINES
from tearline.signin.demonstration import ROLES
from tearline.web.home import QUEUES
from tearline.web.queue import Urgency, clock, grouped, nothing, urgency
from tearline.web.queue import Waiting as Row
from tearline.web.tongue import tongue
from tearline.web.zones import zone_of
from tests.web.conftest import visitor
from tests.web.test_flow import ask
from tests.web.world import START, World

EN = tongue(Language.EN)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AWAY = st.timedeltas(timedelta(days=-400), timedelta(days=400))
ROW = Row(title="x", href="/x", act=("/x", "do"))


@given(st.lists(st.none() | AWAY, max_size=12))
def test_every_need_is_in_one_group_and_the_groups_are_in_order(away: list[timedelta | None]) -> None:
    dues = [None if a is None else NOW + a for a in away]
    groups = grouped(EN, [(due, ROW) for due in dues], NOW)
    assert sum(len(g.rows) for g in groups) == len(dues)
    order = list(Urgency)
    places = [order.index(g.urgency) for g in groups]
    assert places == sorted(set(places))


def test_urgency_goes_by_the_reader_s_own_day() -> None:
    mexico = zone_of("America/Mexico_City")
    late_evening = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # 23:00 on the 20th in Mexico City
    assert urgency(late_evening, NOW, UTC) is Urgency.WEEK
    assert urgency(late_evening, NOW, mexico) is Urgency.TODAY
    assert urgency(NOW - timedelta(seconds=1), NOW, mexico) is Urgency.OVERDUE
    assert urgency(NOW + timedelta(days=7, seconds=1), NOW, UTC) is Urgency.LATER
    assert urgency(None, NOW, UTC) is Urgency.UNDATED


SPAN = re.compile(r"([\d,]+) (minute|hour|day)s?")
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@given(AWAY)
def test_a_clock_says_how_long_as_finely_as_one_acts_by(away: timedelta) -> None:
    shown = clock(EN, NOW + away, NOW, perishes=False)
    said = sum((int(n.replace(",", "")) * UNITS[unit] for n, unit in SPAN.findall(shown.span)), timedelta())
    grain = timedelta(days=1) if abs(away) >= timedelta(days=2) else timedelta(hours=1)
    grain = timedelta(minutes=1) if abs(away) < timedelta(hours=6) else grain
    assert said == timedelta(minutes=1) or timedelta() <= abs(away) - said < grain
    assert shown.told.endswith(shown.span)
    assert shown.late == (away < timedelta())
    assert datetime.fromisoformat(shown.at) == (NOW + away).replace(microsecond=0)


@pytest.mark.parametrize(
    ("length", "english", "spanish"),
    [
        (timedelta(seconds=5), "1 minute", "1 minuto"),
        (timedelta(minutes=119), "119 minutes", "119 minutos"),
        (timedelta(hours=3, minutes=1), "3 hours 1 minute", "3 horas 1 minuto"),
        (timedelta(hours=2, seconds=59), "2 hours", "2 horas"),
        (timedelta(hours=24, minutes=1), "24 hours", "24 horas"),
        (timedelta(days=-17, hours=-23), "17 days", "17 días"),
    ],
)
def test_a_length_of_time_is_said_in_whole_words(length: timedelta, english: str, spanish: str) -> None:
    assert (EN.span(length), tongue(Language.ES).span(length)) == (english, spanish)


@pytest.mark.parametrize("language", Language)
def test_every_role_is_told_what_will_wait_for_it(language: Language) -> None:
    say = tongue(language)
    usual = say("What is asked of your role shows here, with its deadline.")
    told = [nothing(say, role) for role in ROLES]
    assert all(t.acts and t.text != usual for t in told)
    assert len({t.text for t in told}) == len(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_what_an_empty_queue_leads_to_is_there(still: World, role: Role) -> None:
    client = visitor(still, role)
    for href, _ in nothing(EN, role).acts:
        assert client.get(href).status_code == 200, href


def test_whoever_may_sign_finds_it_in_the_queue() -> None:
    signing = {role for role, found in QUEUES.items() if any(f.__name__ == "_to_sign" for f in found)}
    adopting = {role for role, found in QUEUES.items() if any(f.__name__ == "_to_adopt" for f in found)}
    assert signing == set(LINES)
    assert adopting == set(OFFICERS)


@pytest.mark.parametrize(
    ("language", "words", "act"),
    [("en", "Later", "Sign or say why not"), ("es", "Más adelante", "Firmar o decir por qué no")],
)
def test_a_request_waits_with_its_clock_and_one_next_act(
    world: World, language: str, words: str, act: str
) -> None:
    ask(world)
    page = visitor(world, Role.RELEASING_OFFICER, language).get("/").text
    assert f">{words} <span>" in page
    assert act in page
    perishes = f"{START + timedelta(days=20):%Y-%m-%dT%H:%M:%SZ}"
    assert f'<time class="tl-clock" datetime="{perishes}" data-clock>' in page
    assert f"<b data-span>{'20 days' if language == 'en' else '20 días'}</b>" in page
    world.clock.move(days=21)
    assert "data-clock data-late" in visitor(world, Role.RELEASING_OFFICER).get("/").text


def test_whoever_keeps_the_node_sees_nothing_of_what_it_holds(still: World) -> None:
    page = visitor(still, Role.ADMINISTRATOR).get("/").text
    assert "Invitations and roles" in page
    for words in ("practice.item", "/cases/", "Identifiers of telephones", "/releases"):
        assert words not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_home_only_answers_to_being_looked_at(still: World, method: str) -> None:
    assert getattr(visitor(still, Role.OVERSEER), method)("/").status_code == 405
