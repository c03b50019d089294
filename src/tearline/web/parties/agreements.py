"""An agreement: who signed it, under which protocol, with which parameters, limits and end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, about
from tearline.facts.identifiers import AgreementId
from tearline.facts.operations import CaveatDeclared
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight, Terms
from tearline.folds.admission import FOUNDED
from tearline.folds.agreements import AGREEMENT_KINDS, agreements, awaits_endorsement
from tearline.protocol import Pack
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, label, parameter
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    agreement: str
    name: str
    telling: str | None
    hindsight: bool
    in_force: bool
    awaits: bool
    facts: list[tuple[str, Shown] | tuple[str, Shown, str]]
    parameters: list[tuple[str, Shown]]
    caveats: list[tuple[str, str, str]]
    entry: tuple[str, str]


def page_question(known: History, agreement: AgreementId) -> Question:
    asked = about(f"agreement:{agreement}", kinds=(*AGREEMENT_KINDS, CaveatDeclared))
    return asked | FOUNDED | names_question(known)


def view(
    say: Tongue, known: History, agreement: AgreementId, protocols: Mapping[str, Pack], now: datetime
) -> AgreementView | None:
    held = agreements(known).get(agreement)
    signed = [*known.of(AgreementSigned), *known.of(ProtocolAppliedInHindsight)]
    if held is None or not signed:
        return None
    recorded = signed[0]
    names = Names(known, say)
    terms = held.terms
    rows: list[tuple[str, Shown] | tuple[str, Shown, str]] = [
        (label(say, Terms, "own"), names.organisation(terms.own)),
        (label(say, Terms, "partner"), names.organisation(terms.partner)),
        (label(say, Terms, "overseer"), names.organisation(terms.overseer)),
        (label(say, Terms, "own_signatory"), _signatory(say, names, terms.own_signatory)),
        (label(say, Terms, "partner_signatory"), _signatory(say, names, terms.partner_signatory)),
        *((label(say, Terms, "protocol"), name, f"/protocols/{name}") for name in held.packs),
        (say("In force from"), say.happened(recorded)),
        (label(say, Terms, "valid_until"), say.moment(terms.valid_until)),
    ]
    if held.endorsed is not None:
        endorsed = f"{say.happened(held.endorsed)}, {names.person(held.endorsed.by.person).name}"
        rows.append((say("Endorsed"), endorsed, entry_of(held.endorsed)))
    packs = [pack for name in held.packs if (pack := protocols.get(name))]
    declared = {p.name: say(p.label) for pack in packs for p in pack.parameters}
    return AgreementView(
        agreement=agreement,
        name=held.name,
        telling=recorded.told.telling if recorded.told else None,
        hindsight=held.hindsight,
        in_force=held.in_force_from <= now < terms.valid_until,
        awaits=awaits_endorsement(held, known),
        facts=rows,
        parameters=[
            (declared.get(name, name), parameter(say, value)) for name, value in terms.parameters.items()
        ],
        caveats=[
            (r.fact.limit, names.organisation(r.fact.organisation), entry_of(r))
            for r in known.of(CaveatDeclared)
        ],
        entry=(say("entry %(n)s", n=say.number(recorded.position)), entry_of(recorded)),
    )


def _signatory(say: Tongue, names: Names, person: str | None) -> Shown:
    return names.person(person).link() if person else say("none")
