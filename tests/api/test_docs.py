"""docs/api.md: its examples are run, in their order, and answered as it says."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from tearline.api.problems import STATUS, Kind
from tests.api.conftest import at
from tests.web.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(PAGE)]


def run(client: Any, words: list[str]) -> Any:
    """What this curl command asks."""
    path, headers, body = words[1], {}, None
    rest = iter(words[2:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        else:
            raise AssertionError(f"the test does not know {word}")
    return client.request("POST" if body else "GET", path, headers=headers, content=body)


def agrees(shown: Any, answered: Any) -> bool:
    """Whether an answer is what the page shows, but for what stands there as three dots."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(answered, dict) and all(
            name == "…" or (name in answered and agrees(value, answered[name]))
            for name, value in shown.items()
        )
    if isinstance(shown, list):
        return isinstance(answered, list) and all(
            one == "…" or (n < len(answered) and agrees(one, answered[n])) for n, one in enumerate(shown)
        )
    if isinstance(shown, int) and not isinstance(shown, bool):
        return isinstance(answered, int)
    if isinstance(shown, str) and (shown.endswith("…") or "/facts/" in shown):
        return isinstance(answered, str) and answered.startswith(re.split(r"…|\d", shown)[0])
    return bool(shown == answered)


def test_its_examples_are_answered_as_it_says(world: World) -> None:
    client, ran = at(world), 0
    env: dict[str, str] = {}
    answer: Any = None
    for kind, text in blocks():
        if kind == "sh":
            for line in text.strip().splitlines():
                for name, value in env.items():
                    line = line.replace(f"${name}", value)  # noqa: PLW2901  as a shell does
                words = shlex.split(line)
                if words[0] == "export":
                    name, _, value = words[1].partition("=")
                    env[name] = value.replace("http://127.0.0.1:8080", "")
                else:
                    assert words[0] == "curl"
                    answer = run(client, words)
                    assert answer.status_code in (200, 201, 304, 409), answer.text
                    ran += 1
        elif answer is not None and "signing" not in text and "signature" not in text:
            assert agrees(json.loads(text), answer.json()), answer.text
            answer = None
    assert ran == 9


def test_it_tells_of_every_status() -> None:
    table = PAGE[PAGE.index("| status |") :]
    for kind in Kind:
        if kind is not Kind.FAULT:
            assert str(STATUS[kind]) in table, kind
