"""Pages of the expedited path and its review, of threats, screenings and answers, and of copies that wait."""

import re
from dataclasses import replace
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Role, about
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import AgreementSigned
from tearline.facts.release import CopyReceived, Finding, Reach, ReleaseRequested, ReleaseReviewed, Use
from tearline.facts.screening import (
    EuropolCode,
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
    Standing,
    Treatment,
)
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.ledger.note import COSIGNATURE, Note, cosign, vkey_of
from tearline.node import Order
from tearline.rooms.parties.agreements import SignAgreement
from tearline.web.app import create_app
from tests.rooms.quick import QUICK
from tests.web.conftest import BASE, HERE, opened, visitor
from tests.web.test_flow import FILLED, NEW, ask, key_of, send
from tests.web.test_release_page import bare
from tests.web.world import World, actor

F = TypeVar("F", bound=Fact)
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 8)]
NAMES = ("overseer.example/w1", "press.example/w2")
WITNESSES = tuple(vkey_of(name, key, COSIGNATURE) for name, key in zip(NAMES, KEYS, strict=True))
ITEM = "/items/practice.item-1"


def latest(world: World, kind: type[F]) -> F:
    known = world.node.ledger.read(about(kinds=(kind,)), opening=frozenset(Compartment))
    return [r.fact for r in known.of(kind) if r.told is None][-1]


@pytest.fixture
def hasty(world: World) -> World:
    return in_haste(world)


def in_haste(world: World) -> World:
    """The same two partners, bound by an expedited path and one witness too."""
    held = latest(world, AgreementSigned)
    world.node.protocols = {**world.node.protocols, QUICK.id: QUICK}
    terms = replace(
        held.terms,
        further=(QUICK.id,),
        parameters={**held.terms.parameters, "review_within": "12h", "witness_quorum": 1},
    )
    quick = replace(held, agreement=AgreementId("practice.quick"), name="Quick agreement", terms=terms)
    world.node.record(Order(command=SignAgreement(quick), by=actor(Role.SENIOR_OFFICER)))
    return world


def rushed(world: World) -> str:
    page = ask(world, agreement="practice.quick", expedited="yes")
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/release")
    return page


# Asking


@pytest.mark.parametrize(
    ("language", "labels", "no"),
    [
        ("en", ("Right to know: what entitles", "What it may be used for", "By the expedited path"), "no"),
        ("es", ("Derecho a saber: qué faculta", "Para qué puede usarse", "Por la vía expedita"), "no"),
    ],
)
def test_the_request_form_asks_for_everything_in_both_languages(
    still: World, language: str, labels: tuple[str, ...], no: str
) -> None:
    html = visitor(still, Role.CASE_AGENT, language).get(NEW).text
    for label in labels:
        assert label in html
    chosen = re.findall(r'<input[^>]*name="expedited"[^>]*>', html)
    assert [("yes" in one, "checked" in one) for one in chosen] == [(True, False), (False, True)]
    assert re.search(rf">\s*{no}\s*<", html)


def test_what_is_left_open_is_as_the_fact_declares_it_and_what_is_said_is_recorded(world: World) -> None:
    ask(world)
    plain = latest(world, ReleaseRequested)
    assert (plain.expedited, plain.reach, plain.use, plain.right_to_know.open()) == (False, None, None, None)
    page = ask(world, right_to_know="Article 4", reach="organisation", use="protection", expedited="yes")
    full = latest(world, ReleaseRequested)
    assert (full.expedited, full.reach, full.use) == (True, Reach.ORGANISATION, Use.PROTECTION)
    assert full.right_to_know.open() == "Article 4"
    text = bare(visitor(world, Role.RELEASING_OFFICER).get(page).text)
    assert "Article 4" in text
    assert "within their organisation" in text
    assert "dentro de su institución" in bare(visitor(world, Role.RELEASING_OFFICER, "es").get(page).text)


def test_anything_but_yes_or_no_is_asked_again(world: World) -> None:
    client = visitor(world, Role.CASE_AGENT)
    answer = client.post(NEW, data={"key": key_of(client.get(NEW).text), **FILLED, "expedited": "perhaps"})
    assert answer.status_code == 422


# The review


def test_an_expedited_release_says_by_when_it_is_reviewed_and_then_what_was_found(hasty: World) -> None:
    page = rushed(hasty)
    senior = visitor(hasty, Role.SENIOR_OFFICER)
    shown = bare(senior.get(page).text)
    assert "Expedited, and reviewed afterwards" in shown
    assert "sign-offs-missing" in shown
    assert "it is reviewed" in shown, "what is owed, by the pack's own words"
    assert "20 November 2026, 21:00 UTC" in shown
    assert f"{page}/review" in senior.get(page).text
    form = bare(senior.get(f"{page}/review").text)
    assert "20 November 2026, 21:00 UTC" in form
    assert "20 de noviembre de 2026" in bare(
        visitor(hasty, Role.SENIOR_OFFICER, "es").get(f"{page}/review").text
    )
    send(senior, f"{page}/review", finding="wrong", reasons="It could have waited.")
    assert latest(hasty, ReleaseReviewed).finding is Finding.WRONG
    after = senior.get(page).text
    assert "It could have waited." in bare(after)
    assert f"{page}/review" not in after
    again = senior.get(f"{page}/review").text
    twice = senior.post(
        f"{page}/review", data={"key": key_of(again), "finding": "upheld", "reasons": "On second thought."}
    )
    assert twice.status_code == 409


def test_whoever_released_it_cannot_review_it_and_others_are_not_asked(hasty: World) -> None:
    page = rushed(hasty)
    assert visitor(hasty, Role.RELEASING_OFFICER).get(f"{page}/review").status_code == 403
    assert visitor(hasty, Role.PARTNER_LIAISON).get(f"{page}/review").status_code == 404
    for role in (Role.RELEASING_OFFICER, Role.CASE_AGENT):
        assert f"{page}/review" not in visitor(hasty, role).get(page).text
    assert f"{page}/review" in visitor(hasty, Role.OVERSEER).get(page).text


def test_a_review_that_is_overdue_is_said_to_be(hasty: World) -> None:
    page = rushed(hasty)
    hasty.clock.move(hours=13)
    assert "overdue: no further release is expedited" in bare(visitor(hasty, Role.OVERSEER).get(page).text)
    assert "vencida: ninguna otra" in bare(visitor(hasty, Role.OVERSEER, "es").get(page).text)


def test_what_was_not_expedited_has_no_review(world: World) -> None:
    page = ask(world)
    assert visitor(world, Role.OVERSEER).get(f"{page}/review").status_code == 404


# Threats


def assessed(world: World) -> str:
    """A threat in the item; the address at which its warning is waived."""
    send(
        visitor(world, Role.CASE_AGENT),
        f"{ITEM}/threat",
        harm="killing",
        credible="yes",
        specific="yes",
        impending="no",
        whom="a family in the north",
    )
    return f"{ITEM}/threats/{latest(world, ThreatAssessed).threat}/waiver"


def test_a_threat_is_assessed_shown_and_its_warning_waived_by_a_senior_officer_alone(world: World) -> None:
    waiver = assessed(world)
    fact = latest(world, ThreatAssessed)
    assert (fact.credible, fact.specific, fact.impending) == (True, True, False)
    assert "a family in the north" in opened(visitor(world, Role.HARM_DESK), ITEM).get(ITEM).text
    assert "a family in the north" not in visitor(world, Role.LIAISON).get(ITEM).text
    assert waiver not in visitor(world, Role.CASE_AGENT).get(ITEM).text
    assert visitor(world, Role.CASE_AGENT).get(waiver).status_code == 403
    senior = visitor(world, Role.SENIOR_OFFICER)
    assert waiver in senior.get(ITEM).text
    send(senior, waiver, ground="already-aware", reasons="They moved away last week.")
    assert latest(world, WarningWaived).threat == fact.threat
    assert waiver not in senior.get(ITEM).text
    other = waiver.replace("item-1", "item-2")
    assert senior.get(other).status_code == 404


def test_people_are_warned_of_a_threat_or_of_none_in_particular(world: World) -> None:
    harm = visitor(world, Role.HARM_DESK)
    told = {"people": "2", "method": "in-person", "said": "Leave tonight."}
    send(harm, f"{ITEM}/warned", **told)
    assert latest(world, PeopleWarned).threat is None
    assessed(world)
    threat = latest(world, ThreatAssessed).threat
    assert "killing, 20 November 2026" in bare(harm.get(f"{ITEM}/warned").text)
    send(harm, f"{ITEM}/warned", **told)
    assert latest(world, PeopleWarned).threat is None
    send(harm, f"{ITEM}/warned", threat=threat, **told)
    assert latest(world, PeopleWarned).threat == threat


# Screening and answers


def test_a_screening_asks_whether_it_was_obtained_lawfully_and_takes_no_silence_for_a_yes(
    world: World,
) -> None:
    agent = visitor(world, Role.CASE_AGENT)
    form = agent.get(f"{ITEM}/screening").text
    flags = re.findall(r'<input[^>]*name="lawful"[^>]*>', form)
    assert len(flags) == 2
    assert not any("checked" in one for one in flags)
    filled = {"suspicion": "Seen twice.", "protected": "none", "control_official": "practice.case-agent"}
    silent = agent.post(f"{ITEM}/screening", data={"key": key_of(form), **filled})
    assert silent.status_code == 422
    send(agent, f"{ITEM}/screening", lawful="no", **filled)
    assert latest(world, ItemScreened).lawful is False
    assert "Seen twice." in agent.get(ITEM).text
    assert "Obtenido lícitamente" in visitor(world, Role.CASE_AGENT, "es").get(ITEM).text
    assert visitor(world, Role.HARM_DESK).get(f"{ITEM}/screening").status_code == 403


def test_an_originators_answer_is_recorded_by_a_liaison_officer(world: World) -> None:
    world.clock.move(days=2)
    liaison = visitor(world, Role.LIAISON)
    form = f"{ITEM}/answer"
    html = liaison.get(form).text
    assert "put it into other words" in html
    assert "Liaison Unit South" in html
    key = key_of(html)
    answer = liaison.post(
        form,
        data={
            "key": key,
            "unit": "practice.unit",
            "answer": "conditions",
            "use": "crime",
            "court": "no",
            "requires": ["sanitise", "paraphrase"],
            "tearline": "yes",
            "conditions": "By word of mouth.",
            "happened-at": "2026-11-21T09:00",
        },
    )
    assert answer.status_code == 303, answer.text
    fact = latest(world, OriginatorAnswered)
    assert fact.requires == (Treatment.SANITISE, Treatment.PARAPHRASE)
    assert (fact.court, fact.tearline, fact.conditions.open()) == (False, True, "By word of mouth.")
    assert "yes, on conditions" in liaison.get(ITEM).text
    assert visitor(world, Role.PARTNER_LIAISON).get(form).status_code == 404


def test_a_source_and_codes_are_recorded_by_those_who_may(world: World) -> None:
    handler, liaison, senior = (
        visitor(world, role) for role in (Role.SOURCE_HANDLER, Role.LIAISON, Role.SENIOR_OFFICER)
    )
    send(handler, f"{ITEM}/source", standing="dropped-for-cause", review_due="", promised="yes")
    stated = latest(world, SourceStandingStated)
    assert (stated.standing, stated.review_due, stated.promised) == (Standing.DROPPED, None, True)
    send(senior, f"{ITEM}/source/approval", reasons="Nobody else can know it.")
    assert latest(world, SourceContactApproved).item == "practice.item-1"
    send(liaison, f"{ITEM}/codes", source="B", information="2", codes="H2", text="")
    assert latest(world, EuropolCodesSet).codes == (EuropolCode.H2,)
    shown = bare(visitor(world, Role.SOURCE_HANDLER, "es").get(ITEM).text)
    assert "dada de baja con causa" in shown
    assert "H2: no transmitir sin permiso del proveedor" in shown
    assert liaison.get(f"{ITEM}/source").status_code == 403
    assert handler.get(f"{ITEM}/source/approval").status_code == 403


def test_after_a_leak_people_are_warned_of_a_threat_too(world: World) -> None:
    agent = visitor(world, Role.CASE_AGENT)
    leak = send(agent, "/leaks/new?item=practice.item-1", sure="probable", seen="On a radio.")
    form = f"{leak.partition('?')[0]}/warned"
    assert 'name="threat"' not in agent.get(form).text
    assessed(world)
    assert 'name="threat"' in agent.get(form).text
    threat = latest(world, ThreatAssessed).threat
    send(agent, form, people="2", method="in-person", said="Leave tonight.", threat=threat)
    assert latest(world, PeopleWarned).threat == threat


# Copies that wait for witnesses


def at_site(world: World, role: Role, language: str = "en", *, witnesses: int = 2) -> TestClient:
    return TestClient(
        create_app(world.node, demo=True, witnesses=WITNESSES[:witnesses]),
        base_url=BASE,
        cookies={"identity": role.value, "language": language},
        follow_redirects=False,
        client=HERE,
    )


def cosigned(world: World, *which: int) -> None:
    node = world.node
    assert node.published is not None
    note = node.ledger.checkpoint()
    lines = [cosign(Note.parse(note).text, NAMES[n], KEYS[n], 1_700_000_000) for n in which]
    node.published.advance(node.published.read(), note + "".join(lines))


def test_a_copy_is_handed_over_only_when_its_witnesses_have_cosigned_it(hasty: World) -> None:
    cosigned(hasty, 0, 1)
    page = rushed(hasty)
    partner = at_site(hasty, Role.PARTNER_LIAISON)
    listed = partner.get("/releases").text
    assert "A release to your unit" in listed
    assert "practice.item-1" not in listed
    (copy,) = set(re.findall(r'href="(/copies/[^"/]+)"', listed))
    waits = bare(partner.get(copy).text)
    assert "0 of the 1 that its agreement asks for" in waits
    for hidden in ("practice.item-1", "below the tearline", "You have not acknowledged"):
        assert hidden not in waits
    assert "0 de los 1 que pide su acuerdo" in bare(at_site(hasty, Role.PARTNER_LIAISON, "es").get(copy).text)
    assert partner.get(f"{copy}/receipt").status_code == 403
    assert partner.post(f"{copy}/receipt", data={"key": "k" * 24}).status_code == 403
    assert copy not in partner.get("/").text
    own = bare(at_site(hasty, Role.RELEASING_OFFICER).get(page).text)
    assert "0 of the 1 that its agreement asks for have cosigned it" in own

    cosigned(hasty, 1)
    assert copy in partner.get("/").text
    assert "practice.item-1" in partner.get(copy).text
    send(partner, f"{copy}/receipt")
    assert latest(hasty, CopyReceived).copy == copy.rpartition("/")[2]
    own = bare(at_site(hasty, Role.RELEASING_OFFICER).get(page).text)
    assert "In effect: cosigned by 1 of our witnesses, where its agreement asks for 1." in own


def test_without_witnesses_it_says_so_and_nothing_is_handed_over(hasty: World) -> None:
    page = rushed(hasty)
    cosigned(hasty, 0, 1)
    partner = at_site(hasty, Role.PARTNER_LIAISON, witnesses=0)
    (copy,) = set(re.findall(r'href="(/copies/[^"/]+)"', partner.get("/releases").text))
    said = "Its agreement asks for more witnesses than this node has (0): it is not handed over."
    assert said in bare(partner.get(copy).text)
    assert said in bare(at_site(hasty, Role.SENIOR_OFFICER, witnesses=0).get(page).text)
    assert partner.get(f"{copy}/receipt").status_code == 403


def test_under_an_agreement_without_a_quorum_nothing_waits(world: World) -> None:
    page = ask(world)
    for role in (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER):
        send(visitor(world, role), f"{page}/sign-off")
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/release")
    partner = visitor(world, Role.PARTNER_LIAISON)
    (copy,) = set(re.findall(r'href="(/copies/[^"/]+)"', partner.get("/").text))
    assert "Not handed over yet" not in partner.get(copy).text
    assert 'id="witnesses"' not in visitor(world, Role.RELEASING_OFFICER).get(page).text
