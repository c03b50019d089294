"""One rule as a lawyer reads it: both languages, condition, sources, what cures it, its cases, where it decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tearline.facts.history import History, Recorded, about
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight
from tearline.facts.release import VerdictReached
from tearline.facts.words import Language
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.protocol import Citation, Effect, Owes, Pack, Protocol, Rule
from tearline.protocol.explain import fields_of
from tearline.protocol.needed import value_at
from tearline.protocol.pack import Case
from tearline.protocol.wording import entry, identity_path, label
from tearline.web.access import Access
from tearline.web.look import verdict_tag
from tearline.web.names import Names
from tearline.web.parties.laid import laid_out
from tearline.web.readings import name_of, value_words
from tearline.web.release.explained import ChangeRow, rule_address
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

MOST_VERDICTS = 20
QUESTION = about(kinds=AGREEMENT_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CiteRow:
    """One source: its text and clause, where it can be read, and whether counsel has compared the clause with it."""

    text: str
    href: str | None
    since: str | None
    counsel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One of the pack's own cases: what it changes in the base. Without changes it is the base itself."""

    changes: list[ChangeRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """In how many verdicts a rule matched, and the latest of those that a reader is told of, newest first."""

    count: int
    latest: Sequence[Recorded[VerdictReached]]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    id: str
    pack: str
    pack_title: str
    effect: str
    because: str
    other: tuple[str, str]
    counsel: bool
    condition: list[str]
    reads: list[tuple[str, str]]
    cites: list[CiteRow]
    cures: list[tuple[str, str, str]]
    waives: list[tuple[str, str]]
    waived_by: list[tuple[str, str]]
    matches: list[CaseRow]
    passes: list[CaseRow]
    agreements: list[tuple[str, str, str]]
    decided: int
    verdicts: list[list[object]] | None
    more: bool


def view(
    say: Tongue,
    pack: Pack,
    id_: str,
    *,
    protocols: Mapping[str, Pack],
    agreed: History,
    decided: Decided,
    access: Access,
) -> RuleView | None:
    """The page of this rule; None when the pack has none of that name."""
    number = next((n for n, rule in enumerate(pack.rules) if rule.id == id_), None)
    if number is None:
        return None
    rule, names = pack.rules[number], Names(History(), say)
    cases = [case for case in pack.cases if case.rule == number]
    other = Language.EN if say.language is Language.ES else Language.ES
    fields = fields_of(pack.conditions[number])
    bound = Protocol(packs=(pack,))
    return RuleView(
        id=rule.id,
        pack=pack.id,
        pack_title=say(pack.title),
        effect=rule.effect.value,
        because=say(rule.because),
        other=(other.value, rule.because.to(other)),
        counsel=rule.awaiting_check,
        condition=laid_out(rule.condition),
        reads=[(path, name_of(say, path, bound)) for path in fields],
        cites=[_cite(say, cite) for cite in rule.cites],
        cures=[(say(o.sentence), say(o.debtor), _within(say, o, pack)) for o in rule.owes],
        waives=[_waived(named.pack, named.rule, protocols) for named in rule.waives],
        waived_by=list(_waiving(rule, pack, protocols)),
        matches=[_case(say, case, pack, bound, names) for case in cases if case.matches],
        passes=[_case(say, case, pack, bound, names) for case in cases if not case.matches],
        agreements=_agreements(say, agreed, pack),
        decided=decided.count,
        verdicts=[_verdict(say, r) for r in decided.latest]
        if decided.latest or access.told_rules()
        else None,
        more=decided.more,
    )


def decided(visit: Visit, pack: Pack, rule: str) -> Decided:
    """In how many verdicts this rule matched, and the latest that this reader may be told of."""
    count = len(visit.projections.matched((pack.id, rule), told=False))
    places = visit.projections.matched((pack.id, rule), told=not visit.access.told_rules())
    latest = History(visit.node.ledger.at(places[-MOST_VERDICTS:])).of(VerdictReached)
    return Decided(count=count, latest=list(reversed(latest)), more=len(places) > MOST_VERDICTS)


def _verdict(say: Tongue, reached: Recorded[VerdictReached]) -> list[object]:
    fact = reached.fact
    here = f"/releases/{fact.request}"
    return [
        (say.moment(reached.known_at, reached.precision), f"{here}/verdicts/{reached.position}"),
        verdict_tag(say, fact.effect),
        (fact.request, here),
        say.telling(reached.told.telling) if reached.told else "—",
    ]


def _cite(say: Tongue, cite: Citation) -> CiteRow:
    since = say("applies from %(day)s", day=say.day(cite.since)) if cite.since else None
    return CiteRow(text=str(cite), href=cite.url, since=since, counsel=cite.awaiting_check)


def _within(say: Tongue, owes: Owes, pack: Pack) -> str:
    """How long there is for it: the length that the pack states, or the agreement's parameter in words."""
    within = owes.within
    stated = next((p for p in pack.parameters if p.name == within.parameter), None)
    if stated is not None:
        return say("as agreed (“%(what)s”)", what=say(stated.label))
    return say.span(within.span) if isinstance(within.span, timedelta) else say("not stated")


def _waived(pack: str, rule: str, protocols: Mapping[str, Pack]) -> tuple[str, str]:
    """A hold that is lifted, and its page in the version that is at hand."""
    at_hand = [p for p in protocols.values() if p.name == pack and any(r.id == rule for r in p.rules)]
    newest = max(at_hand, key=lambda p: int(p.version), default=None)
    return (f"{pack}: {rule}", f"/protocols/{newest.id}/rules/{rule}" if newest else "")


def _waiving(rule: Rule, pack: Pack, protocols: Mapping[str, Pack]) -> Iterator[tuple[str, str]]:
    for other in protocols.values():
        for one in other.rules:
            if one.effect is Effect.WAIVE and any(
                (w.pack, w.rule) == (pack.name, rule.id) for w in one.waives
            ):
                yield f"{other.id}: {one.id}", rule_address(one)


def _agreements(say: Tongue, agreed: History, pack: Pack) -> list[tuple[str, str, str]]:
    """The agreements that run this text: name, page, and how long each is in force, with the worked case it is of."""
    told = {r.fact.agreement: r.told.telling for r in agreed.of(AgreementSigned) if r.told}
    told |= {r.fact.agreement: r.told.telling for r in agreed.of(ProtocolAppliedInHindsight) if r.told}
    found = []
    for name, held in agreements(agreed).items():
        if pack.id in held.packs:
            first, last = say.day(held.in_force_from), say.day(held.terms.valid_until)
            when = say("in force from %(first)s until %(last)s", first=first, last=last)
            more = f"{when} · {say.telling(told[name])}" if name in told else when
            found.append((held.name, f"/agreements/{name}", more))
    return found


# Its cases


def _case(say: Tongue, case: Case, pack: Pack, protocol: Protocol, names: Names) -> CaseRow:
    return CaseRow(
        changes=[
            _added(say, path, after, protocol, names)
            if isinstance(after, Mapping)
            else ChangeRow(
                what=_place(say, path, case.dossier, protocol),
                before=value_words(say, path, before, names)[0],
                after=value_words(say, path, after, names)[0],
                known=before is not None,
            )
            for path, before, after in differences("", pack.base, case.dossier)
        ]
    )


def _added(
    say: Tongue, path: str, fields: Mapping[str, object], protocol: Protocol, names: Names
) -> ChangeRow:
    said = [
        say(
            "%(what)s: %(value)s",
            what=name_of(say, f"{path}.{name}", protocol),
            value=value_words(say, f"{path}.{name}", value, names)[0],
        )
        for name, value in fields.items()
    ]
    return ChangeRow(
        what=say("%(listed)s: one more", listed=say(label(path))), before="", after="; ".join(said)
    )


def _place(say: Tongue, path: str, dossier: Mapping[str, object], protocol: Protocol) -> str:
    what, where, identity = name_of(say, path, protocol), entry(path), identity_path(path)
    if where is None:
        return what
    who = value_at(dossier, identity) if identity else None
    return say("%(listed)s, %(who)s: %(what)s", listed=say(label(where)), who=who or where, what=what)


def differences(path: str, one: object, other: object) -> Iterable[tuple[str, object, object]]:
    """Where the second differs from the first: path, value there, value here; None for what is not there.

    An entry that a list has more than the other is one difference.
    """
    if path.endswith("]") and (one is None or other is None):
        yield path, one, other
        return
    if isinstance(one, Mapping | None) and isinstance(other, Mapping | None):
        first, second = one or {}, other or {}
        if first or second:
            for key in dict.fromkeys((*first, *second)):
                yield from differences(f"{path}.{key}" if path else key, first.get(key), second.get(key))
        return
    if _records(one) or _records(other):
        first_list, second_list = list(_items(one)), list(_items(other))
        for n in range(max(len(first_list), len(second_list))):
            before = first_list[n] if n < len(first_list) else None
            after = second_list[n] if n < len(second_list) else None
            yield from differences(f"{path}[{n}]", before, after)
        return
    if one != other:
        yield path, one, other


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()


def _records(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value)
