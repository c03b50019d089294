"""A pack that waives missing signatures on the expedited path, and the world of two partners bound by it too."""

from tearline.facts.identifiers import RequestId
from tearline.facts.release import ReleaseRequested
from tearline.protocol import Pack, load_pack
from tests.worlds import PARAMETERS, PROTOCOLS, World, agreement, on, partners, person, requested

TEXT = """\
pack: quick
version: 1
title: {en: Quick, es: Urgente}
dossier: 2
sources: {s: {text: a text}}
parameters:
  review_within: {type: duration, label: {en: Reviewed within, es: Se revisa en}}
  witness_quorum: {type: int, optional: true, label: {en: Witnesses, es: Testigos}}
base: {dossier: 2, at: 2026-03-10T12:00:00Z, request: {expedited: false, reviews_overdue: 0}}
rules:
  - id: permits
    effect: permit
    when: "true"
    because: {en: it may, es: puede}
    cites: [{source: s, clause: c}]
    matches: [{}]
    passes: [{}]
  - id: quick
    effect: waive
    when: request.expedited && request.reviews_overdue == 0
    waives: [{pack: cross-border, rule: sign-offs-missing}]
    because: {en: it cannot wait, es: no puede esperar}
    cites: [{source: s, clause: c}]
    matches: [{request.expedited: true}]
    passes: [{}]
duties:
  - id: review
    on: ReleaseExpedited
    about: release
    debtor: own
    creditor: overseer
    within: review_within
    discharged_by: [ReleaseReviewed]
    sentence: {en: it is reviewed, es: se revisa}
    cites: [{source: s, clause: c}]
  - id: warn
    on: ThreatAssessed
    about: threat
    debtor: own
    creditor: people
    within: review_within
    discharged_by: [PeopleWarned, WarningWaived]
    sentence: {en: they are warned, es: se les avisa}
    cites: [{source: s, clause: c}]
"""
QUICK: Pack = load_pack(TEXT, file="quick.yaml")
BOTH = {**PROTOCOLS, QUICK.id: QUICK}
FAST = RequestId("fast")


def hurried(review_within: str = "12h", /, **more: int | str | bool) -> World:
    """The two partners, who signed that missing signatures can wait for the review."""
    world = partners()
    world.protocols = BOTH
    stated = {**PARAMETERS, "review_within": review_within, **more}
    world.tell(person("otto", of="watch"), at=on(-99))
    return world.tell(agreement("quickly", further=(QUICK.id,), parameters=stated), at=on(-80))


def in_haste(name: str = "fast", *, expedited: bool = True) -> ReleaseRequested:
    return requested(name, under="quickly", expedited=expedited)
