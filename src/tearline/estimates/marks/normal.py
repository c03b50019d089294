"""What is left of a text on its way out: the letters and digits that whoever types it anew keeps."""

import unicodedata

from tearline.facts.tracing import Surfaced


def retyped(text: str) -> str:
    """Letters and digits alone: no capitals, accents, punctuation, spaces or line ends."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in unicodedata.normalize("NFKD", plain.casefold()) if c.isalnum())


def copied(text: str) -> str:
    """As it stands, in composed form with plain line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def normal(text: str, surfaced: Surfaced) -> str:
    return retyped(text) if surfaced is Surfaced.RETYPED else copied(text)
