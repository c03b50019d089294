"""A case file can give every order that a room takes, and no other."""

import importlib
import pkgutil

import pytest

import tearline.rooms
from tearline.jobs.commands import commands
from tearline.rooms import Says


def all_of(cls: type[object]) -> set[type[object]]:
    return {cls}.union(*(all_of(below) for below in cls.__subclasses__()))


def test_no_command_is_left_out() -> None:
    for module in pkgutil.walk_packages(tearline.rooms.__path__, "tearline.rooms."):
        importlib.import_module(module.name)
    said = {cls.__name__ for cls in all_of(Says) if cls is not Says}
    assert said | {"DecideRequest", "ReleaseItem", "ReceiveOwnCopy"} == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_each_form_has_labels_in_both_languages(name: str) -> None:
    for field in commands()[name].record.fields:
        assert field.label.en
        assert field.label.es
