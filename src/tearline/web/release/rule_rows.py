"""The rules that matched in a verdict, as rows: which, why, what they read, on whose words they rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.protocol import Effect as RuleEffect
from tearline.protocol import Matched, Protocol, Rule
from tearline.web.access import Access
from tearline.web.names import Names
from tearline.web.readings import citation_text, reading_rows
from tearline.web.release.explained import rule_address
from tearline.web.release.verdicts import Standing
from tearline.web.show import Shown
from tearline.web.tongue import Tongue

MOST_POINTS = 6


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
