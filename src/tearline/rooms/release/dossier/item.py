"""What would be told: the item, its source, what its originator allows, and whom it concerns."""

from collections.abc import Sequence
from datetime import datetime

from tearline.facts.history import History, Recorded, Role
from tearline.facts.identifiers import ItemId
from tearline.facts.release import (
    Extent,
    ItemRegistered,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
)
from tearline.facts.screening import OriginatorAnswered, OriginatorsAnswer
from tearline.folds.release import Threatened, compromised, threats, warnings
from tearline.folds.screening import (
    answered,
    coded,
    is_written,
    nearest,
    screened,
    source_of,
    validated_at,
)
from tearline.rooms.release.dossier.values import Dossier, known_only


def item(
    known: History, recorded: Recorded[ItemRegistered], asked: ReleaseRequested, now: datetime
) -> Dossier:
    fact = recorded.fact
    return known_only(
        id=fact.item,
        registered_at=recorded.happened_at,
        perishes_at=fact.perishes_at,
        tlp=fact.tlp.value,
        handling=fact.handling.value,
        conditions_written=fact.conditions.open() is not None,
        source_grade=fact.source_grade.value,
        information_grade=fact.information_grade.value,
        originator=fact.originator,
        holder=fact.holder,
        onward_consent=fact.originator == fact.holder or _allowed(known, asked, now),
        compromised=compromised(known, fact.item),
        tearline_of=fact.tearline_of,
        validated_at=validated_at(known, fact.item, recorded.happened_at, now),
        **_screened(known, fact.item, now),
        **_coded(known, fact.item, now),
    )


def _screened(known: History, item: ItemId, now: datetime) -> Dossier:
    found = screened(known, item, now)
    if found is None:
        return {}
    return known_only(
        suspicion_stated=found.suspicion,
        protected_activity=found.protected.value,
        lawfully_obtained=found.lawful,
        control_official=found.control_official,
    )


def _coded(known: History, item: ItemId, now: datetime) -> Dossier:
    found = coded(known, item, now)
    if found is None:
        return {}
    return known_only(
        europol_source=found.source.value,
        europol_information=found.information.value,
        europol_codes=[code.value for code in found.codes],
        europol_text_written=found.text,
    )


def _allowed(known: History, asked: ReleaseRequested, now: datetime) -> bool:
    """Whether the originator's answer that stands allows this release. A consent given without an answer is a yes.

    A text below the tearline is allowed where the originator set it free, and meets whatever they ask to be done to the
    item first: it is sanitised, paraphrased and downgraded.
    """
    answer = answered(known, asked.item, asked.unit, now)
    below = asked.extent is Extent.TEARLINE
    match answer.fact if answer else None:
        case OriginatorAnswered(answer=OriginatorsAnswer.YES):
            return True
        case OriginatorAnswered(answer=OriginatorsAnswer.CONDITIONS, requires=requires) if requires:
            return below
        case OriginatorAnswered(tearline=free):
            return free and below
        case given:
            return given is not None


def consent(known: History, asked: ReleaseRequested, now: datetime) -> Dossier | None:
    """What the originator answered for this item and unit; None when there is no answer.

    A consent that was recorded without an answer says no use, and whether it has conditions is what was written.
    """
    answer = answered(known, asked.item, asked.unit, now)
    if answer is None:
        return None
    match answer.fact:
        case OriginatorAnswered() as fact:
            return {
                "answer": fact.answer.value,
                "at": answer.happened_at,
                "use": fact.use.value,
                "court": fact.court,
                "requires": [one.value for one in dict.fromkeys(fact.requires)],
                "tearline": fact.tearline,
            }
        case OnwardConsentGiven(conditions=conditions):
            words = {True: OriginatorsAnswer.CONDITIONS.value, False: OriginatorsAnswer.YES.value, None: None}
            return known_only(answer=words[is_written([conditions])], at=answer.happened_at)


def source(known: History, item: ItemId, now: datetime) -> Dossier:
    given = [
        known_only(
            id=w.recorded.fact.warning,
            at=w.recorded.happened_at,
            kind=w.recorded.fact.kind.value,
            answered=w.answer is not None,
            answered_by=w.answer.by.person if w.answer else None,
        )
        for w in warnings(known, item, now)
    ]
    counted = _counts([r.fact for r in nearest(known, KnowersListed, item, now)])
    stands = source_of(known, item, now)
    return known_only(
        warnings=given,
        knowers=min(counted, default=None),
        standing=stands.standing.value if stands.standing else None,
        review_due=stands.review_due,
        promised=stands.promised,
        approved_by_senior=stands.approved,
    )


def protection(known: History, item: ItemId, now: datetime) -> Dossier:
    named = _counts([r.fact for r in nearest(known, PeopleAtRiskNamed, item, now)])
    plans = nearest(known, ProtectionPlanSet, item, now)
    return known_only(
        people_at_risk=max(named, default=None),
        plan=plans[-1].fact.plan if plans else None,
        plan_ready_from=plans[-1].fact.ready_from if plans else None,
    )


def _counts(facts: Sequence[KnowersListed] | Sequence[PeopleAtRiskNamed]) -> list[int]:
    """What they counted; nothing when one of them was purged, for it may have been the worst.

    Of several counts the worse is taken: whoever wants a release cannot count again until it fits.
    """
    if any(one.count.purged for one in facts):
        return []
    return [one.count.open() for one in facts]


def threats_in(known: History, item: ItemId, now: datetime) -> list[Dossier]:
    return [_threat(one) for one in threats(known, item, now)]


def _threat(one: Threatened) -> Dossier:
    fact = one.recorded.fact
    return known_only(
        id=fact.threat,
        at=one.recorded.happened_at,
        harm=fact.harm.value,
        credible=fact.credible,
        specific=fact.specific,
        impending=fact.impending,
        warned_at=one.warned.happened_at if one.warned else None,
        waiver=one.waived.fact.ground.value if one.waived else None,
        waived_by=one.waived.by.person if one.waived else None,
        waived_by_senior=one.waived.by.role is Role.SENIOR_OFFICER if one.waived else None,
    )
