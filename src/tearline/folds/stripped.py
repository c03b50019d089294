"""Whether a text that people in danger are told points at where it came from, as far as words can show it.

It finds words, and not what can be guessed from them: that only a time or a place could have been known to one person
takes somebody who reads the text against the source's own. What somebody purged can no longer be compared.
"""

import re
import unicodedata

from tearline.facts.fact import Fact
from tearline.facts.history import History, Role
from tearline.facts.identifiers import ItemId, PersonId
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import ItemRegistered, KnowersListed, SourceWarned
from tearline.facts.screening import SourceStandingStated
from tearline.folds.release import lineage

HANDLED: tuple[type[Fact], ...] = (ItemRegistered, SourceWarned, KnowersListed, SourceStandingStated)
HANDLERS = frozenset({Role.SOURCE_HANDLER, Role.CASE_AGENT})
LONG = 4
"""Letters from which on a word says something."""
CODE = re.compile(r"(?<!\w)[A-Z]{1,5}[-_/]?\d{1,6}(?!\w)")
"""What is written like a code number, whosesoever it is: then no text tells whose it is by being refused."""
LIKE_LATIN = str.maketrans(
    "АВЕЅІЈКМНОРСТХУавеѕіјкмнорстхуһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαενιкορτυχ",
    "ABESIJKMHOPCTXYabesijkmhopctxyhdqwABEZHIKMNOPTYXaevikoptux",
)
"""Cyrillic and Greek letters that are read as a Latin one."""


def as_read(text: str) -> str:
    """As it looks to whoever reads it: without characters that are not seen, letters that look alike as one."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return seen.translate(LIKE_LATIN)


def repeated(text: str, title: str) -> tuple[str, ...]:
    """The words of a title that the text repeats, where these are two or more, or all that it has."""
    of_title = dict.fromkeys(word for word in _words(title) if len(word) >= LONG)
    said = set(_words(text))
    found = tuple(word for word in of_title if word in said)
    return found if found and len(found) >= min(2, len(of_title)) else ()


def spelt(text: str, code: str) -> bool:
    """Whether the text holds this code, however it is hyphenated, spaced or cased."""
    runs = re.findall(r"[^\W\d_]+|\d+", _plain(code))
    if not runs:
        return False
    spelling = r"[\W_]*".join(map(re.escape, runs))
    return re.search(rf"(?<!\w){spelling}(?!\w)", _plain(text)) is not None


def names(text: str, description: str) -> bool:
    """Whether the text has a name of the description: a word with a capital, of three letters or more."""
    capital = {w for w in re.findall(r"\w{3,}", as_read(description)) if w[0].isupper()}
    return not capital.isdisjoint(re.findall(r"\w{3,}", as_read(text)))


def handlers(known: History, item: ItemId) -> frozenset[PersonId]:
    """Who dealt with the source of an item, or of what it was drawn from."""
    items = lineage(known, item)
    did = (r for kind in HANDLED for r in known.of(kind))
    return frozenset(
        r.by.person for r in did if getattr(r.fact, "item", None) in items and r.by.role in HANDLERS
    )


def points_at(known: History, item: ItemId, text: str) -> tuple[str, ...] | None:
    """What in a text points at the item or its source: the words and identifiers of the item that it repeats.

    Empty where it is something else, a code or a name, which is not told: who reads the refusal may not know it. None
    where nothing was found.
    """
    line = lineage(known, item)
    registered = [r.fact for r in known.of(ItemRegistered) if r.fact.item in line]
    open_titles = [f.title.open() for f in registered if not f.title.purged]
    found = [word for title in open_titles for word in repeated(text, title)]
    found += [one for one in line if spelt(text, one)]
    if found:
        return tuple(dict.fromkeys(found))
    codes = [code for f in registered if not f.source_code.purged and (code := f.source_code.open())]
    people = handlers(known, item)
    enrolled = [r.fact for r in known.of(PersonEnrolled) if r.fact.person in people]
    named = [f.description.open() for f in enrolled if not f.description.purged]
    hidden = (
        CODE.search(as_read(text)) is not None
        or any(spelt(text, code) for code in (*codes, *people))
        or any(names(text, one) for one in named)
    )
    return () if hidden else None


def _plain(text: str) -> str:
    """As it is read, in lower case, and letters without their accents."""
    apart = unicodedata.normalize("NFKD", as_read(text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _plain(text))
