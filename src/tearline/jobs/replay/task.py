"""What a replay compares, in texts and values: it can be sent to another process or machine."""

import importlib.resources
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_json
from tearline.protocol import ENGINE, Pack, Parameter, ParameterType, Protocol, load_pack, read_parameter

CASES = 3
"""Cases that are kept of each rule, the first ones; all are counted."""
_SET = re.compile(r"([a-z][a-z0-9_]{0,39})=(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A pack as it is written, and the file that it comes from."""

    file: str
    text: str

    def load(self) -> Pack:
        """The pack; raises Malformed."""
        return _loaded(self.file, self.text)


@lru_cache(maxsize=64)
def _loaded(file: str, text: str) -> Pack:
    return load_pack(text, file=file)


def shipped() -> list[Text]:
    """The packs that come with Tearline."""
    folder = importlib.resources.files("tearline.protocol").joinpath("packs")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    return [Text(file=file.name, text=file.read_text("utf-8")) for file in files]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """``new`` is put to every dossier, beside ``against`` or what its own agreement names out of ``known``.

    ``parameters`` are all that a dossier may state. ``stated`` stand in every agreement when ``new`` decides, whatever
    that agreement says. ``listing``: every changed case is wanted, not only counted.
    """

    new: tuple[Text, ...]
    against: tuple[Text, ...] | None
    known: Mapping[str, Text]
    parameters: tuple[Parameter, ...]
    stated: Mapping[str, object]
    listing: bool = False
    cases: int = CASES
    engine: str = ENGINE


def prepare(
    new: Sequence[Text],
    against: Sequence[Text] | None,
    known: Sequence[Text],
    settings: Sequence[str] = (),
    *,
    listing: bool = False,
) -> Task:
    """The task; raises Malformed where texts do not fit together, or a setting is no parameter of ``new``."""
    protocol = together(new, "--protocol")
    other = together(against, "--against") if against else None
    packs = [(text.load(), text) for text in known]
    return Task(
        new=tuple(new),
        against=tuple(against) if against else None,
        known=_by_name(packs),
        parameters=parameters(
            (*protocol.packs, *(other.packs if other else ())), [pack for pack, _ in packs]
        ),
        stated=dict(setting(one, protocol) for one in settings),
        listing=listing,
    )


def together(texts: Sequence[Text], option: str) -> Protocol:
    """The protocol that these texts make; Malformed names the option where they do not fit."""
    packs = tuple(text.load() for text in texts)
    try:
        return Protocol(packs=packs)
    except Malformed as unfit:
        raise Malformed(option, unfit.place, unfit.expected) from None


def _by_name(packs: Sequence[tuple[Pack, Text]]) -> dict[str, Text]:
    """By name/version, and by name alone for the latest version."""
    named: dict[str, Text] = {}
    for pack, text in sorted(packs, key=lambda one: int(one[0].version)):
        named[pack.id] = named[pack.name] = text
    return named


def parameters(asked: Iterable[Pack], known: Iterable[Pack]) -> tuple[Parameter, ...]:
    """Every parameter that a dossier may state: also those of texts that its agreement names and nobody asked for.

    Malformed where two of those asked for give one name two types, since one dossier is read for all of them.
    """
    found: dict[str, Parameter] = {}
    for pack in asked:
        for own in pack.parameters:
            if found.setdefault(own.name, own).type is not own.type:
                raise Malformed("protocol", pack.id, f"{own.name} to be of one type in all that is compared")
    for pack in known:
        for own in pack.parameters:
            found.setdefault(own.name, own)
    return tuple(found.values())


def stating(dossier: Mapping[str, object], stated: Mapping[str, object]) -> Mapping[str, object]:
    """The dossier as it were if its agreement said this; one without an agreement is left without."""
    agreement = dossier.get("agreement")
    if not stated or not isinstance(agreement, Mapping):
        return dossier
    return {**dossier, "agreement": {**agreement, **stated}}


def setting(said: str, protocol: Protocol) -> tuple[str, object]:
    """One ``name=value``, the value as the protocol's parameter of that name declares it."""
    read = _SET.fullmatch(said)
    if read is None:
        raise Malformed("--set", said, "name=value, such as answer_within=48h")
    name, value = read.groups()
    declared = {p.name: p for p in protocol.parameters}
    if name not in declared:
        raise Malformed(
            "--set", name, f"a parameter of {protocol.id} ({', '.join(declared) or 'it has none'})"
        )
    parameter = declared[name]
    textual = parameter.type in (ParameterType.STRING, ParameterType.DURATION)
    try:
        plain = value if textual else parse_json(value, file="--set")
    except Malformed:
        plain = value  # which the parameter's own type then refuses, by its name
    return name, read_parameter(parameter, plain, file="--set", place=name)
