"""A protocol as text: its rules with their conditions and citations, what cures them, and its duties."""

from dataclasses import dataclass

from tearline.protocol import Citation, Pack, Rule
from tearline.web.look import code
from tearline.web.release.explained import rule_address
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    id: str
    effect: str
    because: str
    facts: list[tuple[str, str]]
    cites: list[str | tuple[str, str]]
    counsel: bool
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolView:
    id: str
    title: str
    sha256: str
    awaiting: int
    rules: list[RuleText]
    duties: list[list[object]]
    parameters: list[tuple[str, str]]


def view(say: Tongue, pack: Pack) -> ProtocolView:
    return ProtocolView(
        id=pack.id,
        title=say(pack.title),
        sha256=pack.sha256,
        awaiting=sum(cite.awaiting_check for cites in _all_cites(pack) for cite in cites),
        rules=[_rule(say, rule) for rule in pack.rules],
        duties=[
            [say(d.sentence), say(d.debtor), say(d.creditor), "; ".join(str(c) for c in d.cites)]
            for d in pack.duties
        ],
        parameters=[(say(p.label), p.name) for p in pack.parameters],
    )


def _all_cites(pack: Pack) -> list[tuple[Citation, ...]]:
    return [*(rule.cites for rule in pack.rules), *(duty.cites for duty in pack.duties)]


def _rule(say: Tongue, rule: Rule) -> RuleText:
    facts: list[tuple[str, str]] = [(say("Condition"), code(rule.condition))]
    facts += [(say("What cures it"), f"{say(o.sentence)} ({say(o.debtor)})") for o in rule.owes]
    return RuleText(
        id=rule.id,
        effect=rule.effect.value,
        because=say(rule.because),
        facts=facts,
        cites=[_cite(say, c) for c in rule.cites],
        counsel=rule.awaiting_check,
        href=rule_address(rule),
    )


def _cite(say: Tongue, cite: Citation) -> str | tuple[str, str]:
    said = str(cite)
    if cite.since is not None:
        said += " (" + say("applies from %(day)s", day=say.day(cite.since)) + ")"
    return (said, cite.url) if cite.url else said
