"""Notices of items, requests, dissents, releases and leaks."""

from dataclasses import dataclass, field

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.facts.identifiers import ItemId, PersonId, RequestId
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.release import (
    CopyReleased,
    DissentAnswered,
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.folds.notices.kept import Kept
from tearline.folds.notices.words import LINES, Tells


@dataclass(slots=True)
class _Request:
    asked: Recorded[ReleaseRequested]
    lines: set[SignOffLine] = field(default_factory=set)
    had_a_part: set[PersonId] = field(default_factory=set)
    effect: Effect | None = None
    released: bool = False
    contested: bool = False


class OfReleases:
    """What happened to requests and items so far, as far as it decides who is told."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._requests: dict[RequestId, _Request] = {}
        self._open: dict[ItemId, set[RequestId]] = {}
        self._owner: dict[ItemId, PersonId] = {}
        self._parent: dict[ItemId, ItemId] = {}
        self._drawn: dict[ItemId, list[ItemId]] = {}
        self._askers: dict[ItemId, dict[PersonId, None]] = {}
        self._contested: set[ItemId] = set()
        self._dissents: dict[str, PersonId] = {}

    def read(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case ItemRegistered(item=item, tearline_of=parent):
                self._owner[item] = r.by.person
                if parent is not None:
                    self._parent[item] = parent
                    self._drawn.setdefault(parent, []).append(item)
            case ReleaseRequested():
                self._asked(r, r.fact)
            case ReleaseSignedOff(request=name, line=line):
                self._signed(r, name, line)
            case VerdictReached(request=name, effect=effect):
                self._verdict(r, name, effect)
            case ItemReleased(request=name):
                self._released(r, name)
            case ReleaseExpedited(request=name, release=release):
                one = self._requests.get(name)
                self._kept.wait(Tells.TO_REVIEW, r, release, not_for=one.had_a_part if one else None)
            case ReleaseReviewed(release=release, item=item):
                self._kept.done(Tells.TO_REVIEW, release)
                for person in self._askers.get(item, {}):
                    self._kept.tell(person, Tells.REVIEWED, r, item)
            case CopyReleased(copy=copy, recipient=recipient):
                self._kept.tell(recipient, Tells.COPY, r, copy)
            case DissentRecorded():
                self._dissent(r, r.fact)
            case DissentAnswered(dissent=dissent, item=item):
                self._kept.done(Tells.TO_ANSWER, dissent)
                self._kept.tell(self._dissents.get(dissent), Tells.ANSWERED, r, item)
            case SourceWarned(warning=warning, item=item):
                self._kept.wait(Tells.TO_ANSWER_SOURCE, r, warning)
                self._contest(r, item)
            case SourceWarningAnswered(warning=warning):
                self._kept.done(Tells.TO_ANSWER_SOURCE, warning)
            case CompromiseReported(compromise=compromise, item=item):
                self._kept.wait(Tells.TO_INVESTIGATE, r, compromise)
                for person in self._concerned(item):
                    self._kept.tell(person, Tells.COMPROMISE, r, item)
            case InvestigationOpened(compromise=compromise):
                self._kept.done(Tells.TO_INVESTIGATE, compromise)
            case _:
                return

    def _concerned(self, item: ItemId) -> list[PersonId]:
        """Who put the item on record, and who asked for a release of it, each once."""
        owner = self._owner.get(item)
        return list(dict.fromkeys([*([owner] if owner else []), *self._askers.get(item, {})]))

    def _asked(self, r: Recorded[Fact], asked: ReleaseRequested) -> None:
        one = _Request(r, had_a_part={r.by.person})  # type: ignore[arg-type]  # its fact is the one given
        one.contested = self._is_contested(asked.item)
        self._requests[asked.request] = one
        self._open.setdefault(asked.item, set()).add(asked.request)
        self._askers.setdefault(asked.item, {})[r.by.person] = None
        self._await_signatures(one, r)

    def _await_signatures(self, one: _Request, r: Recorded[Fact]) -> None:
        """From this fact on, the lines that have not signed are waited for."""
        name = one.asked.fact.request
        for line, role in LINES.items():
            if line not in one.lines and (line is not SignOffLine.SECOND or one.contested):
                self._kept.wait(Tells.TO_SIGN, r, name, roles={role}, not_for=one.had_a_part)

    def _signed(self, r: Recorded[Fact], name: RequestId, line: SignOffLine) -> None:
        one = self._requests.get(name)
        if one is None:
            return
        one.lines.add(line)
        one.had_a_part.add(r.by.person)
        if line in LINES:
            self._kept.done(Tells.TO_SIGN, name, LINES[line])
        self._kept.tell(one.asked.by.person, Tells.SIGNED, r, name)

    def _verdict(self, r: Recorded[Fact], name: RequestId, effect: Effect) -> None:
        one = self._requests.get(name)
        if one is None:
            return
        before, one.effect = one.effect, effect
        self._kept.tell(one.asked.by.person, Tells.VERDICT, r, name, effect=effect)
        if effect is Effect.REFUSE:
            self._kept.done(Tells.TO_SIGN, name)
        elif before is Effect.REFUSE and not one.released:
            self._await_signatures(one, r)
        if effect is not Effect.RELEASE:
            self._kept.done(Tells.TO_RELEASE, name)
        elif before is not Effect.RELEASE and not one.released:
            self._kept.wait(Tells.TO_RELEASE, r, name)

    def _released(self, r: Recorded[Fact], name: RequestId) -> None:
        one = self._requests.get(name)
        if one is None:
            return
        one.released = True
        one.had_a_part.add(r.by.person)
        self._open.get(one.asked.fact.item, set()).discard(name)
        self._kept.done(Tells.TO_SIGN, name)
        self._kept.done(Tells.TO_RELEASE, name)
        self._kept.tell(one.asked.by.person, Tells.RELEASED, r, name)

    def _dissent(self, r: Recorded[Fact], said: DissentRecorded) -> None:
        self._dissents[said.dissent] = r.by.person
        self._kept.wait(Tells.TO_ANSWER, r, said.dissent)
        one = self._requests.get(said.request) if said.request else None
        if one is not None:
            self._contest_request(r, one)
        if said.request is None:
            self._contest(r, said.item)
        asker = [one.asked.by.person] if one is not None else []
        for person in dict.fromkeys([*asker, *self._concerned(said.item)]):
            self._kept.tell(person, Tells.DISSENT, r, said.item)

    def _is_contested(self, item: ItemId | None) -> bool:
        seen: set[ItemId] = set()
        while item is not None and item not in seen:
            if item in self._contested:
                return True
            seen.add(item)
            item = self._parent.get(item)
        return False

    def _contest(self, r: Recorded[Fact], item: ItemId) -> None:
        """Whatever is asked of this item, or of what was drawn from it, takes a second signature."""
        rest, seen = [item], set[ItemId]()
        self._contested.add(item)
        while rest:
            one = rest.pop()
            if one in seen:
                continue
            seen.add(one)
            rest += self._drawn.get(one, [])
            for name in sorted(self._open.get(one, ())):
                self._contest_request(r, self._requests[name])

    def _contest_request(self, r: Recorded[Fact], one: _Request) -> None:
        if one.contested or one.released:
            return
        one.contested = True
        if SignOffLine.SECOND not in one.lines and one.effect is not Effect.REFUSE:
            second = {LINES[SignOffLine.SECOND]}
            self._kept.wait(Tells.TO_SIGN, r, one.asked.fact.request, roles=second, not_for=one.had_a_part)
