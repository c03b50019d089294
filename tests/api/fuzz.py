"""Schemathesis, driven from Python: every operation, every check. ``make fuzz`` runs it long.

python -m tests.api.fuzz [--seconds 60] [--role ROLE ...]
"""

import argparse
import re
import sys
import tempfile
import uuid
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from starlette.types import ASGIApp, Receive, Scope, Send

from tearline.api.commands import KEY_PATTERN
from tearline.api.views import VIEWS
from tearline.config import Site
from tearline.facts.history import Role
from tearline.web.app import create_app
from tests.web.conftest import make_world
from tests.web.world import World

PHASES = ("examples", "coverage", "fuzzing", "stateful")


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """A client chooses a fresh key for each submission; one that is to be wrong, or left out, stays so."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(KEY_PATTERN, key):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex


def faults(
    world: World,
    *,
    role: str,
    examples: int = 20,
    phases: Sequence[str] = PHASES,
    seed: int | None = None,
    seconds: int | None = None,
    commands: Sequence[str] | None = None,
) -> tuple[list[str], int]:
    """What was found, a line each, and how many requests were sent. ``commands``: of these and of all views only."""
    settings: dict[str, Any] = {
        "auth": {"openapi": {"bearer": {"bearer": f"demo:{role}"}}},
        "generation": {"max-examples": examples, "database": "none"},
        "phases": {name: {"enabled": name in phases} for name in PHASES},
    }
    settings |= {"seed": seed} if seed is not None else {}
    settings |= {"max-time": seconds} if seconds is not None else {}
    config = SchemathesisConfig.from_dict(settings)
    app = create_app(world.node, demo=True, site=Site(address="http://testserver"))
    schema: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", _from_here(app), config=config)

    if commands is not None:
        views = [view.name for view in VIEWS]
        schema = schema.include(operation_id=[*views, *commands])
    found: list[str] = []
    cases = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            for checks in event.recorder.checks.values():
                found += [
                    f"{event.label}: {one.name}: {one.failure_info.failure} {one.failure_info.code_sample}"
                    for one in checks
                    if one.failure_info is not None
                ]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(getattr(event, "info", None) or getattr(event, "exception", event)))
    return found, cases


def _from_here(app: ASGIApp) -> ASGIApp:
    """As from this machine: a demonstration lets in nobody else. Each request from another of its addresses, because
    one that brings many bad tokens is made to wait."""
    hosts = cycle(f"127.0.{n // 250}.{n % 250 + 1}" for n in range(50_000))

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (next(hosts), 50_000)}, receive, send)

    return served


def main() -> int:
    from tests.api.conftest import with_request

    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seconds", type=int, default=60, help="for each role")
    given.add_argument(
        "--role", action="append", choices=[r.value for r in Role], help="again for more of them"
    )
    asked = given.parse_args()
    failed = False
    for role in asked.role or [Role.SENIOR_OFFICER.value, Role.CASE_AGENT.value, Role.PARTNER_LIAISON.value]:
        with tempfile.TemporaryDirectory() as folder:
            world = with_request(make_world(Path(folder)))
            found, cases = faults(world, role=role, seconds=asked.seconds)
            world.node.ledger.close()
        print(f"API as {role}: {cases} requests, {len(found)} faults", flush=True)  # noqa: T201
        for line in found:
            print(line, file=sys.stderr)  # noqa: T201
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
