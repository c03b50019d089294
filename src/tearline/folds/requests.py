"""Where every request on record stands: for lists, where nothing but the whole record will do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ItemId, RequestId
from tearline.facts.release import (
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    VerdictReached,
)

REQUEST_STANDING: Sequence[type[Fact]] = (
    ReleaseRequested,
    VerdictReached,
    ItemReleased,
    ReleaseSignedOff,
    ItemRegistered,
    DissentRecorded,
    SourceWarned,
)


@dataclass(slots=True)
class Requests:
    """Each by its identifier. No sealed field is needed to know any of this."""

    asked: dict[RequestId, Recorded[ReleaseRequested]] = field(default_factory=dict)
    effect: dict[RequestId, Effect] = field(default_factory=dict)
    released: dict[RequestId, Recorded[ItemReleased]] = field(default_factory=dict)
    lines: dict[RequestId, set[SignOffLine]] = field(default_factory=dict)
    items: dict[ItemId, ItemRegistered] = field(default_factory=dict)
    warned_of: set[ItemId] = field(default_factory=set)
    dissented_from: set[tuple[ItemId, RequestId | None]] = field(default_factory=set)

    def take(self, recorded: Recorded[Fact]) -> None:
        """One more fact, behind all that were taken: the same then as ``requests`` of the whole."""
        match recorded.fact:
            case ReleaseRequested(request=request):
                self.asked[request] = recorded  # type: ignore[assignment]  # matched just above
            case VerdictReached(request=request, effect=effect):
                self.effect[request] = effect
            case ItemReleased(request=request):
                self.released[request] = recorded  # type: ignore[assignment]
            case ReleaseSignedOff(request=request, line=line):
                self.lines.setdefault(request, set()).add(line)
            case ItemRegistered(item=item):
                self.items[item] = recorded.fact
            case SourceWarned(item=item):
                self.warned_of.add(item)
            case DissentRecorded(item=item, request=about):
                self.dissented_from.add((item, about))

    def open(self) -> list[Recorded[ReleaseRequested]]:
        """The live requests that are not released, oldest first."""
        return [r for q, r in list(self.asked.items()) if r.told is None and q not in self.released]

    def perishes(self, item: ItemId) -> datetime | None:
        registered = self.items.get(item)
        return registered.perishes_at if registered else None

    def contested(self, asked: ReleaseRequested) -> bool:
        """Whether the source warned or someone dissented, of the item or of what it was drawn from."""
        item: ItemId | None = asked.item
        seen: set[ItemId] = set()
        while item is not None and item not in seen:
            if item in self.warned_of or {(item, None), (item, asked.request)} & self.dissented_from:
                return True
            seen.add(item)
            registered = self.items.get(item)
            item = registered.tearline_of if registered else None
        return False


def requests(history: History) -> Requests:
    """Where they stand by this history, of the kinds in ``REQUEST_STANDING``."""
    found = Requests()
    found.asked = {r.fact.request: r for r in history.of(ReleaseRequested)}
    found.effect = {r.fact.request: r.fact.effect for r in history.of(VerdictReached)}
    found.released = {r.fact.request: r for r in history.of(ItemReleased)}
    for signed in history.of(ReleaseSignedOff):
        found.lines.setdefault(signed.fact.request, set()).add(signed.fact.line)
    found.items = {r.fact.item: r.fact for r in history.of(ItemRegistered)}
    found.warned_of = {r.fact.item for r in history.of(SourceWarned)}
    found.dissented_from = {(r.fact.item, r.fact.request) for r in history.of(DissentRecorded)}
    return found
