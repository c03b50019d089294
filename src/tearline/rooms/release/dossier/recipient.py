"""Who would learn of it: the unit, and everyone between its recipients and the signatory."""

from tearline.facts.identifiers import PersonId
from tearline.facts.release import ReleaseRequested
from tearline.folds.agreements import Agreement
from tearline.folds.people import Allegation, People
from tearline.rooms.release.dossier.values import Dossier, known_only


def recipient(people: People, asked: ReleaseRequested, held: Agreement | None) -> Dossier:
    vetted = people.unit_vetted.get(asked.unit)
    return known_only(
        unit=asked.unit,
        organisation=people.organisation_of(asked.unit),
        outcome=vetted.fact.outcome.value if vetted else None,
        vetted_at=vetted.happened_at if vetted else None,
        valid_until=vetted.fact.valid_until if vetted else None,
        suspended=asked.unit in people.suspended or asked.unit in people.ended,
        allegations=[_allegation(a, held) for a in people.allegations.get(asked.unit, [])],
    )


def _allegation(one: Allegation, held: Agreement | None) -> Dossier:
    """Steps to justice count as reported when they were reported to this agreement's overseer, and nobody else."""
    steps = one.justice.fact if one.justice else None
    return known_only(
        id=one.recorded.fact.allegation,
        kind=one.kind.value,
        at=one.recorded.happened_at,
        status=one.standing.value,
        person=one.recorded.fact.person,
        remedied=steps is not None and steps.effective,
        remedy_reported=steps is not None
        and steps.reported_to is not None
        and (held is None or steps.reported_to == held.terms.overseer),
    )


def chain(people: People, recipients: tuple[PersonId, ...], top: PersonId | None) -> list[Dossier]:
    """Each recipient, then every superior up to the signatory (or as far as is known), each person once."""
    relations: dict[PersonId, str] = dict.fromkeys(recipients, "recipient")
    for one in recipients:
        if one == top:
            continue
        for superior in people.above(one):
            relations.setdefault(superior, "signatory" if superior == top else "superior")
            if superior == top:
                break
    return [_link(people, person, relation) for person, relation in relations.items()]


def _link(people: People, person: PersonId, relation: str) -> Dossier:
    vetting = people.vetted.get(person)
    office = people.offices.get(person)
    link = known_only(
        person=person,
        relation=relation,
        outcome=vetting.fact.outcome.value if vetting else None,
        decided_by=vetting.fact.decided_by if vetting else None,
        decided_at=vetting.happened_at if vetting else None,
        valid_until=vetting.fact.valid_until if vetting else None,
        trained_until=people.trained.get(person),
    )
    if office is not None:
        # Of a person without an office nobody recorded where they serve, and so not what is alleged of it either.
        violation = people.violation(office.fact.unit)
        link["unit"] = office.fact.unit
        link["violation"] = violation.value if violation else "none"
    return link
