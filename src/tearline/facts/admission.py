"""Who may come in, as what, and by which proof: founders, roles, invitations, passkeys, directory accounts, tokens.

Nobody admits anyone alone. Founders are named once, by the node, when it is set up; from then on a role and an
invitation each take two people beside the one they are for. What opens a door (a code, a token) stands here only as
its hash; the private part of a passkey never leaves its holder's device.
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Fact, Label, Public, Tag, fact
from tearline.facts.history import Role
from tearline.facts.identifiers import DirectoryAccountId, GrantId, InvitationId, KeyId, PersonId, TokenId
from tearline.facts.words import Worded


class EndReason(Worded):
    """Why somebody no longer acts in a role."""

    LEFT = "left", "left the post", "dejó el puesto"
    MOVED = "moved", "moved to another post", "pasó a otro puesto"
    SUSPENDED = "suspended", "suspended", "fue suspendido"
    MISTAKE = "mistake", "given by mistake", "se dio por error"


class InvitationPurpose(Worded):
    """What an invitation lets its bearer do, once."""

    ENROL = "enrol", "enrol a first key", "inscribir la primera clave"
    RECOVER = (
        "recover",
        "enrol a key in place of lost ones",
        "inscribir una clave en lugar de las perdidas",
    )
    LINK = (
        "link",
        "link a directory account beside a key",
        "vincular una cuenta del directorio junto a una clave",
    )


class PasskeyAlgorithm(Worded):
    """How a passkey signs: the COSE algorithms (RFC 9053, RFC 8812) that authenticators offer."""

    ES256 = "es256", "ECDSA on P-256 with SHA-256", "ECDSA sobre P-256 con SHA-256"
    EDDSA = "eddsa", "Ed25519", "Ed25519"
    RS256 = "rs256", "RSA with SHA-256", "RSA con SHA-256"


class Scope(Worded):
    """What a token is good for."""

    READ = "read", "reads what its role may read", "lee lo que su rol puede leer"
    RECORD = "record", "records what its role may record", "registra lo que su rol puede registrar"


@fact("The founders of the node were named", "Se nombró a los fundadores del nodo")
class FoundersNamed(Fact):
    """They administer the node, see none of its content, and admit everybody else, two of them at a time."""

    founders: Annotated[tuple[PersonId, ...], Label("Founders", "Fundadores")]


@fact("A role was proposed for a person", "Se propuso un rol para una persona", binds=True)
class RoleProposed(Fact):
    """Nobody has the role by this alone: a second person approves it."""

    grant: Annotated[GrantId, Label("Grant", "Asignación")]
    person: Annotated[PersonId, Label("Person", "Persona")]
    role: Annotated[Role, Label("Role", "Rol")]
    until: Annotated[datetime, Label("Until", "Hasta")]


@fact("A proposed role was approved", "Se aprobó un rol propuesto", binds=True)
class RoleApproved(Fact):
    """From now on the person may act in it."""

    grant: Annotated[GrantId, Label("Grant", "Asignación")]
    person: Annotated[PersonId, Label("Person", "Persona")]


@fact("A role was ended", "Se puso fin a un rol", binds=True)
class RoleEnded(Fact):
    """One person is enough for this. It ends every grant of the role that the person had."""

    person: Annotated[PersonId, Label("Person", "Persona")]
    role: Annotated[Role, Label("Role", "Rol")]
    reason: Annotated[EndReason, Label("Reason", "Motivo")]


@fact("An invitation was issued", "Se emitió una invitación", binds=True)
class InvitationIssued(Fact):
    """Of no use until somebody else approved it. Whoever issued it has the first code and hands it over."""

    invitation: Annotated[InvitationId, Label("Invitation", "Invitación")]
    person: Annotated[PersonId, Label("Person", "Persona")]
    purpose: Annotated[InvitationPurpose, Label("Purpose", "Finalidad")]
    code: Annotated[str, Label("SHA-256 of the first code", "SHA-256 del primer código"), Public(43)]
    expires: Annotated[datetime, Label("Expires", "Vence")]


@fact("An invitation was approved", "Se aprobó una invitación", binds=True)
class InvitationApproved(Fact):
    """Whoever approved it has the second code and hands it over. It takes both, so neither comes in by it."""

    invitation: Annotated[InvitationId, Label("Invitation", "Invitación")]
    person: Annotated[PersonId, Label("Person", "Persona")]
    code: Annotated[str, Label("SHA-256 of the second code", "SHA-256 del segundo código"), Public(43)]


@fact("An invitation was withdrawn", "Se retiró una invitación")
class InvitationWithdrawn(Fact):
    invitation: Annotated[InvitationId, Label("Invitation", "Invitación")]
    person: Annotated[PersonId, Label("Person", "Persona")]


@fact("A passkey was enrolled", "Se inscribió una clave de acceso")
class PasskeyEnrolled(Fact):
    """A public key with which this person signs in and signs what binds them (W3C WebAuthn Level 3).

    It is enrolled by the node on an invitation, which is thereby used up, for whoever brought its codes; or by its
    holder under the signature of a key that they have already. ``key`` is the SHA-256 of the COSE key, in base64url.
    """

    person: Annotated[PersonId, Label("Person", "Persona")]
    key: Annotated[KeyId, Label("Key", "Clave")]
    algorithm: Annotated[PasskeyAlgorithm, Label("Algorithm", "Algoritmo")]
    public_key: Annotated[str, Label("Public key (COSE)", "Clave pública (COSE)"), Public(1200)]
    credential: Annotated[str, Label("Credential", "Credencial"), Public(1400)]
    site: Annotated[str, Label("Site it is bound to", "Sitio al que está ligada"), Public(253)]
    name: Annotated[str, Label("Name of the device", "Nombre del dispositivo"), Public(40)]
    invitation: Annotated[InvitationId | None, Label("On invitation", "Por invitación")] = None

    @property
    def by_holder(self) -> bool:
        """Whether its holder enrolled it by a key that they had, whose signature this fact then bears."""
        return self.invitation is None


@fact("A directory account was linked", "Se vinculó una cuenta del directorio")
class DirectoryAccountLinked(Fact):
    """By this account of the agency's directory (OpenID Connect) the person signs in. It signs nothing that binds."""

    person: Annotated[PersonId, Label("Person", "Persona")]
    issuer: Annotated[str, Label("Directory", "Directorio"), Public(200)]
    account: Annotated[
        DirectoryAccountId, Label("SHA-256 of directory and account", "SHA-256 del directorio y la cuenta")
    ]
    invitation: Annotated[InvitationId, Label("On invitation", "Por invitación")]


@fact("A directory account was unlinked", "Se desvinculó una cuenta del directorio")
class DirectoryAccountUnlinked(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    account: Annotated[
        DirectoryAccountId, Label("SHA-256 of directory and account", "SHA-256 del directorio y la cuenta")
    ]


@fact("A machine was registered", "Se registró una máquina")
class MachineRegistered(Fact):
    """It acts under an identifier of its own, in roles that two people gave it, and somebody answers for it.

    It is no person: it has no key, and signs nothing. Said again of the same machine, it names who answers from then.
    """

    person: Annotated[PersonId, Label("Machine", "Máquina")]
    name: Annotated[str, Label("Name", "Nombre"), Public(60)]
    answers: Annotated[PersonId, Label("Who answers for it", "Quién responde por ella"), Tag("answers")]


@fact("A token was issued", "Se emitió un token", binds=True)
class TokenIssued(Fact):
    """Whoever has the token acts as this person, or machine, in this role, as far as its scopes reach."""

    token: Annotated[TokenId, Label("Token", "Token")]
    person: Annotated[PersonId, Label("Holder", "Titular")]
    role: Annotated[Role, Label("Role", "Rol")]
    scopes: Annotated[tuple[Scope, ...], Label("Good for", "Sirve para")]
    secret: Annotated[str, Label("SHA-256 of the token", "SHA-256 del token"), Public(43)]
    expires: Annotated[datetime, Label("Expires", "Vence")]


@fact("A token was revoked", "Se revocó un token")
class TokenRevoked(Fact):
    token: Annotated[TokenId, Label("Token", "Token")]
    person: Annotated[PersonId, Label("Holder", "Titular")]
