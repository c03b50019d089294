"""One language of the site: its messages, and how it writes dates, numbers and lengths of time.

``say`` takes a message of the pages, which the catalogue in ``locale/`` translates, or words that a fact, a rule
or a closed set carries in both languages, which are never translated again. Times are shown in UTC.
"""

import gettext
import importlib.resources
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from types import MappingProxyType

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from tearline.facts.fact import Fact
from tearline.facts.history import Precision, Recorded
from tearline.facts.words import Language, Worded, Words

LOCALES = {Language.EN: "en_GB", Language.ES: "es_MX"}
NO_TITLES: Mapping[str, Words] = MappingProxyType({})
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Tongue:
    """Says things in one language, and calls tellings by their titles.

    Messages are gathered from the pages by the names ``say`` and ``many``: use them, in this file too.
    """

    def __init__(self, language: Language, titles: Mapping[str, Words] = NO_TITLES) -> None:
        self.language = language
        self.titles = titles
        self.locale = LOCALES[language]
        self.messages = _messages(language)

    def __call__(self, words: str | Words | Worded, /, **values: object) -> str:
        """These words; ``%(name)s`` in a message stands for a value."""
        match words:
            case Worded():
                return words.words.to(self.language)
            case Words():
                return words.to(self.language)
        text = self.messages.gettext(words)
        return text % values if values else text

    def many(self, one: str, more: str, n: int, /, **values: object) -> str:
        """The form for ``n`` of them; ``%(n)s`` is the number."""
        return self.messages.ngettext(one, more, n) % {"n": self.number(n), **values}

    def telling(self, name: str) -> str:
        """A worked case's telling by its title, else by its identifier."""
        title = self.titles.get(name)
        return title.to(self.language) if title else name

    def number(self, n: int) -> str:
        return format_decimal(n, locale=self.locale)

    def day(self, when: date | datetime) -> str:
        if isinstance(when, datetime):
            when = when.astimezone(UTC).date()
        pattern = "d 'de' MMMM 'de' y" if self.language is Language.ES else "d MMMM y"
        return format_date(when, pattern, locale=self.locale)

    def moment(self, when: datetime, precision: Precision = Precision.MINUTE) -> str:
        """The time, no more exactly than it is known."""
        when = when.astimezone(UTC)
        match precision:
            case Precision.MINUTE:
                return f"{self.day(when)}, {when:%H:%M} UTC"
            case Precision.DAY:
                return self.day(when)
            case Precision.MONTH:
                pattern = "MMMM 'de' y" if self.language is Language.ES else "MMMM y"
                return format_date(when.date(), pattern, locale=self.locale)
            case Precision.YEAR:
                return str(when.year)

    def happened(self, recorded: Recorded[Fact]) -> str:
        """When it is said to have happened."""
        return self.moment(recorded.happened_at, recorded.precision)

    def span(self, length: timedelta) -> str:
        """A length of time in its largest whole unit."""
        length = abs(length)
        if length >= 2 * DAY:
            return self.many("%(n)s day", "%(n)s days", length // DAY)
        if length >= 2 * HOUR:
            return self.many("%(n)s hour", "%(n)s hours", length // HOUR)
        return self.many("%(n)s minute", "%(n)s minutes", max(1, length // timedelta(minutes=1)))

    def until(self, due: datetime, now: datetime) -> str:
        """How long until then, or for how long it has been overdue."""
        say, span = self, self.span(due - now)
        return say("overdue by %(span)s", span=span) if due < now else say("in %(span)s", span=span)

    def yes_no(self, value: bool) -> str:  # noqa: FBT001  it is the value, not a choice of what to do
        say = self
        return say("yes") if value else say("no")

    def listed(self, parts: list[str]) -> str:
        """The parts as one enumeration: a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        say = self
        return say("%(some)s and %(last)s", some=", ".join(parts[:-1]), last=parts[-1])


@cache
def tongue(language: Language) -> Tongue:
    return Tongue(language)


def to_the_day(precision: Precision) -> Precision:
    """No more exactly than the day: nobody is vetted by the minute."""
    return Precision.DAY if precision is Precision.MINUTE else precision


@cache
def _messages(language: Language) -> gettext.NullTranslations:
    """The catalogue, compiled in memory, so that no compiled copy can lag behind its text."""
    if language is Language.EN:
        return gettext.NullTranslations()
    text = importlib.resources.files(__package__).joinpath("locale", f"{language.value}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=language.value))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def preferred(accept_language: str) -> Language:
    """The better of the two for this Accept-Language header (RFC 9110, section 12.5.4); English unless it says."""
    best, chosen = 0.0, Language.EN
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        found = next((one for one in Language if tag.lower().split("-")[0] == one.value), None)
        if found is not None and weight > best:
            best, chosen = weight, found
    return chosen
