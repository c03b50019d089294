"""A disclosure outside the protocol: who saw it, what had been said against it, and what would have been owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Sealed
from tearline.facts.history import History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import ReleaseId, RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import DisclosureJustified, DisclosureRecorded, Effect, ReleaseRequested
from tearline.folds.agreements import agreements, protocol_of
from tearline.folds.obligations import Obligation
from tearline.folds.people import People
from tearline.folds.release import dissents, item_of, lineage, requested_question, warnings
from tearline.protocol import Pack
from tearline.rooms.release.dossier import assemble
from tearline.web.access import Access
from tearline.web.chain import Chain, chain_of
from tearline.web.names import Names, names_question
from tearline.web.owed import OwedRow, owed_on, owed_row
from tearline.web.places import entry_of
from tearline.web.release.listing import said_to
from tearline.web.release.quoted import Quoted, quotes
from tearline.web.release.rule_rows import RuleRow, by_pack, points, rule_rows
from tearline.web.release.stated import sentence
from tearline.web.release.verdicts import Standing
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureView:
    release: str
    title: str
    telling: str | None
    marking: str | None
    meta: list[tuple[str, ...]]
    chain: Chain
    hypothetical: Effect | None
    sentence: str
    points: list[tuple[str, str]]
    protocol: str
    rules: list[tuple[str, list[RuleRow]]] | None
    quotes: list[Quoted]
    owed: list[OwedRow]
    never_came: int
    facts: list[tuple[str, Shown]]
    leaks: list[tuple[str, str, str]]
    actions: list[tuple[str, str]]
    entry: tuple[str, str]
    rests_on: str


def page_question(known: History, release: ReleaseId, protocols: Mapping[str, Pack]) -> Question:
    asked = about(f"release:{release}", kinds=(DisclosureRecorded, DisclosureJustified))
    recorded = disclosure_of(known, release)
    if recorded is None:
        return asked
    asked |= requested_question(known, as_request(recorded.fact))
    items = lineage(known, recorded.fact.item)
    asked |= owed_on(known, protocols, {"release": [release], "item": items})
    asked |= each("item", items, (CompromiseReported,))
    return asked | names_question(known)


def disclosure_of(known: History, release: ReleaseId) -> Recorded[DisclosureRecorded] | None:
    return next((r for r in known.of(DisclosureRecorded) if r.fact.release == release), None)


def as_request(given: DisclosureRecorded) -> ReleaseRequested:
    """The request that nobody made: what the protocol would have been asked."""
    return ReleaseRequested(
        request=RequestId(given.release),
        item=given.item,
        unit=given.unit,
        recipients=given.recipients,
        extent=given.extent,
        manner=given.manner,
        purpose=Sealed(None),
        agreement=given.agreement,
    )


def would_have_said(opened: History, release: ReleaseId, protocols: Mapping[str, Pack]) -> Standing | None:
    """The verdict that the protocol would have reached that day, on what was known; None: measured against nothing."""
    given = disclosure_of(opened, release)
    held = agreements(opened).get(given.fact.agreement) if given and given.fact.agreement else None
    protocol = protocol_of(held.as_of(given.position), protocols) if given and held else None
    if given is None or protocol is None:
        return None
    at = given.happened_at
    asked = Recorded(
        position=given.position,
        ref=given.ref,
        recorded_at=given.recorded_at,
        happened_at=at,
        precision=given.precision,
        by=given.by,
        told=given.told,
        fact=as_request(given.fact),
    )
    rules = protocol.decide(assemble(opened.as_known(at), asked, at, protocol))
    return Standing(
        effect=Effect(rules.effect.value),
        at=at,
        protocol=protocol,
        rules=rules,
        recorded=None,
        precision=given.precision,
        live=False,
        moved=False,
    )


def view(
    say: Tongue,
    known: History,
    release: ReleaseId,
    *,
    stands: Standing | None,
    owed: Sequence[Obligation],
    access: Access,
    now: datetime,
) -> DisclosureView | None:
    given = disclosure_of(known, release)
    if given is None:
        return None
    fact, at, told = given.fact, given.happened_at, given.told is not None
    names = Names(known, say)
    item = item_of(known, fact.item)
    shows_rules = told or access.told_rules()
    rows = rule_rows(say, stands, names, None if told else access) if stands and shows_rules else None
    refusing = [*stands.refusing, *stands.holding] if stands else []
    deciding = stands.refusing if stands and stands.refusing else refusing
    held = agreements(known).get(fact.agreement) if fact.agreement else None
    return DisclosureView(
        release=release,
        title=said_to(say, fact, names),
        telling=given.told.telling if given.told else None,
        marking=item.fact.tlp.value if item else None,
        meta=[
            (label(say, DisclosureRecorded, "item"), names.item(fact.item).name, f"/items/{fact.item}"),
            (label(say, DisclosureRecorded, "extent"), say(fact.extent)),
            (label(say, DisclosureRecorded, "manner"), say(fact.manner)),
            (say("When"), say.happened(given)),
            (say("Recorded by"), names.actor(given.by).name),
        ],
        chain=chain_of(
            say,
            People(known.as_known(at), at),
            names,
            recipients=fact.recipients,
            unit=fact.unit,
            top=held.terms.partner_signatory if held else None,
        ),
        hypothetical=stands.effect if stands else None,
        sentence=sentence(say, stands) if stands else "",
        points=points(say, stands, deciding) if stands and shows_rules else [],
        protocol=stands.protocol.id if stands and stands.protocol else "",
        rules=by_pack(rows),
        quotes=quotes(
            say,
            warnings(known, fact.item, at),
            dissents(known, fact.item, None, at),
            names,
            None,
        ),
        owed=[owed_row(say, o, names, now) for o in owed],
        never_came=sum(o.discharged_by is None for o in owed),
        facts=_facts(say, known, fact, names),
        leaks=[
            (say(r.fact.sure), say.happened(r), f"/leaks/{r.fact.compromise}")
            for r in known.of(CompromiseReported)
        ],
        actions=[] if told else _actions(say, fact, access),
        entry=(say("entry %(n)s", n=say.number(given.position)), entry_of(given)),
        rests_on=given.told.rests_on if given.told else "",
    )


def _facts(say: Tongue, known: History, given: DisclosureRecorded, names: Names) -> list[tuple[str, Shown]]:
    rows: list[tuple[str, Shown]] = [
        (label(say, DisclosureRecorded, "unit"), names.unit(given.unit).link()),
        (label(say, DisclosureRecorded, "decided_by"), text(say, given, "decided_by")),
    ]
    if given.agreement:
        rows.append((label(say, DisclosureRecorded, "agreement"), names.agreement(given.agreement).link()))
    justified = [r for r in known.of(DisclosureJustified) if r.fact.release == given.release]
    rows += [(label(say, DisclosureJustified, "reasons"), text(say, r.fact, "reasons")) for r in justified]
    if not justified:
        rows.append((label(say, DisclosureJustified, "reasons"), say("none was given")))
    return rows


def _actions(say: Tongue, given: DisclosureRecorded, access: Access) -> list[tuple[str, str]]:
    here = f"/disclosures/{given.release}"
    actions = []
    if access.role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER):
        actions.append((say("Justify it in writing"), f"{here}/justification"))
    if access.role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.INVESTIGATOR):
        actions.append((say("Inform the overseer"), f"{here}/overseer"))
    actions.append((say("Report a compromise"), f"/leaks/new?item={given.item}"))
    return actions
