"""Every text that this node knows, by what it binds; and every proposal."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, about
from tearline.facts.parties import AgreementSigned
from tearline.facts.release import Effect
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.protocols import SIGNERS, STANDINGS, Proposal, ProposalState, proposals
from tearline.protocol import Pack
from tearline.web.look import link
from tearline.web.protocols.checking import awaiting
from tearline.web.protocols.texts import shipped_texts
from tearline.web.tongue import Tongue

QUESTION = about(kinds=AGREEMENT_KINDS) | STANDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCard:
    """One text. ``bound`` is how many live agreements bind by it now."""

    id: str
    title: str
    came: str
    bound: int
    in_force: str
    rules: str
    counsel: int
    counsel_said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    packs: list[PackCard]
    open: list[list[object]]
    past: list[list[object]]


def listing(say: Tongue, known: History, protocols: Mapping[str, Pack], now: datetime) -> Listing:
    live = {r.fact.agreement for r in known.of(AgreementSigned) if r.told is None}
    bound = Counter(
        pack
        for a in agreements(known).values()
        if a.agreement in live and now < a.terms.valid_until
        for pack in a.packs
    )
    every = list(proposals(known))
    adopted = {one.fact.sha256: one for one in every if one.adopted is not None}
    return Listing(
        packs=[_card(say, pack, bound[pack.id], adopted.get(pack.sha256)) for pack in protocols.values()],
        open=[_row(say, one, now) for one in every if one.state(now) is ProposalState.OPEN],
        past=[_row(say, one, now) for one in reversed(every) if one.state(now) is not ProposalState.OPEN],
    )


def verdict_rows(say: Tongue, counts: Mapping[str, Mapping[Effect, int]]) -> list[list[object]]:
    """By text: how often it came to each effect, and to any."""
    return [
        [
            (text, f"/protocols/{text}"),
            *(say.number(found.get(effect, 0)) for effect in Effect),
            say.number(sum(found.values())),
        ]
        for text, found in sorted(counts.items())
    ]


def _card(say: Tongue, pack: Pack, bound: int, adopted: Proposal | None) -> PackCard:
    counsel = awaiting(pack)
    came = say("comes with Tearline")
    if pack.sha256 not in shipped_texts() and adopted is not None and adopted.adopted is not None:
        came = say("adopted on %(day)s", day=say.day(adopted.adopted.known_at))
    return PackCard(
        id=pack.id,
        title=say(pack.title),
        came=came,
        bound=bound,
        in_force=say.many("%(n)s agreement binds by it", "%(n)s agreements bind by it", bound)
        if bound
        else say("no agreement binds by it"),
        rules=say.many("%(n)s rule", "%(n)s rules", len(pack.rules)),
        counsel=counsel,
        counsel_said=say.many(
            "%(n)s clause awaits counsel's check", "%(n)s clauses await counsel's check", counsel
        ),
    )


def _row(say: Tongue, one: Proposal, now: datetime) -> list[object]:
    fact = one.fact
    return [
        link(fact.protocol, f"/protocols/proposals/{fact.proposal}"),
        fact.replaces or "—",
        say(one.recorded.by.role),
        say.happened(one.recorded),
        say(
            "%(signed)s of %(all)s signed",
            signed=say.number(len(one.signed)),
            all=say.number(SIGNERS),
        ),
        say.until(one.expires, now) if one.state(now) is ProposalState.OPEN else say(one.state(now)),
    ]
