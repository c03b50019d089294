"""A pack's text, read strictly: everything in it is known, checked and bounded, or one line says what is not.

A pack is a YAML map: ``pack`` and ``version``, ``title``, ``dossier`` (the schema's version), ``sources`` (texts
that are cited), ``parameters``, ``rules``, ``duties`` and ``base``, a dossier that the pack permits; ``beside: true``
where it asks so little by itself that no agreement may have it lead. Each rule has
cases that it ``matches`` and cases that it ``passes``; a case is ``base`` with some values put in its place, by
dotted path, a null taking the value away.
"""

import copy
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from tearline.facts.errors import Malformed
from tearline.facts.strict import mark_of, parse_yaml, place_of
from tearline.facts.words import Words
from tearline.protocol.check import Checked, check
from tearline.protocol.dossier import read_dossier
from tearline.protocol.fast import generate
from tearline.protocol.grammar import RESERVED, WrongCondition
from tearline.protocol.pack import Case, Pack
from tearline.protocol.place import place_within
from tearline.protocol.rule import (
    Citation,
    Duty,
    Effect,
    Owes,
    Parameter,
    ParameterType,
    Party,
    Rule,
    Waivable,
    Within,
)
from tearline.protocol.schema import AGREEMENT_FIELDS, VERSIONS, schema
from tearline.protocol.span import parse_span
from tearline.protocol.tree import Field, Node, Root, parts
from tearline.protocol.types import Record, nearest

LARGEST_BYTES = 512 * 2**10
MOST_RULES = 200
MOST_OF_ANYTHING = 400
MOST_VISITS = 100_000_000
"""Nodes of conditions that a decision may visit with all lists full: seconds at the worst, whatever an author wants."""
MOST_COPIED = 200_000
"""Values of ``base`` that the cases may copy in order to change them, all together: forty times what a shipped text's
do."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_PACK = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_KIND = re.compile(r"[A-Z][A-Za-z]{2,59}", re.ASCII)
_VERSION = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
"""Without leading zeros: 01 would be another text that reads as version 1."""
_URL = re.compile(r"https?://[^\s<>\"]{4,300}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Step = str | int


@dataclass(frozen=True, slots=True)
class _At:
    """A value of the pack, with its way from the top."""

    value: object
    way: tuple[Step, ...]
    text: str
    file: str

    def wrong(self, expected: str) -> Malformed:
        place = place_of(self.text, self.way, file=self.file)
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.way).lstrip(".")
        return Malformed(self.file, f"{place} ({path})" if path else place, expected)

    def inside(self, step: Step, value: object) -> "_At":
        return _At(value, (*self.way, step), self.text, self.file)

    def map(self, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, "_At"]:
        """The fields of this map, all the required and no unknown ones."""
        value = self.value
        if not isinstance(value, dict):
            raise self.wrong(f"a map with {', '.join(required)}")
        for key in value:
            if key not in required and key not in optional:
                known = (*required, *optional)
                raise self.inside(key, None).wrong(
                    f"one of {', '.join(known)}, found {key}{nearest(key, known)}"
                )
        for key in required:
            if key not in value:
                raise self.wrong(f"the key {key}")
        return {key: self.inside(key, inner) for key, inner in value.items()}

    def entries(self) -> list[tuple[str, "_At"]]:
        if not isinstance(self.value, dict):
            raise self.wrong("a map")
        if len(self.value) > MOST_OF_ANYTHING:
            raise self.wrong(f"at most {MOST_OF_ANYTHING} entries")
        return [(key, self.inside(key, inner)) for key, inner in self.value.items()]

    def list(self, least: int = 0, most: int = MOST_OF_ANYTHING) -> list["_At"]:
        value = self.value
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.wrong(f"a list of {least} to {most}")
        return [self.inside(n, inner) for n, inner in enumerate(value)]

    def string(self, longest: int = 1_000) -> str:
        value = self.value
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.wrong(f"a text of 1 to {longest} characters")
        if any(not c.isprintable() for c in value.strip()):
            raise self.wrong("a text on one line, without control characters")
        return value.strip()

    def matching(self, pattern: re.Pattern[str], expected: str) -> str:
        value = (
            str(self.value)
            if isinstance(self.value, int) and not isinstance(self.value, bool)
            else self.value
        )
        if not isinstance(value, str) or len(value) > 400 or not pattern.fullmatch(value):
            raise self.wrong(expected)
        return value

    def choice(self, options: type[E]) -> E:
        words = [str(option.value) for option in options]
        if not isinstance(self.value, str) or self.value not in words:
            hint = nearest(str(self.value), words)
            raise self.wrong(f"one of {', '.join(words)}, found {self.value!r}{hint}")
        return options(self.value)

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def words(self) -> Words:
        both = self.map(["en", "es"])
        return Words(both["en"].string(), both["es"].string())


def load_pack(text: str | bytes, *, file: str) -> Pack:
    """The pack in this text; raises Malformed with file, line, column and what was expected."""
    plain = parse_yaml(text, file=file, largest=LARGEST_BYTES)
    decoded = text.decode() if isinstance(text, bytes) else text
    top = _At(plain, (), decoded, file).map(
        ["pack", "version", "title", "dossier", "sources", "parameters", "rules", "base"],
        ["duties", "beside"],
    )
    known = top["dossier"].value
    if not isinstance(known, int) or isinstance(known, bool) or known not in VERSIONS:
        raise top["dossier"].wrong(f"one of {', '.join(map(str, VERSIONS))}, the dossier's version")
    name = top["pack"].matching(_PACK, "a name of a-z, 0-9 and inner hyphens and dots")
    version = top["version"].matching(_VERSION, "a version number such as 1")
    sources = dict(_unique(top["sources"].entries(), _source))
    parameters = tuple(value for _, value in _unique(top["parameters"].entries(), _parameter))
    dossier = schema(parameters, version=known)
    read = [_rule(at, sources, dossier, f"{name}/{version}") for at in top["rules"].list(1, MOST_RULES)]
    _once(top["rules"], [rule.id for rule, _ in read])
    _known(read, parameters, top["rules"])
    visits = sum(checked.visits for _, checked in read)
    if visits > MOST_VISITS:
        raise top["rules"].wrong(
            f"conditions that visit at most {MOST_VISITS} parts when lists are full, found {visits}"
        )
    duties = tuple(_duty(at, sources, parameters) for at in (top["duties"].list() if "duties" in top else []))
    if duties:
        _once(top["duties"], [duty.id for duty in duties])
    conditions = tuple(checked.tree for _, checked in read)
    base = _dossier(top["base"], {}, parameters, top["base"])
    return Pack(
        name=name,
        version=version,
        sha256=hashlib.sha256(decoded.encode()).hexdigest(),
        title=top["title"].words(),
        rules=tuple(rule for rule, _ in read),
        duties=duties,
        parameters=parameters,
        base=base,
        cases=tuple(_cases(top["rules"], top["base"], parameters, base)),
        conditions=conditions,
        fast=generate(conditions),
        beside="beside" in top and top["beside"].flag(),
    )


def _unique(entries: list[tuple[str, _At]], read: Callable[[str, _At], T]) -> list[tuple[str, T]]:
    return [(key, read(key, at)) for key, at in entries]


def _once(at: _At, ids: list[str]) -> None:
    for n, id_ in enumerate(ids):
        if id_ in ids[:n]:
            raise at.inside(n, None).wrong(f"each id once, found {id_} again")


def _name(at: _At) -> str:
    return at.matching(_NAME, "an id of a-z, 0-9 and inner hyphens")


def _day(at: _At) -> date:
    text = at.matching(_DAY, "a date such as 2015-07-21")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise at.wrong("a date such as 2015-07-21") from None


# A source is a citation that still lacks its clause.
_Source = Callable[[str, bool], Citation]


def _source(key: str, at: _At) -> _Source:
    if not _NAME.fullmatch(key):
        raise at.wrong("a short name of a-z, 0-9 and inner hyphens as the key")
    fields = at.map(["text"], ["url", "since", "awaiting_check"])
    text = fields["text"].string()
    url = fields["url"].matching(_URL, "a web address") if "url" in fields else None
    since = _day(fields["since"]) if "since" in fields else None
    unchecked = fields["awaiting_check"].flag() if "awaiting_check" in fields else False

    def cite(clause: str, awaiting: bool) -> Citation:  # noqa: FBT001  called in one place, below
        return Citation(text=text, clause=clause, url=url, since=since, awaiting_check=awaiting or unchecked)

    return cite


def _cites(at: _At, sources: Mapping[str, _Source]) -> tuple[Citation, ...]:
    cites = []
    for one in at.list(1):
        fields = one.map(["source", "clause"], ["awaiting_check"])
        key = fields["source"].string()
        if key not in sources:
            raise fields["source"].wrong(f"one of the pack's sources, found {key}{nearest(key, sources)}")
        awaiting = fields["awaiting_check"].flag() if "awaiting_check" in fields else False
        cites.append(sources[key](fields["clause"].string(), awaiting))
    return tuple(cites)


def _parameter(key: str, at: _At) -> Parameter:
    if not _WORD.fullmatch(key) or key in RESERVED or key in AGREEMENT_FIELDS:
        raise at.wrong(
            f"a parameter's name of a-z, 0-9 and _, other than {', '.join(sorted(AGREEMENT_FIELDS))}"
        )
    fields = at.map(["type", "label"], ["optional"])
    return Parameter(
        name=key,
        type=fields["type"].choice(ParameterType),
        label=fields["label"].words(),
        optional="optional" in fields and fields["optional"].flag(),
    )


def _within(at: _At) -> Within:
    text = at.string(60)
    span = parse_span(text, days=True)
    if span is not None and span.total_seconds() >= 0:
        return Within(span=span)
    if not _WORD.fullmatch(text):
        raise at.wrong("a length of time such as 24h or 30d, or a parameter's name")
    return Within(parameter=text)


def _stated(at: _At, within: Within, parameters: Sequence[Parameter]) -> None:
    spans = [p.name for p in parameters if p.type is ParameterType.DURATION]
    if within.parameter is not None and within.parameter not in spans:
        hint = nearest(within.parameter, spans)
        raise at.wrong(f"a length of time, or one of the parameters {', '.join(spans)}{hint}")


def _limited(within: Within, at: _At) -> Within:
    limit = _within(at)
    if within.parameter is None or limit.span is None:
        raise at.wrong("a length of time such as 1826d, as the law's limit to a parameter")
    return Within(span=limit.span, parameter=within.parameter)


def _rule(at: _At, sources: Mapping[str, _Source], dossier: Record, pack: str) -> tuple[Rule, Checked]:
    fields = at.map(["id", "effect", "when", "because", "cites", "matches", "passes"], ["owes", "waives"])
    effect = fields["effect"].choice(Effect)
    cites = _cites(fields["cites"], sources)
    if effect in (Effect.PERMIT, Effect.WAIVE) and any(cite.awaiting_check for cite in cites):
        raise fields["cites"].wrong(
            "checked clauses only: one that awaits counsel may hold or refuse, never permit"
        )
    if effect is Effect.WAIVE and "waives" not in fields:
        raise at.wrong("waives: the holds that this lifts, each with pack and rule")
    if effect is not Effect.WAIVE and "waives" in fields:
        raise fields["waives"].wrong("no waives: only a waive lifts a hold")
    if effect is Effect.HOLD and "owes" not in fields:
        raise at.wrong("owes: what would cure this hold")
    if effect is not Effect.HOLD and "owes" in fields:
        raise fields["owes"].wrong("no owes: only a hold can be cured")
    owes = tuple(_owes(one) for one in fields["owes"].list(1)) if "owes" in fields else ()
    condition = fields["when"].value
    if not isinstance(condition, str):
        raise fields["when"].wrong("a condition as a text")
    rule = Rule(
        id=_name(fields["id"]),
        effect=effect,
        condition=condition,
        because=fields["because"].words(),
        cites=cites,
        owes=owes,
        waives=tuple(_waivable(one) for one in fields["waives"].list(1)) if "waives" in fields else (),
        pack=pack,
    )
    checked = _condition(fields["when"], rule, dossier)
    if effect in (Effect.PERMIT, Effect.WAIVE) and any(map(_is_estimate, parts(checked.tree))):
        raise fields["when"].wrong("no figure of exposure: an estimate may hold or refuse, never permit")
    return rule, checked


def _is_estimate(node: Node) -> bool:
    match node:
        case Root(name="exposure"):
            return True
        case Field(of=Root(name="source"), name="k"):
            return True
    return False


def _waivable(at: _At) -> Waivable:
    fields = at.map(["pack", "rule"])
    pack = fields["pack"].matching(_PACK, "a pack's name, without its version")
    return Waivable(pack=pack, rule=_name(fields["rule"]))


def _condition(at: _At, rule: Rule, dossier: Record) -> Checked:
    try:
        return check(rule.condition, dossier)
    except WrongCondition as wrong:
        mark = mark_of(at.text, at.way, file=at.file)
        assert mark is not None  # noqa: S101  the condition was read from there
        place = place_within(at.text, mark, rule.condition, wrong.start)
        raise Malformed(at.file, f"{place} (rule {rule.id})", wrong.expected) from None


def _owes(at: _At) -> Owes:
    fields = at.map(["obligation", "debtor", "creditor", "within", "sentence"])
    return Owes(
        obligation=_name(fields["obligation"]),
        debtor=_debtor(fields["debtor"]),
        creditor=fields["creditor"].choice(Party),
        within=_within(fields["within"]),
        sentence=fields["sentence"].words(),
    )


def _debtor(at: _At) -> Party:
    party = at.choice(Party)
    if party is Party.PEOPLE:
        raise at.wrong("own, partner or overseer: people affected owe nothing")
    return party


def _known(read: list[tuple[Rule, Checked]], parameters: Sequence[Parameter], rules: _At) -> None:
    for n, (rule, _) in enumerate(read):
        for m, owes in enumerate(rule.owes):
            here = _At(None, (*rules.way, n, "owes", m, "within"), rules.text, rules.file)
            _stated(here, owes.within, parameters)


def _duty(at: _At, sources: Mapping[str, _Source], parameters: Sequence[Parameter]) -> Duty:
    fields = at.map(
        ["id", "on", "about", "debtor", "creditor", "within", "discharged_by", "sentence", "cites"],
        ["at_most", "where"],
    )
    within = _within(fields["within"])
    _stated(fields["within"], within, parameters)
    if "at_most" in fields:
        within = _limited(within, fields["at_most"])
    kind = "a kind of fact such as CompromiseReported"
    return Duty(
        id=_name(fields["id"]),
        on=fields["on"].matching(_KIND, kind),
        about=fields["about"].matching(_WORD, "the field that both facts share"),
        debtor=_debtor(fields["debtor"]),
        creditor=fields["creditor"].choice(Party),
        within=within,
        discharged_by=tuple(one.matching(_KIND, kind) for one in fields["discharged_by"].list(1)),
        sentence=fields["sentence"].words(),
        cites=_cites(fields["cites"], sources),
        where=tuple(_where(key, at) for key, at in fields["where"].entries()) if "where" in fields else (),
    )


def _where(field: str, at: _At) -> tuple[str, tuple[str | bool, ...]]:
    if not _WORD.fullmatch(field):
        raise at.wrong("a field of the fact as the key")
    some = at.list(1) if isinstance(at.value, list) else [at]
    return field, tuple(one.flag() if isinstance(one.value, bool) else one.string(60) for one in some)


def _cases(rules: _At, base: _At, parameters: Sequence[Parameter], read: Mapping[str, object]) -> list[Case]:
    cases = []
    weights = (
        {key: _values(value) for key, value in base.value.items()} if isinstance(base.value, dict) else {}
    )
    copied = 0
    for n, rule in enumerate(rules.list(1, MOST_RULES)):
        fields = rule.map(["id"], list(rule.value) if isinstance(rule.value, dict) else [])
        for key, matches in (("matches", True), ("passes", False)):
            for m, patch in enumerate(fields[key].list(1)):
                changes = dict(patch.entries())
                touched = {path.partition(".")[0] for path in changes}
                copied += sum(weights.get(key, 0) for key in (weights if "dossier" in touched else touched))
                if copied > MOST_COPIED:
                    raise patch.wrong(f"cases that copy at most {MOST_COPIED} values of base, all together")
                dossier = _dossier(base, changes, parameters, patch, read)
                cases.append(Case(rule=n, name=f"{key}[{m}]", dossier=dossier, matches=matches))
    return cases


def _values(value: object) -> int:
    """How many values this is, with those inside of it. It is no deeper than a dossier."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values, inner))


def _dossier(
    base: _At,
    patch: Mapping[str, _At],
    parameters: Sequence[Parameter],
    at: _At,
    read: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The dossier that ``base`` with this patch says. Where base was ``read`` before, only what differs is read."""
    touched = {path.partition(".")[0] for path in patch}
    if read is None or "dossier" in touched or not isinstance(base.value, dict):
        plain = copy.deepcopy(base.value)
        _put_all(plain, patch)
        return _read(plain, base, parameters, at)
    own = {key: copy.deepcopy(value) if key in touched else value for key, value in base.value.items()}
    _put_all(own, patch)
    new = {key: value for key, value in own.items() if key in touched or key in ("dossier", "at")}
    found = _read(new, base, parameters, at)
    return {key: found.get(key, read.get(key)) for key in own}


def _read(plain: object, base: _At, parameters: Sequence[Parameter], at: _At) -> dict[str, object]:
    try:
        return read_dossier(plain, file=base.file, parameters=parameters)
    except Malformed as error:
        raise at.wrong(f"a dossier; at {error.place}: {error.expected}") from None


def _put_all(plain: object, patch: Mapping[str, _At]) -> None:
    for path, value in patch.items():
        _put(plain, path, value)


def _put(plain: object, path: str, value: _At) -> None:
    """Put a case's value in place; null takes the value away, an index one past the end adds to the list."""
    holder, steps = plain, path.split(".")
    for step in steps[:-1]:
        holder = _step(holder, step, value)
    last = steps[-1]
    if isinstance(holder, dict):
        if value.value is None:
            holder.pop(last, None)
        else:
            holder[last] = copy.deepcopy(value.value)
        return
    place = _index(last)
    if not isinstance(holder, list) or place is None or place > len(holder):
        raise value.wrong(f"a path in the base dossier, found {path}")
    if place == len(holder):
        holder.append(copy.deepcopy(value.value))
    elif value.value is None:
        del holder[place]
    else:
        holder[place] = copy.deepcopy(value.value)


def _index(step: str) -> int | None:
    """The place in a list that this step says; no list is so long that it needs more than six digits."""
    return int(step) if step.isascii() and step.isdigit() and len(step) <= 6 else None


def _step(holder: object, step: str, value: _At) -> object:
    if isinstance(holder, dict) and step in holder:
        inner: object = holder[step]
        return inner
    place = _index(step)
    if isinstance(holder, list) and place is not None and place < len(holder):
        element: object = holder[place]
        return element
    raise value.wrong(f"a path in the base dossier, found the step {step}")
