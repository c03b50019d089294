"""Duties kept apart: who had a part in what, so that nobody judges, answers or investigates themselves.

A worked case is told by one chronicler, who stands for everybody in it: what a chronicler recorded is nobody's part.
"""

from collections.abc import Iterable

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    DisclosureRecorded,
    DissentAnswered,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    SourceWarningAnswered,
)
from tearline.folds.exposed import HANDLED
from tearline.folds.release import lineage, releases_of
from tearline.folds.retention import drawn_from

ASKED: tuple[type[Fact], ...] = (ReleaseRequested,)
GIVEN: tuple[type[Fact], ...] = (ItemReleased, DisclosureRecorded)
ANSWERED: tuple[type[Fact], ...] = (DissentAnswered, SourceWarningAnswered)
SIGNED: tuple[type[Fact], ...] = (ReleaseSignedOff,)


def asks_parts(known: History, items: Iterable[ItemId]) -> Question:
    """All that makes somebody a part of what became of these items; ask until it no longer widens."""
    within = frozenset(items)
    requests = frozenset(r.fact.request for r in known.of(ReleaseRequested) if r.fact.item in within)
    return each("item", within, (*ASKED, *GIVEN, *ANSWERED)) | each("request", requests, SIGNED)


def asks_asked(known: History, item: ItemId) -> Question:
    """All that makes somebody one who asked for this item, or for a tearline version of it; ask until it is stable."""
    return each("item", drawn_from(known, item), (ItemRegistered, *ASKED))


def asked_for(known: History, item: ItemId) -> frozenset[PersonId]:
    """Who asked for any release of this item, or of what was drawn from it: what is said of it stands against both."""
    items = drawn_from(known, item)
    return _by(r for r in known.of(ReleaseRequested) if r.fact.item in items)


def gave(known: History) -> frozenset[PersonId]:
    """Who asked for, signed, made or received a release that is known here; whether or not it came to one."""
    did: list[Recorded[Fact]] = [*known.of(ReleaseSignedOff), *known.of(ItemReleased)]
    did += [*known.of(ReleaseRequested), *known.of(DisclosureRecorded)]
    received = {person for r in releases_of(known) for person in r.fact.recipients}
    return _by(did) | received


def answered(known: History) -> frozenset[PersonId]:
    """Who answered a dissent or a source's warning that stood in the way."""
    return _by([*known.of(DissentAnswered), *known.of(SourceWarningAnswered)])


def asks_leak(known: History, compromise: CompromiseId) -> Question:
    """A leak, and all that makes somebody a part of what leaked; ask until it no longer widens."""
    asked = about(f"compromise:{compromise}", kinds=(CompromiseReported,))
    for r in known.of(CompromiseReported):
        if r.fact.compromise == compromise:
            items = lineage(known, r.fact.item)
            asked |= each("item", items, (ItemRegistered, *HANDLED)) | asks_parts(known, items)
    return asked


def had_a_part(known: History, leak: Recorded[CompromiseReported]) -> frozenset[PersonId]:
    """Who cannot look into this leak: whoever gave or got what leaked, answered what stood against it, or had it.

    Whoever put it on record or worked on it before the leak was reported could be the channel. What somebody does about
    it afterwards, a threat that they assess for one, makes them no part.
    """
    items = lineage(known, leak.fact.item)
    had = [
        r
        for r in known
        if isinstance(r.fact, (ItemRegistered, *HANDLED))
        and getattr(r.fact, "item", None) in items
        and r.position < leak.position
    ]
    return gave(known) | answered(known) | _by(had)


def acts_alone(by: Actor) -> bool:
    """Whether whoever acts is one person, and not the chronicler of a case."""
    return by.role is not Role.CHRONICLER


def _by(did: Iterable[Recorded[Fact]]) -> frozenset[PersonId]:
    return frozenset(r.by.person for r in did if acts_alone(r.by))
