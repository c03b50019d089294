"""What is shown beside a request: copies, witnesses, acts, hashes and what may be done."""

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded, Role
from tearline.facts.identifiers import PersonId, RequestId
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    VerdictReached,
)
from tearline.folds.agreements import agreements
from tearline.folds.people import People
from tearline.folds.release import (
    item_of,
)
from tearline.folds.reviews import review_of
from tearline.jobs.effect import Effects
from tearline.protocol.cure import cure
from tearline.web.access import Access
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.release.copies import waiting
from tearline.web.release.explained import ChangeRow, CuredRow, Reader
from tearline.web.release.reviewed import expedited_of
from tearline.web.release.verdicts import Standing
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue


def cure_rows(
    say: Tongue, stands: Standing, names: Names, access: Access | None
) -> tuple[list[CuredRow], list[ChangeRow]]:
    """What would cure the holds: who owes what by when, the facts that would have to be otherwise, and what besides."""
    if stands.rules is None or stands.protocol is None or stands.dossier is None:
        return [], []
    reader = Reader(say=say, names=names, access=access, protocol=stands.protocol)
    found = cure(stands.protocol, stands.dossier)
    return reader.cures(stands.rules, found), reader.besides(stands.rules, found)


def fact_rows(
    say: Tongue, known: History, asked: ReleaseRequested, names: Names
) -> list[tuple[str, Shown] | tuple[str, Shown, str]]:
    item = item_of(known, asked.item)
    unit = names.unit(asked.unit)
    rows: list[tuple[str, Shown] | tuple[str, Shown, str]] = [
        (label(say, ReleaseRequested, "unit"), names.of_unit(asked.unit), unit.href),
        (label(say, ReleaseRequested, "purpose"), text(say, asked, "purpose")),
    ]
    if asked.agreement:
        agreement = names.agreement(asked.agreement)
        rows.append((label(say, ReleaseRequested, "agreement"), agreement.name, agreement.href))
    else:
        rows.append((label(say, ReleaseRequested, "agreement"), say("none")))
    for name in ("right_to_know", "use", "reach", "expedited"):
        rows.append((label(say, ReleaseRequested, name), text(say, asked, name)))  # noqa: PERF401  its type
    if item is not None:
        for name in ("source_grade", "information_grade", "handling", "perishes_at"):
            rows.append((label(say, ItemRegistered, name), text(say, item.fact, name)))  # noqa: PERF401  its type
    return rows


def copy_rows(
    say: Tongue, known: History, released: Recorded[ItemReleased] | None, names: Names
) -> list[list[object]]:
    if released is None:
        return []
    received = {r.fact.copy: r for r in known.of(CopyReceived)}
    rows: list[list[object]] = []
    for r in known.of(CopyReleased):
        if r.fact.release == released.fact.release:
            receipt = received.get(r.fact.copy)
            rows.append(
                [
                    (r.fact.copy, f"/copies/{r.fact.copy}"),
                    names.person(r.fact.recipient).link(),
                    say.happened(r),
                    say.happened(receipt) if receipt else say("no receipt yet"),
                ]
            )
    return rows


def witness_rows(
    say: Tongue, known: History, released: Recorded[ItemReleased] | None, effects: Effects
) -> str | None:
    """Whether the release is in effect, where its agreement asks for witnesses."""
    if released is None:
        return None
    copies = [r for r in known.of(CopyReleased) if r.fact.release == released.fact.release]
    effect = effects.of(known, released, copies)
    if effect.holds and effect.quorum:
        return say(
            "In effect: cosigned by %(n)s of our witnesses, where its agreement asks for %(quorum)s.",
            n=say.number(effect.cosigned),
            quorum=say.number(effect.quorum),
        )
    return waiting(say, effect)


def entry_rows(say: Tongue, known: History, request: RequestId) -> list[tuple[str, str, str]]:
    """The acts on this request, oldest first: words, when, ledger entry."""
    return [
        (say(type(r.fact).in_words), say.happened(r), entry_of(r))
        for r in known
        if getattr(r.fact, "request", None) == request
    ]


def hash_rows(say: Tongue, stands: Standing | None) -> list[tuple[str, str]]:
    if stands is None or stands.recorded is None:
        return []
    verdict = stands.recorded.fact
    return [
        (label(say, VerdictReached, "dossier_sha256"), verdict.dossier_sha256),
        (label(say, VerdictReached, "protocol_sha256"), verdict.protocol_sha256),
    ]


def rests_on_rows(say: Tongue, known: History, request: RequestId) -> list[tuple[str, str]]:
    """What each told fact of this request rests on."""
    return [
        (say(type(r.fact).in_words), r.told.rests_on)
        for r in known
        if r.told and r.told.rests_on and getattr(r.fact, "request", None) == request
    ]


def actions_for(
    say: Tongue,
    known: History,
    recorded: Recorded[ReleaseRequested],
    *,
    released: Recorded[ItemReleased] | None,
    stands: Standing | None,
    access: Access,
) -> list[tuple[str, str]]:
    """What this reader can do here, most fitting first: label and address."""
    here = f"/releases/{recorded.fact.request}"
    actions = []
    role = access.role
    if released is None:
        signed = {r.by.person for r in known.of(ReleaseSignedOff) if r.fact.request == recorded.fact.request}
        if stands and stands.effect is Effect.RELEASE and role is Role.RELEASING_OFFICER:
            actions.append((say("Release it"), f"{here}/release"))
        signers = (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER, Role.SENIOR_OFFICER)
        if role in signers and access.person not in signed and recorded.by.person != access.person:
            actions.append((say("Sign off"), f"{here}/sign-off"))
        deciders = (Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER, Role.SOURCE_HANDLER)
        if stands and stands.moved and role in deciders:
            actions.append((say("Decide again"), f"{here}/decide"))
        if role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.INVESTIGATOR):
            actions.append((say("Inform the overseer"), f"{here}/overseer"))
    expedited = expedited_of(known, recorded.fact.request)
    if (
        expedited is not None
        and review_of(known, expedited) is None
        and role in (Role.SENIOR_OFFICER, Role.OVERSEER)
        and not had_part(known, recorded, access.person)
    ):
        actions.append((say("Review the expedited release"), f"{here}/review"))
    actions.append((say("Record dissent"), f"{here}/dissent"))
    if released is not None:
        actions.append((say("Report a compromise"), f"/leaks/new?item={recorded.fact.item}"))
    return actions


def had_part(known: History, recorded: Recorded[ReleaseRequested], person: PersonId) -> bool:
    """Whether this person asked for it, signed it or released it."""
    request = recorded.fact.request
    did: list[Recorded[Fact]] = [recorded]
    did += [r for r in known.of(ReleaseSignedOff) if r.fact.request == request]
    did += [r for r in known.of(ItemReleased) if r.fact.request == request]
    return any(r.by.person == person for r in did)


def top_of(known: History, asked: ReleaseRequested, people: People) -> PersonId | None:
    """The signatory up to whom the chain is drawn: ours inside our own agency, else the partner's."""
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    if held is None:
        return None
    item = item_of(known, asked.item)
    own = item is not None and people.organisation_of(asked.unit) == item.fact.holder
    return held.terms.own_signatory if own else held.terms.partner_signatory
