"""The rules of cross-border/1 for the peers: by hand in Python, and flat for Cedar with the host's for-alls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tearline.protocol import Effect

Dossier = dict[str, Any]
Facts = list[tuple[str, object]]

FAILED = ("failed", "refused", "declined", "withdrawn")
BARRED = ("failed", "refused", "declined", "withdrawn", "exempt")
OPEN = ("cleared", "pending")
BELIEVED = ("credible", "substantiated")
SHOWS = ("full", "existence")


def exempt(d: Dossier) -> Facts:
    return [(p["person"], "exempt") for p in d["chain"] if p["outcome"] == "exempt"]


def failed(d: Dossier) -> Facts:
    return [(p["person"], p["outcome"]) for p in d["chain"] if p["outcome"] in FAILED]


def unit_barred(d: Dossier) -> Facts:
    outcome = d["recipient"]["outcome"]
    return [("recipient.outcome", outcome)] if outcome in BARRED else []


def suspended(d: Dossier) -> Facts:
    return [("recipient.suspended", True)] if d["recipient"]["suspended"] else []


def gross_violation(d: Dossier) -> Facts:
    listed = d["recipient"]["allegations"]
    return [
        (a["id"], a["status"]) for a in listed if a["kind"] == "gross-violation" and a["status"] in BELIEVED
    ]


def leak(d: Dossier) -> Facts:
    listed = d["recipient"]["allegations"]
    return [(a["id"], a["status"]) for a in listed if a["kind"] == "leak" and a["status"] != "unfounded"]


def corruption(d: Dossier) -> Facts:
    listed = d["recipient"]["allegations"]
    return [(a["id"], a["status"]) for a in listed if a["kind"] == "corruption" and a["status"] in BELIEVED]


def no_agreement(d: Dossier) -> Facts:
    at, agreement = d["at"], d["agreement"]
    if at < agreement["in_force_from"] or agreement["valid_until"] <= at:
        return [("agreement.valid_until", agreement["valid_until"])]
    return []


def perished(d: Dossier) -> Facts:
    item = d["item"]
    if "perishes_at" in item and item["perishes_at"] <= d["at"]:
        return [("item.perishes_at", item["perishes_at"])]
    return []


def consent(d: Dossier) -> Facts:
    item = d["item"]
    if item["originator"] != item["holder"] and not item["onward_consent"]:
        return [("item.originator", item["originator"])]
    return []


def compromised(d: Dossier) -> Facts:
    return [("item.compromised", True)] if d["item"]["compromised"] else []


def red(d: Dossier) -> Facts:
    if d["item"]["tlp"] != "RED":
        return []
    named = [p["person"] for p in d["chain"] if p["relation"] == "recipient"]
    asked = d["request"]["recipients"]
    return [("request.recipients", asked), ("named", named)] if asked > len(named) else []


def own_request(d: Dossier) -> Facts:
    by = d["request"]["by"]
    return [(s["id"], by) for s in d["sign_offs"] if s["by"] == by]


def chain_unknown(d: Dossier) -> Facts:
    return [] if d["chain_complete"] else [("chain_complete", False)]


def pending(d: Dossier) -> Facts:
    return [(p["person"], "pending") for p in d["chain"] if p["outcome"] == "pending"]


def lapsed(d: Dossier) -> Facts:
    at = d["at"]
    oldest = at - d["agreement"]["revetting"]
    return [
        (p["person"], p["decided_at"])
        for p in d["chain"]
        if p["outcome"] == "cleared"
        and (("valid_until" in p and p["valid_until"] <= at) or p["decided_at"] < oldest)
    ]


def unit_not_vetted(d: Dossier) -> Facts:
    unit, at = d["recipient"], d["at"]
    if unit["outcome"] == "pending":
        return [("recipient.outcome", "pending")]
    if unit["outcome"] == "cleared" and (
        ("valid_until" in unit and unit["valid_until"] <= at)
        or unit["vetted_at"] < at - d["agreement"]["revetting"]
    ):
        return [("recipient.vetted_at", unit["vetted_at"])]
    return []


def allegation_open(d: Dossier) -> Facts:
    listed = d["recipient"]["allegations"]
    return [(a["id"], "open") for a in listed if a["kind"] != "leak" and a["status"] == "open"]


def training(d: Dossier) -> Facts:
    at = d["at"]
    return [
        (p["person"], p["trained_until"])
        for p in d["chain"]
        if p["relation"] == "recipient" and p["trained_until"] <= at
    ]


def warning_unanswered(d: Dossier) -> Facts:
    return [(w["id"], False) for w in d["source"]["warnings"] if not w["answered"]]


def no_plan(d: Dossier) -> Facts:
    plan = d["protection"]
    grounds: Facts = [(w["id"], "bloodshed") for w in d["source"]["warnings"] if w["kind"] == "bloodshed"]
    if plan["people_at_risk"] > 0:
        grounds.append(("protection.people_at_risk", plan["people_at_risk"]))
    if grounds and not ("plan_ready_from" in plan and plan["plan_ready_from"] <= d["at"]):
        return grounds
    return []


def dissent_unanswered(d: Dossier) -> Facts:
    return [
        (one["id"], one["by"])
        for one in d["dissents"]
        if not one["answered"] or not one["answered_by_superior"]
    ]


def second(d: Dossier) -> Facts:
    over = len(d["dissents"]) + len(d["source"]["warnings"])
    return [("over", over)] if over and not any(s["line"] == "second" for s in d["sign_offs"]) else []


def overseer(d: Dossier) -> Facts:
    over = len(d["dissents"]) + len(d["source"]["warnings"])
    return [("over", over)] if over and not d["overseer_informed"] else []


def few(d: Dossier) -> Facts:
    knowers = d["source"]["knowers"]
    if d["request"]["extent"] in SHOWS and knowers < d["agreement"]["min_knowers"]:
        return [("source.knowers", knowers)]
    return []


def sign_offs(d: Dossier) -> Facts:
    lines = {s["line"] for s in d["sign_offs"]}
    if (
        len(d["sign_offs"]) < d["agreement"]["sign_offs"]
        or "releasing" not in lines
        or "source-handling" not in lines
    ):
        return [("sign_offs", len(d["sign_offs"]))]
    return []


def one_person(d: Dossier) -> Facts:
    by = [s["by"] for s in d["sign_offs"]]
    return [(s["id"], s["by"]) for s in d["sign_offs"] if by.count(s["by"]) > 1]


def conditions(d: Dossier) -> Facts:
    item = d["item"]
    return [("item.handling", "C")] if item["handling"] == "C" and not item["conditions_written"] else []


def purpose(d: Dossier) -> Facts:
    return [] if d["request"]["purpose_stated"] else [("request.purpose_stated", False)]


def in_order(d: Dossier) -> bool:
    agreement = d["agreement"]
    return bool(
        agreement["in_force_from"] <= d["at"] < agreement["valid_until"]
        and d["chain"]
        and all(p["outcome"] in OPEN for p in d["chain"])
    )


def partner(d: Dossier) -> Facts:
    return [("size(chain)", len(d["chain"]))] if d["request"]["scope"] == "partner" and in_order(d) else []


def own_agency(d: Dossier) -> Facts:
    request = d["request"]
    if request["scope"] == "own-agency" and request["purpose_stated"] and in_order(d):
        return [("size(chain)", len(d["chain"]))]
    return []


PLAIN_RULES: list[tuple[str, str, Callable[[Dossier], Facts]]] = [
    ("exempt-from-vetting", "refuse", exempt),
    ("vetting-failed", "refuse", failed),
    ("unit-barred", "refuse", unit_barred),
    ("unit-suspended", "refuse", suspended),
    ("gross-violation", "refuse", gross_violation),
    ("leak-not-cleared", "refuse", leak),
    ("corruption", "refuse", corruption),
    ("no-agreement-in-force", "refuse", no_agreement),
    ("perished", "refuse", perished),
    ("originator-consent", "refuse", consent),
    ("item-compromised", "refuse", compromised),
    ("red-beyond-named-persons", "refuse", red),
    ("own-request-signed", "refuse", own_request),
    ("chain-unknown", "hold", chain_unknown),
    ("vetting-pending", "hold", pending),
    ("vetting-lapsed", "hold", lapsed),
    ("unit-not-vetted", "hold", unit_not_vetted),
    ("allegation-open", "hold", allegation_open),
    ("training-lapsed", "hold", training),
    ("warning-unanswered", "hold", warning_unanswered),
    ("no-protection-plan", "hold", no_plan),
    ("dissent-unanswered", "hold", dissent_unanswered),
    ("second-signature", "hold", second),
    ("overseer-not-informed", "hold", overseer),
    ("few-could-have-known", "hold", few),
    ("sign-offs-missing", "hold", sign_offs),
    ("one-person-two-lines", "hold", one_person),
    ("conditions-not-written", "hold", conditions),
    ("purpose-not-stated", "hold", purpose),
    ("partner-release", "permit", partner),
    ("own-agency-release", "permit", own_agency),
]

# Cedar: what its conditions read. The host has gone over every list.

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
    "few-could-have-known": f'["full", "existence"].contains(context.extent) && context.knowers < {_TERMS}.least',
    "sign-offs-missing": f"context.signed < {_TERMS}.signoffs || !context.releasing || !context.handling",
    "one-person-two-lines": "context.twice",
    "conditions-not-written": f'{_ITEM}.handling == "C" && !{_ITEM}.written',
    "purpose-not-stated": "!context.purpose",
    "partner-release": f'context.scope == "partner" && {_IN_FORCE} && context.people > 0 && context.fit',
    "own-agency-release": f'context.scope == "own-agency" && context.purpose && {_IN_FORCE} && '
    "context.people > 0 && context.fit",
}


def flat_policies(effects: Mapping[str, Effect]) -> str:
    lines = []
    for name, condition in FLAT.items():
        permits = effects[name] is Effect.PERMIT
        word, action = ("permit", "permit") if permits else ("forbid", "stop")
        lines.append(
            f'@id("{name}") {word}(principal, action == Action::"{action}", resource) when {{ {condition} }};'
        )
    return "\n".join(lines)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def flat_facts(d: Dossier) -> dict[str, object]:
    """The context: scalars as they are, and the answer to every question about a list."""
    at, request, item, unit, agreement = d["at"], d["request"], d["item"], d["recipient"], d["agreement"]
    chain, warnings, dissents, signed = d["chain"], d["source"]["warnings"], d["dissents"], d["sign_offs"]
    outcomes = {p["outcome"] for p in chain}
    lines = {s["line"] for s in signed}
    alleged = unit["allegations"]
    facts: dict[str, object] = {
        "at": seconds(at),
        "exempt": "exempt" in outcomes,
        "failed": not outcomes.isdisjoint(FAILED),
        "pending": "pending" in outcomes,
        "fit": outcomes.issubset(OPEN),
        "people": len(chain),
        "complete": d["chain_complete"],
        "lapsed": bool(lapsed(d)),
        "untrained": bool(training(d)),
        "named": sum(p["relation"] == "recipient" for p in chain),
        "recipients": request["recipients"],
        "extent": request["extent"],
        "scope": request["scope"],
        "purpose": request["purpose_stated"],
        "knowers": d["source"]["knowers"],
        "unanswered": any(not w["answered"] for w in warnings),
        "bloodshed": any(w["kind"] == "bloodshed" for w in warnings),
        "atrisk": d["protection"]["people_at_risk"],
        "dissent": bool(dissent_unanswered(d)),
        "over": len(dissents) + len(warnings),
        "informed": d["overseer_informed"],
        "oldest": seconds(at - agreement["revetting"]),
        "signed": len(signed),
        "releasing": "releasing" in lines,
        "handling": "source-handling" in lines,
        "second": "second" in lines,
        "twice": bool(one_person(d)),
        "ownsigned": bool(own_request(d)),
        "unit": {
            "outcome": unit["outcome"],
            "suspended": unit["suspended"],
            "vetted": seconds(unit["vetted_at"]),
            "violation": any(a["kind"] == "gross-violation" and a["status"] in BELIEVED for a in alleged),
            "leak": any(a["kind"] == "leak" and a["status"] != "unfounded" for a in alleged),
            "corruption": any(a["kind"] == "corruption" and a["status"] in BELIEVED for a in alleged),
            "open": any(a["kind"] != "leak" and a["status"] == "open" for a in alleged),
        }
        | ({"until": seconds(unit["valid_until"])} if "valid_until" in unit else {}),
        "item": {
            "tlp": item["tlp"],
            "handling": item["handling"],
            "written": item["conditions_written"],
            "originator": item["originator"],
            "holder": item["holder"],
            "consent": item["onward_consent"],
            "compromised": item["compromised"],
        }
        | ({"perishes": seconds(item["perishes_at"])} if "perishes_at" in item else {}),
        "agreement": {
            "from": seconds(agreement["in_force_from"]),
            "until": seconds(agreement["valid_until"]),
            "least": agreement["min_knowers"],
            "signoffs": agreement["sign_offs"],
        },
    }
    if "plan_ready_from" in d["protection"]:
        facts["ready"] = seconds(d["protection"]["plan_ready_from"])
    return facts
