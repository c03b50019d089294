"""Agreements: which protocol binds two partners, with which parameters. None is filled in for them."""

from tearline.facts.errors import Malformed, Refused
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import (
    AgreementEndorsed,
    AgreementSigned,
    OrganisationRegistered,
    PersonEnrolled,
    ProtocolAppliedInHindsight,
    Terms,
)
from tearline.facts.words import Words
from tearline.folds.agreements import faults, terms_sha256
from tearline.protocol import Protocol
from tearline.rooms import Act, Says, require, require_after, require_new

AGREEMENT = Words("agreement", "el acuerdo")
ENDORSEMENT = Words("endorsement of", "el respaldo de")


class SignAgreement(Says[AgreementSigned]):
    allowed = frozenset({Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _question(self.fact.agreement, self.fact.terms)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _admit(known, act, self.fact.agreement, self.fact.terms)
        for signatory in (self.fact.terms.own_signatory, self.fact.terms.partner_signatory):
            if signatory is None:
                raise Refused(
                    "both-sign",
                    Words(
                        "an agreement names a signatory of each side",
                        "un acuerdo nombra un firmante por cada parte",
                    ),
                    (self.fact.agreement,),
                )
        return [act.says(self.fact)]


class EndorseAgreement(Says[AgreementEndorsed]):
    """Somebody else than who recorded it read these very terms and stands by them. Once."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.LIAISON})

    def question(self, known: History) -> Question:
        return about(f"agreement:{self.fact.agreement}", kinds=(AgreementSigned, AgreementEndorsed))

    def decide(self, known: History, act: Act) -> list[Draft]:
        name = self.fact.agreement
        require(known, AgreementSigned, "agreement", name, AGREEMENT)
        require_new(known, AgreementEndorsed, "agreement", name, ENDORSEMENT)
        (signed,) = known.of(AgreementSigned)
        if signed.by.person == act.by.person:
            raise Refused(
                "another-endorses",
                Words(
                    "whoever recorded an agreement does not endorse it: it takes a second person",
                    "quien registró un acuerdo no lo respalda: hace falta una segunda persona",
                ),
                (name,),
            )
        if self.fact.terms_sha256 != terms_sha256(signed.fact.terms):
            raise Refused(
                "these-very-terms",
                Words(
                    "these are not the terms on record; read them again",
                    "estos no son los términos registrados; léalos de nuevo",
                ),
                (name,),
            )
        require_after(signed, act, name)
        return [act.says(self.fact)]


class ApplyProtocolInHindsight(Says[ProtocolAppliedInHindsight]):
    """Only in a worked case: a live past has its own agreement, or none."""

    allowed = frozenset({Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _question(self.fact.agreement, self.fact.terms)

    def decide(self, known: History, act: Act) -> list[Draft]:
        if act.told is None:
            raise Refused(
                "hindsight-is-told",
                Words(
                    "only a worked case is measured in hindsight",
                    "solo un caso relatado se mide en retrospectiva",
                ),
                (self.fact.agreement,),
            )
        _admit(known, act, self.fact.agreement, self.fact.terms)
        return [act.says(self.fact)]


def _question(agreement: AgreementId, terms: Terms) -> Question:
    organisations = (terms.own, terms.partner, terms.overseer)
    signatories = [p for p in (terms.own_signatory, terms.partner_signatory) if p is not None]
    asked = each("organisation", organisations, (OrganisationRegistered,))
    asked |= each("person", signatories, (PersonEnrolled,))
    return asked | about(f"agreement:{agreement}", kinds=(AgreementSigned, ProtocolAppliedInHindsight))


def _admit(known: History, act: Act, agreement: AgreementId, terms: Terms) -> None:
    for kind in (AgreementSigned, ProtocolAppliedInHindsight):
        require_new(known, kind, "agreement", agreement, AGREEMENT)
    for organisation in (terms.own, terms.partner, terms.overseer):
        require(
            known,
            OrganisationRegistered,
            "organisation",
            organisation,
            Words("organisation", "la institución"),
        )
    for person in (terms.own_signatory, terms.partner_signatory):
        if person is not None:
            require(known, PersonEnrolled, "person", person, Words("person", "la persona"))
    protocol = _protocol(terms, act, agreement)
    if not protocol.leads:
        raise Refused(
            "protocol-leads",
            Words(
                f"{terms.protocol} stands beside another protocol and cannot lead: alone it does not ask who the"
                " recipients are or who signed",
                f"{terms.protocol} acompaña a otro protocolo y no puede encabezar: por sí solo no pregunta quiénes"
                " son los receptores ni quién firmó",
            ),
            (agreement,),
        )
    for fault in faults(terms, protocol):
        raise Refused("parameters-stated", fault, (agreement,))


def _protocol(terms: Terms, act: Act, agreement: AgreementId) -> Protocol:
    """The packs that these terms choose, if there are such and they fit together."""
    packs = []
    for name in (terms.protocol, *terms.further):
        pack = act.protocols.get(name)
        if pack is None:
            offered = ", ".join(sorted(act.protocols))
            raise Refused(
                "protocol-known",
                Words(
                    f"there is no protocol {name}; there are: {offered}",
                    f"no existe el protocolo {name}; hay: {offered}",
                ),
                (agreement,),
            )
        packs.append(pack)
    try:
        return Protocol(packs=tuple(packs))
    except Malformed as unfit:
        raise Refused(
            "protocols-fit",
            Words(
                f"these protocols do not fit together: {unfit.place}, expected {unfit.expected}",
                f"estos protocolos no se combinan: {unfit.place}, se esperaba {unfit.expected}",
            ),
            (agreement,),
        ) from None
