"""Texts as words to be found by: without case, without accents, but with ñ, which is a letter and no accent."""

import re
import unicodedata

MOST_TERMS = 8
LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
_TILDE = "\N{COMBINING TILDE}"


def words_of(text: str) -> list[str]:
    """The words of a text, in order: each of letters and digits alone, folded, at most ``LONGEST`` long."""
    return [word[:LONGEST] for word in _WORD.findall(folded(text))]


def terms_of(query: str) -> list[str]:
    """The words that somebody looks for: each once, at most ``MOST_TERMS``."""
    return list(dict.fromkeys(words_of(query[:1000])))[:MOST_TERMS]


def folded(text: str) -> str:
    """Año, AÑO and año are one word, and ano is another; café and cafe are one."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()):
        if not unicodedata.combining(char):
            kept.append(char)
        elif char == _TILDE and kept and kept[-1] == "n":
            kept[-1] = "ñ"
    return "".join(kept)
