"""The page of one recorded verdict and of one rule: all of it to whom it is for, and no hint of it to the others."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.history import History, Role, about
from tearline.facts.identifiers import AgreementId, RequestId
from tearline.facts.parties import AgreementSigned
from tearline.facts.release import VerdictReached
from tearline.facts.words import Language
from tearline.jobs.cases import load_case
from tearline.node import Node, Order, make_node, system_clock
from tearline.protocol import Protocol, load_pack
from tearline.protocol.cure import Change, Cure
from tearline.protocol.needed import Needed
from tearline.protocol.verdict import Outcome
from tearline.rooms.parties.agreements import SignAgreement
from tearline.web.access import ALL, Access
from tearline.web.names import Names
from tearline.web.release import verdict
from tearline.web.release.explained import Reader
from tearline.web.tongue import tongue
from tests.protocol.packs import cross_border
from tests.web.conftest import crawl, links, opened, visitor
from tests.web.test_flow import ask, released
from tests.web.test_purged_pages import purge
from tests.web.test_release_page import bare
from tests.web.world import Clock, World, actor

ROOT = Path(__file__).resolve().parents[2]
RULE = "/protocols/cross-border/1/rules/no-protection-plan"
INSIDE = (Role.OVERSEER, Role.SENIOR_OFFICER, Role.CASE_AGENT, Role.HARM_DESK, Role.VETTING_OFFICER)


@pytest.fixture(scope="module")
def allende(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The worked case, in which the protocol is asked on the day itself."""
    folder = tmp_path_factory.mktemp("allende")
    node = make_node(folder / "node", origin="demo.invalid/node", demo=True)
    load_case(node, ROOT / "cases" / "allende.yaml", now=system_clock())
    yield World(node, Clock())
    node.ledger.close()


def verdicts(node: Node, request: str) -> list[str]:
    """The pages of this request's verdicts, the oldest first."""
    reached = node.ledger.read(about(f"request:{request}", kinds=(VerdictReached,)))
    return [f"/releases/{request}/verdicts/{r.position}" for r in reached]


def first(world: World, page: str) -> str:
    return verdicts(world.node, page.rpartition("/")[2])[0]


def test_the_request_leads_to_each_of_its_verdicts(world: World) -> None:
    page = ask(world)
    assert first(world, page) in links(visitor(world, Role.CASE_AGENT).get(page).text)


def test_a_verdict_shows_every_rule_matched_or_not_and_what_each_read(world: World) -> None:
    html = visitor(world, Role.RELEASING_OFFICER).get(first(world, ask(world))).text
    for rule in cross_border().rules:
        assert f'href="/protocols/cross-border/1/rules/{rule.id}"' in html
    folded = html[html.index('<details class="tl-fold" id="rule-unit-suspended">') :]
    assert "Cooperation suspended no" in bare(folded[: folded.index("</details>")])
    said = bare(html)
    assert "One rule holds this until what it asks for is done." in said
    assert "Number: Sign-offs 0" in said
    assert "Replays exactly" in said


def test_a_verdict_says_what_would_have_to_change_by_whom_and_until_when(world: World) -> None:
    html = visitor(world, Role.CASE_AGENT).get(first(world, ask(world))).text
    said = bare(html[html.index('id="changes"') : html.index('id="again"')])
    assert "Those whose sign-off is missing sign, or say why not." in said
    assert "Owed by the releasing organisation · by 22 November 2026" in said
    assert "Sign-offs: one more" in said
    assert "Signed as: releasing officer" in said
    assert "with none fewer, the verdict is: Release." in said


def test_both_languages(world: World) -> None:
    said = bare(visitor(world, Role.CASE_AGENT, "es").get(first(world, ask(world))).text)
    assert "Qué tendría que cambiar" in said
    assert "Se reproduce exactamente" in said
    assert "Firmado como: oficial de divulgación" in said
    rule = bare(visitor(world, Role.CASE_AGENT, "es").get(RULE).text)
    assert "Personas en riesgo, al menos" in rule
    assert "People are at risk, or the source warned of bloodshed" in rule  # the other language, too


def test_a_verdict_stays_as_it_was_when_more_is_known(world: World) -> None:
    page = released(world)
    early = first(world, page)
    said = bare(visitor(world, Role.OVERSEER).get(early).text)
    assert "as it was decided then" in said
    assert "sign-offs-missing" in said
    assert len(verdicts(world.node, page.rpartition("/")[2])) > 1


def test_who_may_not_know_why_sees_the_verdict_alone(world: World) -> None:
    page = ask(world)
    html = visitor(world, Role.HARM_DESK).get(first(world, page)).text
    assert "Sealed" in html
    for word in ("sign-offs-missing", "rule-", "What would have to change", "They are about to act"):
        assert word not in html
    assert "Hold" in bare(html)
    assert "Replays exactly" in bare(html)


def test_the_partner_finds_nothing_there(world: World) -> None:
    page = first(world, ask(world))
    partner = visitor(world, Role.PARTNER_LIAISON)
    cut = re.compile(r'nonce="[^"]*"|back=[^"]*|under [0-9a-f]{16}')
    for path, nowhere in ((page, "/releases/nothing/verdicts/1"), (RULE, "/protocols/none/1/rules/none")):
        answer = partner.get(path)
        assert answer.status_code == 404
        assert cut.sub("", answer.text) == cut.sub("", partner.get(nowhere).text)


@pytest.mark.parametrize(
    "path",
    [
        "/releases/nothing/verdicts/1", "/releases/{request}/verdicts/0", "/releases/{request}/verdicts/x",
        "/releases/{request}/verdicts/-1", "/releases/{request}/verdicts/" + "9" * 40, "/releases/a b/verdicts/1",
        "/releases/{request}/verdicts/١", "/protocols/cross-border/1/rules/none", "/protocols/none/1/rules/none",
        "/protocols/cross-border/9/rules/perished", "/protocols/cross-border/1/rules/%2e%2e",
        "/protocols/cross-border/1/rules/<script>", "/protocols/cross-border/1/rules/" + "a" * 300,
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(world: World, path: str) -> None:
    request = ask(world).rpartition("/")[2]
    answer = visitor(world, Role.SENIOR_OFFICER).get(path.format(request=request))
    assert answer.status_code == 404
    assert "not there, or not for you" in answer.text


def test_a_verdict_of_another_request_is_not_there(world: World) -> None:
    one, other = ask(world), ask(world, purpose="Another one.")
    position = first(world, one).rpartition("/")[2]
    assert visitor(world, Role.SENIOR_OFFICER).get(f"{other}/verdicts/{position}").status_code == 404


def test_the_pages_refuse_the_wrong_method(world: World) -> None:
    page = first(world, ask(world))
    client = visitor(world, Role.SENIOR_OFFICER)
    for path in (page, RULE):
        assert client.post(path).status_code == 405
        assert client.delete(path).status_code == 405


def test_a_purged_verdict_says_so_and_shows_nothing_of_it(world: World) -> None:
    page = first(world, ask(world))
    purge(world, VerdictReached)
    html = visitor(world, Role.OVERSEER).get(page).text
    said = bare(html)
    assert "Purged" in said
    assert "The dossier on which this was decided was purged. The verdict stands." in said
    assert "Nobody can say any more which rules matched on what" in said
    assert "sign-offs-missing" not in html
    assert "Replays exactly" not in said
    assert bare(visitor(world, Role.OVERSEER).get(RULE).text).count("Nothing") == 0


def test_a_verdict_that_does_not_replay_says_so(world: World) -> None:
    """Someone who could write into the store could not make a page call it exact."""
    page = first(world, ask(world))
    request = RequestId(page.split("/")[2])
    known = world.node.ledger.read(about(f"request:{request}"), opening=ALL)
    (reached,) = known.of(VerdictReached)
    other = replace(reached.fact, rules=Sealed(("perished",)))
    changed = History(
        tuple(replace(r, fact=other) if isinstance(r.fact, VerdictReached) else r for r in known),
        known.position,
    )
    say = tongue(Language.EN)
    access = Access(Role.OVERSEER, actor(Role.OVERSEER).person)
    shown = verdict.view(
        say, known, changed, request, reached.position, access=access, protocols=world.node.protocols
    )
    assert shown is not None
    assert (shown.replayed.kind, shown.replayed.title) == ("problem", "Does not replay")
    elsewhere = verdict.view(say, known, known, request, reached.position, access=access, protocols={})
    assert elsewhere is not None
    assert elsewhere.replayed.title == "Cannot be decided again here"
    assert elsewhere.packs == []


# The worked case: open to all of one's own side


def test_the_allende_verdict_names_the_witnesses_and_the_cures(allende: World) -> None:
    page = verdicts(allende.node, "allende-protocol.tell-the-unit")[0]
    for role in INSIDE:
        said = bare(visitor(allende, role).get(page).text)
        assert "4 rules refuse this. 8 more would hold it." in said
        assert "People in the chain Supervisor of the unit Outcome of vetting exempt from vetting" in said
        assert "What refuses cannot be cured on this request" in said
        assert (
            "Warnings by the source, allende-protocol.bloodshed: Answered in writing now: no to be: yes"
            in said
        )
        assert "with none fewer, the verdict is: Refuse." in said
        assert "Replays exactly" in said
    assert visitor(allende, Role.PARTNER_LIAISON).get(page).status_code == 404


def test_a_law_that_came_later_says_so(allende: World) -> None:
    page = verdicts(allende.node, "allende-protocol.tell-the-unit")[0]
    assert "applies from 21 July 2015; postdates this act" in bare(
        visitor(allende, Role.OVERSEER).get(page).text
    )


# One rule


def test_a_rule_is_shown_as_a_lawyer_reads_it(allende: World) -> None:
    html = visitor(allende, Role.OVERSEER).get(RULE).text
    said = bare(html)
    assert "People are at risk, or the source warned of bloodshed, and no protection plan is ready." in said
    assert '<p lang="es">Hay personas en riesgo' in html
    assert "protection.people_at_risk &gt; 0" in html
    assert "Intelligence Community Directive 191" in said
    assert "applies from 21 July 2015" in said
    assert "A plan that protects those at risk is set and ready before anything is released." in said
    assert "3 cases match" in said
    assert "People at risk, at least now: 0 to be: 1" in said
    assert "Warnings by the source: one more" in said
    assert "Agreement on passing intelligence, under cross-border/1" in said
    assert "awaiting counsel" not in said


def test_a_rule_that_awaits_counsel_says_it_plainly(world: World) -> None:
    html = visitor(world, Role.OVERSEER).get("/protocols/cross-border/1/rules/purpose-not-stated").text
    said = bare(html)
    assert "A clause on which it rests awaits counsel" in said
    assert "Such a rule may hold or refuse, never permit." in said
    assert 'href="https://www.ecfr.gov/current/title-28/chapter-I/part-23"' in html


def test_a_refusing_rule_says_that_nothing_cures_it(world: World) -> None:
    said = bare(visitor(world, Role.OVERSEER).get("/protocols/cross-border/1/rules/perished").text)
    assert "Nothing: it refuses." in said


def test_the_protocol_leads_to_its_rules_and_counts_the_clauses_that_await_counsel(world: World) -> None:
    html = visitor(world, Role.OVERSEER).get("/protocols/cross-border/1").text
    cites = [c for r in cross_border().rules for c in r.cites] + [
        c for d in cross_border().duties for c in d.cites
    ]
    waiting = sum(c.awaiting_check for c in cites)
    assert waiting > 3
    assert f"{waiting} clauses await counsel" in bare(html)
    assert RULE in links(html)


def test_where_a_rule_decided_is_told_to_whom_rules_are_told(world: World) -> None:
    page = ask(world)
    rule = "/protocols/cross-border/1/rules/sign-offs-missing"
    assert first(world, page) in links(visitor(world, Role.OVERSEER).get(rule).text)
    html = visitor(world, Role.HARM_DESK).get(rule).text
    assert "It matched in 1 verdict." in bare(html)
    assert page not in links(html)
    assert "In no verdict so far" in bare(visitor(world, Role.OVERSEER).get(RULE).text)


def test_where_a_rule_decided_in_a_worked_case_all_of_one_s_own_side_may_see(allende: World) -> None:
    page = verdicts(allende.node, "allende-protocol.tell-the-unit")[0]
    for role in INSIDE:
        assert page in links(visitor(allende, role).get(RULE).text)


# Several protocols, and a hold that is lifted

WAIVING = """
pack: hurry
version: 1
title: {en: In a hurry, es: Con prisa}
dossier: 1
sources: {s: {text: a text}}
parameters: {}
base: {dossier: 1, at: 2026-03-10T12:00:00Z, overseer_informed: false}
rules:
  - id: waits
    effect: waive
    when: "!overseer_informed"
    waives: [{pack: cross-border, rule: sign-offs-missing}]
    because: {en: It cannot wait., es: No puede esperar.}
    cites: [{source: s, clause: c}]
    matches: [{}]
    passes: [overseer_informed: true]
  - id: some
    effect: permit
    when: "true"
    because: {en: It may., es: Puede.}
    cites: [{source: s, clause: c}]
    matches: [{}]
    passes: [{}]
"""


@pytest.fixture
def hurried(world: World) -> World:
    """The same world, with an agreement under two protocols, of which the second lifts a hold of the first."""
    pack = load_pack(WAIVING, file="hurry.yaml")
    world.node.protocols = {**world.node.protocols, pack.id: pack}
    known = world.node.ledger.read(about("agreement:practice.agreement", kinds=(AgreementSigned,)))
    (signed,) = known.of(AgreementSigned)
    both = replace(
        signed.fact,
        agreement=AgreementId("practice.hurried"),
        name="Hurried",
        terms=replace(signed.fact.terms, further=(pack.id,)),
    )
    world.node.record(Order(command=SignAgreement(both), by=actor(Role.SENIOR_OFFICER)))
    return world


def test_several_protocols_are_told_apart_and_a_lifted_hold_says_by_what(hurried: World) -> None:
    page = ask(hurried, agreement="practice.hurried")
    html = visitor(hurried, Role.CASE_AGENT).get(first(hurried, page)).text
    said = bare(html)
    assert "What cross-border/1 says Hold" in said
    assert "What hurry/1 says Release" in said
    assert "Hold lifted sign-offs-missing" in said
    assert "Lifted by waits: It cannot wait." in said
    assert "Waives waits" in said
    assert "Nothing: no rule held this." in said
    request = bare(visitor(hurried, Role.CASE_AGENT).get(page).text)
    assert "Hold lifted" in request
    assert "hurry/1" in request
    rule = bare(visitor(hurried, Role.CASE_AGENT).get("/protocols/hurry/1/rules/waits").text)
    assert "Which holds it lifts" in rule
    assert "cross-border: sign-offs-missing" in rule
    lifted = visitor(hurried, Role.CASE_AGENT).get("/protocols/cross-border/1/rules/sign-offs-missing").text
    assert "What may lift it" in lifted
    assert "/protocols/hurry/1/rules/waits" in links(lifted)


def test_a_bound_taken_from_a_closed_figure_is_not_told() -> None:
    """What the agreement would have to state is, here, how many could have known: that figure is for few."""
    pack = cross_border()
    protocol = Protocol(packs=(pack,))
    (rule,) = (r for r in pack.rules if r.id == "few-could-have-known")
    change = Change(
        path="agreement.min_knowers",
        before=None,
        after=3,
        needed=(Needed("agreement.min_knowers", "<=", 3),),
        adds=False,
        cures=(rule,),
    )
    found = Cure(changes=(change,), verified=True, left=(), then=Outcome.RELEASE, refused_by=(), dossier={})
    names = Names(History(), tongue(Language.EN))
    for role, told in ((Role.SOURCE_HANDLER, True), (Role.LIAISON, False), (Role.CASE_AGENT, False)):
        reader = Reader(
            say=tongue(Language.EN), names=names, access=Access(role, actor(role).person), protocol=protocol
        )
        assert ("3" in str(reader.change(change, found).after)) is told


def test_a_closed_figure_is_sealed_in_what_would_have_to_change() -> None:
    protocol = Protocol(packs=(cross_border(),))
    change = Change(
        path="source.knowers",
        before=None,
        after=5,
        needed=(Needed("source.knowers", ">=", 5),),
        adds=False,
        cures=(),
    )
    found = Cure(changes=(change,), verified=True, left=(), then=Outcome.RELEASE, refused_by=(), dossier={})
    say = tongue(Language.EN)
    access = Access(Role.LIAISON, actor(Role.LIAISON).person)
    row = Reader(say=say, names=Names(History(), say), access=access, protocol=protocol).change(change, found)
    assert "Sealed" in str(row.before)
    assert "5" not in str(row.after)


def test_every_page_is_reached_by_links(world: World) -> None:
    ask(world)
    shapes = {re.sub(r"\d+$", "N", path) for path in crawl(visitor(world, Role.OVERSEER))}
    assert any(path.endswith("/verdicts/N") for path in shapes)
    assert RULE in shapes


def test_a_count_that_points_at_the_source_stays_sealed_also_in_what_did_not_match(world: World) -> None:
    page = first(world, ask(world, extent="full"))
    for role, told in ((Role.SOURCE_HANDLER, True), (Role.OVERSEER, True), (Role.LIAISON, False)):
        if role is Role.SOURCE_HANDLER:
            opened(visitor(world, role), page)
        html = visitor(world, role).get(page).text
        folded = html[html.index('id="rule-few-could-have-known"') :]
        said = bare(folded[: folded.index("</details>")])
        assert ("How many could have known 12" in said) is told
        assert ("How many could have known Sealed" in said) is not told


def test_the_entry_of_a_verdict_leads_to_its_page(world: World) -> None:
    page = first(world, ask(world))
    entry = page.rpartition("/")[2]
    assert page in links(visitor(world, Role.OVERSEER).get(f"/ledger/entries/{entry}").text)
