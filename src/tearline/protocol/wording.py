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
    SignOffLine,
    SourceGrade,
    Tlp,
    WarningKind,
)
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


_USE = {
    "crime": Words("to prevent or investigate crime", "prevenir o investigar delitos"),
    "court": Words("as evidence in court", "como prueba en juicio"),
    "protection": Words("to protect people", "proteger a personas"),
    "other": Words("something else", "otro uso"),
}


def _worded(kind: type[Worded]) -> Mapping[str, Words]:
    return {str(one.value): one.words for one in kind}


CLOSED: Mapping[str, Mapping[str, Words]] = {
    "request.extent": _worded(Extent),
    "request.manner": _worded(Manner),
    "request.scope": _worded(Scope),
    "request.reach": {
        "named-persons": Words("the named persons only", "solo las personas nombradas"),
        "organisation": Words("within their organisation", "dentro de su institución"),
        "clients": Words("their organisation and its clients", "su institución y sus clientes"),
        "community": Words("the community", "la comunidad"),
        "public": Words("the public", "el público"),
    },
    "request.use": _USE,
    "item.tlp": _worded(Tlp),
    "item.handling": _worded(Handling),
    "item.source_grade": _worded(SourceGrade),
    "item.information_grade": _worded(InformationGrade),
    "item.protected_activity": {
        "none": Words("of none", "de ninguna"),
        "related": Words(
            "of one that relates to the crime directly", "de una relacionada directamente con el delito"
        ),
        "unrelated": Words("of one that does not", "de una que no lo está"),
    },
    "item.europol_source": {
        "A": Words("A: no doubt about the source", "A: sin dudas sobre la fuente"),
        "B": Words("B: mostly proved reliable", "B: fiable en la mayoría de los casos"),
        "C": Words("C: mostly proved unreliable", "C: no fiable en la mayoría de los casos"),
        "X": Words("X: cannot be assessed", "X: no puede evaluarse"),
    },
    "item.europol_information": {
        "1": Words("1: known to be true without reservation", "1: cierta sin reservas"),
        "2": Words("2: known to the source personally", "2: conocida personalmente por la fuente"),
        "3": Words("3: not known to the source, corroborated", "3: no conocida por la fuente, corroborada"),
        "4": Words("4: not known, not corroborated", "4: ni conocida ni corroborada"),
    },
    "item.europol_codes": {
        "H0": Words("H0: to prevent and combat crime only", "H0: solo para prevenir y combatir delitos"),
        "H1": Words(
            "H1: not in court without the provider's permission", "H1: no en juicio sin permiso del proveedor"
        ),
        "H2": Words(
            "H2: not passed on without the provider's permission",
            "H2: no transmitir sin permiso del proveedor",
        ),
        "H3": Words("H3: other restrictions, as written", "H3: otras restricciones, según se indique"),
    },
    "consent.answer": {
        "yes": Words("yes", "sí"),
        "conditions": Words("yes, on conditions", "sí, con condiciones"),
        "no": Words("no", "no"),
    },
    "consent.use": _USE,
    "consent.requires": {
        "sanitise": Words("take out what identifies", "quitar lo que identifica"),
        "paraphrase": Words("put it into other words", "ponerlo en otras palabras"),
        "downgrade": Words("lower its marking", "bajar su clasificación"),
    },
    "source.warnings.kind": _worded(WarningKind),
    "source.standing": {
        "registered": Words("registered", "registrada"),
        "unregistered": Words("not registered", "no registrada"),
        "deactivated": Words("deactivated", "desactivada"),
        "dropped-for-cause": Words("dropped for cause", "dada de baja con causa"),
    },
    "threats.harm": {
        "killing": Words("killing", "muerte"),
        "serious-injury": Words("serious bodily injury", "lesiones graves"),
        "kidnapping": Words("kidnapping", "secuestro"),
        "other": Words("something else", "otro daño"),
    },
    "threats.waiver": {
        "danger-to-sources-or-operations": Words(
            "it would unduly endanger people, sources, methods or operations",
            "pondría en peligro indebido a personas, fuentes, métodos u operaciones",
        ),
        "intended-victim-is-a-threat": Words(
            "the intended victim is a threat: a terrorist, assassin, trafficker or violent criminal",
            "la víctima prevista es una amenaza: terrorista, asesino, traficante o delincuente violento",
        ),
        "part-in-armed-conflict": Words(
            "the danger comes only from taking part in an armed conflict",
            "el peligro proviene solo de participar en un conflicto armado",
        ),
        "already-aware": Words("they know of it already", "ya lo saben"),
        "danger-to-foreign-provider": Words(
            "it would endanger the foreign partner who provided it",
            "pondría en peligro al socio extranjero que lo proporcionó",
        ),
        "no-reasonable-way": Words(
            "there is no reasonable way to warn them", "no hay manera razonable de avisarles"
        ),
    },
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
