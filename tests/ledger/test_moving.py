"""What was recorded on one database is restored to another, and back, and nothing that others hold is worth less."""

from contextlib import closing
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment
from tearline.facts.history import about
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.proof import Proof
from tests.databases import PostgreSql, Server, Sqlite
from tests.ledger.checking import check_ledger
from tests.ledger.damage import flip
from tests.ledger.told import Clock, compromise, draft, on_item, organisation, purged


@pytest.fixture
def elsewhere(server: Server) -> PostgreSql:
    return server.new()


def test_a_ledger_moves_to_postgresql_and_back(
    ledger: Ledger, tmp_path: Path, elsewhere: PostgreSql, keys: NodeKeys
) -> None:
    facts = [draft(compromise(f"c-{n}", "i-1")) for n in range(20)]
    facts += [draft(organisation(f"o-{n}")) for n in range(280)]
    refs = ledger.append(facts, unless=None, after=0, key="many").refs
    gone = {refs[7]: 7}
    ledger.append([draft(purged(gone))], unless=None, after=0, key="purge", purging=[7])
    proof, rows, note = Proof.parse(ledger.prove(3)), ledger.rows(0, ledger.size()), ledger.checkpoint()
    read = ledger.read(on_item("i-1"), opening=frozenset(Compartment))
    with closing(Ledger.restore(elsewhere.url, keys, Clock(), rows, note)) as moved:
        assert moved.rows(0, moved.size()) == rows
        assert moved.purges() == 1
        back = Sqlite(tmp_path / "back.db")
        last = Ledger.restore(back.url, keys, Clock(), moved.rows(0, moved.size()), moved.checkpoint())
        with closing(last):
            for one in (moved, last):
                assert one.checkpoint() == note
                assert one.read(on_item("i-1"), opening=frozenset(Compartment)) == read
                assert one.append(facts[-1:], unless=None, after=0, key="new").first == len(facts) + 1
                again = one.recall("many")
                assert again is not None
                assert again.refs == refs
                assert one.read(about("organisation:o-9")).position == len(facts) + 2
                proof.verify(one.entry(3).leaf, keys.vkey)
                check_ledger(one)
    elsewhere.run(f"DROP SCHEMA {elsewhere.name} CASCADE")


def test_what_does_not_add_up_is_not_restored(ledger: Ledger, elsewhere: PostgreSql, keys: NodeKeys) -> None:
    ledger.append([draft(organisation(f"o-{n}")) for n in range(3)], unless=None, after=0, key="k")
    rows, note = ledger.rows(0, 3), ledger.checkpoint()
    changed = [*rows[:2], rows[2]._replace(jws=flip(rows[2].jws, 100))]
    with pytest.raises(Broken, match="entry 2"):
        Ledger.restore(elsewhere.url, keys, Clock(), changed, note)
    with pytest.raises(Malformed, match=r"found \[\]"):  # as if it had never begun
        Ledger(elsewhere.url, keys, Clock())
    with closing(Ledger.restore(elsewhere.url, keys, Clock(), rows, note)) as whole:
        whole.check()
    elsewhere.run(f"DROP SCHEMA {elsewhere.name} CASCADE")
