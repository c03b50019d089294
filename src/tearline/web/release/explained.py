"""Each rule of a verdict as a reader may see it, and what would have to change, with who owes it and by when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tearline.protocol import Decision, Effect, Protocol, Rule
from tearline.protocol.cure import Change, Cure, CureRow, besides, rows
from tearline.protocol.explain import Bearing, Explained, fields_of
from tearline.protocol.needed import Needed, value_at
from tearline.protocol.tree import Node
from tearline.protocol.wording import NEEDED, NEEDED_OF_TIMES, entry, identity_path, label, telling
from tearline.web.access import Access
from tearline.web.look import sealed
from tearline.web.names import Names
from tearline.web.readings import (
    Row,
    citation_text,
    closed_to,
    name_of,
    outside_entries,
    reading_rows,
    value_words,
    witness_rows,
    witness_title,
)
from tearline.web.show import Shown
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRow:
    """An entry of a list that decided: who or which, of what list, and what was read of it."""

    kind: str
    title: Shown
    href: str | None
    facts: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRow:
    """As the macro ``explained`` takes it."""

    id: str
    effect: str
    because: str
    bearing: str
    matched: bool
    facts: list[Row]
    witnesses: list[WitnessRow]
    cites: list[str | tuple[str, str]]
    counsel: bool
    href: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One thing that would have to be otherwise: what it is about, what it is now, what it would have to be.

    ``before`` is empty where something is added, and ``known`` False where it is no value but that there is none.
    """

    what: str
    before: Shown
    after: Shown
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    sentence: str
    who: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CuredRow:
    """As the macro ``cures`` takes it: a hold, what is owed for it, and the changes that cure it."""

    rule: str
    href: str
    because: str
    owed: list[Owing]
    changes: list[ChangeRow]
    missing: str


def rule_address(rule: Rule) -> str:
    return f"/protocols/{rule.pack}/rules/{rule.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: in which language, under which names, and how far. ``access`` None: all is open."""

    say: Tongue
    names: Names
    access: Access | None
    protocol: Protocol

    def rule(self, one: Explained, at: datetime) -> ExplainedRow:
        say, rule = self.say, one.rule
        matched = one.bearing is not Bearing.NOT_MATCHED
        cites: list[str | tuple[str, str]] = []
        for cite in rule.cites:
            said = citation_text(say, cite, at.date())
            cites.append((said, cite.url) if cite.url else said)
        outside = outside_entries(one)
        return ExplainedRow(
            id=rule.id,
            effect=shown_effect(one),
            because=say(rule.because),
            bearing=say(one.bearing),
            matched=matched,
            facts=reading_rows(say, outside, self.names, self.access, self.protocol),
            witnesses=list(self._witnesses(one)),
            cites=cites,
            counsel=rule.awaiting_check,
            href=rule_address(rule),
            note=self._note(one),
        )

    def _witnesses(self, one: Explained) -> Iterator[WitnessRow]:
        for witness in one.witnesses:
            title, href = witness_title(self.say, witness, self.names)
            yield WitnessRow(
                kind=self.say(label(witness.path)),
                title=title,
                href=href,
                facts=witness_rows(self.say, witness, self.names, self.access, self.protocol),
            )

    def _note(self, one: Explained) -> str:
        if one.lifted_by is not None:
            by = one.lifted_by
            return self.say("Lifted by %(rule)s: %(because)s", rule=by.id, because=self.say(by.because))
        return self.say(one.bearing) if one.bearing in (Bearing.HELD, Bearing.UNDECIDED) else ""

    # the cure

    def cures(self, decision: Decision, found: Cure) -> list[CuredRow]:
        return [self._cured(row, found) for row in rows(decision, found)]

    def besides(self, decision: Decision, found: Cure) -> list[ChangeRow]:
        return [self.change(one, found) for one in besides(decision, found)]

    def _cured(self, row: CureRow, found: Cure) -> CuredRow:
        say = self.say
        return CuredRow(
            rule=row.rule.id,
            href=rule_address(row.rule),
            because=say(row.rule.because),
            owed=[
                Owing(
                    sentence=say(one.sentence),
                    who=say(one.debtor),
                    due=say.moment(one.due) if one.due else say("not stated"),
                )
                for one in row.owed
            ],
            changes=[self.change(one, found) for one in row.changes],
            missing="; ".join(dict.fromkeys(name_of(say, path, self.protocol) for path in row.missing)),
        )

    def change(self, one: Change, found: Cure) -> ChangeRow:
        if one.adds:
            return self._addition(one)
        say = self.say
        what = name_of(say, one.path, self.protocol)
        where = entry(one.path)
        if where is not None:
            identity = identity_path(one.path)
            value = value_at(found.dossier, identity) if identity else None
            known = value_words(say, identity, value, self.names)[0] if identity and value else where
            what = say("%(listed)s, %(who)s: %(what)s", listed=say(label(where)), who=known, what=what)
        compartment = closed_to(one.path, self.access)
        if compartment is not None:
            return ChangeRow(what=what, before=sealed(say, compartment), after=say("otherwise"))
        before = value_words(say, one.path, one.before, self.names)[0]
        return ChangeRow(
            what=what,
            before=before,
            after=self._after(one.path, one.after, one.needed, one),
            known=one.before is not None,
        )

    def _addition(self, one: Change) -> ChangeRow:
        say = self.say
        fields = one.after if isinstance(one.after, dict) else {}
        said = []
        for name, value in fields.items():
            path = f"{one.path}.{name}"
            needed = tuple(n for n in one.needed if n.path == path)
            after = self._after(path, value, needed, one)
            said.append(say("%(what)s: %(value)s", what=name_of(say, path, self.protocol), value=after))
        return ChangeRow(
            what=say("%(listed)s: one more", listed=say(label(one.path))),
            before="",
            after="; ".join(said) or say("any"),
        )

    def _after(self, path: str, value: object, needed: tuple[Needed, ...], change: Change) -> Shown:
        say = self.say
        bounds = telling(needed)
        if not bounds or value == []:
            return value_words(say, path, value, self.names)[0]
        if any(self._hides(rule) for rule in change.cures):
            return say("as the rule asks")  # the bound may be a figure that this reader may not see
        said = []
        for need in bounds:
            words = NEEDED[need.operator]
            if isinstance(need.value, datetime):
                words = NEEDED_OF_TIMES.get(need.operator, words)
            said.append(say(words).format(value=value_words(say, path, need.value, self.names)[0]))
        return ", ".join(said)

    def _hides(self, rule: Rule) -> bool:
        """Whether the rule reads a fact that is closed to this reader."""
        condition = condition_of(self.protocol, rule)
        return condition is not None and any(closed_to(path, self.access) for path in fields_of(condition))


def shown_effect(one: Explained) -> str:
    """The effect as a word of the page: a rule that would refuse but could not be evaluated holds."""
    if one.bearing is Bearing.LIFTED:
        return "lifted"
    if one.bearing is Bearing.HELD and one.rule.effect is Effect.REFUSE:
        return Effect.HOLD.value
    return one.rule.effect.value


def condition_of(protocol: Protocol, rule: Rule) -> Node | None:
    pack = protocol.pack(rule.pack)
    return pack.conditions[pack.rules.index(rule)] if pack is not None else None
