"""A case file gives every new order by its name, and reviews an expedited release by the request that brought it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tearline.facts.codec import encode
from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import about
from tearline.facts.parties import AllegationRecorded, JusticeStepsFound
from tearline.facts.release import Finding, ReleaseExpedited, ReleaseRequested, ReleaseReviewed
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.jobs.cases import load_case
from tearline.node import Node
from tests.nodes import Clock, live_order, new_node
from tests.rooms.quick import hurried
from tests.worlds import NOON, World

NOW = NOON + timedelta(days=1)
HEAD = """\
case: hasty
title: {en: Hasty, es: Urgente}
about: {en: Live orders., es: Órdenes en vivo.}
live: true
cast:
  ana: {person: ana, role: case-agent}
  sol: {person: sol, role: source-handler}
  rex: {person: rex, role: releasing-officer}
  syl: {person: syl, role: senior-officer}
  leo: {person: leo, role: liaison}
  ina: {person: ina, role: investigator}
tellings:
  - telling: hasty
    title: {en: Hasty, es: Urgente}
    acts:
"""
ACTS = """\
      - {at: now-20h, by: ana, do: ScreenItem,
         with: {item: phones, suspicion: Seen., protected: none, lawful: true, control_official: ana}}
      - {at: now-20h, by: leo, do: SetEuropolCodes,
         with: {item: phones, source: A, information: "1", codes: [H1, H3], text: Ask first.}}
      - {at: now-20h, by: leo, do: RecordOriginatorsAnswer,
         with: {item: phones, unit: siu, answer: conditions, use: crime, court: false, requires: [sanitise]}}
      - {at: now-20h, by: sol, do: StateSourceStanding,
         with: {item: phones, standing: registered, review_due: now+30d, promised: true}}
      - {at: now-19h, by: syl, do: ApproveSourceContact, with: {item: phones, reasons: It is needed.}}
      - {at: now-19h, by: ana, do: AssessThreat,
         with: {threat: shots, item: phones, harm: killing, credible: true, specific: true, impending: false,
                whom: A family.}}
      - {at: now-18h, by: leo, do: WarnPeople,
         with: {notice: n-1, item: phones, people: 2, method: telephone, said: Leave., threat: shots}}
      - {at: now-18h, by: syl, do: WaiveWarning,
         with: {threat: shots, item: phones, ground: already-aware, reasons: They left.}}
      - {at: now-18h, by: leo, do: RecordAllegation,
         with: {allegation: raid, unit: siu, kind: corruption, standing: unfounded, account: Hearsay., person: sue}}
      - {at: now-17h, by: ina, do: JudgeJusticeSteps,
         with: {allegation: raid, unit: siu, effective: true, reported_to: watch, reasons: In court.}}
      - {at: now-3h, by: ana, do: RequestRelease,
         with: {request: fast, item: phones, unit: siu, recipients: [rita], extent: tearline, manner: copy,
                purpose: To act., agreement: quickly, right_to_know: Article 4, reach: named-persons,
                use: crime, expedited: true}}
      - {at: now-2h, by: rex, do: ReleaseItem, with: {request: fast}}
"""
REVIEW = """\
      - {at: now, by: syl, do: ReviewExpedited, with: {request: fast, finding: upheld, reasons: It could not wait.}}
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path, Clock(NOW))
    made.protocols = hurried().protocols
    yield made
    made.ledger.check()
    made.ledger.close()


def acts_of(world: World) -> Iterator[str]:
    """This world as a file tells it."""
    for r in world.facts:
        order, encoded = live_order(r), encode(r.fact)
        sealed = {name: value for part in encoded.sealed.values() for name, value in part.items()}
        act = {
            "at": r.happened_at.isoformat(),
            "by": {"person": order.by.person, "role": order.by.role.value},
            "do": type(order.command).__name__,
            "with": {**encoded.clear, **sealed},
        }
        yield f"      - {json.dumps(act)}\n"


def load(node: Node, folder: Path, acts: str) -> None:
    file = folder / "hasty.yaml"
    file.write_text(HEAD + "".join(acts_of(hurried())) + acts, encoding="utf-8")
    load_case(node, file, now=NOW)


def only(node: Node, kind: type[Fact]) -> Fact:
    (one,) = node.ledger.read(about(kinds=(kind,)), opening=frozenset(Compartment)).of(kind)
    return one.fact


def test_every_order_is_given_by_its_name(node: Node, tmp_path: Path) -> None:
    load(node, tmp_path, ACTS + REVIEW)
    for kind in (
        ItemScreened,
        EuropolCodesSet,
        OriginatorAnswered,
        SourceStandingStated,
        SourceContactApproved,
        ThreatAssessed,
        PeopleWarned,
        WarningWaived,
        AllegationRecorded,
        JusticeStepsFound,
        ReleaseRequested,
        ReleaseExpedited,
    ):
        assert type(only(node, kind)) is kind
    review, given = only(node, ReleaseReviewed), only(node, ReleaseExpedited)
    assert isinstance(review, ReleaseReviewed)
    assert isinstance(given, ReleaseExpedited)
    assert (review.release, review.finding) == (given.release, Finding.UPHELD)
    assert given.waived.open() == ("sign-offs-missing",)


def test_a_request_that_brought_no_expedited_release_has_none_to_review(node: Node, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"expedited release on request hasty\.fast"):
        load(node, tmp_path, REVIEW)
