"""Reports with alternatives, made from a seed, and the ways in which a copy of one comes to light."""

import random

_PLACES = (
    """
    the old quarry|the river road|the market square|the second bridge|the fuel station|the parish church
    the loading dock|the school yard|the customs shed|the bus depot|the fishing pier|the water tower
    """.strip()
    .replace("\n", "|")
    .split("|")
)
_WHO = "a driver|two clerks|the foreman|a guard|some porters|the mechanic|a cook|the night watch".split("|")
_PAIRS = (
    """
    left:set out|spoke:talked|started:began|carried:took along|noticed:saw|waited:stayed|returned:came back
    asked:wanted to know|said:mentioned|kept:held|sent:forwarded|found:discovered|bought:purchased|showed:pointed out
    helped:assisted|tried:attempted|often:frequently|quickly:rapidly|maybe:perhaps|mostly:mainly|nearly:almost
    quietly:silently|suddenly:abruptly|usually:as a rule|big:large|small:little|old:aged|broken:damaged|empty:vacant
    """.strip()
    .replace("\n", "|")
    .split("|")
)
PAIRS = [tuple(pair.strip().split(":")) for pair in _PAIRS]


def report(places: int, seed: int) -> str:
    """A text with so many places of two wordings, a sentence for every two of them."""
    rng = random.Random(seed)
    sentences = []
    for _ in range(-(-places // 2)):
        one, two = rng.choice(PAIRS), rng.choice(PAIRS)
        sentences.append(
            f"Near {rng.choice(_PLACES).strip()} {rng.choice(_WHO)} {{{{{one[0]}|{one[1]}}}}} with care, and"
            f" {rng.choice(_WHO)} by {rng.choice(_PLACES).strip()} {{{{{two[0]}|{two[1]}}}}} as well."
        )
    return " ".join(sentences)


def retyped(text: str, rng: random.Random, slips: float) -> str:
    """Typed anew with so many slips a letter: one dropped, one doubled, one exchanged."""
    typed = []
    for letter in text:
        if rng.random() < slips:
            typed.append(rng.choice(["", letter * 2, rng.choice("aeionrst")]))
        else:
            typed.append(letter.lower())
    return "".join(typed)


def cropped(text: str, share: float, rng: random.Random) -> str:
    length = int(len(text) * (1 - share))
    start = rng.randint(0, len(text) - length)
    return text[start : start + length]


def spliced(copies: list[str], rng: random.Random) -> str:
    """Sentence by sentence from one copy or another."""
    return ". ".join(rng.choice(lines) for lines in zip(*(copy.split(". ") for copy in copies), strict=True))
