"""A text long enough to be traced, in many wordings; and what becomes of a copy on its way out."""

PLACES = (
    "orchard",
    "foundry",
    "chapel",
    "harbour",
    "quarry",
    "sawmill",
    "tannery",
    "brewery",
    "lighthouse",
    "granary",
    "smithy",
    "vineyard",
)
WORDINGS = " ".join(
    f"At the {place} the crew {{{{began|started}}}} work and then {{{{went off|departed}}}}."
    for place in PLACES
)
"""Twenty-four bits, all of which survive retyping."""
PLAIN = WORDINGS.replace("{{began|started}}", "began").replace("{{went off|departed}}", "went off")
"""With the first of all alternatives: the item's own text."""


def retyped(text: str) -> str:
    """By somebody who keeps no capitals, stops or lines, and slips now and then."""
    plain = text.lower().replace(".", "").replace("chapel", "chapal").replace("brewery", "brewry")
    return plain.replace(" at the ", "\nAT the ")


def cropped(text: str, sentences: int) -> str:
    """What is left of it when only so many sentences are quoted."""
    return ". ".join(text.split(". ")[:sentences]) + "."
