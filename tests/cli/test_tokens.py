"""``tearline tokens list``: what stands, to whom; and never what opens."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearline.facts.admission import Scope, TokenIssued, TokenRevoked
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId, TokenId
from tearline.node import Order, open_node
from tearline.rooms.admission.tokens import IssueToken, RevokeToken
from tearline.signin.secrets import hash_of, written
from tests.cli.conftest import Run

HOLDER = Actor(PersonId("practice.case-agent"), Role.CASE_AGENT)
TOKEN = written(TokenId("tok"), bytes(32))


def issued(node: Path) -> None:
    opened = open_node(node)
    fact = TokenIssued(
        token=TokenId("tok"),
        person=HOLDER.person,
        role=HOLDER.role,
        scopes=(Scope.READ, Scope.RECORD),
        secret=hash_of(TOKEN),
        expires=datetime.now(UTC) + timedelta(days=30),
    )
    opened.record(Order(command=IssueToken(fact), by=HOLDER))
    opened.close()


def test_tokens_that_stand_are_listed_and_no_secret(run: Run, node: Path) -> None:
    assert run("tokens", "list", "--data", node).out == "No token stands.\n"
    issued(node)
    said = run("tokens", "list", "--data", node).out
    assert "tok  practice.case-agent  case agent" in said
    assert "good" in said
    assert hash_of(TOKEN) not in said
    assert "agente del caso" in run("tokens", "list", "--data", node, "--language", "es").out
    (one,) = json.loads(run("tokens", "list", "--data", node, "--json").out)
    assert (one["token"], one["scopes"], one["standing"]) == ("tok", ["read", "record"], "good")
    assert "secret" not in one


def test_those_that_ended_are_listed_when_asked_for(run: Run, node: Path) -> None:
    issued(node)
    opened = open_node(node)
    gone = TokenRevoked(token=TokenId("tok"), person=HOLDER.person)
    opened.record(Order(command=RevokeToken(gone), by=HOLDER))
    opened.close()
    assert run("tokens", "list", "--data", node).out == "No token stands.\n"
    assert "revoked" in run("tokens", "list", "--data", node, "--all").out
