"""A decision rule by rule, matched or not, and what would have to change for nothing to hold."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tearline.cli.protocol import length
from tearline.cli.said import say
from tearline.cli.verdicts import (
    COLOURS,
    LIFTED,
    MISSING,
    SAYS,
    UNDATED,
    facts,
    moment,
    owed,
    plain,
    show_rule,
)
from tearline.facts.words import Language, Words
from tearline.protocol.cure import Change, Cure, CureRow, besides, cure, rows
from tearline.protocol.explain import Bearing, Explained, Witness, explained
from tearline.protocol.needed import value_at
from tearline.protocol.verdict import Matched
from tearline.protocol.wording import (
    NEEDED,
    NEEDED_OF_TIMES,
    NONE,
    ONE_MORE,
    closed,
    entry,
    identity_path,
    label,
    telling,
)

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.protocol import Decision, Protocol, Rule

DID_NOT = Words("Did not match", "No se aplican")
CHANGES = Words("What would have to change", "Qué tendría que cambiar")
NOTHING = Words("Nothing: no rule holds this.", "Nada: ninguna regla retiene esto.")
CHECKED = Words(
    "With all of this changed, and nothing less, {protocol} says {effect}.",
    "Con todo esto cambiado, y nada menos, {protocol} dice {effect}.",
)
STANDS = Words(
    "These refusals stand, since nothing cures them: {rules}.",
    "Estas negativas quedan, pues nada las subsana: {rules}.",
)
NOT_FOUND = Words(
    "No change was found that would cure {rules}: only facts that nobody can change, or too many.",
    "No se halló un cambio que subsane {rules}: solo hechos que nadie puede cambiar, o demasiados.",
)
BY = Words("{who}, by {due}: {what}", "{who}, hasta {due}: {what}")
BESIDES = Words("so that nothing new holds", "para que nada nuevo retenga")
YES, NO = Words("yes", "sí"), Words("no", "no")


def document(protocol: "Protocol", dossier: Mapping[str, object], decision: "Decision") -> dict[str, object]:
    """What ``decide --explain --json`` adds: ``explained``, every rule, and ``cures``."""
    found = cure(protocol, dossier)
    return {
        "explained": [_explained(one) for one in explained(protocol, dossier, decision)],
        "cures": {
            "checked": found.verified,
            "then": found.then.value,
            "refused_by": [_named(rule) for rule in found.refused_by],
            "not_found": [_named(rule) for rule in found.left],
            "changes": [_change(one) for one in found.changes],
            "holds": [_row(row) for row in rows(decision, found)],
        },
    }


def _explained(one: Explained) -> dict[str, object]:
    made = _named(one.rule) | {
        "effect": one.rule.effect.value,
        "value": one.value,
        "bearing": one.bearing.value,
        "facts": [{"path": r.path, "value": plain(r.value)} for r in one.readings],
        "missing": list(one.missing),
        "witnesses": [_witness(w) for w in one.witnesses],
    }
    return made | ({"lifted_by": _named(one.lifted_by)} if one.lifted_by else {})


def _witness(one: Witness) -> dict[str, object]:
    return {
        "path": one.path,
        "identity": one.identity,
        "dates": [{"path": r.path, "value": plain(r.value)} for r in one.dates],
        "missing": list(one.missing),
    }


def _named(rule: "Rule") -> dict[str, object]:
    return {"rule": rule.id, "protocol": rule.pack}


def _change(one: Change) -> dict[str, object]:
    return {
        "path": one.path,
        "adds": one.adds,
        "before": plain(one.before),
        "after": plain(one.after),
        "needed": [{"path": n.path, "operator": n.operator, "value": plain(n.value)} for n in one.needed],
        "cures": [_named(rule) for rule in one.cures],
    }


def _row(row: CureRow) -> dict[str, object]:
    return _named(row.rule) | {
        "changes": [change.path for change in row.changes],
        "missing": list(row.missing),
        "owed": [owed(one) for one in row.owed],
    }


def show(
    out: "Console",
    protocol: "Protocol",
    dossier: Mapping[str, object],
    decision: "Decision",
    language: Language,
) -> None:
    """Every rule pack by pack, those that bear on the decision first, then the cure."""
    told = explained(protocol, dossier, decision)
    if len(decision.verdicts) > 1:
        _heading(out, decision.protocol, decision.at, decision.effect, language)
    for verdict in decision.verdicts:
        if len(decision.verdicts) > 1:
            out.print()
        _heading(out, verdict.pack, verdict.at, verdict.effect, language)
        own = [one for one in told if one.rule.pack == verdict.pack]
        for one in own:
            if one.bearing is not Bearing.NOT_MATCHED:
                _matched(out, one, verdict.at, language)
        out.print(f"\n  {DID_NOT.to(language)}:")
        for one in own:
            if one.bearing is Bearing.NOT_MATCHED:
                _not_matched(out, one, language)
    out.print(f"\n{CHANGES.to(language)}", style="bold")
    _cure(out, protocol, dossier, decision, language)


def _heading(out: "Console", pack: str, at: datetime, effect: object, language: Language) -> None:
    from tearline.protocol import Outcome

    said = Outcome(str(effect))
    out.print(SAYS.to(language).format(pack=pack, at=moment(at)), end=": ")
    out.print(said.words.to(language).upper(), style=COLOURS[said.value])


def _matched(out: "Console", one: Explained, at: datetime, language: Language) -> None:
    matched = Matched(rule=one.rule, certain=one.value is True, readings=one.readings, missing=one.missing)
    show_rule(out, matched, language, at.date())
    for who in one.witnesses:
        say(out, f"→ {_through(who, language)}", indent=4)
    if one.bearing in (Bearing.LIFTED, Bearing.UNDECIDED):
        by = one.lifted_by
        lifted = LIFTED.to(language).format(rule=one.rule.id, by=f"{by.pack}:{by.id}") if by else ""
        say(out, lifted or one.bearing.words.to(language), indent=4)


def _through(one: Witness, language: Language) -> str:
    """Through whom or what a rule matched, with the dates that it read of them."""
    dates = [
        f"{label(r.path).to(language)} {moment(r.value)}" for r in one.dates if isinstance(r.value, datetime)
    ]
    who = f"{label(one.path).to(language)}: {one.identity or one.path}"
    return who + (f" ({', '.join(dates)})" if dates else "")


def _not_matched(out: "Console", one: Explained, language: Language) -> None:
    read = "; ".join(facts(one.readings, language))
    say(out, f"{one.rule.id}: {read}", indent=4, hang=2, style="dim")


# The cure


def _cure(
    out: "Console",
    protocol: "Protocol",
    dossier: Mapping[str, object],
    decision: "Decision",
    language: Language,
) -> None:
    found = cure(protocol, dossier)
    told = rows(decision, found)
    for row in told:
        out.print(f"\n  {decision.called(row.rule)}", style="bold")
        for one in row.owed:
            due = moment(one.due) if one.due else UNDATED.to(language)
            said = BY.to(language).format(
                who=one.debtor.words.to(language), due=due, what=one.sentence.to(language)
            )
            say(out, said, indent=4)
        for change in row.changes:
            say(out, f"· {in_words(change, found, protocol, language)}", indent=4)
    rest = besides(decision, found)
    if rest:
        out.print(f"\n  {BESIDES.to(language)}", style="bold")
        for change in rest:
            say(out, f"· {in_words(change, found, protocol, language)}", indent=4)
    out.print()
    for line in _conclusion(told, found, decision, language):
        say(out, line, indent=2, hang=0)


def _conclusion(
    told: Iterable[CureRow], found: Cure, decision: "Decision", language: Language
) -> Iterable[str]:
    if not any(told):
        yield NOTHING.to(language)
    elif found.changes:
        effect = found.then.words.to(language).upper()
        yield CHECKED.to(language).format(protocol=decision.protocol, effect=effect)
    if found.left:
        yield NOT_FOUND.to(language).format(rules=", ".join(decision.called(r) for r in found.left))
    if found.refused_by:
        yield STANDS.to(language).format(rules=", ".join(decision.called(r) for r in found.refused_by))


def in_words(change: Change, found: Cure, protocol: "Protocol", language: Language) -> str:
    """One change as a person reads it: what it is about, from what, to what."""
    if change.adds:
        return _addition(change, protocol, language)
    what = label(change.path, protocol.parameters).to(language)
    where = entry(change.path)
    if where is not None:
        identity = value_at(found.dossier, identity_path(change.path) or "")
        listed = label(where, ()).to(language)
        what = f"{listed}, {identity if isinstance(identity, str) else where}: {what}"
    before = MISSING.to(language) if change.before is None else _value(change.path, change.before, language)
    return f"{what}: {before} → {_after(change, language)}"


def _addition(change: Change, protocol: "Protocol", language: Language) -> str:
    fields: Mapping[str, object] = change.after if isinstance(change.after, dict) else {}
    said = []
    for name, value in fields.items():
        path = f"{change.path}.{name}"
        part = Change(
            path=path,
            before=None,
            after=value,
            needed=tuple(n for n in change.needed if n.path == path),
            adds=False,
            cures=(),
        )
        said.append(f"{label(path, protocol.parameters).to(language)}: {_after(part, language)}")
    listed = label(change.path).to(language)
    return f"{listed}: {ONE_MORE.to(language)}" + (f" ({'; '.join(said)})" if said else "")


def _after(change: Change, language: Language) -> str:
    bounds = telling(change.needed)
    if not bounds or change.after == []:
        return _value(change.path, change.after, language)
    said = []
    for need in bounds:
        words = NEEDED[need.operator]
        if isinstance(need.value, datetime):
            words = NEEDED_OF_TIMES.get(need.operator, words)
        said.append(words.to(language).format(value=_value(change.path, need.value, language)))
    return ", ".join(said)


def _value(path: str, value: object, language: Language) -> str:
    words = closed(path, value)
    if words is not None:
        return words.to(language)
    match value:
        case bool():
            return (YES if value else NO).to(language)
        case datetime():
            return moment(value)
        case timedelta():
            return length(value)
        case list() | tuple():
            return ", ".join(_value(path, one, language) for one in value) or NONE.to(language)
        case _:
            return str(value)
