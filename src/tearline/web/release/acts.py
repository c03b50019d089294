"""The forms of the release room: asking, objecting, signing, releasing, receiving, answering."""

from typing import TypeVar

from fastapi import APIRouter
from starlette.exceptions import HTTPException

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, about, each
from tearline.facts.identifiers import CopyId, DissentId, ReleaseId, RequestId, WarningId
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import (
    AgreementSigned,
    OfficeLeft,
    OfficeTaken,
    OrganisationRegistered,
)
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SourceWarned,
    SourceWarningAnswered,
)
from tearline.folds.agreements import agreements, protocol_of
from tearline.folds.people import People
from tearline.rooms.oversight import InformOverseer
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.release.items import AnswerSourceWarning
from tearline.rooms.release.outside import JustifyDisclosure
from tearline.rooms.release.releasing import ReceiveCopy, ReleaseItem
from tearline.rooms.release.requests import LINES, DecideRequest, RequestRelease, SignOff
from tearline.rooms.release.reviews import ReviewRelease
from tearline.web import offers
from tearline.web.asked import Asked, Options
from tearline.web.choosing import Listed, Offer
from tearline.web.forms import form
from tearline.web.look import link
from tearline.web.names import Names, names_question
from tearline.web.release.copies import copy_of, effect_of, page_question, waiting
from tearline.web.release.request import title
from tearline.web.release.reviewed import expedited_of, review_rows
from tearline.web.show import Shown, label, text
from tearline.web.visit import Visit, absent

router = APIRouter()
F = TypeVar("F", bound=Fact)


def only(found: list[Recorded[F]]) -> Recorded[F]:
    """The one live fact that was looked for. A worked case is closed to acts, so it is not found here."""
    live = [r for r in found if r.told is None]
    if not live:
        raise absent()
    return live[0]


def _request(visit: Visit) -> tuple[Recorded[ReleaseRequested], Names]:
    visit.own_side()
    request = RequestId(visit.identifier("request"))
    asked = about(f"request:{request}", kinds=(ReleaseRequested,))
    known = visit.read(lambda so_far: asked | names_question(so_far))
    return only(list(known.of(ReleaseRequested))), Names(known, visit.say)


def _trail(visit: Visit, asked: ReleaseRequested) -> list[tuple[str, str]]:
    return [("/releases", visit.say("Releases")), (f"/releases/{asked.request}", asked.request)]


def new_request(visit: Visit) -> Asked:
    """Asks for the item and the unit first; who can be named depends on the unit."""
    visit.own_side()
    say, named = visit.say, visit.request.query_params
    item, unit = (
        offers.items(visit).called([named.get("item", "")]),
        offers.units(visit).called([named.get("unit", "")]),
    )
    if not item or not unit:
        return _first(visit)
    known = visit.read(about(kinds=(AgreementSigned,)))
    bound = [
        (str(a.agreement), a.name)
        for a in agreements(known).values()
        if any(r.fact.agreement == a.agreement and not r.told for r in known.of(AgreementSigned))
    ]
    return Asked(
        title=say("Ask for a release"),
        submit=say("Put it to the protocol"),
        command=RequestRelease,
        kind=ReleaseRequested,
        allowed=RequestRelease.allowed,
        then="/releases/{new}",
        trail=[("/releases", say("Releases")), ("/releases/new", say("Choose item and unit"))],
        lead=say(
            "The protocol answers at once, with every rule that decided. Nothing is given out by asking."
        ),
        new="request",
        fixed={"item": item[0].value, "unit": unit[0].value},
        options={"agreement": bound},
        choosers={"recipients": _officers(visit, unit[0].value)},
        hints={
            "recipients": say("Each gets a copy of their own. Their superiors will see it too."),
            "purpose": say("Without it the protocol holds the release."),
            "right_to_know": say("The law, office or order by which the recipient may have it."),
            "expedited": say(
                "Only where it cannot wait and the agreement has this path. Somebody else reviews it afterwards."
            ),
        },
        order_of_fields=(
            "recipients",
            "extent",
            "manner",
            "purpose",
            "right_to_know",
            "use",
            "reach",
            "expedited",
            "agreement",
        ),
        about=[
            (label(say, ReleaseRequested, "item"), link(item[0].words, f"/items/{item[0].value}")),
            (label(say, ReleaseRequested, "unit"), link(unit[0].words, f"/units/{unit[0].value}")),
        ],
    )


def _first(visit: Visit) -> Asked:
    say, named = visit.say, visit.request.query_params
    return Asked(
        title=say("Ask for a release"),
        submit=say("Continue"),
        heading=say("Choose item and unit"),
        allowed=RequestRelease.allowed,
        then="/releases/new?item={item}&unit={unit}",
        trail=[("/releases", say("Releases"))],
        lead=say("First: what, and to which unit."),
        choosers={"item": offers.items(visit), "unit": offers.units(visit)},
        chosen_first={name: label(say, ReleaseRequested, name) for name in ("item", "unit")},
        already={name: [named[name]] for name in ("item", "unit") if name in named},
    )


def _officers(visit: Visit, unit: str) -> Listed:
    """Who serves in the unit today, by name."""
    serving = visit.read(
        lambda so_far: about(f"unit:{unit}", kinds=(OfficeTaken, OfficeLeft)) | names_question(so_far)
    )
    names = Names(serving, visit.say)
    people = People(serving, visit.now)
    return Listed(
        offers=[
            Offer(value=person, words=names.person(person).name, note=f"{names.post(person)} · {person}")
            for person, office in people.offices.items()
            if office.fact.unit == unit
        ]
    )


def dissent(visit: Visit) -> Asked:
    recorded, names = _request(visit)
    say, asked = visit.say, recorded.fact
    return Asked(
        title=say("Record dissent"),
        submit=say("Record dissent"),
        command=RecordDissent,
        kind=DissentRecorded,
        allowed=RecordDissent.allowed,
        then=f"/releases/{asked.request}",
        trail=_trail(visit, asked),
        lead=title(say, asked, names),
        before=say("It is recorded under your name, cannot be removed, and must be answered by a superior."),
        new="dissent",
        fixed={"item": asked.item, "request": asked.request},
        hints={"reasons": say("As you would say it to the overseer.")},
    )


def sign_off(visit: Visit) -> Asked:
    recorded, names = _request(visit)
    say, asked = visit.say, recorded.fact
    line = LINES.get(visit.role)
    return Asked(
        title=say("Sign off"),
        submit=say("Sign as %(line)s", line=say(line)) if line else say("Sign off"),
        command=SignOff,
        kind=ReleaseSignedOff,
        allowed=SignOff.allowed,
        then=f"/releases/{asked.request}",
        trail=_trail(visit, asked),
        lead=title(say, asked, names),
        before=say(
            "Sign only what you would answer for. Your signature is recorded and cannot be taken back."
        ),
        new="sign_off",
        fixed={"request": asked.request, "line": line, "dossier_seen": None},
    )


def decide(visit: Visit) -> Asked:
    recorded, names = _request(visit)
    say, asked = visit.say, recorded.fact
    return Asked(
        title=say("Decide again"),
        submit=say("Put it to the protocol again"),
        order=DecideRequest(asked.request),
        allowed=DecideRequest.allowed,
        then=f"/releases/{asked.request}",
        trail=_trail(visit, asked),
        lead=title(say, asked, names),
        before=say("A new verdict is recorded, on what is known now. The earlier ones stay."),
    )


def release(visit: Visit) -> Asked:
    recorded, names = _request(visit)
    say, asked = visit.say, recorded.fact
    return Asked(
        title=say("Release it"),
        submit=say("Release now"),
        order=ReleaseItem(asked.request),
        allowed=ReleaseItem.allowed,
        then=f"/releases/{asked.request}",
        trail=_trail(visit, asked),
        lead=title(say, asked, names),
        before=say("The protocol decides once more, at this moment. What is released cannot be taken back."),
        grave=True,
        about=[
            (
                label(say, ReleaseRequested, "recipients"),
                say.listed([names.person(p).name for p in asked.recipients]),
            ),
            (label(say, ReleaseRequested, "unit"), names.unit(asked.unit).name),
        ],
    )


def overseers(visit: Visit) -> Options:
    """The overseers that agreements name, and no other organisation."""
    known = visit.read(about(kinds=(AgreementSigned, OrganisationRegistered)))
    names = Names(known, visit.say)
    found = {r.fact.terms.overseer for r in known.of(AgreementSigned) if not r.told}
    return [(o, names.organisation(o)) for o in sorted(found)]


def inform(visit: Visit, field: str, identifier: str, *, then: str, lead: str, back: str) -> Asked:
    """Tell the overseer about one request, release or compromise."""
    say = visit.say
    nothing = {"request": None, "release": None, "compromise": None}
    return Asked(
        title=say("Inform the overseer"),
        submit=say("Inform the overseer"),
        command=InformOverseer,
        kind=OverseerInformed,
        allowed=InformOverseer.allowed,
        then=then,
        trail=[(then, back)],
        lead=lead,
        new="briefing",
        fixed={**nothing, field: identifier},
        options={"overseer": overseers(visit)},
    )


def inform_on_request(visit: Visit) -> Asked:
    recorded, names = _request(visit)
    asked = recorded.fact
    return inform(
        visit,
        "request",
        asked.request,
        then=f"/releases/{asked.request}",
        lead=title(visit.say, asked, names),
        back=asked.request,
    )


def _disclosure(visit: Visit) -> Recorded[DisclosureRecorded]:
    visit.own_side()
    release_id = ReleaseId(visit.identifier("release"))
    return only(
        list(visit.read(about(f"release:{release_id}", kinds=(DisclosureRecorded,))).of(DisclosureRecorded))
    )


def inform_on_disclosure(visit: Visit) -> Asked:
    given = _disclosure(visit).fact
    then = f"/disclosures/{given.release}"
    return inform(
        visit,
        "release",
        given.release,
        then=then,
        lead=visit.say("On a disclosure outside the protocol"),
        back=given.release,
    )


def justify(visit: Visit) -> Asked:
    given, say = _disclosure(visit).fact, visit.say
    then = f"/disclosures/{given.release}"
    return Asked(
        title=say("Justify it in writing"),
        submit=say("Record the justification"),
        command=JustifyDisclosure,
        kind=DisclosureJustified,
        allowed=JustifyDisclosure.allowed,
        then=then,
        trail=[("/releases", say("Releases")), (then, given.release)],
        fixed={"release": given.release, "item": given.item},
    )


def review(visit: Visit) -> Asked:
    """Only where there is something to review, and by when that is due."""
    recorded, names = _request(visit)
    say, asked = visit.say, recorded.fact
    known = visit.read(
        lambda so_far: (
            about(f"request:{asked.request}", kinds=(ReleaseExpedited,))
            | each(
                "agreement", [asked.agreement] if asked.agreement else [], (AgreementSigned, ReleaseReviewed)
            )
            | names_question(so_far)
        )
    )
    expedited = expedited_of(known, asked.request)
    if expedited is None:
        raise absent()
    fact = expedited.fact
    return Asked(
        title=say("Review the expedited release"),
        submit=say("Record the review"),
        command=ReviewRelease,
        kind=ReleaseReviewed,
        allowed=ReviewRelease.allowed,
        then=f"/releases/{asked.request}",
        trail=_trail(visit, asked),
        lead=title(say, asked, names),
        before=say(
            "There is one review, by somebody who had no part in the release. It cannot be taken back."
        ),
        fixed={
            "release": fact.release,
            "item": fact.item,
            "agreement": fact.agreement,
            "dossier_seen": None,
        },
        about=review_rows(
            say,
            known,
            asked.request,
            names,
            now=visit.now,
            protocol=protocol_of(agreements(known).get(fact.agreement), visit.node.protocols),
        ),
    )


def answer_dissent(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    given = about(f"dissent:{DissentId(visit.identifier('dissent'))}", kinds=(DissentRecorded,))
    recorded = only(list(visit.read(given).of(DissentRecorded)))
    fact = recorded.fact
    if fact.item != visit.identifier("item"):
        raise absent()
    then = f"/releases/{fact.request}" if fact.request else f"/items/{fact.item}"
    return Asked(
        title=say("Answer the dissent"),
        submit=say("Record the answer"),
        command=AnswerDissent,
        kind=DissentAnswered,
        allowed=AnswerDissent.allowed,
        then=then,
        trail=[("/releases", say("Releases")), (then, fact.request or fact.item)],
        before=say("The answer stands under your own name, beside the dissent. The dissent stays."),
        fixed={"dissent": fact.dissent, "item": fact.item, "dossier_seen": None},
        about=[(label(say, DissentRecorded, "reasons"), text(say, fact, "reasons"))],
    )


def answer_warning(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    given = about(f"warning:{WarningId(visit.identifier('warning'))}", kinds=(SourceWarned,))
    fact = only(list(visit.read(given).of(SourceWarned))).fact
    if fact.item != visit.identifier("item"):
        raise absent()
    then = f"/items/{fact.item}"
    return Asked(
        title=say("Answer the warning"),
        submit=say("Record the answer"),
        command=AnswerSourceWarning,
        kind=SourceWarningAnswered,
        allowed=AnswerSourceWarning.allowed,
        then=then,
        trail=[("/releases", say("Releases")), (then, fact.item)],
        before=say("The answer stands under your own name, beside the warning. The warning stays."),
        fixed={"warning": fact.warning, "item": fact.item},
        about=[
            (label(say, SourceWarned, "kind"), say(fact.kind)),
            (label(say, SourceWarned, "words"), text(say, fact, "words")),
        ],
    )


def receipt(visit: Visit) -> Asked:
    """Only for whom the copy was made; to anyone else there is no such form."""
    copy = CopyId(visit.identifier("copy"))
    say = visit.say
    known = visit.read(lambda so_far: page_question(so_far, copy))
    given = copy_of(known, copy)
    if given is None or given.told or given.fact.recipient != visit.actor.person:
        raise absent()
    waits = waiting(say, effect_of(visit.effects, known, given))
    if waits is not None:
        raise HTTPException(403, waits)
    fact = given.fact
    rows: list[tuple[str, Shown]] = [
        (label(say, CopyReleased, "copy"), fact.copy),
        (say("Given"), say.happened(given)),
    ]
    return Asked(
        title=say("Acknowledge receipt"),
        submit=say("I have received this copy"),
        command=ReceiveCopy,
        kind=CopyReceived,
        allowed=ReceiveCopy.allowed,
        then=f"/copies/{copy}",
        trail=[("/releases", say("Releases")), (f"/copies/{copy}", copy)],
        before=say(
            "You acknowledge it in person. What you were given is for you: pass it on only with consent."
        ),
        fixed={"copy": fact.copy, "release": fact.release, "item": fact.item},
        about=rows,
    )


for path, ask in (
    ("/releases/new", new_request),
    ("/releases/{request}/dissent", dissent),
    ("/releases/{request}/sign-off", sign_off),
    ("/releases/{request}/decide", decide),
    ("/releases/{request}/release", release),
    ("/releases/{request}/overseer", inform_on_request),
    ("/releases/{request}/review", review),
    ("/disclosures/{release}/overseer", inform_on_disclosure),
    ("/disclosures/{release}/justification", justify),
    ("/items/{item}/dissents/{dissent}/answer", answer_dissent),
    ("/items/{item}/warnings/{warning}/answer", answer_warning),
    ("/copies/{copy}/receipt", receipt),
):
    form(router, path, ask)
