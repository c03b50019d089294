"""The page of a release request: the verdict first, then who will really see it, why, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, each
from tearline.facts.identifiers import PersonId, RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    Effect,
    Extent,
    ItemRegistered,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.folds.agreements import agreements
from tearline.folds.obligations import Obligation
from tearline.folds.people import People
from tearline.folds.release import (
    RELEASE_KINDS,
    Dissented,
    Warned,
    dissents,
    item_of,
    lineage,
    request_of,
    request_question,
    warnings,
)
from tearline.folds.reviews import review_due, review_of
from tearline.jobs.effect import Effects
from tearline.protocol import Effect as RuleEffect
from tearline.protocol import Matched, Pack, Protocol, Rule
from tearline.protocol.cure import cure
from tearline.web.access import Access
from tearline.web.chain import Chain, chain_of
from tearline.web.look import verdict_tag
from tearline.web.names import Names, names_question
from tearline.web.owed import OwedRow, owed_on, owed_row
from tearline.web.places import entry_of
from tearline.web.readings import citation_text, reading_rows
from tearline.web.release.copies import waiting
from tearline.web.release.explained import ChangeRow, CuredRow, Reader, rule_address
from tearline.web.release.verdicts import Standing
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue

MOST_POINTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """As the macro ``quote`` takes it; ``answer_href`` where the reader may answer."""

    kind: str
    text: Shown
    by: str
    at: str
    answer: Shown | None
    answer_by: str | None
    needs_answer: bool
    answer_href: str | None
    answer_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """As the macro ``rules`` takes it."""

    id: str
    pack: str
    anchor: str
    effect: str
    because: str
    facts: list[tuple[str, Shown, str | None]]
    cites: list[str | tuple[str, str]]
    counsel: bool
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """As the macro ``sign_offs`` takes it."""

    line: str
    state: str
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The verdict as the page says it."""

    code: str
    sentence: str
    under: str
    points: list[tuple[str, str]]
    rest: list[tuple[str, ...]]
    word: str | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    request: str
    title: str
    telling: str | None
    marking: str | None
    meta: list[tuple[str, ...]]
    said: Said | None
    chain: Chain
    rules: list[tuple[str, list[RuleRow]]] | None
    undecided: list[RuleRow]
    quotes: list[Quoted]
    signs: list[SignRow]
    owed: list[OwedRow]
    cures: list[CuredRow]
    besides: list[ChangeRow]
    incurable: bool
    facts: list[tuple[str, Shown] | tuple[str, Shown, str]]
    verdicts: list[list[object]]
    copies: list[list[object]]
    witnesses: str | None
    review: list[tuple[str, Shown]]
    entries: list[tuple[str, str, str]]
    hashes: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    rests_on: list[tuple[str, str]]


def page_question(known: History, request: RequestId, protocols: Mapping[str, Pack]) -> Question:
    """Everything that the page shows: what decides, what came of it, and the names."""
    asked = request_question(known, request, verdicts=True)
    recorded = request_of(known, request)
    if recorded is None:
        return asked
    items = lineage(known, recorded.fact.item)
    releases = [r.fact.release for r in known.of(ItemReleased) if r.fact.request == request]
    asked |= owed_on(known, protocols, {"request": [request], "item": items})
    asked |= each("release", releases, RELEASE_KINDS)
    asked |= each("item", items, (CompromiseReported,))
    return asked | names_question(known)


def view(
    say: Tongue,
    known: History,
    request: RequestId,
    *,
    stands: Standing | None,
    owed: Sequence[Obligation],
    access: Access,
    now: datetime,
    effects: Effects,
) -> RequestView | None:
    """The page as this reader may see it; None when there is no such request."""
    recorded = request_of(known, request)
    if recorded is None:
        return None
    asked = recorded.fact
    at = stands.at if stands and not stands.live else now
    then = known.as_known(at) if stands and not stands.live else known
    names = Names(known, say)
    people = People(then, at)
    item = item_of(known, asked.item)
    released = next((r for r in known.of(ItemReleased) if r.fact.request == request), None)
    told = recorded.told is not None
    shows_rules = told or access.told_rules()
    rows = rule_rows(say, stands, names, None if told else access) if stands and shows_rules else None
    shows_cures = shows_rules and not released
    cures, besides = (
        _cures(say, stands, names, None if told else access) if stands and shows_cures else ([], [])
    )
    return RequestView(
        request=request,
        title=title(say, asked, names),
        telling=recorded.told.telling if recorded.told else None,
        marking=item.fact.tlp.value if item else None,
        meta=_meta(say, recorded, names),
        said=_said(say, stands, released, shows_rules=shows_rules) if stands else None,
        chain=chain_of(
            say,
            people,
            names,
            recipients=asked.recipients,
            unit=asked.unit,
            top=_top(then, asked, people),
        ),
        rules=by_pack(rows),
        undecided=undecided_rows(say, stands, names, None if told else access)
        if stands and shows_rules
        else [],
        quotes=quotes(
            say,
            warnings(known, asked.item, at),
            dissents(known, asked.item, asked.request, at),
            names,
            None if told or released else access,
        ),
        signs=_signs(say, known, asked, names, at),
        # What would cure the verdict stands by itself, above.
        owed=[owed_row(say, o, names, now) for o in owed if not isinstance(o.ground.fact, VerdictReached)],
        cures=cures,
        besides=besides,
        incurable=bool(stands and stands.refusing),
        facts=_facts(say, known, asked, names),
        verdicts=_verdicts(say, known, request, shows_rules=shows_rules),
        copies=_copies(say, known, released, names),
        witnesses=_witnesses(say, known, released, effects),
        review=review_rows(say, known, request, names, now),
        entries=_entries(say, known, request),
        hashes=_hashes(say, stands),
        actions=[]
        if told
        else _actions(say, known, recorded, released=released, stands=stands, access=access),
        rests_on=_rests_on(say, known, request),
    )


def title(say: Tongue, asked: ReleaseRequested, names: Names) -> str:
    """The question that the protocol answers."""
    unit, item = names.unit(asked.unit).name, names.item(asked.item).name
    match asked.extent:
        case Extent.EXISTENCE:
            return say("May %(unit)s be told that we have: %(item)s?", unit=unit, item=item)
        case Extent.TEARLINE:
            return say(
                "May %(unit)s be given the text below the tearline of: %(item)s?", unit=unit, item=item
            )
        case Extent.REDACTED:
            return say("May %(unit)s be given, with parts taken out: %(item)s?", unit=unit, item=item)
        case Extent.FULL:
            return say("May %(unit)s be given: %(item)s?", unit=unit, item=item)


def _meta(say: Tongue, recorded: Recorded[ReleaseRequested], names: Names) -> list[tuple[str, ...]]:
    asked = recorded.fact
    item = names.item(asked.item)
    by = names.actor(recorded.by)
    return [
        (label(say, ReleaseRequested, "item"), item.name, item.href),
        (label(say, ReleaseRequested, "extent"), say(asked.extent)),
        (label(say, ReleaseRequested, "manner"), say(asked.manner)),
        (say("Requested by"), by.name, by.href),
        (say("Requested"), say.happened(recorded)),
    ]


def _said(
    say: Tongue,
    stands: Standing,
    released: Recorded[ItemReleased] | None,
    *,
    shows_rules: bool,
) -> Said:
    rest: list[tuple[str, ...]] = []
    packs = stands.protocol.packs if stands.protocol else ()
    rest += [(say("Protocol"), pack.id, f"/protocols/{pack.id}") for pack in packs]
    if stands.live:
        rest.append((say("As of"), say.moment(stands.at)))
    else:
        rest.append((say("Decided"), say.moment(stands.at, stands.precision)))
    if stands.recorded:
        rest.append(
            (
                say("Recorded"),
                say("entry %(n)s", n=say.number(stands.recorded.position)),
                entry_of(stands.recorded),
            )
        )
        here = f"/releases/{stands.recorded.fact.request}/verdicts/{stands.recorded.position}"
        rest.append((say("Last verdict"), say("rule by rule"), here))
    deciding = {Effect.REFUSE: stands.refusing, Effect.HOLD: stands.holding}.get(stands.effect, [])
    return Said(
        code=stands.effect.value,
        sentence=sentence(say, stands),
        under=_under(say, stands.effect, released),
        word=say("Released") if released else None,
        points=points(say, stands, deciding[:MOST_POINTS]) if shows_rules else [],
        rest=rest,
        moved=_moved(say, stands),
    )


def sentence(say: Tongue, stands: Standing) -> str:
    if stands.purged:
        return say("The dossier on which this was decided was purged. The verdict stands.")
    if stands.rules is None:
        return say("The text of the protocol that decided this is not at hand. The verdict stands.")
    match stands.effect:
        case Effect.REFUSE:
            refusing, holding = len(stands.refusing), len(stands.holding)
            if not refusing:
                return say("No rule of the protocol permits this.")
            said = say.many("One rule refuses this.", "%(n)s rules refuse this.", refusing)
            if holding:
                more = say.many("One more would hold it.", "%(n)s more would hold it.", holding)
                return f"{said} {more}"
            return said
        case Effect.HOLD:
            return say.many(
                "One rule holds this until what it asks for is done.",
                "%(n)s rules hold this until what they ask for is done.",
                len(stands.holding),
            )
        case Effect.RELEASE:
            if stands.lifted:
                return say.many(
                    "The protocol permits this. One rule would hold it, and another lifted that hold.",
                    "The protocol permits this. %(n)s rules would hold it, and their holds were lifted.",
                    len(stands.lifted),
                )
            return say("The protocol permits this, and no rule holds or refuses it.")


def _under(say: Tongue, effect: Effect, released: Recorded[ItemReleased] | None) -> str:
    if released:
        return say("on %(when)s", when=say.happened(released))
    match effect:
        case Effect.REFUSE:
            return say("Nothing may be told to this unit.")
        case Effect.HOLD:
            return say("Nothing may be told yet.")
        case Effect.RELEASE:
            return say("It may be told now.")


def _moved(say: Tongue, stands: Standing) -> str | None:
    if not stands.moved or stands.recorded is None:
        return None
    return say(
        "What is known has changed since the last recorded verdict of %(when)s (%(verdict)s).",
        when=say.moment(stands.recorded.known_at),
        verdict=say(stands.recorded.fact.effect),
    )


def points(say: Tongue, stands: Standing, some: Sequence[Matched]) -> list[tuple[str, str]]:
    """Each rule's sentence, and its place on the page."""
    return [(say(m.rule.because), f"#{anchor(stands.protocol, m.rule)}") for m in some]


def by_pack(rows: list[RuleRow] | None) -> list[tuple[str, list[RuleRow]]] | None:
    """The rules under their protocols; None stays None."""
    if rows is None:
        return None
    return [(pack, [r for r in rows if r.pack == pack]) for pack in dict.fromkeys(r.pack for r in rows)]


def anchor(protocol: Protocol | None, rule: Rule) -> str:
    """Where the rule stands on the page: two protocols may each have a rule of one name."""
    leads = protocol is None or rule.pack == protocol.leading.id
    return f"rule-{rule.id}" if leads else f"rule-{rule.pack}-{rule.id}".replace("/", "-")


def rule_rows(say: Tongue, stands: Standing, names: Names, access: Access | None) -> list[RuleRow]:
    """The rules that matched, protocol by protocol, worst first in each."""
    if stands.protocol is None:
        return []
    packs = [pack.id for pack in stands.protocol.packs]
    matched = sorted(stands.in_order(), key=lambda m: packs.index(m.rule.pack))
    return _rows(say, matched, stands, names, access)


def undecided_rows(say: Tongue, stands: Standing, names: Names, access: Access | None) -> list[RuleRow]:
    return _rows(say, stands.rules.undecided if stands.rules else (), stands, names, access)


def _rows(
    say: Tongue, some: Sequence[Matched], stands: Standing, names: Names, access: Access | None
) -> list[RuleRow]:
    rules, protocol = stands.rules, stands.protocol
    if rules is None or protocol is None:
        return []
    return [
        _rule_row(say, m, names, access, protocol=protocol, at=stands.at, lifted=rules.lifted(m))
        for m in some
    ]


def _rule_row(
    say: Tongue,
    matched: Matched,
    names: Names,
    access: Access | None,
    *,
    protocol: Protocol,
    at: datetime,
    lifted: bool,
) -> RuleRow:
    rule = matched.rule
    # A rule that would refuse but could not be evaluated holds.
    effect = RuleEffect.HOLD if rule.effect is RuleEffect.REFUSE and not matched.certain else rule.effect
    cites: list[str | tuple[str, str]] = []
    for cite in rule.cites:
        said = citation_text(say, cite, at.date())
        cites.append((said, cite.url) if cite.url else said)
    return RuleRow(
        id=rule.id,
        pack=rule.pack,
        anchor=anchor(protocol, rule),
        effect="lifted" if lifted else effect.value,
        because=say(rule.because),
        facts=reading_rows(say, matched, names, access, protocol),
        cites=cites,
        counsel=any(c.awaiting_check for c in rule.cites),
        href=rule_address(rule),
    )


def quotes(
    say: Tongue,
    warned: Sequence[Warned],
    dissented: Sequence[Dissented],
    names: Names,
    answering: Access | None,
) -> list[Quoted]:
    """The source's warnings and the dissents, each with its answer. ``answering``: who may still answer."""
    may_answer = answering is not None and answering.role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER)
    found = []
    for each_warning in warned:
        warning = each_warning.recorded.fact
        found.append(
            Quoted(
                kind="warning",
                text=text(say, warning, "words"),
                by=say("Of what: %(kind)s", kind=say(warning.kind)),
                at=say.happened(each_warning.recorded),
                answer=text(say, each_warning.answer.fact, "answer") if each_warning.answer else None,
                answer_by=_who_when(say, each_warning.answer, names) if each_warning.answer else None,
                needs_answer=True,
                answer_href=f"/items/{warning.item}/warnings/{warning.warning}/answer"
                if may_answer and not each_warning.answer
                else None,
                answer_label=say("Answer the warning"),
            )
        )
    for one in dissented:
        dissent = one.recorded.fact
        found.append(
            Quoted(
                kind="dissent",
                text=text(say, dissent, "reasons"),
                by=names.actor(one.recorded.by).name,
                at=say.happened(one.recorded),
                answer=text(say, one.answer.fact, "answer") if one.answer else None,
                answer_by=_who_when(say, one.answer, names) if one.answer else None,
                needs_answer=True,
                answer_href=f"/items/{dissent.item}/dissents/{dissent.dissent}/answer"
                if may_answer and not one.answer
                else None,
                answer_label=say("Answer the dissent"),
            )
        )
    return found


def _who_when(say: Tongue, recorded: Recorded[Fact], names: Names) -> str:
    return f"{names.actor(recorded.by).name} · {say.happened(recorded)}"


def _signs(say: Tongue, known: History, asked: ReleaseRequested, names: Names, at: datetime) -> list[SignRow]:
    signed = [r for r in known.of(ReleaseSignedOff) if r.fact.request == asked.request]
    rows = [
        SignRow(
            line=say(r.fact.line),
            state="signed",
            by=names.actor(r.by).name,
            at=say.happened(r),
        )
        for r in signed
    ]
    wanted = [SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING]
    if warnings(known, asked.item, at) or dissents(known, asked.item, asked.request, at):
        wanted.append(SignOffLine.SECOND)
    lines = {r.fact.line for r in signed}
    rows += [SignRow(line=say(line), state="awaited") for line in wanted if line not in lines]
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    number = held.terms.parameters.get("sign_offs") if held else None
    while isinstance(number, int) and len(rows) < min(number, 9):
        rows.append(SignRow(line=say("another line"), state="awaited"))
    return rows


def _cures(
    say: Tongue, stands: Standing, names: Names, access: Access | None
) -> tuple[list[CuredRow], list[ChangeRow]]:
    """What would cure the holds: who owes what by when, the facts that would have to be otherwise, and what besides."""
    if stands.rules is None or stands.protocol is None or stands.dossier is None:
        return [], []
    reader = Reader(say=say, names=names, access=access, protocol=stands.protocol)
    found = cure(stands.protocol, stands.dossier)
    return reader.cures(stands.rules, found), reader.besides(stands.rules, found)


def _facts(
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


def _verdicts(say: Tongue, known: History, request: RequestId, *, shows_rules: bool) -> list[list[object]]:
    rows: list[list[object]] = []
    for r in known.of(VerdictReached):
        if r.fact.request == request:
            rules = text(say, r.fact, "rules") if shows_rules else None
            rows.append(
                [
                    (say.moment(r.known_at, r.precision), f"/releases/{request}/verdicts/{r.position}"),
                    verdict_tag(say, r.fact.effect),
                    ", ".join(applied.protocol for applied in r.fact.packs),
                    rules,
                    (say("entry %(n)s", n=say.number(r.position)), entry_of(r)),
                ]
            )
    return list(reversed(rows))


def _copies(
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


def _witnesses(
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


def expedited_of(known: History, request: RequestId) -> Recorded[ReleaseExpedited] | None:
    return next((r for r in known.of(ReleaseExpedited) if r.fact.request == request), None)


def review_rows(
    say: Tongue, known: History, request: RequestId, names: Names, now: datetime
) -> list[tuple[str, Shown]]:
    """What was waived for an expedited release, by when it has to be reviewed, and what the review found."""
    expedited = expedited_of(known, request)
    if expedited is None:
        return []
    held = agreements(known).get(expedited.fact.agreement)
    review, due = review_of(known, expedited), review_due(expedited, held)
    rows = [(label(say, ReleaseExpedited, "waived"), text(say, expedited.fact, "waived"))]
    if review is None:
        late = say("overdue: no further release is expedited under this agreement") if due < now else None
        rows.append((say("Review due"), f"{say.moment(due)} · {late or say.until(due, now)}"))
        return rows
    return [
        *rows,
        (label(say, ReleaseReviewed, "finding"), say(review.fact.finding)),
        (label(say, ReleaseReviewed, "reasons"), text(say, review.fact, "reasons")),
        (say("Reviewed by"), _who_when(say, review, names)),
    ]


def _entries(say: Tongue, known: History, request: RequestId) -> list[tuple[str, str, str]]:
    """The acts on this request, oldest first: words, when, ledger entry."""
    return [
        (say(type(r.fact).in_words), say.happened(r), entry_of(r))
        for r in known
        if getattr(r.fact, "request", None) == request
    ]


def _hashes(say: Tongue, stands: Standing | None) -> list[tuple[str, str]]:
    if stands is None or stands.recorded is None:
        return []
    verdict = stands.recorded.fact
    return [
        (label(say, VerdictReached, "dossier_sha256"), verdict.dossier_sha256),
        (label(say, VerdictReached, "protocol_sha256"), verdict.protocol_sha256),
    ]


def _rests_on(say: Tongue, known: History, request: RequestId) -> list[tuple[str, str]]:
    """What each told fact of this request rests on."""
    return [
        (say(type(r.fact).in_words), r.told.rests_on)
        for r in known
        if r.told and r.told.rests_on and getattr(r.fact, "request", None) == request
    ]


def _actions(
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


def _top(known: History, asked: ReleaseRequested, people: People) -> PersonId | None:
    """The signatory up to whom the chain is drawn: ours inside our own agency, else the partner's."""
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    if held is None:
        return None
    item = item_of(known, asked.item)
    own = item is not None and people.organisation_of(asked.unit) == item.fact.holder
    return held.terms.own_signatory if own else held.terms.partner_signatory
