"""What the protocol says of a request, as it is put on record."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from tearline.facts.errors import Ground, Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Draft, History, Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    DissentAnswered,
    Effect,
    OwedByVerdict,
    PackApplied,
    ReleaseRequested,
    ReleaseSignedOff,
    VerdictReached,
)
from tearline.facts.words import Words
from tearline.folds.agreements import agreements, protocol_of
from tearline.folds.release import dossier_seen, request_of
from tearline.protocol import Decision, Protocol
from tearline.protocol import Effect as RuleEffect
from tearline.protocol.dossier import plain_value
from tearline.rooms import (
    Act,
    unknown,
)
from tearline.rooms.release.conditions import REQUEST
from tearline.rooms.release.dossier import Dossier, assemble

DECIDING = frozenset(
    {Compartment.SOURCE_HANDLING, Compartment.PEOPLE_AT_RISK, Compartment.REASONS, Compartment.EXPOSURE}
)
"""What the node opens to count, never to show: how many could have known, how many are at risk, what was written, and
what was figured.
"""


S = TypeVar("S", ReleaseSignedOff, DissentAnswered)


def protocol_for(known: History, asked: ReleaseRequested, act: Act) -> Protocol:
    """The protocol that the agreement names; without an agreement, the one that is offered, which will not permit."""
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    protocol = protocol_of(held, act.protocols)
    if protocol is None:
        raise unknown(Words("protocol", "el protocolo"), ", ".join(held.packs if held else ()))
    return protocol


def reach(
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


def seeing(known: History, fact: S, request: RequestId, act: Act) -> S:
    """The fact with the dossier that its author had before them, for the signature to cover; a tale has none."""
    seen = dossier_seen(known, request) if act.told is None else fact.dossier_seen
    return replace(fact, dossier_seen=seen)


def verdict_on(known: History, request: RequestId, act: Act, drafts: Sequence[Draft]) -> Draft:
    return act.follows(reach(known, request, act, drafts)[1])


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


def not_permitted(decision: Decision, request: RequestId) -> Refused:
    """Says what the protocol says, and the sentence of every rule that stands in the way: those that refuse first."""
    against = (RuleEffect.REFUSE, RuleEffect.HOLD)
    grounds = [
        Ground(pack=m.rule.pack, rule=decision.called(m.rule), because=m.rule.because)
        for effect in against
        for m in decision.matched
        if m.rule.effect is effect and not decision.lifted(m)
    ]
    protocol = decision.protocol
    if not grounds:
        said = Words(
            f"No rule of {protocol} permits this release.",
            f"Ninguna regla de {protocol} permite esta divulgación.",
        )
    elif decision.effect.value == Effect.HOLD:
        said = Words(f"{protocol} holds this release.", f"{protocol} retiene esta divulgación.")
    else:
        said = Words(f"{protocol} refuses this release.", f"{protocol} niega esta divulgación.")
    return Refused("protocol-says-release", said, (request,), grounds)
