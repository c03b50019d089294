"""What comparisons see, and that they do not mind which report stands first."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.estimates.linkage.comparisons import AGE, DAY, GIVEN, PLACE, SURNAME, SWAPPED, compare
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
    given_names, paternal, maternal, swapped, age, incident = compare(
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
SURNAMES = st.sampled_from("Ruiz;Ruis;de la Garza;Garza;Peña;Pena;;Lozano;Losano".split(";"))
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
)


@settings(max_examples=300, deadline=None)
@given(st.lists(REPORTS, min_size=2, max_size=6))
def test_comparisons_are_symmetric(reports: list[Report]) -> None:
    numbers = coded(reports)
    a, b = np.triu_indices(len(reports), 1)
    there, back = compare(numbers, a, b), compare(numbers, b, a)
    assert np.array_equal(there.levels, back.levels)
    assert np.allclose(there.rarity, back.rarity)
