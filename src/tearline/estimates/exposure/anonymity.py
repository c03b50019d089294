"""Source anonymity: among how many of the adversary's own people would it look for the one who told us.

Of each fact that was shared, the originator knows which of the adversary's people could have known it: the list is as
dangerous as a name, stays where sources are handled, and only the counts made here leave it. Facts intersect: whoever
told all of them knew all of them. So the count is of everything that was ever released to an adversary, together:

    w_s  in proportion to  prior_s * product over facts of P(s knew it),      k = 1 / max w_s

``k`` is what the best single guess leaves (min-entropy); ``spread`` is ``exp`` of the entropy, never less than ``k``.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Knowers = Mapping[str, float] | Collection[str]
"""Codes of those who could have known a fact; with a map, each with the chance that they did. Others did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity:
    """``suspects`` is how many could have known everything. With none, ``k`` is 0: no one person told all of it, and
    the adversary may find several; with no fact at all it is infinite.
    """

    k: float
    spread: float
    suspects: int


def anonymity(facts: Sequence[Knowers], prior: Mapping[str, float] | None = None) -> Anonymity:
    """What is left after all of these facts; without ``prior``, everybody is as likely as any other at first."""
    if not facts:
        return Anonymity(k=math.inf, spread=math.inf, suspects=0)
    codes = set(facts[0]).intersection(*facts[1:])
    weights = []
    for code in codes:
        weight = 1.0 if prior is None else prior.get(code, 0.0)
        for fact in facts:
            weight *= fact[code] if isinstance(fact, Mapping) else 1.0
        if weight > 0.0:
            weights.append(weight)
    if not weights:
        return Anonymity(k=0.0, spread=0.0, suspects=0)
    total = math.fsum(weights)
    shares = [weight / total for weight in weights]
    entropy = -math.fsum(share * math.log(share) for share in shares if share > 0.0)
    return Anonymity(k=1.0 / max(shares), spread=math.exp(entropy), suspects=len(weights))
