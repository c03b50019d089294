"""One recorded verdict, rule by rule: what each read, what would have cured it, and whether it replays exactly."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import Effect, VerdictReached
from tearline.folds.release import item_of, request_of
from tearline.folds.retelling import replay
from tearline.protocol import Decision, Pack, Verdict
from tearline.protocol.cure import Cure, cure
from tearline.protocol.explain import Explained, explained
from tearline.web.access import Access
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.release.explained import ChangeRow, CuredRow, ExplainedRow, Reader
from tearline.web.release.request import title
from tearline.web.release.stated import sentence
from tearline.web.release.verdicts import Standing, recorded_standing
from tearline.web.show import Shown, label
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """What one of the protocols said: the rules that matched, worst first, and those that did not, in its order."""

    id: str
    title: str
    effect: str
    matched: list[ExplainedRow]
    others: list[ExplainedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """As the macro ``notice`` takes it."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """``packs`` is None where the reader may not see why, and empty where nobody can say it any more."""

    request: str
    position: str
    title: str
    telling: str | None
    marking: str | None
    code: str
    sentence: str
    under: str
    meta: list[tuple[str, ...]]
    packs: list[PackView] | None
    replayed: Replayed
    cures: list[CuredRow]
    besides: list[ChangeRow]
    conclusion: list[str]
    refused: bool
    facts: list[tuple[str, Shown] | tuple[str, Shown, str]]
    hashes: list[tuple[str, str]]
    entry: tuple[str, str]
    rests_on: str


ORDER = ("refuse", "hold", "waive", "lifted", "permit")


def verdict_of(known: History, request: RequestId, position: int) -> Recorded[VerdictReached] | None:
    return next(
        (r for r in known.of(VerdictReached) if r.position == position and r.fact.request == request), None
    )


def view(
    say: Tongue,
    known: History,
    opened: History,
    request: RequestId,
    position: int,
    *,
    access: Access,
    protocols: Mapping[str, Pack],
) -> VerdictView | None:
    """The page as this reader may see it; None when there is no such verdict.

    ``opened`` is the same history with everything open: the verdict is decided again from it, and what is shown of that
    is cut to the reader.
    """
    reached, asked = verdict_of(opened, request, position), request_of(known, request)
    if reached is None or asked is None:
        return None
    told = reached.told is not None
    stands = recorded_standing(reached, protocols)
    shows = told or access.told_rules()
    names, item = Names(known, say), item_of(known, asked.fact.item)
    packs: list[PackView] | None = None
    cures: list[CuredRow] = []
    besides: list[ChangeRow] = []
    conclusion: list[str] = []
    if shows:
        packs = []
        decision, protocol, dossier = stands.rules, stands.protocol, stands.dossier
        if decision is not None and protocol is not None and dossier is not None:
            reader = Reader(say=say, names=names, access=None if told else access, protocol=protocol)
            rules = explained(protocol, dossier, decision)
            both = zip(protocol.packs, decision.verdicts, strict=True)
            packs = [_pack(say, pack, verdict, rules, reader) for pack, verdict in both]
            found = cure(protocol, dossier)
            cures, besides = reader.cures(decision, found), reader.besides(decision, found)
            conclusion = _conclusion(say, found)
    return VerdictView(
        request=request,
        position=say.number(position),
        title=title(say, asked.fact, names),
        telling=reached.told.telling if reached.told else None,
        marking=item.fact.tlp.value if item else None,
        code=reached.fact.effect.value,
        sentence=sentence(say, stands) if shows or stands.purged else say("Why is not for every reader."),
        under=say("as it was decided then"),
        meta=_meta(say, reached, stands),
        packs=packs,
        replayed=_replayed(say, reached, protocols),
        cures=cures,
        besides=besides,
        conclusion=conclusion,
        refused=bool(stands.refusing),
        facts=[
            (label(say, VerdictReached, "request"), request, f"/releases/{request}"),
            (label(say, VerdictReached, "item"), names.item(reached.fact.item).link()),
            (label(say, VerdictReached, "engine"), reached.fact.engine),
        ],
        hashes=[
            (label(say, VerdictReached, "dossier_sha256"), reached.fact.dossier_sha256),
            *((applied.protocol, applied.sha256) for applied in reached.fact.packs),
        ],
        entry=(say("entry %(n)s", n=say.number(position)), entry_of(reached)),
        rests_on=reached.told.rests_on if reached.told else "",
    )


def _meta(say: Tongue, reached: Recorded[VerdictReached], stands: Standing) -> list[tuple[str, ...]]:
    return [
        (label(say, VerdictReached, "request"), reached.fact.request, f"/releases/{reached.fact.request}"),
        (say("Decided"), say.moment(stands.at, stands.precision)),
        *((say("Protocol"), a.protocol, f"/protocols/{a.protocol}") for a in reached.fact.packs),
    ]


def _pack(
    say: Tongue, pack: Pack, verdict: Verdict, rules: tuple[Explained, ...], reader: Reader
) -> PackView:
    rows = [reader.rule(one, verdict.at) for one in rules if one.rule.pack == pack.id]
    matched = [row for row in rows if row.matched]
    return PackView(
        id=pack.id,
        title=say(pack.title),
        effect=verdict.effect.value,
        matched=sorted(matched, key=lambda row: ORDER.index(row.effect)),
        others=[row for row in rows if not row.matched],
    )


def _conclusion(say: Tongue, found: Cure) -> list[str]:
    """What was found when the changes were put to the protocol."""
    said = []
    if found.changes:
        said.append(
            say(
                "Put to the protocol with these changes, and with none fewer, the verdict is: %(effect)s.",
                effect=say(Effect(found.then.value)),
            )
        )
    if found.left:
        said.append(
            say.many(
                "For one rule no change was found: it rests on what nobody can change, or on too much.",
                "For %(n)s rules no change was found: they rest on what nobody can change, or on too much.",
                len(found.left),
            )
        )
    return said


def _replayed(say: Tongue, reached: Recorded[VerdictReached], protocols: Mapping[str, Pack]) -> Replayed:
    """Whether the stored dossier, decided again now, comes to the same."""
    fact = reached.fact
    if fact.dossier.purged:
        return Replayed(
            kind="info",
            title=say("Purged"),
            text=say("The dossier on which this was decided was purged. The verdict stands."),
        )
    again = replay(fact, protocols)
    if again is None:
        return Replayed(
            kind="caution",
            title=say("Cannot be decided again here"),
            text=say("The text of the protocol, or the engine that decided, is another one now."),
        )
    if _same(fact, again):
        return Replayed(
            kind="done",
            title=say("Replays exactly"),
            text=say(
                "Decided again from the stored dossier for this page: the same verdict, by the same rules."
            ),
        )
    return Replayed(
        kind="problem",
        title=say("Does not replay"),
        text=say("Decided again from the stored dossier, it comes to something else. Tell the overseer."),
    )


def _same(fact: VerdictReached, again: Decision) -> bool:
    rules = tuple(again.called(m.rule) for m in again.matched)
    known = None if fact.rules.purged else fact.rules.open()
    salted = None if fact.salt.purged else (fact.salt.open() + fact.dossier.open()).encode()
    return (
        again.effect.value == fact.effect.value
        and (known is None or known == rules)
        and (salted is None or hashlib.sha256(salted).hexdigest() == fact.dossier_sha256)
    )
