"""Names as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.linkage.names import (
    fold,
    given_tokens,
    is_named,
    sound,
    stands_for,
    surname,
    surname_with_tilde,
    with_tilde,
)


@pytest.mark.parametrize(
    ("written", "same"),
    [("José", "jose"), ("PEÑA", "Pena"), ("María-José", "maria jose"), ("Müller", "muller")],
)
def test_case_accents_and_marks_do_not_tell_names_apart(written: str, same: str) -> None:
    assert fold(written) == fold(same)


def test_a_tilde_tells_nobody_apart_and_is_kept_beside() -> None:
    assert fold("Peña") == fold("PEN\u0303A") == fold("Pena") == "pena"
    assert with_tilde("Peña") == with_tilde("PEN\u0303A") == "peña"
    assert surname_with_tilde("de la Peña Muñoz") == "peñamuñoz"


@pytest.mark.parametrize("names", ["", "dos niños", "chofer", "No identificado", "driver of", "N.N.", "..."])
def test_who_somebody_was_to_others_is_no_name(names: str) -> None:
    assert not is_named(names, "", "")
    assert is_named(names, "Ruiz", "")


@pytest.mark.parametrize("name", ["Ана Иванова", "Ἄννα", "آنا", "李", "김민수"])
def test_a_name_in_any_letters_is_one(name: str) -> None:
    assert is_named(name, "", "")
    assert fold(name) == fold(name.upper())
    assert not is_named("J.", "", "")


@pytest.mark.parametrize("written", ["de la Garza", "De La GARZA", "garza", "del Garza"])
def test_particles_do_not_tell_surnames_apart(written: str) -> None:
    assert surname(written) == "garza"


def test_a_surname_of_particles_alone_is_kept() -> None:
    assert surname("de la O") == "o"
    assert surname("La") == "la"


def test_written_abbreviations_are_spelt_out() -> None:
    assert given_tokens("Ma. José") == given_tokens("María José") == ("maria", "jose")
    assert given_tokens("Fco.") == ("francisco",)
    assert given_tokens("María de los Ángeles") == ("maria", "angeles")


def test_short_forms_stand_for_what_they_may() -> None:
    assert stands_for("pepe") == ("jose",)
    assert "alberto" in stands_for("beto")
    assert "roberto" in stands_for("beto")
    assert stands_for("quetzal") == ("quetzal",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vazquez", "basques"),
        ("gomez", "gomes"),
        ("hernandez", "ernandes"),
        ("villa", "biya"),
        ("jimenez", "gimenez"),
    ],
)
def test_names_that_sound_alike_have_one_key(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(c.isalpha() or c == " " for c in fold(text))
