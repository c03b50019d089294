"""What never varies between copies: numbers, names, dates and times, measures, and whether something is denied.

Whoever acts on a copy must be told what everyone else was told. So the alternatives of a place must hold the same
numbers and the same names, each as often. A name is a word with a capital in it, or with a digit, an @ or a sign
that joins: only at the start of a sentence may a capital vary, and there only on one of the commonest words. A word
in letters that have no capitals cannot be told from a name, and may not vary at all. The words for numbers, days,
times and measures are those of English and Spanish; whether two wordings *mean* the same, only the releaser can say.

A decoy, which is untrue, holds none of these at all: an invented number or name may be somebody's.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from tearline.estimates.marks.unfit import Unfit
from tearline.facts.words import Worded, Words


class Constant(Worded):
    """What the alternatives of one place must have in common."""

    NUMBER = "number", "numbers", "números"
    NAME = "name", "names", "nombres"
    TIME = "time", "dates and times", "fechas y horas"
    MEASURE = "measure", "measures", "medidas"
    DENIAL = "denial", "denials", "negaciones"


_WORDS = {
    Constant.NUMBER: """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand
        thousands million millions billion dozen dozens half quarter third first second fourth fifth both twice once
        double triple pair couple several few many most all none
        cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
        dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento cientos mil
        miles millón millones docena docenas medio media cuarto tercio primer primero primera segundo segunda tercer
        tercero tercera ambos ambas doble triple par varios varias pocos pocas muchos muchas todos todas ninguno ninguna
        """,
    Constant.TIME: """
        january february april june july august september october november december monday tuesday wednesday
        thursday friday saturday sunday today tomorrow yesterday tonight noon midday midnight morning afternoon
        evening night dawn dusk am pm before after ago
        enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes
        martes miércoles jueves viernes sábado domingo hoy ayer anteayer mañana anoche mediodía medianoche tarde
        noche madrugada amanecer anochecer antes después
        """,
    Constant.MEASURE: """
        km kilometre kilometres kilometer kilometers mile miles metre metres meter meters foot feet yard yards
        kg kilo kilos kilogram kilograms gram grams pound pounds ounce ounces ton tons tonne tonnes litre litres
        gallon gallons dollar dollars peso pesos euro euros second seconds minute minutes hour hours day days week
        weeks month months year years percent degree degrees north south east west northern southern eastern western
        kilómetro kilómetros milla millas metro metros pie pies kilogramo kilogramos gramo gramos libra libras onza
        onzas tonelada toneladas litro litros galón galones dólar dólares segundos minuto minutos hora horas día días
        semana semanas mes meses año años grado grados norte sur oeste
        """,
    Constant.DENIAL: """
        no not never nor neither without nobody nothing cannot can't don't doesn't didn't won't isn't aren't wasn't
        weren't hasn't haven't hadn't
        nunca jamás ni sin nadie nada tampoco
        """,
}
_KIND = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_COMMONEST = frozenset(
    """
    a an the he she it they we you this that these those there here his her its their our in on at by for from to of
    with and but or if as when while then so what who another other some someone somebody something each every
    el la los las lo un una él ella ellos ellas esto eso este esta estos estas ese esa allí aquí su sus en de del al a
    por para con y pero o si cuando mientras entonces que quien se le les otro otra alguien algo algún alguna cada
    """.split()
)

_WORD = re.compile(r"[^\s\"“”«»()\[\]{}¿¡…—–]+")
_AROUND = ".,;:!?'’‘`"
_STARTS = re.compile(r"(?:^|[.!?…:\n])[\s\"“”«»()¿¡*•·–—-]*\Z")
_NEVER = {
    Constant.NUMBER: "the same numbers in every alternative",
    Constant.NAME: "the same names (words with a capital, a digit or a sign in them) in every alternative",
    Constant.TIME: "the same dates and times in every alternative",
    Constant.MEASURE: "the same measures and directions in every alternative",
    Constant.DENIAL: "the same denials (not, never, without) in every alternative",
}
_NUNCA = {
    Constant.NUMBER: "los mismos números en cada alternativa",
    Constant.NAME: "los mismos nombres (palabras con mayúscula, cifra o signo) en cada alternativa",
    Constant.TIME: "las mismas fechas y horas en cada alternativa",
    Constant.MEASURE: "las mismas medidas y rumbos en cada alternativa",
    Constant.DENIAL: "las mismas negaciones (no, nunca, sin) en cada alternativa",
}


def check_alternatives(alternatives: Sequence[str], before: str, place: str) -> None:
    """Raises ``Unfit``, with what differs. ``before``: the text that leads up to this place."""
    first = constants(alternatives[0], before)
    for other in alternatives[1:]:
        found = constants(other, before)
        for kind in Constant:
            if first[kind] != found[kind]:
                one, two = _said(first[kind] - found[kind]), _said(found[kind] - first[kind])
                raise Unfit(
                    place,
                    Words(
                        f"{_NEVER[kind]}, found {one or 'none'} in {alternatives[0]!r} and {two or 'none'}"
                        f" in {other!r}",
                        f"{_NUNCA[kind]}, se halló {one or 'ninguno'} en {alternatives[0]!r} y {two or 'ninguno'}"
                        f" en {other!r}",
                    ),
                )


def check_decoy(entry: str, place: str) -> None:
    """Raises ``Unfit`` when the entry holds a number, a name or a time."""
    held = constants(entry, "\n")
    for kind in (Constant.NUMBER, Constant.NAME, Constant.TIME):
        if held[kind]:
            said = _said(held[kind])
            raise Unfit(
                place,
                Words(
                    f"no {kind.words.en} in a decoy, since they may be somebody's, found {said}",
                    f"un señuelo sin {kind.words.es}, pues podrían ser de alguien, se halló {said}",
                ),
            )


def constants(text: str, before: str = "") -> dict[Constant, Counter[str]]:
    """What the text holds of each kind, each as often as it stands there."""
    held: dict[Constant, Counter[str]] = {kind: Counter() for kind in Constant}
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s$", "", match.group().strip(_AROUND))
        kind = _kind(word, starts=_STARTS.search(before + text[: match.start()]) is not None)
        if kind is not None:
            held[kind][word if kind in (Constant.NAME, Constant.NUMBER) else word.casefold()] += 1
    return held


def _kind(word: str, *, starts: bool) -> Constant | None:
    if any(c.isdigit() or unicodedata.category(c) == "Nl" for c in word):
        return Constant.NUMBER
    plain = word.casefold().replace("’", "'")
    if plain in _KIND:
        return _KIND[plain]
    if re.search(r"[@/\\_.#&+=$€£%]", word):
        return Constant.NAME
    if any(unicodedata.category(c) == "Lo" for c in word):
        return Constant.NAME
    if any(c.isupper() or c.istitle() for c in word[1:]):
        return Constant.NAME
    if word[:1].isupper() and not (starts and plain in _COMMONEST):
        return Constant.NAME
    return None


def _said(counted: Counter[str]) -> str:
    return ", ".join(repr(word) for word in sorted(counted.elements()))
