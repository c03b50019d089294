"""Allende, 2011, on a real node: what happened, what the protocol would have said that day, and what never came."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from tearline.facts.errors import Malformed
from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Compartment, Fact
from tearline.facts.harm import HarmRecordOpened
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId, UnitId
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, InvestigationOpened
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureRecorded,
    Effect,
    Extent,
    ItemReleased,
    ReleaseRequested,
    SourceWarned,
)
from tearline.facts.vocabulary import kinds
from tearline.folds.account import counts, counts_question
from tearline.folds.exposed import Ground, exposure_set
from tearline.folds.people import People, Status
from tearline.folds.retelling import Judged, Retelling, retelling, retelling_question, tellings
from tearline.jobs.cases import load_case
from tearline.node import Node, make_node
from tearline.protocol import Outcome
from tearline.rooms import SUSPENSION_RULE
from tests.nodes import BEGINNING

CASE = Path(__file__).parents[2] / "cases" / "allende.yaml"
INQUIRY = {
    "interim-report": timedelta(hours=24),
    "look-into-leak": timedelta(hours=72),
    "make-finding": timedelta(days=30),
    "warn-or-waive": timedelta(hours=6),
    "look-into-harm": timedelta(days=30),
    "offer-against-perpetrators": timedelta(days=30),
}
DUTY_TO_WARN = {"warn-of-bloodshed", "warn-after-compromise"}
F = TypeVar("F", bound=Fact)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = make_node(
        tmp_path_factory.mktemp("allende") / "node", origin="tearline.example/desk", clock=lambda: NOW
    )
    load_case(made, CASE, now=NOW)
    made.ledger.check()
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def history(node: Node) -> History:
    everything = Question()
    for kind in (
        CompromiseReported,
        CooperationSuspended,
        DisclosureRecorded,
        CopyReleased,
        CopyReceived,
        ItemReleased,
        InvestigationOpened,
        HarmRecordOpened,
    ):
        everything |= about(kinds=[kind])
    return node.ledger.read(retelling_question(node.protocols) | everything, opening=frozenset(Compartment))


def told(node: Node, history: History, telling: str) -> Retelling:
    return retelling(history, node.protocols, telling)


def in_telling(telling: str, found: Sequence[Recorded[F]]) -> list[Recorded[F]]:
    return [r for r in found if r.told is not None and r.told.telling == telling]


def verdict_on(judged: tuple[Judged, ...], request: str) -> Judged:
    (found,) = [j for j in judged if j.asked.fact.request == request]
    return found


def test_the_case_is_told_twice(history: History) -> None:
    assert tellings(history) == ("allende-happened", "allende-protocol")


# As it happened.


def test_the_unit_was_told_that_the_agency_had_it_and_only_that(history: History) -> None:
    (disclosure,) = in_telling("allende-happened", history.of(DisclosureRecorded))
    assert disclosure.fact.extent is Extent.EXISTENCE
    assert disclosure.fact.unit == "allende-happened.siu"
    assert not any(r.told and r.told.telling == "allende-happened" for r in history.of(ReleaseRequested))


def test_the_compromise_followed_within_days_and_nothing_was_suspended(history: History) -> None:
    (disclosure,) = in_telling("allende-happened", history.of(DisclosureRecorded))
    (compromise,) = in_telling("allende-happened", history.of(CompromiseReported))
    assert 0 < (compromise.happened_at - disclosure.happened_at).days <= 7
    assert not in_telling("allende-happened", history.of(CooperationSuspended))


def test_what_would_have_been_owed_never_came(node: Node, history: History) -> None:
    happened = told(node, history, "allende-happened")
    assert {o.kind for o in happened.never_came} == {
        "protect-after-warning",
        "answer-source-warning",
        "answer-dissent",
        "justify-disclosure",
        "report-disclosure",
        "account-for-disclosure",
        "warn-after-leak",
        "suspend-after-leak",
        "investigate-leak",
        "report-leak",
        "assist-after-leak",
        "assist-the-harmed",
        "account-for-operation",
        *INQUIRY,
        *DUTY_TO_WARN,
    }
    assert happened.never_came == happened.obligations


def test_it_would_have_been_owed_and_was_not_owed_then(node: Node, history: History) -> None:
    happened = told(node, history, "allende-happened")
    assert all(o.hindsight and o.agreement.terms.protocol == "cross-border/1" for o in happened.obligations)
    (warning,) = [o for o in happened.obligations if o.kind == "warn-after-leak"]
    assert [c.text for c in warning.cites if warning.predates(c)] == [
        "Intelligence Community Directive 191, Duty to Warn"
    ]


def test_nobody_was_warned_of_the_bloodshed_of_which_the_source_had(node: Node, history: History) -> None:
    """Within six hours of the source's warning, by the terms of the yardstick; nobody ever was."""
    happened = told(node, history, "allende-happened")
    (owed,) = [o for o in happened.never_came if o.kind == "warn-of-bloodshed"]
    assert isinstance(owed.ground.fact, SourceWarned)
    assert owed.due == owed.since + timedelta(hours=6)
    assert (owed.debtor, owed.creditor) == ("allende-happened.dea", "people")
    assert any("para 3" in str(cite) for cite in owed.cites)


def test_the_inquiry_that_would_have_been_owed_never_came(node: Node, history: History) -> None:
    """A report within a day, an investigation in three, a finding in thirty: with the paragraphs that say so."""
    happened = told(node, history, "allende-happened")
    leak = next(r for r in history.of(CompromiseReported) if r.fact.compromise == "allende-happened.leak")
    found = {o.kind: o for o in happened.never_came if o.kind in INQUIRY}
    assert {kind: o.due - leak.happened_at for kind, o in found.items() if o.due} == INQUIRY
    assert all(o.hindsight and "leak-inquiry/1" in o.agreement.packs for o in found.values())
    assert all(any("ProPublica" in cite.text for cite in o.cites) for o in found.values())
    assert "para 9" in str(found["interim-report"].cites[0])


@pytest.mark.parametrize("telling", ["allende-happened", "allende-protocol"])
def test_the_exposure_set_has_the_exempt_supervisor_in_it(node: Node, telling: str) -> None:
    """As known on the day of the leak, with the ground on which everybody stands there."""
    everything = Question()
    for kind in kinds():
        everything |= about(kinds=[kind])
    known = in_telling(telling, node.ledger.read(everything).facts)
    leak = next(r for r in known if isinstance(r.fact, CompromiseReported))
    then = History(tuple(known)).as_known(leak.known_at)
    exposed = {e.person: e for e in exposure_set(then, ItemId(f"{telling}.identifiers"), leak.happened_at)}
    supervisor = exposed[PersonId(f"{telling}.siu-supervisor")]
    assert {way.ground for way in supervisor.ways} == {Ground.MEMBER, Ground.SUPERIOR}
    assert supervisor.units == (f"{telling}.siu",)
    assert People(then, leak.happened_at).own_link(supervisor.person).status is Status.EXEMPT
    assert exposed[PersonId(f"{telling}.siu-officer")].ground is Ground.GIVEN
    assert exposed[PersonId(f"{telling}.commissioner")].ground is Ground.SIGNATORY
    assert Ground.REGISTERED in {way.ground for way in exposed[PersonId(f"{telling}.lead-agent")].ways}


def test_the_yardstick_is_in_force_before_whatever_it_measures(node: Node, history: History) -> None:
    happened = told(node, history, "allende-happened")
    assert all(o.agreement.in_force_from < o.since for o in happened.obligations)


def test_seven_counts_stand_side_by_side(node: Node) -> None:
    compromise = CompromiseId("allende-happened.leak")
    side_by_side = counts(node.ledger.read(counts_question(compromise)), compromise)
    assert [r.fact.least for r in side_by_side.counts] == [27, 28, 38, 42, 45, 60, 300]
    assert all(r.fact.unit and r.fact.counted_by and r.fact.said_in for r in side_by_side.counts)
    assert any("27 to 300" in said.en for said in side_by_side.cannot_say)


def test_nobody_stands_by_name(node: Node) -> None:
    texts = CASE.read_text("utf-8")
    assert not [name for name in ("Treviño", "Reyes", "Baer", "Aguayo") if name in texts]


# The same day, put to the protocol.


def test_the_protocol_refuses_and_names_each_reason(node: Node, history: History) -> None:
    refused = verdict_on(
        told(node, history, "allende-protocol").first_verdicts, "allende-protocol.tell-the-unit"
    )
    assert refused.reached.fact.effect is Effect.REFUSE
    assert refused.again is not None
    assert {m.rule.id for m in refused.again.matched} == {
        "leaks-assessed",
        "leak-uncertain",
        "source-exposed",
        "recipients-named",
        "exempt-from-vetting",
        "leak-not-cleared",
        "corruption",
        "warning-unanswered",
        "no-protection-plan",
        "dissent-unanswered",
        "second-signature",
        "overseer-not-informed",
        "few-could-have-known",
        "sign-offs-missing",
    }
    assert all(m.certain and m.rule.cites and m.rule.because.es for m in refused.again.matched)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("exempt-from-vetting", "allende-protocol.siu-supervisor"),
        ("leak-not-cleared", "allende-protocol.leaks-before"),
        ("warning-unanswered", "allende-protocol.bloodshed"),
        ("dissent-unanswered", "allende-protocol.lead-agent-against"),
    ],
)
def test_each_reason_names_who_and_what(node: Node, history: History, rule: str, named: str) -> None:
    refused = verdict_on(
        told(node, history, "allende-protocol").first_verdicts, "allende-protocol.tell-the-unit"
    )
    assert refused.again is not None
    (matched,) = [m for m in refused.again.matched if m.rule.id == rule]
    assert named in {r.value for r in matched.readings}


def test_the_weakest_link_is_the_exempt_supervisor(node: Node) -> None:
    officer, siu = PersonId("allende-happened.siu-officer"), UnitId("allende-happened.siu")
    people = Question()
    for person in ("siu-officer", "siu-supervisor", "commissioner"):
        people |= about(f"person:allende-happened.{person}")
    known = node.ledger.read(people | about(f"unit:{siu}"))
    link = People(known, datetime(2011, 3, 14, 18, tzinfo=UTC)).weakest(officer)
    assert (link.who, link.status) == ("allende-happened.siu-supervisor", Status.EXEMPT)


def test_the_request_that_would_have_passed_is_released(node: Node, history: History) -> None:
    protocol = told(node, history, "allende-protocol")
    asked = "allende-protocol.below-the-tearline"
    assert [j.reached.fact.effect for j in protocol.judged if j.asked.fact.request == asked] == [
        Effect.HOLD,
        Effect.HOLD,
        Effect.HOLD,
        Effect.HOLD,
        Effect.RELEASE,
    ]
    passed = verdict_on(protocol.last_verdicts, asked)
    assert passed.again is not None
    assert passed.again.effect is Outcome.RELEASE
    (released,) = history.of(ItemReleased)
    assert (released.fact.extent, released.fact.unit) == (Extent.TEARLINE, "allende-protocol.second-unit")
    assert released.fact.dossier_sha256 == passed.reached.fact.dossier_sha256


def test_its_one_copy_was_received_by_its_recipient(history: History) -> None:
    (copied,) = history.of(CopyReleased)
    (received,) = history.of(CopyReceived)
    assert received.fact.copy == copied.fact.copy
    assert received.by.person == copied.fact.recipient == "allende-protocol.second-officer"


def test_nothing_is_overdue_where_the_protocol_was_kept(node: Node, history: History) -> None:
    protocol = told(node, history, "allende-protocol")
    assert not protocol.never_came
    assert not [o.kind for o in protocol.obligations if o.discharged_late()]
    assert {o.kind for o in protocol.obligations if not o.discharged_by} == {
        "account-for-release",
        "justify-disclosure",
        "report-disclosure",
        "account-for-disclosure",
        "assist-after-leak",
        "make-finding",
        "look-into-harm",
        "offer-against-perpetrators",
    }


def test_had_the_unit_been_told_all_the_same_it_is_suspended_by_rule(history: History) -> None:
    """The second unit was given only a text below the tearline, and nobody could have told the whole from that."""
    (suspended,) = history.of(CooperationSuspended)
    assert (suspended.fact.unit, suspended.fact.rule) == ("allende-protocol.siu", SUSPENSION_RULE)
    assert suspended.by.role is Role.NODE
    (leak,) = in_telling("allende-protocol", history.of(CompromiseReported))
    assert suspended.happened_at - leak.known_at < timedelta(minutes=1)
    assert [r.fact.compromise for r in history.of(HarmRecordOpened)] == [leak.fact.compromise]


def test_what_never_came_comes_on_the_first_day(node: Node, history: History) -> None:
    protocol = told(node, history, "allende-protocol")
    done = {o.kind: o for o in protocol.obligations if o.discharged_by}
    assert {
        "suspend-after-leak",
        "interim-report",
        "report-leak",
        "look-into-leak",
        "warn-or-waive",
    } <= done.keys()
    (opened,) = history.of(InvestigationOpened)
    assert set(opened.fact.investigators).isdisjoint(
        {
            "allende-protocol.lead-agent",
            "allende-protocol.agent-in-charge",
            "allende-protocol.liaison-officer",
        }
    )


def test_what_was_decided_is_replayed_to_the_same_verdict(node: Node, history: History) -> None:
    for judged in told(node, history, "allende-protocol").judged:
        assert judged.again is not None
        assert judged.again.effect.value == judged.reached.fact.effect.value
        assert (
            tuple(map(judged.again.called, (m.rule for m in judged.again.matched)))
            == judged.reached.fact.rules.open()
        )


def test_before_telling_the_unit_it_was_figured_who_would_see_it_and_how_few_could_have_told(
    node: Node,
) -> None:
    """By a credible history of leaks, and terms that are assumptions: the model's case against telling that unit."""
    figured = node.ledger.read(about(kinds=(ExposureFigured,)), opening=frozenset(Compartment))
    unit, instead = [r.fact for r in figured.of(ExposureFigured)]
    assert unit.request == "allende-protocol.tell-the-unit"
    assert unit.readers.open() == 3  # the officer, the supervisor who is exempt, and the commissioner
    assert unit.anonymity.open() == 3
    assert instead.anonymity.open() == 40
    assert unit.likely.open() > 3 * instead.likely.open()
    assert unit.high.open() > 0.1


# Loading.


def test_loading_it_again_changes_nothing_and_says_so(node: Node) -> None:
    checkpoint = node.ledger.checkpoint()
    again = load_case(node, CASE, now=NOW)
    assert again.repeated
    assert node.ledger.checkpoint() == checkpoint


def test_a_case_that_fails_half_way_records_nothing(tmp_path: Path) -> None:
    (tmp_path / "allende_counts.csv").write_bytes(CASE.with_name("allende_counts.csv").read_bytes())
    text = CASE.read_text("utf-8")
    where = "superior: second-supervisor"
    assert text.count(where) == 1
    half_broken = tmp_path / "allende.yaml"
    half_broken.write_text(text.replace(where, "superior: nobody"), encoding="utf-8")
    node = make_node(tmp_path / "node", origin="tearline.example/desk", clock=lambda: NOW)
    line = text[: text.index(where)].count("\n")
    with pytest.raises(
        Malformed, match=rf"line {line}, column 9, .* there is no person allende-protocol.nobody"
    ):
        load_case(node, half_broken, now=NOW)
    assert node.ledger.size() == BEGINNING
    node.ledger.check()
