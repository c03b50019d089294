"""Protocol texts, their rules, and proposals on their way into force."""

from collections.abc import Iterator

from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.route import PAGING, View
from tearline.api.schemas import (
    TIME,
    Schema,
    both,
    flag,
    in_both,
    many,
    maybe,
    one_of,
    record,
    ref,
    text,
    whole,
)
from tearline.api.views.ledger import listed
from tearline.api.views.why import citation
from tearline.facts.history import about
from tearline.facts.identifiers import ProposalId
from tearline.facts.protocols import ProtocolProposed
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.protocols import (
    SIGNERS,
    ProposalState,
    proposal_of,
    proposal_question,
    text_of,
)
from tearline.protocol import Effect as RuleEffect
from tearline.protocol import Pack
from tearline.protocol.explain import fields_of
from tearline.protocol.rule import ParameterType, Rule
from tearline.web.policy import CHECKERS
from tearline.web.protocols.texts import known_text

MOST_VERDICTS = 20


def protocols(reading: Reading) -> dict[str, Json]:
    return {"protocols": [_summary(pack) for pack in reading.node.protocols.values()]}


def _summary(pack: Pack) -> dict[str, Json]:
    return {
        "id": pack.id,
        "name": pack.name,
        "version": pack.version,
        "title": in_both(pack.title),
        "sha256": pack.sha256,
        "beside": pack.beside,
        "rules": len(pack.rules),
        "awaiting_check": sum(rule.awaiting_check for rule in pack.rules),
    }


def one_protocol(reading: Reading) -> dict[str, Json]:
    pack = _pack(reading)
    return {
        "protocol": _summary(pack),
        "rules": [_rule(rule) for rule in pack.rules],
        "duties": [
            {
                "id": duty.id,
                "on": duty.on,
                "about": duty.about,
                "debtor": duty.debtor.value,
                "creditor": duty.creditor.value,
                "discharged_by": list(duty.discharged_by),
                "sentence": in_both(duty.sentence),
            }
            for duty in pack.duties
        ],
        "parameters": [
            {
                "name": one.name,
                "type": one.type.value,
                "label": in_both(one.label),
                "optional": one.optional,
            }
            for one in pack.parameters
        ],
        "text": known_text(reading.node, pack.id),
    }


def _pack(reading: Reading) -> Pack:
    pack = reading.node.protocols.get(f"{reading.path['name']}/{reading.path['version']}")
    if pack is None:
        raise absent()
    return pack


def _rule(rule: Rule) -> dict[str, Json]:
    return {
        "rule": rule.id,
        "effect": rule.effect.value,
        "condition": rule.condition,
        "because": in_both(rule.because),
        "cites": [citation(one) for one in rule.cites],
        "owes": [
            {
                "obligation": one.obligation,
                "debtor": one.debtor.value,
                "creditor": one.creditor.value,
                "sentence": in_both(one.sentence),
            }
            for one in rule.owes
        ],
        "waives": [f"{one.pack}:{one.rule}" for one in rule.waives],
        "awaiting_check": rule.awaiting_check,
    }


def one_rule(reading: Reading) -> dict[str, Json]:
    """Where it decided is told only to those who are shown the rules of verdicts."""
    pack = _pack(reading)
    number = next((n for n, rule in enumerate(pack.rules) if rule.id == reading.path["rule"]), None)
    if number is None:
        raise absent()
    rule = pack.rules[number]
    told_alone = not reading.access.told_rules()
    positions = reading.projections.matched((rule.pack, rule.id), told=told_alone)[-MOST_VERDICTS:]
    bound: list[Json] = [
        str(held.agreement)
        for held in agreements(reading.read(about(kinds=AGREEMENT_KINDS))).values()
        if pack.id in held.packs
    ]
    return {
        "protocol": pack.id,
        **_rule(rule),
        "reads": list(fields_of(pack.conditions[number])),
        "agreements": bound,
        "decided": tell_all([reading.entry(position) for position in positions]),
    }


def all_proposals(reading: Reading) -> dict[str, Json]:
    return reading.facts("proposals", about(kinds=(ProtocolProposed,)))


def one_proposal(reading: Reading) -> dict[str, Json]:
    name = ProposalId(reading.identifier("proposal"))
    known = reading.read(proposal_question(name))
    found = proposal_of(known, name)
    if found is None:
        raise absent()
    return {
        "proposal": tell(found.recorded),
        "state": found.state(reading.now).value,
        "expires": moment(found.expires),
        "signed": tell_all(found.signed),
        "signatures_awaited": max(0, SIGNERS - len(found.signed)) if found.adopted is None else 0,
        "adopted": tell_maybe(found.adopted),
        "withdrawn": tell_maybe(found.withdrawn),
        "text": text_of(known, name),
    }


RULE: dict[str, Schema] = {
    "rule": text(),
    "effect": {"type": "string", "enum": [one.value for one in RuleEffect]},
    "condition": text(Words("The condition (CEL)", "La condición (CEL)")),
    "because": both(),
    "cites": many(ref("Citation")),
    "owes": many(record({"obligation": text(), "debtor": text(), "creditor": text(), "sentence": both()})),
    "waives": many(text()),
    "awaiting_check": flag(Words("Counsel has not compared it", "Sin cotejar por asesoría jurídica")),
}
SUMMARY = record(
    {
        "id": text(),
        "name": text(),
        "version": text(),
        "title": both(),
        "sha256": text(),
        "beside": flag(Words("Adds to another text; leads no agreement", "Acompaña a otro texto")),
        "rules": whole(),
        "awaiting_check": whole(),
    }
)
DUTY = record(
    {
        "id": text(),
        "on": text(),
        "about": text(),
        "debtor": text(),
        "creditor": text(),
        "discharged_by": many(text()),
        "sentence": both(),
    }
)


def _views() -> Iterator[View]:
    yield View(
        path="/protocols",
        name="Protocols",
        words=Words("Protocol texts that this node knows", "Textos de protocolo que este nodo conoce"),
        answer=record({"protocols": many(ref("ProtocolSummary"))}),
        read=protocols,
        roles=CHECKERS,
        page=("/protocols",),
    )
    yield View(
        path="/protocols/{name}/{version}",
        name="OneProtocol",
        words=Words(
            "One text: its rules, the duties that facts create under it, what an agreement states",
            "Un texto: sus reglas, los deberes que crea y lo que un acuerdo indica",
        ),
        answer=record(
            {
                "protocol": ref("ProtocolSummary"),
                "rules": many(record(RULE)),
                "duties": many(DUTY),
                "parameters": many(
                    record(
                        {
                            "name": text(),
                            "type": {"type": "string", "enum": [one.value for one in ParameterType]},
                            "label": both(),
                            "optional": flag(),
                        }
                    )
                ),
                "text": maybe(text(Words("The exact text", "El texto exacto"))),
            }
        ),
        read=one_protocol,
        roles=CHECKERS,
        page=("/protocols/{name}/{version}",),
    )
    yield View(
        path="/protocols/{name}/{version}/rules/{rule}",
        name="OneRule",
        words=Words("One rule, what it reads and where it decided", "Una regla, qué lee y dónde decidió"),
        answer=record(
            {
                "protocol": text(),
                **RULE,
                "reads": many(text()),
                "agreements": many(text()),
                "decided": many(ref("VerdictReached")),
            }
        ),
        read=one_rule,
        roles=CHECKERS,
        page=("/protocols/{name}/{version}/rules/{rule}",),
    )
    yield View(
        path="/proposals",
        name="Proposals",
        words=Words("Texts on their way into force", "Textos en camino a entrar en vigor"),
        answer=listed("proposals", ProtocolProposed),
        read=all_proposals,
        query=PAGING,
        page=("/protocols",),
    )
    yield View(
        path="/proposals/{proposal}",
        name="OneProposal",
        words=Words(
            "One proposal, its exact text and who signed it",
            "Una propuesta, su texto exacto y quién la firmó",
        ),
        answer=record(
            {
                "proposal": ref("ProtocolProposed"),
                "state": one_of(ProposalState),
                "expires": TIME,
                "signed": many(ref("ProtocolSigned")),
                "signatures_awaited": whole(),
                "adopted": maybe(ref("ProtocolAdopted")),
                "withdrawn": maybe(ref("ProtocolProposalWithdrawn")),
                "text": maybe(text()),
            }
        ),
        read=one_proposal,
        timed=True,
        page=("/protocols/proposals/{proposal}", "/protocols/proposals/{proposal}/text"),
    )


VIEWS = tuple(_views())
