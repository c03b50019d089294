"""docs/protocols.md, derived from the shipped packs: what each asks, on which texts, with which parameters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tearline.cli.protocol import length
from tearline.facts.words import Words
from tearline.protocol.pack import Pack
from tearline.protocol.rule import Citation, Duty, Effect, Parameter, Rule, Within

OPENING = """\
# Protocols

The texts that come with Tearline. An agreement chooses one to lead and any number beside it; each must permit by
itself, and the worst of their verdicts holds. This page is made by `make docs` from `src/tearline/protocol/packs/`;
change it there.

- **Awaiting check**: the clause is from general knowledge, and counsel has not compared it with the text. Such a rule
  may hold or refuse; it never permits and never waives.
- A rule is told in the words that a person reads when it matches. Its exact condition stands in the pack, with cases
  that it matches and cases that it passes: `tearline protocol show NAME`.
- A parameter has no default: the agreement states it. An *optional* one may be left unsaid.
- Only `cross-border` asks whether an agreement is in force, who the recipients and their superiors are, and who signed.
  The others stand beside it (`beside: true`): alone, most of them would release to anybody, and none of them may lead
  an agreement.
- A number in brackets names a source of that pack. Articles are cited by paragraph.
"""


def page(packs: Iterable[Pack]) -> str:
    """The whole page, ending in a newline; the packs by name, the latest version of each first."""
    ordered = sorted(packs, key=lambda pack: (pack.name, -int(pack.version)))
    lines = [OPENING, *_overview(ordered), ""]
    for pack in ordered:
        lines += [*_section(pack), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _overview(packs: Sequence[Pack]) -> Iterator[str]:
    yield from _head("pack", "in words", "en español", "refuse", "hold", "permit", "waive", "duties", "cases")
    for pack in packs:
        effects = [rule.effect for rule in pack.rules]
        counts = [effects.count(effect) for effect in Effect]
        anchor = pack.id.replace("/", "").replace(".", "")
        yield _row(
            f"[`{pack.id}`](#{anchor})", *_both(pack.title), *counts, len(pack.duties), len(pack.cases)
        )


def _section(pack: Pack) -> Iterator[str]:
    numbers = _numbers(pack)
    yield f"## `{pack.id}`"
    yield f"\n{pack.title.en} · {pack.title.es}\n"
    yield from _sources(numbers)
    yield ""
    yield from _head("rule", "effect", "says", "dice", "rests on")
    yield from (_rule(rule, numbers) for rule in pack.rules)
    if pack.duties:
        yield ""
        yield from _head("duty", "on → ended by", "says", "dice", "within", "rests on")
        yield from (_duty(duty, numbers) for duty in pack.duties)
    yield ""
    yield from _head("parameter", "type", "in words", "en español")
    yield from (_parameter(parameter) for parameter in pack.parameters)
    yield f"\nAwaiting counsel's check: {_awaiting(pack)}"


def _numbers(pack: Pack) -> dict[str, tuple[int, Citation]]:
    """Each text that is cited, with its number on this page and a citation that tells the rest of it."""
    seen: dict[str, tuple[int, Citation]] = {}
    cites = [
        *(cite for rule in pack.rules for cite in rule.cites),
        *(c for d in pack.duties for c in d.cites),
    ]
    for cite in cites:
        seen.setdefault(cite.text, (len(seen) + 1, cite))
    return seen


def _sources(numbers: Mapping[str, tuple[int, Citation]]) -> Iterator[str]:
    for text, (number, cite) in numbers.items():
        since = f", in force since {cite.since.isoformat()}" if cite.since else ""
        yield f"{number}. {text}{since}" + (f" <{cite.url}>" if cite.url else "")


def _rule(rule: Rule, numbers: Mapping[str, tuple[int, Citation]]) -> str:
    effect = rule.effect.value
    lifts = ", ".join(f"`{named.pack}: {named.rule}`" for named in rule.waives)
    return _row(
        f"`{rule.id}`", f"{effect} {lifts}".strip(), *_both(rule.because), _cited(rule.cites, numbers)
    )


def _duty(duty: Duty, numbers: Mapping[str, tuple[int, Citation]]) -> str:
    ends = ", ".join(f"`{kind}`" for kind in duty.discharged_by)
    when = f"`{duty.on}` → {ends}"
    return _row(
        f"`{duty.id}`", when, *_both(duty.sentence), _within(duty.within), _cited(duty.cites, numbers)
    )


def _parameter(parameter: Parameter) -> str:
    type_ = parameter.type.value + (", optional" if parameter.optional else "")
    return _row(f"`{parameter.name}`", type_, *_both(parameter.label))


def _within(within: Within) -> str:
    limit = length(within.span) if within.span is not None else ""
    if within.parameter is None:
        return limit
    return f"`{within.parameter}`" + (f", at most {limit}" if limit else "")


def _cited(cites: Iterable[Citation], numbers: Mapping[str, tuple[int, Citation]]) -> str:
    return "; ".join(
        f"[{numbers[cite.text][0]}] {cite.clause}" + (" **(awaiting check)**" if cite.awaiting_check else "")
        for cite in cites
    )


def _awaiting(pack: Pack) -> str:
    waiting = [rule.id for rule in pack.rules if rule.awaiting_check]
    waiting += [duty.id for duty in pack.duties if any(cite.awaiting_check for cite in duty.cites)]
    return ", ".join(f"`{id_}`" for id_ in waiting) + "." if waiting else "nothing."


def _both(words: Words) -> tuple[str, str]:
    return words.en, words.es


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
