"""A node with the small world of the pages in it, a request under way, and clients for each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import AgreementId, ItemId, PersonId, RequestId, UnitId
from tearline.facts.release import Extent, Manner, ReleaseRequested
from tearline.node import Order
from tearline.rooms.release.requests import RequestRelease
from tearline.web.app import create_app
from tests.web.conftest import BASE, HERE, make_world
from tests.web.world import World, actor

REQUEST = RequestId("practice.request")


def with_request(world: World) -> World:
    """Somebody asked to release the first item."""
    asked = ReleaseRequested(
        request=REQUEST,
        item=ItemId("practice.item-1"),
        unit=UnitId("practice.unit"),
        recipients=(PersonId("practice.partner-liaison"),),
        extent=Extent.FULL,
        manner=Manner.COPY,
        purpose=Sealed("To stop the shipment."),
        agreement=AgreementId("practice.agreement"),
    )
    world.node.record(Order(command=RequestRelease(asked), by=actor(Role.CASE_AGENT)))
    return world


@dataclass
class Caller:
    """Someone at the API in this role, by the demonstration's token."""

    client: TestClient
    role: Role
    keys: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer demo:{self.role.value}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)

    def do(self, command: str, body: object, key: str | None = None, **headers: str) -> Any:
        self.keys += 1
        named = {"idempotency-key": key or f"key-{self.role.value}-{self.keys}"}
        return self.client.post(
            f"/api/v1/commands/{command}", json=body, headers=self.headers | named | headers
        )


def at(world: World) -> TestClient:
    return TestClient(create_app(world.node, demo=True), base_url=BASE, follow_redirects=False, client=HERE)


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that nobody acts in."""
    world = with_request(make_world(tmp_path_factory.mktemp("still")))
    yield world
    world.node.ledger.close()


@pytest.fixture(scope="session")
def client(still: World) -> TestClient:
    """At the API of the world that nobody acts in."""
    return at(still)


@pytest.fixture(scope="session")
def acted_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """At the API of a world in which several tests act, none of them on what another did."""
    world = with_request(make_world(tmp_path_factory.mktemp("acted")))
    yield at(world)
    world.node.ledger.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of one's own, to act in."""
    world = with_request(make_world(tmp_path))
    yield world
    world.node.ledger.close()
