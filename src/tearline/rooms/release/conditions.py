"""What holds of every request that is still open."""

from tearline.facts.errors import Refused
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import AgreementId, ItemId, RequestId
from tearline.facts.parties import OfficeTaken, PersonEnrolled
from tearline.facts.release import (
    ItemReleased,
    ReleaseRequested,
)
from tearline.facts.words import Words
from tearline.folds.agreements import agreements
from tearline.folds.people import People
from tearline.folds.release import request_of
from tearline.rooms import (
    Act,
    require,
    unknown,
)

REQUEST = Words("request", "la solicitud")


PERSON = Words("person", "la persona")


def still_open(known: History, request: RequestId) -> Recorded[ReleaseRequested]:
    asked = request_of(known, request)
    if asked is None:
        raise unknown(REQUEST, request)
    if closed(known, request):
        raise Refused(
            "still-open",
            Words("this request has already been released", "esta solicitud ya fue divulgada"),
            (request,),
        )
    return asked


def closed(known: History, request: RequestId) -> bool:
    return any(r.fact.request == request for r in known.of(ItemReleased))


def same_item(one: ItemId, other: ItemId) -> None:
    if one != other:
        raise Refused(
            "same-item", Words("this concerns another item", "esto se refiere a otro elemento"), (one, other)
        )


def recipients_serve(known: History, asked: ReleaseRequested, act: Act) -> None:
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


def between_parties(known: History, asked: ReleaseRequested, act: Act) -> None:
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


def while_in_force(known: History, agreement: AgreementId, act: Act) -> None:
    """The verdict is of now; the day that is claimed for the release must not escape the agreement's duties."""
    held = agreements(known)[agreement]
    if not held.in_force_from <= act.at < held.terms.valid_until:
        raise Refused(
            "while-in-force",
            Words(f"{agreement} was not in force then", f"{agreement} no estaba vigente entonces"),
            (agreement,),
        )
