"""Every command that a room knows can be given at the API, or stands here with the reason why not."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import tearline.jobs
import tearline.rooms
from tearline.api.commands import commands
from tearline.api.policy import API
from tearline.facts.history import Role

ELSEWHERE: Mapping[str, str] = {
    # the door keeps the challenge to which a device answers, or saw the directory name the account
    "EnrolPasskey": "the door's own: whoever is invited has no token yet",
    "EnrolFurtherPasskey": "the key is made in a browser, on a challenge that the door keeps",
    "LinkDirectoryAccount": "the door's own: it saw the directory name the account",
    "RevokePersonKey": "a key has answered just before, which a token alone does not show: at the site, by command",
    # the node's own, at the machine that holds its keys
    "FoundNode": "the node's own, before anybody has a role",
    "IntroduceNodeKey": "the node's own",
    "RevokeNodeKey": "the node's own",
    "IntroduceWrappingKey": "at the machine that holds the wrapping keys",
    "RetireWrappingKey": "at the machine that holds the wrapping keys",
    "RecordKeyBackup": "at the machine that holds the wrapping keys",
    "RecordKeyBackupDestroyed": "at the machine that holds the wrapping keys",
    "CompletePurge": "at the machine that holds the wrapping keys",
    # what a job found and checked is taken from nobody else
    "TakeHandOver": "the watch's own, which checked the signatures",
    "ReceiveCheckpoint": "the watch's own, which checked the signature",
    "RecordUnproven": "the watch's own",
    "ShowConsistency": "the watch's own, which checked the proof",
    "RecordFork": "the watch's own, which checked both signatures",
    "KeepFile": "recorded by whoever has written the bytes: the page of the report",
    "NoteReading": "recorded by whatever shows sealed fields",
    "OpenCompartments": "POST /readings, by the address of what is opened",
}


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def defined() -> dict[str, type[Any]]:
    """All commands by their name, wherever they are defined."""
    return {
        cls.__name__: cls
        for package in (tearline.rooms, tearline.jobs)
        for module in modules(package)
        for cls in vars(module).values()
        if isinstance(cls, type)
        and cls.__module__ == module.__name__
        and hasattr(cls, "decide")
        and hasattr(cls, "allowed")
        and not cls.__name__.startswith("_")
    }


def test_every_command_can_be_given_at_the_api_or_there_is_a_reason() -> None:
    known, offered = defined(), commands().keys()
    assert known.keys() - offered == ELSEWHERE.keys()
    assert offered <= known.keys()
    assert API.row("/readings", "POST") is not None


def test_each_command_that_people_may_give_is_offered_to_somebody() -> None:
    known = defined()
    for name, form in commands().items():
        assert form.roles or known[name].allowed <= {Role.NODE, Role.CHRONICLER}, name
