"""Requests: asking, objecting, signing off, deciding, releasing, receiving.

Every act that can change the verdict ends in a new one, reached on what is known at that moment.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Draft, History, Question, Recorded, Role, about
from tearline.facts.identifiers import AgreementId, CopyId, ItemId, OrganisationId, ReleaseId, RequestId
from tearline.facts.parties import OfficeTaken, PersonEnrolled, UnitFormed
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DissentAnswered,
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    Manner,
    OwedByVerdict,
    PackApplied,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.facts.words import Words
from tearline.folds.agreements import agreements, protocol_of
from tearline.folds.logs import stop_of, stop_question, why
from tearline.folds.people import People
from tearline.folds.release import request_of, request_question, requested_question
from tearline.protocol import Decision, Protocol
from tearline.protocol.dossier import plain_value
from tearline.rooms import Act, Says, require, require_after, require_new, unknown
from tearline.rooms.release.dossier import Dossier, assemble

ITEM = Words("item", "el elemento")
REQUEST = Words("request", "la solicitud")
PERSON = Words("person", "la persona")
DECIDING = frozenset({Compartment.SOURCE_HANDLING, Compartment.PEOPLE_AT_RISK, Compartment.REASONS})
"""What the node opens to count, never to show: how many could have known, how many are at risk, what was written."""

LINES = {
    Role.RELEASING_OFFICER: SignOffLine.RELEASING,
    Role.SOURCE_HANDLER: SignOffLine.SOURCE_HANDLING,
    Role.SENIOR_OFFICER: SignOffLine.SECOND,
}


class RequestRelease(Says[ReleaseRequested]):
    """Put a release to the protocol. Nothing is given out by asking."""

    allowed = frozenset({Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER})
    opens = DECIDING

    def question(self, known: History) -> Question:
        return about(f"request:{self.fact.request}", kinds=(ReleaseRequested,)) | requested_question(
            known, self.fact
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, ReleaseRequested, "request", self.fact.request, REQUEST)
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require(known, UnitFormed, "unit", self.fact.unit, Words("unit", "la unidad"))
        _recipients_serve(known, self.fact, act)
        _between_parties(known, self.fact, act)
        asked = act.says(self.fact)
        return [asked, _verdict(known, self.fact.request, act, (asked,))]


class DecideRequest:
    """Put a request to the protocol again, on what is known now."""

    allowed: ClassVar[frozenset[Role]] = frozenset(
        {Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER, Role.SOURCE_HANDLER}
    )
    opens: ClassVar[frozenset[Compartment]] = DECIDING

    def __init__(self, request: RequestId) -> None:
        self.request = request

    def question(self, known: History) -> Question:
        return request_question(known, self.request)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _still_open(known, self.request)
        return [_verdict(known, self.request, act, ())]


class SignOff(Says[ReleaseSignedOff]):
    """Each line is signed by its own office. Nobody signs off their own request, or signs two lines."""

    allowed = frozenset(LINES)
    opens = DECIDING

    def question(self, known: History) -> Question:
        taken = about(f"sign-off:{self.fact.sign_off}", kinds=(ReleaseSignedOff,))
        return taken | request_question(known, self.fact.request)

    def decide(self, known: History, act: Act) -> list[Draft]:
        asked = _still_open(known, self.fact.request)
        require_new(known, ReleaseSignedOff, "sign_off", self.fact.sign_off, Words("sign-off", "la firma"))
        _after_asking(asked, act)
        if asked.by.person == act.by.person:
            raise Refused(
                "not-ones-own",
                Words("nobody signs off their own request", "nadie firma su propia solicitud"),
                (self.fact.request,),
            )
        if LINES[act.by.role] is not self.fact.line:
            raise Refused(
                "ones-own-line",
                Words(
                    f"a {act.by.role.words.en} signs as {LINES[act.by.role].words.en}",
                    f"quien actúa como {act.by.role.words.es} firma como {LINES[act.by.role].words.es}",
                ),
                (self.fact.request,),
            )
        for signed in known.of(ReleaseSignedOff):
            if signed.fact.request == self.fact.request and signed.by.person == act.by.person:
                raise Refused(
                    "signs-once",
                    Words("you have already signed this request", "usted ya firmó esta solicitud"),
                    (self.fact.request,),
                )
        signed_off = act.says(self.fact)
        return [signed_off, _verdict(known, self.fact.request, act, (signed_off,))]


class RecordDissent(Says[DissentRecorded]):
    """Anyone on the record may dissent, at any time; nothing can suppress it."""

    allowed = frozenset(Role) - {Role.NODE}
    opens = DECIDING

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        asked |= about(f"dissent:{self.fact.dissent}", kinds=(DissentRecorded,))
        return asked | request_question(known, self.fact.request) if self.fact.request else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, DissentRecorded, "dissent", self.fact.dissent, Words("dissent", "el disenso"))
        said = act.says(self.fact)
        if self.fact.request is None:
            return [said]
        asked = request_of(known, self.fact.request)
        if asked is None:
            raise unknown(REQUEST, self.fact.request)
        _same_item(asked.fact.item, self.fact.item)
        if _closed(known, self.fact.request):
            return [said]
        return [said, _verdict(known, self.fact.request, act, (said,))]


class AnswerDissent(Says[DissentAnswered]):
    """A superior answers in writing. Nobody answers their own dissent."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"dissent:{self.fact.dissent}", kinds=(DissentRecorded, DissentAnswered))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, DissentRecorded, "dissent", self.fact.dissent, Words("dissent", "el disenso"))
        for recorded in known.of(DissentRecorded):
            _same_item(recorded.fact.item, self.fact.item)
            if recorded.by.person == act.by.person:
                raise Refused(
                    "another-answers",
                    Words("nobody answers their own dissent", "nadie responde a su propio disenso"),
                    (self.fact.dissent,),
                )
            require_after(recorded, act, self.fact.dissent)
        return [act.says(self.fact)]


class ReleaseItem:
    """Release, if the protocol says so at this moment. One copy for each recipient, each their own.

    Nothing goes to an organisation whose log signed two histories. That is no rule of a protocol, which partners
    agree upon and may loosen: it holds whatever they agreed.
    """

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.RELEASING_OFFICER})
    opens: ClassVar[frozenset[Compartment]] = DECIDING

    def __init__(self, request: RequestId) -> None:
        self.request = request

    def question(self, known: History) -> Question:
        question = request_question(known, self.request)
        asked = request_of(known, self.request)
        for organisation in _receiving(known, asked.fact) if asked else ():
            question |= stop_question(organisation)
        return question

    def decide(self, known: History, act: Act) -> list[Draft]:
        asked = _still_open(known, self.request)
        _after_asking(asked, act)
        _recipients_serve(known, asked.fact, act)
        _exchange_goes_on(known, asked.fact)
        decision, reached = _reach(known, self.request, act, ())
        agreement = asked.fact.agreement
        if decision.effect.value != Effect.RELEASE or agreement is None:
            rules = "; ".join(decision.called(m.rule) for m in decision.matched)
            raise Refused(
                "protocol-says-release",
                Words(
                    f"{decision.protocol} says {decision.effect.words.en}: {rules}",
                    f"{decision.protocol} dice {decision.effect.words.es}: {rules}",
                ),
                (self.request,),
            )
        _while_in_force(known, agreement, act)
        released = ItemReleased(
            release=_release(act),
            request=self.request,
            item=asked.fact.item,
            unit=asked.fact.unit,
            recipients=asked.fact.recipients,
            extent=asked.fact.extent,
            manner=asked.fact.manner,
            agreement=agreement,
            dossier_sha256=reached.dossier_sha256,
        )
        return [
            act.follows(reached),
            act.says(released),
            *_expedited(released, decision, act),
            *_copies(released, act),
        ]


class ReceiveCopy(Says[CopyReceived]):
    """A receipt is given by the person to whom the copy was released."""

    allowed = frozenset({Role.PARTNER_LIAISON, Role.LIAISON, Role.CASE_AGENT, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"copy:{self.fact.copy}", kinds=(CopyReleased, CopyReceived))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, CopyReleased, "copy", self.fact.copy, Words("copy", "la copia"))
        require_new(
            known, CopyReceived, "copy", self.fact.copy, Words("receipt for copy", "el acuse de la copia")
        )
        (released,) = known.of(CopyReleased)
        if (released.fact.release, released.fact.item) != (self.fact.release, self.fact.item):
            raise unknown(Words("copy of that release", "una copia de esa divulgación"), self.fact.copy)
        if released.fact.recipient != act.by.person:
            raise Refused(
                "ones-own-copy",
                Words("a receipt is given by the recipient", "el acuse lo da el receptor"),
                (self.fact.copy,),
            )
        return [act.says(self.fact)]


def protocol_for(known: History, asked: ReleaseRequested, act: Act) -> Protocol:
    """The protocol that the agreement names; without an agreement, the one that is offered, which will not permit."""
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    protocol = protocol_of(held, act.protocols)
    if protocol is None:
        raise unknown(Words("protocol", "el protocolo"), ", ".join(held.packs if held else ()))
    return protocol


def _reach(
    known: History, request: RequestId, act: Act, drafts: Sequence[Draft]
) -> tuple[Decision, VerdictReached]:
    now_known = _with(known, drafts, act)
    asked = request_of(now_known, request)
    if asked is None:
        raise unknown(REQUEST, request)
    protocol = protocol_for(now_known, asked.fact, act)
    dossier = assemble(now_known.as_known(act.now), asked, act.now, protocol)
    decision = protocol.decide(dossier)
    return decision, _reached(asked.fact, decision, dossier, act)


def _verdict(known: History, request: RequestId, act: Act, drafts: Sequence[Draft]) -> Draft:
    return act.follows(_reach(known, request, act, drafts)[1])


def _reached(asked: ReleaseRequested, decision: Decision, dossier: Dossier, act: Act) -> VerdictReached:
    text = json.dumps(dossier, default=plain_value, ensure_ascii=False, separators=(",", ":"))
    salt = act.salt()
    leading, *further = decision.verdicts
    return VerdictReached(
        request=asked.request,
        item=asked.item,
        effect=Effect(decision.effect.value),
        protocol=leading.pack,
        protocol_sha256=leading.sha256,
        engine=leading.engine,
        dossier_sha256=hashlib.sha256((salt + text).encode()).hexdigest(),
        salt=Sealed(salt),
        dossier=Sealed(text),
        rules=Sealed(tuple(decision.called(m.rule) for m in decision.matched)),
        owed=Sealed(
            tuple(
                OwedByVerdict(
                    rule=o.rule if o.pack == leading.pack else f"{o.pack}:{o.rule}",
                    obligation=o.obligation,
                    debtor=o.debtor.value,
                    due=o.due,
                )
                for o in decision.owed
            )
        ),
        further=tuple(PackApplied(protocol=v.pack, sha256=v.sha256) for v in further),
    )


def _with(known: History, drafts: Sequence[Draft], act: Act) -> History:
    """The history as it will stand once these drafts are recorded."""
    added: list[Recorded[Fact]] = [
        Recorded(
            position=known.position,
            ref="",
            recorded_at=act.now,
            happened_at=d.happened_at,
            precision=d.precision,
            by=d.by,
            told=d.told,
            fact=d.fact,
        )
        for d in drafts
    ]
    return History((*known.facts, *added), known.position) if added else known


def _still_open(known: History, request: RequestId) -> Recorded[ReleaseRequested]:
    asked = request_of(known, request)
    if asked is None:
        raise unknown(REQUEST, request)
    if _closed(known, request):
        raise Refused(
            "still-open",
            Words("this request has already been released", "esta solicitud ya fue divulgada"),
            (request,),
        )
    return asked


def _closed(known: History, request: RequestId) -> bool:
    return any(r.fact.request == request for r in known.of(ItemReleased))


def _same_item(one: ItemId, other: ItemId) -> None:
    if one != other:
        raise Refused(
            "same-item", Words("this concerns another item", "esto se refiere a otro elemento"), (one, other)
        )


def _recipients_serve(known: History, asked: ReleaseRequested, act: Act) -> None:
    people = People(known, act.now)
    if asked.unit in people.stood_down:
        raise Refused(
            "unit-stands",
            Words(f"{asked.unit} has been stood down", f"{asked.unit} fue dada de baja"),
            (asked.unit,),
        )
    if not asked.recipients:
        raise Refused(
            "named-recipients",
            Words("a release names its recipients", "una divulgación nombra a sus receptores"),
            (asked.request,),
        )
    if len(set(asked.recipients)) != len(asked.recipients):
        raise Refused(
            "each-recipient-once",
            Words("a release names each recipient once", "una divulgación nombra a cada receptor una vez"),
            (asked.request,),
        )
    for person in asked.recipients:
        require(known, PersonEnrolled, "person", person, PERSON)
        office: Recorded[OfficeTaken] | None = people.offices.get(person)
        if office is None or office.fact.unit != asked.unit:
            raise Refused(
                "recipient-serves",
                Words(
                    f"{person} holds no office in {asked.unit}", f"{person} no tiene cargo en {asked.unit}"
                ),
                (person, asked.unit),
            )


def _between_parties(known: History, asked: ReleaseRequested, act: Act) -> None:
    """Refuse to measure a release to one partner by an agreement with another."""
    if asked.agreement is None:
        return
    held = agreements(known).get(asked.agreement)
    if held is None:
        raise unknown(Words("agreement", "el acuerdo"), asked.agreement)
    if People(known, act.now).organisation_of(asked.unit) not in (held.terms.own, held.terms.partner):
        raise Refused(
            "party-to-the-agreement",
            Words(
                f"{asked.unit} is of no party to {asked.agreement}",
                f"{asked.unit} no es de ninguna de las partes de {asked.agreement}",
            ),
            (asked.unit, asked.agreement),
        )


def _receiving(known: History, asked: ReleaseRequested) -> set[OrganisationId]:
    """The organisations that would learn of it: the unit's, and those of the people who serve in it."""
    units = {r.fact.organisation for r in known.of(UnitFormed) if r.fact.unit == asked.unit}
    return units | {
        r.fact.organisation for r in known.of(PersonEnrolled) if r.fact.person in asked.recipients
    }


def _exchange_goes_on(known: History, asked: ReleaseRequested) -> None:
    """Refuse while a receiving organisation's log has two histories, or has not shown that it has one."""
    for organisation in sorted(_receiving(known, asked)):
        stop = stop_of(known, organisation)
        if stop is not None:
            rule, because = why(stop)
            raise Refused(rule, because, (stop.ref,))


def _after_asking(asked: Recorded[ReleaseRequested], act: Act) -> None:
    if act.at < asked.happened_at:
        raise Refused(
            "after-asking",
            Words(
                "this cannot have happened before it was asked for", "esto no pudo ocurrir antes de pedirse"
            ),
            (asked.fact.request,),
        )


def _while_in_force(known: History, agreement: AgreementId, act: Act) -> None:
    """The verdict is of now; the day that is claimed for the release must not escape the agreement's duties."""
    held = agreements(known)[agreement]
    if not held.in_force_from <= act.at < held.terms.valid_until:
        raise Refused(
            "while-in-force",
            Words(f"{agreement} was not in force then", f"{agreement} no estaba vigente entonces"),
            (agreement,),
        )


def _release(act: Act) -> ReleaseId:
    return ReleaseId(act.token("release"))


def _expedited(released: ItemReleased, decision: Decision, act: Act) -> list[Draft]:
    """What makes a review owed: a hold was waived, whether or not this path was asked for."""
    if not decision.waived:
        return []
    return [
        act.follows(
            ReleaseExpedited(
                release=released.release,
                request=released.request,
                item=released.item,
                unit=released.unit,
                agreement=released.agreement,
                waived=Sealed(tuple(decision.called(one.rule) for one in decision.waived)),
            )
        )
    ]


def _copies(released: ItemReleased, act: Act) -> list[Draft]:
    if released.manner is not Manner.COPY:
        return []
    return [
        act.says(
            CopyReleased(
                copy=CopyId(act.token(f"copy {n}")),
                release=released.release,
                item=released.item,
                unit=released.unit,
                recipient=recipient,
            )
        )
        for n, recipient in enumerate(released.recipients)
    ]
