"""The rules of cross-border/1 in Cedar, which has no quantifiers: two ways round that, both with handles kept.

- Flat: every question about a list is answered in Python, and the policies read the answers.
- People as entities: each person in the chain is an entity and is asked about in the same batch. The other lists, which
  are short, are still gone over in Python; so is the count of the named recipients.

Three effects are two actions: permits permit the one, and refuse and hold rules forbid the other.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import cedarpy

from bench.verdict_by_hand import BELIEVED, FAILED, OPEN
from bench.verdict_world import Dossier
from tearline.protocol import Effect

_ITEM, _UNIT, _TERMS = "context.item", "context.unit", "context.agreement"
_IN_FORCE = f"{_TERMS}.from <= context.at && context.at < {_TERMS}.until"
FLAT = {
    "exempt-from-vetting": "context.exempt",
    "vetting-failed": "context.failed",
    "unit-barred": f'["failed", "refused", "declined", "withdrawn", "exempt"].contains({_UNIT}.outcome)',
    "unit-suspended": f"{_UNIT}.suspended",
    "gross-violation": f"{_UNIT}.violation",
    "leak-not-cleared": f"{_UNIT}.leak",
    "corruption": f"{_UNIT}.corruption",
    "no-agreement-in-force": f"context.at < {_TERMS}.from || {_TERMS}.until <= context.at",
    "perished": f"{_ITEM} has perishes && {_ITEM}.perishes <= context.at",
    "originator-consent": f"{_ITEM}.originator != {_ITEM}.holder && !{_ITEM}.consent",
    "item-compromised": f"{_ITEM}.compromised",
    "red-beyond-named-persons": f'{_ITEM}.tlp == "RED" && context.recipients > context.named',
    "own-request-signed": "context.ownsigned",
    "chain-unknown": "!context.complete",
    "vetting-pending": "context.pending",
    "vetting-lapsed": "context.lapsed",
    "unit-not-vetted": f'{_UNIT}.outcome == "pending" || ({_UNIT}.outcome == "cleared" && '
    f"(({_UNIT} has until && {_UNIT}.until <= context.at) || {_UNIT}.vetted < context.oldest))",
    "allegation-open": f"{_UNIT}.open",
    "training-lapsed": "context.untrained",
    "warning-unanswered": "context.unanswered",
    "no-protection-plan": "(context.atrisk > 0 || context.bloodshed) && "
    "!(context has ready && context.ready <= context.at)",
    "dissent-unanswered": "context.dissent",
    "second-signature": "context.over > 0 && !context.second",
    "overseer-not-informed": "context.over > 0 && !context.informed",
    "few-could-have-known": '["full", "redacted", "existence"].contains(context.extent) && '
    f"context.knowers < {_TERMS}.least",
    "sign-offs-missing": f"context.signed < {_TERMS}.signoffs || !context.releasing || !context.handling",
    "one-person-two-lines": "context.twice",
    "conditions-not-written": f'{_ITEM}.handling == "C" && !{_ITEM}.written',
    "purpose-not-stated": "!context.purpose",
    "partner-release": f'context.scope == "partner" && {_IN_FORCE} && context.people > 0 && context.fit',
    "own-agency-release": f'context.scope == "own-agency" && context.purpose && {_IN_FORCE} && '
    "context.people > 0 && context.fit",
}

OF_PEOPLE = {
    "exempt-from-vetting": 'principal.outcome == "exempt"',
    "vetting-failed": '["failed", "refused", "declined", "withdrawn"].contains(principal.outcome)',
    "vetting-pending": 'principal.outcome == "pending"',
    "vetting-lapsed": 'principal.outcome == "cleared" && ((principal has until && principal.until <= context.at)'
    " || principal.decided < context.oldest)",
    "training-lapsed": 'principal.relation == "recipient" && principal.trained <= context.at',
}
UNFIT = frozenset(("exempt-from-vetting", "vetting-failed"))
PERMITS = frozenset(("partner-release", "own-agency-release"))

Found = frozenset[str]


def _policies(rules: Mapping[str, Effect], conditions: Mapping[str, str], *, people: bool = False) -> str:
    lines = []
    for name in rules:
        if name in conditions:
            permits = rules[name] is Effect.PERMIT
            word, action = ("permit", "permit") if permits else ("forbid", "see" if people else "stop")
            lines.append(
                f'@id("{name}") {word}(principal, action == Action::"{action}", resource) '
                f"when {{ {conditions[name]} }};"
            )
    return "\n".join(lines)


def _asked(principal: str, action: str, context: str) -> dict[str, str]:
    return {
        "principal": principal,
        "action": f'Action::"{action}"',
        "resource": 'Item::"i"',
        "context": context,
    }


def _found(asked: list[dict[str, str]], policies: cedarpy.PolicySet, entities: cedarpy.Entities) -> set[str]:
    found: set[str] = set()
    for answer in cedarpy.is_authorized_batch(asked, policies, entities):
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        found |= set(answer.diagnostics.id_annotations_by_reason.values())
    return found


def flat(rules: Mapping[str, Effect]) -> Callable[[Dossier], Found]:
    """Two questions in one batch: may it be released at all, and may it be released now."""
    policies = cedarpy.PolicySet.from_str(_policies(rules, FLAT))
    entities = cedarpy.Entities.from_json_str("[]")

    def decide(one: Dossier) -> Found:
        context = json.dumps(_facts(one, rules, people=True))
        asked = [_asked('Unit::"u"', action, context) for action in ("permit", "stop")]
        return frozenset(_found(asked, policies, entities))

    return decide


Prepared = tuple[Dossier, cedarpy.Entities]


def with_people(one: Dossier) -> Prepared:
    """The dossier with its people as entities, which may be kept and are not timed."""
    people = []
    for p in one["chain"]:
        attributes: dict[str, object] = {"outcome": p["outcome"], "relation": p["relation"]}
        times = {"until": "valid_until", "decided": "decided_at", "trained": "trained_until"}
        attributes |= {name: seconds(p[key]) for name, key in times.items() if key in p}
        people.append({"uid": {"type": "Person", "id": p["person"]}, "attrs": attributes, "parents": []})
    return one, cedarpy.Entities.from_json_str(json.dumps(people))


def of_people(rules: Mapping[str, Effect]) -> Callable[[Prepared], Found]:
    """A question about each person, and the two of ``flat``, in one batch."""
    others = {name: condition for name, condition in FLAT.items() if name not in OF_PEOPLE}
    policies = cedarpy.PolicySet.from_str(
        _policies(rules, others) + "\n" + _policies(rules, OF_PEOPLE, people=True)
    )

    def decide(prepared: Prepared) -> Found:
        one, entities = prepared
        at = one["at"]
        brief = json.dumps({"at": seconds(at), "oldest": seconds(at - one["agreement"]["revetting"])})
        context = json.dumps(_facts(one, rules, people=False) | {"fit": True})
        asked = [_asked(f'Person::"{p["person"]}"', "see", brief) for p in one["chain"]]
        asked += [_asked('Unit::"u"', action, context) for action in ("permit", "stop")]
        found = frozenset(_found(asked, policies, entities))
        return found - PERMITS if found & UNFIT else found

    return decide


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _facts(d: Dossier, rules: Iterable[str], *, people: bool) -> dict[str, object]:
    """The context: scalars as they are, and the answers to the questions about lists that the rules ask."""
    at, agreement, asked = d["at"], d["agreement"], set(rules)
    facts: dict[str, object] = {
        "at": seconds(at),
        "people": len(d["chain"]),
        "recipients": d["request"]["recipients"],
        "scope": d["request"]["scope"],
        "purpose": d["request"]["purpose_stated"],
        "atrisk": d["protection"]["people_at_risk"],
        "bloodshed": any(w["kind"] == "bloodshed" for w in d["source"]["warnings"]),
        "item": _item(d["item"]),
        "unit": _unit(d["recipient"], asked),
        "agreement": {
            "from": seconds(agreement["in_force_from"]),
            "until": seconds(agreement["valid_until"]),
            "signoffs": agreement["sign_offs"],
            "least": agreement["min_knowers"],
        },
    }
    if d["item"]["tlp"] == "RED":
        facts["named"] = sum([p["relation"] == "recipient" for p in d["chain"]])
    if "plan_ready_from" in d["protection"]:
        facts["ready"] = seconds(d["protection"]["plan_ready_from"])
    facts |= _signed(d)
    if people:
        facts |= _people(d, asked)
    if "chain-unknown" in asked:
        facts |= _rest(d)
    return facts


def _item(item: Dossier) -> dict[str, object]:
    facts = {
        "tlp": item["tlp"],
        "handling": item["handling"],
        "written": item["conditions_written"],
        "originator": item["originator"],
        "holder": item["holder"],
        "consent": item["onward_consent"],
        "compromised": item["compromised"],
    }
    return facts | ({"perishes": seconds(item["perishes_at"])} if "perishes_at" in item else {})


def _unit(unit: Dossier, asked: set[str]) -> dict[str, object]:
    alleged = unit["allegations"]
    facts: dict[str, object] = {
        "outcome": unit["outcome"],
        "leak": any(a["kind"] == "leak" and a["status"] != "unfounded" for a in alleged),
    }
    if "unit-suspended" in asked:
        facts |= {
            "suspended": unit["suspended"],
            "vetted": seconds(unit["vetted_at"]),
            "violation": any(a["kind"] == "gross-violation" and a["status"] in BELIEVED for a in alleged),
            "corruption": any(a["kind"] == "corruption" and a["status"] in BELIEVED for a in alleged),
            "open": any(a["kind"] != "leak" and a["status"] == "open" for a in alleged),
        }
        facts |= {"until": seconds(unit["valid_until"])} if "valid_until" in unit else {}
    return facts


def _signed(d: Dossier) -> dict[str, object]:
    signed, by = d["sign_offs"], d["request"]["by"]
    lines = {s["line"] for s in signed}
    return {
        "signed": len(signed),
        "releasing": "releasing" in lines,
        "handling": "source-handling" in lines,
        "second": "second" in lines,
        "ownsigned": any(s["by"] == by for s in signed),
        "twice": len({s["by"] for s in signed}) < len(signed),
    }


def _people(d: Dossier, asked: set[str]) -> dict[str, object]:
    at, chain = d["at"], d["chain"]
    oldest = at - d["agreement"]["revetting"]
    outcomes = {p["outcome"] for p in chain}
    facts: dict[str, object] = {
        "exempt": "exempt" in outcomes,
        "failed": not outcomes.isdisjoint(FAILED),
        "pending": "pending" in outcomes,
        "fit": outcomes.issubset(OPEN),
        "lapsed": any(
            p["outcome"] == "cleared"
            and (("valid_until" in p and p["valid_until"] <= at) or p["decided_at"] < oldest)
            for p in chain
        ),
    }
    if "training-lapsed" in asked:
        facts["untrained"] = any(p["relation"] == "recipient" and p["trained_until"] <= at for p in chain)
    return facts


def _rest(d: Dossier) -> dict[str, object]:
    """What cross-border/1 asks beyond the fourteen rules."""
    warnings, dissents = d["source"]["warnings"], d["dissents"]
    return {
        "complete": d["chain_complete"],
        "extent": d["request"]["extent"],
        "knowers": d["source"]["knowers"],
        "unanswered": any(not w["answered"] for w in warnings),
        "dissent": any(not one["answered"] or not one["answered_by_superior"] for one in dissents),
        "over": len(dissents) + len(warnings),
        "informed": d["overseer_informed"],
        "oldest": seconds(d["at"] - d["agreement"]["revetting"]),
    }
