"""The words in which a dossier's facts are told: of each field, of each closed word, and of what a cure needs of them.

A field's words stand in the schema, a closed word's in the set of facts that declares it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tearline.facts.parties import AllegationKind, AllegationStanding, Outcome
from tearline.facts.release import (
    Extent,
    Handling,
    InformationGrade,
    Manner,
    Reach,
    SignOffLine,
    SourceGrade,
    Tlp,
    Use,
    WarningKind,
)
from tearline.facts.screening import (
    EuropolCode,
    EuropolInformation,
    EuropolSource,
    OriginatorsAnswer,
    ProtectedActivity,
    Standing,
    Treatment,
)
from tearline.facts.warnings import ThreatHarm, WaiverGround
from tearline.facts.words import Worded, Words
from tearline.protocol.explain import identities
from tearline.protocol.needed import Needed, bare
from tearline.protocol.rule import Parameter
from tearline.protocol.schema import words

FIELDS = words()


class Scope(Worded):
    PARTNER = "partner", "to a partner", "a un socio"
    OWN_AGENCY = "own-agency", "inside our own agency", "dentro de la propia institución"


class Relation(Worded):
    RECIPIENT = "recipient", "named recipient", "receptor nombrado"
    SUPERIOR = "superior", "superior", "superior"
    SIGNATORY = "signatory", "signatory", "firmante"


class Violation(Worded):
    NONE = "none", "none", "ninguna"
    OPEN = "open", "not yet assessed", "sin evaluar"
    CREDIBLE = "credible", "credible", "creíble"
    SUBSTANTIATED = "substantiated", "substantiated", "comprobada"


def _worded(kind: type[Worded]) -> Mapping[str, Words]:
    return {str(one.value): one.words for one in kind}


CLOSED: Mapping[str, Mapping[str, Words]] = {
    "request.extent": _worded(Extent),
    "request.manner": _worded(Manner),
    "request.scope": _worded(Scope),
    "request.reach": _worded(Reach),
    "request.use": _worded(Use),
    "item.tlp": _worded(Tlp),
    "item.handling": _worded(Handling),
    "item.source_grade": _worded(SourceGrade),
    "item.information_grade": _worded(InformationGrade),
    "item.protected_activity": _worded(ProtectedActivity),
    "item.europol_source": _worded(EuropolSource),
    "item.europol_information": _worded(EuropolInformation),
    "item.europol_codes": _worded(EuropolCode),
    "consent.answer": _worded(OriginatorsAnswer),
    "consent.use": _worded(Use),
    "consent.requires": _worded(Treatment),
    "source.warnings.kind": _worded(WarningKind),
    "source.standing": _worded(Standing),
    "threats.harm": _worded(ThreatHarm),
    "threats.waiver": _worded(WaiverGround),
    "recipient.outcome": _worded(Outcome),
    "recipient.allegations.kind": _worded(AllegationKind),
    "recipient.allegations.status": _worded(AllegationStanding),
    "chain.outcome": _worded(Outcome),
    "chain.relation": _worded(Relation),
    "chain.violation": _worded(Violation),
    "sign_offs.line": _worded(SignOffLine),
}
"""The words of every closed word of the dossier, by field without places; a test keeps it complete."""


class Person(StrEnum):
    """Fields that name a person, a unit or an organisation."""

    PERSON = "person"
    UNIT = "unit"
    ORGANISATION = "organisation"


NAMES: Mapping[str, Person] = {
    "request.by": Person.PERSON,
    "item.originator": Person.ORGANISATION,
    "item.holder": Person.ORGANISATION,
    "source.warnings.answered_by": Person.PERSON,
    "threats.waived_by": Person.PERSON,
    "recipient.unit": Person.UNIT,
    "recipient.organisation": Person.ORGANISATION,
    "recipient.allegations.person": Person.PERSON,
    "chain.person": Person.PERSON,
    "chain.decided_by": Person.ORGANISATION,
    "chain.unit": Person.UNIT,
    "dissents.by": Person.PERSON,
    "dissents.answered_by": Person.PERSON,
    "sign_offs.by": Person.PERSON,
}

NEEDED: Mapping[str, Words] = {
    "==": Words("{value}", "{value}"),
    "!=": Words("other than {value}", "que no sea {value}"),
    "<": Words("less than {value}", "menos de {value}"),
    "<=": Words("at most {value}", "a lo sumo {value}"),
    ">": Words("more than {value}", "más de {value}"),
    ">=": Words("at least {value}", "al menos {value}"),
    "has": Words("on record", "que conste"),
}
NEEDED_OF_TIMES: Mapping[str, Words] = {
    "<": Words("before {value}", "antes de: {value}"),
    "<=": Words("by {value}", "a más tardar: {value}"),
    ">": Words("later than {value}", "después de: {value}"),
    ">=": Words("{value} or later", "{value} o después"),
}
NONE = Words("none", "ninguno")
ONE_MORE = Words("one more", "una más")


def label(path: str, parameters: Iterable[Parameter] = ()) -> Words:
    """What the fact at this path is called; a parameter by what its protocol calls it."""
    plain = bare(path)
    known = FIELDS.get(plain)
    if known is not None:
        return known
    name = plain.removeprefix("agreement.")
    return next((p.label for p in parameters if p.name == name), Words(plain, plain))


def closed(path: str, value: object) -> Words | None:
    """The words of a closed word, where the field at this path has such."""
    return CLOSED.get(bare(path), {}).get(value) if isinstance(value, str) else None


def entry(path: str) -> str | None:
    """The path of the innermost entry of a list that this path leads into: ``chain[2]`` of ``chain[2].outcome``."""
    head, bracket, _ = path.rpartition("]")
    return head + bracket if bracket else None


def identity_path(path: str) -> str | None:
    """The path of what identifies the entry that this path leads into: ``chain[2].person``."""
    one = entry(path)
    field = identities().get(bare(one)) if one is not None else None
    return f"{one}.{field}" if field is not None else None


def telling(needed: Iterable[Needed]) -> tuple[Needed, ...]:
    """Of what a cure needs, what is worth telling where the fact's new value is told anyway: bounds, and who not."""
    return tuple(n for n in needed if closed(n.path, n.value) is None and not isinstance(n.value, bool))
