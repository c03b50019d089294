"""Operations: declared, limited by each side's caveats, planned, manned, counted, and accounted for.

Results are recorded with who counted them and to what they are credited; tolls stand in the same account.
"""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.identifiers import OperationId, OrganisationId
from tearline.facts.operations import (
    AccountRendered,
    CaveatDeclared,
    DisplacementNoted,
    EffectClaimed,
    MeasurePlanned,
    OperationDeclared,
    PostOpened,
    ResultCounted,
    TollRecorded,
)
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import DisclosureRecorded, ItemReleased
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.release import releases_of
from tearline.rooms import Act, Says, require, require_new, unknown

OPERATION = Words("operation", "la operación")
ORGANISATION = Words("organisation", "la institución")
PLANNERS = frozenset({Role.OPERATIONS_PLANNER, Role.LIAISON, Role.CHRONICLER})
"""The partner's side records on its own node; what it says here, our liaison officer records as said by it."""


class DeclareOperation(Says[OperationDeclared]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        asked = about(f"operation:{self.fact.operation}", kinds=(OperationDeclared,))
        asked |= each("organisation", self.fact.organisations, (OrganisationRegistered,))
        return (
            asked | about(f"agreement:{self.fact.agreement}", kinds=AGREEMENT_KINDS)
            if self.fact.agreement
            else asked
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, OperationDeclared, "operation", self.fact.operation, OPERATION)
        for organisation in self.fact.organisations:
            require(known, OrganisationRegistered, "organisation", organisation, ORGANISATION)
        if self.fact.agreement and self.fact.agreement not in agreements(known):
            raise unknown(Words("agreement", "el acuerdo"), self.fact.agreement)
        return [act.says(self.fact)]


class DeclareCaveat(Says[CaveatDeclared]):
    """Only a party to the agreement sets limits under it."""

    allowed = PLANNERS | {Role.SENIOR_OFFICER}

    def question(self, known: History) -> Question:
        asked = about(f"agreement:{self.fact.agreement}", kinds=AGREEMENT_KINDS)
        return asked | about(f"caveat:{self.fact.caveat}", kinds=(CaveatDeclared,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, CaveatDeclared, "caveat", self.fact.caveat, Words("caveat", "la salvedad"))
        held = agreements(known).get(self.fact.agreement)
        if held is None:
            raise unknown(Words("agreement", "el acuerdo"), self.fact.agreement)
        if self.fact.organisation not in (held.terms.own, held.terms.partner):
            raise Refused(
                "a-party-s-own-limit",
                Words(
                    "a caveat is declared by a party to the agreement",
                    "una salvedad la declara una de las partes",
                ),
                (self.fact.caveat,),
            )
        return [act.says(self.fact)]


class PlanMeasure(Says[MeasurePlanned]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        return _operation(self.fact.operation, self.fact.organisation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation, self.fact.organisation)
        return [act.says(self.fact)]


class OpenPost(Says[PostOpened]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        asked = _operation(self.fact.operation, self.fact.organisation)
        return asked | about(f"post:{self.fact.post}", kinds=(PostOpened,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation, self.fact.organisation)
        require_new(known, PostOpened, "post", self.fact.post, Words("post", "el puesto"))
        return [act.says(self.fact)]


class CountResult(Says[ResultCounted]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        asked = _operation(self.fact.operation, self.fact.counted_by)
        return asked | about(f"result:{self.fact.result}", kinds=(ResultCounted,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation, self.fact.counted_by)
        require_new(known, ResultCounted, "result", self.fact.result, Words("result", "el resultado"))
        return [act.says(self.fact)]


class RecordToll(Says[TollRecorded]):
    allowed = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR, Role.PARTNER_LIAISON}

    def question(self, known: History) -> Question:
        return _operation(self.fact.operation) | about(f"toll:{self.fact.toll}", kinds=(TollRecorded,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation)
        require_new(known, TollRecorded, "toll", self.fact.toll, Words("toll", "el costo"))
        return [act.says(self.fact)]


class NoteDisplacement(Says[DisplacementNoted]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        return _operation(self.fact.operation) | about(
            f"shifted:{self.fact.shifted}", kinds=(DisplacementNoted,)
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation)
        require_new(
            known, DisplacementNoted, "shifted", self.fact.shifted, Words("displacement", "el desplazamiento")
        )
        return [act.says(self.fact)]


class ClaimEffect(Says[EffectClaimed]):
    allowed = PLANNERS

    def question(self, known: History) -> Question:
        return _operation(self.fact.operation) | about(f"claim:{self.fact.claim}", kinds=(EffectClaimed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _declared(known, self.fact.operation)
        require_new(known, EffectClaimed, "claim", self.fact.claim, Words("claim", "la afirmación"))
        return [act.says(self.fact)]


class RenderAccount(Says[AccountRendered]):
    allowed = frozenset(
        {Role.OPERATIONS_PLANNER, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.CHRONICLER}
    )

    def question(self, known: History) -> Question:
        asked = about(f"account:{self.fact.account}", kinds=(AccountRendered,))
        if self.fact.operation:
            asked |= _operation(self.fact.operation)
        if self.fact.release:
            asked |= about(f"release:{self.fact.release}", kinds=(ItemReleased, DisclosureRecorded))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(
            known, AccountRendered, "account", self.fact.account, Words("account", "la rendición de cuentas")
        )
        if (self.fact.operation is None) == (self.fact.release is None):
            raise Refused(
                "of-one-thing",
                Words("an account is of one operation or one release", "se rinde cuentas de una sola cosa"),
                (self.fact.account,),
            )
        if self.fact.operation:
            _declared(known, self.fact.operation)
        elif not releases_of(known):
            raise unknown(Words("release", "la divulgación"), str(self.fact.release))
        return [act.says(self.fact)]


def _operation(operation: OperationId, organisation: OrganisationId | None = None) -> Question:
    asked = about(f"operation:{operation}", kinds=(OperationDeclared,))
    return (
        asked | about(f"organisation:{organisation}", kinds=(OrganisationRegistered,))
        if organisation
        else asked
    )


def _declared(known: History, operation: OperationId, organisation: OrganisationId | None = None) -> None:
    require(known, OperationDeclared, "operation", operation, OPERATION)
    if organisation:
        require(known, OrganisationRegistered, "organisation", organisation, ORGANISATION)
