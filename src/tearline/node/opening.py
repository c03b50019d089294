"""Nodes are made and opened here, with the protocols that come with Tearline."""

import importlib.resources
from functools import cache
from pathlib import Path

from tearline.config import Settings, database_url
from tearline.config.settings import FILE
from tearline.facts.errors import Broken, Malformed
from tearline.facts.keys import KeyPurpose
from tearline.folds.admission import FOUNDED
from tearline.folds.held import ITSELF
from tearline.ledger import rotation
from tearline.ledger.behind import check_not_behind
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.published import Published
from tearline.node.node import Node, system_clock
from tearline.node.order import Clock, Order
from tearline.protocol import Pack, load_pack
from tearline.rooms.parties.keys import IntroduceNodeKey


def shipped_protocols() -> dict[str, Pack]:
    """The packs that come with Tearline, by id."""
    return dict(_shipped())


@cache
def _shipped() -> dict[str, Pack]:
    """Read once: each text is parsed, checked and made into code, all of them in some 0.2 s."""
    packs = {}
    for file in sorted(importlib.resources.files("tearline.protocol").joinpath("packs").iterdir(), key=str):
        if file.name.endswith(".yaml"):
            pack = load_pack(file.read_text("utf-8"), file=file.name)
            packs[pack.id] = pack
    return packs


def make_node(
    data: Path,
    *,
    origin: str,
    demo: bool = False,
    database: str | None = None,
    published: Path | None = None,
    clock: Clock = system_clock,
) -> "Node":
    """Make a node in ``data``: keys, a ledger that introduces them, settings, its second store.

    ``published`` is the folder of the second store, best on another file system; None: in ``data``. Malformed when
    there is a node already.
    """
    settings = Settings(demo=demo, published=published)
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Malformed(str(data), "top", "an empty or new folder for a new node")
    second = Published(settings.second_store(data))
    if second.latest() is not None:
        raise Malformed(str(second.folder), "top", "a second store that holds no other node's checkpoint")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = NodeKeys.make(data / "keys", origin)
    ledger = Ledger.make(database_url(data, database), keys, clock)
    node = Node(ledger, shipped_protocols(), clock, demo=demo, published=second, data=data)
    # The fact key first: whoever reads the ledger from its beginning learns from each fact how to check the next.
    introductions = [rotation.introduction(keys, purpose) for purpose in (KeyPurpose.FACT, KeyPurpose.LOG)]
    node.record_all([Order(command=IntroduceNodeKey(one), by=ITSELF) for one in introductions])
    second.make()
    node.published_now()
    settings.write(data)
    return node


def open_node(
    data: Path, *, database: str | None = None, clock: Clock = system_clock, reading: bool = False
) -> "Node":
    """Open the node in ``data``. Malformed or Broken when it is not whole, or behind what was published of it.

    With ``reading`` a node that is behind opens too, and records and signs nothing.
    """
    settings = Settings.read(data)
    folder, url = data / "keys", database_url(data, database)
    with rotation.alone(folder):
        ledger = rotation.open_with(folder, lambda keys: Ledger(url, keys, clock))
    second = Published(settings.second_store(data))
    node = Node(ledger, shipped_protocols(), clock, demo=settings.demo, published=second, data=data)
    if settings.demo and ledger.read(FOUNDED).facts:
        ledger.close()
        expected = "false: this node has founders, and in a demonstration anyone would act as anybody"
        raise Malformed(str(data / FILE), "demo", expected)
    try:
        check_not_behind(ledger, second)
    except Broken as behind:
        if not reading:
            ledger.close()
            raise
        node.stopped = str(behind)
    return node
