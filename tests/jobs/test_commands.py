"""A case file can give every order about people's doings, and none that only the node or its officers give."""

import importlib
import pkgutil

import pytest

import tearline.rooms
from tearline.jobs.commands import commands
from tearline.rooms import Says

BY_NO_FILE = {
    "tearline.rooms.admission.passkeys",  # a key is made by an authenticator
    "tearline.rooms.admission.directory",  # the account is the directory's, linked and unlinked at the door
    "tearline.rooms.register.keeping",  # a file is kept where its bytes are
    "tearline.rooms.reading",  # whoever reads says so by reading
    "tearline.rooms.logs.received",
    "tearline.rooms.parties.keys",
    "tearline.rooms.protocols",
    "tearline.rooms.retention.notices",
    "tearline.rooms.retention.purges",
    "tearline.rooms.retention.wrapping",
}


GIVEN_BY_NO_FILE = {
    "tearline.rooms.parties.keys",
    "tearline.rooms.logs.received",
    "tearline.rooms.retention.purges",
    "tearline.rooms.retention.notices",
    "tearline.rooms.retention.wrapping",
}
"""What names facts that the ledger has yet to name, what a machine found, and what is done with keys."""


def all_of(cls: type[object]) -> set[type[object]]:
    return {cls}.union(*(all_of(below) for below in cls.__subclasses__()))


def test_no_command_is_left_out() -> None:
    for module in pkgutil.walk_packages(tearline.rooms.__path__, "tearline.rooms."):
        importlib.import_module(module.name)
    kinds = all_of(Says) - {Says}
    said = {cls.__name__ for cls in kinds if cls.__module__ not in BY_NO_FILE}
    named = {"DecideRequest", "ReleaseItem", "FigurePropensities", "AttributeLeak", "PublishFigures"}
    named |= {"RunLinkage", "TakeUpLinkage", "EstimateCasualties"}
    assert said | named | {"ReceiveOwnCopy", "ReviewExpedited"} == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_each_form_has_labels_in_both_languages(name: str) -> None:
    for field in commands()[name].record.fields:
        assert field.label.en
        assert field.label.es
