"""One language of the site: its messages, and how it writes dates, numbers and lengths of time.

``say`` takes a message of the pages, which the catalogue in ``locale/`` translates, or words that a fact, a rule
or a closed set carries in both languages, which are never translated again.
Times are shown in one zone, UTC unless the reader chose another, and each says which.
"""

import gettext
import importlib.resources
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from io import BytesIO
from types import MappingProxyType

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, format_scientific

from tearline.facts.fact import Fact
from tearline.facts.history import Precision, Recorded
from tearline.facts.words import Language, Worded, Words
from tearline.web import zones

LOCALES = {Language.EN: "en_GB", Language.ES: "es_MX"}
NO_TITLES: Mapping[str, Words] = MappingProxyType({})
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FEW_HOURS = 6 * HOUR


class Tongue:
    """Says things in one language and one time zone, and calls tellings by their titles.

    Messages are gathered from the pages by the names ``say`` and ``many``: use them, in this file too.
    """

    def __init__(
        self, language: Language, titles: Mapping[str, Words] = NO_TITLES, zone: tzinfo = UTC
    ) -> None:
        self.language = language
        self.zone = zone
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
        return _number(n, self.locale)

    def figure(self, x: float) -> str:
        """A number to four significant digits, as people of this language write it."""
        return _figure(x, self.locale)

    def chance(self, p: float) -> str:
        """A chance in percent, to two significant digits; what is rounded to none or all is said not to be that."""
        say = self
        if 0 < p < 0.0001:
            return say("less than %(p)s", p=_percent(0.0001, self.locale))
        if 0.9999 < p < 1:
            return say("more than %(p)s", p=_percent(0.9999, self.locale))
        return _percent(float(f"{p:.2g}") if p < 0.99 else round(p, 4), self.locale)

    def one_in(self, p: float) -> str:
        """The same chance as people reckon: so many in a round number of cases. Empty where that says nothing."""
        for among in (10, 100, 1_000, 10_000, 100_000, 1_000_000):
            if p * among >= 0.95:
                return self(
                    "about %(n)s in %(among)s", n=self.number(round(p * among)), among=self.number(among)
                )
        return ""

    def day(self, when: date | datetime) -> str:
        if isinstance(when, datetime):
            when = when.astimezone(self.zone).date()
        pattern = "d 'de' MMMM 'de' y" if self.language is Language.ES else "d MMMM y"
        return _date(when, pattern, self.locale)

    def days(self, first: date | None, last: date | None) -> str:
        """From one day to another, or the one day that is known; nothing where none is."""
        say = self
        if first and last and first != last:
            return say("%(first)s to %(last)s", first=self.day(first), last=self.day(last))
        one = first or last
        return self.day(one) if one else ""

    def moment(self, when: datetime, precision: Precision = Precision.MINUTE) -> str:
        """The time, no more exactly than it is known. A day, month or year is as it was recorded, in any zone."""
        if precision is Precision.MINUTE:
            there = when.astimezone(self.zone)
            return f"{self.day(there.date())}, {there:%H:%M} {zones.offset(there)}"
        recorded = when.astimezone(UTC).date()
        match precision:
            case Precision.DAY:
                return self.day(recorded)
            case Precision.MONTH:
                return self.month(recorded)
            case Precision.YEAR:
                return str(recorded.year)

    def to_the_day(self, when: datetime, precision: Precision) -> str:
        """The day, or less where less is known: nobody is vetted by the minute."""
        return self.day(when) if precision is Precision.MINUTE else self.moment(when, precision)

    def month(self, when: date) -> str:
        pattern = "MMMM 'de' y" if self.language is Language.ES else "MMMM y"
        return _date(when, pattern, self.locale)

    def place(self) -> str:
        """What the zone is called in which times are shown."""
        return zones.place(self.zone, self.locale)

    def happened(self, recorded: Recorded[Fact]) -> str:
        """When it is said to have happened."""
        return self.moment(recorded.happened_at, recorded.precision)

    def span(self, length: timedelta) -> str:
        """A length of time, no finer than one acts by: days, below two of them hours, below six of these minutes too.

        ``frontend/js/tearline.js`` says it likewise of a clock that goes on.
        """
        length = abs(length)
        if length >= 2 * DAY:
            return self.many("%(n)s day", "%(n)s days", length // DAY)
        if length < 2 * HOUR:
            return self._minutes(max(MINUTE, length))
        hours = self.many("%(n)s hour", "%(n)s hours", length // HOUR)
        rest = length % HOUR
        return f"{hours} {self._minutes(rest)}" if length < FEW_HOURS and rest >= MINUTE else hours

    def _minutes(self, length: timedelta) -> str:
        return self.many("%(n)s minute", "%(n)s minutes", length // MINUTE)

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


@lru_cache(maxsize=20_000)
def _date(when: date, pattern: str, locale: str) -> str:
    """Written once: a page has a hundred dates, and each takes Babel 0.1 ms."""
    return format_date(when, pattern, locale=locale)


@lru_cache(maxsize=20_000)
def _number(n: int, locale: str) -> str:
    return format_decimal(n, locale=locale)


def _percent(p: float, locale: str) -> str:
    return format_percent(p, "#,##0.####\u00a0%", locale=locale)


def _figure(x: float, locale: str) -> str:
    x = float(f"{x:.4g}")
    if x and abs(x) < 1e-4:
        return format_scientific(x, "0.###E0", locale=locale)
    return format_decimal(x, "#,##0.########", locale=locale)


@cache
def tongue(language: Language, zone: tzinfo = UTC) -> Tongue:
    return Tongue(language, zone=zone)


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
