"""How a protocol's text comes into force: proposed by one person, signed by two others, and then adopted by rule.

The text stands in clear, in parts, because a fact holds at most 16 KiB. It binds partners, overseers and officers, so
everyone who holds these facts must be able to read it without a key; and what is sealed can be purged, which would
leave verdicts that nobody can replay and requests that nobody can decide. A text holds nothing secret: rules have none.
"""

from collections.abc import Mapping
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.identifiers import AgreementId, ProposalId

PART = 10_000
"""The most that one part of a text takes, in bytes as JSON writes it: with all else that is signed it fits a fact."""


@fact("A protocol was proposed", "Se propuso un protocolo")
class ProtocolProposed(Fact):
    """Nothing is in force yet. Without agreements the text is only made known, for agreements to come."""

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    sha256: Annotated[str, Label("SHA-256 of the exact text", "SHA-256 del texto exacto"), Public(64)]
    parts: Annotated[int, Label("Parts of the text", "Partes del texto")]
    agreements: Annotated[
        tuple[AgreementId, ...], Label("Agreements it would change", "Acuerdos que cambiaría")
    ]
    replaces: Annotated[
        str | None, Label("Text that it takes the place of", "Texto que sustituye"), Public(60)
    ]
    parameters: Annotated[
        Mapping[str, int | str | bool], Label("Parameters stated in addition", "Parámetros que se añaden")
    ]


@fact("A part of a protocol's text was stated", "Se asentó una parte del texto de un protocolo")
class ProtocolTextStated(Fact):
    """The parts of a proposal, joined in their order and with nothing between them, are the exact text."""

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    part: Annotated[int, Label("Part, from 0", "Parte, desde 0")]
    text: Annotated[str, Label("Text", "Texto"), Public(PART)]


@fact("A proposed protocol was signed", "Se firmó un protocolo propuesto", binds=True)
class ProtocolSigned(Fact):
    """By one person, who is not its author, over the hash of the exact text."""

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    sha256: Annotated[str, Label("SHA-256 of the exact text", "SHA-256 del texto exacto"), Public(64)]


@fact("A protocol was adopted", "Se adoptó un protocolo")
class ProtocolAdopted(Fact):
    """Follows by rule with the second signature. From here on these agreements bind by this text."""

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    sha256: Annotated[str, Label("SHA-256 of the exact text", "SHA-256 del texto exacto"), Public(64)]
    agreements: Annotated[tuple[AgreementId, ...], Label("Agreements it changes", "Acuerdos que cambia")]
    replaces: Annotated[
        str | None, Label("Text that it takes the place of", "Texto que sustituye"), Public(60)
    ]
    parameters: Annotated[
        Mapping[str, int | str | bool], Label("Parameters stated in addition", "Parámetros que se añaden")
    ]


@fact("A proposed protocol was withdrawn", "Se retiró un protocolo propuesto")
class ProtocolProposalWithdrawn(Fact):
    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
