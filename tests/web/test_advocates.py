"""To an advocate, what others took down is not there: at no address of the site, and at none of the API."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tearline.api.policy import API
from tearline.facts.assistance import AssistanceGiven, AssistanceKind, Contact, NeedRecorded
from tearline.facts.codec import tags_of
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    AssistanceId,
    CompromiseId,
    FileId,
    MergeId,
    NeedId,
    ReportId,
    StatusId,
    VictimId,
)
from tearline.facts.linkage import MergeGround, VictimsMerged
from tearline.facts.register import (
    Condition,
    ConditionBasis,
    ConditionEstablished,
    ConsentWithdrawn,
    FileKept,
)
from tearline.signin.policy import GET, Answer
from tearline.web.policy import SITE
from tests.registers import consent, report, victim
from tests.web.conftest import make_world, visitor
from tests.web.counted import recorded
from tests.web.everything import Everything, fill
from tests.web.world import World, actor

HID, PLACE = "zzhid", "Zplaceunique"
OWN, OWN_PLACE = "practice.own", "Ownplaceunique"
LEAK = CompromiseId("practice.leak")
STEPS = 3
"""From an address to what it leads to, and to what that leads to."""
ELSEWHERE = ("/static", "/language", "/identity", "/sign-", "/enrol", "/preferences")


def of_report(name: str, place: str) -> list[Fact]:
    """A report and all that can belong to it, each under a name that begins with the report's."""
    return [
        replace(report(name, place=place), compromise=LEAK),
        consent(f"{name}-consent", name),
        victim(f"{name}-v", name, condition=Condition.DEAD),
        ConditionEstablished(
            status=StatusId(f"{name}-status"),
            victim=VictimId(f"{name}-v"),
            condition=Condition.DEAD,
            basis=ConditionBasis.DNA,
            day=None,
        ),
        FileKept(
            file=FileId(f"{name}-file"),
            report=ReportId(name),
            digest="0" * 64,
            size=1,
            media_type="text/plain",
            name=Sealed("a"),
            origin=Sealed("b"),
            key=Sealed("c"),
        ),
        NeedRecorded(
            need=NeedId(f"{name}-need"),
            kind=AssistanceKind.LEGAL,
            what=Sealed("A lawyer"),
            contact=Contact.IN_PERSON,
            wanted_by=date(2027, 1, 1),
            report=ReportId(name),
            compromise=LEAK,
        ),
        AssistanceGiven(
            assistance=AssistanceId(f"{name}-help"),
            kind=AssistanceKind.MEDICAL,
            given=Sealed("A doctor"),
            report=ReportId(name),
            compromise=LEAK,
        ),
        replace(report(f"{name}-unhelped", place=place), compromise=LEAK),
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One report of the advocate's own, and others' with all that belongs to them, tied to it where that can be."""
    world = fill(make_world(tmp_path_factory.mktemp("advocates")))
    theirs = f"practice.{HID}"
    recorded(world.node, of_report(OWN, OWN_PLACE), actor(Role.ADVOCATE))
    others = [
        *of_report(theirs, PLACE),
        report(f"{theirs}-copy", place=PLACE, copied=OWN),
        VictimsMerged(
            merge=MergeId(f"{theirs}-merge"),
            victims=(VictimId(f"{OWN}-v"), VictimId(f"{theirs}-v")),
            ground=MergeGround.PEOPLE,
            reason=Sealed("The same tattoo"),
        ),
        *of_report(f"{theirs}-gone", PLACE),
        ConsentWithdrawn(report=ReportId(f"{theirs}-gone")),
    ]
    recorded(world.node, others, actor(Role.HARM_DESK))
    yield world
    world.node.ledger.close()


def addresses(everything: Everything, role: Role) -> list[str]:
    """Every address of the site and of the API at which this role is served, with what there is, and lists of all."""
    found = [
        everything.address(row.path)
        for row in SITE.rows
        if GET in row.methods and row.roles is not None and row.answer(role) is Answer.SERVED
    ]
    for row in API.rows:
        if GET in row.methods and row.answer(role) is Answer.SERVED:
            names = set(re.findall(r"\{(\w+)", row.path))
            found += [f"/api/v1{everything.address(row.path)}"] if names <= everything.there.keys() else []
    found += [f"/calendar?show=all&month={month}" for month in ("2026-11", "2026-12", "2027-01")]
    found += ["/calendar.ics?show=all", "/api/v1/facts?limit=200", "/api/v1/obligations?limit=200"]
    found += [f"/api/v1/calendar?from={quote('2026-01-01T00:00:00Z')}&limit=200"]
    return found


def crawl(client: TestClient, role: Role, begin: list[str]) -> dict[str, str]:
    """What is answered there, and at every address to which that leads."""
    bearer = {"authorization": f"Bearer demo:{role.value}"}
    texts = dict[str, str]()
    next_ = list(begin)
    for _ in range(STEPS):
        asked, next_ = [at for at in dict.fromkeys(next_) if at not in texts], []
        for at in asked:
            answer = client.get(at, headers=bearer if at.startswith("/api/") else {})
            texts[at] = answer.text if answer.status_code == 200 else ""
            led = re.findall(r'href="(/[^"#]*)', texts[at])
            led += re.findall(r'"(?:href|next)":"(/[^"]*)', texts[at])
            next_ += [to.replace("&amp;", "&") for to in led if not to.startswith(ELSEWHERE)]
    return texts


def test_nothing_of_what_others_took_down_is_at_any_address(world: World) -> None:
    everything = Everything(world)
    texts = crawl(visitor(world, Role.ADVOCATE), Role.ADVOCATE, addresses(everything, Role.ADVOCATE))
    assert [at for at, text in texts.items() if HID in text or PLACE in text] == []
    for at in (
        "/harm/reports",
        "/harm/people",
        "/obligations",
        "/",
        "/api/v1/queue",
        "/api/v1/obligations?limit=200",
    ):
        assert OWN in texts[at], at
    desk = visitor(world, Role.HARM_DESK)
    bearer = {"authorization": f"Bearer demo:{Role.HARM_DESK.value}"}
    for at in (
        "/obligations",
        "/",
        "/api/v1/queue",
        "/api/v1/obligations?limit=200",
        f"/api/v1/compromises/{LEAK}",
        "/harm",
    ):
        text = desk.get(at, headers=bearer if at.startswith("/api/") else {}).text
        assert HID in text or PLACE in text, at


def test_nothing_of_it_is_found_by_its_words_or_its_tags(world: World) -> None:
    advocate, desk = visitor(world, Role.ADVOCATE), visitor(world, Role.HARM_DESK)
    for asked in (PLACE, OWN_PLACE):
        page = f"/search?q={asked}&kind=entry"
        told = {
            role: client.get(
                f"/api/v1/search?q={asked}", headers={"authorization": f"Bearer demo:{role.value}"}
            )
            for role, client in ((Role.ADVOCATE, advocate), (Role.HARM_DESK, desk))
        }
        own = asked == OWN_PLACE
        assert bool(told[Role.ADVOCATE].json()["found"]) is own
        assert told[Role.HARM_DESK].json()["found"]
        assert ("/ledger/entries/" in advocate.get(page).text.partition("<main")[2]) is own
        assert "/ledger/entries/" in desk.get(page).text.partition("<main")[2]
    bearer = {"authorization": f"Bearer demo:{Role.ADVOCATE.value}"}
    for prefix, end in (("report", ""), ("victim", "-v"), ("file", "-file"), ("need", "-need")):
        assert (
            advocate.get(f"/api/v1/facts?tag={prefix}:practice.{HID}{end}", headers=bearer).json()["facts"]
            == []
        )
        assert advocate.get(f"/api/v1/facts?tag={prefix}:{OWN}{end}", headers=bearer).json()["facts"]


def test_what_belongs_to_it_is_at_its_own_addresses_as_what_was_never_recorded(world: World) -> None:
    advocate, everything = visitor(world, Role.ADVOCATE), Everything(world)
    bearer = {"authorization": f"Bearer demo:{Role.ADVOCATE.value}"}
    theirs = f"practice.{HID}"
    names = {"report": theirs, "victim": f"{theirs}-v", "file": f"{theirs}-file", "need": f"{theirs}-need"}
    for row in SITE.rows:
        named = set(re.findall(r"\{(\w+)", row.path))
        if GET in row.methods and named & names.keys() and row.answer(Role.ADVOCATE) is Answer.SERVED:
            assert advocate.get(everything.address(row.path, **names)).status_code == 404, row.path
    ledger = world.node.ledger
    hidden = 0
    for position in range(ledger.size()):
        fact = ledger.entry(position).recorded.fact
        if any(HID in tag for tag in tags_of(fact)):
            hidden += 1
            for end in ("", "/proof", "/fact"):
                assert advocate.get(f"/ledger/entries/{position}{end}").status_code == 404, (position, end)
            for end in ("", "/proof"):
                assert advocate.get(f"/api/v1/facts/{position}{end}", headers=bearer).status_code == 404
    assert hidden == 19
