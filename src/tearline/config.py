"""Where a node lives on disk, and the one thing that is configured so far: whether it is a demonstration.

DATA/node.json    what kind of node this is
DATA/keys/        its keys, mode 0600
DATA/ledger.db    its ledger (SQLite), unless another database is named
"""

import json
from dataclasses import dataclass
from pathlib import Path

from tearline.facts.errors import Malformed

FILE = "node.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A demonstration node offers one-click identities and says so; any other does not."""

    demo: bool

    def write(self, data: Path) -> None:
        (data / FILE).write_text(json.dumps({"tearline": 1, "demo": self.demo}) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, data: Path) -> "Settings":
        """Malformed when there is no node in ``data``, or its settings are not exactly ours."""
        path = data / FILE
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Malformed(str(data), "top", "a node; make one with: tearline init") from None
        except (OSError, ValueError):
            raise Malformed(str(path), "top", "the settings of a node, as init wrote them") from None
        if not isinstance(held, dict) or held.keys() != {"tearline", "demo"} or held["tearline"] != 1:
            raise Malformed(str(path), "top", "the settings of a node, as init wrote them")
        if not isinstance(held["demo"], bool):
            raise Malformed(str(path), "demo", "true or false")
        return cls(demo=held["demo"])


def database_url(data: Path, database: str | None) -> str:
    """The ledger's database: the named one, or SQLite in the node's folder."""
    return database or f"sqlite:///{data / 'ledger.db'}"
