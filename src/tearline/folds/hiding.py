"""Among how many of the adversary's own people a source is hidden, if all that was released became known.

Each item that came from the source narrows it down to those who could have known that item; what stands against the
source is what all of them have in common. So the number is reckoned over everything released that the source gave and
that concerns the adversary, with what is asked for now, and never item by item.
"""

from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ItemId
from tearline.facts.release import ItemRegistered, KnowersListed
from tearline.folds.release import releases_of
from tearline.folds.screening import nearest
from tearline.folds.worlds import concerned


def hidden_among(known: History, item: ItemId, at: datetime) -> int | None:
    """None where it cannot be said: nobody listed who could have known, or lists cannot be held against each other.

    One item alone needs a count. Several need a code for each person, the same in every list.
    """
    items = _of_the_same_source(known, item, at)
    lists = [list(nearest(known, KnowersListed, one, at)) for one in items]
    if any(not listed or any(r.fact.count.purged for r in listed) for listed in lists):
        return None
    if len(items) == 1:
        (listed,) = lists
        by_codes = [len(codes) for r in listed if (codes := codes_of(r.fact)) is not None]
        return min([*(r.fact.count.open() for r in listed), *by_codes])
    sets = [codes_of(r.fact) for listed in lists for r in listed]
    named = [codes for codes in sets if codes is not None]
    if len(named) < len(sets):
        return None
    return len(frozenset.intersection(*named))


def codes_of(fact: KnowersListed) -> frozenset[str] | None:
    """The codes of a list; None where it has none, or they are gone."""
    if fact.codes.purged or fact.codes.open() is None:
        return None
    return frozenset(code.strip() for code in (fact.codes.open() or "").splitlines() if code.strip())


def _of_the_same_source(known: History, item: ItemId, at: datetime) -> list[ItemId]:
    """The item, and what else the same source gave that was released by then and concerns the same adversary.

    What has no source's code is held against nothing else.
    """
    given = {r.fact.item for r in releases_of(known) if r.happened_at <= at}
    registered = {r.fact.item: r for r in known.of(ItemRegistered)}
    source = _source(registered.get(item))
    if source is None:
        return [item]
    others = [
        one
        for one in concerned(known, item)
        if one != item and one in given and _source(registered.get(one)) == source
    ]
    return [item, *others]


def _source(registered: Recorded[ItemRegistered] | None) -> str | None:
    if registered is None or registered.fact.source_code.purged:
        return None
    return registered.fact.source_code.open()
