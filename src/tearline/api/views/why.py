"""Why a verdict is what it is: the rules that matched, what they read, and what would cure the holds.

Cut to the reader as the site's pages are. Who is not shown the rules gets the effect alone (``rules`` is null). What a
rule read is closed where it is a figure that points at a source; so is a change whose bound would tell that figure.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from tearline.api import schemas
from tearline.api.recorded import moment
from tearline.api.schemas import TIME, anything, both, in_both, many, maybe, one_of, record, ref, text
from tearline.facts.fact import Compartment
from tearline.facts.release import Effect
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.protocol import Decision, Matched, Protocol
from tearline.protocol import Effect as RuleEffect
from tearline.protocol.cure import Change, Cure, besides, cure, rows
from tearline.protocol.explain import fields_of
from tearline.protocol.rule import Citation, Rule
from tearline.protocol.wording import label
from tearline.web.access import Access
from tearline.web.readings import closed_to
from tearline.web.release.explained import condition_of
from tearline.web.release.verdicts import Standing


def standing_of(stands: Standing | None, access: Access, *, told: bool, cures: bool = False) -> Json:
    """The verdict as this reader may see it. ``told``: of a worked case, which is open."""
    if stands is None:
        return None
    shows = told or access.told_rules()
    cut = None if told else access
    rules, protocol = stands.rules, stands.protocol
    found: Json = None
    if shows and rules is not None and protocol is not None:
        found = [_rule(m, rules, protocol, cut) for m in (*rules.matched, *rules.undecided)]
    offered: Json = None
    if cures and shows and rules is not None and protocol is not None and stands.dossier is not None:
        offered = _cures(rules, cure(protocol, stands.dossier), protocol, cut)
    return {
        "effect": stands.effect.value,
        "at": moment(stands.at),
        "live": stands.live,
        "moved": stands.moved,
        "purged": stands.purged,
        "protocols": [pack.id for pack in protocol.packs] if protocol else [],
        "rules": found,
        "cures": offered,
    }


def _rule(matched: Matched, decision: Decision, protocol: Protocol, access: Access | None) -> dict[str, Json]:
    rule = matched.rule
    held = rule.effect is RuleEffect.REFUSE and not matched.certain
    return {
        "protocol": rule.pack,
        "rule": rule.id,
        "effect": RuleEffect.HOLD.value if held else rule.effect.value,
        "certain": matched.certain,
        "lifted": decision.lifted(matched),
        "because": in_both(rule.because),
        "cites": [citation(one) for one in rule.cites],
        "facts": [_read(r.path, r.value, protocol, access) for r in matched.readings],
        "missing": list(dict.fromkeys(matched.missing)),
    }


def _read(path: str, value: object, protocol: Protocol, access: Access | None) -> dict[str, Json]:
    compartment = closed_to(path, access)
    return {
        "path": path,
        "label": in_both(label(path.removeprefix("size(").removesuffix(")"), protocol.parameters)),
        "closed": compartment.value if compartment else None,
        "value": None if compartment else plain(value),
    }


def citation(one: Citation) -> dict[str, Json]:
    return {
        "text": one.text,
        "clause": one.clause,
        "url": one.url,
        "since": one.since.isoformat() if one.since else None,
        "awaiting_check": one.awaiting_check,
    }


def plain(value: object) -> Json:
    """A value of a dossier as JSON: times in UTC, lengths of time in whole seconds."""
    match value:
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case Sequence():
            return [plain(one) for one in value]
    return str(value)


def _cures(decision: Decision, found: Cure, protocol: Protocol, access: Access | None) -> dict[str, Json]:
    told: list[Json] = [
        {
            "protocol": row.rule.pack,
            "rule": row.rule.id,
            "owed": [
                {
                    "obligation": one.obligation,
                    "sentence": in_both(one.sentence),
                    "debtor": one.debtor.value,
                    "due": moment(one.due) if one.due else None,
                }
                for one in row.owed
            ],
            "changes": [_change(one, protocol, access) for one in row.changes],
        }
        for row in rows(decision, found)
    ]
    return {
        "rules": told,
        "besides": [_change(one, protocol, access) for one in besides(decision, found)],
        "verified": found.verified,
        "then": found.then.value,
    }


def _change(one: Change, protocol: Protocol, access: Access | None) -> dict[str, Json]:
    closed = closed_to(one.path, access) is not None
    hides = closed or any(_reads_closed(rule, protocol, access) for rule in one.cures)
    return {
        "path": one.path,
        "adds": one.adds,
        "before": None if closed else plain(one.before),
        "after": None if hides else plain(one.after),
        "closed": hides,
    }


def _reads_closed(rule: Rule, protocol: Protocol, access: Access | None) -> bool:
    """Whether the rule reads a figure that is closed to this reader: the change's bound could tell it."""
    condition = condition_of(protocol, rule)
    return condition is not None and any(closed_to(path, access) for path in fields_of(condition))


CITES = record(
    {
        "text": text(),
        "clause": text(),
        "url": maybe(text()),
        "since": maybe({"type": "string", "format": "date"}),
        "awaiting_check": schemas.flag(
            Words("Counsel has not compared it", "Sin cotejar por asesoría jurídica")
        ),
    }
)
RULE = record(
    {
        "protocol": text(),
        "rule": text(),
        "effect": {"type": "string", "enum": [one.value for one in RuleEffect]},
        "certain": schemas.flag(Words("Every fact was on record", "Todos los hechos constaban")),
        "lifted": schemas.flag(Words("Lifted by a waiver of the protocol", "Levantada por el protocolo")),
        "because": both(),
        "cites": many(ref("Citation")),
        "facts": many(
            record(
                {
                    "path": text(),
                    "label": both(),
                    "closed": maybe(one_of(Compartment)),
                    "value": anything(
                        Words("What was read; null where closed", "Lo leído; null si está cerrado")
                    ),
                }
            )
        ),
        "missing": many(text(Words("Not on record", "No consta"))),
    },
    Words("A rule that matched, and what it read", "Una regla aplicada y lo que leyó"),
)
CHANGE = record(
    {
        "path": text(),
        "adds": schemas.flag(),
        "before": anything(Words("As it is", "Como está")),
        "after": anything(Words("With which the cure was checked", "Con lo que se comprobó")),
        "closed": schemas.flag(Words("Not all of it is for you", "No todo es para usted")),
    },
    Words("One thing that would have to be otherwise", "Una cosa que tendría que ser distinta"),
)
CURES = record(
    {
        "rules": many(
            record(
                {
                    "protocol": text(),
                    "rule": text(),
                    "owed": many(
                        record(
                            {"obligation": text(), "sentence": both(), "debtor": text(), "due": maybe(TIME)}
                        )
                    ),
                    "changes": many(ref("Change")),
                }
            )
        ),
        "besides": many(ref("Change")),
        "verified": schemas.flag(),
        "then": one_of(Effect),
    },
    Words("What would cure the holds", "Qué subsanaría las retenciones"),
)
VERDICT = record(
    {
        "effect": one_of(Effect),
        "at": TIME,
        "live": schemas.flag(Words("As it would be now", "Como sería ahora")),
        "moved": schemas.flag(Words("Other than when it was recorded", "Distinto de cuando se registró")),
        "purged": schemas.flag(),
        "protocols": many(text()),
        "rules": maybe(many(ref("Rule"))),
        "cures": maybe(ref("Cures")),
    },
    Words("Where a request stands", "Cómo está una solicitud"),
)
SHARED = {"Citation": CITES, "Rule": RULE, "Change": CHANGE, "Cures": CURES, "RequestStanding": VERDICT}
