"""All checks in order, from what everything else rests on."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tearline.config import Settings
from tearline.facts.errors import Broken, Malformed
from tearline.facts.words import Words
from tearline.jobs.checkup import machine, record
from tearline.jobs.checkup.finding import Finding, failed, fine, same
from tearline.node import Node, open_node


def examine(data: Path, *, database: str | None, now: datetime, network: bool) -> Iterator[Finding]:
    """Every finding about the node in ``data``; ``network``: its witnesses are asked as well."""
    yield from machine.versions()
    try:
        settings = Settings.read(data)
    except Malformed as wrong:
        yield failed("configuration", same(str(wrong)), Words("Mend node.json.", "Corrija node.json."))
        return
    yield from machine.configuration(settings, data)
    yield from machine.certificate(settings.site, now)
    yield from machine.modes(data)
    yield from machine.disks(settings, data)
    yield from machine.zones()
    yield from machine.synchronised()
    try:
        node = open_node(data, database=database, reading=True)
    except (Broken, Malformed, TimeoutError, OSError) as error:
        yield record.not_opened(error)
        return
    try:
        yield fine(
            "database",
            "It answers, and its schema is the one that is written.",
            "Responde, y su esquema es el que se escribe.",
        )
        yield from _of_record(node, settings, now, network=network)
    finally:
        node.ledger.close()


def _of_record(node: Node, settings: Settings, now: datetime, *, network: bool) -> Iterator[Finding]:
    checks: list[Callable[[], Iterator[Finding]]] = [
        lambda: record.tail(node),
        lambda: record.clock(node, now),
        lambda: record.second_store(node),
        lambda: record.witnesses(node, settings),
        lambda: record.backups(node, now),
        lambda: record.keys(node, now),
    ]
    if network and settings.witnesses:
        checks.append(lambda: record.witnesses_asked(node, settings))
    for check in checks:
        try:
            yield from check()
        except (Broken, Malformed, TimeoutError) as error:
            yield record.not_opened(error)
            return
