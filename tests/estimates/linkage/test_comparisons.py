"""What comparisons see, and that they do not mind which report stands first."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.estimates.linkage.comparisons import AGE, DAY, GIVEN, OTHER, PLACE, SURNAME, SWAPPED, compare
from tearline.estimates.linkage.reports import Report, coded


def report(number: int, line: str) -> Report:
    """given|paternal|maternal|age|date|place"""
    names, paternal, maternal, age, day, place = line.split("|")
    return Report(
        report_id=str(number),
        source=f"source {number}",
        given_names=names,
        paternal_surname=paternal,
        maternal_surname=maternal,
        age=int(age) if age else None,
        date=date.fromisoformat(day) if day else None,
        place=place,
    )


def levels(one: str, other: str) -> dict[str, str]:
    numbers = coded([report(1, one), report(2, other)])
    given_names, paternal, maternal, swapped, age, incident, *_ = compare(
        numbers, np.array([0]), np.array([1])
    ).levels[0]
    return {
        "given": GIVEN[given_names],
        "paternal": SURNAME[paternal],
        "maternal": SURNAME[maternal],
        "swapped": SWAPPED[swapped],
        "age": AGE[age],
        "day": DAY[incident // len(PLACE)],
        "place": PLACE[incident % len(PLACE)],
    }


FULL = "Rosa|Aguilar|Romero|13|2011-03-05|Centro"


def test_what_is_missing_is_no_disagreement() -> None:
    seen = levels(FULL, "rosa|AGUILAR||||")
    assert seen == {
        "given": "whole",
        "paternal": "same",
        "maternal": "missing",
        "swapped": "as-written",
        "age": "missing",
        "day": "missing",
        "place": "missing",
    }


def test_given_names_are_a_set_of_which_one_may_be_left_out() -> None:
    assert levels("Rosa María|A|||||"[:-1], "María Rosa|A||||")["given"] == "several"
    assert levels("Rosa María|Ruiz||||", "María|Ruiz||||")["given"] == "part"
    assert levels("Rosa María|Ruiz||||", "Rosa Elena|Ruiz||||")["given"] == "some-of-several"
    assert levels("José|Ruiz||||", "Pepe|Ruiz||||")["given"] == "short-form"
    assert levels("Sandra|Ruiz||||", "Sadnra|Ruiz||||")["given"] == "whole-typo"
    assert levels("J.|Ruiz||||", "José|Ruiz||||")["given"] == "whole-typo"
    assert levels("Sandra|Ruiz||||", "Miguel|Ruiz||||")["given"] == "none"


def test_surnames_may_stand_in_the_other_order() -> None:
    assert levels("Ana|Ruiz|Lozano|||", "Ana|Lozano|Ruiz|||")["swapped"] == "swapped-both"
    assert levels("Ana|Ruiz|Lozano|||", "Ana|Lozano||||")["swapped"] == "swapped-one"
    assert levels("Ana|Ruiz|Lozano|||", "Ana|Ruiz|Peralta|||")["maternal"] == "none"


def test_a_tilde_left_out_agrees_a_little_less() -> None:
    assert levels("A|Muñoz|Peña|||", "A|MUÑOZ|Pena|||")["paternal"] == "same"
    assert levels("A|Muñoz|Peña|||", "A|MUÑOZ|Pena|||")["maternal"] == "tilde"
    assert levels("A|Munoz||||", "A|Múnoz||||")["paternal"] == "same"


def test_what_sounds_alike_is_a_slip_of_the_pen_at_most() -> None:
    assert levels("A|Vázquez||||", "A|Basques||||")["paternal"] == "typo"
    assert levels("A|Jiménez|Villa|||", "A|Gimenez|Biya|||")["maternal"] == "typo"


def test_letters_of_any_script_are_told_apart() -> None:
    assert levels("Иван|Петров||||", "Олег|Козлов||||")["given"] == "none"
    assert levels("Иван|Петров||||", "Олег|Козлов||||")["swapped"] == "swapped-none"
    assert levels("Сандра|Петров||||", "Сандар|ПЕТРОВ||||")["given"] == "whole-typo"


def test_a_husband_s_surname_is_no_disagreement() -> None:
    assert levels("Ana|Ruiz|de López|||", "Ana|Ruiz|Peralta|||")["maternal"] == "missing"
    assert levels("Ana|Ruiz|viuda de López|||", "Ana|Ruiz|López|||")["maternal"] == "same"
    assert levels("Ana|Ruiz|de la Garza|||", "Ana|Ruiz|Peralta|||")["maternal"] == "none"


def when(one: tuple[str, str], other: tuple[str, str]) -> str:
    days = [[date.fromisoformat(day) for day in pair] for pair in (one, other)]
    reports = [
        replace(report(n, "A|B||||"), date=first, date_to=last) for n, (first, last) in enumerate(days)
    ]
    compared = compare(coded(reports), np.array([0]), np.array([1]))
    return DAY[int(compared.levels[0, 5] // len(PLACE))]


def test_an_interval_agrees_with_what_lies_in_it() -> None:
    year, month = ("2011-01-01", "2011-12-31"), ("2011-03-10", "2011-03-20")
    day, other = ("2011-03-18", "2011-03-18"), ("2011-03-23", "2011-03-23")
    assert when(year, day) == when(day, year) == when(year, month) == "within-longer"
    assert when(month, day) == "within-month"
    assert when(month, other) == "3-8"
    assert when(year, ("2012-03-01", "2012-03-05")) == "further"
    assert when(day, day) == "same"


def test_places_that_lie_near_each_other_are_near_whatever_they_are_called() -> None:
    def where(one: tuple[str, float, float], other: tuple[str, float, float]) -> str:
        reports = [
            replace(report(n, "A|B||||"), place=place, latitude=latitude, longitude=longitude)
            for n, (place, latitude, longitude) in enumerate((one, other))
        ]
        return PLACE[int(compare(coded(reports), np.array([0]), np.array([1])).levels[0, 5]) % len(PLACE)]

    allende = ("Allende", 28.345, -100.848)
    assert where(allende, allende) == "same"
    assert where(allende, ("Ejido Allende", 28.36, -100.83)) == "near"
    assert where(allende, ("Morelos", 28.41, -100.89)) == "region"
    assert where(allende, ("Allende", 25.28, -100.02)) == "other"
    assert where(allende, ("", 28.345, -100.848)) == "near"


def test_what_corroborates_is_missing_different_a_slip_or_the_same() -> None:
    def born(one: str, other: str) -> str:
        reports = [replace(report(n, "A|B||||"), born=born) for n, born in enumerate((one, other))]
        return OTHER[int(compare(coded(reports), np.array([0]), np.array([1])).levels[0, 6])]

    assert born("1970-03-18", "19700318") == "same"
    assert born("1970-03-18", "1970-03-81") == "typo"
    assert born("1970-03-18", "") == "missing"
    assert born("1970-03-18", "1983-11-02") == "none"


def test_day_and_month_exchanged_are_seen() -> None:
    assert levels("A|B|||2011-03-09|", "A|B|||2011-09-03|")["day"] == "day-and-month"
    assert levels("A|B|||2011-03-09|", "A|B|||2011-04-08|")["day"] == "28-40"
    assert levels("A|B|||2011-03-09|", "A|B|||2012-04-08|")["day"] == "further"


def test_a_given_name_in_the_surname_s_place_is_put_back() -> None:
    others = [report(n, f"{name}|{surname}||||") for n, (name, surname) in enumerate(
        [("Daniel", "Flores"), ("Daniel", "Ruiz"), ("Rosa", "Flores"), ("Elena", "Castro"), ("Daniel", "Flores")]
    )]  # fmt: skip
    numbers = coded([*others, report(9, "Flores|Daniel|Castro|||")])
    assert numbers.words[numbers.given[5, 0]] == "daniel"
    assert numbers.words[numbers.paternal[5]] == "flores"


NAMES = st.sampled_from("José;María José;Ma. José;Pepe;Ana;Rosa Elena;Elena;J.;;Sandra;Sadnra".split(";"))
SURNAMES = st.sampled_from("Ruiz;Ruis;de la Garza;Garza;Peña;Pena;;Lozano;de Losano".split(";"))
DAYS = st.none() | st.integers(0, 400).map(lambda n: date(2011, 1, 1) + timedelta(days=n))
REPORTS = st.builds(
    Report,
    report_id=st.just("1"),
    source=st.sampled_from("ab"),
    given_names=NAMES,
    paternal_surname=SURNAMES,
    maternal_surname=SURNAMES,
    age=st.none() | st.integers(0, 90),
    date=DAYS,
    place=st.sampled_from(["", "Centro", "Sur"]),
    date_to=DAYS,
    latitude=st.none() | st.sampled_from([28.3, 28.4, 25.0]),
    longitude=st.none() | st.sampled_from([-100.8, -100.0]),
    born=st.sampled_from(["", "1970-03-18", "1970-03-81"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(REPORTS, min_size=2, max_size=6))
def test_comparisons_are_symmetric(reports: list[Report]) -> None:
    numbers = coded(reports)
    a, b = np.triu_indices(len(reports), 1)
    there, back = compare(numbers, a, b), compare(numbers, b, a)
    assert np.array_equal(there.levels, back.levels)
    assert np.allclose(there.rarity, back.rarity)
