"""What had to be true for a release: what it rested on that a refused request lacked, each shown to be needed.

Both requests have a dossier. Each part of the refused one is put in the place of the other's, and the protocol
decides again: where it then no longer says release, that part had to be as it was. Nothing is claimed that
the protocol does not say.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tearline.facts.words import Words

if TYPE_CHECKING:
    from tearline.protocol import Decision, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Facts of a dossier that belong together, by path, and what they had to say."""

    paths: tuple[str, ...]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A part without which the protocol would not have said release, and what it would have said."""

    part: Part
    without: "Decision"

    @property
    def rules(self) -> list[str]:
        """The rules that would have stood in the way."""
        return [m.rule.id for m in self.without.matched if m.rule.effect.value != "permit"]


PARTS = (
    Part(
        paths=("request.extent", "item", "source.knowers"),
        words=Words(
            "Only a text below the tearline is passed on, which so many could have known that it points at nobody",
            "Solo se entrega un texto debajo de la línea de corte, que tantos pudieron saber que no señala a nadie",
        ),
    ),
    Part(
        paths=("recipient",),
        words=Words(
            "It goes to a unit that is vetted and against which nothing is alleged",
            "Va a una unidad evaluada y contra la cual no hay acusaciones",
        ),
    ),
    Part(
        paths=("chain", "chain_complete"),
        words=Words(
            "Everyone who will see it, and everyone above them up to the agreement's signatory, is vetted",
            "Quienes lo verán y todos sus superiores, hasta el firmante del acuerdo, están evaluados",
        ),
    ),
    Part(
        paths=("protection",),
        words=Words(
            "A plan protects the people at risk, and is ready before anything leaves",
            "Un plan protege a las personas en riesgo y está listo antes de que algo salga",
        ),
    ),
    Part(
        paths=("source.warnings",),
        words=Words(
            "The source's warning is answered in writing, by name",
            "La advertencia de la fuente se responde por escrito, con nombre",
        ),
    ),
    Part(
        paths=("dissents",),
        words=Words(
            "The dissent is answered in writing by a superior of the dissenter",
            "Un superior de quien disiente responde al disenso por escrito",
        ),
    ),
    Part(
        paths=("sign_offs",),
        words=Words(
            "Different persons sign, each for their own line, and one of them a second time over the objections",
            "Firman personas distintas, cada una por su parte, y hay una segunda firma sobre las objeciones",
        ),
    ),
    Part(
        paths=("overseer_informed",),
        words=Words(
            "The overseer is told before the release", "Se informa al órgano de supervisión antes de divulgar"
        ),
    ),
)


def needed(protocol: "Protocol", passed: Mapping[str, object], refused: Mapping[str, object]) -> list[Needed]:
    """The parts of ``passed`` that had to be true: with those of ``refused`` in their place, no release."""
    found = []
    for part in PARTS:
        verdict = protocol.decide(_exchanged(passed, refused, part.paths))
        if verdict.effect.value != "release":
            found.append(Needed(part=part, without=verdict))
    return found


def _exchanged(
    into: Mapping[str, object], source: Mapping[str, object], paths: Sequence[str]
) -> dict[str, object]:
    """The first dossier with these facts as the second has them; what the second lacks is taken away."""
    dossier: dict[str, object] = copy.deepcopy(dict(into))
    for path in paths:
        *way, last = path.split(".")
        target, origin = dossier, source
        for step in way:
            inner, other = target.get(step), origin.get(step)
            target = inner if isinstance(inner, dict) else {}
            origin = other if isinstance(other, dict) else {}
        if last in origin:
            target[last] = copy.deepcopy(origin[last])
        else:
            target.pop(last, None)
    return dossier
