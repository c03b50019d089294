"""The rules of cross-border/1 by hand in Python, as one would write them: each gives the facts that made it match.

They tell the same facts as the pack does, path by path; ``bench.verdict`` stops where they do not. The list is empty
where the rule does not match.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tearline.facts.words import Words
from tearline.protocol import Pack

Dossier = dict[str, Any]
Facts = list[tuple[str, object]]

FAILED = ("failed", "refused", "declined", "withdrawn")
BARRED = ("failed", "refused", "declined", "withdrawn", "exempt")
OPEN = ("cleared", "pending")
BELIEVED = ("credible", "substantiated")
SHOWS = ("full", "redacted", "existence")


def told(path: str, n: int, one: Dossier, *names: str) -> Facts:
    return [(f"{path}[{n}].{name}", one[name]) for name in names]


def exempt(d: Dossier) -> Facts:
    found: Facts = []
    for n, p in enumerate(d["chain"]):
        if p["outcome"] == "exempt":
            found += told("chain", n, p, "person", "outcome")
    return found


def failed(d: Dossier) -> Facts:
    found: Facts = []
    for n, p in enumerate(d["chain"]):
        if p["outcome"] in FAILED:
            found += told("chain", n, p, "person", "outcome")
    return found


def unit_barred(d: Dossier) -> Facts:
    outcome = d["recipient"]["outcome"]
    return [("recipient.outcome", outcome)] if outcome in BARRED else []


def suspended(d: Dossier) -> Facts:
    return [("recipient.suspended", True)] if d["recipient"]["suspended"] else []


def gross_violation(d: Dossier) -> Facts:
    found: Facts = []
    for n, a in enumerate(d["recipient"]["allegations"]):
        if a["kind"] == "gross-violation" and a["status"] in BELIEVED:
            found += told("recipient.allegations", n, a, "id", "kind", "status")
    return found


def leak(d: Dossier) -> Facts:
    found: Facts = []
    for n, a in enumerate(d["recipient"]["allegations"]):
        if a["kind"] == "leak" and a["status"] != "unfounded":
            found += told("recipient.allegations", n, a, "id", "kind", "status")
    return found


def corruption(d: Dossier) -> Facts:
    found: Facts = []
    for n, a in enumerate(d["recipient"]["allegations"]):
        if a["kind"] == "corruption" and a["status"] in BELIEVED:
            found += told("recipient.allegations", n, a, "id", "kind", "status")
    return found


def no_agreement(d: Dossier) -> Facts:
    at, agreement = d["at"], d["agreement"]
    found: Facts = []
    if at < agreement["in_force_from"]:
        found += [("at", at), ("agreement.in_force_from", agreement["in_force_from"])]
    if agreement["valid_until"] <= at:
        found += [("agreement.valid_until", agreement["valid_until"]), ("at", at)]
    return found


def perished(d: Dossier) -> Facts:
    item = d["item"]
    if "perishes_at" in item and item["perishes_at"] <= d["at"]:
        return [("item.perishes_at", item["perishes_at"]), ("at", d["at"])]
    return []


def consent(d: Dossier) -> Facts:
    item = d["item"]
    if item["originator"] != item["holder"] and not item["onward_consent"]:
        return [
            ("item.originator", item["originator"]),
            ("item.holder", item["holder"]),
            ("item.onward_consent", False),
        ]
    return []


def compromised(d: Dossier) -> Facts:
    return [("item.compromised", True)] if d["item"]["compromised"] else []


def red(d: Dossier) -> Facts:
    if d["item"]["tlp"] != "RED":
        return []
    named = [(n, p) for n, p in enumerate(d["chain"]) if p["relation"] == "recipient"]
    asked = d["request"]["recipients"]
    if asked <= len(named):
        return []
    found = [("item.tlp", "RED"), ("request.recipients", asked), ("size(chain)", len(d["chain"]))]
    for n, p in named:
        found += told("chain", n, p, "person", "relation")
    return found


def own_request(d: Dossier) -> Facts:
    by = d["request"]["by"]
    found: Facts = []
    for n, s in enumerate(d["sign_offs"]):
        if s["by"] == by:
            found += [*told("sign_offs", n, s, "id", "by"), ("request.by", by)]
    return found


def chain_unknown(d: Dossier) -> Facts:
    return [] if d["chain_complete"] else [("chain_complete", False)]


def pending(d: Dossier) -> Facts:
    found: Facts = []
    for n, p in enumerate(d["chain"]):
        if p["outcome"] == "pending":
            found += told("chain", n, p, "person", "outcome")
    return found


def lapsed(d: Dossier) -> Facts:
    at, longest = d["at"], d["agreement"]["revetting"]
    oldest = at - longest
    found: Facts = []
    for n, p in enumerate(d["chain"]):
        if p["outcome"] == "cleared":
            over = "valid_until" in p and p["valid_until"] <= at
            old = p["decided_at"] < oldest
            if over or old:
                found += [*told("chain", n, p, "person", "outcome"), ("at", at)]
                if over:
                    found += told("chain", n, p, "valid_until")
                if old:
                    found += [*told("chain", n, p, "decided_at"), ("agreement.revetting", longest)]
    return found


def unit_not_vetted(d: Dossier) -> Facts:
    unit, at, longest = d["recipient"], d["at"], d["agreement"]["revetting"]
    if unit["outcome"] == "pending":
        return [("recipient.outcome", "pending")]
    found: Facts = []
    if unit["outcome"] == "cleared":
        if "valid_until" in unit and unit["valid_until"] <= at:
            found += [("recipient.valid_until", unit["valid_until"]), ("at", at)]
        if unit["vetted_at"] < at - longest:
            found += [
                ("recipient.vetted_at", unit["vetted_at"]),
                ("at", at),
                ("agreement.revetting", longest),
            ]
    return [("recipient.outcome", "cleared"), *found] if found else []


def allegation_open(d: Dossier) -> Facts:
    found: Facts = []
    for n, a in enumerate(d["recipient"]["allegations"]):
        if a["kind"] != "leak" and a["status"] == "open":
            found += told("recipient.allegations", n, a, "id", "kind", "status")
    return found


def training(d: Dossier) -> Facts:
    at = d["at"]
    found: Facts = []
    for n, p in enumerate(d["chain"]):
        if p["relation"] == "recipient" and p["trained_until"] <= at:
            found += [*told("chain", n, p, "person", "relation", "trained_until"), ("at", at)]
    return found


def warning_unanswered(d: Dossier) -> Facts:
    found: Facts = []
    for n, w in enumerate(d["source"]["warnings"]):
        if not w["answered"]:
            found += told("source.warnings", n, w, "id", "answered")
    return found


def no_plan(d: Dossier) -> Facts:
    plan = d["protection"]
    found: Facts = []
    if plan["people_at_risk"] > 0:
        found.append(("protection.people_at_risk", plan["people_at_risk"]))
    for n, w in enumerate(d["source"]["warnings"]):
        if w["kind"] == "bloodshed":
            found += told("source.warnings", n, w, "id", "kind")
    if not found:
        return []
    if "plan_ready_from" not in plan:
        return [*found, ("protection.plan_ready_from", None)]
    if plan["plan_ready_from"] > d["at"]:
        return [*found, ("protection.plan_ready_from", plan["plan_ready_from"]), ("at", d["at"])]
    return []


def dissent_unanswered(d: Dossier) -> Facts:
    found: Facts = []
    for n, one in enumerate(d["dissents"]):
        if not one["answered"] or not one["answered_by_superior"]:
            lacking = [name for name in ("answered", "answered_by_superior") if not one[name]]
            found += told("dissents", n, one, "id", *lacking)
    return found


def over(d: Dossier) -> Facts:
    dissents, warnings = len(d["dissents"]), len(d["source"]["warnings"])
    found: Facts = []
    if dissents:
        found.append(("size(dissents)", dissents))
    if warnings:
        found.append(("size(source.warnings)", warnings))
    return found


def second(d: Dossier) -> Facts:
    found = over(d)
    if found and not any(s["line"] == "second" for s in d["sign_offs"]):
        return [*found, ("size(sign_offs)", len(d["sign_offs"]))]
    return []


def overseer(d: Dossier) -> Facts:
    found = over(d)
    return [*found, ("overseer_informed", False)] if found and not d["overseer_informed"] else []


def few(d: Dossier) -> Facts:
    knowers, least, extent = d["source"]["knowers"], d["agreement"]["min_knowers"], d["request"]["extent"]
    if extent in SHOWS and knowers < least:
        return [
            ("request.extent", extent),
            ("source.knowers", knowers),
            ("agreement.min_knowers", least),
        ]
    return []


def sign_offs(d: Dossier) -> Facts:
    signed, least = len(d["sign_offs"]), d["agreement"]["sign_offs"]
    lines = {s["line"] for s in d["sign_offs"]}
    found: Facts = []
    if signed < least:
        found += [("size(sign_offs)", signed), ("agreement.sign_offs", least)]
    if "releasing" not in lines or "source-handling" not in lines:
        found.append(("size(sign_offs)", signed))
    return found


def one_person(d: Dossier) -> Facts:
    by = [s["by"] for s in d["sign_offs"]]
    found: Facts = []
    for n, s in enumerate(d["sign_offs"]):
        if by.count(s["by"]) > 1:
            found += [*told("sign_offs", n, s, "id", "by"), ("size(sign_offs)", len(by))]
    return found


def conditions(d: Dossier) -> Facts:
    item = d["item"]
    if item["handling"] == "C" and not item["conditions_written"]:
        return [("item.handling", "C"), ("item.conditions_written", False)]
    return []


def purpose(d: Dossier) -> Facts:
    return [] if d["request"]["purpose_stated"] else [("request.purpose_stated", False)]


def in_order(d: Dossier) -> Facts:
    at, agreement, chain = d["at"], d["agreement"], d["chain"]
    if (
        agreement["in_force_from"] <= at < agreement["valid_until"]
        and chain
        and all(p["outcome"] in OPEN for p in chain)
    ):
        return [
            ("agreement.in_force_from", agreement["in_force_from"]),
            ("at", at),
            ("agreement.valid_until", agreement["valid_until"]),
            ("size(chain)", len(chain)),
        ]
    return []


def partner(d: Dossier) -> Facts:
    if d["request"]["scope"] == "partner":
        found = in_order(d)
        return [("request.scope", "partner"), *found] if found else []
    return []


def own_agency(d: Dossier) -> Facts:
    request = d["request"]
    if request["scope"] == "own-agency" and request["purpose_stated"]:
        found = in_order(d)
        if found:
            return [("request.scope", "own-agency"), ("request.purpose_stated", True), *found]
    return []


RULES: list[tuple[str, str, Callable[[Dossier], Facts]]] = [
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

Owed = tuple[str, str, str, str, datetime, Words]
By = tuple[str, dict[str, Facts], list[Owed]]


def decide_by_hand(pack: Pack) -> Callable[[Dossier], By]:
    """Those of the rules that this pack has, and what its holds owe, by the pack's or the agreement's term."""
    cures: dict[str, list[tuple[str, str, str, timedelta | str, Words]]] = {
        rule.id: [
            (o.obligation, o.debtor, o.creditor, o.within.span or o.within.parameter or "", o.sentence)
            for o in rule.owes
        ]
        for rule in pack.rules
    }
    rules = [(name, effect, rule) for name, effect, rule in RULES if name in cures]

    def decide(d: Dossier) -> By:
        found: dict[str, Facts] = {}
        owed: list[Owed] = []
        refused = held = permitted = False
        for name, effect, rule in rules:
            facts = rule(d)
            if facts:
                found[name] = facts
                if effect == "refuse":
                    refused = True
                elif effect == "permit":
                    permitted = True
                else:
                    held = True
                    for obligation, debtor, creditor, within, sentence in cures[name]:
                        span = d["agreement"][within] if isinstance(within, str) else within
                        owed.append((name, obligation, debtor, creditor, d["at"] + span, sentence))
        outcome = "refuse" if refused or not permitted else "hold" if held else "release"
        return outcome, found, owed

    return decide
