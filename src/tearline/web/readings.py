"""What a matching rule read, in words: the label and value of each fact of the dossier.

A value is shown only to whom its compartment is open; a count of who could have known points at a source.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from tearline.facts.fact import Compartment
from tearline.facts.parties import (
    AllegationKind,
    AllegationStanding,
    Outcome,
    PersonVettingDecided,
    UnitVettingDecided,
)
from tearline.facts.release import (
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    KnowersListed,
    Manner,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    SourceWarned,
    Tlp,
    WarningKind,
)
from tearline.facts.words import Language
from tearline.protocol import Citation, Matched, Protocol, Reading
from tearline.web.access import Access
from tearline.web.look import sealed
from tearline.web.names import Names
from tearline.web.show import Shown, label, plain
from tearline.web.tongue import Tongue, tongue

INDEX = re.compile(r"\[\d+\]")

WORDED: dict[str, type[StrEnum]] = {
    "chain.outcome": Outcome,
    "recipient.outcome": Outcome,
    "recipient.allegations.kind": AllegationKind,
    "recipient.allegations.status": AllegationStanding,
    "request.extent": Extent,
    "request.manner": Manner,
    "item.tlp": Tlp,
    "item.handling": Handling,
    "item.source_grade": SourceGrade,
    "item.information_grade": InformationGrade,
    "source.warnings.kind": WarningKind,
    "sign_offs.line": SignOffLine,
}
COMPARTMENTS = {
    "source.knowers": Compartment.SOURCE_HANDLING,
    "protection.people_at_risk": Compartment.PEOPLE_AT_RISK,
}


def reading_rows(
    say: Tongue, matched: Matched, names: Names, access: Access | None, protocol: Protocol
) -> list[tuple[str, Shown, str | None]]:
    """What was read, a row each: label, value, and the page of what it names. ``access`` None: all is open."""
    rows: list[tuple[str, Shown, str | None]] = []
    for reading in matched.readings:
        name = _name(say, reading.path, protocol)
        rows.append((name, *_value(say, reading, names, access)))
    rows += [
        (_name(say, path, protocol), say("not on record"), None)
        for path in matched.missing
        if path not in {r.path for r in matched.readings}
    ]
    return rows


def missing_words(say: Tongue, matched: Matched, protocol: Protocol) -> list[str]:
    """The labels of what was missing, each once."""
    return list(dict.fromkeys(_name(say, path, protocol) for path in matched.missing))


def citation_text(say: Tongue, cite: Citation, on: date) -> str:
    """The citation, with the day from which the text applies and whether that came after the act."""
    text = str(cite)
    if cite.since is None:
        return text
    applies = say("applies from %(day)s", day=say.day(cite.since))
    if not cite.applied_on(on):
        applies = say("%(applies)s; postdates this act", applies=applies)
    return f"{text} ({applies})"


def _name(say: Tongue, path: str, protocol: Protocol) -> str:
    size = path.startswith("size(")
    bare = INDEX.sub("", path.removeprefix("size(").removesuffix(")"))
    known = _labels(say.language)
    if bare.startswith("agreement."):
        stated = next((p for p in protocol.parameters if bare == f"agreement.{p.name}"), None)
        if stated is not None:
            return say(stated.label)
    name = known.get(bare, bare)
    return say("Number: %(what)s", what=name) if size else name


def _value(say: Tongue, reading: Reading, names: Names, access: Access | None) -> tuple[Shown, str | None]:
    bare = INDEX.sub("", reading.path)
    compartment = COMPARTMENTS.get(bare)
    if compartment and access and not (access.opens(compartment) or access.opens(Compartment.DOSSIERS)):
        return sealed(say, compartment), None
    value = reading.value
    if value is None:
        return say("not on record"), None
    if isinstance(value, str):
        if bare in WORDED:
            return plain(say, WORDED[bare](value)), None
        if bare == "chain.relation":
            return _relation(say, value), None
        if bare in ("chain.person", "dissents.by", "dissents.answered_by", "sign_offs.by", "request.by"):
            named = names.person(value)
            return named.name, named.href
        if bare == "recipient.unit":
            unit = names.unit(value)
            return unit.name, unit.href
        if bare in ("chain.decided_by", "item.originator", "item.holder", "recipient.organisation"):
            return names.organisation(value), None
    if isinstance(value, datetime):
        return say.moment(value), None
    return plain(say, value), None


def _relation(say: Tongue, relation: str) -> str:
    return {
        "recipient": say("named recipient"),
        "superior": say("superior"),
        "signatory": say("signatory"),
    }.get(relation, relation)


@cache
def _labels(language: Language) -> dict[str, str]:
    """The dossier's fields in words: a fact's own label where a fact declares the same thing."""
    say = tongue(language)
    return {
        "at": say("Time of decision"),
        "request.extent": label(say, ReleaseRequested, "extent"),
        "request.manner": label(say, ReleaseRequested, "manner"),
        "request.scope": say("Scope"),
        "request.purpose_stated": say("Purpose stated"),
        "request.recipients": label(say, ReleaseRequested, "recipients"),
        "request.by": say("Requested by"),
        "item.perishes_at": label(say, ItemRegistered, "perishes_at"),
        "item.tlp": label(say, ItemRegistered, "tlp"),
        "item.handling": label(say, ItemRegistered, "handling"),
        "item.conditions_written": say("Conditions written down"),
        "item.source_grade": label(say, ItemRegistered, "source_grade"),
        "item.information_grade": label(say, ItemRegistered, "information_grade"),
        "item.originator": label(say, ItemRegistered, "originator"),
        "item.holder": label(say, ItemRegistered, "holder"),
        "item.onward_consent": say("Originator's consent to this release"),
        "item.compromised": say("Became known to those who must not know it"),
        "source.warnings": say("Warnings by the source"),
        "source.warnings.id": label(say, SourceWarned, "warning"),
        "source.warnings.kind": label(say, SourceWarned, "kind"),
        "source.warnings.answered": say("Answered in writing"),
        "source.knowers": label(say, KnowersListed, "count"),
        "protection.people_at_risk": label(say, PeopleAtRiskNamed, "count"),
        "protection.plan": label(say, ProtectionPlanSet, "plan"),
        "protection.plan_ready_from": label(say, ProtectionPlanSet, "ready_from"),
        "agreement.in_force_from": say("Agreement in force from"),
        "agreement.valid_until": say("Agreement in force until"),
        "recipient.unit": label(say, ReleaseRequested, "unit"),
        "recipient.outcome": say("Vetting of the unit"),
        "recipient.vetted_at": say("Unit vetted on"),
        "recipient.valid_until": say("Unit's vetting valid until"),
        "recipient.suspended": say("Cooperation suspended"),
        "recipient.allegations": say("Allegations against the unit"),
        "recipient.allegations.id": say("Allegation"),
        "recipient.allegations.kind": say("Alleged"),
        "recipient.allegations.status": say("Standing"),
        "chain": say("People in the chain"),
        "chain.person": say("Who"),
        "chain.relation": say("As"),
        "chain.outcome": label(say, PersonVettingDecided, "outcome"),
        "chain.decided_by": label(say, PersonVettingDecided, "decided_by"),
        "chain.decided_at": say("Decided"),
        "chain.valid_until": label(say, UnitVettingDecided, "valid_until"),
        "chain.trained_until": say("Trained until"),
        "chain_complete": say("Every line of superiors known up to the signatory"),
        "dissents": say("Dissents"),
        "dissents.id": say("Dissent"),
        "dissents.by": say("Dissent by"),
        "dissents.answered": say("Answered in writing"),
        "dissents.answered_by": say("Answered by"),
        "dissents.answered_by_superior": say("Answered by a superior"),
        "sign_offs": say("Sign-offs"),
        "sign_offs.id": label(say, ReleaseSignedOff, "sign_off"),
        "sign_offs.by": say("Signed by"),
        "sign_offs.line": label(say, ReleaseSignedOff, "line"),
        "overseer_informed": say("Overseer informed"),
    }
