"""Made registers of harm, with the truth: no real person. Own code, after what such registers are known to suffer from.

People are taken alone or with relatives, who share surnames, place and day. Each source reports a person or not; some
people are harder to hear of than others. What is written down has lost accents, given names, surnames, letters, days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.linkage.names import SHORT, fold
from tearline.estimates.linkage.reports import Report

GIVEN = """Ana Luis Edgar Rodolfo Laura José Patricia Jorge Arturo Daniel Leticia Mario Miguel Ricardo Rosa Martha
    Elizabeth Enrique Carlos Óscar Claudia Francisco Verónica Jesús María Manuel Alberto Cristina Juan Teresa Fernando
    David Guadalupe Raúl Héctor Sandra Brenda Sergio Alejandra Roberto Adriana Gabriela Víctor Gerardo Karla""".split()
SURNAMES = """Morales Elizondo Sánchez Castro Flores Romero Castillo Reyes Velázquez Guzmán Aguilar López Pérez Martínez
    Ruiz Treviño Álvarez Guerra Méndez Domínguez Torres Medina Herrera Mendoza González Moreno Ramírez Chávez Hernández
    Cantú Peña Rivera Rodríguez Rojas Lozano Juárez Díaz Garza Villarreal Vargas Vázquez Cavazos García Gómez Ramos Cruz
    Gutiérrez Salinas Ortiz Jiménez""".split()
PLACES = ("Centro", "Ejido Este", "La Loma", "Los Llanos", "Norte", "San Pablo", "Sur", "Villa Oeste")
SOURCES = {"relatives": 0.53, "court": 0.36, "support": 0.36, "press": 0.23, "police": 0.19}
LETTERS = "abcdefghijlmnoprstuvz"
NICKNAMES = {
    meant: [short for short in SHORT if meant in SHORT[short]] for names in SHORT.values() for meant in names
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """``person`` is the truth: a number for each report. ``victims`` counts those whom no source reported as well."""

    reports: tuple[Report, ...]
    person: NDArray[np.int64]
    victims: int


@dataclass(frozen=True, slots=True)
class _Victim:
    given: tuple[str, ...]
    paternal: str
    maternal: str
    age: int
    day: date
    place: str


def made(
    seed: int,
    victims: int = 1_500,
    places: tuple[str, ...] = PLACES,
    days: int = 365,
    *,
    alone: float = 0.6,
    noise: float = 1.0,
) -> Made:
    """The same seed makes the same register. ``alone`` is how many of those taken together are one person; ``noise``
    how often, beside the usual, something is written otherwise than it was."""
    random = np.random.default_rng([seed, victims])
    people: list[_Victim] = []
    while len(people) < victims:
        kin = int(
            random.choice([1, 2, 3, 4, 5], p=[alone, *((1.0 - alone) * np.array([0.5, 0.25, 0.15, 0.1]))])
        )
        paternal, maternal = str(random.choice(SURNAMES)), str(random.choice(SURNAMES))
        day = date(2011, 1, 1) + timedelta(days=int(random.integers(days)))
        place = str(random.choice(places))
        for _ in range(kin):
            names = random.choice(GIVEN, 2 if random.random() < 0.25 else 1)
            people.append(
                _Victim(tuple(map(str, names)), paternal, maternal, int(random.integers(1, 83)), day, place)
            )
    people = people[:victims]
    written = [
        (source, number)
        for number in range(victims)
        for source, chance in SOURCES.items()
        if random.random() < chance
    ]
    order = random.permutation(len(written))
    reports, person = [], []
    for n, at in enumerate(order, 1):
        source, number = written[at]
        reports.append(_written(random, str(n), source, people[number], places=places, noise=noise))
        person.append(number)
    return Made(reports=tuple(reports), person=np.array(person), victims=victims)


def _written(
    random: np.random.Generator,
    number: str,
    source: str,
    one: _Victim,
    *,
    places: tuple[str, ...],
    noise: float,
) -> Report:
    given, paternal, maternal = list(one.given), one.paternal, one.maternal
    if len(given) == 2 and random.random() < 0.3:
        given = [given[int(random.integers(2))]]
    if random.random() < 0.06 * noise and NICKNAMES.get(fold(given[0])):
        given = [str(random.choice(NICKNAMES[fold(given[0])])).capitalize()]
    if random.random() < 0.07 * noise:
        given[0] = _slip(random, given[0])
    if random.random() < 0.09 * noise:
        paternal = _slip(random, paternal)
    if random.random() < 0.05 * noise:
        paternal, maternal = maternal, paternal
    if random.random() < 0.26:
        maternal = ""
    names = " ".join(given)
    if random.random() < 0.04 * noise:
        names, paternal = paternal, names
    if random.random() < 0.5:
        names, paternal, maternal = fold(names), fold(paternal), fold(maternal)
    age: int | None = max(one.age + (int(random.integers(-3, 4)) if random.random() < 0.5 else 0), 0)
    day: date | None = one.day
    drawn = random.random()
    if drawn < 0.3:
        day = one.day + timedelta(days=int(random.integers(-2, 3)))
    elif drawn < 0.38:
        day = one.day + timedelta(days=7)
    elif drawn < 0.46:
        day = one.day - timedelta(days=30)
    place = one.place
    drawn = random.random()
    if drawn < 0.15:
        place = ""
    elif drawn < 0.22:
        place = str(random.choice(places))
    return Report(
        report_id=number,
        source=source,
        given_names=names,
        paternal_surname=paternal,
        maternal_surname=maternal,
        age=None if random.random() < 0.3 else age,
        date=None if random.random() < 0.16 else day,
        place=place,
    )


def _slip(random: np.random.Generator, name: str) -> str:
    """One letter dropped, changed, added at the end, or exchanged with the next."""
    at = int(random.integers(len(name) - 1))
    match int(random.integers(4)):
        case 0:
            return name[:at] + name[at + 1 :]
        case 1:
            return name[:at] + str(random.choice(list(LETTERS))) + name[at + 1 :]
        case 2:
            return name + "s"
        case _:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
