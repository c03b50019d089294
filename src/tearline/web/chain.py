"""Who will really see it: recipients, their superiors up to the signatory, and the unit, as the site draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tearline.facts.history import Recorded
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.leaks import CooperationEnded, CooperationSuspended
from tearline.facts.parties import Outcome, PersonVettingDecided, UnitStoodDown, UnitVettingDecided
from tearline.folds.people import Link, People, Status
from tearline.web.names import Names
from tearline.web.show import is_open
from tearline.web.tongue import Tongue


@dataclass(slots=True, kw_only=True)
class Card:
    """One person or unit, as the macro ``person`` takes it; ``below`` are those who answer to them."""

    name: str
    status: str
    href: str
    post: str = ""
    decided: str = ""
    note: str = ""
    weakest: bool = False
    answers_to: str = ""
    """Said where the drawing no longer shows it."""
    below: list["Card"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A card in reading order. ``opens``: a level begins with it. ``ends``: how many end after it; None: it has one."""

    card: Card
    opens: bool
    ends: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All who will see it. ``weakest`` is the link that decides; ``complete``: every line reaches the signatory."""

    roots: list[Card]
    unit: Card
    status: Status
    sentence: str
    people: int
    complete: bool

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.roots)


DEEPEST = 12
"""Levels drawn one inside the other; whoever stands deeper follows on the last level. Browsers stop at 512 elements."""


def steps_of(roots: Sequence[Card]) -> list[Step]:
    """The tree, superiors before those below them, without recursion: a line may be of any length."""
    rest = [(card, 0) for card in reversed(roots)]
    laid: list[tuple[Card, int]] = []
    while rest:
        card, depth = rest.pop()
        laid.append((card, depth))
        rest += [(below, min(depth + 1, DEEPEST)) for below in reversed(card.below)]
    depths = [depth for _, depth in laid]
    steps = []
    for n, (card, depth) in enumerate(laid):
        after = depths[n + 1] if n + 1 < len(depths) else 0
        opens = n > 0 and depth > depths[n - 1]
        steps.append(Step(card=card, opens=opens, ends=None if after > depth else depth - after))
    return steps


def chain_of(
    say: Tongue,
    people: People,
    names: Names,
    *,
    recipients: Sequence[PersonId],
    unit: UnitId,
    top: PersonId | None,
    of_release: bool = True,
) -> Chain:
    """The chain at the instant of ``people``. The weakest of equals is the highest: nobody stands above it.

    ``of_release``: drawn for a release, so that its named recipients and their unit are called so.
    """
    lines = [_upwards(people, recipient, top) for recipient in recipients]
    links = {person: people.own_link(person) for line in lines for person in line}
    unit_link = people.unit_link(unit)
    weakest = _weakest(lines, links, unit_link)
    cards = {
        person: _person_card(say, link, names, named=of_release and person in recipients)
        for person, link in links.items()
    }
    roots: list[Card] = []
    placed: set[PersonId] = set()
    for line in lines:
        above: Card | None = None
        for depth, person in enumerate(reversed(line)):
            if person not in placed:
                if above and depth > DEEPEST:
                    cards[person].answers_to = above.name
                (above.below if above else roots).append(cards[person])
                placed.add(person)
            above = cards[person]
    unit_card = unit_card_of(
        say, unit_link, names, post=say("the recipients' unit") if of_release else names.of_unit(unit)
    )
    if weakest.status is not Status.CLEARED:
        (unit_card if weakest is unit_link else cards[PersonId(weakest.who)]).weakest = True
    return Chain(
        roots=roots,
        unit=unit_card,
        status=weakest.status,
        sentence=_sentence(say, weakest, names, of_release=of_release),
        people=len(links),
        complete=top is not None and all(top in line for line in lines),
    )


def _upwards(people: People, recipient: PersonId, top: PersonId | None) -> list[PersonId]:
    line = [recipient]
    for superior in people.above(recipient) if recipient != top else ():
        line.append(superior)
        if superior == top:
            break
    return line


def _weakest(lines: list[list[PersonId]], links: dict[PersonId, Link], unit: Link) -> Link:
    found = unit
    for line in lines:
        for person in reversed(line):
            if links[person].status.severity > found.status.severity:
                found = links[person]
    return found


def _person_card(say: Tongue, link: Link, names: Names, *, named: bool) -> Card:
    person = names.person(link.who)
    notes = [say("named recipient")] if named else []
    if link.status is Status.EXEMPT:
        notes.append(say("Nobody has vetted this person, who sees what those below see."))
    return Card(
        name=person.name,
        href=person.href,
        post=names.post(link.who),
        status=link.status.value,
        decided=decided(say, link, names),
        note=" · ".join(notes),
    )


def unit_card_of(say: Tongue, link: Link, names: Names, *, post: str) -> Card:
    unit = names.unit(link.who)
    return Card(
        name=unit.name,
        href=unit.href,
        post=post,
        status=link.status.value,
        decided=decided(say, link, names),
    )


def decided(say: Tongue, link: Link, names: Names) -> str:
    """Who decided it, and since when it is so."""
    ground = link.ground
    if ground is None:
        return ""
    match ground.fact:
        case PersonVettingDecided() | UnitVettingDecided():
            return _by_whom(say, ground, ground.fact, names)  # type: ignore[arg-type]  # matched just above
        case CooperationSuspended():
            return say("since %(when)s, after a leak", when=say.happened(ground))
        case CooperationEnded():
            return say("since %(when)s, after a finding", when=say.happened(ground))
        case UnitStoodDown():
            return say("since %(when)s", when=say.happened(ground))
    return ""


def _by_whom(
    say: Tongue,
    ground: Recorded[PersonVettingDecided] | Recorded[UnitVettingDecided],
    fact: PersonVettingDecided | UnitVettingDecided,
    names: Names,
) -> str:
    by = names.organisation(fact.decided_by)
    when = say.to_the_day(ground.happened_at, ground.precision)
    if fact.outcome is Outcome.EXEMPT:
        office = ""
        if isinstance(fact, PersonVettingDecided) and is_open(fact.deciding_office):
            office = fact.deciding_office.open()
        who = f"{by} ({office})" if office else by
        return say("exempted by %(who)s, since %(when)s", who=who, when=when)
    said = say("by %(who)s, %(when)s", who=by, when=when)
    if fact.valid_until is None:
        return said
    return say("%(said)s, until %(day)s", said=said, day=say.day(fact.valid_until))


def _sentence(say: Tongue, weakest: Link, names: Names, *, of_release: bool) -> str:
    if weakest.status is Status.CLEARED:
        if not of_release:
            return say("Everyone in the chain is cleared and in date, and so is the unit.")
        return say("Everyone who will see it is cleared and in date, and so is the unit.")
    who = names.of_link(weakest).name
    return say("The chain is only as strong as its weakest link: %(who)s.", who=who)
